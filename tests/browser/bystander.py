"""Runs lines of Python beside a running site, on its rows, each time in a process of its own.

To start Python and the project for a few lines takes two seconds. So one process stays, and each run is a fork of it:
nothing that one leaves behind is seen by the next. `tests.browser.site` starts it and speaks to it:

python -m tests.browser.bystander     # a JSON string of lines per line in, {"printed": …, "error": …} per line out
"""

import io
import json
import os
import sys
import traceback
from contextlib import redirect_stdout

import django


def main() -> None:
    django.setup()
    for line in sys.stdin:
        child = os.fork()
        if child == 0:
            _run(json.loads(line))
            os._exit(0)
        if status := os.waitpid(child, 0)[1]:
            _answer("", f"it ended with status {status}")


def _run(code: str) -> None:
    from django.db import connections

    printed, error = io.StringIO(), ""
    try:
        with redirect_stdout(printed):
            exec(code, {"__name__": "bystander"})  # noqa: S102 - the lines of a test
    except BaseException:
        error = traceback.format_exc()
    connections.close_all()
    _answer(printed.getvalue(), error)


def _answer(printed: str, error: str) -> None:
    print(json.dumps({"printed": printed, "error": error}), flush=True)  # noqa: T201 - it is spoken to by a pipe


if __name__ == "__main__":
    main()
