"""What judgements are worth: which program counts, what waits, and by how many queries that is known."""

from decimal import Decimal
from fractions import Fraction

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from hypothesis import given
from hypothesis import strategies as st

from exams.content import Key, Kind
from exams.grading import Grader, Item, Judged, Part, Sheet, Written
from exams.judge import scores
from exams.models import CodeSubmission
from exams.schemes import Rules
from tests.exams import marked
from tests.exams.judge import judged

RULES = Rules.from_json(judged.RULES)


def shares(row) -> list[list[str]]:
    """By attempt and question, in their order; "?" waits."""
    found = scores.judged_of(row)
    return [
        [str(one.share if one.share is not None else "?") for one in by.values()] for _pk, by in sorted(found.items())
    ]


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("rule", "points", "share"),
    [
        ("BEST", ["10", "20", "0"], "1"),
        ("LAST", ["10", "20", "5"], "1/4"),
        ("BEST", ["5", "?", "5"], "?"),
        ("BEST", ["20", "?", "failed"], "1"),
        ("BEST", ["10", "failed"], "?"),
        ("BEST", ["10", "waiting"], "?"),
        ("BEST", ["10", "machine"], "?"),
        ("BEST", ["5", "cancelled"], "1/4"),
        ("LAST", ["?", "10"], "1/2"),
        ("LAST", ["20", "?"], "?"),
        ("LAST", ["5", "cancelled"], "1/4"),
    ],
)
def test_the_best_or_the_last_program_counts_and_an_answer_waits_while_that_could_change(rule, points, share):
    row = judged.closed(counts=rule)
    attempt = judged.writes(row)
    states = {"?": "PENDING", "failed": "FAILED", "waiting": "WAITING", "cancelled": "CANCELLED", "machine": "COMPLETE"}
    for one in points:
        known = one if one not in states else None
        state = states.get(one, "COMPLETE")
        submission = judged.submits(attempt, known, state=state, verdict="SE" if one == "machine" else "")
        if one == "cancelled":
            submission.judgement = submission.judgements.get()
            submission.save()
    judged.submits(attempt, "20", kind="RUN")
    assert shares(row) == [[share]]
    rows = CodeSubmission.objects.counting().select_related("judgement").order_by("number")
    counts = scores.counting_one(rows, rule)
    wanted = {"1/4": "5", "1/2": "10", "1": "20"}.get(share)
    assert wanted is None or points[counts.number - 1] == wanted


@pytest.mark.django_db
def test_only_programs_of_attempts_that_are_handed_in_are_asked_for_in_few_queries():
    row, asked = judged.closed(2), []
    for count in (2, 6):
        for who in marked.several(count):
            attempt = judged.writes(row, who)
            CodeSubmission.objects.filter(attempt=attempt).update(judgement=None)
            scores.Judgement.objects.filter(submission__attempt=attempt).delete()
            CodeSubmission.objects.filter(attempt=attempt).delete()
            for question in judged.programs(row):
                for points in ("10", "5"):
                    judged.submits(attempt, points, question=question)
        with CaptureQueriesContext(connection) as queries:
            assert shares(row) == [["1/2", "1/2"]] * count
        asked.append(len(queries))
    assert asked == [2, 2]
    row.attempts.update(state="WRITING")
    assert shares(row) == []
    assert scores.facts_of(row) == scores.NOTHING_JUDGED


# --- Marks ------------------------------------------------------------------------------------------------------------


def outcome(judged_one=None, *, answer: str = '{"language": "py", "source": "x"}', fix: str = "", given=None):
    item = Item(1, Kind.CODING, (Key(),), RULES, fix)
    grader = Grader(Sheet((item,), (Part(1, "", "", (0,)),)))
    written = Written(answers={0: answer} if answer else {})
    if judged_one:
        written.judged[0] = judged_one
    if given is not None:
        written.given[0] = Decimal(given)
    found = grader.grade(written)
    return found.verdicts, found.marks[0]


@pytest.mark.parametrize(
    ("share", "said"),
    [
        ("1", ("R", "10")),
        ("1/3", ("P", "3.33")),
        ("1/800", ("P", "0.01")),
        ("1/2001", ("P", "0")),
        ("0", ("W", "-2")),
        (None, ("M", "0")),
    ],
)
def test_a_share_is_marks_by_the_scheme(share, said):
    wanted = Judged(None if share is None else Fraction(share))
    assert outcome(wanted) == outcome(wanted, answer="") == said


def test_people_and_corrections_have_the_last_word():
    half = Judged(Fraction(1, 2))
    assert outcome() == ("M", "0")
    assert outcome(answer="") == ("B", "0")
    assert outcome(half, given="7") == ("P", "7")
    assert outcome(Judged(None), given="0") == ("W", "0")
    assert outcome(half, fix="DROP") == ("D", "0")
    assert outcome(half, fix="BONUS_ALL", given="1") == ("G", "10")
    assert outcome(half, fix="BONUS_TRIED", answer="") == ("G", "10")
    assert outcome(answer="", fix="BONUS_TRIED") == ("B", "0")


@given(st.fractions(0, 1, max_denominator=5000), st.fractions(0, 1, max_denominator=5000))
def test_more_of_the_tests_is_never_worth_less(one, other):
    low, high = sorted((one, other))
    worth = [Decimal(outcome(Judged(share))[1]) for share in (low, high)]
    assert -2 <= worth[0] <= worth[1] <= 10
