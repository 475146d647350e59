"""The sandbox as another user has it, and on machines that refuse it.

`python3 -I -S machines.py KIND PROJECT CODE` runs as that user: it first takes away what the KIND of machine does not
give ("no namespaces", "container" or "plain"), then runs CODE, which prints JSON.
"""

import ctypes
import json
import os
import shutil
import struct
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

NOBODY = 60_556
"""The plain user, when it is root who tests: no system hands that number out."""
_NEW_USER_NAMESPACE = 0x1000_0000
_NO_NEW_PRIVILEGES, _SET_FILTER = 38, 22
_CLONE, _UNSHARE = (220, 97) if os.uname().machine == "aarch64" else (56, 272)


def asked(kind: str, code: str, folder: Path) -> Any:
    """What the code says there. `folder` is empty and will hold a copy, as the project may lie in root's home."""
    project = Path(__file__).resolve().parents[3]
    ignored = shutil.ignore_patterns("__pycache__")
    shutil.copytree(project / "exams/sandbox", folder / "exams/sandbox", ignore=ignored)
    shutil.copyfile(project / "exams/__init__.py", folder / "exams/__init__.py")
    shutil.copyfile(__file__, folder / "machines.py")
    for path in (folder, *folder.rglob("*"), *folder.parents):
        if path.stat().st_uid == os.getuid() and path != Path("/"):
            path.chmod(path.stat().st_mode | 0o055)
    as_user: dict[str, Any] = {}
    if os.geteuid() == 0:
        as_user = {"user": NOBODY, "group": NOBODY, "extra_groups": []}
    command = ["/usr/bin/python3", "-I", "-S", "-B", str(folder / "machines.py"), kind, str(folder), code]
    alone = {"PATH": os.defpath}
    done = subprocess.run(command, env=alone, cwd="/", capture_output=True, text=True, timeout=60, **as_user)
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


def processes_of(uid: int) -> set[int]:
    """All that run as this user."""
    found = set()
    for path in Path("/proc").glob("[0-9]*"):
        try:
            if path.stat().st_uid == uid and "\nState:\tZ" not in (path / "status").read_text():
                found.add(int(path.name))
        except OSError:
            continue
    return found


@contextmanager
def nobody_left(uid: int) -> Iterator[None]:
    """Nobody of this user runs before nor after."""
    assert processes_of(uid) == set()
    yield
    assert processes_of(uid) == set()


def _without_namespaces() -> None:
    """As `sysctl user.max_user_namespaces=0` does: set in a namespace, it counts for what is in it."""
    libc = ctypes.CDLL(None, use_errno=True)
    uid, gid = os.getuid(), os.getgid()
    assert libc.unshare(_NEW_USER_NAMESPACE) == 0, os.strerror(ctypes.get_errno())
    Path("/proc/self/setgroups").write_text("deny")
    Path("/proc/self/uid_map").write_text(f"{uid} {uid} 1")
    Path("/proc/self/gid_map").write_text(f"{gid} {gid} 1")
    Path("/proc/sys/user/max_user_namespaces").write_text("0")


def _as_in_a_container() -> None:
    """As a container engine's own filter does: new namespaces are not permitted."""
    refuse, allow = (0x06, 0, 0, 0x0005_0001), (0x06, 0, 0, 0x7FFF_0000)
    rules = [
        (0x20, 0, 0, 0),
        (0x15, 3, 0, _UNSHARE),
        (0x15, 0, 3, _CLONE),
        (0x20, 0, 0, 16),
        (0x45, 0, 1, _NEW_USER_NAMESPACE),
        refuse,
        allow,
    ]
    packed = ctypes.create_string_buffer(b"".join(struct.pack("=HBBI", *rule) for rule in rules))
    program = struct.pack("@HP", len(rules), ctypes.addressof(packed))
    libc = ctypes.CDLL(None, use_errno=True)
    assert libc.prctl(_NO_NEW_PRIVILEGES, 1, 0, 0, 0) == 0
    assert libc.prctl(_SET_FILTER, 2, program, 0, 0) == 0, os.strerror(ctypes.get_errno())


if __name__ == "__main__":
    {"plain": lambda: None, "no namespaces": _without_namespaces, "container": _as_in_a_container}[sys.argv[1]]()
    sys.path.append(sys.argv[2])
    exec(sys.argv[3])  # noqa: S102 - of a test
