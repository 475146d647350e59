"""Files as other systems and people write them: every question is taken, or told by its line."""

import codecs
import time
from pathlib import Path

import pytest

from exams.content import CODE_LANGUAGES, Kind, Number, Text
from exams.formats import Item, Parsed, csv_file, gift, moodle_xml
from exams.formats.html_text import marked

pytestmark = pytest.mark.apart

FILES = Path(__file__).parent / "files"


def file(name: str) -> bytes:
    return (FILES / name).read_bytes()


def told(found: Parsed) -> list[tuple[int, str]]:
    return [(one.line, one.code) for one in found.problems]


def noted(found: Parsed) -> list[tuple[int, str]]:
    return [(one.line, one.code) for one in found.notes]


def kinds(found: Parsed) -> list[Kind]:
    return [one.content.kind for one in found.items]


def only(found: Parsed) -> Item:
    assert found.problems == ()
    [item] = found.items
    return item


def options(item: Item) -> list[str]:
    return [one.text.en for one in item.content.body.options]


# --- Moodle XML -------------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def moodle() -> Parsed:
    return moodle_xml.parse(file("moodle.xml"))


def test_export_of_moodle_is_read_kind_by_kind(moodle):
    assert kinds(moodle) == [
        Kind.SINGLE,
        Kind.MULTIPLE,
        Kind.TRUE_FALSE,
        Kind.NUMERICAL,
        Kind.SHORT,
        Kind.MATCH,
        Kind.LONG,
        Kind.PASSAGE,
    ]
    assert {item.path for item in moodle.items} == {("Physics", "Light / optics")}
    assert [(one.line, one.code, one.detail) for one in moodle.problems] == [(170, "kind_not_taken", "cloze")]


def test_html_of_moodle_becomes_markup_with_its_picture(moodle):
    first = moodle.items[0]
    body, key = first.content.body, first.content.key
    assert body.text.en == "A lens has the power **2.5 D**. What is its focal length \\(f\\)?"
    assert body.picture is not None
    assert (body.picture.alt.en, first.images[body.picture.image][:4]) == ("A thin lens", b"\x89PNG")
    assert (options(first), key.right) == (["40 cm", "25 cm", "4 m"], ("a",))
    assert key.solution.en == "\\(f = 1/P\\), so 0.4 m.\n\n- 25 cm: That is 1/4."
    assert (first.difficulty, first.tags) == ("EASY", ("Class 12",))


def test_two_languages_in_one_text_are_told_apart(moodle):
    body = moodle.items[1].content.body
    assert body.text == Text("Which of these are vectors?", "इनमें से कौन सदिश हैं?")
    assert (body.options[0].text, body.options[1].text) == (Text("force", "बल"), Text("mass"))
    assert (moodle.items[1].content.key.right, body.is_shuffled) == (("a", "c"), False)


def test_what_is_not_kept_of_a_question_is_noted_at_its_line(moodle):
    lines = {item.content.kind: item.line for item in moodle.items}
    assert noted(moodle) == [
        (lines[Kind.NUMERICAL], "partial"),
        (lines[Kind.NUMERICAL], "units"),
        (lines[Kind.SHORT], "wildcard"),
    ]
    assert moodle.items[3].content.key.numbers == (Number("60", "0.5"),)
    assert moodle.items[3].content.body.unit == Text("km/h")
    assert moodle.items[4].content.key.accepted == ("coulomb",)


def test_match_keeps_answers_that_belong_to_nothing(moodle):
    match = moodle.items[5].content
    assert [one.text.en for one in match.body.columns] == ["joule", "pascal", "watt"]
    assert match.key.pairs == {"p": ("a",), "q": ("c",)}  # sorted, so that their order tells nothing
    assert match.body.text.en == "Match the quantities with their units:\n\n- of *SI*\n- H₂O is none"
    assert moodle.items[6].content.key.guide.en == "Dispersion, two refractions."


def quiz(*questions: str) -> bytes:
    return f'<?xml version="1.0"?>\n<quiz>\n{"".join(questions)}</quiz>'.encode()


def essay(text: str, more: str = "") -> str:
    return f'<question type="essay"><questiontext format="html"><text>{text}</text>{more}</questiontext></question>\n'


