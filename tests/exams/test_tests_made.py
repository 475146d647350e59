"""Tests are made, changed, copied, archived and deleted, each as often as it is asked and once in effect."""

import uuid
from datetime import timedelta

import pytest
from django.utils import timezone

from accounts.models import Activity, Notification
from exams import paper_json, test_details, tests_made, tests_published
from exams import papers as paper_services
from exams.models import Question, Test
from exams.models.attempts import State
from exams.papers import PaperFixed
from exams.tests_made import TestChangedMeanwhile, TestRefused
from tests import people
from tests.batches import timetables
from tests.exams import making, papers

pytestmark = pytest.mark.django_db


def change(row, **fields):
    to = making.changed(row, **fields)
    return tests_made.change_test(row, to=to, revision=row.revision, actor=people.teacher(), now=timezone.now())


def publish(row):
    tests_published.publish_test(row, actor=people.teacher(), now=timezone.now())
    row.refresh_from_db()


def withdraw(row):
    tests_published.withdraw_test(row, actor=people.teacher(), now=timezone.now())
    row.refresh_from_db()


def test_form_sent_twice_makes_one_test():
    number = uuid.uuid4()
    made = [tests_made.make_test(making.details(), actor=people.teacher(), test_uuid=number) for _ in range(2)]
    assert made[0] == made[1]
    assert Test.objects.count() == 1
    assert Activity.objects.filter(event="test.made").count() == 1


def test_test_keeps_all_that_was_typed():
    to = making.details(instructions_hi="सभी प्रश्न", access_code="B7", focus_limit=5, logs_paste=True)
    made = tests_made.make_test(to, actor=people.teacher())
    assert test_details.of(Test.objects.get(pk=made.pk)) == to


def test_changing_nothing_counts_nothing_up():
    row = making.ready()
    assert change(row) == []
    row.refresh_from_db()
    assert row.revision == 1


def test_who_saves_second_is_shown_what_the_first_saved():
    row = making.ready()
    change(row, title="Full mock 6")
    with pytest.raises(TestChangedMeanwhile) as refused:
        tests_made.change_test(
            row, to=making.changed(row, duration_min=90), revision=1, actor=people.admin(), now=timezone.now()
        )
    assert refused.value.now_is.title == "Full mock 6"
    assert Test.objects.get().duration_min == 120


def test_scheme_changes_the_paper_and_so_its_revision():
    row, other = making.ready(), papers.scheme_version({"others": {"right": "1"}}, name="One each")
    assert change(row, scheme=other.pk) == ["scheme"]
    row.refresh_from_db()
    assert (row.revision, row.paper_revision) == (2, 2)


def test_scheme_of_a_test_that_is_written_stays():
    row = papers.paper()
    papers.attempt(row)
    other = papers.scheme_version({"others": {"right": "1"}}, name="One each")
    with pytest.raises(PaperFixed):
        change(row, scheme=other.pk)


@pytest.mark.parametrize("field", ["opens_at", "batches"])
def test_who_came_in_finds_batch_and_opening_as_they_were(field):
    row = papers.paper()
    papers.attempt(row, state=State.READY, started_at=None, deadline_at=None)
    fields = {"opens_at": timezone.now() + timedelta(minutes=5), "batches": frozenset({other_batch().pk})}
    with pytest.raises(TestRefused) as refused:
        change(row, **{field: fields[field]})
    assert refused.value.field == field


def other_batch():
    return timetables.batch("NEET 2027 C")


def test_test_closes_after_it_opens():
    row = making.ready()
    with pytest.raises(TestRefused) as refused:
        change(row, closes_at=row.opens_at)
    assert refused.value.field == "closes_at"


def test_release_at_a_time_needs_the_time():
    with pytest.raises(TestRefused) as refused:
        change(making.ready(), results_release="ON_DATE")
    assert refused.value.field == "results_at"


# --- Publishing -------------------------------------------------------------------------------------------------------


def test_publishing_tells_students_of_its_batches_once():
    row = making.ready()
    publish(row)
    publish(row)
    told = Notification.objects.filter(kind="tests.published")
    assert [one.recipient for one in told] == [people.student()]
    assert str(row.uuid) in told[0].url
    assert Activity.objects.filter(event="test.published").count() == 1


def test_test_without_anything_is_not_published_and_all_reasons_are_said():
    row = Test.objects.create(title="Empty", scheme=papers.scheme_version(), created_by=people.teacher())
    with pytest.raises(TestRefused) as refused:
        publish(row)
    for part in ("batch", "opens and closes", "question"):
        assert part in refused.value.message


def test_test_whose_window_is_over_is_not_published():
    now = timezone.now()
    row = making.ready(opens_at=now - timedelta(hours=2), closes_at=now - timedelta(hours=1))
    with pytest.raises(TestRefused, match="closed already"):
        publish(row)


def test_sections_are_all_timed_or_none():
    row = making.ready()
    papers.place(papers.section(row, "Chemistry", duration_min=60), papers.question(text="Chemical?"))
    with pytest.raises(TestRefused, match="Either all sections"):
        publish(row)


