"""The one door to a record: each change of it is written under its lock, together with its line of history.

A teacher's mark says which version he saw; when somebody else has changed the record since, and to something else, it
comes back as a conflict and nothing is overwritten. The same mark sent twice is one. What a check-in says can be
overruled only with a reason, and so can anything after the register is final.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.db import transaction
from django.http import HttpRequest
from django.utils.translation import gettext as _

from accounts import activity
from accounts.models import User
from attendance import news
from attendance.models import Record, RecordChange, Register
from attendance.models.records import AUTOMATIC, SAID, THERE, Source, Status
from attendance.rules import is_closed, require_not_frozen
from batches.models import ClassSession, Enrolment
from coaching.lib.text import one_line

COLUMNS = ("status", "late_min", "remark", "source", "version", "marked_by_id", "marked_at")
"""What a change changes; of several at once never the check-in a record rests on."""
MOST_LATE_MIN = 720
REASON_LENGTH = 200


@dataclass(frozen=True, slots=True)
class Mark:
    """What a register should say of one student; `seen` is the version of the record it was decided on, None: any."""

    student_id: int
    status: Status
    late_min: int | None = None
    remark: str | None = None
    reason: str = ""
    seen: int | None = None


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why a mark was not taken: `changed` since it was seen, `reason` is missing, `not_on_roll`, `final`."""

    code: str
    message: str
    mark: Mark
    record: Record | None = None


@dataclass(frozen=True, slots=True)
class Outcome:
    """The records as they now are, and the marks that were not taken."""

    saved: list[Record] = field(default_factory=list)
    refused: list[Refusal] = field(default_factory=list)


def students_on_roll(class_session: ClassSession) -> set[int]:
    """The numbers of those who belong to the batch while the class is held."""
    stays = Enrolment.objects.filter(batch=class_session.batch_id)
    held = stays.on_roll(starts_at=class_session.starts_at, ends_at=class_session.ends_at)
    return set(held.order_by().values_list("student_id", flat=True))


@transaction.atomic
def set_marks(
    register: Register,
    marks: Sequence[Mark],
    *,
    actor: User,
    now: datetime,
    request: HttpRequest | None = None,
) -> Outcome:
    """What a teacher or the office says; each mark by itself is taken or refused, the last of several of a student.

    Who marked what stands in the history of each record; the activity log names corrections of closed registers.

    Raises: PeriodFrozen.
    """
    class_session = register.class_session
    require_not_frozen(class_session)
    markable = _markable(class_session, {mark.student_id for mark in marks})
    wanted = {mark.student_id: mark for mark in marks if mark.student_id in markable}
    stranger = _("This student is not on the roll of this class.")
    strangers = [Refusal("not_on_roll", stranger, mark) for mark in marks if mark.student_id not in markable]
    records = locked_records(class_session.pk, wanted)
    is_final = is_closed(register.pk)
    refused = {pk: found for pk, mark in wanted.items() if (found := _refusal(records[pk], mark, is_final=is_final))}
    saved = {pk: records[pk] for pk in wanted if pk not in refused}
    changes = [
        _put(record, wanted[pk], source=Source.of(actor), by=actor, now=now, is_final=is_final)
        for pk, record in saved.items()
        if not _says(record, wanted[pk])
    ]
    _write([records[change.record.student_id] for change in changes], changes)
    if changes and is_final:
        _note_corrections(class_session, changes, actor=actor, now=now, request=request)
    return Outcome([*saved.values()], [*strangers, *refused.values()])


def _markable(class_session: ClassSession, student_ids: set[int]) -> set[int]:
    """Of these, who is on the roll, and who has a record though his enrolment was ended for that day afterwards."""
    on_roll = student_ids & students_on_roll(class_session)
    left = student_ids - on_roll
    if not left:
        return on_roll
    known = Record.objects.filter(class_session=class_session, student__in=left).order_by()
    return on_roll | set(known.values_list("student_id", flat=True))


def locked_records(class_session_id: int, student_ids: Iterable[int]) -> dict[int, Record]:
    """The records of these students in this class by their numbers, made where there was none. Inside a transaction.

    Two statements, and in the order of their keys, so that two who mark the same class wait for each other.
    """
    wanted = sorted(set(student_ids))
    known = Record.objects.filter(class_session=class_session_id, student__in=wanted)
    missing = set(wanted) - set(known.order_by().values_list("student_id", flat=True))
    fresh = [Record(class_session_id=class_session_id, student_id=pk) for pk in sorted(missing)]
    Record.objects.bulk_create(fresh, ignore_conflicts=True)
    return {row.student_id: row for row in known.select_for_update().order_by("pk")}


