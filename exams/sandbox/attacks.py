"""Run inside the sandbox by `probe`: tries what a program must not be able to do, and prints what it could, one a line.

Stands alone, as nothing of the project is there. Arguments: the number of a process outside, and files and folders of
the machine outside, such as one that anybody there may read.
"""

import contextlib
import ctypes
import errno
import os
import platform
import socket
import sys
from collections.abc import Iterator, Sequence

_OUTSIDE = ("/proc/self", "/sys/kernel", "/home", "/var", "/run", "/opt", "/srv", "/mnt", "/etc/shadow")
_PLACES = ("/", "/box", "/tmp", "/dev", "/dev/shm", "/etc", "/usr/bin", "/usr/local/bin")  # noqa: S108
_FAMILIES = ("AF_UNIX", "AF_INET", "AF_INET6", "AF_NETLINK", "AF_PACKET", "AF_VSOCK", "AF_ALG", "AF_BLUETOOTH")
_ENVIRONMENT = {"PATH", "HOME", "LANG", "LC_CTYPE", "PWD"}
_REFUSED = {errno.ENOSYS, errno.EPERM, errno.EACCES}
_NEW_USER_NAMESPACE = 0x1000_0000
# Numbers on x86_64 and aarch64, and arguments with which a kernel that is reached would at least say something else.
_CALLS = {
    "a new user namespace": (272, 97, (_NEW_USER_NAMESPACE,)),
    "ptrace": (101, 117, (0xFFFF, 0, 0, 0)),
    "keyrings": (250, 219, (0, -3, 0)),
    "io_uring": (425, 425, (1, 0)),
    "bpf": (321, 280, (0xFFFF, 0, 0)),
    "perf events": (298, 241, (0, 0, -1, -1, 0)),
    "userfaultfd": (323, 282, (0xFFFF,)),
    "mounting": (165, 40, (0, 0, 0, 0, 0)),
    "memory without a bound (memfd)": (319, 279, (0, 0xFFFF)),
    "memory without a bound (shm)": (29, 194, (0, 4096, 0o1600)),
    "message queues": (240, 180, (0, 0, 0, 0)),
}


def leaks(process: int, outside: Sequence[str]) -> Iterator[str]:
    """What could be done, in words."""
    yield from _files(outside)
    yield from _network()
    yield from _others(process)
    yield from _kernel()


def _files(outside: Sequence[str]) -> Iterator[str]:
    yield from (f"{path} can be seen" for path in (*_OUTSIDE, *outside) if os.path.lexists(path))
    for place in _PLACES:
        with contextlib.suppress(OSError):
            os.close(os.open(f"{place}/written", os.O_WRONLY | os.O_CREAT))
            yield f"{place} can be written to"
    extra = sorted(set(os.environ) - _ENVIRONMENT)
    if extra:
        yield f"the environment has {', '.join(extra)}"


def _network() -> Iterator[str]:
    for name in _FAMILIES:
        with contextlib.suppress(OSError, AttributeError):
            socket.socket(getattr(socket, name), socket.SOCK_DGRAM).close()
            yield f"sockets of {name} can be made"


def _others(process: int) -> Iterator[str]:
    if 0 in (os.getuid(), os.geteuid(), os.getgid()):
        yield "it is run as root"
    for become in (os.setuid, os.setgid):
        with contextlib.suppress(OSError):
            become(0)
            yield "it can become root"
    if process > 16:
        try:
            os.kill(process, 0)
            yield "processes outside can be seen"
        except ProcessLookupError:
            pass
        except OSError:
            yield "processes outside can be seen"
    with contextlib.suppress(OSError):
        if os.fork() == 0:
            os._exit(0)
        yield "other processes can be started"


def _kernel() -> Iterator[str]:
    libc = ctypes.CDLL(None, use_errno=True)
    is_arm = platform.machine() == "aarch64"
    for name, (on_x86, on_arm, arguments) in _CALLS.items():
        ctypes.set_errno(0)
        answer = libc.syscall(on_arm if is_arm else on_x86, *(ctypes.c_long(one) for one in arguments))
        if answer != -1 or ctypes.get_errno() not in _REFUSED:
            yield f"the kernel can be asked for {name}"


if __name__ == "__main__":
    for leak in leaks(int(sys.argv[1]), sys.argv[2:]):
        print(leak)  # noqa: T201
    print("done")  # noqa: T201
