"""Analysing and comparing what 5,000 students answered to 180 questions. `python -m benchmarks.exam_analysis`.

The bare pass reads the same rows once, question and answer, with Django and does nothing with them. One process, SQLite
(PostgreSQL with DATABASE_URL of an empty database); CPU is this process's alone: what PostgreSQL does is only in the
seconds. `--students` for less.
"""

import argparse
import json
import time
import tracemalloc
from collections.abc import Callable
from typing import Any

from benchmarks import exam_written
from benchmarks.in_process import product


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--json", action="store_true")
    parser.add_argument("--students", type=int, default=5_000)
    parser.add_argument("--questions", type=int, default=180)
    options = parser.parse_args()
    with product():
        figures = _measure(options.students, options.questions)
    if options.json:
        print(json.dumps(figures, indent=1))
        return
    print(f"{'':24}{'s':>8}{'CPU s':>8}{'MB more':>9}{'to bare':>9}")
    for name, one in figures.items():
        print(f"{name:24}{one['s']:8.2f}{one['cpu_s']:8.2f}{one['mb']:9.0f}{one['to_bare']:9.2f}")


def _measure(students: int, questions: int) -> dict[str, dict[str, float]]:
    from django.utils import timezone

    from exams import analysis, comparing, reckoning
    from exams.models.results import Cause

    test = exam_written.fill(students=students, questions=questions)
    version = reckoning.reckon(test, cause=Cause.CLOSED, actor=exam_written.office(), now=timezone.now())
    assert version is not None
    acts: dict[str, Callable[[], Any]] = {
        "bare pass": lambda: _read(version),
        "analysis": lambda: analysis.make(version),
        "analysis, read": lambda: analysis.of(version),
        "comparison": lambda: comparing.report_of(version),
    }
    taken = {name: _taken(act) for name, act in acts.items()}
    return {name: one | {"to_bare": one["cpu_s"] / taken["bare pass"]["cpu_s"]} for name, one in taken.items()}


def _read(version: Any) -> int:
    from exams.models import Response

    rows = Response.objects.filter(attempt__test=version.test_id).order_by()
    return sum(1 for _row in rows.values_list("question", "answer").iterator())


def _taken(act: Callable[[], Any]) -> dict[str, float]:
    """The most memory of Python objects in a first round, and the least time of two more."""
    tracemalloc.start()
    act()
    most = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    times = []
    for _round in range(2):
        began, cpu = time.perf_counter(), time.process_time()
        act()
        times.append((time.process_time() - cpu, time.perf_counter() - began))
    cpu_s, seconds = min(times)
    return {"s": seconds, "cpu_s": cpu_s, "mb": most / 2**20}


if __name__ == "__main__":
    main()
