"""The month of a batch, 200 students × 31 classes, against bare grids. `python -m benchmarks.attendance_grid [--json]`.

The bare grids are the same letters of the same rows by two queries, without frame, person, shares or sums, and without
middleware: one is written by a Django template, as one would at first, one is put together from strings, which is as
little as there can be. One process, SQLite (PostgreSQL with DATABASE_URL of an empty database, which is migrated and
filled), no network; all take turns, and the figure is the median of the rounds' ratios.
"""

import argparse
import gzip
import json
import random
import statistics
from datetime import UTC, date, datetime, timedelta
from typing import Any

from benchmarks.in_process import Act, product, ratio, take_turns, with_queries

STUDENTS, CLASSES = 200, 31
VISITS = 3
TEMPLATE = """<!doctype html><title>Grid</title><table>{% for name, letters in rows %}<tr><th>{{ name }}</th>
{% for letter in letters %}<td class="{{ letter }}">{{ letter }}</td>{% endfor %}</tr>{% endfor %}</table>"""


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--json", action="store_true")
    parser.add_argument("--rounds", type=int, default=9)
    options = parser.parse_args()
    with product():
        figures = _measure(options.rounds)
    if options.json:
        print(json.dumps(figures, indent=1))
        return
    print(f"{'page':26}{'CPU ms':>8}{'KB':>6}{'gzip KB':>9}{'queries':>9}{'by template':>13}{'by strings':>12}")
    for name, one in figures.items():
        ratios = f"{one['to_template']:13.2f}{one['to_strings']:12.2f}"
        print(f"{name:26}{one['cpu_ms']:8.1f}{one['kb']:6}{one['gzip_kb']:9}{one['queries']:9}{ratios}")


def _measure(rounds: int) -> dict[str, dict[str, Any]]:
    from django.test import Client

    from accounts.models import Role, User

    number, month = _fill()
    browser = Client()
    browser.force_login(User.objects.get(role=Role.ADMIN))
    url = f"/attendance/batches/{number}/?month={month:%Y-%m}"
    acts: dict[str, Act] = {
        "ours": lambda: browser.get(url),
        "bare, by a template": _bare_by_template(),
        "bare, by strings": _bare_by_strings,
    }
    taken = take_turns(acts, rounds=rounds, times=dict.fromkeys(acts, VISITS))
    return {name: _figures(act, name, taken) for name, act in acts.items()}


def _fill() -> tuple[Any, date]:
    """A batch whose last month had a class on each of 31 days, nine in ten present."""
    from django.utils import timezone

    from accounts.models import Role, User
    from attendance.models import Record, Register
    from batches.models import Batch, ClassSession, Enrolment

    chance, day = random.Random(7), timezone.localdate().replace(day=1)
    while True:
        day = (day - timedelta(days=1)).replace(day=1)
        if (day + timedelta(days=CLASSES - 1)).month == day.month:
            break
    User.objects.create(name="Office", email="office@bench.test", role=Role.ADMIN, password="!")
    batch = Batch.objects.create(name="Bench", starts_on=day, ends_on=day + timedelta(days=365))
    begin = datetime(day.year, day.month, 1, 11, 30, tzinfo=UTC)
    hours = timedelta(hours=2)
    rows = ClassSession.objects.bulk_create(
        ClassSession(batch=batch, starts_at=at, ends_at=at + hours)
        for at in (begin + timedelta(days=number) for number in range(CLASSES))
    )
    Register.objects.bulk_create(Register(class_session=row, finalised_at=row.ends_at) for row in rows)
    people = User.objects.bulk_create(
        User(name=f"Student {number} विद्यार्थी", role=Role.STUDENT, admission_number=f"G-{number}", password="!")
        for number in range(STUDENTS)
    )
    joined = begin - timedelta(days=30)
    Enrolment.objects.bulk_create(Enrolment(batch=batch, student=one, joined_at=joined) for one in people)
    Record.objects.bulk_create(
        (
            Record(class_session=row, student=one, status=chance.choices("PLAE", (89, 4, 5, 2))[0])
            for row in rows
            for one in people
        ),
        batch_size=1_000,
    )
    return batch.uuid, day


def _rows() -> list[tuple[str, list[str]]]:
    """Two queries: the students, and the letters of all."""
    from accounts.models import Role, User
    from attendance.models import Record

    names = dict(User.objects.filter(role=Role.STUDENT).order_by("name").values_list("pk", "name"))
    letters: dict[int, list[str]] = {number: [] for number in names}
    records = Record.objects.order_by("class_session__starts_at").values_list("student", "status")
    for student, status in records:
        letters[student].append(status)
    return [(names[number], row) for number, row in letters.items()]


def _bare_by_template() -> Act:
    from django.http import HttpResponse
    from django.template import Context, Engine

    template = Engine().from_string(TEMPLATE)
    return lambda: HttpResponse(template.render(Context({"rows": _rows()})))


def _bare_by_strings() -> Any:
    from django.http import HttpResponse
    from django.utils.html import escape

    lines = [f"<tr><th>{escape(name)}{''.join([f'<td>{one}' for one in row])}" for name, row in _rows()]
    return HttpResponse("<!doctype html><title>Grid</title><table>" + "\n".join(lines))


def _figures(act: Act, name: str, taken: dict[str, list[float]]) -> dict[str, Any]:
    answer, queries = with_queries(act)
    assert answer.status_code == 200
    return {
        "cpu_ms": round(statistics.median(taken[name]), 1),
        "kb": len(answer.content) // 1000,
        "gzip_kb": len(gzip.compress(answer.content, 5)) // 1000,
        "queries": queries,
        "to_template": round(ratio(taken[name], taken["bare, by a template"]), 2),
        "to_strings": round(ratio(taken[name], taken["bare, by strings"]), 2),
    }


if __name__ == "__main__":
    main()
