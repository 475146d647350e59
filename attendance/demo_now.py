"""A class of the demo institute that is held now, so that a visitor can check in, and see a register fill up."""

from datetime import datetime, timedelta

from django.db.models import Q

from accounts.models import User
from attendance.demo_weeks import Drawn, check_in, number, place, record, register_of
from attendance.models import CheckInAttempt, Flag
from attendance.models.check_ins import Decision
from attendance.models.records import Status
from attendance.rules import institute_rule
from batches.models import Batch, ClassSession, Enrolment, Room

BATCHES = ("JEE 2027 A", "CS: Python and DSA")
"""The first of these that can: the student whom visitors are most likely to be is in both."""
BEGAN, LASTS, LEAST, LEFT = (timedelta(minutes=minutes) for minutes in (4, 90, 20, 5))
FIVE_MIN_S = 300
FAR_M = 2351
HERE = (  # who checked in, how far from the middle, so many minutes ago
    ("arshad", 12, 7),
    ("priyanka", 20, 5),
    ("kavya", 25, 4),
    ("joseph", 31, 3),
    ("chandralekha", 33, 2),
)
ONE_PHONE = ("joseph", "chandralekha")
UNSURE, ELSEWHERE = "harpreet", "omkar"


def seed(people: dict[str, User], *, now: datetime) -> None:
    """With check-ins of all kinds in it; nothing when there is no room for such a class at this hour."""
    batches = [Batch.objects.filter(name=name).first() for name in BATCHES]
    row = next((row for batch in batches if batch and (row := _class_now(batch, people, now))), None)
    if row is None:
        return
    register_of(row, institute_rule()).save(force_insert=True)
    stays = Enrolment.objects.filter(batch=row.batch_id).on_roll(starts_at=row.starts_at, ends_at=row.ends_at)
    roll = set(stays.values_list("student", flat=True))
    present = {key: one for key, one in people.items() if one.pk in roll}
    drawn = Drawn()
    for key, metres, minutes in HERE:
        if key in present:
            found = record(row, present[key], Status.PRESENT, at=now - timedelta(minutes=minutes))
            drawn.add(found, check_in(found, metres=metres))
    if UNSURE in present:
        _unsure(drawn, row, present[UNSURE], now)
    if ELSEWHERE in present:
        _elsewhere(drawn, row, present[ELSEWHERE], now)
    drawn.save()
    _flags(drawn.attempts, people)


def _class_now(batch: Batch, people: dict[str, User], now: datetime) -> ClassSession | None:
    """The batch's class that is on and has some time left; else one more, between whatever else these people have."""
    on = batch.class_sessions.held().filter(starts_at__lte=now, ends_at__gt=now + LEFT)
    found = on.select_related("batch__check_in_rule", "room__venue", "teacher").first()
    return found or _one_more(batch, people, now)


def _one_more(batch: Batch, people: dict[str, User], now: datetime) -> ClassSession | None:
    """For doubts, with a teacher and in a room that are free until it ends."""
    held = ClassSession.objects.held()
    before = held.filter(ends_at__lte=now).order_by("-ends_at").values_list("ends_at", flat=True)[:1]
    starts_at = max(_on_the_clock(now - BEGAN), *before)
    coming = held.filter(starts_at__lt=starts_at + LASTS, ends_at__gt=starts_at)
    mates = Enrolment.objects.filter(batch=batch).values("student")
    theirs = coming.filter(Q(batch=batch) | Q(batch__enrolments__student__in=mates)).order_by("starts_at").first()
    ends_at = min(starts_at + LASTS, theirs.starts_at) if theirs else starts_at + LASTS
    taken = coming.filter(starts_at__lt=ends_at)
    busy, full = set(taken.values_list("teacher", flat=True)), set(taken.values_list("room", flat=True))
    teacher = next((people[key] for key in ("subramaniam", "meera", "imran") if people[key].pk not in busy), None)
    room = next((one for one in Room.objects.exclude(venue=None).order_by("name") if one.pk not in full), None)
    if ends_at - now < LEAST or teacher is None or room is None:
        return None
    return ClassSession.objects.create(
        uuid=number("now"),
        batch=batch,
        starts_at=starts_at,
        ends_at=ends_at,
        teacher=teacher,
        room=room,
        topic="Doubts",
    )


def _on_the_clock(moment: datetime) -> datetime:
    """The last moment before it at which a clock shows five minutes more."""
    return moment - timedelta(seconds=moment.timestamp() % FIVE_MIN_S)


def _unsure(drawn: Drawn, row: ClassSession, student: User, now: datetime) -> None:
    """Near the edge, by a phone that is not sure: it waits for the teacher."""
    found = record(row, student, Status.WAITING, at=now - timedelta(minutes=2))
    attempt, _position = check_in(found, metres=61)
    attempt.decision, attempt.reasons = Decision.UNCERTAIN, ["uncertain"]
    venue = attempt.venue
    drawn.add(found, (attempt, place(attempt, venue, metres=61, accuracy_m=48) if venue else None))


def _elsewhere(drawn: Drawn, row: ClassSession, student: User, now: datetime) -> None:
    """From home: kept and flagged; the register says nothing of him."""
    found = record(row, student, Status.UNMARKED, at=now - timedelta(minutes=1))
    attempt, position = check_in(found, metres=FAR_M)
    attempt.decision, attempt.reasons, attempt.status = Decision.OUTSIDE, ["outside"], ""
    drawn.attempts.append(attempt)
    drawn.positions += [position] if position else []


def _flags(attempts: list[CheckInAttempt], people: dict[str, User]) -> None:
    """As they would have been noted when these came in."""
    for one in attempts:
        if one.decision == Decision.OUTSIDE:
            Flag.objects.create(attempt=one, kind=Flag.Kind.OUTSIDE, made_at=one.received_at)
    sharing = [one for one in attempts if one.student in [people[key] for key in ONE_PHONE]]
    if len(sharing) > 1:
        first, second = sharing
        Flag.objects.create(attempt=second, kind=Flag.Kind.SAME_DEVICE, other=first, made_at=second.received_at)
