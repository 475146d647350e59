"""The rows of a register as markup: one template, rendered once with marks for what differs, then filled for each row.

Two hundred rows cost little more than one: Django's own loop would take most of the page's time.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from uuid import UUID

from django.urls import NoReverseMatch, reverse
from django.utils.html import conditional_escape
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _

from attendance.models.records import Status
from attendance.register_lines import Line
from coaching.lib.patterns import Pattern

PLACES = (
    *("number", "student", "name", "version", "status", "shown", "tone", "note", "remark", "late", "hidden", "off"),
    *(
        "isP",
        "isL",
        "isA",
        "isE",
        "isO",
        "open",
        "open_word",
        "open_tone",
        "record",
        "no_record",
        "opened",
        "ask",
        "leave",
        "flagged",
    ),
)
IN_ASK = ("student", "message", "reason", "name")
OPEN = frozenset({Status.UNMARKED, Status.WAITING})
SHOWN = {"P": {"P"}, "L": {"L"}, "A": {"A"}, "E": {"E"}, "open": {"U", "W"}}
"""What `?show=` names, and the letters it lets through."""
NO_RECORD = "00000000-0000-0000-0000-000000000000"


@dataclass(frozen=True, slots=True)
class Asked:
    """What a student's row asks back: why his mark `wanted` was not taken, and what was typed with it."""

    wanted: Status
    message: str
    late_min: int | None = None
    remark: str | None = None
    reason: str = ""


def rows_of(
    lines: Collection[Line], *, may_mark: bool, show: str = "", asked: Mapping[UUID, Asked] | None = None
) -> SafeString:
    """All rows; those `show` leaves out are hidden."""
    row, block = Pattern("attendance/_register_row.html", PLACES), Pattern("attendance/_register_ask.html", IN_ASK)
    letters = SHOWN.get(show)
    words = {Status.WAITING: _("To confirm"), Status.UNMARKED: _("Mark")}
    address = record_address()
    made = []
    for number, line in enumerate(lines, 1):
        ask = (asked or {}).get(line.student)
        cells = _cells(line, ask, words)
        cells |= {"number": str(number), "off": "" if may_mark else " disabled"}
        cells["hidden"] = " hidden" if letters and line.status not in letters and not ask else ""
        cells["record"] = address.replace(NO_RECORD, str(line.record)) if line.record else ""
        cells["no_record"] = "" if line.record and address else " hidden"
        cells["ask"] = _ask(block, line, ask) if ask else ""
        made.append(row.filled(cells))
    return mark_safe("".join(made))  # noqa: S308 - a template's own text, its places filled with escaped cells


def _cells(line: Line, ask: Asked | None, words: Mapping[Status, str]) -> dict[str, str]:
    """Everything that goes in as it is, escaped."""
    status = ask.wanted if ask else line.status
    late_min = ask.late_min if ask and ask.late_min else line.late_min
    remark = ask.remark if ask and ask.remark is not None else line.remark
    is_open = status in OPEN
    open_letter = status if is_open else Status.UNMARKED
    escaped = {"name": line.name, "note": line.note, "remark": remark}
    return {
        **{key: conditional_escape(text) for key, text in escaped.items()},
        **{f"is{letter}": " checked" if status == letter else "" for letter in "PLAE"},
        "isO": " checked" if is_open else "",
        "student": str(line.student),
        "version": str(line.version),
        "status": line.status.value,
        "shown": "1" if line.shown else "",
        "leave": "1" if line.on_leave else "",
        "flagged": " data-flagged" if line.is_flagged else "",
        "tone": f" is-{line.tone}" if line.tone else "",
        "late": str(late_min or ""),
        "open": open_letter.value,
        "open_word": conditional_escape(words[open_letter]),
        "open_tone": "due" if open_letter == Status.WAITING else "off",
        "opened": " open" if ask and ask.remark else "",
    }


def _ask(block: Pattern, line: Line, ask: Asked) -> str:
    cells = {"student": str(line.student), "message": ask.message, "reason": ask.reason, "name": line.name}
    return block.filled({key: conditional_escape(text) for key, text in cells.items()})


def record_address() -> str:
    """Of the page of a record, with a uuid to replace; "" where there is no such page."""
    try:
        return reverse("record", args=[NO_RECORD])
    except NoReverseMatch:
        return ""
