"""Pages of the question bank: found, read, written in two languages, changed in versions, with images and topics."""

import uuid
from collections.abc import Callable
from io import BytesIO
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from PIL import Image

from exams import bank, images, topics
from exams.content import Body, Choice, Content, Key, Kind, Number, Picture, Text
from exams.models import Question, QuestionImage, Topic
from tests import people
from tests.batches import timetables
from tests.exams import papers

pytestmark = pytest.mark.django_db
LIST, NEW, TOPICS = "/exams/bank/", "/exams/bank/new/", "/exams/bank/topics/"
HINDI = "विज्ञान, गणित एवं कम्प्यूटर " * 8


@pytest.fixture
def browser() -> Client:
    return people.signed_in(people.teacher())


def png(colour: str = "teal") -> SimpleUploadedFile:
    made = BytesIO()
    Image.new("RGB", (40, 30), colour).save(made, "PNG")
    return SimpleUploadedFile("rod.png", made.getvalue(), "image/png")


def typed(**more: Any) -> dict[str, Any]:
    """A question of one right answer, as its form sends it."""
    fields: dict[str, Any] = {
        "number": str(uuid.uuid4()),
        "subject": timetables.subject().pk,
        "difficulty": "MEDIUM",
        "tags": "Energy, hcv",
        "q-text_en": "Speed of $v^2$?",
        "q-text_hi": "चाल?",
        "q-is_shuffled": "on",
        "right": "b",
    }
    for place, letter in enumerate("abcdef"):
        fields[f"option-{place}-id"] = letter
    fields |= {"option-0-en": "one", "option-1-en": "two", "option-1-hi": "दो"}
    return fields | more


def words(answer: Any) -> str:
    return str(answer.content.decode())


def only() -> Question:
    return Question.objects.select_related("newest").get()


def said() -> Content:
    newest = only().newest
    assert newest
    return newest.content


def at(name: str, question: Question) -> str:
    return reverse(name, args=[question.uuid])


# --- Writing ----------------------------------------------------------------------------------------------------------


def test_question_is_written_in_both_languages_and_read_again(browser: Client) -> None:
    answer = browser.post(NEW, typed(), follow=True)
    assert "The question is in the bank." in words(answer)
    content = said()
    assert (content.body.text, content.key.right) == (Text("Speed of $v^2$?", "चाल?"), ("b",))
    assert content.body.options == (Choice("a", Text("one")), Choice("b", Text("two", "दो")))
    assert [tag.name for tag in only().tags.all()] == ["energy", "hcv"]
    page = words(browser.get(at("bank_question", only())))
    assert "<msup>" in page
    assert "चाल?" in page
    assert "Key and solution" in page


def test_form_sent_twice_writes_one_question(browser: Client) -> None:
    sent = typed()
    assert {browser.post(NEW, sent)["Location"] for _time in range(2)} == {at("bank_question", only())}


@pytest.mark.parametrize(
    ("kind", "more", "content"),
    [
        ("MULTIPLE", {"right": ["a", "b"]}, Key(right=("a", "b"))),
        ("TRUE_FALSE", {"right": "false"}, Key(right=("false",))),
        ("NUMERICAL", {"number-0-value": "−5.2", "number-0-tolerance": "0.1"}, Key(numbers=(Number("-5.2", "0.1"),))),
        ("SHORT", {"q-accepted": "Newton\r\n\r\nnewton "}, Key(accepted=("Newton", "newton"))),
        ("LONG", {"q-guide_en": "Three points."}, Key(guide=Text("Three points."))),
        ("CODING", {"q-languages": ["py", "cpp"]}, Key()),
        ("PASSAGE", {}, Key()),
    ],
)
def test_question_of_each_kind_is_written(browser: Client, kind: str, more: dict[str, Any], content: Key) -> None:
    sent = typed()
    del sent["right"]
    assert browser.post(f"{NEW}?kind={kind}", sent | more).status_code == 302
    assert (only().kind, said().key) == (kind, content)
    edit = browser.get(at("bank_question_edit", only()))
    assert edit.status_code == 200


def test_program_without_a_language_is_refused_at_its_field(browser: Client) -> None:
    page = words(browser.post(f"{NEW}?kind=CODING", typed()))
    assert "Choose one language at least that the program may be written in." in page
    assert not Question.objects.exists()


