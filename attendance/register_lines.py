"""The lines of a register: who is on the roll, what the record says of each, and what speaks for it.

lines_of(register, viewer=…)     all lines by name, in as many queries for three students as for two hundred
fingerprint(register)            a short text that changes whenever a line does; one query
"""

from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from django.db.models import Q, QuerySet, Sum
from django.utils import timezone

from accounts.models import User
from attendance.models import CheckInAttempt, Flag, Leave, Record, Register
from attendance.models.asks import AskState
from attendance.models.records import AUTOMATIC, BY_CHECK_IN, THERE, Status
from attendance.register_evidence import Attempt, Facts, note_of
from batches.models import ClassSession, Enrolment
from coaching.lib.counts import Of, counted

STREAK_OF = 6
"""So many classes before this one are looked at for absences in a row."""


@dataclass(slots=True)
class Line:
    """One student in the register of one class. `shown`: a check-in says he was there; `record` is None before any."""

    student: UUID
    student_id: int
    name: str
    status: Status = Status.UNMARKED
    late_min: int | None = None
    remark: str = ""
    version: int = 0
    record: UUID | None = None
    shown: bool = False
    by_check_in: bool = False
    is_flagged: bool = False
    on_leave: bool = False
    tone: str = ""
    note: str = ""


def roll_of(class_session: ClassSession) -> QuerySet[Enrolment]:
    """The stays of those who belong to the batch while the class is held, by the student's name."""
    stays = Enrolment.objects.filter(batch=class_session.batch_id)
    held = stays.on_roll(starts_at=class_session.starts_at, ends_at=class_session.ends_at)
    return held.order_by("student__name", "student_id")


def numbers_of(class_session: ClassSession) -> dict[UUID, int]:
    """Of everybody on the roll: by the uuid a page knows, the number the tables know."""
    return dict(roll_of(class_session).order_by().values_list("student__uuid", "student_id"))


def lines_of(register: Register, *, viewer: User) -> list[Line]:
    """One line for each student on the roll, with the words for his check-ins, leave and absences before."""
    class_session = register.class_session
    stays = roll_of(class_session).values_list("student_id", "student__uuid", "student__name")
    lines = {pk: Line(public_id, pk, name) for pk, public_id, name in stays}
    records = _records(class_session)
    attempts, flags = _attempts(register), _flags(register)
    leaves, absences = _leaves(class_session), _absences(class_session)
    for pk, line in lines.items():
        record = records.get(pk)
        facts = Facts(
            record=record,
            attempts=attempts[pk],
            flags=flags[pk],
            leave=leaves.get(pk),
            absences=absences.get(pk, 0),
            viewer_id=viewer.pk,
            opens_at=register.opens_at,
        )
        if record:
            _fill(line, record)
        line.shown = line.shown or (line.status in THERE and facts.was_there)
        line.is_flagged = bool(facts.flags)
        line.on_leave = bool(facts.leave and facts.leave.is_granted)
        line.tone, line.note = note_of(facts)
    return list(lines.values())


def _fill(line: Line, record: Record) -> None:
    line.status, line.late_min, line.remark = Status(record.status), record.late_min, record.remark
    line.version, line.record = record.version, record.uuid
    line.shown = record.source in AUTOMATIC and record.status in THERE
    line.by_check_in = record.source in BY_CHECK_IN


def fingerprint(register: Register) -> str:
    """Changes with the roll, the records, the check-ins, the flags and the register's own row."""
    class_session = register.class_session
    records = Record.objects.filter(class_session=class_session)
    figures = counted(
        roll=roll_of(class_session).values("student_id").distinct(),
        records=records,
        versions=Of(records, Sum("version")),
        attempts=CheckInAttempt.objects.filter(register=register.pk),
        flags=Flag.objects.filter(attempt__register=register.pk, reviewed_at=None),
    )
    own = (register.finalised_at, register.headcount_at, len(register.called), class_session.sequence)
    return "-".join(str(part or 0) for part in (*figures.values(), *map(_plain, own)))


def _plain(part: object) -> object:
    return int(part.timestamp()) if isinstance(part, datetime) else part


# --- Rows -------------------------------------------------------------------------------------------------------------


def _records(class_session: ClassSession) -> dict[int, Record]:
    rows = Record.objects.filter(class_session=class_session).select_related("marked_by").order_by()
    needed = ("uuid", "student_id", "class_session_id", "status", "late_min", "remark", "source", "version")
    rows = rows.only(*needed, "attempt_id", "marked_at", "marked_by__name")
    return {row.student_id: row for row in rows}


def _attempts(register: Register) -> dict[int, list[Attempt]]:
    """Of each student, the oldest first."""
    found: dict[int, list[Attempt]] = defaultdict(list)
    rows = CheckInAttempt.objects.filter(register=register.pk).order_by("received_at", "pk")
    columns = ("pk", "received_at", "decision", "distance_m", "code_ok", "is_offline", "status")
    for student_id, *values in rows.values_list("student_id", *columns):
        found[student_id].append(Attempt(*values))
    return found


def _flags(register: Register) -> dict[int, list[str]]:
    found: dict[int, list[str]] = defaultdict(list)
    rows = Flag.objects.filter(attempt__register=register.pk, reviewed_at=None).order_by("pk")
    for student_id, kind in rows.values_list("attempt__student_id", "kind"):
        if kind not in found[student_id]:
            found[student_id].append(kind)
    return found


@dataclass(frozen=True, slots=True)
class LeaveThen:
    """Leave that covers the day of the class."""

    last_on: date
    is_granted: bool


def _leaves(class_session: ClassSession) -> dict[int, LeaveThen]:
    """Of each student who asked for leave on that day, the granted one when there are two."""
    day = timezone.localdate(class_session.starts_at)
    concerned = Q(student__in=roll_of(class_session).order_by().values("student"))
    rows = Leave.objects.filter(concerned, first_on__lte=day, last_on__gte=day)
    rows = rows.filter(state__in=[AskState.ASKED, AskState.GRANTED]).order_by("-state")  # GRANTED overwrites ASKED
    columns = rows.values_list("student_id", "last_on", "state")
    found: dict[int, LeaveThen] = {}
    for student_id, last_on, state in columns:
        known = found.get(student_id)
        if known is None or not known.is_granted:
            found[student_id] = LeaveThen(last_on, state == AskState.GRANTED)
    return found


def _absences(class_session: ClassSession) -> dict[int, int]:
    """How many of the classes just before this one each student was absent from, without one in between."""
    before = ClassSession.objects.held().filter(batch=class_session.batch_id, register__finalised_at__isnull=False)
    before = before.filter(starts_at__lt=class_session.starts_at).order_by("-starts_at", "-pk")
    classes: list[int] = list(before.values_list("pk", flat=True)[:STREAK_OF])
    absent: dict[int, set[int]] = defaultdict(set)
    rows = Record.objects.filter(class_session__in=classes, status=Status.ABSENT).order_by()
    for student_id, class_id in rows.values_list("student_id", "class_session_id") if classes else ():
        absent[student_id].add(class_id)
    return {student_id: _in_a_row(missed, classes) for student_id, missed in absent.items()}


def _in_a_row(missed: Collection[int], classes: list[int]) -> int:
    return next((n for n, pk in enumerate(classes) if pk not in missed), len(classes))
