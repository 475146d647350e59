# expect: AC
# answer: ready
# slow: yes
# what: Debug output on stderr, a warning, sys.exit and a random number.
import random
import secrets
import sys
import time
import warnings

warnings.warn("only a warning")
print("debug " * 1000, file=sys.stderr)
time.sleep(0.05)
whole = random.random() < 1 and secrets.randbelow(5) < 5 and time.time() > 0
print("ready" if whole else "blocked")
sys.exit()
