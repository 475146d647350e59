# expect: RE
# stdins: 1 | 2 | 124 | 125 | 126 | 127 | 137 | 139 | 152 | 253 | 254 | 255
# what: No exit code means anything but a failure of the program, whatever timeout, shells and sandboxes mean by it.
import os

os._exit(int(input()))
