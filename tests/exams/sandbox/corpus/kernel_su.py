# expect: RE AC
# slow: yes
# what: Becoming su, sudo, mount or newuidmap ends in a refusal.
import os

for name in ("sudo", "su", "newuidmap", "mount", "pkexec", "passwd", "chsh"):
    for folder in ("/usr/bin", "/bin", "/usr/sbin"):
        path = f"{folder}/{name}"
        if os.path.exists(path):
            os.execv(path, [name, "-c", "echo hole: root", "root"])
print("contained")
