"""Files of questions in the browser: chosen, looked at, taken in once, taken back, exported; hostile ones refused."""

import io
import re
import time
import zipfile
from pathlib import Path

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from exams.formats import gift, moodle_xml
from exams.models import Question
from tests import people
from tests.accounts.importing import workbook
from tests.batches import timetables
from tests.exams import papers
from tests.exams.question_files import BAD, GOOD, HEAD, TRUE, many, table, taken

pytestmark = pytest.mark.django_db
PAGE = "/exams/bank/files/"
EXPORT = f"{PAGE}export/"
FILES = Path(__file__).parent / "files"


@pytest.fixture
def browser() -> Client:
    timetables.subject()
    return people.signed_in(people.teacher())


def sent(browser: Client, content: bytes, name: str = "questions.csv", **more):
    return browser.post(PAGE, {"file": SimpleUploadedFile(name, content), **more})


def preview(browser: Client, content: bytes, name: str = "questions.csv", **more) -> tuple[str, str]:
    answer = sent(browser, content, name, **more)
    assert answer.status_code == 302, answer.context["form"].errors
    return answer["Location"], browser.get(answer["Location"]).content.decode()


def shown(page: str) -> str:
    return re.search(r'name="shown" value="(\w+)"', page)[1]


def test_file_is_looked_at_and_then_taken_in_once(browser):
    url, page = preview(browser, table(GOOD, TRUE))
    assert "2 questions, and all fit" in page
    assert "Which unit has force?" in page
    assert not Question.objects.exists()
    form = {"do": "apply", "shown": shown(page)}
    places = {browser.post(url, form)["Location"] for _time in range(2)}
    assert len(places) == 1
    assert Question.objects.count() == 2
    done = browser.get(places.pop()).content.decode()
    assert "2 questions are in the bank" in done
    assert "This file was taken in already" in preview(browser, table(GOOD, TRUE))[1]


def test_bad_questions_are_told_by_line_and_left_out_by_choice(browser):
    url, page = preview(browser, table(GOOD, BAD, TRUE))
    assert "1 of 3 questions does not fit yet" in page
    answer = browser.post(url, {"do": "apply", "shown": shown(page)}, follow=True)
    assert "choose to leave them out" in answer.content.decode()
    assert not Question.objects.exists()
    browser.post(url, {"do": "apply", "shown": shown(page), "leave_out": "1"})
    assert Question.objects.count() == 2
    assert browser.post(url, {"do": "apply", "shown": shown(page)})["Location"].startswith(PAGE)
    assert Question.objects.count() == 2


def test_place_is_chosen_where_the_file_has_none(browser):
    url, page = preview(browser, b"Is it so? {T}\n", "quiz.txt")
    assert "Choose one above" in page
    browser.post(url, {"do": "again", "subject": timetables.subject().pk, "topic": "Light", "difficulty": "HARD"})
    page = browser.get(url).content.decode()
    assert "1 question, and it fits" in page
    browser.post(url, {"do": "apply", "shown": shown(page)})
    made = Question.objects.get()
    assert (made.topic.name, made.difficulty) == ("Light", "HARD")


def test_old_page_of_a_file_is_shown_again(browser):
    url, page = preview(browser, table(GOOD, TRUE))
    taken(table(GOOD))
    answer = browser.post(url, {"do": "apply", "shown": shown(page)}, follow=True)
    assert "The bank changed in the meantime" in answer.content.decode()
    assert Question.objects.count() == 1


def test_draft_belongs_to_one_person(browser):
    url, _page = preview(browser, table(GOOD))
    other = people.signed_in(people.admin())
    assert other.get(url)["Location"] == PAGE
    assert other.post(url, {"do": "apply"})["Location"] == PAGE


def test_import_is_taken_back(browser):
    url, page = preview(browser, table(GOOD))
    done = browser.post(url, {"do": "apply", "shown": shown(page)})["Location"]
    page = browser.post(f"{done}undo/", follow=True).content.decode()
    assert "This import was taken back" in page
    assert "taken back already" in browser.post(f"{done}undo/", follow=True).content.decode()
    assert browser.get(f"{PAGE}{'f' * 32}/").status_code == 404
    assert browser.post(f"{PAGE}{'f' * 32}/undo/").status_code == 404


def test_workbook_is_a_table_too(browser):
    _url, page = preview(browser, workbook([HEAD.split(","), GOOD.split(",")]), "questions.xlsx")
    assert "1 question, and it fits" in page


@pytest.mark.parametrize("name", ["moodle.xml", "moodle_export.gift.txt", "by_hand.gift.txt", "table.csv"])
def test_files_of_other_systems_are_shown_with_their_pictures(browser, name):
    _url, page = preview(browser, (FILES / name).read_bytes(), name)
    assert ("data:image/webp;base64," in page) is (name == "moodle.xml")


