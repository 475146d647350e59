# expect: AC
# stdin: doors
# cpu: 4000
# slow: yes
# what: Every file of the whole tree the program can reach is opened: none holds a secret, none is writable.
import os
import stat

_tcp, _udp, _unix, _abstract, secret, project, home = open(0).read().split("\n")[:7]
holes, seen = [], 0
for folder, folders, files in os.walk("/"):
    if os.access(folder, os.W_OK):
        holes.append(f"writable {folder}")
    for name in files:
        path = os.path.join(folder, name)
        found = os.lstat(path)
        seen += 1
        if stat.S_ISREG(found.st_mode) and os.access(path, os.W_OK):
            holes.append(f"writable {path}")
        if found.st_mode & (stat.S_ISUID | stat.S_ISGID) and os.access(path, os.X_OK):
            continue  # no new privileges: kernel_setuid_programs.py starts them
        if stat.S_ISSOCK(found.st_mode) or stat.S_ISFIFO(found.st_mode) or stat.S_ISBLK(found.st_mode):
            holes.append(f"special {path}")
        if stat.S_ISREG(found.st_mode) and found.st_size < 200_000 and not folder.startswith(("/usr/lib", "/usr/include")):
            try:
                with open(path, "rb") as file:
                    if b"CANARY" in file.read() and b"hole" not in path.encode() and not path.startswith("/code"):
                        holes.append(f"canary {path}")
            except OSError:
                continue
print("\n".join(f"hole: {one}" for one in holes) if holes else "contained")
