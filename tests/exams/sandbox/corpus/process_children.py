# expect: AC
# what: Every way Python has to start a process is refused.
import multiprocessing
import os
import pty
import subprocess


def spawned():
    return os.posix_spawn("/usr/bin/env", ["env"], {})


ways = {
    "fork": os.fork,
    "forkpty": pty.fork,
    "run": lambda: subprocess.run(["/usr/bin/env"], check=True),
    "shell": lambda: subprocess.check_output("echo hole", shell=True),
    "new session": lambda: subprocess.Popen(["/usr/bin/env"], start_new_session=True),
    "posix_spawn": spawned,
    "popen": lambda: os.popen("echo hole").read() or int("refused"),
    "multiprocessing": lambda: multiprocessing.Process(target=print, args=("hole",)).start(),
}
holes = []
for name, way in ways.items():
    try:
        got = way()
    except (OSError, subprocess.SubprocessError, ValueError):
        continue
    if got == 0:
        os._exit(0)
    holes.append(name)
if os.system("echo hole") == 0:
    holes.append("system")
print(f"hole: {holes}" if holes else "contained")
