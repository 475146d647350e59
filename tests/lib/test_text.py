"""Names of files: safe to keep, safe in a header, still what the person called them."""

import re
from urllib.parse import unquote

import pytest
from hypothesis import given
from hypothesis import strategies as st

from coaching.lib.text import NAME_BYTES, clean_filename, content_disposition, one_line

pytestmark = pytest.mark.apart

NAMES = st.text(max_size=300) | st.text(alphabet="ab./\\\"'\r\n\t%;=\u202e\u2066 क्षि𝄞\x00", max_size=40)


@given(NAMES)
def test_clean_name_is_short_plain_and_never_empty(name):
    cleaned = clean_filename(name)
    assert 1 <= len(cleaned.encode()) <= NAME_BYTES
    assert not re.search("[\x00-\x1f\x7f-\x9f/\\\\\u202a-\u202e\u2066-\u2069\u2028\u2029]", cleaned)
    assert cleaned not in {".", ".."}


@given(NAMES)
def test_cleaning_twice_changes_nothing(name):
    assert clean_filename(clean_filename(name)) == clean_filename(name)


@given(NAMES, st.sampled_from(["inline", "attachment"]))
def test_disposition_is_one_ascii_line_that_gives_the_name_back(name, disposition):
    value = content_disposition(disposition, name)
    assert value.isascii()
    assert value.isprintable()
    quoted = re.fullmatch(
        rf"""{disposition}; filename="([^"\\%]+)"(?:; filename\*=UTF-8''([A-Za-z0-9!#$&+.^_`|~%-]+))?""", value
    )
    assert quoted
    assert (unquote(quoted[2]) if quoted[2] else quoted[1]) == clean_filename(name)


@pytest.mark.parametrize(
    ("name", "cleaned"),
    [
        ("notes.pdf", "notes.pdf"),
        ("../../etc/passwd", ".._.._etc_passwd"),
        ("C:\\fakepath\\a.txt", "C:_fakepath_a.txt"),
        ("a\r\nSet-Cookie: x.txt", "a Set-Cookie: x.txt"),
        ("photo\u202egpj.exe", "photogpj.exe"),
        ("क्षमता \u200dपत्र.pdf", "क्षमता \u200dपत्र.pdf"),
        ("  ", "file"),
        ("..", "file"),
        ("\x00", "file"),
    ],
)
def test_known_names(name, cleaned):
    assert clean_filename(name) == cleaned


def test_long_hindi_name_keeps_its_extension_and_whole_characters():
    cleaned = clean_filename("परीक्षा" * 60 + ".pdf")
    assert cleaned.endswith(".pdf")
    assert len(cleaned.encode()) <= NAME_BYTES
    assert cleaned.startswith("परीक्षा")


def test_long_extension_is_no_extension():
    assert clean_filename("a." + "b" * 400) == "a." + "b" * 253


def test_disposition_has_a_plain_form_for_old_clients():
    assert content_disposition("attachment", "notes.pdf") == 'attachment; filename="notes.pdf"'
    value = content_disposition("attachment", 'Übung "eins" 100%.pdf')
    plain, extended = 'filename="Ubung _eins_ 100_.pdf"', "filename*=UTF-8''%C3%9Cbung%20%22eins%22%20100%25.pdf"
    assert value == f"attachment; {plain}; {extended}"
    assert content_disposition("inline", "हिन्दी.pdf").startswith('inline; filename="file.pdf"; ')


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("  two   words\n", "two words"),
        ("a\tb\r\nc", "a b c"),
        ("\0\u202eevil\u2066", "evil"),
        ("\ud83d half", "half"),
        ("क्षत्रिय\u200dा", "क्षत्रिय\u200dा"),
        ("\u0065\u0301", "\u00e9"),
        ("x" * 11, "x" * 10),
        ("123456789 1", "123456789"),
        (" \u200b ", ""),
    ],
)
def test_a_few_words_are_kept_on_one_line_without_what_cannot_be_seen(typed: str, kept: str) -> None:
    assert one_line(typed, at_most=10) == kept