def test_match_is_a_grid_of_rows_and_columns(browser: Client) -> None:
    sent = typed()
    for place, (row, column) in enumerate(zip("pqrs", "abcd", strict=True)):
        sent |= {f"row-{place}-id": row, f"column-{place}-id": column}
    sent |= {"row-0-en": "work", "row-1-en": "power", "column-0-en": "joule", "column-1-en": "watt"}
    sent |= {"pair-p": "a", "pair-q": ["b", "a"]}
    assert browser.post(f"{NEW}?kind=MATCH", sent).status_code == 302
    assert said().key.pairs == {"p": ("a",), "q": ("a", "b")}
    assert 'name="pair-q" value="b" checked' in words(browser.get(at("bank_question_edit", only())))


def test_what_is_wrong_is_said_and_what_was_typed_stays(browser: Client) -> None:
    page = words(
        browser.post(NEW, typed(**{"q-text_en": "", "q-text_hi": "", "option-1-en": "one", "option-1-hi": ""}))
    )
    assert "Write the question, in one language at least" in page
    assert "“B” says the same as another one." in page
    assert 'value="Energy, hcv"' in page
    assert not Question.objects.exists()


def test_image_comes_in_with_its_words_and_stays_after_an_error(browser: Client) -> None:
    sent = typed(**{"q-text_en": "", "q-text_hi": "", "right": "z", "q-alt_en": "A rod", "q-alt_hi": "छड़"})
    page = words(browser.post(NEW, sent | {"q-file": png(), "option-2-file": png("red")}))
    first, second = QuestionImage.objects.order_by("pk")
    for image in (first, second):
        assert f'value="{image.uuid}"' in page
    sent |= {"q-kept": str(first.uuid), "option-2-kept": str(second.uuid), "right": "c"}
    assert browser.post(NEW, sent).status_code == 302
    assert said().body.picture == Picture(str(first.uuid), Text("A rod", "छड़"))
    assert said().body.options[2] == Choice("c", picture=Picture(str(second.uuid)))
    sent = {**sent, "seen": "1", "q-drop": "on", "q-text_en": "See"}
    assert browser.post(at("bank_question_edit", only()), sent).status_code == 302
    assert said().body.picture is None


def test_file_that_is_no_image_is_refused_at_its_place(browser: Client) -> None:
    page = words(browser.post(NEW, typed() | {"q-file": SimpleUploadedFile("x.png", b"<svg onload=alert(1)>")}))
    assert "This is not a picture we can read." in page
    assert "Speed of $v^2$?" in page
    assert not Question.objects.exists()


def test_topic_is_named_on_the_way_and_one_of_another_subject_refused(browser: Client) -> None:
    browser.post(NEW, typed(new_topic=" Rotational  motion "))
    assert (only().topic, Topic.objects.get().name) == (Topic.objects.get(), "Rotational motion")
    foreign = topics.topic_named(timetables.subject("Chemistry"), "Bonds")
    assert "Bonds is a topic of another subject." in words(browser.post(NEW, typed(topic=foreign.pk)))
    assert Question.objects.count() == 1


def test_question_of_a_passage_stands_under_it(browser: Client) -> None:
    passage = papers.question(Kind.PASSAGE, "Read this.")
    assert browser.post(f"{NEW}?passage={passage.uuid}", typed()).status_code == 302
    assert Question.objects.get(kind="SINGLE").passage == passage
    assert "Speed of v^2?" in words(browser.get(at("bank_question", passage)))


@pytest.mark.parametrize(
    "more",
    [
        {"q-text_en": HINDI * 120},
        {"q-text_en": b"a\0b\xed\xa0\x80\xff", "option-0-en": "\0"},
        {"number": "nonsense", "tags": "\0,,," + "x" * 900},
        {"option-0-id": "<x>", "right": "<x>"},
        {"option-0-id": "b"},
        {"right": ["a", "b", "zz"]},
        {"subject": "99999999999999999999"},
        {"subject": "\0"},
        {"topic": "x"},
        {"new_topic": "\u202e\0"},
        {"difficulty": "IMPOSSIBLE"},
        {"q-kept": "../../etc/passwd"},
        {"q-kept": str(uuid.UUID(int=5))},
        {"seen": "99999999999"},
    ],
)
def test_whatever_is_sent_is_kept_or_refused_and_never_breaks(browser: Client, more: dict[str, Any]) -> None:
    assert browser.post(NEW, typed(**more)).status_code in {200, 302}
    papers.question()
    assert browser.post(at("bank_question_edit", Question.objects.order_by("pk")[0]), typed(**more)).status_code < 500


