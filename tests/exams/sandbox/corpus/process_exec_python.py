# expect: AC RE
# slow: yes
# what: A fresh interpreter is in the same sandbox, with no variable and no file more.
import os
import sys

code = """
import os
try:
    os.fork()
except OSError:
    print("contained")
else:
    print("hole: the second interpreter may fork")
"""
os.execv(sys.executable, [sys.executable, "-I", "-c", code])
