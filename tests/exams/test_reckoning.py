"""Results of a test: totals, ranks, versions."""

import io
import json
from datetime import date, timedelta

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone

from accounts.models import User
from batches.models import Enrolment
from exams.content import Kind
from exams.models import Attempt, Response, Result, ResultVersion, Test, TestBatch
from exams.models.attempts import State
from exams.reckoning import CannotReckon
from tests import people
from tests.batches import timetables
from tests.exams import marked, papers

pytestmark = pytest.mark.django_db


def test_a_test_that_is_over_gets_totals_ranks_and_percentiles():
    row = marked.test()
    assert marked.totals(row) == ["16 1", "11 2", "7 3", "3 4", "-1 5"]
    best, second = marked.result(row), marked.result(row, people.other_student())
    assert (best.verdicts, best.marks, best.percentile) == ("RRRR", ["4", "4", "4", "4"], 100)
    assert (second.verdicts, second.marks, second.percentile) == ("WRRR", ["-1", "4", "4", "4"], 80)
    assert (second.right, second.wrong, second.blank, second.most, second.spent_s) == (3, 1, 0, 16, 240)
    assert best.batch == row.batches.get()
    assert best.code != second.code
    assert ResultVersion.objects.get().ranked_count == Result.objects.count() == 5


def test_reckoning_again_makes_no_version_when_nothing_changed():
    row = marked.test()
    assert marked.reckoned(row).newest_results.number == 1
    assert marked.reckoned(row, force=True).newest_results.number == 2


# --- Which attempt counts, which answers, which batch -----------------------------------------------------------------


@pytest.mark.parametrize(("rule", "total"), [("BEST", 16), ("FIRST", 11), ("LAST", -4)])
def test_of_several_attempts_that_counts_which_the_test_says(rule, total):
    row = marked.closed(counted_attempt=rule)
    for number, said in enumerate(("cbbb", "bbbb", "cccc"), start=1):
        marked.answers(row, people.student(), dict(enumerate(said)), number=number)
    marked.reckoned(row)
    assert marked.result(row).total == total
    assert sorted(row.newest_results.results.values_list("is_counted", "rank")) == [
        (False, None),
        (False, None),
        (True, 1),
    ]


@pytest.mark.parametrize(
    ("rule", "total", "verdicts", "blank"), [("FIRST", 3, "WRr", 0), ("BEST", 8, "wRR", 0), ("ONE", 4, "bRb", 1)]
)
def test_any_two_of_three(rule, total, verdicts, blank):
    row = marked.closed(3)
    row.sections.update(answers_count=2, any_rule="BEST" if rule == "BEST" else "FIRST")
    marked.answers(row, people.student(), {1: "b"} if rule == "ONE" else {0: "c", 1: "b", 2: "b"})
    found = marked.result(marked.reckoned(row))
    assert (found.total, found.most, found.verdicts, found.blank) == (total, 8, verdicts, blank)


def test_a_section_has_a_scheme_of_its_own_and_ties_are_broken_by_the_tests():
    ties = {"others": {"right": "1"}, "ties": [{"by": "SECTION", "name": "maths"}, {"by": "OLDER"}]}
    row = marked.closed(
        parts={"Physics": [Kind.SINGLE], "Maths": [Kind.SINGLE] * 2}, scheme=papers.scheme_version(ties)
    )
    row.sections.filter(title="Physics").update(scheme=papers.scheme_version({"others": {"right": "2"}}, "Double"))
    first, second, third, fourth = marked.several(4)
    User.objects.filter(pk=fourth.pk).update(date_of_birth=date(2009, 5, 1))
    for who, said in ((first, {0: "b"}), (second, {1: "b", 2: "b"}), (third, {0: "b"}), (fourth, {0: "b"})):
        marked.answers(row, who, said)
    marked.reckoned(row)
    assert [marked.result(row, one).rank for one in (second, fourth, first, third)] == [1, 2, 3, 3]
    assert marked.result(row, third).percentile == 100
    assert [one["marks"] for one in marked.result(row, second).sections] == ["0", "2"]
    assert [one["most"] for one in row.newest_results.outline["sections"]] == ["2", "2"]


def test_the_batch_is_that_in_which_he_was_when_it_opened():
    row = marked.written(2, 1)
    before, other = row.batches.get(), timetables.batch("Weekend")
    TestBatch.objects.create(test=row, batch=other)
    Enrolment.objects.filter(student=people.student()).update(left_at=row.opens_at + timedelta(minutes=5))
    timetables.enrol(people.student(), other, joined_at=row.opens_at + timedelta(minutes=5))
    Enrolment.objects.filter(student=people.other_student()).delete()
    timetables.enrol(people.other_student(), other, joined_at=row.opens_at + timedelta(minutes=5))
    marked.reckoned(row)
    assert [marked.result(row).batch, marked.result(row, people.other_student()).batch] == [before, other]


def test_results_are_not_reckoned_before_it_is_over_or_while_somebody_writes():
    row = marked.closed(1, closes_at=timezone.now() + timedelta(minutes=5))
    marked.answers(row, people.student(), {0: "b"})
    with pytest.raises(CannotReckon, match="not over"):
        marked.reckoned(row)
    Test.objects.filter(pk=row.pk).update(closes_at=timezone.now() - timedelta(minutes=1))
    Attempt.objects.update(state=State.WRITING)
    with pytest.raises(CannotReckon, match="still writes"):
        marked.reckoned(row)
    Attempt.objects.all().update(state=State.READY)
    with pytest.raises(CannotReckon, match="Nobody has written"):
        marked.reckoned(row)


# --- The command ------------------------------------------------------------------------------------------------------


def regrade(*words: str) -> str:
    out = io.StringIO()
    call_command("regrade", *words, stdout=out)
    return out.getvalue()


def test_the_command_says_whose_marks_change_and_changes_them_without_dry_run():
    row = marked.test(2, 2)
    Response.objects.filter(attempt__student=people.other_student()).update(answer="b", is_answered=True)
    told = regrade(str(row.uuid), "--dry-run")
    assert "marks change: 1\nranks change: 1\nfirst ten change: yes\n" in told
    assert "रितिका शर्मा: 3.00 of 8.00, rank 2 -> 8.00 of 8.00, rank 1\n" in told
    assert (told.splitlines()[-1], ResultVersion.objects.count()) == ("nothing kept: this was a rehearsal", 1)
    done = json.loads(regrade(row.title, "--json"))
    assert (done["version"], done["changes"][0]["marks"], done["changes"][0]["rank"]) == (2, ["3.00", "8.00"], [2, 1])
    assert json.loads(regrade("Full mock", "--json"))["version"] is None
    assert marked.totals(row) == ["8 1", "8 1"]


def test_the_command_refuses_in_a_line():
    with pytest.raises(CommandError, match="There is no test Mock"):
        regrade("Mock")
    marked.closed(1, title="Mock A")
    for words in (["Mock A"], ["Mock A", "--dry-run"]):  # a rehearsal refuses what would be refused
        with pytest.raises(CommandError, match="Nobody has written"):
            regrade(*words)
    marked.closed(1, title="Mock B")
    with pytest.raises(CommandError, match="Several tests"):
        regrade("Mock")
