"""Whether a program got out: what stands around the sandbox while it runs, and what is looked at afterwards.

Only the standard library: `worker` uses it where Django is not.
"""

import os
import pwd
import secrets
import shutil
import socket
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, suppress
from pathlib import Path
from typing import Self

MARK = "judge-corpus"
"""Part of the name of every file that a program of the corpus tries to leave."""
KEYS = range(0x436F7270, 0x436F7270 + 64)
"""Of the System V segments, queues and semaphores that a program tries to leave."""
PLACES = (
    "/tmp",
    "/var/tmp",
    "/dev/shm",
    "/run",
    "/run/lock",
    "/dev/mqueue",
    "/var/cache",
    "/",
    "/etc",
    "/usr",
    "/usr/bin",
    "/dev",
)
_DEEP = ("/tmp", "/var/tmp", "/dev/shm")
_LEFT_BY_CRASHES = ("core", "hs_err_pid", "replay_pid", "java_pid", "report.")


class Doors:
    """Listening sockets, a file everybody may read, and variables of the environment: what a program must not reach.

    `told()` is the input of a program that tries: ports, names and paths, one a line.
    """

    def __init__(self, project: Path) -> None:
        self.canary = f"CANARY-{secrets.token_hex(12)}"
        self._project, self._stack = project, ExitStack()

    def __enter__(self) -> Self:
        self._folder = Path(tempfile.mkdtemp(prefix="sandbox-doors-", dir="/tmp"))
        self._stack.callback(shutil.rmtree, self._folder)
        self._folder.chmod(0o755)
        self.secret = self._folder / "secret.txt"
        self.secret.write_text(f"{self.canary}\n{self.canary}\n")
        self._streams = [self._listening(socket.AF_INET, ("127.0.0.1", 0))]
        tcp = self._streams[0].getsockname()[1]
        with suppress(OSError):  # a machine without IPv6
            self._streams.append(self._listening(socket.AF_INET6, ("::1", tcp)))
        path, abstract = str(self._folder / "door"), f"classcrew-{secrets.token_hex(6)}"
        self._streams += [self._listening(socket.AF_UNIX, name) for name in (path, f"\0{abstract}")]
        Path(path).chmod(0o777)
        self._datagrams = self._stack.enter_context(socket.socket(socket.AF_INET, socket.SOCK_DGRAM))
        self._datagrams.bind(("127.0.0.1", 0))
        self._datagrams.setblocking(False)
        udp = self._datagrams.getsockname()[1]
        self._told = "\n".join(
            (str(tcp), str(udp), path, abstract, str(self.secret), str(self._project), str(Path.home()))
        )
        return self

    def __exit__(self, *_error: object) -> None:
        self._stack.close()

    def told(self) -> str:
        return f"{self._told}\n"

    @property
    def environment(self) -> dict[str, str]:
        """Of the process that starts the helper."""
        return {"SECRET_KEY": self.canary, "DATABASE_URL": f"postgres://{self.canary}", "JAVA_TOOL_OPTIONS": "-Xcanary",
                "NODE_OPTIONS": "--canary", "PYTHONSTARTUP": self.canary, "LD_PRELOAD_CANARY": self.canary}  # fmt: skip

    def filled_in(self, source: str) -> str:
        """Placeholders as the paths they stand for on this machine."""
        paths = {"@SECRET@": self.secret, "@PROJECT@": self._project, "@ROOT@": pwd.getpwuid(0).pw_dir}
        for name, path in paths.items():
            source = source.replace(name, str(path))
        return source

    def visits(self) -> list[str]:
        """Of every socket that somebody reached. They are forgotten by that."""
        found = []
        for door in self._streams:
            with suppress(BlockingIOError):
                door.accept()[0].close()
                found.append(str(door.getsockname()))
        with suppress(BlockingIOError):
            found.append(repr(self._datagrams.recv(100)))
        return found

    def _listening(self, family: int, address: tuple[str, int] | str) -> socket.socket:
        door = self._stack.enter_context(socket.socket(family, socket.SOCK_STREAM))
        door.bind(address)
        door.listen()
        door.setblocking(False)
        return door


def left_alive(uids: range) -> list[str]:
    """Processes of these users."""
    return [told for pid, uid, told in _processes() if uid in uids and pid != os.getpid()]


def strangers() -> list[str]:
    """Processes of this user in another pid namespace than this one: of a sandbox that he started."""
    own = Path("/proc/self/ns/pid").readlink()
    found = []
    for pid, uid, told in _processes():
        with suppress(OSError):
            if uid == os.getuid() and Path(f"/proc/{pid}/ns/pid").readlink() != own:
                found.append(told)
    return found


def _processes() -> Iterator[tuple[int, int, str]]:
    for entry in os.scandir("/proc"):
        if not entry.name.isdecimal():
            continue
        with suppress(OSError):
            words = Path(entry.path, "cmdline").read_bytes().replace(b"\0", b" ").decode(errors="replace")
            state = Path(entry.path, "stat").read_text(errors="replace").rpartition(")")[2].split()[0]
            yield int(entry.name), entry.stat().st_uid, f"{entry.name} {state} {words}"


def left_behind(uids: range, *more: Path) -> list[str]:
    """Files, segments and queues that a program of these users, or any of the corpus, left on this machine."""
    found = [*_segments(uids)]
    for place in (*PLACES, *map(str, more)):
        found += _files(Path(place), uids, depth=2 if place in _DEEP else 1, may_crash=place not in PLACES)
    return sorted(set(found))


def _files(folder: Path, uids: range, *, depth: int, may_crash: bool) -> Iterator[str]:
    with suppress(OSError):
        for entry in os.scandir(folder):
            with suppress(OSError):
                is_ours = entry.stat(follow_symlinks=False).st_uid in uids
                is_crash = may_crash and entry.name.startswith(_LEFT_BY_CRASHES)
                if is_ours or is_crash or MARK in entry.name:
                    yield entry.path
                elif depth > 1 and entry.is_dir(follow_symlinks=False):
                    yield from _files(Path(entry.path), uids, depth=depth - 1, may_crash=False)


def _segments(uids: range) -> Iterator[str]:
    for kind in ("shm", "msg", "sem"):
        with suppress(OSError):
            head, *lines = Path(f"/proc/sysvipc/{kind}").read_text().splitlines()
            at = head.split().index("uid")
            for line in lines:
                words = line.split()
                if int(words[0]) in KEYS or int(words[at]) in uids:
                    yield f"{kind} {words[0]}"
