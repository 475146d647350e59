"""Results of a test of 5,000 students with 180 questions, and a key mended. `python -m benchmarks.exam_results`.

Three sections of 60, of one of which any 50 answers count, with ties and percentiles. Bare reading is the plainest
marking one could write: each row by the ORM, equal to the key or not, summed up, nothing ranked or kept. One process,
SQLite (PostgreSQL with DATABASE_URL of an empty database); all take turns. Memory is what Python held at
most, in a run of its own.
"""

import argparse
import json
import random
import statistics
import time
import tracemalloc
import uuid
from collections import defaultdict
from collections.abc import Callable
from datetime import timedelta
from typing import Any

from benchmarks import exam_written
from benchmarks.exam_written import SECTIONS
from benchmarks.in_process import product

RULES = {
    "others": {"right": "4", "wrong": "-1"},
    "ties": [{"by": "SECTION", "name": "Mathematics"}, {"by": "FEWER_WRONG"}, {"by": "OLDER"}],
}
NAMES = {
    "bare": "bare reading",
    "reckon": "reckon and keep",
    "preview": "preview a key fix",
    "preview_any": "preview, any n of m",
    "apply": "apply it",
    "regrade": "regrade, nothing new",
}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--json", action="store_true")
    parser.add_argument("--students", type=int, default=5_000)
    parser.add_argument("--questions", type=int, default=180)
    parser.add_argument("--rounds", type=int, default=3)
    options = parser.parse_args()
    with product():
        test = _fill(options.students, options.questions // len(SECTIONS))
        figures = _measure(test, options.rounds)
    if options.json:
        print(json.dumps(figures, indent=1))
        return
    print(f"{'':24}{'s':>8}{'CPU s':>8}{'MiB':>8}{'to bare':>9}")
    for name, one in figures.items():
        print(f"{NAMES[name]:24}{one['s']:8.2f}{one['cpu_s']:8.2f}{one['peak_mib']:8.0f}{one['to_bare']:9.2f}")


def _measure(test: Any, rounds: int) -> dict[str, dict[str, float]]:
    acts = _acts(test)
    taken: dict[str, list[tuple[float, float]]] = defaultdict(list)
    for _round in range(rounds):
        for name, act in acts.items():
            taken[name].append(_taken(act))
    figures = {}
    for name, rows in taken.items():
        ratios = [mine[1] / bare[1] for mine, bare in zip(rows, taken["bare"], strict=True)]
        figures[name] = {
            "s": statistics.median(row[0] for row in rows),
            "cpu_s": statistics.median(row[1] for row in rows),
            "peak_mib": _peak_mib(acts[name]),
            "to_bare": statistics.median(ratios),
        }
    return figures


def _acts(test: Any) -> dict[str, Callable[[], Any]]:
    """In the order of a round: results first, then what is done with them."""
    from django.utils import timezone

    from exams import key_fixes, reckoning
    from exams.content import Key
    from exams.models.results import Cause
    from exams.result_sheets import Fix

    questions = list(test.questions.order_by("section__position", "position").values_list("pk", flat=True))
    chance, office = random.Random(1), exam_written.office()

    def fix(place: int) -> Fix:
        return Fix(questions[place], "CHANGE", (Key(right=(chance.choice("abcd"),)),))

    def reckon() -> None:
        reckoning.reckon(test, cause=Cause.BY_HAND, actor=None, now=timezone.now(), force=True)

    def apply() -> None:
        test.refresh_from_db()
        said = {"reason": "Bench", "token": uuid.uuid4(), "actor": office, "now": timezone.now()}
        key_fixes.apply(test, fix(5), seen=test.newest_results.number, **said)

    return {
        "bare": lambda: _bare(test),
        "reckon": reckon,
        "preview": lambda: key_fixes.preview(test, fix(7)),
        "preview_any": lambda: key_fixes.preview(test, fix(len(questions) - 1)),
        "apply": apply,
        "regrade": lambda: reckoning.reckon(test, cause=Cause.BY_HAND, actor=None, now=timezone.now()),
    }


def _bare(test: Any) -> dict[int, int]:
    from exams.models import Response

    right = {one.pk: one.version.key["right"] for one in test.questions.select_related("version")}
    totals: dict[int, int] = defaultdict(int)
    rows = Response.objects.filter(attempt__test=test).order_by()
    for attempt, question, answer in rows.values_list("attempt", "question", "answer").iterator(2_000):
        if answer is not None:
            totals[attempt] += 4 if answer in right[question] else -1
    return totals


def _taken(act: Callable[[], Any]) -> tuple[float, float]:
    """Seconds, and CPU seconds of this process."""
    began, cpu = time.perf_counter(), time.process_time()
    act()
    return time.perf_counter() - began, time.process_time() - cpu


def _peak_mib(act: Callable[[], Any]) -> float:
    """How much Python held at most for it. It takes several times as long, so nothing else is measured by the way."""
    tracemalloc.start()
    act()
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    return peak / 2**20


# --- The test ---------------------------------------------------------------------------------------------------------


def _fill(size: int, in_section: int) -> Any:
    """A test that is over, with so many attempts handed in."""
    from django.utils import timezone

    now = timezone.now()
    test, attempts = exam_written.handed_in(size, now=now, rules=RULES)
    _answer([one.pk for one in attempts], _paper(test, in_section), now - timedelta(hours=5))
    return test


def _paper(test: Any, in_section: int) -> list[int]:
    """Numbers of its questions; b is right."""
    from batches.models import Subject
    from exams.models import ExamQuestion, Question, QuestionVersion, Section

    subject = Subject.objects.get_or_create(name="Physics")[0]
    body = {"text": {"en": "Which?"}, "options": [{"id": one, "text": {"en": one}} for one in "abcd"]}
    placed = []
    for at, title in enumerate(SECTIONS, start=1):
        count = in_section * 5 // 6 if at == len(SECTIONS) else None
        section = Section.objects.create(test=test, title=title, position=at, answers_count=count)
        for position in range(1, in_section + 1):
            question = Question.objects.create(kind="SINGLE", subject=subject)
            version = QuestionVersion.objects.create(question=question, number=1, body=body, key={"right": ["b"]})
            fields = {"position": position, "question": question, "version": version}
            placed.append(ExamQuestion.objects.create(test=test, section=section, **fields).pk)
    return placed


def _answer(attempts: list[int], placed: list[int], began: Any) -> None:
    """One in seven left, of the others as many right as the student is good."""
    from django.db import connection, transaction

    from exams.models import Response

    chance = random.Random(5)
    names = "attempt_id, question_id, seq, answer, is_answered, is_marked, spent_ms, saved_at, answered_at"
    table = Response._meta.db_table
    moments = [began + timedelta(seconds=30 * n) for n in range(len(placed))]
    if connection.vendor == "sqlite":
        moments = [str(one.replace(tzinfo=None)) for one in moments]
    query = f"INSERT INTO {table} ({names}) VALUES (%s, %s, 1, %s, %s, %s, %s, %s, %s)"  # noqa: S608
    for at in range(0, len(attempts), 100):
        rows = []
        for attempt in attempts[at : at + 100]:
            good = chance.random()
            for question, moment in zip(placed, moments, strict=True):
                lot = chance.random()
                said = None if lot < 1 / 7 else '"b"' if chance.random() < good else f'"{chance.choice("acd")}"'
                spent, first = chance.randrange(90_000), moment if said else None
                rows.append((attempt, question, said, said is not None, False, spent, moment, first))
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.executemany(query, rows)


if __name__ == "__main__":
    main()
