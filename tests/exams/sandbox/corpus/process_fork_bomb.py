# expect: RE
# what: The classic, in Python; a refused fork is an exception.
import os

while True:
    os.fork()
