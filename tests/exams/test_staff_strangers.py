"""Staff's addresses, asked by who teaches another batch, or whose child writes: nothing there, nothing done."""

import uuid
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.models import Activity, Guardianship, User
from exams.models import (
    Allowance,
    Attempt,
    BlueprintCell,
    Comparison,
    ExamQuestion,
    KeyFix,
    ManualMark,
    ResultVersion,
    Rubric,
    Section,
    SectionMark,
    TakeoverRequest,
    Test,
    TestBatch,
    TestMessage,
    TimeCredit,
)
from tests import access_exams, people
from tests.batches import timetables
from tests.exams import papers

pytestmark = pytest.mark.django_db
READ: tuple[str, ...] = (
    "test_edit",
    "test_delete",
    "test_print",
    "test_preview",
    "test_allowances",
    "test_paper",
    "section_new",
)
READ += ("test_monitor", "monitor_tell", "monitor_log")
WRITTEN: tuple[str, ...] = (
    "test_publish",
    "test_withdraw",
    "test_activate",
    "test_deactivate",
    "test_archive",
    "test_restore",
)
WRITTEN += ("test_copy", "monitor_act")
OF_SECTION = ("section_edit", "section_add", "section_blueprint", "section_move", "section_remove")
OF_PLACED = ("placed_move", "placed_block_move", "placed_remove", "placed_newest")
ROWS: tuple[Any, ...] = (
    Test,
    Section,
    ExamQuestion,
    Allowance,
    BlueprintCell,
    TimeCredit,
    TestMessage,
    Attempt,
    TakeoverRequest,
)


def stranger(kind: str) -> User:
    if kind == "another batch's teacher":
        return people.other_teacher()
    found = people.guardian_who_teaches()
    Guardianship.objects.create(student=people.student(), guardian=found)
    return found


def hall() -> tuple[Attempt, list[str]]:
    """Somebody writes, and every address of staff about it."""
    attempt = papers.attempt(papers.paper())
    test, now = attempt.test, timezone.now()
    extra = Allowance.objects.create(
        test=test, student=attempt.student, minutes=5, reason="x", created_by=people.admin()
    )
    asked = TakeoverRequest.objects.create(attempt=attempt, asked_at=now)
    named = [reverse(name, args=[test.uuid]) for name in READ + WRITTEN]
    named += [reverse(name, args=[one.uuid]) for one in test.sections.all() for name in OF_SECTION]
    named += [reverse(name, args=[one.uuid]) for one in test.questions.all()[:1] for name in OF_PLACED]
    named += [reverse("allowance_drop", args=[extra.uuid]), reverse("takeover_decide", args=[asked.uuid])]
    return attempt, [*named, reverse("attempt_audit", args=[attempt.uuid])]


def everything() -> list[Any]:
    rows = [list(one._default_manager.order_by("pk").values()) for one in ROWS]
    return [*rows, Activity.objects.exclude(event__startswith="session").count()]


@pytest.mark.parametrize("kind", ["another batch's teacher", "guardian who teaches"])
@pytest.mark.parametrize("method", ["get", "head", "post"])
def test_stranger_finds_nothing_and_does_nothing(kind: str, method: str) -> None:
    _attempt, urls = hall()
    client = people.signed_in(stranger(kind))
    before = everything()
    given = {"do": "approve", "to": "0", "text": "x", "message_uuid": uuid.uuid4()} if method == "post" else {}
    answers = {one: getattr(client, method)(one, given).status_code for one in urls}
    assert {one: code for one, code in answers.items() if code not in (404, 405)} == {}
    assert everything() == before


def acted(client: Client, test: Test, do: str, who: User) -> Any:
    given = {"do": do, "who": str(who.uuid), "minutes": 5, "reason": "x", "action": uuid.uuid4(), "confirmed": "on"}
    given |= {"lost_from": "00:00", "lost_until": "00:01"}
    return client.post(reverse("monitor_act", args=[test.uuid]), given)


@pytest.mark.parametrize("do", ["extra", "outage", "reopen", "submit"])
def test_student_of_another_test_is_not_reached_by_ones_own_monitor(do: str) -> None:
    mine = papers.paper(created_by=people.other_teacher(), batch=timetables.batch("Mine"), title="Mine")
    mine.test_batches.all().delete()
    foreign = papers.attempt(papers.paper(title="Theirs"), people.other_student())
    client = people.signed_in(people.other_teacher())
    assert acted(client, mine, do, foreign.student).status_code == 400
    foreign.refresh_from_db()
    assert (foreign.state, foreign.credit_s, TimeCredit.objects.count()) == ("WRITING", 0, 0)


def test_stranger_sends_nothing_to_results_marking_or_keys() -> None:
    names = "test_release test_reckon test_alike test_ranks_csv test_ranks_xlsx key_fix marking_question rubric_edit"
    rows = {one: access_exams.EXAMS[one] for one in [*names.split(), "paper_marks", "paper_marks_file"]}
    urls = [reverse(one, kwargs=row.kwargs() if callable(row.kwargs) else row.kwargs) for one, row in rows.items()]
    kept = (ResultVersion, KeyFix, ManualMark, SectionMark, Rubric, Comparison, TestBatch, Activity)
    given = {"do": "apply", "action": "DROP", "reason": "x", "seen": "1", "token": uuid.uuid4(), "marks": "1"}
    client = people.signed_in(people.other_teacher())
    before = [list(one._default_manager.order_by("pk").values()) for one in kept]
    assert {one: client.post(one, given).status_code for one in urls} == dict.fromkeys(urls, 404)
    assert [list(one._default_manager.order_by("pk").values()) for one in kept] == before
