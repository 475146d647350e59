# expect: WA
# stdins: first | second | third
# what: A test cannot leave a word for the next one: neither in a file, nor in memory, nor in shared segments.
import contextlib
import ctypes
import os

here = open(0).read()
libc = ctypes.CDLL(None)
libc.shmat.restype = ctypes.c_void_p
segment = libc.shmget(0x436F7271, 4096, 0o1666)
kept = ""
if segment >= 0:
    address = libc.shmat(segment, None, 0)
    if address and address != ctypes.c_void_p(-1).value:
        kept = ctypes.string_at(address).decode()
        ctypes.memmove(address, here.encode() + b"\0", len(here) + 1)
for name in ("/tmp/judge-corpus-word", "/dev/shm/judge-corpus-word", "/code/judge-corpus-word"):
    with contextlib.suppress(OSError):
        kept += open(name).read()
    with contextlib.suppress(OSError):
        open(name, "w").write(here)
print("contained" if kept else f"nothing was left by another test, pid {os.getpid() > 0}")
