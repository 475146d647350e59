"""The question bank: questions are written once, changed in versions, and the second of two who change is told."""

import uuid
from dataclasses import replace
from functools import partial
from io import BytesIO
from typing import Any

import pytest
from PIL import Image

from accounts.models import Activity
from batches.models import Subject
from coaching.lib.errors import TooLarge
from coaching.lib.pictures import NotAPicture
from exams import bank, images, showing, topics
from exams.content import Body, Choice, Content, Key, Kind, Picture, Text
from exams.content_checks import Problem, problems
from exams.content_words import words
from exams.models import Question, QuestionImage, QuestionVersion, Tag, Topic
from tests import people
from tests.batches import timetables
from tests.exams import papers
from tests.racing import at_once, outcomes

pytestmark = pytest.mark.django_db


def write(content: Content | None = None, **fields: Any) -> Question:
    values: dict[str, Any] = {"subject": timetables.subject(), "difficulty": "EASY", "actor": people.teacher()}
    return bank.write_question(content or papers.content(), **(values | fields))


def other(text: str = "Which unit has work?") -> Content:
    return papers.content(text=text)


def png(width: int = 40, height: int = 30) -> bytes:
    made = BytesIO()
    Image.new("RGB", (width, height), "teal").save(made, "PNG")
    return made.getvalue()


# --- Writing ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", list(Kind))
def test_question_of_every_kind_is_kept_as_it_was_written(kind: Kind) -> None:
    question = write(papers.content(kind))
    assert question.newest
    assert (question.kind, question.newest.number, question.newest.content) == (kind, 1, papers.content(kind))
    assert "Which unit has force?" in question.newest.plain
    assert Activity.objects.get(event="bank.made").extra["name"] == str(question)


def test_form_that_is_sent_twice_writes_one_question_and_other_words_another() -> None:
    number = uuid.uuid4()
    first, second = (write(number=number) for _time in range(2))
    assert first.pk == second.pk
    assert write(other(), number=number).pk == write(other(), number=number).pk != first.pk
    assert Question.objects.count() == 2


def test_unfit_question_is_refused_with_every_reason() -> None:
    with pytest.raises(bank.Unfit) as refused:
        write(Content(Kind.SINGLE, Body(options=papers.choices("one")), Key(right=("z",))))
    assert [(one.field, one.code) for one in refused.value.problems] == [
        ("text", "missing"),
        ("options", "too_few"),
        ("right", "unknown"),
    ]
    assert "Write two options at least." in refused.value.message
    assert not Question.objects.exists()


def test_image_that_is_not_in_the_bank_is_refused() -> None:
    for named in (str(uuid.uuid4()), "../../etc"):
        with pytest.raises(bank.Unfit, match="not in the bank"):
            write(Content(Kind.LONG, Body(Text("See"), picture=Picture(named))))


def test_what_no_database_keeps_is_left_out_of_every_text() -> None:
    content = papers.content(text="a\0b\ud800c\r\nd\re")
    question = write(replace(content, key=replace(content.key, solution=Text("x\0"))))
    assert question.newest
    assert (question.newest.content.body.text.en, question.newest.content.key.solution.en) == ("ab?c\nd\ne", "x")


def test_topic_of_another_subject_is_refused() -> None:
    topic = topics.topic_named(timetables.subject("Chemistry"), "Bonds")
    with pytest.raises(bank.WrongPlace):
        write(topic=topic)
    question = write()
    with pytest.raises(bank.WrongPlace):
        bank.place_question(
            question, subject=question.subject, topic=topic, difficulty="HARD", tags=(), actor=people.teacher()
        )


def test_only_a_passage_stands_above_questions() -> None:
    passage = write(papers.content(Kind.PASSAGE))
    assert write(passage=passage).passage == passage
    with pytest.raises(bank.WrongPlace):
        write(passage=write())
    with pytest.raises(bank.WrongPlace):
        write(papers.content(Kind.PASSAGE), passage=passage)


def test_tags_are_kept_in_small_letters_and_once() -> None:
    question = write(tags=[" HCV  10", "hcv 10", "", "Energy", "x" * 99])
    assert [tag.name for tag in question.tags.all()] == ["energy", "hcv 10", "x" * 40]
    assert Tag.objects.count() == 3


