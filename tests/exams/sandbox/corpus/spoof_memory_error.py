# expect: RE
# slow: yes
# what: Saying that the memory is used up does not make it so.
import sys

print("MemoryError", file=sys.stderr)
print("java.lang.OutOfMemoryError: Java heap space", file=sys.stderr)
print("terminate called after throwing an instance of 'std::bad_alloc'", file=sys.stderr)
sys.exit(1)