@pytest.mark.parametrize(
    ("html", "markup"),
    [
        ("&lt;p&gt;x&lt;sup&gt;2&lt;/sup&gt;&lt;/p&gt;", "x²"),
        ("v&lt;sub&gt;rel&lt;/sub&gt;", "v${}_{\\text{rel}}$"),
        ("5 * 3 costs $4", "5 * 3 costs \\$4"),
        ("&lt;ol&gt;&lt;li&gt;one&lt;li&gt;two&lt;/ol&gt;", "1. one\n2. two"),
        ("&lt;script&gt;alert(1)&lt;/script&gt;&lt;b onclick='x'&gt;bold &lt;/b&gt;word", "**bold** word"),
        ("&lt;table&gt;&lt;tr&gt;&lt;td&gt;a&lt;td&gt;b&lt;/tr&gt;&lt;/table&gt;", "| a | b |\n| --- | --- |"),
        ("&lt;b&gt;never closed", "**never closed**"),
        ("1. not a list", "1. not a list"),
        ("$$E=mc^2$$", "$$E=mc^2$$"),
        ("&lt;code&gt;a_b*c&lt;/code&gt;", "`a_b*c`"),
    ],
)
def test_html_becomes_markup(html, markup):
    assert only(moodle_xml.parse(quiz(essay(html)))).content.body.text.en == markup


def test_pictures_that_are_elsewhere_missing_or_broken_are_noted():
    outside = essay("&lt;img src='http://pictures.test/a.png'&gt;x")
    missing = essay("&lt;img src='@@PLUGINFILE@@/gone.png'&gt;x")
    broken = essay("&lt;img src='@@PLUGINFILE@@/b.png'&gt;x", '<file name="b.png" encoding="base64">%%%</file>')
    found = moodle_xml.parse(quiz(outside, missing, broken))
    assert noted(found) == [(3, "image_elsewhere"), (4, "image_missing"), (5, "image_broken"), (5, "image_missing")]


def test_broken_xml_keeps_what_stands_before_it():
    found = moodle_xml.parse(b"<quiz>\n" + essay("one").encode() + b"<question type='essay'><name></question></quiz>")
    assert (kinds(found), told(found)) == ([Kind.LONG], [(3, "xml_broken")])


def test_bad_question_hides_no_other():
    wrong = (
        '<question type="multichoice"><single>true</single><answer fraction="x"><text>a</text></answer></question>\n'
    )
    found = moodle_xml.parse(quiz(essay("one"), wrong, essay("two")))
    assert (len(found.items), told(found)) == (2, [(4, "weight")])


# --- GIFT -------------------------------------------------------------------------------------------------------------


def test_gift_that_moodle_exported_is_read():
    found = gift.parse(file("moodle_export.gift.txt"))
    assert told(found) == []
    assert kinds(found) == [
        Kind.SINGLE,
        Kind.MULTIPLE,
        Kind.TRUE_FALSE,
        Kind.NUMERICAL,
        Kind.SHORT,
        Kind.MATCH,
        Kind.LONG,
        Kind.PASSAGE,
    ]
    force, vectors, ratio, g, charge, pairs, inertia, note = (one.content for one in found.items)
    assert force.body.text.en == "Which unit has **force**?\nThink of \\( F = ma \\)."
    assert force.key.solution.en == "\\( 1\\,\\mathrm{N} = 1\\,\\mathrm{kg\\,m/s^2} \\)\n\n- joule: That is work."
    assert (vectors.key.right, found.items[1].tags, found.items[1].difficulty) == (("a", "c"), ("class-11",), "HARD")
    assert (ratio.body.text.en, ratio.key.right) == ("2:4 is the same as 1:2", ("true",))
    assert g.key.numbers == (Number("9.81", "0.01"),)
    assert charge.key.accepted == ("coulomb", "C")
    assert [one.text.en for one in pairs.body.columns] == ["joule", "pascal", "watt"]
    assert (inertia.body.text.en, note.body.text.en) == ("Explain *inertia*.", "Take g = 10 m/s² below.")
    assert {one.path for one in found.items} == {("Physics", "Units")}
    assert [code for _line, code in noted(found)] == ["partial"] * 3


def test_gift_written_by_hand_is_read_and_told_by_line():
    found = gift.parse(file("by_hand.gift.txt"))
    assert told(found) == [(31, "brace_open"), (35, "no_right")]
    texts = {one.content.body.text.en: one.content for one in found.items}
    assert options(found.items[0]) == ["Newton", "Darwin", "Bohr"]
    assert texts["The unit of _____ is the watt."].key.right == ("b",)
    assert texts["Is 2 + 2 = 5?"].key.right == ("false",)
    assert texts["Which metal is liquid?"].key.accepted == ("mercury", "quicksilver")
    assert texts["When did Raman win the prize?"].key.numbers == (Number("1930", "1"),)
    assert texts["Give pi."].key.numbers == (Number("3.1415", "0.0005"),)
    assert texts["What is half of one?"].key.numbers == (Number("0.5", "0.01"),)
    assert texts["Match."].key.pairs == {"p": ("a",), "q": ("c",), "r": ("b",)}
    assert texts["Pick two"].kind is Kind.MULTIPLE
    assert texts["A sentence that is read before what follows."].kind is Kind.PASSAGE
    assert found.items[2].name == "Planets"


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("Q }", "brace_close"),
        ("Q {=a ~}", "no_right"),
        ("Q {~%200%a ~b}", "weight"),
        ("Q {#abc}", "not_a_number"),
        ("Q {#1:x}", "not_a_number"),
        ("Q {=a -> b =c}", "pair_form"),
        ("Q {=a -> b}", "few_pairs"),
        ("Q {=%50%a}", "no_right"),
        ("Q {=* }", "only_wildcards"),
        ("Q {~a}", "few_options"),
    ],
)
def test_gift_that_means_nothing_is_told(text, code):
    found = gift.parse(f"First {{T}}\n\n{text}\n\nLast {{F}}\n".encode())
    if text == "Q {=a ~}":  # an empty option is left to the checks of content
        assert (len(found.items), told(found)) == (3, [])
    else:
        assert (len(found.items), told(found)) == (2, [(3, code)])


