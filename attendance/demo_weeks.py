"""Eight weeks of closed registers at the demo institute, with the check-ins they rest on."""

import uuid
import zlib
from collections import defaultdict
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from django.utils import timezone

from accounts.models import User
from attendance.models import CheckInAttempt, CheckInPosition, CheckInRule, Leave, Mode, Record, RecordChange, Register
from attendance.models.check_ins import Decision
from attendance.models.records import Source, Status
from attendance.rules import institute_rule, register_by
from batches.models import ClassSession, Enrolment, Venue
from batches.series import Days

WEEKS = 8
OFTEN_AWAY = {"omkar": 34, "joseph": 29, "chandralekha": 22}
"""Of a hundred classes these miss so many, the others USUALLY_AWAY."""
USUALLY_AWAY, USUALLY_LATE = 7, 7
FORGOTTEN = ("Class 10 foundation (हिन्दी माध्यम)", "NEET 2027 C")
"""Of the last class of these batches nobody took a register."""
CLOSED_AFTER = timedelta(minutes=4)
DEGREE_M = 111_195
"""A degree of latitude."""
_NAMESPACE = uuid.UUID("7c1de5a2-9f30-4f3c-8b55-0e6f4c2f7a91")


@dataclass(slots=True)
class Drawn:
    """Rows of all classes, written at once."""

    records: list[Record] = field(default_factory=list)
    attempts: list[CheckInAttempt] = field(default_factory=list)
    positions: list[CheckInPosition] = field(default_factory=list)

    def save(self) -> None:
        """Check-ins first, for records and positions point at them; each record with its line of history."""
        CheckInAttempt.objects.bulk_create(self.attempts, batch_size=500)
        CheckInPosition.objects.bulk_create(self.positions, batch_size=500)
        Record.objects.bulk_create(self.records, batch_size=500)
        RecordChange.objects.bulk_create([_first_change(row) for row in self.records], batch_size=500)

    def add(self, record: Record, sent: tuple[CheckInAttempt, CheckInPosition | None] | None = None) -> None:
        """A record, resting on the check-in that was sent."""
        self.records.append(record)
        if sent:
            attempt, position = sent
            record.attempt, record.marked_by = attempt, None
            self.attempts.append(attempt)
            self.positions += [position] if position else []


def seed(people: dict[str, User], *, now: datetime) -> None:
    """Every class of these weeks that is over has a closed register, but for the forgotten ones."""
    away = {people[key].pk: percent for key, percent in OFTEN_AWAY.items()}
    students, leaves, institute = _rolls(), _leaves(), institute_rule()
    registers, drawn = [], Drawn()
    for row in _taken(now):
        register = register_of(row, institute)
        register.finalised_at, register.finalised_by = row.ends_at + CLOSED_AFTER, row.teacher
        registers.append(register)
        day = timezone.localdate(row.starts_at)
        for stay in students[row.batch_id]:
            if stay.joined_at >= row.ends_at:
                continue
            if any(day in days for days in leaves[stay.student_id]):
                drawn.add(excused(row, stay.student))
            else:
                drawn.add(*_day_of(register, stay.student, away.get(stay.student_id, USUALLY_AWAY)))
    Register.objects.bulk_create(registers, batch_size=500)
    drawn.save()


def number(name: str) -> uuid.UUID:
    return uuid.uuid5(_NAMESPACE, name)


def _taken(now: datetime) -> list[ClassSession]:
    over = ClassSession.objects.held().filter(ends_at__lte=now - CLOSED_AFTER, ends_at__gt=now - timedelta(weeks=WEEKS))
    rows = list(over.select_related("batch__check_in_rule", "room__venue").order_by("-starts_at", "pk"))
    forgotten = {next((row.pk for row in rows if row.batch.name == name), 0) for name in FORGOTTEN}
    return [row for row in rows if row.pk not in forgotten]


def _rolls() -> dict[int, list[Enrolment]]:
    """Who is in each batch, by the batches' numbers."""
    found: dict[int, list[Enrolment]] = defaultdict(list)
    for stay in Enrolment.objects.select_related("student").order_by("pk"):
        found[stay.batch_id].append(stay)
    return found


