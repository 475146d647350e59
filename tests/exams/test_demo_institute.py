"""The demo's tests: one to begin at once, one to come, one that is over; a second start adds nothing."""

from pathlib import Path
from typing import Any

import pytest
from django.utils import timezone

from accounts import demo as people_demo
from accounts.models import User
from exams import analysis, answers, demo, waiting
from exams.content import Kind
from exams.content_checks import problems
from exams.demo_questions import every
from exams.models import Attempt, AttemptEvent, Question, Response, Test
from exams.paper_facts import facts_of
from exams.schemes import Rules as SchemeRules
from exams.schemes import Verdict, score
from tests.batches import timetables

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("cheap_hashes")]
TABLES = (Question, Test, Attempt, Response, AttemptEvent)


@pytest.fixture
def seeded(settings: Any, tmp_path: Path) -> dict[str, User]:
    settings.DATA_DIR = tmp_path
    people = people_demo.seed()
    for name in (demo.MAIN, demo.PROGRAMMING):
        timetables.enrol(people["ananya"], timetables.batch(name))
    demo.seed(people)
    return people


def test_visitor_can_begin_a_test_at_once_and_sees_one_to_come(seeded):
    labels = [one.label for one in waiting.todo(seeded["ananya"], now=timezone.now())]
    assert labels == ["Write Python practice 4", "Write Coding lab 2", "Write Full mock 5", "Weekly test 13"]


def test_second_start_adds_nothing(seeded):
    before = [table.objects.count() for table in TABLES]
    demo.seed(seeded)
    assert [table.objects.count() for table in TABLES] == before
    assert min(before) > 0


def test_kept_answers_are_such_as_phones_may_send(seeded):
    for row in Response.objects.filter(is_answered=True).select_related("question__question", "question__test"):
        facts = facts_of(row.question.test_id, row.question.test.paper_revision)
        asked = next(one for one in facts.questions if one.uuid == row.question.uuid)
        assert answers.clean(Kind(row.question.question.kind), asked, row.answer) == row.answer


def test_every_question_is_fit_and_its_key_scores_full_marks():
    rules = SchemeRules.from_json({})
    for one in every():
        made = one.content
        assert problems(made) == [], one.name
        right: dict[Kind, Any] = {
            Kind.MULTIPLE: list(made.key.right),
            Kind.NUMERICAL: made.key.numbers[0].value if made.key.numbers else None,
            Kind.SHORT: made.key.accepted[0] if made.key.accepted else None,
            Kind.MATCH: {row: list(columns) for row, columns in made.key.pairs.items()},
        }
        if made.kind not in (Kind.LONG, Kind.CODING, Kind.PASSAGE):
            said = right.get(made.kind) or made.key.right[0]
            assert score(rules, made.kind, made.key, said).verdict is Verdict.RIGHT, one.name


def test_running_test_has_students_in_every_state(seeded):
    test = Test.objects.get(title="Full mock 5")
    assert test.questions.count() == 23
    assert test.is_open(timezone.now())
    assert sorted(test.attempts.values_list("state", flat=True)) == ["SUBMITTED", *["WRITING"] * 5]
    assert sum(one.is_lost(timezone.now()) for one in test.attempts.writing()) == 1


def test_past_tests_have_results_to_look_at(seeded):
    """A wrong key to be found, one that was corrected, answers to mark, a test on paper; nobody is told of them now."""
    rows = {one.title: one for one in Test.objects.exclude(newest_results=None).select_related("newest_results")}
    counts = {title: (row.newest_results.number, row.newest_results.ranked_count) for title, row in rows.items()}
    assert counts == {
        "Full mock 4": (1, 12),
        "Weekly test 12": (2, 7),
        "Proofs 2": (1, 6),
        "Physics practical 1": (1, 4),
        "Coding lab 1": (1, 8),
    }
    assert "KEY" in analysis.of(rows["Full mock 4"].newest_results).questions[0].flags
    assert rows["Proofs 2"].newest_results.waiting_count == 4
    assert all(row.test_batches.get(batch__name=demo.MAIN).told_version for row in rows.values())