def test_list_is_exported_as_it_is_filtered(browser):
    papers.question(text="Of physics?")
    papers.question(text="Of maths?", subject=timetables.subject("Maths"))
    chosen = f"{EXPORT}?subject={timetables.subject('Maths').pk}"
    page = browser.get(chosen).content.decode()
    assert ("Export 1 question" in page, "without their Hindi text" in page) == (True, True)
    xml = browser.post(chosen, {"format": "xml"})
    [item] = moodle_xml.parse(xml.content).items
    assert (item.path, item.content.body.text.hi) == (("Maths",), "हिन्दी: Of maths?")
    assert [one.content.body.text.en for one in gift.parse(browser.post(EXPORT, {"format": "gift"}).content).items] == [
        "Of physics?",
        "Of maths?",
    ]
    assert browser.post(EXPORT, {"format": "odt"}).status_code == 400
    assert "no-store" in xml["Cache-Control"]


def test_pages_cost_the_same_at_three_questions_and_at_thirty(browser, same_queries):
    same_queries(lambda: browser.get(EXPORT), add=lambda n: [papers.question(text=f"{n} {i}?") for i in range(n)])


@pytest.mark.parametrize("rows", [3, 300])
def test_preview_costs_the_same_for_every_size(browser, rows, django_assert_max_num_queries):
    url, _page = preview(browser, many(rows))
    with django_assert_max_num_queries(20):
        assert browser.get(url).status_code == 200


def test_done_page_costs_few_queries(browser, django_assert_max_num_queries):
    mark = taken(many(60)).source.mark
    with django_assert_max_num_queries(20):
        assert browser.get(f"{PAGE}{mark}/").status_code == 200


def bomb() -> bytes:
    kept = io.BytesIO()
    with zipfile.ZipFile(kept, "w", zipfile.ZIP_DEFLATED) as packed:
        packed.writestr("xl/worksheets/sheet1.xml", b" " * 40_000_000)
    return kept.getvalue()


LAUGHS = b'<?xml version="1.0"?><!DOCTYPE quiz [<!ENTITY a "ha"><!ENTITY b "&a;&a;">]><quiz>&b;</quiz>'
OUTSIDE = b'<!DOCTYPE quiz [<!ENTITY x SYSTEM "file:///etc/hostname">]><quiz>&x;</quiz>'
DEEP = b"<quiz><question>" + b"<a>" * 50_000
WIDE = b"<quiz><question>" + b"<a/>" * 500_000 + b"</question></quiz>"


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"\0" * 5_000,
        b"\x89PNG\r\n\x1a\n\0\0",
        LAUGHS,
        OUTSIDE,
        DEEP,
        WIDE,
        bomb(),
        b"PK\x03\x04no",
        b"{" * 100_000,
        b"a" * 1_000_000,
        b"kind,text_en\n" + b'"' * 50_001,
        b"\xff\xfe\x00\xd8a\x00",
        b"<quiz/>",
        b"<html></html>",
    ],
    ids=range(15),
)
def test_hostile_files_are_refused_at_the_field(browser, content):
    began = time.monotonic()
    answer = sent(browser, content)
    assert answer.status_code in {200, 302}
    if answer.status_code == 200:
        assert answer.context["form"].errors["file"]
    assert time.monotonic() - began < 20
    assert not Question.objects.exists()


def test_thirty_megabytes_are_refused_before_they_are_read(browser):
    assert sent(browser, b"x" * 30_000_000).status_code == 413


def test_lone_surrogates_nuls_and_long_lines_reach_no_row(browser):
    xml = b"<quiz><question type='essay'><questiontext><text>&#xD800;</text></questiontext></question></quiz>"
    assert sent(browser, xml, "a.xml").status_code == 200
    long = b"kind,subject,text_en,right\nSHORT,Physics,ok?,yes\nSHORT,Physics," + b"x" * 1_000_000 + b",no\n"
    _url, page = preview(browser, long)
    assert "The line is far too long" in page
    assert "1 of 2 questions does not fit yet" in page


def test_what_a_file_says_is_never_markup_of_the_page(browser):
    evil = "<script>alert(1)</script>"
    line = f"SINGLE,Physics,{evil},{evil},,{evil} text,{evil},b,a"
    _url, page = preview(browser, table(line, BAD.replace("SINGLE", evil)), f"{evil}.csv")
    assert "<script>alert" not in page


@pytest.mark.parametrize("form", [{"do": "apply", "shown": "\0"}, {"do": "again", "subject": "x"}, {"do": "\0"}, {}])
def test_forged_forms_of_the_preview_write_nothing(browser, form):
    url, _page = preview(browser, table(GOOD))
    assert browser.post(url, form).status_code in {200, 302}
    assert browser.get(url, {"rows": "\0", "page": "9" * 500}).status_code == 200
    assert not Question.objects.exists()