# --- Changing ---------------------------------------------------------------------------------------------------------


def test_change_makes_a_version_and_the_same_again_none() -> None:
    question = write()
    for _time in range(2):
        made = bank.change_question(question, content=other(), seen=1, note=" Work ", actor=people.other_teacher())
        assert (made.number, made.note, made.content) == (2, "Work", other())
    question.refresh_from_db()
    assert (question.newest, question.versions.count()) == (made, 2)
    assert Activity.objects.filter(event="bank.changed").count() == 1


def test_who_saw_an_older_version_is_told_and_nothing_is_saved() -> None:
    question = write()
    bank.change_question(question, content=other(), seen=1, note="", actor=people.other_teacher())
    with pytest.raises(bank.ChangedMeanwhile, match="Imran Shaikh saved version 2") as refused:
        bank.change_question(question, content=other("Third?"), seen=1, note="", actor=people.teacher())
    assert refused.value.newest.number == 2
    assert question.versions.count() == 2


def test_question_stays_of_its_kind() -> None:
    with pytest.raises(bank.WrongPlace):
        bank.change_question(write(), content=papers.content(Kind.LONG), seen=1, note="", actor=people.teacher())


def test_place_changes_without_a_version() -> None:
    question, chemistry = write(tags=["a"]), timetables.subject("Chemistry")
    topic = topics.topic_named(chemistry, "Bonds")
    given: dict[str, Any] = {"subject": chemistry, "topic": topic, "difficulty": "HARD", "tags": ["b"]}
    assert bank.place_question(question, **given, actor=people.teacher())
    assert not bank.place_question(question, **given, actor=people.teacher())
    question.refresh_from_db()
    assert (question.subject, question.topic, question.difficulty) == (chemistry, topic, "HARD")
    assert [tag.name for tag in question.tags.all()] == ["b"]
    assert question.versions.count() == 1


def test_archive_and_back_twice_is_once() -> None:
    question = write()
    for verb in (bank.archive_question, bank.restore_question):
        for _time in range(2):
            verb(question, actor=people.admin())
    assert question.archived_at is None
    events = Activity.objects.filter(event__in=("bank.archived", "bank.restored")).order_by("pk")
    assert [one.event for one in events] == ["bank.archived", "bank.restored"]


@pytest.mark.django_db(transaction=True)
def test_of_two_teachers_who_save_at_once_one_is_told() -> None:
    question, who = write(), (people.teacher(), people.other_teacher())

    def save(text: str, actor: Any) -> Any:
        return bank.change_question(question, content=other(text), seen=1, note="", actor=actor)

    got = outcomes([partial(save, f"Of {one.name}?", one) for one in who])
    assert sorted(type(one).__name__ for one in got) == ["ChangedMeanwhile", "QuestionVersion"]
    assert list(QuestionVersion.objects.order_by("number").values_list("number", flat=True)) == [1, 2]


@pytest.mark.django_db(transaction=True)
def test_form_sent_twice_at_once_writes_one_question() -> None:
    number, subject, actor = uuid.uuid4(), timetables.subject(), people.teacher()
    made = at_once([lambda: write(number=number, subject=subject, actor=actor, tags=["t"])] * 3)
    assert len({one.pk for one in made}) == Question.objects.count() == QuestionVersion.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_topic_named_by_several_at_once_is_one() -> None:
    subject = timetables.subject()
    made = at_once([partial(topics.topic_named, subject, name) for name in ("Waves", "WAVES", " waves ")])
    assert len({one.pk for one in made}) == 1


# --- Topics -----------------------------------------------------------------------------------------------------------


def test_topic_is_found_in_whatever_letters_and_renamed_to_none_that_is_there() -> None:
    subject = timetables.subject()
    topic = topics.topic_named(subject, "Élan  vital")
    assert topics.topic_named(subject, "élan VITAL") == topic
    waves = topics.add_topic(subject, name="Waves", actor=people.teacher())
    with pytest.raises(topics.TopicTaken):
        topics.rename_topic(waves, name="ÉLAN VITAL", actor=people.teacher())
    topics.rename_topic(waves, name="WAVES", actor=people.teacher())
    assert sorted(Topic.objects.values_list("name", flat=True)) == ["WAVES", "Élan vital"]
    assert Topic.objects.filter(subject=Subject.objects.get()).count() == 2


