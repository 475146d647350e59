"""Imports of questions: planned and carried out by one path, whole or not at all, once, and taken back while unused."""

import pytest

from accounts.models import Activity
from exams import bank, question_exports, question_files
from exams.content import Body, Choice, Content, Key, Kind, Picture, Text
from exams.formats import Item, gift, moodle_xml
from exams.formats.carried import Format
from exams.models import Question, QuestionImage, Tag, Topic
from exams.question_file_plans import plan_file
from exams.question_files import ImportRefused, PlanOutdated
from tests import people
from tests.batches import timetables
from tests.exams import papers
from tests.exams.question_files import BAD, GOOD, TRUE, many, planned, table, taken
from tests.racing import at_once

pytestmark = pytest.mark.django_db


def apply(plan, *, leaves_out=False):
    return question_files.apply_file(plan, leaves_out=leaves_out, actor=people.teacher())


def png(colour: str = "teal") -> bytes:
    from io import BytesIO

    from PIL import Image

    made = BytesIO()
    Image.new("RGB", (40, 30), colour).save(made, "PNG")
    return made.getvalue()


def test_questions_of_a_file_are_in_the_bank_with_their_places():
    apply(planned(table(GOOD, TRUE)))
    first, second = Question.objects.order_by("pk")
    assert (first.subject.name, first.topic.name, [tag.name for tag in first.tags.all()]) == (
        "Physics",
        "Units",
        ["si"],
    )
    assert first.newest.content.key.right == ("b",)
    assert first.newest.plain == "Which unit has force? joule newton"
    assert (second.kind, second.topic.name, second.created_by) == ("TRUE_FALSE", "Light", people.teacher())
    line = Activity.objects.get(event="bank.imported")
    assert (line.extra["added"], line.extra["name"]) == (2, "questions.csv")


def test_file_is_taken_in_once_however_often_it_is_sent():
    plan = planned(table(GOOD, TRUE))
    assert [apply(plan), apply(plan), apply(planned(table(GOOD, TRUE)))] == [2, 2, 2]
    assert Question.objects.count() == 2


def test_bad_question_stops_all_unless_it_is_left_out():
    plan = planned(table(GOOD, BAD))
    assert [line for line, _words in plan.bad] == [3]
    with pytest.raises(ImportRefused, match="do not fit"):
        apply(plan)
    assert not Question.objects.exists()
    assert apply(plan, leaves_out=True) == 1


def test_same_question_is_not_written_twice():
    taken(table(GOOD))
    plan = planned(table(GOOD, TRUE, TRUE, GOOD.replace("newton", "dyne")))
    assert [row.fate for row in plan.rows] == ["skip", "add", "skip", "add"]
    assert plan.rows[0].twin == Question.objects.get().pk
    assert plan.rows[2].twin_line == 3


def test_question_that_came_meanwhile_makes_the_plan_old():
    plan = planned(table(GOOD, TRUE))
    taken(table(GOOD))
    with pytest.raises(PlanOutdated):
        apply(plan)
    assert Question.objects.count() == 1


def test_passage_and_its_questions_stay_together():
    passage = "PASSAGE,Physics,,,lens,Read about lenses.,,,"
    member = GOOD.replace(",si,,", ",si,lens,")
    taken(table(member, passage))
    assert Question.objects.get(kind="SINGLE").passage == Question.objects.get(kind="PASSAGE")
    taken(table(passage, TRUE.replace(",,,Light", ",,lens,Light")))
    assert Question.objects.get(kind="PASSAGE").members.count() == 2
    [(line, words)] = planned(table(GOOD.replace(",si,,", ",si,gone,"))).bad
    assert (line, "“gone” is not in the file" in words) == (2, True)


def test_place_of_a_question_is_the_files_own_or_the_chosen_one():
    physics, maths = timetables.subject(), timetables.subject("Maths")
    text = b"$CATEGORY: $course$/top/physics/Light/Lenses\n\nA {T}\n\n$CATEGORY: Numbers\n\nB {T}\n"
    rows = planned(text, "x.txt", subject=maths.pk).rows
    assert [(row.subject, row.topic) for row in rows] == [(physics, "Light / Lenses"), (maths, "Numbers")]
    [(line, words)] = planned(text, "x.txt").bad
    assert (line, "Choose one above" in words) == (7, True)
    assert (
        "No subject is called “Fysics”" in planned(table(GOOD.replace("Physics", "Fysics")), subject=maths.pk).bad[0][1]
    )


