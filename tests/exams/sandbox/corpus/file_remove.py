# expect: AC
# stdin: doors
# what: Nothing can be removed or replaced: programs, libraries, devices, the program itself, the app's files.
import contextlib
import os
import sys

doors = open(0).read().split("\n")
holes = []
names = ["/usr/bin/env", "/bin/sh", "/etc/passwd", "/etc/ld.so.cache", "/dev/null", "/dev/zero", "/dev/stdin", "/lib64"]
for name in [*names, doors[4], doors[2], sys.argv[0], __file__, sys.executable, os.path.realpath(sys.executable)]:
    for act in (
        os.unlink,
        lambda name: os.rename(name, f"{name}.corpus"),
        lambda name: os.link(name, f"{name}.corpus"),
        lambda name: os.symlink("/dev/full", f"{name}.corpus"),
        lambda name: os.chmod(name, 0o777),
        lambda name: os.chown(name, os.getuid(), os.getgid()),
        lambda name: os.truncate(name, 0),
    ):
        if name in ("/dev/null", "/dev/zero") and act is not os.unlink:
            continue
        with contextlib.suppress(OSError):
            act(name)
            holes.append(name)
print(f"hole: {holes}" if holes else "contained")