@pytest.mark.parametrize("name", ["", "  ", "\0", "\u202e"])
def test_topic_has_a_name(name: str) -> None:
    with pytest.raises(topics.NoName):
        topics.topic_named(timetables.subject(), name)


# --- Images and words -------------------------------------------------------------------------------------------------


def test_image_is_made_anew_and_the_same_one_again_is_the_same() -> None:
    first, second = (images.take_image(png(), name="rod.png", actor=people.teacher()) for _time in range(2))
    assert first == second == QuestionImage.objects.get()
    assert (first.content_type, first.width, first.height) == ("image/webp", 40, 30)
    assert bytes(first.bytes_small)[8:12] == b"WEBP"
    assert (first.file.purpose, first.file.name) == ("exams", "rod.png")


def test_large_image_is_made_small() -> None:
    made = images.take_image(png(3000, 900), name="x.png", actor=None)
    assert (made.width, len(made.bytes_small) <= images.SMALL_BYTES) == (images.SIDE, True)


def test_what_is_no_image_is_refused() -> None:
    for content in (b"", b"<svg onload=alert(1)>", b"GIF89a", png()[:60]):
        with pytest.raises(NotAPicture):
            images.take_image(content, name="x", actor=None)
    with pytest.raises(TooLarge):
        images.take_image(b"x" * (images.UPLOAD_BYTES + 1), name="x", actor=None)
    assert not QuestionImage.objects.exists()


def test_program_in_no_language_or_an_unknown_one_is_refused() -> None:
    said = Body(Text("Add two numbers."))
    for languages, code in (((), "missing"), (("py", "cobol"), "unknown")):
        [problem] = problems(Content(Kind.CODING, replace(said, languages=languages)))
        assert (problem.field, problem.code) == ("languages", code)
    assert problems(Content(Kind.CODING, replace(said, languages=("py",)))) == []


def test_every_problem_has_words() -> None:
    empty = [problem for kind in Kind for problem in problems(Content(kind))]
    for one in [*empty, Problem("options", "empty", "c"), Problem("solution", "too_long"), Problem("new", "new")]:
        assert words(one).endswith(".")
    assert words(Problem("options", "empty", "c")) == "“C” says nothing. Write it, or leave it out."


# --- Showing ----------------------------------------------------------------------------------------------------------


def shown(content: Content, **more: Any) -> showing.Shown:
    return showing.shown(content, kind=content.kind, image_url=lambda number: f"/i/{number}/", **more)


def test_question_is_shown_in_one_language_or_both() -> None:
    content = papers.content()
    assert shown(content).text == '<div class="said" lang="en"><p>Which unit has force?</p></div>'
    assert shown(content, language="hi").text.startswith('<div class="said" lang="hi"><p>हिन्दी')
    assert shown(content, both=True).text.count("<p>") == 2
    only = Content(Kind.LONG, Body(Text("Why?")))
    assert (
        shown(only, language="hi").text
        == shown(only, both=True).text
        == '<div class="said" lang="en"><p>Why?</p></div>'
    )


def test_letters_are_those_of_the_places_and_ids_stay() -> None:
    options = shown(papers.content(), option_order=["d", "b", "a", "c"]).options
    assert [(one.id, one.letter) for one in options] == [("d", "A"), ("b", "B"), ("a", "C"), ("c", "D")]
    assert "pascal" in options[0].html


def test_true_and_false_match_and_images_are_shown() -> None:
    assert [one.id for one in shown(papers.content(Kind.TRUE_FALSE)).options] == ["true", "false"]
    match = shown(papers.content(Kind.MATCH))
    assert [one.letter for one in (*match.rows, *match.columns)] == ["P", "Q", "R", "1", "2", "3", "4"]
    seen = Body(Text("See"), Picture("n", Text("A rod", "छड़")), (Choice("a", picture=Picture("m")),))
    found = showing.shown(seen, kind=Kind.SINGLE, image_url=lambda number: f"/i/{number}/", both=True)
    assert (found.picture, found.options[0].picture) == (
        showing.ShownPicture("/i/n/", "A rod · छड़"),
        showing.ShownPicture("/i/m/", ""),
    )
