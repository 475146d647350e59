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

from tests.services.servers import throw_away_postgres, throw_away_valkey

SELECTION = "not browser and not proof"


def main(arguments: list[str]) -> int:
    # Ctrl-C reaches pytest too; SIGTERM must still take the servers down.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    with ExitStack() as stack:
        environment = dict(os.environ)
        for name, server in (("DATABASE_URL", throw_away_postgres), ("REDIS_URL", throw_away_valkey)):
            if not environment.get(name):
                directory = stack.enter_context(tempfile.TemporaryDirectory(prefix="classcrew-"))
                environment[name] = stack.enter_context(server(Path(directory)))
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


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