def test_pictures_of_a_file_are_kept_and_named_by_the_questions():
    body = Body(
        Text("Which lens?"), Picture("x", Text("bent")), options=(Choice("a", Text("1")), Choice("b", Text("2")))
    )
    content = Content(Kind.SINGLE, body, Key(right=("a",)))
    item = Item(1, content, path=("Physics",), images={"x": png()})
    taken(moodle_xml.write([item]), name="quiz.xml")
    picture = Question.objects.get().newest.content.body.picture
    assert (str(QuestionImage.objects.get().uuid), picture.alt.en) == (picture.image, "bent")
    assert planned(moodle_xml.write([item]) + b"\n", "quiz.xml").rows[0].fate == "skip"
    broken = Item(1, content, path=("Physics",), images={"x": b"\x89PNG no"})
    [(_line, words)] = planned(moodle_xml.write([broken]), "quiz.xml").bad
    assert "no JPEG, PNG or WebP" in words


def test_import_is_taken_back_while_nothing_uses_it_and_can_come_again():
    plan = taken(table(GOOD, TRUE))
    question_files.undo_file(plan.source.mark, actor=people.teacher())
    assert Question.objects.current().count() == 0
    with pytest.raises(ImportRefused, match="already"):
        question_files.undo_file(plan.source.mark, actor=people.teacher())
    assert apply(plan_file(plan.source)) == 2
    papers.place(papers.section(papers.exam()), Question.objects.current().first())
    with pytest.raises(ImportRefused, match="uses questions"):
        question_files.undo_file(plan.source.mark, actor=people.teacher())


def written(content: Content, **more) -> Question:
    place = {"subject": timetables.subject(), "difficulty": "MEDIUM", "actor": people.teacher()}
    return bank.write_question(content, **place, **more)


def test_bank_goes_through_a_file_and_is_the_same_again():
    made = {kind: written(papers.content(kind, f"Question of {kind}?")) for kind in Kind}
    member = written(papers.content(text="Below a passage?"), passage=made[Kind.PASSAGE])
    items = question_exports.items_of(Question.objects.filter(pk=member.pk))
    assert [one.content.kind for one in items] == [Kind.PASSAGE, Kind.SINGLE]
    content, _ending, _type = question_exports.file_of(Question.objects.all(), Format.CSV, actor=people.teacher())
    assert {row.fate for row in planned(content).rows} == {"skip"}
    assert Activity.objects.get(event="bank.exported").extra["count"] == 10


def test_what_a_format_loses_of_these_questions_is_counted():
    for kind in Kind:
        papers.question(kind, f"Question of {kind}?")
    items = question_exports.items_of(Question.objects.all())
    losses = {one.format: [(loss.count, loss.words) for loss in one.losses] for one in question_exports.offered(items)}
    assert losses["csv"] == []
    assert (1, "programs are left out") in losses["xml"]
    assert (8, "without their Hindi text") in losses["gift"]


def test_import_costs_as_many_queries_for_three_hundred_questions_as_for_three(django_assert_max_num_queries):
    for rows in (3, 300):
        plan = planned(many(rows))
        with django_assert_max_num_queries(140):
            apply(plan)
    assert Topic.objects.count() == 20
    assert Tag.objects.count() == 50


@pytest.mark.django_db(transaction=True)
def test_two_at_once_import_a_file_once():
    plan = planned(table(GOOD, TRUE))
    people.teacher()
    at_once([lambda: apply(plan)] * 2)
    assert Question.objects.count() == 2


def test_gift_of_the_bank_is_read_again():
    papers.question()
    content, _ending, _type = question_exports.file_of(Question.objects.all(), Format.GIFT, actor=people.teacher())
    assert gift.parse(content).items[0].path == ("Physics",)
