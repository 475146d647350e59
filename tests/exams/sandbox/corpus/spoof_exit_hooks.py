# expect: RE
# slow: yes
# what: Ways to end that skip what an interpreter does at its end: no success is made of a failure.
import atexit
import os

atexit.register(os._exit, 7)
print("contained")
