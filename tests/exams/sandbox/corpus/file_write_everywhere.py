# expect: AC
# what: Nothing can be made, linked, renamed, truncated or given away in any folder of the tree.
import contextlib
import os
import stat

holes = []


def tried(path, act):
    with contextlib.suppress(OSError, ValueError):
        act()
        holes.append(path)


folders = [folder for folder, _folders, _files in os.walk("/") if folder.count("/") < 3]
folders += ["/", "/tmp", "/var/tmp", "/dev/shm", "/dev", "/run", "/code", os.getcwd(), "/dev/mqueue", "/dev/pts", "/etc"]
for folder in folders:
    new = f"{folder}/judge-corpus"
    tried(f"file {new}", lambda new=new: os.close(os.open(new, os.O_CREAT | os.O_WRONLY, 0o777)))
    tried(f"folder {new}", lambda new=new: os.mkdir(new))
    tried(f"symlink {new}", lambda new=new: os.symlink("/etc/shadow", new))
    tried(f"pipe {new}", lambda new=new: os.mkfifo(new))
    tried(f"device {new}", lambda new=new: os.mknod(new, stat.S_IFCHR | 0o666, os.makedev(1, 1)))
    tried(f"nameless {folder}", lambda folder=folder: os.close(os.open(folder, os.O_TMPFILE | os.O_RDWR)))
    tried(f"chmod {folder}", lambda folder=folder: os.chmod(folder, 0o777))
    tried(f"times {folder}", lambda folder=folder: os.utime(folder))
    tried(f"attribute {folder}", lambda folder=folder: os.setxattr(folder, "user.corpus", b"1"))
print(f"hole: {holes}" if holes else "contained")