@pytest.mark.parametrize("query", ["kind=NONE", "kind=%00", "passage=x", "passage=" + str(uuid.UUID(int=9))])
def test_address_that_makes_no_sense_is_a_plain_form(browser: Client, query: str) -> None:
    assert browser.get(f"{NEW}?{query}").status_code == 200


def test_body_of_30_mb_is_refused_before_it_is_read(browser: Client) -> None:
    for url in (NEW, at("bank_question_edit", papers.question())):
        answer = browser.post(url, {"q-file": SimpleUploadedFile("x.png", b"x" * 30_000_000)})
        assert answer.status_code == 413
    assert browser.post("/exams/bank/preview/", {"text": "x" * 8_000_000}).status_code == 413


# --- Changing ---------------------------------------------------------------------------------------------------------


def change(browser: Client, question: Question, **more: Any) -> Any:
    return browser.post(at("bank_question_edit", question), typed(**more), follow=True)


def test_saving_makes_the_next_version_and_says_who_keeps_the_old(browser: Client) -> None:
    question = papers.question()
    papers.place(papers.section(papers.exam()), question)
    page = words(browser.get(at("bank_question_edit", question)))
    assert "Version 1 is in 1 test." in page
    assert "Save as version 2" in page
    page = words(change(browser, question, seen="1", note="Shorter"))
    assert "Saved as version 2. Tests that have version 1 keep it." in page
    assert "Shorter" in page
    assert "no new version" in words(change(browser, question, seen="2"))
    assert question.versions.count() == 2


def test_second_of_two_sees_what_the_first_saved_and_keeps_his_own(browser: Client) -> None:
    question = papers.question()
    bank.change_question(
        question, content=papers.content(text="Theirs?"), seen=1, note="", actor=people.other_teacher()
    )
    answer = change(browser, question, seen="1", **{"q-text_en": "Mine?"})
    assert answer.status_code == 409
    page = words(answer)
    assert "Imran Shaikh saved version 2 meanwhile" in page
    assert "Theirs?" in page
    assert "Mine?" in page
    assert 'name="seen" value="2"' in page
    assert "Saved as version 3." in words(change(browser, question, seen="2", **{"q-text_en": "Mine?"}))


def test_two_versions_stand_side_by_side(browser: Client) -> None:
    question = papers.question(text="Older?")
    bank.change_question(question, content=papers.content(text="Newer?"), seen=1, note="", actor=people.teacher())
    for query in ("", "?left=1&right=2", "?left=x&right=99999999"):
        page = words(browser.get(at("bank_question_compare", question) + query))
        assert "Older?" in page
        assert "Newer?" in page


def test_archived_question_is_found_among_the_archived(browser: Client) -> None:
    question = papers.question()
    for verb, url in (("archive", f"{LIST}?state=archived"), ("restore", LIST)):
        for _time in range(2):
            assert browser.post(at("bank_question_state", question), {"do": verb}).status_code == 302
        assert "Which unit has force?" in words(browser.get(url))
    assert browser.post(at("bank_question_state", question), {"do": "burn"}).status_code == 400


def test_formula_is_shown_while_it_is_written(browser: Client) -> None:
    answer = browser.post("/exams/bank/preview/", {"text": "$x^2$ <script>"})
    assert words(answer).startswith('<p><math display="inline" alttext="x^2">')
    assert "<script" not in words(answer)
    assert browser.get("/exams/bank/preview/").status_code == 405


# --- Finding ----------------------------------------------------------------------------------------------------------


def test_questions_are_found_by_words_and_by_each_filter(browser: Client) -> None:
    topic = topics.topic_named(timetables.subject(), "Units")
    wanted = papers.question(text="Which unit has charge?", topic=topic, difficulty="HARD")
    wanted.tags.set(bank.tags_named(["ncert"]))
    papers.question(Kind.LONG, "Derive it.", subject=timetables.subject("Chemistry"))
    asked: list[dict[str, Any]] = [
        {"q": "charge"},
        {"q": f"#{wanted.pk}"},
        {"q": "ncert"},
        {"subject": wanted.subject_id},
        {"subject": wanted.subject_id, "topic": topic.pk},
        {"kind": "SINGLE"},
        {"difficulty": "HARD"},
        {"tag": "ncert"},
    ]
    for one in asked:
        answer = browser.get(LIST, one)
        assert [row.question for row in answer.context["rows"]] == [wanted], one
    assert len(browser.get(LIST).context["rows"]) == 2
    assert "Nothing fits" in words(browser.get(LIST, {"q": "nowhere"}))


