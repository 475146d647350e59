"""Several at the same moment about one paper: with real threads and on whichever database."""

from collections.abc import Callable
from datetime import timedelta
from functools import partial
from typing import Any

import pytest
from django.utils import timezone

from accounts.models import Activity, Notification
from exams import admission, allowances, blueprints, hindrances, placing, question_files, tests_made, tests_published
from exams import papers as sections
from exams.blueprints import Cell
from exams.devices import Device
from exams.models import Allowance, Attempt, ExamQuestion, Section, Test
from exams.models.attempts import State
from exams.papers import PaperFixed, PaperRefused, SectionDetails
from exams.tests_made import TestRefused
from tests import people
from tests.batches import timetables
from tests.exams import making, papers
from tests.racing import at_once, outcomes

pytestmark = pytest.mark.django_db(transaction=True)
AT_ONCE = 6


def by() -> dict[str, Any]:
    return {"actor": people.teacher(), "now": timezone.now()}


def test_question_placed_many_times_at_once_is_there_once() -> None:
    row, one, how = making.coming(), papers.question(), by()
    parts = [papers.section(row), papers.section(row, "Chemistry")]
    works = [partial(placing.place_questions, parts[n % 2], questions=[one], **how) for n in range(AT_ONCE)]
    placed = at_once(works)
    assert sorted(len(new) for new in placed) == [0] * (AT_ONCE - 1) + [1]
    row.refresh_from_db()
    assert (ExamQuestion.objects.count(), row.paper_revision) == (1, 2)


def test_each_of_many_who_place_at_once_gets_a_place_of_its_own() -> None:
    part, bank, how = papers.section(making.coming()), making.bank(AT_ONCE), by()
    at_once([partial(placing.place_questions, part, questions=[one], **how) for one in bank])
    assert sorted(part.questions.values_list("position", flat=True)) == list(range(1, AT_ONCE + 1))
    part.test.refresh_from_db()
    assert part.test.paper_revision == 1 + AT_ONCE


def test_blueprint_drawn_many_times_at_once_fills_once() -> None:
    part, how = papers.section(making.coming()), by()
    making.bank(12)
    blueprints.set_blueprint(part, cells=[Cell(5)], **how)
    at_once([partial(blueprints.pick, part, seed=str(n), **how) for n in range(AT_ONCE)])
    assert part.questions.count() == 5


def test_what_is_published_beside_a_change_of_the_paper_is_whole() -> None:
    row, how = making.ready(count=1), by()
    placed = row.questions.get()
    publish = partial(tests_published.publish_test, row, **how)
    published, removed = outcomes([publish, partial(placing.remove_question, placed, **how)])
    row.refresh_from_db()
    if row.published_at:
        assert (published, type(removed)) == (None, PaperRefused)
        assert hindrances.of_paper(row) == []
    else:
        assert (type(published), removed) == (TestRefused, None)


def test_published_many_times_at_once_is_told_once() -> None:
    row, how = making.ready(), by()
    at_once([partial(tests_published.publish_test, row, **how)] * AT_ONCE)
    assert Notification.objects.filter(kind="tests.published").count() == 1
    assert Activity.objects.filter(event="test.published").count() == 1


def test_who_comes_in_beside_a_withdrawal_is_in_a_published_test_or_outside() -> None:
    row, student, how = making.ready(opens_at=timezone.now() + timedelta(minutes=5)), people.student(), by()
    tests_published.publish_test(row, **how)
    withdraw = partial(tests_published.withdraw_test, row, **how)
    withdrawn, _came = outcomes([withdraw, partial(come_in, row, student)])
    row.refresh_from_db()
    if Attempt.objects.exists():
        assert isinstance(withdrawn, TestRefused)
        assert row.published_at
    else:
        assert row.published_at is None


def come_in(row: Test, student: Any) -> Any:
    return admission.admit(row, student, device=Device(None, None, "Chrome"), now=timezone.now())


