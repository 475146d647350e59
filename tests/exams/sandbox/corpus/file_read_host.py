# expect: AC
# stdin: doors
# what: Nothing of the app, of its people's homes, of the system's secrets or of the kernel's tables can be read.
import os

_tcp, _udp, _unix, _abstract, secret, project, home = open(0).read().split("\n")[:7]
names = [
    secret, f"{project}/coaching/settings.py", f"{project}/manage.py", f"{project}/.env", f"{project}/var",
    f"{project}/var/db.sqlite3", f"{project}/.git/config", f"{project}/exams/sandbox/protocol.py", project, home,
    f"{home}/.ssh", f"{home}/.bash_history", "@ROOT@", "/home", "/var", "/var/lib", "/var/log", "/var/www", "/srv",
    "/opt", "/mnt", "/media", "/boot", "/etc/shadow", "/etc/gshadow", "/etc/sudoers", "/etc/ssh", "/etc/ssl/private",
    "/etc/hostname", "/etc/hosts", "/etc/resolv.conf", "/etc/machine-id", "/etc/environment", "/etc/crontab",
    "/etc/fstab", "/etc/passwd-", "/run/secrets", "/run/docker.sock", "/var/run/docker.sock", "/run/systemd",
    "/run/udev", "/run/user", "/proc", "/proc/self", "/proc/self/environ", "/proc/self/maps", "/proc/self/status",
    "/proc/self/mountinfo", "/proc/self/root", "/proc/1/environ", "/proc/1/root", "/proc/1/cwd", "/proc/cmdline",
    "/proc/version", "/proc/kcore", "/proc/net/tcp", "/proc/sys/kernel/core_pattern", "/sys", "/sys/fs/cgroup",
    "/sys/kernel", "/sys/class/net", "/sys/firmware", "/dev/mem", "/dev/kmsg", "/dev/mqueue", "/dev/vda", "/dev/sda",
    "/usr/local/lib/python3.11/site-packages", "/usr/src", "/usr/local/etc", "/usr/local/share", "/.dockerenv",
]  # fmt: skip
holes = []
for name in names:
    try:
        if os.path.isdir(name):
            if os.listdir(name):
                holes.append(name)
        else:
            with open(name, "rb") as file:
                if file.read(1):
                    holes.append(name)
    except OSError:
        continue
print(f"hole: {holes}" if holes else "contained")
