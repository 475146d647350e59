"""The paper of a test: sections and questions in order, passages whole, versions pinned, fixed when it opens."""

from dataclasses import replace
from datetime import timedelta

import pytest
from django.utils import timezone

from accounts.models import Activity
from exams import paper_sheet, placing, tests_published
from exams import papers as sections
from exams.models import ExamQuestion, QuestionVersion, Section
from exams.models.attempts import State
from exams.papers import PaperFixed, PaperRefused, SectionDetails
from tests import people
from tests.exams import making, papers

pytestmark = pytest.mark.django_db


def by(**more):
    return {"actor": people.teacher(), "now": timezone.now(), **more}


def place(section, *questions):
    return placing.place_questions(section, questions=questions, **by())


def numbers(section):
    return list(section.questions.order_by("position").values_list("question", flat=True))


def newer(question):
    """Another version of it, as the bank makes one."""
    question.newest = QuestionVersion.objects.create(
        question=question, number=2, body=question.newest.body, key=question.newest.key, plain="Newer?"
    )
    question.save()


@pytest.fixture
def section(db):
    return papers.section(making.coming())


def test_questions_are_placed_in_order_in_their_newest_version(section):
    bank = making.bank(3)
    placed = place(section, *bank)
    assert numbers(section) == [one.pk for one in bank]
    assert [one.version for one in placed] == [one.newest for one in bank]
    section.test.refresh_from_db()
    assert section.test.paper_revision == 2
    assert Activity.objects.get(event="test.paper_changed").extra["count"] == 3


def test_question_placed_twice_is_there_once_and_nothing_is_counted_up(section):
    one = papers.question()
    place(section, one)
    assert place(section, one) == []
    assert place(papers.section(section.test, "Chemistry"), one) == []
    section.test.refresh_from_db()
    assert section.test.paper_revision == 2


def test_archived_question_is_not_placed(section):
    assert place(section, papers.question(archived_at=timezone.now())) == []


def test_passage_brings_its_questions_with_its_version(section):
    above, members = making.passage(3)
    place(section, above)
    assert numbers(section) == [one.pk for one in members]
    assert {row.passage_version for row in section.questions.all()} == {above.newest}


def test_member_placed_later_joins_the_others_of_its_passage(section):
    _above, members = making.passage(3)
    single = papers.question(text="Alone?")
    place(section, members[0], single)
    place(section, members[2])
    assert numbers(section) == [members[0].pk, members[2].pk, single.pk]


def test_passage_is_not_torn_into_two_sections(section):
    _above, members = making.passage(2)
    place(section, members[0])
    with pytest.raises(PaperRefused, match="Physics"):
        place(papers.section(section.test, "Chemistry"), members[1])


def test_block_moves_whole_and_twice_the_same_button_moves_once(section):
    above, members = making.passage(2)
    single = papers.question(text="Alone?")
    place(section, above, single)
    row = section.questions.get(question=single)
    for _ in range(2):
        placing.move_block(row, to=0, **by())
    assert numbers(section) == [single.pk, *(one.pk for one in members)]
    assert Activity.objects.filter(event="test.paper_changed", extra__verb="question moved").count() == 1


def test_question_moves_within_its_passage_only(section):
    above, members = making.passage(3)
    single = papers.question(text="Alone?")
    place(section, above, single)
    placing.move_question(section.questions.get(question=members[2]), to=0, **by())
    assert numbers(section) == [members[2].pk, members[0].pk, members[1].pk, single.pk]


def test_newest_version_is_taken_with_that_of_the_passage_for_all_below(section):
    above, members = making.passage(2)
    place(section, above)
    newer(above)
    newer(members[0])
    row = section.questions.get(question=members[0])
    assert paper_sheet.sheet_of(section.test).sections[0].blocks[0].questions[0].is_newer
    for _ in range(2):
        placing.take_newest(row, **by())
    row.refresh_from_db()
    assert row.version.number == 2
    assert {one.passage_version.number for one in section.questions.all()} == {2}


