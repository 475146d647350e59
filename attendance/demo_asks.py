"""What the demo's students ask: leave and corrections, waiting, granted and refused."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.utils import timezone

from accounts.models import User
from attendance.demo_weeks import number
from attendance.models import CorrectionRequest, Leave, Record, RecordChange
from attendance.models.asks import AskState
from attendance.models.records import Source, Status


@dataclass(frozen=True, slots=True)
class DemoLeave:
    """Days counted from today; `decided_by` is the key of who granted it, asked by the student or by `asked_by`."""

    student: str
    first: int
    last: int
    reason: str
    asked_by: str = ""
    decided_by: str = ""


LEAVES = (
    DemoLeave("devansh", -26, -24, "बहन की शादी, नागपुर", decided_by="meera"),
    DemoLeave("kavya", 4, 6, "Cousin’s wedding in Kochi"),
    DemoLeave("ananya", 9, 9, "School sports day", asked_by="sunil"),
)
WITHIN = timedelta(days=12)
"""A student asks for a correction of the last days only."""


def seed_leaves(people: dict[str, User], *, now: datetime) -> None:
    """Before the registers: who is on leave is not absent."""
    today = timezone.localdate(now)
    Leave.objects.bulk_create([_leave(one, people, today, now) for one in LEAVES])


def _leave(one: DemoLeave, people: dict[str, User], today: date, now: datetime) -> Leave:
    asked_at = now + timedelta(days=min(one.first - 3, 0), hours=-4)
    decider = people.get(one.decided_by)
    return Leave(
        uuid=number(f"leave {one.student} {one.first}"),
        student=people[one.student],
        first_on=today + timedelta(days=one.first),
        last_on=today + timedelta(days=one.last),
        reason=one.reason,
        asked_by=people[one.asked_by or one.student],
        asked_at=asked_at,
        state=AskState.GRANTED if decider else AskState.ASKED,
        decided_by=decider,
        decided_at=asked_at + timedelta(hours=2) if decider else None,
    )


def seed_corrections(people: dict[str, User], *, now: datetime) -> None:
    """The last absences of three students: one asks, one was refused, of one the register was corrected."""
    rows = Record.objects.filter(status=Status.ABSENT, class_session__starts_at__gt=now - WITHIN)
    latest = rows.select_related("class_session__teacher").order_by("-class_session__starts_at", "pk")
    absences: dict[int, Record] = {}
    for row in latest:
        absences.setdefault(row.student_id, row)
    asking, refused, granted = [*absences.values(), None, None, None][:3]
    if asking:
        _ask(asking, "I sat in the second row. My phone was at 0 %.", now)
    if refused:
        late = _ask(refused, "मैं दस मिनट देर से आया था।", now - timedelta(hours=3))
        _decide(late, AskState.REFUSED, "Three of us looked for you in the break.", now)
    if granted:
        upstairs = _ask(granted, "I helped in the laboratory upstairs.", now - timedelta(hours=9))
        _decide(upstairs, AskState.GRANTED, "", now)
        _correct(granted, upstairs)


def _ask(record: Record, reason: str, now: datetime) -> CorrectionRequest:
    return CorrectionRequest.objects.create(
        uuid=number(f"correct {record.uuid}"),
        record=record,
        wanted=Status.PRESENT,
        reason=reason,
        asked_by=record.student,
        asked_at=max(record.marked_at, now - timedelta(hours=5)),
    )


def _decide(row: CorrectionRequest, state: AskState, answer: str, now: datetime) -> None:
    row.state, row.answer, row.decided_by = state, answer, row.record.class_session.teacher
    row.decided_at = max(row.asked_at, now - timedelta(hours=2))
    row.save()


def _correct(record: Record, row: CorrectionRequest) -> None:
    """The register says now what was asked, and its history why."""
    record.status, record.source, record.version = Status.PRESENT, Source.REQUEST, 2
    record.marked_by, record.marked_at = row.decided_by, row.decided_at or row.asked_at
    record.save()
    RecordChange.objects.create(
        record=record,
        version=2,
        was=Status.ABSENT,
        status=record.status,
        source=record.source,
        reason=row.reason,
        is_correction=True,
        by=row.decided_by,
        at=record.marked_at,
    )
