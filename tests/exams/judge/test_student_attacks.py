"""What students tried to learn, to get or to hide by programs, and did not."""

import pytest
from django.urls import reverse
from django.utils import timezone

from exams import finishing, own_copy, saving
from exams.judge import queue
from exams.models import CodeRules, Judgement
from exams.models.attempts import EndedBy
from exams.models.judging import MOST_TRIES
from exams.sent import Sent
from tests import people
from tests.exams.judge_rows import a_host, a_question, an_attempt, judge, results_out, run, submit

pytestmark = pytest.mark.django_db
TURNED = "x = 'a\u202e\u2066b'  # नाम\u200d\nprint(1)\n"


@pytest.fixture
def question():
    a_host()
    return a_question()


@pytest.fixture
def attempt(question):
    return an_attempt(question, device_id=None)


def page(person, name, *args) -> str:
    return people.signed_in(person).get(reverse(name, args=args), headers={"accept": "text/html"}).content.decode()


def breaks() -> None:
    """The next program of the queue cannot be judged."""
    Judgement.objects.update(tries=MOST_TRIES - 1)
    row = queue.claim_next("a worker", now=timezone.now())
    assert row is not None
    queue.stumble(row, "the machine broke", now=timezone.now())


def programs_of(person) -> list[tuple]:
    """Verdict and points of each program in the copy of what is kept of him."""
    (section,) = [one for one in own_copy.export(person) if one.key == "programs"]
    return [row[-3:-1] for row in section.rows]


def test_what_could_not_be_judged_is_not_counted_beside_the_editor_either(question, attempt):
    CodeRules.objects.create(test=question.test, most_submissions=1, pause_s=0)
    submit(attempt, question)
    breaks()
    assert "1 of 1 submission left" in page(attempt.student, "attempt_question", attempt.uuid, 1)
    attempt.refresh_from_db()
    assert submit(attempt, question, "print(1)", epoch=attempt.epoch, slot=attempt.slot_id).number == 2


def test_no_sign_turns_a_program_around_that_staff_read(question, attempt):
    submit(attempt, question, TURNED)
    run(attempt, question, TURNED, stdin="1\u202e2")
    breaks()
    finishing.submit(attempt, by=EndedBy.STUDENT, now=timezone.now())
    results_out(question.test)
    pages = [page(people.teacher(), "code", one.uuid) for one in attempt.code_submissions.all()]
    pages.append(page(people.teacher(), "marking_question", question.test.uuid, question.uuid))
    for read in pages:
        assert "\u202e" not in read
        assert "\u2066" not in read
        assert "नाम\u200d" in read  # joins letters of Hindi


@pytest.mark.parametrize(
    ("feedback", "with_solutions", "verdict"),
    [("SAMPLES", False, ""), ("TOTAL", False, ""), ("TESTS", False, "TLE"), ("SAMPLES", True, "TLE")],
)
def test_the_copy_of_ones_data_is_no_way_around_what_is_shown_of_hidden_tests(
    question, attempt, feedback, with_solutions, verdict
):
    CodeRules.objects.create(test=question.test, feedback=feedback)
    judge(submit(attempt, question), "AC", "AC", "TLE")
    finishing.submit(attempt, by=EndedBy.STUDENT, now=timezone.now())
    assert programs_of(attempt.student) == [("", None)]
    results_out(question.test, with_solutions=with_solutions)
    assert programs_of(attempt.student) == [(verdict, 10)]


def test_a_mark_of_the_byte_order_alone_is_no_answer_that_somebody_must_read(question, attempt):
    nothing = Sent(question.uuid, 1, {"language": "py", "source": "\ufeff\n"})
    saving.save(attempt.uuid, student=attempt.student, epoch=1, sent=[nothing], now=timezone.now())
    finishing.submit(attempt, by=EndedBy.STUDENT, now=timezone.now())
    assert not attempt.responses.get().is_answered
    assert not attempt.code_submissions.exists()
