"""How numbers, sizes, times, names and icons are written."""

from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from django.template import engines

from coaching.pages import shell
from coaching.templatetags import figures, icons

NOON = datetime(2026, 11, 21, 6, 30, tzinfo=UTC)  # Saturday, 12:00 pm in Kolkata


@pytest.mark.parametrize(
    ("number", "text"),
    [(0, "0"), (999, "999"), (1000, "1,000"), (123456, "1,23,456"), (12345678, "1,23,45,678"), (-1000, "−1,000")],
)
def test_numbers_are_grouped_in_lakh_and_crore(number: int, text: str) -> None:
    assert figures.grouped(number) == text


@pytest.mark.parametrize(
    ("number", "text"),
    [
        (None, "0 bytes"), (1, "1 byte"), (999, "999 bytes"), (1000, "1 KB"), (1024, "1 KB"), (1536, "1.5 KB"),
        (102_400, "100 KB"), (1_023_999, "1 MB"), (19_293_798, "18.4 MB"), (642_000_000, "612 MB"),
        (5 * 1024**3, "5 GB"), (3 * 1024**4, "3 TB"), (5000 * 1024**4, "5000 TB"),
    ],
)  # fmt: skip
def test_sizes_have_three_digits_at_most(number: int | None, text: str) -> None:
    assert figures.size(number) == text


@pytest.mark.parametrize(
    ("distance", "text"),
    [
        (timedelta(seconds=30), "now"),
        (timedelta(minutes=12), "12 min ago"),
        (timedelta(hours=5), "5 h ago"),
        (timedelta(days=2), "Thu 19 Nov"),
        (timedelta(days=400), "Fri 17 Oct 2025"),
        (-timedelta(hours=2, seconds=1), "in 2 h"),
        (-timedelta(days=2), "Mon 23 Nov"),
    ],
)
def test_times_are_relative_only_under_a_day(distance: timedelta, text: str) -> None:
    with time_machine.travel(NOON, tick=False):
        said = figures.ago(NOON - distance)
    assert f">{text}</time>" in said
    assert f'datetime="{(NOON - distance).isoformat()}"' in said


def test_the_exact_time_is_in_the_title() -> None:
    assert 'title="Sat 21 Nov 2026, 12:00 pm"' in figures.ago(NOON)


def test_a_list_says_today_by_the_institutes_clock() -> None:
    late = datetime(2026, 11, 21, 19, 0, tzinfo=UTC)  # half past midnight on Sunday in Kolkata
    with time_machine.travel(late, tick=False):
        assert ">Today<" in figures.day(late)
        assert ">Sat 21 Nov<" in figures.day(late - timedelta(hours=1))


@pytest.mark.parametrize("say", [figures.ago, figures.moment, figures.day, figures.clock])
def test_never_is_nothing(say: object) -> None:
    assert callable(say)
    assert say(None) == ""


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("Rajendra Bhosale", "RB"),
        ("Dr. Venkataraghavan Subramaniam", "VS"),
        ("रितिका शर्मा", "रश"),
        ("Madonna", "M"),
        ("Dr.", "D"),
        ("", ""),
    ],
)
def test_initials_leave_titles_out(name: str, text: str) -> None:
    assert figures.initials(name) == text


@pytest.mark.parametrize(("name", "mark"), [("प्रगति स्टडी सर्कल", "प्र"), ("Pragati", "P"), ("विद्या", "वि"), ("", "")])
def test_the_mark_is_the_first_written_sign(name: str, mark: str) -> None:
    assert figures.first_cluster(name) == mark


def test_every_icon_that_has_a_meaning_exists() -> None:
    named = {entry.icon for entry in shell.NAVIGATION}
    for kinds in (icons.AREA_ICONS, icons.TONE_ICONS, icons.CONTENT_ICONS):
        named |= set(kinds.values())
    assert all(icons.drawing(name).startswith("<") for name in named)


def test_an_icon_that_does_not_exist_is_a_mistake() -> None:
    with pytest.raises(KeyError):
        icons.drawing("no-such-icon")


def test_an_icon_is_silent_unless_it_has_a_label() -> None:
    render = engines["django"].from_string
    assert 'aria-hidden="true"' in render('{% icon "upload" %}').render()
    labelled = render("{% icon 'upload' label=word %}").render({"word": 'Send "now"'})
    assert 'role="img" aria-label="Send &quot;now&quot;"' in labelled


def test_a_state_is_icon_and_word() -> None:
    said = icons.badge("bad", "<Lost>")
    assert "<svg" in said
    assert "&lt;Lost&gt;" in said
    assert "s-bad" in said


@pytest.mark.parametrize(
    ("content_type", "name"),
    [
        ("video/mp4", "file-video-camera"),
        ("application/pdf", "file-text"),
        ("application/x-unknown", "file"),
        ("", "file"),
    ],
)
def test_a_file_has_the_icon_of_its_kind(content_type: str, name: str) -> None:
    assert icons.content_icon(content_type) == name
