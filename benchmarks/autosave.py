"""CPU of an autosave of five answers against a bare one. `python -m benchmarks.autosave [--json] [--only DATABASE]`.

The bare one is what a plain Django application does (`bare_autosave`): session, person, and an upsert for each answer
in one transaction. Both are asked through WSGI, with cookies and CSRF, in one process that is the only one on its
database; they take turns over the same students, and the figure is the median of the rounds' ratios. PostgreSQL's own
CPU is not in it: that is counted by `tests/proof/test_exam_at_once.py`.
"""

import argparse
import io
import json
import os
import statistics
import subprocess
import sys
import tempfile
from contextlib import ExitStack
from pathlib import Path
from typing import Any

from benchmarks.in_process import product, ratio, take_turns, with_queries

ANSWERS, STUDENTS, QUESTIONS, TIMES = 5, 20, 30, 40
AIM = 1.5
TOKEN = "a" * 32


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--json", action="store_true")
    parser.add_argument("--rounds", type=int, default=9)
    parser.add_argument("--only", choices=["sqlite", "postgresql"])
    parser.add_argument("--here", action="store_true", help="measure on the database this process was given")
    options = parser.parse_args()
    if options.here:
        print(json.dumps(_measure(options.rounds)))
        return
    figures = {name: _on(name, options.rounds) for name in ("sqlite", "postgresql") if options.only in {None, name}}
    if options.json:
        print(json.dumps({"aim": AIM, "figures": figures}, indent=1))
    else:
        names = list(next(iter(figures.values())))
        print(f"load {os.getloadavg()[0]:.1f}; {ANSWERS} answers; aim: at most {AIM} x the bare one")
        print(f"{'':16}" + "".join(f"{database:>14}" for database in figures))
        for name in names:
            print(f"{name:16}" + "".join(f"{one[name]!s:>14}" for one in figures.values()))
    if any(one["ratio"] > AIM for one in figures.values()):
        raise SystemExit(f"aim: at most {AIM} x the bare autosave")


def _on(database: str, rounds: int) -> dict[str, Any]:
    from tests.services.servers import throw_away_postgres

    environment = {name: value for name, value in os.environ.items() if name != "DATABASE_URL"}
    with ExitStack() as running:
        if database == "postgresql":
            place = Path(running.enter_context(tempfile.TemporaryDirectory(prefix="classcrew-bench-pg-")))
            environment["DATABASE_URL"] = running.enter_context(throw_away_postgres(place))
        command = [sys.executable, "-m", "benchmarks.autosave", "--here", "--rounds", str(rounds)]
        told = subprocess.check_output(command, env=environment, text=True)
    return dict(json.loads(told.splitlines()[-1]))


def _measure(rounds: int) -> dict[str, Any]:
    with product():
        from benchmarks import exam_hall

        hall = exam_hall.fill(students=STUDENTS, questions=QUESTIONS)
        acts = {"ours": _Saves(hall, exam_hall.application()), "bare": _BareSaves(hall)}
        taken = take_turns(acts, rounds=rounds, times=dict.fromkeys(acts, TIMES))
        medians = {f"{name}_ms": round(statistics.median(times), 2) for name, times in taken.items()}
        queries = {f"{name}_queries": with_queries(act)[1] for name, act in acts.items()}
        return {"ratio": round(ratio(taken["ours"], taken["bare"]), 2)} | medians | queries


class _Saves:
    """Each call is the save of the next student; each student's answers change every time."""

    def __init__(self, hall: Any, application: Any) -> None:
        self.hall, self.application, self.turn = hall, application, 0

    def __call__(self) -> None:
        self.turn += 1
        writer = self.hall.writers[self.turn % STUDENTS]
        path, cookie, body = self.request(writer)
        status, answer = asked(self.application, path, cookie, json.dumps(body).encode())
        assert status == "200 OK", (status, answer[:500])

    def request(self, writer: Any) -> tuple[str, str, dict[str, Any]]:
        return writer.path, writer.cookie, {"epoch": 1, "responses": self.answers()}

    def answers(self) -> list[dict[str, Any]]:
        first = self.turn * ANSWERS
        return [
            {"question": uuid, "number": pk, "seq": first + n, "answer": "abcd"[self.turn % 4], "marked": False}
            for n, (pk, uuid) in enumerate(self.hall.five(self.turn))
        ]


class _BareSaves(_Saves):
    def __init__(self, hall: Any) -> None:
        from benchmarks import bare_autosave

        super().__init__(hall, bare_autosave.application())

    def request(self, writer: Any) -> tuple[str, str, dict[str, Any]]:
        return "/bench/autosave/", writer.bare_cookie, {"attempt": writer.attempt, "responses": self.answers()}


def asked(application: Any, path: str, cookie: str, body: bytes) -> tuple[str, bytes]:
    """Status and body of a POST, as a WSGI server asks."""
    environ = {
        "REQUEST_METHOD": "POST",
        "PATH_INFO": path,
        "SERVER_NAME": "testserver",
        "SERVER_PORT": "80",
        "SERVER_PROTOCOL": "HTTP/1.1",
        "REMOTE_ADDR": "127.0.0.1",
        "CONTENT_TYPE": "application/json",
        "CONTENT_LENGTH": str(len(body)),
        "HTTP_HOST": "testserver",
        "HTTP_COOKIE": f"{cookie}; csrftoken={TOKEN}",
        "HTTP_X_CSRFTOKEN": TOKEN,
        "HTTP_USER_AGENT": "Mozilla/5.0 (Linux; Android 14) Chrome/130.0 Mobile",
        "wsgi.url_scheme": "http",
        "wsgi.input": io.BytesIO(body),
        "wsgi.errors": sys.stderr,
    }
    said: list[str] = []
    response = application(environ, lambda status, _headers: said.append(status))
    answer = b"".join(response)
    response.close()
    return said[0], answer


if __name__ == "__main__":
    main()
