# expect: AC
# what: System calls straight out of Python, with no compiler in between.
import ctypes
import os

libc = ctypes.CDLL(None, use_errno=True)
calls = {
    "fork": (57,), "vfork": (58,), "clone": (56, 17, 0, 0, 0, 0), "unshare": (272, 0x10000000), "ptrace": (101, 16, 1, 0, 0),
    "socket": (41, 2, 1, 0), "bpf": (321, 0, 0, 0), "userfaultfd": (323, 1), "io_uring": (425, 1, 0), "keyctl": (250, 0, -3, 1),
    "mount": (165, b"none", b"/tmp", b"tmpfs", 0, 0), "chroot": (161, b"/usr"), "setuid": (105, 0), "perf": (298, 0, 0, -1, -1, 0),
    "memfd_create then exec": (322, -1, b"", 0, 0, 0x1000), "vsock": (41, 40, 1, 0), "netlink": (41, 16, 3, 0),
}  # fmt: skip
holes = []
for name, (number, *words) in calls.items():
    got = libc.syscall(ctypes.c_long(number), *[ctypes.c_long(one) if isinstance(one, int) else one for one in words])
    if got == 0 and name in ("fork", "vfork", "clone"):
        os._exit(0)
    if got >= 0:
        holes.append(name)
print(f"hole: {holes}" if holes else "contained")
