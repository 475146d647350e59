"""A paper as phones get it: whole, always the same bytes, and without anything of the keys."""

import base64
import json
from dataclasses import replace

import pytest
from django.utils import translation

from dfs.models import StoredFile
from exams import paper_json
from exams.content import Body, Choice, Content, Key, Kind, Number, Picture, Text
from exams.models import ExamQuestion, QuestionImage, QuestionVersion
from tests import people
from tests.exams import papers

pytestmark = pytest.mark.django_db
SECRET = "the-secret-of-the-key"
PIXELS = b"RIFF-what-a-picture-is"


def image() -> QuestionImage:
    file = StoredFile.objects.create(
        name="figure.png",
        size_bytes=7,
        crc32=0,
        purpose="exams",
        owner=people.teacher(),
        chunk_bytes=1,
        segment_bytes=1,
    )
    return QuestionImage.objects.create(
        file=file, content_type="image/webp", width=310, height=132, bytes_small=PIXELS, sha256="0" * 64
    )


def written(kind: Kind) -> Content:
    """A question of that kind whose key says `SECRET` wherever a key can say something."""
    made = papers.content(kind, f"Text of {kind}")
    said = Text(SECRET, SECRET)
    numbers = (Number("98765.4321", "0.01"),) if kind is Kind.NUMERICAL else ()
    return replace(made, key=replace(made.key, numbers=numbers, accepted=(SECRET,), solution=said, guide=said))


def paper_of_all_kinds():
    test = papers.exam()
    kinds = [kind for kind in Kind if kind is not Kind.PASSAGE]
    papers.place(papers.section(test, title_hi="भौतिकी"), *(papers.question_of(written(kind)) for kind in kinds))
    return test


def said_of(test) -> dict:
    return json.loads(paper_json.paper_of(test))


def test_paper_says_everything_a_student_may_see():
    test = paper_of_all_kinds()
    said = said_of(test)
    by_kind = {one["kind"]: one for one in said["questions"].values()}
    assert (said["test"], said["revision"]) == (str(test.uuid), 1)
    assert said["sections"][0]["title"] == {"en": "Physics", "hi": "भौतिकी"}
    assert set(by_kind) == {kind.value for kind in Kind if kind is not Kind.PASSAGE}
    single = by_kind["SINGLE"]
    assert [one["id"] for one in single["options"]] == ["a", "b", "c", "d"]
    assert single["options"][1]["html"] == {"en": "newton"}
    assert single["marks"] == "+4 / −1"
    assert "हिन्दी" in single["html"]["hi"]
    assert [one["id"] for one in by_kind["TRUE_FALSE"]["options"]] == ["true", "false"]
    assert [one["id"] for one in by_kind["MATCH"]["columns"]] == ["a", "b", "c", "d"]
    assert by_kind["NUMERICAL"]["unit"]["en"]
    assert by_kind["CODING"]["languages"] == ["py", "cpp"]


def test_nothing_of_a_key_is_in_the_bytes():
    test = paper_of_all_kinds()
    found = paper_json.paper_of(test).decode()
    assert SECRET not in found
    assert "98765" not in found
    for word in ('"key"', '"right"', '"solution"', '"guide"', '"accepted"', '"pairs"', '"tolerance"', "is_case"):
        assert word not in found


def test_same_paper_is_the_same_bytes_in_whatever_language_it_is_asked_for():
    test = paper_of_all_kinds()
    first = paper_json.paper_of(test)
    with translation.override("hi"):
        assert paper_json.paper_of(test) == first


def test_picture_is_there_once_however_many_show_it():
    test, row = papers.exam(), image()
    shown = Picture(str(row.uuid), Text("A ball on a slope"))
    options = (Choice("a", picture=shown), Choice("b", Text("None")))
    for body in (Body(Text("Which?"), picture=shown, options=options), Body(Text("Again"), picture=shown)):
        papers.place(papers.section(test), papers.question_of(Content(Kind.SINGLE, body, Key(right=("a",)))))
    said = said_of(test)
    assert list(said["pictures"]) == [str(row.uuid)]
    kept = said["pictures"][str(row.uuid)]
    assert kept["src"] == "data:image/webp;base64," + base64.b64encode(PIXELS).decode()
    assert (kept["width"], kept["height"]) == (310, 132)
    first = next(iter(said["questions"].values()))
    assert first["picture"] == {"image": str(row.uuid), "alt": {"en": "A ball on a slope", "hi": ""}}
    assert first["options"][0]["picture"]["image"] == str(row.uuid)


def test_passage_stands_once_above_its_questions():
    test = papers.exam()
    passage = papers.question_of(Content(Kind.PASSAGE, Body(Text("Read this."))))
    members = papers.place(papers.section(test), papers.question(), papers.question())
    ExamQuestion.objects.filter(pk__in=[one.pk for one in members]).update(passage_version=passage.newest)
    said = said_of(test)
    assert list(said["passages"]) == [str(passage.newest.uuid)]
    assert "Read this." in said["passages"][str(passage.newest.uuid)]["html"]["en"]
    assert {one["passage"] for one in said["questions"].values()} == {str(passage.newest.uuid)}


def test_placed_version_is_shown_though_a_newer_one_exists():
    test = papers.exam()
    row = papers.question(text="As it was placed")
    papers.place(papers.section(test), row)
    later = papers.content(text="As it was changed").body.to_json()
    row.newest = QuestionVersion.objects.create(question=row, number=2, body=later, key={}, plain="changed")
    row.save()
    assert b"As it was placed" in paper_json.paper_of(test)
    assert b"As it was changed" not in paper_json.paper_of(test)


def test_too_large_paper_is_refused(monkeypatch):
    monkeypatch.setattr(paper_json, "MOST_BYTES", 200)
    with pytest.raises(paper_json.PaperTooLarge):
        paper_json.paper_of(paper_of_all_kinds())


def test_ninety_questions_cost_as_many_queries_as_three(same_queries):
    test = papers.exam()
    part = papers.section(test)

    def add(count: int) -> None:
        papers.place(part, *(papers.question(text=f"Question {number}") for number in range(count)))

    assert same_queries(lambda: paper_json.paper_of(test), add=add, at_most=4) <= 4
