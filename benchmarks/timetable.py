"""The timetable at a large institute against a bare indexed query. `python -m benchmarks.timetable [--json]`.

10,000 classes of a year in 50 batches with 2,000 students, of whom four in ten are in two batches; 25 teachers, 20
rooms. The baseline fetches one teacher's classes of one day by their index. CPU time of this process, in which SQLite
does its work too, and PostgreSQL (with DATABASE_URL of an empty database, which is migrated and filled) does not. Each
takes turns with the baseline; the figure is the median, the ratio the median of the rounds' ratios.
"""

import argparse
import io
import json
import random
import statistics
from dataclasses import replace
from datetime import timedelta
from typing import Any

from benchmarks.in_process import Act, product, ratio, take_turns, with_queries

BATCHES, TEACHERS, ROOMS, STUDENTS = 50, 25, 20, 2_000
WEEKS, A_WEEK = 40, 5
SERIES = 300
BARE_TIMES = 10  # it is short
TIMES = ((8, 0), (10, 0), (14, 0), (16, 0), (18, 0))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--json", action="store_true")
    parser.add_argument("--rounds", type=int, default=15)
    options = parser.parse_args()
    with product():
        figures = _measure(options.rounds)
    if options.json:
        print(json.dumps(figures, indent=1))
        return
    print(f"{'what':34}{'CPU ms':>8}{'bare ms':>9}{'ratio':>8}{'queries':>9}")
    for name, one in figures.items():
        print(f"{name:34}{one['ms']:8.1f}{one['bare_ms']:9.2f}{one['ratio']:8.0f}{one['queries']:9}")


def _measure(rounds: int) -> dict[str, dict[str, Any]]:
    from django.core.management import call_command

    call_command("demo", stdout=io.StringIO())
    _fill()
    return {name: _compare(act, rounds) for name, act in _acts().items()}


def _fill() -> None:
    """A year as an institute of this size has it, on top of the demo institute."""
    from datetime import UTC, datetime

    from django.utils import timezone

    from accounts.models import Role, User
    from batches.models import Batch, ClassSession, Enrolment, Room, Teaching

    chance = random.Random(7)
    today = timezone.localdate()
    first, last = today - timedelta(weeks=WEEKS // 2), today + timedelta(weeks=WEEKS // 2)
    User.objects.bulk_create(
        User(name=f"Student {n}", admission_number=f"T-{n}", password="!") for n in range(STUDENTS)
    )
    User.objects.bulk_create(
        User(name=f"Teacher {n}", email=f"t{n}@bench.test", role=Role.TEACHER, password="!") for n in range(TEACHERS)
    )
    students = list(User.objects.filter(admission_number__startswith="T-").order_by("pk"))
    teachers = list(User.objects.filter(email__endswith="@bench.test").order_by("pk"))
    rooms = Room.objects.bulk_create(Room(name=f"Bench {n}") for n in range(ROOMS))
    batches = Batch.objects.bulk_create(Batch(name=f"Bench {n}", starts_on=first, ends_on=last) for n in range(BATCHES))
    Teaching.objects.bulk_create(Teaching(batch=one, teacher=teachers[n // 2]) for n, one in enumerate(batches))
    joined = datetime.combine(first, datetime.min.time(), UTC)
    Enrolment.objects.bulk_create(
        Enrolment(batch=batch, student=student, joined_at=joined)
        for student in students
        for batch in chance.sample(batches, 2 if chance.random() < 0.4 else 1)
    )
    rows = []
    for number, batch in enumerate(batches):
        for week in range(WEEKS):
            for day in range(A_WEEK):
                hour, minute = TIMES[(number + day) % len(TIMES)]
                begins = datetime.combine(first + timedelta(weeks=week, days=day), datetime.min.time(), UTC)
                begins += timedelta(hours=hour, minutes=minute)
                fields = {"teacher": teachers[number // 2], "room": rooms[(number + day) % ROOMS]}
                rows.append(
                    ClassSession(batch=batch, starts_at=begins, ends_at=begins + timedelta(minutes=90), **fields)
                )
    ClassSession.objects.bulk_create(rows, batch_size=1_000)


def _acts() -> dict[str, Act]:
    from django.test import Client
    from django.utils import timezone

    from accounts.models import User
    from batches import clash_report, clashes, classes
    from batches.models import ClassSession, Room
    from benchmarks.first_screens import _person

    now = timezone.now()
    coming = ClassSession.objects.filter(batch__name="Bench 7", starts_at__gt=now).order_by("starts_at")
    row = coming[5]
    week = timedelta(weeks=1)
    series = [
        clashes.Planned(row.starts_at + week * n, row.ends_at + week * n, row.batch_id, row.teacher_id, row.room_id)
        for n in range(-SERIES // 2, SERIES // 2)
    ]
    browsers = {key: Client() for key in ("admin", "student")}
    browsers["admin"].force_login(_person("rajendra"))
    browsers["student"].force_login(User.objects.get(admission_number="T-1"))

    rooms = list(Room.objects.filter(name__in=("Bench 18", "Bench 19")))
    admin = _person("rajendra")

    kept = {"row": row}
    planned = [replace(clashes.Planned.of(row), room_id=room.pk) for room in rooms]
    seen = {one.key for one in clashes.of_spans(planned, replaces=[row.pk])}

    def save() -> None:
        """Another room for a class, despite what clashes, told to its students."""
        held = kept["row"]
        to = replace(classes.ClassDetails.of(held), room=rooms[held.sequence % 2])
        kept["row"] = classes.change_class(held, to=to, sequence=held.sequence, despite=seen, actor=admin, now=now)

    def check() -> None:
        """The check alone, of a class as it stands."""
        clashes.of_spans([clashes.Planned.of(row)], replaces=[row.pk])

    def visit(who: str, path: str) -> None:
        assert browsers[who].get(path).status_code == 200, path

    return {
        "check of a class": check,
        "save of a class, checked and told": save,
        f"check of a series of {SERIES}": lambda: clashes.of_spans(series),
        "next three free times": lambda: clashes.free_spans([clashes.Planned.of(row)], now=now),
        "three free times of the series": lambda: clashes.free_spans(series, now=now),
        "count of clashes, two weeks": lambda: clash_report.count(now=now),
        "report of clashes, eight weeks": lambda: visit("admin", "/batches/clashes/"),
        "report of clashes, a year": lambda: visit("admin", "/batches/clashes/?weeks=52"),
        "month, an admin's 1,000 classes": lambda: visit("admin", "/calendar/"),
        "month, a student's": lambda: visit("student", "/calendar/"),
    }


def _bare() -> None:
    """One teacher's classes of one day, by the index of teacher and time."""
    from django.utils import timezone

    from accounts.models import User
    from batches.models import ClassSession

    now = timezone.now()
    teacher = User.objects.filter(email="t3@bench.test").values("pk")
    rows = ClassSession.objects.filter(teacher__in=teacher, starts_at__gte=now, starts_at__lt=now + timedelta(days=1))
    list(rows.order_by().values_list("pk", "starts_at", "ends_at"))


def _compare(act: Act, rounds: int) -> dict[str, Any]:
    taken = take_turns({"ours": act, "bare": _bare}, rounds=rounds, times={"bare": BARE_TIMES})
    _given, queries = with_queries(act)
    return {
        "ms": round(statistics.median(taken["ours"]), 1),
        "bare_ms": round(statistics.median(taken["bare"]), 2),
        "ratio": round(ratio(taken["ours"], taken["bare"]), 1),
        "queries": queries,
    }


if __name__ == "__main__":
    main()