def test_no_more_answers_count_than_there_are_questions():
    row = making.ready()
    row.sections.update(answers_count=4)
    with pytest.raises(TestRefused, match="4 answers are to count, but it has 3"):
        publish(row)


def test_moving_a_published_test_tells_its_students():
    row = making.ready()
    publish(row)
    opens_at, closes_at = row.window
    change(row, opens_at=opens_at + timedelta(hours=1), closes_at=closes_at + timedelta(hours=1))
    assert [one.recipient for one in Notification.objects.filter(kind="tests.changed")] == [people.student()]


def test_batch_that_comes_later_is_told_and_the_others_are_not_again():
    row, other = making.ready(), other_batch()
    publish(row)
    timetables.enrol(people.other_student(), other)
    change(row, batches=frozenset({timetables.batch().pk, other.pk}))
    told = Notification.objects.filter(kind="tests.published").values_list("recipient__name", flat=True)
    assert sorted(told) == sorted([people.student().name, people.other_student().name])


@pytest.mark.parametrize("fields", [{"batches": frozenset()}, {"opens_at": None}, {"closes_at": None}])
def test_published_test_keeps_batch_and_window(fields):
    row = making.ready()
    publish(row)
    with pytest.raises(TestRefused):
        change(row, **fields)


def test_withdrawn_test_is_a_draft_and_whoever_knew_it_is_told():
    row = making.ready()
    publish(row)
    withdraw(row)
    withdraw(row)
    assert row.published_at is None
    assert Notification.objects.filter(kind="tests.changed").count() == 1
    publish(row)
    assert Notification.objects.filter(kind="tests.published").count() == 2


def test_test_somebody_came_in_to_is_not_taken_back():
    row = papers.paper()
    papers.attempt(row, state=State.READY, started_at=None, deadline_at=None)
    with pytest.raises(TestRefused, match="Somebody has come in"):
        withdraw(row)


def test_beginning_is_switched_off_and_on_once_each():
    row, actor = papers.paper(), people.teacher()
    for _ in range(2):
        tests_published.deactivate_test(row, actor=actor)
    assert not Test.objects.get().is_active
    for _ in range(2):
        tests_published.activate_test(row, actor=actor)
    assert Test.objects.get().is_active
    assert Activity.objects.filter(event__in=["test.activated", "test.deactivated"]).count() == 2


# --- Copies, archive, deletion ----------------------------------------------------------------------------------------


def test_copy_is_a_draft_with_the_same_paper_and_another_seed():
    row, number = papers.paper(results_release="ON_DATE", results_at=timezone.now()), uuid.uuid4()
    row.sections.get().blueprint.create(count=3)
    copies = [tests_made.copy_test(row, actor=people.teacher(), test_uuid=number) for _ in range(2)]
    copy = Test.objects.get(pk=copies[0].pk)
    assert copies[0] == copies[1]
    assert (copy.published_at, copy.opens_at, copy.results_release) == (None, None, "BY_HAND")
    assert copy.seed != row.seed
    assert making.order(copy) == making.order(row)
    assert copy.sections.get().blueprint.get().count == 3
    assert list(copy.batches.all()) == [timetables.batch()]


def test_copy_of_a_colleague_takes_the_batches_that_are_his():
    row = papers.paper()
    copy = tests_made.copy_test(row, actor=people.other_teacher())
    assert not copy.batches.exists()


def test_running_test_is_not_archived():
    with pytest.raises(TestRefused, match="not over yet"):
        tests_made.archive_test(papers.paper(), actor=people.teacher(), now=timezone.now())


def test_test_that_is_over_is_archived_and_taken_out_once():
    now = timezone.now()
    row = papers.paper(opens_at=now - timedelta(hours=3), closes_at=now - timedelta(hours=1))
    for _ in range(2):
        tests_made.archive_test(row, actor=people.teacher(), now=now)
    assert not Test.objects.current().exists()
    for _ in range(2):
        tests_made.restore_test(row, actor=people.teacher())
    assert Test.objects.current().exists()
    assert Activity.objects.filter(event__in=["test.archived", "test.restored"]).count() == 2


def test_draft_is_deleted_and_its_questions_stay():
    row = making.ready()
    questions = making.order(row)
    tests_made.delete_test(row, actor=people.teacher())
    assert not Test.objects.exists()
    assert Question.objects.filter(pk__in=questions).count() == 3


def test_published_test_is_not_deleted():
    with pytest.raises(TestRefused, match="Only a draft"):
        tests_made.delete_test(papers.paper(), actor=people.teacher())


def test_why_a_paper_is_fixed_is_said():
    row = papers.paper()
    assert "has opened" in paper_services.why_fixed(row, now=timezone.now())
    papers.attempt(row)
    assert "begun" in paper_services.why_fixed(row, now=timezone.now())


def test_paper_is_sealed_when_it_is_published():
    row = making.ready()
    publish(row)
    assert row.sealed_papers.get().paper_revision == row.paper_revision


def test_paper_no_phone_could_fetch_is_not_published(monkeypatch):
    monkeypatch.setattr(paper_json, "MOST_BYTES", 10)
    row = making.ready()
    with pytest.raises(paper_json.PaperTooLarge):
        publish(row)
    row.refresh_from_db()
    assert row.published_at is None
