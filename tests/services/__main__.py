"""`make test-services`: the suite on PostgreSQL, Redis and a real worker. Further arguments go to pytest.

`DATABASE_URL` and `REDIS_URL` are used when both are set; otherwise servers of our own are started and thrown away.
"""

import os
import signal
import subprocess
import sys
import tempfile
from contextlib import ExitStack
from pathlib import Path

from tests import migrated
from tests.services.servers import throw_away_postgres, throw_away_valkey

# A walk's site and what is marked `apart` would run on the same embedded database and queues as in `make test`:
# tests/apart.py shows that none of them reaches the servers.
SELECTION = "not browser and not proof and not apart"


def main(arguments: list[str]) -> int:
    # Ctrl-C reaches pytest too; SIGTERM must still take the servers down.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    with ExitStack() as stack:
        environment = dict(os.environ)
        if not environment.get("REDIS_URL"):
            environment["REDIS_URL"] = stack.enter_context(throw_away_valkey(_directory(stack)))
        if not environment.get("DATABASE_URL"):
            directory = _directory(stack)
            environment["DATABASE_URL"] = stack.enter_context(throw_away_postgres(directory))
            environment |= stack.enter_context(migrated.postgres(environment["DATABASE_URL"], directory))
        environment["REQUIRE_SERVICES"] = "1"
        command = [
            sys.executable,
            "-m",
            "pytest",
            "-m",
            SELECTION,
            "-n",
            "2",
            "--dist",
            "loadfile",
            "--no-loadscope-reorder",
            "-q",
            "-rsfE",
            *arguments,
        ]
        return subprocess.run(command, env=environment).returncode


def _directory(stack: ExitStack) -> Path:
    return Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="classcrew-")))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