@pytest.mark.parametrize("name", ["q", "subject", "topic", "kind", "difficulty", "tag", "state", "page"])
@pytest.mark.parametrize("value", ["\0", "9" * 30, "'; --", "²", HINDI])
def test_filter_that_makes_no_sense_is_none(browser: Client, name: str, value: str) -> None:
    assert browser.get(LIST, {name: value}).status_code == 200


def test_list_costs_the_same_for_300(browser: Client, same_queries: Callable[..., int]) -> None:
    test = papers.section(papers.exam())

    def more(count: int) -> None:
        for _number in range(count * 10 if count > 3 else count):
            row = papers.question()
            row.tags.set(bank.tags_named(["a", "b"]))
            papers.place(test, row)

    same_queries(lambda: browser.get(LIST), add=more, at_most=20)


def test_question_and_topics_cost_the_same_for_many(browser: Client, same_queries: Callable[..., int]) -> None:
    passage = papers.question(Kind.PASSAGE, "Read.")

    def more(count: int) -> None:
        first = passage.members.count()
        for number in range(first, first + count):
            topic = topics.topic_named(timetables.subject(), f"Topic {number}")
            papers.question(passage=passage, topic=topic)
            papers.place(papers.section(papers.exam(f"Test {number}")), passage)
            assert passage.newest
            bank.change_question(
                passage,
                content=papers.content(Kind.PASSAGE, f"Read {number}."),
                seen=passage.newest.number,
                note="",
                actor=people.teacher(),
            )

    def visit() -> None:
        for url in (at("bank_question", passage), TOPICS, at("bank_question_edit", passage)):
            assert browser.get(url).status_code == 200

    same_queries(visit, add=more, at_most=50)


# --- Topics and images ------------------------------------------------------------------------------------------------


def test_topic_is_added_renamed_and_not_to_one_that_is_there(browser: Client) -> None:
    subject = timetables.subject()
    sent = {"subject": subject.pk, "name": " Waves  and light "}
    for _time in range(2):
        assert "Waves and light is a topic of Physics." in words(browser.post(TOPICS, sent, follow=True))
    topic, other = Topic.objects.get(), topics.topic_named(subject, "Optics")
    url = reverse("topic_rename", args=[topic.pk])
    assert "Saved." in words(browser.post(url, {"name": "Waves"}, follow=True))
    assert "has a topic “Optics” already" in words(browser.post(url, {"name": "OPTICS"}, follow=True))
    assert "Write a name" in words(browser.post(url, {"name": "\0"}, follow=True))
    assert browser.post(reverse("topic_rename", args=[other.pk + 99]), {"name": "x"}).status_code == 404
    assert browser.post(TOPICS, {"subject": "x", "name": HINDI}).status_code == 200


def test_image_is_served_to_staff_once_and_privately(browser: Client) -> None:
    image = images.take_image(png().read(), name="rod.png", actor=people.teacher())
    url = reverse("question_image", args=[image.uuid])
    answer = browser.get(url)
    assert (answer.content, answer["Content-Type"]) == (bytes(image.bytes_small), "image/webp")
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert answer["Cache-Control"].startswith("private")
    assert browser.get(url, HTTP_IF_NONE_MATCH=answer["ETag"]).status_code == 304
    for who in (people.student(), people.guardian(), people.cashier()):
        assert people.signed_in(who).get(url).status_code == 403


def test_longest_names_and_texts_are_shown(browser: Client) -> None:
    long = Content(Kind.SHORT, Body(Text(HINDI, HINDI)), Key(accepted=("x",)))
    question = papers.question_of(long, topic=topics.topic_named(timetables.subject(), HINDI))
    for url in (LIST, at("bank_question", question), at("bank_question_edit", question), TOPICS):
        assert browser.get(url).status_code == 200


def test_institute_without_a_subject_says_who_enters_one():
    client = people.signed_in(people.teacher())
    words = "The office enters subjects"
    assert words in client.get(reverse("bank_question_new")).content.decode()
    timetables.subject()
    assert words not in client.get(reverse("bank_question_new")).content.decode()
