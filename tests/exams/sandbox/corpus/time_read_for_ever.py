# expect: TLE
# cpu: 100
# stdin: 1 2 3
# slow: yes
# what: Reading on behind the end of the input gives nothing, for ever.
import os

while True:
    os.read(0, 1 << 16)