def test_who_begins_beside_a_change_has_the_paper_that_stays() -> None:
    """At the opening nobody can change it any more; a change that began before is refused, or was before him."""
    row, how = making.ready(opens_at=timezone.now() + timedelta(minutes=5)), by()
    tests_published.publish_test(row, **how)
    attempt = papers.attempt(row, state=State.READY, started_at=None, deadline_at=None)
    opens_at = row.opens_at
    assert opens_at
    begun = {"state": State.WRITING, "started_at": opens_at, "deadline_at": opens_at + timedelta(hours=1)}
    ready = Attempt.objects.filter(pk=attempt.pk, state=State.READY)
    change = partial(placing.remove_question, row.questions.all()[0], actor=how["actor"], now=opens_at)
    changed, started = outcomes([change, partial(ready.update, **begun)])
    assert (type(changed), started) == (PaperFixed, 1)
    row.refresh_from_db()
    assert (row.paper_revision, row.questions.count()) == (1, 3)


def test_form_sent_many_times_at_once_makes_one_test() -> None:
    to, actor, number = making.details(), people.teacher(), people.student().uuid
    made = at_once([partial(tests_made.make_test, to, actor=actor, test_uuid=number)] * AT_ONCE)
    assert {one.uuid for one in made} == {number}
    assert Activity.objects.filter(event="test.made").count() == 1


def test_copied_many_times_at_once_by_one_form_makes_one_copy() -> None:
    row, actor, number = making.ready(), people.teacher(), people.student().uuid
    at_once([partial(tests_made.copy_test, row, actor=actor, test_uuid=number)] * AT_ONCE)
    assert Test.objects.count() == 2


def test_section_form_sent_many_times_at_once_adds_one() -> None:
    row, number, how = making.coming(), people.student().uuid, by()
    add = partial(sections.add_section, row, to=SectionDetails("Maths"), section_uuid=number, **how)
    at_once([add] * AT_ONCE)
    assert row.sections.count() == 1


def test_of_those_who_save_at_once_one_does_and_the_others_look_again() -> None:
    row, how = making.ready(), by()
    changes = [making.changed(row, title=f"Mock {n}") for n in range(AT_ONCE)]
    done = outcomes([partial(tests_made.change_test, row, to=to, revision=1, **how) for to in changes])
    assert sum(one == ["title"] for one in done) == 1
    assert sum(isinstance(one, tests_made.TestChangedMeanwhile) for one in done) == AT_ONCE - 1


def test_extra_time_given_at_once_is_one_row() -> None:
    row, student, how = making.ready(), people.student(), by()
    give = partial(allowances.allow_student, row, student, reason="Scribe", **how)
    at_once([partial(give, minutes=10 + n) for n in range(AT_ONCE)])
    batch = timetables.batch()
    at_once([partial(allowances.allow_batch, row, batch, minutes=5, reason="Late bus", **how)] * AT_ONCE)
    assert Allowance.objects.count() == 2


def test_question_is_placed_or_its_import_is_taken_back() -> None:
    part, how = papers.section(making.coming()), by()
    one = papers.question(source=f"file {'a' * 32} 1")
    placed, undone = outcomes(
        [
            partial(placing.place_questions, part, questions=[one], **how),
            partial(question_files.undo_file, "a" * 32, actor=how["actor"]),
        ]
    )
    one.refresh_from_db()
    is_placed = ExamQuestion.objects.exists()
    assert is_placed == (one.archived_at is None), (placed, undone)
    assert isinstance(undone, question_files.ImportRefused) == is_placed


def test_section_is_filled_or_taken_out() -> None:
    row, how = making.ready(count=1), by()
    part, bank = papers.section(row, "Chemistry"), making.bank(3)
    works: list[Callable[[], Any]] = [
        partial(sections.remove_section, part, **how),
        partial(placing.place_questions, part, questions=bank, **how),
        partial(sections.remove_section, Section.objects.get(pk=part.pk), **how),
        partial(sections.move_section, Section.objects.get(pk=part.pk), to=0, **how),
    ]
    refused = [one for one in outcomes(works) if isinstance(one, Exception)]
    assert all(isinstance(one, PaperRefused) for one in refused)
    assert not row.sections.filter(title="Chemistry").exists()
    row.refresh_from_db()
    assert row.paper_revision == 1 + len(works) - len(refused)


def test_question_taken_out_twice_at_once_counts_once() -> None:
    row, how = making.ready(count=2), by()
    placed = row.questions.first()
    assert placed
    at_once([partial(placing.remove_question, placed, **how) for _ in range(3)])
    row.refresh_from_db()
    assert (row.questions.count(), row.paper_revision) == (1, 2)
    with pytest.raises(PaperRefused):
        placing.take_newest(placed, **how)
