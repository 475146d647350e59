"""What a program in the sandbox sees of this machine: named directories of the system, read-only. Never all of /usr,
where somebody may have put an application with its settings; no /proc, no /home, no /opt, no /var; nothing writable.
"""

from collections.abc import Iterator
from functools import cache
from pathlib import Path

_SYSTEM = (
    "/usr/bin",
    "/usr/lib",
    "/usr/lib32",
    "/usr/lib64",
    "/usr/libexec",
    "/usr/include",
    "/usr/share/nodejs",
    "/usr/share/zoneinfo",
    "/usr/local/bin",
    "/usr/local/lib",
    "/usr/local/libexec",
    "/usr/local/include",
)
_ROOTS = ("/bin", "/lib", "/lib32", "/lib64")
_SETTINGS = ("/etc/alternatives", "/etc/ld.so.cache")
_SETTINGS_OF = ("java-*-openjdk", "java-*")
_DEVICES = ("/dev/null", "/dev/zero", "/dev/random", "/dev/urandom")
# Other people's packages: often an application with its settings.
_HIDDEN = ("/usr/local/lib/python3*/site-packages", "/usr/local/lib/python3*/dist-packages")

PASSWD = b"root:x:0:0::/:/bin/false\nstudent:x:1000:1000::/box:/bin/false\n"
ENVIRONMENT = {"PATH": "/usr/local/bin:/usr/bin:/bin", "HOME": "/box", "LANG": "C.UTF-8"}
HOME, SCRATCH = "/box", "/tmp"  # noqa: S108  # the sandbox's own


@cache
def seen() -> tuple[str, ...]:
    """Arguments of bwrap for what is there on every run. Looked up once in a process."""
    return tuple(_arguments())


def _arguments() -> Iterator[str]:
    for path in _SYSTEM:
        if _has_something(Path(path)):
            yield from ("--ro-bind", path, path)
    yield from _roots()
    for pattern in _HIDDEN:
        for place in filter(_has_something, sorted(Path("/").glob(pattern[1:]))):
            yield from ("--tmpfs", str(place), "--remount-ro", str(place))
    for path in (*_SETTINGS, *_settings_of_languages()):
        if Path(path).exists():
            yield from ("--ro-bind", path, path)
    for path in _DEVICES:
        yield from ("--dev-bind", path, path)


def _roots() -> Iterator[str]:
    """/bin and its like: links into /usr on most systems."""
    for path in map(Path, _ROOTS):
        if path.is_symlink():
            yield from ("--symlink", str(path.readlink()), str(path))
        elif _has_something(path):
            yield from ("--ro-bind", str(path), str(path))


def _settings_of_languages() -> list[str]:
    return sorted({str(path) for pattern in _SETTINGS_OF for path in Path("/etc").glob(pattern) if path.is_dir()})


def _has_something(path: Path) -> bool:
    """Whether it is a directory in which there is anything: each one costs time on every run."""
    try:
        return path.is_dir() and any(path.iterdir())
    except OSError:
        return False
