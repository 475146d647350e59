# expect: RE
# slow: yes
# what: Saying that the time is used up does not make it so.
import os
import sys

print("CPU time limit exceeded (core dumped)\nKilled", file=sys.stderr)
sys.stderr.flush()
os.kill(os.getpid(), 24)