# --- The table --------------------------------------------------------------------------------------------------------


def test_table_written_by_hand_is_read():
    found = csv_file.parse(file("table.csv"))
    assert kinds(found) == [Kind.SINGLE, Kind.MULTIPLE, Kind.TRUE_FALSE, Kind.NUMERICAL, Kind.SHORT, Kind.SINGLE]
    first = found.items[0]
    assert (first.subject, first.path, first.difficulty, first.tags) == (
        "Physics",
        ("Units",),
        "EASY",
        ("si", "basics"),
    )
    assert first.content.body.text == Text("Which unit has force, of these?", "बल का मात्रक क्या है?")
    assert first.content.key.right == ("b",)
    assert first.content.key.solution.en == "Because\n$F = ma$."
    assert found.items[1].line == 4
    assert found.items[4].content.key.accepted == ("coulomb", "C")
    assert told(found) == [(9, "difficulty_unknown")]


SMALL = "kind;text_en;right\nSHORT;क्या? é;ok\n"


@pytest.mark.parametrize(
    "content",
    [
        SMALL.encode(),
        codecs.BOM_UTF8 + SMALL.encode(),
        SMALL.encode("utf-16"),
        SMALL.encode("utf-16-le"),
        SMALL.replace(";", "\t").encode(),
        SMALL.replace(";", ",").replace("\n", "\r\n").encode(),
    ],
    ids=["utf-8", "mark", "utf-16", "utf-16 bare", "tabs", "crlf"],
)
def test_table_is_read_in_the_encodings_of_spreadsheets(content):
    assert only(csv_file.parse(content)).content.body.text.en == "क्या? é"


def test_program_without_languages_may_be_in_all_of_them():
    rows = b'kind,text_en,languages\nCODING,Add.,\nCODING,Sort.,"py, c"\n'
    assert [one.content.body.languages for one in csv_file.parse(rows).items] == [tuple(CODE_LANGUAGES), ("py", "c")]


def test_table_of_windows_is_read():
    assert only(csv_file.parse("kind,text_en,right\nSHORT,Élan?,ok\n".encode("cp1252"))).content.body.text.en == "Élan?"


@pytest.mark.parametrize("text", ["=1+1", "@SUM(A1)", "-x", "+x", "'=x", "''=x", "'x", "＝x"])
def test_no_cell_is_a_formula_and_reading_takes_exactly_that_back(text):
    source = f'kind,text_en,right\nSHORT,"{csv_file.safe(text)}",ok\n'
    written = csv_file.write(csv_file.parse(source.encode()).items)
    assert f",{text}," not in written.decode() or not text.startswith(("=", "@", "-", "+", "＝"))
    assert only(csv_file.parse(written)).content.body.text.en == text


def test_template_has_no_question_and_its_titles_are_known():
    assert (
        told(csv_file.parse(csv_file.template())) == [(1, "empty")] or csv_file.parse(csv_file.template()).items == ()
    )
    assert csv_file.parse(csv_file.template()).notes == ()


# --- Files that are meant to cost -------------------------------------------------------------------------------------

OPENINGS = ["\\(", "\\[", "$$", "<!--", "<b", "<!", "<![", "![", "<span ", "{mlang hi}", "{mlang  ", "<ul><li>", "<td>"]


@pytest.mark.parametrize("opening", OPENINGS)
@pytest.mark.parametrize("form", ["html", "markdown", "moodle"])
def test_many_openings_without_an_end_are_read_in_time(opening, form):
    begins = time.process_time()
    marked(opening * (60_000 // len(opening)) + ">", form=form)
    assert time.process_time() - begins < 5  # some tenths; what reads each to the end takes tens


def test_what_word_leaves_in_a_text_is_no_error():
    found = marked("<p><![if !supportLists]>1.<![endif]> a <!-- no --> < b <![ x></p><!", form="html")
    assert found.text.en == "1. a < b"
