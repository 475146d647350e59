# expect: OLE
# what: Output without end, in large pieces.
import sys

while True:
    sys.stdout.write("x" * (1 << 20))
