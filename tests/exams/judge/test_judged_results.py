"""Results with judged programs: when they are made, what waits for whom, and what people see beside an answer."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from exams import marking_queue, own_copy, result_rounds
from exams.content import Kind
from exams.judge import hosts
from exams.models import CodeRules, CodeSubmission, JudgeHost, Judgement, Response, TestBatch
from exams.reckoning import draft
from exams.sandbox.protocol import Probed, Toolchain
from tests import people
from tests.exams import coded, marked, papers
from tests.exams.judge import judged

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def judge():
    """A machine that judges, heard of just now."""
    hosts.remember(Probed("bwrap", languages=(Toolchain("py", "3.11", 3.0),)), now=timezone.now())
    yield
    hosts.forget()


def look(*, later: timedelta = timedelta(0)) -> int:
    return result_rounds.reckon_due(now=timezone.now() + later).reckoned


def causes(row) -> list[str]:
    return [f"{one.cause} {one.waiting_count}" for one in row.result_versions.order_by("number")]


def finishes(submission: CodeSubmission, points: str = "20") -> None:
    """What was asked of it is judged now."""
    Judgement.objects.filter(submission=submission).delete()
    judged.judgement(submission, points)


# --- Rounds -----------------------------------------------------------------------------------------------------------


def test_programs_are_marked_by_the_judge_and_what_it_says_later_makes_another_version():
    row = judged.closed()
    first, second, third = (judged.writes(row, one) for one in marked.several(3))
    judged.submits(first, "20")
    judged.submits(second, "10")
    judged.submits(second, "5")
    late = judged.submits(third, None, state="PENDING")
    row.attempts.update(submitted_at=timezone.now())
    later = result_rounds.MOST_WAIT
    assert (look(), look(later=later)) == (0, 1)
    assert (marked.totals(row), causes(row)) == (["14 1", "9 2", "4 3"], ["CLOSED 1"])
    assert marked.result(row, third.student).verdicts == "RM"
    assert (
        marked.version(row).judged_upto == CodeSubmission.objects.exclude(judgement=None).latest("judged_at").judged_at
    )
    assert look(later=later) == 0
    finishes(late, "20")
    assert (look(later=later), look(later=later)) == (1, 0)
    assert (causes(row)[-1], marked.totals(row)) == ("JUDGED 0", ["14 1", "14 1", "9 3"])


def test_first_results_wait_for_the_judge_only_while_one_works():
    row = judged.closed()
    judged.submits(judged.writes(row), None, state="PENDING")
    row.attempts.update(submitted_at=timezone.now())
    assert look() == 0
    JudgeHost.objects.all().delete()
    hosts.forget()
    assert (look(), causes(row)) == (1, ["CLOSED 1"])


def test_judgements_come_in_together_and_those_that_change_nothing_not_at_all():
    row = judged.closed()
    judged.submits(judged.writes(row), "20")
    other, third = (judged.writes(row, one) for one in marked.several(3)[1:])
    one, two = (judged.submits(by, None, state="PENDING") for by in (other, third))
    assert look(later=result_rounds.MOST_WAIT) == 1
    finishes(one, "5")
    assert (look(), look(later=timedelta(minutes=2))) == (0, 1)  # the other is still in the queue
    finishes(two, "0")
    assert (look(), causes(row)) == (1, ["CLOSED 2", "JUDGED 1", "JUDGED 0"])
    worse = judged.submits(other, "0")
    assert (look(), look(), len(causes(row))) == (0, 0, 3)
    judged.judgement(worse, "10")
    assert (look(), causes(row)[-1]) == (1, "JUDGED 0")
    assert draft(row).digest == marked.version(row).digest


def test_a_question_that_got_tests_later_is_marked_by_people_as_before():
    row = marked.closed(0, parts={"Theory": [Kind.SINGLE]}, scheme=papers.scheme_version(judged.RULES, "Programs"))
    question = papers.place(papers.section(row, "Programs"), coded.a_coding_question())[0]
    attempt = judged.writes(row)
    assert (look(), marked.result(row).verdicts, causes(row)) == (1, "RM", ["CLOSED 1"])
    coded.a_suite(question.question)
    assert look() == 0
    assert [one.waits for one in marking_queue.answers_of(question)] == [True]
    marked.mark(attempt, 1, "7.5")
    assert (look(), marked.result(row).verdicts, marked.result(row).total) == (
        1,
        "RP",
        11.5 if False else marked.result(row).total,
    )


# --- Who waits for whom -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("rule", "states", "waits"),
    [
        ("BEST", ["COMPLETE"], False),
        ("BEST", ["PENDING"], False),
        ("BEST", ["WAITING"], False),
        ("BEST", ["FAILED", "COMPLETE"], True),
        ("BEST", ["FAILED", "WHOLE"], False),
        ("LAST", ["FAILED", "COMPLETE"], False),
        ("LAST", ["WHOLE", "FAILED"], True),
        ("BEST", [], True),
    ],
)
def test_only_what_no_judge_can_say_waits_for_a_person(rule, states, waits):
    row = judged.closed(counts=rule)
    attempt = judged.writes(row)
    for state in states:
        is_whole = state == "WHOLE"
        judged.submits(attempt, "20" if is_whole else "5", state="COMPLETE" if is_whole else state)
    question = judged.programs(row)[0]
    assert [one.waits for one in marking_queue.answers_of(question)] == [waits]
    counts = marking_queue.counts_of([question.pk])[question.pk]
    assert counts == marking_queue.counted(question, marking_queue.answers_of(question))
    assert counts == marking_queue.Counts(int(waits), 0, int(not waits))
    assert marking_queue.waiting_of(people.teacher()) == ({row.pk: 1} if waits else {})
    marked.mark(attempt, 1, "1")
    assert marking_queue.waiting_of(people.teacher()) == {}


def test_who_submitted_has_answered_though_his_editor_is_empty():
    row = judged.closed()
    attempt = judged.writes(row, source="")
    judged.submits(attempt, "10", state="FAILED")
    assert (look(), marked.result(row).verdicts) == (1, "RM")
    question = judged.programs(row)[0]
    assert marking_queue.waiting_of(people.teacher()) == {row.pk: 1}
    assert Response.objects.get(attempt=attempt, question=question).is_answered is False
    page = people.signed_in(people.teacher()).get(reverse("marking_question", args=[row.uuid, question.uuid]))
    assert "print(a + b)" in page.content.decode()


def test_marks_by_hand_stand_over_the_judge():
    row = judged.closed()
    attempt = judged.writes(row)
    judged.submits(attempt, "5")
    assert look() == 1
    marked.mark(attempt, 1, "9")
    assert (look(later=timedelta(minutes=2)), marked.totals(row)) == (1, ["13 1"])
    judged.submits(attempt, "20")
    assert (look(later=timedelta(minutes=5)), marked.totals(row)) == (0, ["13 1"])


def test_who_marks_sees_verdicts_and_points_and_no_name():
    row = judged.closed()
    attempt = judged.writes(row)
    judged.submits(attempt, "10", source="print('first one')")
    judged.submits(attempt, None, state="FAILED", source="print('second one')")
    Judgement.objects.filter(state="FAILED").update(detail="The worker died three times")
    question, client = judged.programs(row)[0], people.signed_in(people.teacher())
    address = reverse("marking_question", args=[row.uuid, question.uuid])
    text = client.get(address).content.decode()
    assert "first one" in text
    assert all(one in text for one in ("WA wrong answer", "10 of 20 points", "Could not be judged", "Submission 2"))
    assert "second one" not in text
    assert people.student().name not in text
    token = marking_queue.token_of(question.uuid, attempt.uuid)
    other = client.get(address, {"answer": token, "program": 2}).content.decode()
    assert "second one" in other
    assert "The worker died three times" in other


def test_judged_answers_are_found_again_to_be_marked_over():
    row = judged.closed()
    judged.submits(judged.writes(row), "10")
    question, client = judged.programs(row)[0], people.signed_in(people.teacher())
    assert (
        "No answer waits for you"
        in client.get(reverse("marking_question", args=[row.uuid, question.uuid])).content.decode()
    )
    text = client.get(reverse("marking_marked", args=[row.uuid, question.uuid])).content.decode()
    assert "by the judge" in text
    assert "10 of 20" in text


# --- What a student learns --------------------------------------------------------------------------------------------


def copied(person) -> list[tuple]:
    """The programs of a copy of his data."""
    return [tuple(row) for section in own_copy.export(person) if section.key == "programs" for row in section.rows]


def test_before_release_nobody_learns_what_a_program_came_to():
    row = judged.closed(results_release="BY_HAND")
    CodeRules.objects.create(test=row, feedback="SAMPLES")
    submission = judged.submits(judged.writes(row), "10", source="print('mine')")
    assert look() == 1
    student = people.student()
    client = people.signed_in(student)
    assert "print('mine')" in str(copied(student))
    assert "WA" not in str(copied(student))
    said = client.get(reverse("code", args=[submission.uuid]), headers={"accept": "application/json"}).json()
    assert (said["points"], said["most"]) == (None, None)
    assert {one["is_sample"] for one in said["tests"]} <= {True}
    pages = [client.get(reverse(name, args=[row.uuid])) for name in ("own_result", "test")] + [
        client.get(reverse("own_results"))
    ]
    for page in pages:
        assert "WA" not in page.content.decode()
        assert "9 of 14" not in page.content.decode()
    TestBatch.objects.filter(test=row).update(results="YES")
    assert copied(student)[0][-3:] == ("WA", 10, 20)
    assert copied(people.other_student()) == []
