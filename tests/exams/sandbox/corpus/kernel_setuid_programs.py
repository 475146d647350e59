# expect: AC
# what: Programs that would make root of anybody give nothing here.
import os
import stat

found = []
for folder in ("/usr/bin", "/usr/sbin", "/bin", "/sbin", "/usr/lib", "/usr/libexec", "/usr/local/bin"):
    try:
        names = os.listdir(folder)
    except OSError:
        continue
    for name in names:
        try:
            mode = os.stat(f"{folder}/{name}").st_mode
        except OSError:
            continue
        if stat.S_ISREG(mode) and mode & (stat.S_ISUID | stat.S_ISGID):
            found.append(f"{folder}/{name}")
nosuid = os.statvfs("/usr/bin").f_flag & os.ST_NOSUID
with_privileges = [one for one in found if not nosuid]
print(f"hole: {with_privileges}" if with_privileges else "contained")
