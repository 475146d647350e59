"""Runs a site, and lines of Python beside it on its rows, each in a process of its own.

To start Python and the project takes one to two seconds. So one process does it for the site, for whoever fills it and
for all that happens beside it: each is a fork, and nothing that one leaves behind is seen by the next.
`tests.browser.site` starts it and speaks to it, a line of JSON each way:

python -m tests.browser.bystander     # {"told": …, "error": …} out for each of these in:

{"run": lines of Python}, {"serve": [its listening socket, path of a log, seconds a connection is kept]} tells its pid,
{"end": [that pid, seconds to end by itself]}
"""

import io
import json
import os
import signal
import sys
import time
import traceback
from contextlib import redirect_stdout

import django


def main() -> None:
    django.setup()
    _load_pages()
    for line in sys.stdin:
        [(asked, given)] = json.loads(line).items()
        if asked == "end":
            _answer(_end(*given), "")
            continue
        child = os.fork()
        if child == 0:
            _serve(*given) if asked == "serve" else _run(given)
            os._exit(0)
        if asked == "serve":
            os.close(given[0])  # so that a connection is refused when the server has died
            _answer(child, "")
        elif status := os.waitpid(child, 0)[1]:
            _answer("", f"it ended with status {status}")


def _load_pages() -> None:
    """What every server and nearly all lines need, so that a fork has it."""
    import uvicorn  # noqa: F401
    from django.urls import get_resolver

    get_resolver().url_patterns  # noqa: B018 - reading it imports the views


def _serve(listening: int, log: str, kept_s: int) -> None:
    """As `python -m uvicorn` does it."""
    import uvicorn

    written = os.open(log, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o644)
    nothing = os.open(os.devnull, os.O_RDONLY)
    for own, given in ((0, nothing), (1, written), (2, written)):
        os.dup2(given, own)
    uvicorn.run("coaching.asgi:application", fd=listening, access_log=False, timeout_keep_alive=kept_s)


def _end(server: int, within_s: float) -> int:
    """Ask it to end, and see to it; its status."""
    os.kill(server, signal.SIGTERM)
    latest = time.monotonic() + within_s
    while (ended := os.waitpid(server, os.WNOHANG)) == (0, 0):
        if time.monotonic() > latest:
            os.kill(server, signal.SIGKILL)
        time.sleep(0.02)
    return ended[1]


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


def _answer(told: str | int, error: str) -> None:
    print(json.dumps({"told": told, "error": error}), flush=True)  # noqa: T201 - it is spoken to by a pipe


if __name__ == "__main__":
    main()
