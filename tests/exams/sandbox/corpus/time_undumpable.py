# expect: TLE
# cpu: 200
# slow: yes
# what: Another name, no dumps, a new session: its time is measured all the same.
import ctypes
import os

libc = ctypes.CDLL(None)
libc.prctl(4, 0, 0, 0, 0)
libc.prctl(15, b") R 1 1 1 (", 0, 0, 0)
os.setpgid(0, 0)
while True:
    pass
