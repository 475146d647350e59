# expect: RE
# slow: yes
# what: Python that writes to address zero crashes, as a program does.
import ctypes

ctypes.memset(0, 1, 1)