def put(
    record: Record,
    *,
    status: Status,
    late_min: int | None = None,
    source: Source,
    by: User | None,
    reason: str = "",
    now: datetime,
    is_final: bool = False,
) -> None:
    """Write one locked record with its history; `record.attempt` may have been set before."""
    mark = Mark(record.student_id, status, late_min, reason=reason)
    change = _put(record, mark, source=source, by=by, now=now, is_final=is_final)
    _write([record], [change])


def put_all(records: Sequence[Record], *, status: Status, source: Source, by: User | None, now: datetime) -> None:
    """Write many locked records at once with their histories, as when a register is closed."""
    changes = [
        _put(row, Mark(row.student_id, status), source=source, by=by, now=now, is_final=False) for row in records
    ]
    _write(records, changes)


def _note_corrections(
    class_session: ClassSession,
    changes: Sequence[RecordChange],
    *,
    actor: User,
    now: datetime,
    request: HttpRequest | None,
) -> None:
    """Of a closed register: a line of the log, and news to whom it concerns."""
    name, count = str(class_session), len(changes)
    activity.record("attendance.corrected", actor=actor, on=class_session, request=request, name=name, count=count)
    news.of_corrections(class_session, changes, actor=actor, now=now)


# --- Rules ------------------------------------------------------------------------------------------------------------


def _refusal(record: Record, mark: Mark, *, is_final: bool) -> Refusal | None:
    if _says(record, mark):
        return None
    if mark.seen is not None and mark.seen != record.version:
        words = {"status": Status(record.status).label}
        return Refusal("changed", _("Meanwhile the register says: %(status)s.") % words, mark, record)
    if is_final and mark.status == Status.UNMARKED:
        return Refusal("final", _("A closed register says something of everybody. Choose what is right."), mark)
    if not _line(mark.reason) and (is_final or overrules(record, mark.status)):
        text = _("The register is closed. Say why this is changed.")
        if not is_final:
            text = _("This student has checked in. Say why you mark it otherwise.")
        return Refusal("reason", text, mark, record)
    return None


def overrules(record: Record, status: str) -> bool:
    """Whether this would take back what a check-in has shown, also when a teacher has called it late since."""
    rests_on_check_in = record.source in AUTOMATIC or record.attempt_id is not None
    return rests_on_check_in and record.status in THERE and status not in THERE


def _says(record: Record, mark: Mark) -> bool:
    """Whether the record says so already."""
    same_remark = mark.remark is None or _line(mark.remark) == record.remark
    return record.status == mark.status and _late_min(mark) == record.late_min and same_remark


def _late_min(mark: Mark) -> int | None:
    if mark.status != Status.LATE or mark.late_min is None:
        return None
    return max(1, min(mark.late_min, MOST_LATE_MIN))


# --- Rows -------------------------------------------------------------------------------------------------------------


def _put(record: Record, mark: Mark, *, source: Source, by: User | None, now: datetime, is_final: bool) -> RecordChange:
    """Change the row in memory; the line of history that goes with it."""
    was, record.version = record.status, record.version + 1
    record.status, record.late_min = mark.status, _late_min(mark)
    if mark.remark is not None:
        record.remark = _line(mark.remark)
    record.source, record.marked_by, record.marked_at = source, by, now
    return RecordChange(
        record=record,
        version=record.version,
        was=was,
        status=record.status,
        late_min=record.late_min,
        source=source,
        reason=_line(mark.reason),
        is_correction=is_final,
        by=by,
        at=now,
    )


def _line(typed: str) -> str:
    return one_line(typed, at_most=REASON_LENGTH)


def _write(records: Sequence[Record], changes: Sequence[RecordChange]) -> None:
    """Many that come to say the same are one statement: a row of its own for each takes seconds for a full hall."""
    if len(records) == 1:
        records[0].save(update_fields=[*COLUMNS, "attempt"])
    else:
        alike: dict[tuple[Any, ...], list[int]] = defaultdict(list)
        for row in records:
            alike[tuple(getattr(row, name) for name in COLUMNS)].append(row.pk)
        for values, numbers in alike.items():
            Record.objects.filter(pk__in=numbers).update(**dict(zip(COLUMNS, values, strict=True)))
    RecordChange.objects.bulk_create(changes, batch_size=200)


def is_said(record: Record | None) -> bool:
    """Whether anybody has said a final word."""
    return record is not None and record.status in SAID
