"""CPU of taking a program, against a save of five answers. `python -m benchmarks.judge_submit [--json] [--only …]`.

Both are asked through WSGI, with cookies and CSRF, in one process that is the only one on its database; beside it are
only a Valkey and, for that figure, a PostgreSQL, whose CPU is not in it. Each program is its student's first, so that
the queue grows by one with each; each sends its message, as if a judge took every one at once. A *look* asks how a
program stands that waits, as JSON, a *part* as a piece of the page. The figures are medians of rounds in which the acts
take turns.
"""

import argparse
import itertools
import json
import os
import statistics
import subprocess
import sys
from typing import Any

from benchmarks.autosave import asked
from benchmarks.in_process import ratio, take_turns, with_queries
from benchmarks.judge_under_exam import PYTHON
from benchmarks.judge_under_exam import _site as site_on

AIM = 2.5
STUDENTS, ROUNDS, TIMES = 160, 9, 15


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--json", action="store_true")
    parser.add_argument("--only", choices=["sqlite", "postgresql"])
    parser.add_argument("--here", action="store_true", help="measure on the database this process was given")
    options = parser.parse_args()
    if options.here:
        print(json.dumps(_measure()))
        return
    figures = {name: _on(name) for name in ("sqlite", "postgresql") if options.only in {None, name}}
    if options.json:
        print(json.dumps({"aim": AIM, "figures": figures}, indent=1))
    for database, found in {} if options.json else figures.items():
        print(f"{database}, load {os.getloadavg()[0]:.1f}, aim: at most {AIM} x a save of five answers")
        print("".join(f"{name:16}{figure:>8}\n" for name, figure in found.items()))
    if any(one["ratio"] > AIM for one in figures.values()):
        raise SystemExit(f"aim: at most {AIM} x a save of five answers")


def _on(database: str) -> dict[str, Any]:
    with site_on(database) as (environment, _directory, _running):
        command = [sys.executable, "-m", "benchmarks.judge_submit", "--here"]
        told = subprocess.check_output(command, env=environment | {"ALLOWED_HOSTS": "testserver"}, text=True)
    return dict(json.loads(told.splitlines()[-1]))


def _measure() -> dict[str, Any]:
    from benchmarks import judge_hall_rows as rows  # which sets up the product
    from benchmarks.exam_hall import application

    hall = _Hall(rows.seed(STUDENTS), application())
    rows.a_judge()
    hall.submit()  # which the first look is at
    acts = {"save": hall.save, "submit": hall.submit, "run": hall.run, "look": hall.look, "part": hall.part}
    taken = take_turns(acts, rounds=ROUNDS, times=dict.fromkeys(acts, TIMES))
    medians = {f"{name}_ms": round(statistics.median(times), 2) for name, times in taken.items()}
    queries = {f"{name}_queries": with_queries(act)[1] for name, act in acts.items()}
    return {"ratio": round(ratio(taken["submit"], taken["save"]), 2)} | medians | queries


class _Hall:
    """Each call is the request of the next student; a look is at the program that came last."""

    def __init__(self, seeded: dict[str, Any], application: Any) -> None:
        self.writers, self.questions = seeded["writers"], seeded["questions"]
        self.cookie, self.application = seeded["cookies"][0], application
        self.turns = {name: itertools.count() for name in ("save", "submit", "run")}
        self.last: tuple[dict[str, Any], str] = ({}, "")

    def save(self) -> None:
        turn = next(self.turns["save"])
        five = [self.questions[(5 * turn + n) % len(self.questions)] for n in range(5)]
        said = [{"question": one, "seq": turn + 1, "answer": "abcd"[turn % 4], "marked": False} for one in five]
        writer = self.writers[turn % STUDENTS]
        self._ask(writer, writer["save"], {"epoch": 1, "responses": said})

    def submit(self) -> None:
        self._program("submit")

    def run(self) -> None:
        self._program("run")

    def look(self) -> None:
        self._ask(*self.last)

    def part(self) -> None:
        """As the page's script looks: for a piece of the page."""
        self._ask(*self.last, HTTP_X_LIVE="1")

    def _program(self, name: str) -> None:
        from exams.judge import queue

        turn = next(self.turns[name])
        queue.awake()
        body = {"epoch": 1, "language": "py", "source": PYTHON.format(mark=f"{name} {turn}")}
        writer = self.writers[turn]
        self.last = writer, json.loads(self._ask(writer, writer[name], body))["url"]

    def _ask(self, writer: dict[str, Any], path: str, body: dict[str, Any] | None = None, **headers: str) -> bytes:
        given = headers if body else headers | {"REQUEST_METHOD": "GET"}
        sent = json.dumps(body).encode() if body else b""
        cookie = f"{self.cookie}={writer['session']}"
        status, answer = asked(lambda environ, start: self.application(environ | given, start), path, cookie, sent)
        assert status[:3] in {"200", "202"}, (status, answer[:500])
        return answer


if __name__ == "__main__":
    main()