def test_removed_question_stays_in_the_bank(section):
    one = papers.question()
    place(section, one)
    placing.remove_question(section.questions.get(), **by())
    assert not section.questions.exists()
    one.refresh_from_db()


def test_paper_has_an_end(section, monkeypatch):
    monkeypatch.setattr(placing, "MOST_QUESTIONS", 2)
    with pytest.raises(PaperRefused, match="2 questions at most"):
        place(section, *making.bank(3))


# --- Sections ---------------------------------------------------------------------------------------------------------


def test_section_form_sent_twice_adds_one(section):
    number = people.student().uuid
    for _ in range(2):
        sections.add_section(section.test, to=SectionDetails("Maths"), section_uuid=number, **by())
    assert list(section.test.sections.values_list("title", flat=True)) == ["Physics", "Maths"]


def test_section_changes_once(section):
    to = replace(sections.of(section), title="Physics A", duration_min=60)
    for _ in range(2):
        sections.change_section(section, to=to, **by())
    section.test.refresh_from_db()
    assert (section.title, section.duration_min, section.test.paper_revision) == ("Physics A", 60, 2)


def test_section_moves_to_the_place_named(section):
    papers.section(section.test, "Chemistry")
    last = papers.section(section.test, "Maths")
    for _ in range(2):
        sections.move_section(last, to=0, **by())
    assert list(section.test.sections.values_list("title", flat=True)) == ["Maths", "Physics", "Chemistry"]


def test_removed_section_takes_its_places_along(section):
    place(section, *making.bank(2))
    sections.remove_section(section, **by())
    assert not Section.objects.exists()
    assert not ExamQuestion.objects.exists()


def test_marks_come_from_the_scheme_of_the_section_and_from_what_counts():
    row = making.ready(count=3)
    sheet = paper_sheet.sheet_of(row)
    assert (sheet.marks, sheet.sections[0].blocks[0].questions[0].marks) == ("12", "+4 / −1")
    one_each = papers.scheme_version({"others": {"right": "1"}}, name="One each")
    row.sections.update(scheme=one_each, answers_count=2)
    assert paper_sheet.sheet_of(row).marks == "2"


# --- When it is fixed -------------------------------------------------------------------------------------------------


def published(**fields):
    row = making.ready(**fields)
    tests_published.publish_test(row, actor=people.teacher(), now=timezone.now())
    row.refresh_from_db()
    return row


def every_change(row):
    """Each verb that changes a paper, as a function."""
    part, placed = row.sections.get(), row.questions.first()
    newer(placed.question)
    return [
        lambda: sections.add_section(row, to=SectionDetails("Maths"), **by()),
        lambda: sections.change_section(part, to=SectionDetails("Other"), **by()),
        lambda: sections.remove_section(part, **by()),
        lambda: place(part, papers.question(text="One more?")),
        lambda: placing.remove_question(placed, **by()),
        lambda: placing.move_block(placed, to=2, **by()),
        lambda: placing.take_newest(placed, **by()),
    ]


@pytest.mark.parametrize("how", ["opened", "opens within the minute", "begun"])
def test_nothing_of_a_fixed_paper_changes(how):
    row = published()
    if how == "begun":
        papers.attempt(row)
    else:
        left = timedelta(seconds=30) if how != "opened" else timedelta(0)
        row.opens_at = timezone.now() + left
        row.save()
    for change in every_change(row):
        with pytest.raises(PaperFixed):
            change()
    row.refresh_from_db()
    assert row.paper_revision == 1


def test_mistake_found_while_students_wait_can_still_be_put_right():
    row = published()
    papers.attempt(row, state=State.READY, started_at=None, deadline_at=None)
    placing.take_newest(row.questions.first(), **by())
    placing.remove_question(row.questions.first(), **by())
    row.refresh_from_db()
    assert row.paper_revision == 2


def test_published_paper_stays_fit_to_be_written():
    row = published(count=1)
    with pytest.raises(PaperRefused, match="Take it back first"):
        placing.remove_question(row.questions.get(), **by())
    assert row.questions.count() == 1
