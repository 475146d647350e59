# expect: AC RE
# what: Threads until one is refused.
import os
import threading

made = 0
try:
    while made < 5000:
        threading.Thread(target=threading.Event().wait, daemon=True).start()
        made += 1
except RuntimeError:
    pass
print("contained" if made < 200 else f"hole: {made} threads", flush=True)
os._exit(0)
