"""The judge's console: whether it judges, what waits and failed, and who may have what judged again."""

import re
from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from accounts.models import Activity
from exams.judge import console, hosts
from exams.models import CodeSubmission, JudgeHost, Judgement
from exams.pending import counts_of
from exams.sandbox.protocol import Finding, Probed, Toolchain
from exams.waiting import todo
from tests import people
from tests.exams import coded, marked
from tests.exams.judge import judged

pytestmark = pytest.mark.django_db
PYTHON = Toolchain("py", "Python 3.11.2", 3.0)


@pytest.fixture(autouse=True)
def forgotten():
    hosts.forget()
    yield
    hosts.forget()


def text(who=None, *, live: bool = False) -> str:
    hosts.forget()
    answer = people.signed_in(who or people.teacher()).get(reverse("judge"), headers={"X-Live": "1"} if live else {})
    return " ".join(re.sub(r"<[^>]+>", " ", answer.content.decode()).split())


def failed(row=None, *, title: str = "Coding mock", attempt=None) -> Judgement:
    held = row or judged.closed(title=title)
    one = judged.submits(attempt or judged.writes(held), None, state="FAILED")
    Judgement.objects.filter(submission=one).update(detail="The helper died three times")
    return one.judgements.get()


def test_it_says_what_runs_where_and_what_mends_what_is_missing():
    now = timezone.now()
    missing = Finding("W130", "warning", "No cgroup: memory is bounded per process.", "systemctl set-property …")
    hosts.remember(Probed("bwrap", "0.8.0", findings=(missing,), languages=(PYTHON,)), now=now, runners=2, name="north")
    JudgeHost.objects.create(
        name="gone", seen_at=now - timedelta(hours=1), probed_at=now, works=True, probed=Probed("bwrap").to_json()
    )
    said = text(people.admin())
    for one in (
        "The judge is on",
        "2 programs at a time",
        "Python 3.11.2",
        "W130",
        "systemctl set-property …",
        "Not heard of",
    ):
        assert one in said
    assert "The judge is on" in text(live=True)


def test_without_a_machine_it_says_how_to_start_one():
    said = text()
    assert "The judge is off" in said
    assert "manage.py worker --queues judge" in said
    broken = Finding("E002", "error", "bwrap is missing.", "apt install bubblewrap")
    hosts.remember(Probed("off", findings=(broken,)), now=timezone.now(), name="north")
    said = text()
    assert "Cannot judge" in said
    assert "apt install bubblewrap" in said


def test_the_queue_by_kind_with_its_age_and_the_last_hour():
    now = timezone.now()
    hosts.remember(Probed("bwrap", languages=(PYTHON,)), now=now)
    row = judged.closed()
    attempt = judged.writes(row)
    for priority, state in ((1, "PENDING"), (1, "PENDING"), (3, "PENDING"), (9, "WAITING")):
        judged.judgement(judged.submits(attempt, "10"), None, state=state, priority=priority)
    judge = hosts.judge_state(now)
    lines = console.queue_lines(judge, now=timezone.now() + timedelta(minutes=3))
    assert [(one.label, one.pending, one.waiting, one.age) for one in lines] == [
        ("Submitted", 2, 0, "3 min"),
        ("Run", 1, 0, "3 min"),
        ("Judged again", 0, 1, "3 min"),
    ]
    assert [bool(one.takes) for one in lines] == [True, True, False]
    hour = console.last_hour(now=timezone.now())
    assert (hour.count, [(one.words, count) for one, count in hour.verdicts]) == (4, [("WA wrong answer", 4)])
    assert console.last_hour(now=now + timedelta(hours=2)).count == 0


def test_who_makes_the_test_has_it_judged_again_and_nobody_else():
    mine, theirs = failed(), failed(title="Another")
    theirs.submission.attempt.test.batches.clear()
    theirs.submission.attempt.test.created_by = people.admin()
    theirs.submission.attempt.test.save()
    solution = coded.a_solution(coded.a_suite(ready=False))
    of_author = Judgement.objects.create(solution=solution, suite=solution.suite, state="FAILED", priority=5)
    said = text()
    assert "Coding mock" in said
    assert "The helper died three times" in said
    assert "add.py" in said
    assert "Another" not in said
    client = people.signed_in(people.teacher())
    assert client.post(reverse("judge_again"), {"judgement": str(theirs.uuid)}).status_code == 404
    assert client.post(reverse("judge_again"), {"judgement": "x"}).status_code == 404
    assert client.post(reverse("judge_again"), {"judgement": str(mine.uuid)}).status_code == 302
    assert client.post(reverse("judge_again"), {"judgement": str(mine.uuid)}).status_code == 404
    client.post(reverse("judge_again"), {"judgement": "all"})
    states = [Judgement.objects.get(pk=one.pk).state for one in (mine, of_author, theirs)]
    assert states == ["PENDING", "PENDING", "FAILED"]
    assert Activity.objects.filter(event="judge.again").count() == 2
    assert people.signed_in(people.student()).get(reverse("judge")).status_code == 403


def test_an_admins_list_has_what_the_judge_owes_and_nothing_that_was_marked():
    row, now = judged.closed(), timezone.now()
    attempt = judged.writes(row)

    def owed(later: timedelta = timedelta(0)) -> int:
        admin = people.admin()
        return counts_of(type(admin).objects.get(pk=admin.pk), now=now + later)["unjudged"]

    judged.submits(attempt, None, state="FAILED", kind="RUN")
    assert owed() == 0
    failed(row)
    judged.submits(judged.writes(row, people.other_student()), None, state="WAITING")
    Judgement.objects.filter(state="WAITING").update(asked_at=now)
    assert (owed(), owed(timedelta(minutes=6))) == (1, 2)
    fresh = type(people.admin()).objects.get(pk=people.admin().pk)
    lines = [one for one in todo(fresh, now=now) if one.url == reverse("judge")]
    assert [one.label for one in lines] == ["1 program is not judged"]
    marked.mark(attempt, 1, "3")
    assert (owed(), owed(timedelta(minutes=6)), owed(timedelta(days=30))) == (0, 1, 0)


def test_a_teacher_is_told_of_answers_that_wait_for_him_and_not_for_the_judge():
    row = judged.closed()
    judged.submits(judged.writes(row), None, state="WAITING")
    marked.reckoned(row)
    now = timezone.now()

    def labels() -> list[str]:
        return [one.label for one in todo(people.teacher(), now=now)]

    assert marked.version(row).waiting_count == 1
    assert labels() == []
    failed(row, attempt=judged.writes(row, people.other_student()))
    marked.reckoned(row)
    assert labels() == ["1 answer to mark"]


def test_the_page_costs_as_many_queries_for_many_as_for_one():
    row, counts = judged.closed(), []
    client = people.signed_in(people.teacher())
    client.get(reverse("judge"))
    for count in (1, 12):
        CodeSubmission.objects.update(judgement=None)
        Judgement.objects.all().delete()
        CodeSubmission.objects.all().delete()
        for _nth in range(count):
            failed(row)
        hosts.forget()
        with CaptureQueriesContext(connection) as queries:
            page = client.get(reverse("judge"))
        assert len(page.content) < 100_000
        counts.append(len(queries))
    assert counts[0] == counts[1]
