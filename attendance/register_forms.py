"""What a teacher's page sends: marks as JSON from its script, or as the fields of the plain form."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, ClassVar
from uuid import UUID

from django import forms
from django.http import QueryDict
from django.utils.translation import gettext as _

from attendance.marks import MOST_LATE_MIN, REASON_LENGTH, Mark
from attendance.models import Record
from attendance.models.records import Status
from attendance.registers import MOST_HEADS
from coaching.lib.errors import DomainError

AT_ONCE = 500
"""So many marks may come together; a page sends what changed, which is at most a roll."""
MARKED = frozenset({Status.PRESENT, Status.LATE, Status.ABSENT, Status.EXCUSED, Status.UNMARKED})
KEYS = frozenset({"student", "status", "late_min", "remark", "reason", "seen"})


class Malformed(DomainError):
    """What was sent are no marks; `field` names the part."""

    code = "malformed"
    status = 422

    def __init__(self, field: str) -> None:
        super().__init__(_("These marks cannot be read, so none was taken: %(field)s.") % {"field": field})
        self.field = field


@dataclass(slots=True)
class Sent:
    """The marks of those on the roll; `strangers` are the uuids of others."""

    marks: list[Mark] = field(default_factory=list)
    strangers: list[UUID] = field(default_factory=list)

    allowed: ClassVar[frozenset[Status]] = MARKED


def sent_as_json(body: bytes, numbers: Mapping[UUID, int]) -> Sent:
    """`{"marks": [{"student", "status", "late_min"?, "remark"?, "reason"?, "seen"?}]}`. Raises: Malformed."""
    try:
        given = json.loads(body)["marks"]
    except (ValueError, KeyError, TypeError, RecursionError) as error:
        raise Malformed("marks") from error
    if not isinstance(given, list) or len(given) > AT_ONCE:
        raise Malformed("marks")
    sent = Sent()
    for one in given:
        if not isinstance(one, dict) or not set(one) <= KEYS:
            raise Malformed("marks")
        student = _uuid(one.get("student"))
        if student in numbers:
            sent.marks.append(_mark(one, numbers[student]))
        else:
            sent.strangers.append(student)
    return sent


def _mark(one: Mapping[str, Any], student_id: int) -> Mark:
    status = one.get("status")
    if not isinstance(status, str) or status not in MARKED:
        raise Malformed("status")
    return Mark(
        student_id,
        Status(status),
        late_min=_whole(one, "late_min", least=1, most=MOST_LATE_MIN),
        remark=None if one.get("remark") is None else _text(one, "remark"),
        reason=_text(one, "reason"),
        seen=_whole(one, "seen", least=0, most=2**31 - 1),
    )


def _uuid(value: Any) -> UUID:
    try:
        return UUID(value)
    except (ValueError, TypeError, AttributeError) as error:
        raise Malformed("student") from error


def _whole(one: Mapping[str, Any], name: str, *, least: int, most: int) -> int | None:
    value = one.get(name)
    if value is None:
        return None
    if isinstance(value, bool) or not isinstance(value, int) or not least <= value <= most:
        raise Malformed(name)
    return value


def _text(one: Mapping[str, Any], name: str) -> str:
    value = one.get(name, "")
    if not isinstance(value, str) or len(value) > REASON_LENGTH or not _is_text(value):
        raise Malformed(name)
    return value


def _is_text(value: str) -> bool:
    """Without NUL and halves of characters, which JSON can spell and no table keep."""
    return not any(character == "\0" or "\ud800" <= character <= "\udfff" for character in value)


# --- The plain form ---------------------------------------------------------------------------------------------------


def sent_as_form(post: QueryDict, numbers: Mapping[UUID, int], records: Mapping[int, Record]) -> Sent:
    """`s.<student>.<version>.<letter>` (the radios, with what the page showed); `l.` late, `r.` remark, `w.` why.

    What the teacher left as it was shown is no mark of his, so that a check-in meanwhile is no conflict. A remark alone
    goes with whatever the register says now. Raises: Malformed.
    """
    sent = Sent()
    for name, value in post.items():
        kind, _dot, rest = name.partition(".")
        if kind != "s" or not isinstance(value, str):
            continue
        student, version, shown = _radio(rest)
        if student not in numbers:
            sent.strangers.append(student)
            continue
        typed = _Typed(student, value, version, shown, post)
        mark = typed.mark(numbers[student], records.get(numbers[student]))
        if mark:
            sent.marks.append(mark)
    return sent


def _radio(rest: str) -> tuple[UUID, int, str]:
    parts = rest.split(".")
    if len(parts) != 3 or not parts[1].isascii() or not parts[1].isdigit() or len(parts[1]) > 9:
        raise Malformed("student")
    return _uuid(parts[0]), int(parts[1]), parts[2]


@dataclass(frozen=True, slots=True)
class _Typed:
    """The fields of one student, and what the page showed of him: `version` and the letter `shown`."""

    student: UUID
    letter: str
    version: int
    shown: str
    post: QueryDict

    def mark(self, student_id: int, record: Record | None) -> Mark | None:
        """None where nothing was changed."""
        remark, reason = self._text("r"), self._text("w") or ""
        late_min = self._late_min() if self.letter == Status.LATE else None
        if self.letter == self.shown and not (late_min and record and late_min != record.late_min):
            if remark is None or remark == (record.remark if record else ""):
                return None
            now = Status(record.status) if record else Status.UNMARKED
            kept = record.late_min if record else None
            return Mark(student_id, now, kept, remark=remark, reason=reason, seen=record.version if record else 0)
        if self.letter not in MARKED:
            raise Malformed("status")
        return Mark(student_id, Status(self.letter), late_min, remark=remark, reason=reason, seen=self.version)

    def _text(self, kind: str) -> str | None:
        typed = self.post.get(f"{kind}.{self.student}")
        return str(typed).replace("\0", "").strip()[:REASON_LENGTH] if typed is not None else None

    def _late_min(self) -> int | None:
        typed = str(self.post.get(f"l.{self.student}", "")).strip()
        if not typed:
            return None
        if not typed.isascii() or not typed.isdigit() or len(typed) > 4:
            raise Malformed("late_min")
        return max(1, min(int(typed), MOST_LATE_MIN))


class HeadsForm(forms.Form):
    """How many heads somebody counted; empty takes the count back."""

    heads = forms.IntegerField(min_value=0, max_value=MOST_HEADS, required=False)
