# expect: AC
# what: Only the devices every program needs are there, and none can be mapped onto hardware.
import os
import stat

allowed = {"null", "zero", "full", "random", "urandom", "tty", "stdin", "stdout", "stderr", "fd", "core", "pts", "ptmx", "shm", "console"}
holes = []
for name in sorted(set(os.listdir("/dev")) | {"mem", "kmem", "port", "fuse", "kvm", "net/tun", "vhost-net", "vsock", "loop0",
                                              "loop-control", "vda", "sda", "dri", "snd", "input", "uinput", "userfaultfd",
                                              "hwrng", "rtc0", "kmsg", "ptp0", "mapper/control"}):  # fmt: skip
    path = f"/dev/{name}"
    try:
        found = os.stat(path)
        if stat.S_ISDIR(found.st_mode):
            if name not in allowed or [one for one in os.listdir(path) if one not in ("ptmx",)]:
                holes.append(path)
            continue
        handle = os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_NOCTTY)
    except OSError:
        continue
    os.close(handle)
    if name not in allowed:
        holes.append(path)
print(f"hole: {holes}" if holes else "contained")