def _leaves() -> dict[int, list[Days]]:
    """The days of granted leave, by the students' numbers."""
    found: dict[int, list[Days]] = defaultdict(list)
    for row in Leave.objects.granted():
        found[row.student_id].append(Days(row.first_on, row.last_on))
    return found


def register_of(row: ClassSession, institute: CheckInRule) -> Register:
    """By the rule of its batch, else the institute's, opened when the class began."""
    register = register_by(getattr(row.batch, "check_in_rule", None) or institute, row)
    register.opened_at = row.starts_at
    return register


def excused(row: ClassSession, student: User) -> Record:
    return record(row, student, Status.EXCUSED, source=Source.LEAVE, at=row.ends_at + CLOSED_AFTER)


def record(row: ClassSession, student: User, status: Status, *, at: datetime, **fields: Any) -> Record:
    """As it was first marked; by its teacher unless something else is said."""
    by = row.teacher if fields.get("source", Source.TEACHER) == Source.TEACHER else None
    return Record(class_session=row, student=student, status=status, version=1, marked_at=at, marked_by=by, **fields)


def _day_of(
    register: Register, student: User, away: int
) -> tuple[Record, tuple[CheckInAttempt, CheckInPosition | None] | None]:
    """How this class was for this student, by a number from 0 to 99 that is always the same, and his check-in."""
    row = register.class_session
    chance = zlib.crc32(row.uuid.bytes + student.uuid.bytes) % 100
    if chance < away:
        return record(row, student, Status.ABSENT, source=Source.CLOSING, at=row.ends_at + CLOSED_AFTER), None
    late_min = register.late_after_min + 1 + chance % 9 if chance < away + USUALLY_LATE else None
    status = Status.LATE if late_min else Status.PRESENT
    minutes = chance % 13 - 8 if late_min is None else late_min - 0.5
    found = record(row, student, status, at=row.starts_at + timedelta(minutes=minutes), late_min=late_min)
    return found, None if register.mode == Mode.TEACHER else check_in(found, metres=chance % 31)


def check_in(record: Record, *, metres: float, accuracy_m: float = 11) -> tuple[CheckInAttempt, CheckInPosition | None]:
    """What a record rests on: a position so far north of the venue's middle, or, every fifth time, the code."""
    row, student = record.class_session, record.student
    venue = row.room.venue if row.room else None
    attempt = CheckInAttempt(
        uuid=number(f"{row.uuid} {student.uuid}"),
        register_id=row.pk,
        student=student,
        client_uuid=number(f"sent {row.uuid} {student.uuid}"),
        received_at=record.marked_at,
        status=record.status,
        agent="Chrome, Android",
        device_hash=student.uuid.hex,
    )
    if venue is None or metres % 5 == 0:
        record.source, attempt.code_ok, attempt.code_age_s, attempt.reasons = Source.CODE, True, 8, ["code_valid"]
        return attempt, None
    record.source, attempt.decision, attempt.reasons = Source.POSITION, Decision.INSIDE, ["inside"]
    return attempt, place(attempt, venue, metres=metres, accuracy_m=accuracy_m)


def place(attempt: CheckInAttempt, venue: Venue, *, metres: float, accuracy_m: float) -> CheckInPosition:
    """Where a check-in came from."""
    attempt.fix_age_ms, attempt.accuracy_m, attempt.distance_m, attempt.venue = 1200, accuracy_m, metres, venue
    north = float(venue.latitude) + metres / DEGREE_M
    return CheckInPosition(
        attempt=attempt, latitude=north, longitude=float(venue.longitude), taken_at=attempt.received_at
    )


def _first_change(row: Record) -> RecordChange:
    """The line of history with which a record began."""
    return RecordChange(
        record=row,
        version=1,
        was=Status.UNMARKED,
        status=row.status,
        late_min=row.late_min,
        source=row.source,
        by=row.marked_by,
        at=row.marked_at,
    )
