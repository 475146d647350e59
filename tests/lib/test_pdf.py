"""Documents as PDF: the same bytes again, both scripts shaped and readable, pages counted, a code a phone reads."""

from datetime import UTC, datetime
from io import BytesIO

import pytest
from pypdf import PdfReader

from coaching.lib import pdf_fonts
from coaching.lib.pdf import Column, Document

pytestmark = pytest.mark.apart

MADE = datetime(2026, 11, 22, 10, tzinfo=UTC)
HINDI = "श्रीमती प्रियंका क्षत्रिय ज्ञानेश्वरी विद्यार्थी हिन्दी भौतिकी कीर्ति"


def made(write, *, foot="Below"):
    paper = Document("Papers", made_at=MADE)
    paper.begin(foot)
    write(paper)
    return paper.content()


def pages(content):
    return [page.extract_text() for page in PdfReader(BytesIO(content)).pages]


def text(content):
    return " ".join("\n".join(pages(content)).split())


def fonts_of(content):
    page = PdfReader(BytesIO(content)).pages[0]
    return {font.get_object()["/BaseFont"].partition("+")[2] for font in page["/Resources"]["/Font"].values()}


@pytest.mark.parametrize("size", [10, 22])
def test_devanagari_is_shaped_and_reads_as_it_was_written(size):
    content = made(lambda paper: paper.line(HINDI, size=size))
    assert HINDI in text(content)
    assert "NotoSansDevanagari" in fonts_of(content)


def test_conjuncts_become_one_sign():
    """क + ् + ष are drawn as one glyph: more letters in the text than codes on the page."""
    paper = Document("Papers", made_at=MADE)
    paper.begin("")
    font = paper._pdf.fonts["devanagari"]
    assert len(font.perform_harfbuzz_shaping("क्ष", 10, None)[0]) == 1
    infos, _where = font.perform_harfbuzz_shaping("कि", 10, None)
    assert [one.cluster for one in infos] == [0, 1]
    assert infos[1].codepoint == font.perform_harfbuzz_shaping("क", 10, None)[0][0].codepoint  # the sign for i is first
    paper.content()


def test_bold_rupees_and_accents_are_there():
    content = made(lambda paper: paper.line("₹1,18,000.00 — Übung, Łódź, Dvořák ±½", is_bold=True))
    assert "₹1,18,000.00 — Übung, Łódź, Dvořák ±½" in text(content)


def test_line_that_begins_in_one_script_does_not_spoil_the_next():
    """fpdf2 would draw the Latin lines with a font that has no Latin."""

    def write(paper):
        paper.line("हिन्दी " + "then Latin words " * 12 + "और हिन्दी " * 20)
        paper.facts([("Test", "Full mock 5"), ("बैच", "JEE 2027 A")])
        paper.table([Column("अंक"), Column("Name")], [("योग", "Latin " * 30)], is_last_bold=True)
        paper.line("Plain at the end")

    said = text(made(write))
    for words in ("Latin words then", "Test Full mock 5", "बैच JEE 2027 A", "Latin Latin", "Plain at the end"):
        assert words in said


def test_sign_no_font_has_leaves_a_mark_and_controls_leave_nothing():
    said = text(made(lambda paper: paper.line("a😀b\x00\x07\u202ec **d** {nb}")))
    assert "a�bc **d** {nb}" in said


def test_long_table_repeats_its_head_and_every_part_counts_its_pages():
    paper = Document("Papers", made_at=MADE)
    paper.begin("First")
    paper.table([Column("Section", 3), Column("Marks", is_number=True)], [(f"Row {n}", str(n)) for n in range(80)])
    paper.begin("Second")
    paper.line("Short")
    read = pages(paper.content())
    assert len(read) == 4
    assert all("Section" in page for page in read[:3])
    assert all(f"First Page {n} of 3" in " ".join(page.split()) for n, page in enumerate(read[:3], start=1))
    assert "Second Page 1 of 1" in " ".join(read[3].split())
    said = "\n".join(read)
    assert [n for n in range(80) if f"Row {n} {n}\n" not in said] == []


def test_words_longer_than_a_line_are_broken_and_keep_their_marks():
    name = "क्षत्रिय" * 25

    def write(paper):
        paper.line(name, size=20, is_bold=True)
        paper.facts([("Name", "x" * 300)])
        paper.table([Column("Name", 1), Column("Marks", 9, is_number=True)], [(name, "1")])

    read = pages(made(write))
    assert len(read) == 1
    assert "".join(read[0].split()).count("क्षत्रिय") >= 40  # where a line ends within a syllable it is not counted
    assert read[0].count("x") == 300


def test_same_calls_give_the_same_bytes_and_another_date_others():
    def write(paper):
        paper.line(HINDI)
        paper.code("http://127.0.0.1:8000/exams/verify/ABCDEFGHJKMN2345/", beside=["ABCD"])

    assert made(write) == made(write)
    assert made(write, foot="Other") != made(write)


def test_code_goes_to_the_next_page_rather_than_over_the_edge():
    def write(paper):
        paper.gap(225)
        paper.code("https://example.org/", beside=["Beside it"])

    read = pages(made(write))
    assert len(read) == 2
    assert "Beside it" in read[1]


def test_fonts_are_kept_whole_and_named_after_their_package(settings, tmp_path):
    settings.FONTS_DIR = tmp_path / "deep" / "fonts"
    assert not pdf_fonts.are_made()
    file = pdf_fonts.DEVANAGARI.made("bold")
    assert file.name.startswith("noto-sans-devanagari-2.")
    pdf_fonts._keep(file, b"first")
    pdf_fonts._keep(file, b"again")  # another process was as quick
    assert file.read_bytes() == b"again"
    assert [one.name for one in file.parent.iterdir()] == [file.name]
