"""CPU per page: the ASGI front against pure WSGI (the baseline) and plain ASGI. `python -m benchmarks.pages [--json]`.

The three servers run side by side, two worker processes each, and take turns on every page, so that a busy machine is
busy for all of them. The figure is the median of the rounds' ratios.
"""

import argparse
import json
import os
import random
import statistics
import subprocess
import sys
import tempfile
from contextlib import AbstractContextManager, ExitStack
from pathlib import Path

from benchmarks import measure

BASELINE = "wsgi"
AIM = 1.15
_GUNICORN = [sys.executable, "-m", "gunicorn", "--bind", "fd://{fd}", "--workers", "2"]
SERVERS = {
    "wsgi": [*_GUNICORN, "-k", "gthread", "--threads", "4", "coaching.wsgi:application"],
    "front": [*_GUNICORN, "-k", "coaching.server.Worker", "coaching.asgi:application"],
    "asgi": [*_GUNICORN, "-k", "coaching.server.Worker", "benchmarks.plain_asgi:application"],
}
# Page → (path, requests in a round, needs a session).
PAGES = {
    "nothing": ("/bench/nothing/", 800, False),
    "sign-in": ("/accounts/login/", 96, False),
    "dashboard": ("/dashboard/", 96, True),
    "my files": ("/dfs/files/", 96, True),
}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--json", action="store_true")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--pages", nargs="*", default=list(PAGES), choices=list(PAGES))
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="classcrew-bench-") as directory, ExitStack() as running:
        environment = environment_in(Path(directory))
        running.enter_context(_valkey(environment, Path(directory)))
        cookie = _seed(environment)
        servers = {
            name: running.enter_context(measure.serve(command, environment, Path(directory, f"{name}.log")))
            for name, command in SERVERS.items()
        }
        figures = {page: _compare(servers, page, cookie, options.rounds) for page in options.pages}
        memory = {name: measure.memory_bytes(server.pid) for name, server in servers.items()}
    if options.json:
        print(json.dumps({"baseline": BASELINE, "aim": AIM, "pages": figures, "memory_bytes": memory}, indent=1))
    else:
        _print(figures, memory)


def environment_in(directory: Path) -> dict[str, str]:
    """The demo profile, whose DEBUG is off, in a data directory of its own; logs are written as in production."""
    names = ("DATABASE_URL", "REDIS_URL")
    kept = {name: value for name, value in os.environ.items() if name not in names}
    return {
        **kept,
        "DEMO": "1",
        "DATA_DIR": str(directory / "data"),
        "DJANGO_SETTINGS_MODULE": "benchmarks.site_settings",
        "LOG_FORMAT": "json",
        "GUNICORN_CMD_ARGS": "",
    }


def _valkey(environment: dict[str, str], directory: Path) -> AbstractContextManager[measure.Server]:
    code = "from django.conf import settings as s; from coaching import valkey as v; import json;"
    code += "s.DATA_DIR.mkdir(parents=True, exist_ok=True); print(json.dumps(v.command(s.DATA_DIR, s.VALKEY_SOCKET)))"
    command = json.loads(subprocess.check_output([sys.executable, "-c", code], env=environment))
    return measure.serve(command, environment, directory / "valkey.log")


def _seed(environment: dict[str, str]) -> str:
    """The demo institute, migrated; the session cookie of its admin, who owns twenty-five files."""
    subprocess.run([sys.executable, "manage.py", "migrate", "-v0"], env=environment, check=True)
    subprocess.run([sys.executable, "manage.py", "demo"], env=environment, check=True, stdout=subprocess.DEVNULL)
    answer = subprocess.check_output([sys.executable, "-m", "benchmarks.seed"], env=environment, text=True)
    return answer.splitlines()[-1]


def _compare(servers: dict[str, measure.Server], page: str, cookie: str, rounds: int) -> dict[str, dict[str, float]]:
    path, requests, is_signed_in = PAGES[page]
    loads: dict[str, list[measure.Load]] = {name: [] for name in servers}
    for number in range(rounds + 1):
        for name in random.sample(list(servers), len(servers)):
            count = requests if number else 48  # the first round only warms up
            taken = measure.load(servers[name], path, requests=count, cookie=cookie if is_signed_in else "")
            if number:
                loads[name].append(taken)
    base = loads[BASELINE]
    return {
        name: {
            "cpu_ms": round(statistics.median(one.cpu_ms for one in taken), 2),
            "ratio": round(statistics.median(a.cpu_ms / b.cpu_ms for a, b in zip(taken, base, strict=True)), 2),
            "p50_ms": round(statistics.median(one.percentile_ms(0.5) for one in taken), 1),
            "p95_ms": round(statistics.median(one.percentile_ms(0.95) for one in taken), 1),
        }
        for name, taken in loads.items()
    }


def _print(figures: dict, memory: dict[str, int]) -> None:
    print(f"{'page':12}{'server':8}{'CPU ms':>8}{'ratio':>7}{'p50 ms':>8}{'p95 ms':>8}")
    for page, by_server in figures.items():
        for name, figure in by_server.items():
            print(f"{page:12}{name:8}", end="")
            print(f"{figure['cpu_ms']:8.2f}{figure['ratio']:7.2f}{figure['p50_ms']:8.1f}{figure['p95_ms']:8.1f}")
    print("memory", {name: f"{size / 2**20:.0f} MB" for name, size in memory.items()})
    print(f"aim: front at most {AIM} x wsgi on a real page")


if __name__ == "__main__":
    main()
