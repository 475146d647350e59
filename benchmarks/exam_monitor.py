"""The monitor of a test with 200 and with 3,000 students, against a bare table. `python -m benchmarks.exam_monitor`.

The bare table is 200 of the same students with the same columns by three queries and a Django template, as one would
write it at first, without frame, figures, order or what happened. The look is what the page's script asks for every
six seconds. One process, SQLite (PostgreSQL with DATABASE_URL of an empty database), no network; all take turns.
"""

import argparse
import gzip
import json
import random
import statistics
import uuid
from datetime import timedelta
from functools import partial
from typing import Any

from benchmarks.in_process import Act, product, ratio, take_turns, with_queries

SIZES = (200, 3_000)
QUESTIONS = 75
VISITS = 3
TEMPLATE = """<!doctype html><title>Hall</title><table>{% for one, answered in rows %}<tr><td><input type="checkbox"
name="who" value="{{ one.student.uuid }}"><th>{{ one.student.name }}<td>{{ one.device }}<td>{{ one.state }}
<td>{{ answered }} / 75<td>{{ one.last_saved_at|time:"G:i:s" }}<td>{{ one.away_count }}<td>{{ one.deadline_at|time }}
<td><a href="/exams/attempts/{{ one.uuid }}/audit/">All</a></tr>{% endfor %}</table>"""


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--json", action="store_true")
    parser.add_argument("--rounds", type=int, default=7)
    options = parser.parse_args()
    with product():
        figures = _measure(options.rounds)
    if options.json:
        print(json.dumps(figures, indent=1))
        return
    print(f"{'':28}{'CPU ms':>8}{'KB':>6}{'gzip KB':>9}{'queries':>9}{'to bare':>9}")
    for name, one in figures.items():
        print(f"{name:28}{one['cpu_ms']:8.1f}{one['kb']:6}{one['gzip_kb']:9}{one['queries']:9}{one['to_bare']:9.2f}")


def _measure(rounds: int) -> dict[str, dict[str, Any]]:
    from django.test import Client

    from accounts.models import Role, User

    office = User.objects.create(name="Office", email="office@bench.test", role=Role.ADMIN, password="!")
    browser = Client()
    tests = {size: _fill(size) for size in SIZES}
    browser.force_login(office)
    acts: dict[str, Act] = {"bare, 200 of 200": _bare(tests[SIZES[0]])}
    for size, test in tests.items():
        url = f"/exams/tests/{test.uuid}/monitor/?show=all"
        acts[f"page, 200 of {size}"] = partial(browser.get, url)
        acts[f"look, 200 of {size}"] = partial(browser.get, url, headers={"X-Live": "1"})
    taken = take_turns(acts, rounds=rounds, times=dict.fromkeys(acts, VISITS))
    return {name: _figures(act, taken[name], taken["bare, 200 of 200"]) for name, act in acts.items()}


def _fill(size: int) -> Any:
    """A test that so many write, each with answers; one in ten lost, one in ten idle."""
    from django.utils import timezone

    from accounts.models import Role, User
    from batches.models import Batch, Enrolment
    from exams.models import Attempt, Response, Test, TestBatch

    now, chance = timezone.now(), random.Random(size)
    batch = Batch.objects.create(name=f"Bench {size}", starts_on=now.date(), ends_on=now.date() + timedelta(days=365))
    people = User.objects.bulk_create(
        User(name=f"Student {n} विद्यार्थी", role=Role.STUDENT, admission_number=f"B-{size}-{n}", password="!")
        for n in range(size)
    )
    Enrolment.objects.bulk_create(
        Enrolment(batch=batch, student=one, joined_at=now - timedelta(days=9)) for one in people
    )
    times = {"opens_at": now - timedelta(hours=1), "closes_at": now + timedelta(hours=9), "published_at": now}
    test = Test.objects.create(title=f"Bench {size}", scheme=_scheme(), duration_min=500, **times)
    TestBatch.objects.create(test=test, batch=batch)
    placed = _paper(test)
    began, day = now - timedelta(hours=1), timedelta(days=1)

    def attempt(student: User) -> Attempt:
        lot = chance.random()
        beat, saved = (began if lot < 0.1 else now + day), (began if lot < 0.2 else now)
        written = {"started_at": began, "deadline_at": now + day, "last_beat_at": beat, "last_saved_at": saved}
        left = {"away_count": chance.randrange(3), "away_ms": 41_000, "device": "Chrome, Android"}
        return Attempt(test=test, student=student, state="WRITING", device_id=uuid.uuid4(), **written, **left)

    attempts = Attempt.objects.bulk_create([attempt(one) for one in people], batch_size=500)
    Response.objects.bulk_create(
        (
            Response(
                attempt=one, question=question, seq=1, answer=["b"], is_answered=True, saved_at=now, answered_at=now
            )
            for one in attempts
            for question in placed[: chance.randrange(QUESTIONS)]
        ),
        batch_size=1_000,
    )
    return test


def _scheme() -> Any:
    from exams.models import Scheme, SchemeVersion

    scheme, _made = Scheme.objects.get_or_create(name="Bench")
    version, _made = SchemeVersion.objects.get_or_create(scheme=scheme, number=1, defaults={"rules": {}})
    return version


def _paper(test: Any) -> list[Any]:
    from batches.models import Subject
    from exams.models import ExamQuestion, Question, QuestionVersion, Section

    subject, _made = Subject.objects.get_or_create(name="Physics")
    section = Section.objects.create(test=test, title="Physics")
    body = {"text": {"en": "Which?"}, "options": [{"id": "a", "text": {"en": "x"}}, {"id": "b", "text": {"en": "y"}}]}
    placed = []
    for position in range(1, QUESTIONS + 1):
        question = Question.objects.create(kind="SINGLE", subject=subject)
        version = QuestionVersion.objects.create(question=question, number=1, body=body, key={"right": ["b"]})
        fields = {"position": position, "question": question, "version": version}
        placed.append(ExamQuestion.objects.create(test=test, section=section, **fields))
    return placed


def _bare(test: Any) -> Act:
    from django.db.models import Count
    from django.http import HttpResponse
    from django.template import Context, Engine

    from exams.models import Attempt, Response

    template = Engine().from_string(TEMPLATE)

    def answer() -> HttpResponse:
        attempts = list(Attempt.objects.filter(test=test).select_related("student").order_by("student__name")[:200])
        rows = Response.objects.filter(attempt__in=attempts, is_answered=True).order_by().values_list("attempt")
        counts: dict[int, int] = dict(rows.annotate(count=Count("pk")))
        shown = [(one, counts.get(one.pk, 0)) for one in attempts]
        return HttpResponse(template.render(Context({"rows": shown})))

    return answer


def _figures(act: Act, taken: list[float], bare: list[float]) -> dict[str, Any]:
    answer, queries = with_queries(act)
    assert answer.status_code == 200
    return {
        "cpu_ms": round(statistics.median(taken), 1),
        "kb": len(answer.content) // 1000,
        "gzip_kb": len(gzip.compress(answer.content, 5)) // 1000,
        "queries": queries,
        "to_bare": round(ratio(taken, bare), 2),
    }


if __name__ == "__main__":
    main()
