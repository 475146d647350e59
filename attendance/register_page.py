"""The register of a class as its page shows it, and as its script reads it."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, time
from typing import Any
from uuid import UUID

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from accounts.models import User
from attendance import register_lines, registers
from attendance.class_states import is_checked_in_now
from attendance.marks import Outcome
from attendance.models import Record, Register
from attendance.models.records import Status
from attendance.register_evidence import meanwhile
from attendance.register_forms import Sent
from attendance.register_lines import Line
from attendance.register_rows import SHOWN, Asked, record_address, rows_of
from coaching.lib.clock import clock_text, time_text

EVERY_MS = 5000
SYMBOLS = (("P", "circle-check"), ("L", "clock"), ("A", "octagon-x"), ("E", "calendar"))


@dataclass(frozen=True, slots=True)
class Count:
    """One figure of the tally, which shows those it counts when it is pressed."""

    key: str
    tone: str
    word: str
    count: int


def tally_of(lines: list[Line]) -> list[Count]:
    """Present, late, absent, on leave, still to mark."""
    counts = Counter("open" if line.status in SHOWN["open"] else line.status.value for line in lines)
    words = {"P": _("Present"), "L": _("Late"), "A": _("Absent"), "E": pgettext("on the register", "Leave")}
    tones = {"P": "ok", "L": "due", "A": "bad", "E": "run"}
    found = [Count(key, tones[key], word, counts[key]) for key, word in words.items()]
    return [*found, Count("open", "off", _("To mark"), counts["open"])]


def page_of(
    register: Register, *, viewer: User, now: datetime, show: str = "", asked: Mapping[UUID, Asked] | None = None
) -> dict[str, Any]:
    """All the page's template needs."""
    lines = register_lines.lines_of(register, viewer=viewer)
    standing = registers.standing_of(register, now=now)
    return {
        "register": register,
        "row": register.class_session,
        "batch": register.class_session.batch,
        "lines": lines,
        "rows": rows_of(lines, may_mark=standing.may_mark, show=show, asked=asked),
        "tally": tally_of(lines),
        "show": show if show in SHOWN else "",
        "waiting": sum(line.status == Status.WAITING for line in lines),
        "standing": standing,
        "closed": registers.closed_words(register),
        "has_begun": register.class_session.starts_at <= now,
        "is_code_shown": standing.may_mark and is_checked_in_now(register, now),
        "heads": registers.heads_of(register, lines),
        "called": registers.called_of(register, lines),
        "reasons": reasons(register),
        "symbols": SYMBOLS,
        "fingerprint": register_lines.fingerprint(register),
        "every_ms": EVERY_MS,
        "now": now,
        "words": script_words(register),
        "history": record_address(),
    }


def reasons(register: Register) -> list[str]:
    """Why a teacher mostly marks otherwise than a phone, or corrects what was closed."""
    if register.is_final:
        return [_("Marked by mistake"), _("Came after the register was taken"), _("Was on leave")]
    return [_("Not in the room"), _("Left early"), _("Somebody else’s phone")]


def script_words(register: Register) -> dict[str, Any]:
    """Sentences the page's script shows; `{name}` is filled in there."""
    why = _("This student has checked in. Say why you mark it otherwise.")
    if register.is_final:
        why = _("The register is closed. Say why this is changed.")
    return {
        "saved": _("Saved"),
        "saving": _("Saving…"),
        "kept": _("Kept on this phone"),
        "sends": _("{time}, sends by itself"),
        "signedOut": _("You are signed out"),
        "signIn": _("Sign in again; your marks are kept on this phone."),
        "refused": _("Not taken"),
        "nothing": _("Nothing to save yet"),
        "why": why,
        "keep": _("Keep {status}"),
        "change": _("Change to {status}"),
        "allPresent": _("{count} marked."),
        "leftFlagged": _("{count} left: flagged."),
        "undo": _("Undo"),
        "again": _("This was not sent. Try again."),
        "halves": [time_text(time(9)).split()[-1], time_text(time(21)).split()[-1]],
        "statuses": {one.value: str(one.label) for one in Status},
        "openWords": {"U": _("Mark"), "W": _("To confirm")},
    }


# --- For the script ---------------------------------------------------------------------------------------------------


def line_json(line: Line) -> dict[str, Any]:
    """A line as the page's script puts it into its row."""
    return {
        "student": str(line.student),
        "status": line.status.value,
        "late_min": line.late_min,
        "remark": line.remark,
        "version": line.version,
        "shown": line.shown,
        "flagged": line.is_flagged,
        "tone": line.tone,
        "note": line.note,
        "record": str(line.record) if line.record else None,
    }


def answer_json(outcome: Outcome, sent: Sent, numbers: Mapping[UUID, int], *, now: datetime) -> dict[str, Any]:
    """The records as they now are, and the marks that were not taken with the record each met."""
    students = {pk: str(public_id) for public_id, pk in numbers.items()}
    refused = [
        {
            "student": students.get(one.mark.student_id, ""),
            "code": one.code,
            "message": meanwhile_text(one.record) if one.code == "changed" and one.record else one.message,
            "wanted": one.mark.status.value,
            "record": _record_json(one.record, students) if one.record else None,
        }
        for one in outcome.refused
    ]
    text = _("This student is not on the roll of this class.")
    refused += [{"student": str(one), "code": "not_on_roll", "message": text} for one in sent.strangers]
    local = timezone.localtime(now)
    return {
        "saved_at": now.isoformat(),
        "saved_text": f"{local.hour % 12 or 12}:{local:%M:%S} {clock_text(now).split()[-1]}",
        "records": [_record_json(record, students) for record in outcome.saved],
        "refused": refused,
    }


def meanwhile_text(record: Record) -> str:
    return meanwhile(record, at=record.marked_at)


def _record_json(record: Record, students: Mapping[int, str]) -> dict[str, Any]:
    return {
        "student": students.get(record.student_id, ""),
        "status": record.status,
        "late_min": record.late_min,
        "remark": record.remark,
        "version": record.version,
    }


def asked_of(outcome: Outcome, numbers: Mapping[UUID, int]) -> dict[UUID, Asked]:
    """What the plain form shows again at each student whose mark was not taken."""
    students = {pk: public_id for public_id, pk in numbers.items()}
    again = _("Save again to change it.")
    found = {}
    for one in outcome.refused:
        if one.mark.student_id not in students:
            continue
        message = one.message
        if one.code == "changed" and one.record:
            message = f"{meanwhile_text(one.record)} {again}"
        mark = one.mark
        found[students[mark.student_id]] = Asked(mark.status, message, mark.late_min, mark.remark, mark.reason)
    return found
