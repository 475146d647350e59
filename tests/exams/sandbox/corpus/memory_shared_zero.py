# expect: RE MLE
# memory: 64
# slow: yes
# what: Shared memory without a file, and /dev/zero mapped shared, count too.
import mmap

kept = []
with open("/dev/zero", "r+b") as zero:
    while True:
        kept.append(mmap.mmap(-1, 1 << 22))
        kept[-1].write(b"x" * (1 << 22))
        kept.append(mmap.mmap(zero.fileno(), 1 << 22))
        kept[-1].write(b"x" * (1 << 22))
