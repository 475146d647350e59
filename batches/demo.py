"""The demo institute's batches: a venue with rooms, four batches with a year of classes, and an ordinary week.

Made once, around the day on which that is; whatever somebody has changed since stays.
"""

import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone

from accounts.models import User
from accounts.zones import INSTITUTE_ZONE
from batches.models import (
    Batch,
    ClassSession,
    Enrolment,
    Holiday,
    JoinRequest,
    Room,
    Subject,
    Teaching,
    Venue,
    WeeklySlot,
)
from batches.series import DAY, Days, instant, span, weekly

_NAMESPACE = uuid.UUID("c9f1b7de-2f61-4c5b-8f0e-7a4a3a1f0d52")
WEEKS_BACK, WEEKS_AHEAD = 20, 32
CLASSES_A_CHAPTER = 4
MON, TUE, WED, THU, FRI, SAT, SUN = range(7)


@dataclass(frozen=True, slots=True)
class DemoSlot:
    """Some weekdays at one time; `teacher` and `room` by their keys and names."""

    days: tuple[int, ...]
    starts: time
    ends: time
    subject: str
    teacher: str
    room: str = ""


@dataclass(frozen=True, slots=True)
class DemoBatch:
    """A batch, by `key`; its students by the keys of `accounts.demo`."""

    key: str
    name: str
    slots: tuple[DemoSlot, ...]
    students: tuple[str, ...]
    seats: int | None = None
    link: str = ""


_EVENING, _LATER = (time(17), time(18, 30)), (time(18, 45), time(20, 15))
_MORNING = (time(8), time(9, 30))
BATCHES = (
    DemoBatch(
        "jee",
        "JEE 2027 A",
        (
            DemoSlot((TUE, THU, SAT), *_EVENING, "Physics", "subramaniam", "Room 3"),
            DemoSlot((TUE, THU, SAT), *_LATER, "Chemistry", "meera", "Room 1"),
            DemoSlot((MON, WED, FRI), *_EVENING, "Mathematics", "imran", "Room 2"),
            DemoSlot((SUN,), time(10), time(12), "Physics", "subramaniam", "Room 3"),
        ),
        ("ananya", "arshad", "priyanka", "peddireddy", "harpreet", "joseph", "chandralekha", "omkar"),
        seats=40,
    ),
    DemoBatch(
        "neet",
        "NEET 2027 C",
        (
            DemoSlot((MON, WED, FRI), *_MORNING, "Chemistry", "meera", "Room 2"),
            DemoSlot((TUE, THU), *_MORNING, "Biology", "imran", "Room 2"),
            DemoSlot((SAT,), *_MORNING, "Physics", "subramaniam", "Room 2"),
        ),
        ("ritika", "kavya", "devansh"),
        seats=3,
    ),
    DemoBatch(
        "board",
        "Class 10 foundation (हिन्दी माध्यम)",
        (DemoSlot((MON, TUE, WED, THU, FRI, SAT), time(11), time(12), "Science", "meera", "Room 4"),),
        ("aarav", "omkar", "devansh"),
    ),
    DemoBatch(
        "cs",
        "CS: Python and DSA",
        (
            DemoSlot((MON, WED, FRI), time(19), time(20, 30), "Computer science", "imran"),
            DemoSlot((SUN,), time(17), time(18, 30), "Computer science", "imran"),
        ),
        ("ananya", "joseph", "kavya"),
        seats=60,
        link="https://meet.pragati.example/python",
    ),
)
CHAPTERS = {
    "Physics": ("Kinematics", "Laws of motion", "Work and energy", "Rotational motion", "Gravitation", "Ray optics"),
    "Chemistry": ("Mole concept", "Chemical bonding", "Equilibrium", "Electrochemistry", "Chemical kinetics"),
    "Mathematics": ("Quadratic equations", "Sequences", "Trigonometry", "Limits", "Derivatives", "Vectors"),
    "Biology": ("The living cell", "Plant physiology", "Human physiology", "Genetics", "Ecology"),
    "Science": ("प्रकाश", "अम्ल, क्षार और लवण", "विद्युत", "जीवन की प्रक्रियाएँ", "कार्बन और उसके यौगिक"),
    "Computer science": ("Lists and loops", "Functions", "Recursion", "Sorting", "Graphs"),
}
ROOMS = (("Room 1", 48), ("Room 2", 40), ("Room 3", 60), ("Room 4", 36))
FIXED_HOLIDAYS = (
    (1, 26, "Republic Day"),
    (5, 1, "Maharashtra Day"),
    (8, 15, "Independence Day"),
    (10, 2, "Gandhi Jayanti"),
    (12, 25, "Christmas"),
)


@transaction.atomic
def seed(people: dict[str, User]) -> None:
    """All of it, unless the first batch is there already."""
    if Batch.objects.filter(uuid=_number(BATCHES[0].key)).exists():
        return
    today = timezone.localdate()
    monday = today - DAY * today.weekday()
    days = Days(monday - DAY * 7 * WEEKS_BACK, monday + DAY * (7 * WEEKS_AHEAD - 1))
    holidays = _holidays(monday, days)
    rooms = _rooms()
    subjects = {name: Subject.objects.get_or_create(name=name)[0] for name in CHAPTERS}
    batches = {one.key: _batch(one, days, people, subjects, rooms, holidays) for one in BATCHES}
    _enrol(batches, people, days.first)
    _ordinary_week(batches, people, rooms, today)


def _number(name: str) -> uuid.UUID:
    return uuid.uuid5(_NAMESPACE, name)


def _rooms() -> dict[str, Room]:
    fields = {"latitude": "20.006400", "longitude": "73.764500", "radius_m": 60}
    venue, _new = Venue.objects.get_or_create(name="College Road", defaults=fields)
    return {
        name: Room.objects.get_or_create(name=name, defaults={"venue": venue, "seats": seats})[0]
        for name, seats in ROOMS
    }


def _holidays(monday: date, days: Days) -> list[Holiday]:
    """Those of the calendar, a Diwali break that is just over, and one next week."""
    gone, coming = monday - DAY * 14, monday + DAY * 8
    found = [("Diwali break", gone, gone + DAY * 5), ("Guru Nanak Jayanti", coming, coming)]
    for year in range(days.first.year, days.last.year + 1):
        for month, number, name in FIXED_HOLIDAYS:
            day = date(year, month, number)
            if day in days:
                found.append((name, day, day))
    return [Holiday.objects.get_or_create(name=name, starts_on=first, ends_on=last)[0] for name, first, last in found]


def _batch(
    one: DemoBatch,
    days: Days,
    people: dict[str, User],
    subjects: dict[str, Subject],
    rooms: dict[str, Room],
    holidays: list[Holiday],
) -> Batch:
    batch = Batch.objects.create(
        uuid=_number(one.key),
        name=one.name,
        mode=Batch.Mode.ONLINE if one.link else Batch.Mode.CLASSROOM,
        venue=None if one.link else Venue.objects.get(name="College Road"),
        link=one.link,
        seats=one.seats,
        starts_on=days.first,
        ends_on=days.last,
    )
    taught = {(slot.teacher, slot.subject) for slot in one.slots}
    batch.subjects.set([subjects[subject] for _teacher, subject in taught])
    for teacher, subject in sorted(taught):
        Teaching.objects.create(batch=batch, teacher=people[teacher], subject=subjects[subject])
    for slot in one.slots:
        for weekday in slot.days:
            row = WeeklySlot.objects.create(
                uuid=_number(f"{one.key} {weekday} {slot.starts}"),
                batch=batch,
                weekday=weekday,
                starts_at=slot.starts,
                ends_at=slot.ends,
                subject=subjects[slot.subject],
                teacher=people[slot.teacher],
                room=rooms.get(slot.room),
                starts_on=days.first,
                ends_on=days.last,
            )
            ClassSession.objects.bulk_create(_classes(row, holidays))
    _name_topics(batch)
    return batch


def _classes(slot: WeeklySlot, holidays: list[Holiday]) -> Iterator[ClassSession]:
    """One a week; on holidays none, but next week's holiday came when the timetable stood already."""
    late = holidays[1]
    free = [Days(one.starts_on, one.ends_on) for one in holidays if one is not late]
    for day in weekly(slot.weekday, Days(slot.starts_on, slot.ends_on), free=free):
        held = span(day, slot.starts_at, slot.ends_at, INSTITUTE_ZONE)
        is_off = late.starts_on <= day <= late.ends_on
        yield ClassSession(
            uuid=uuid.uuid5(slot.uuid, day.isoformat()),
            batch=slot.batch,
            slot=slot,
            on=day,
            starts_at=held.starts_at,
            ends_at=held.ends_at,
            subject=slot.subject,
            teacher=slot.teacher,
            room=slot.room,
            mode=slot.batch.mode,
            cancelled_at=timezone.now() if is_off else None,
            holiday=late if is_off else None,
            reason=late.name if is_off else "",
            sequence=int(is_off),
        )


def _name_topics(batch: Batch) -> None:
    """Chapter by chapter, numbered, over a subject's classes in the order of time."""
    counts: dict[int, int] = {}
    rows = list(batch.class_sessions.held().select_related("subject").order_by("starts_at"))
    for row in rows:
        if row.subject is None:
            continue
        number = counts.get(row.subject.pk, 0)
        counts[row.subject.pk] = number + 1
        chapters = CHAPTERS[row.subject.name]
        chapter = chapters[number // CLASSES_A_CHAPTER % len(chapters)]
        row.topic = f"{chapter} {number % CLASSES_A_CHAPTER + 1}"
    ClassSession.objects.bulk_update(rows, ["topic"])


def _enrol(batches: dict[str, Batch], people: dict[str, User], first: date) -> None:
    """Everybody from the first day but one, who came later; one waits for a seat, one for a teacher's yes."""
    began = instant(first, time(0), INSTITUTE_ZONE)
    office = people["rajendra"]
    for one in BATCHES:
        for key in one.students:
            joined_at = began + timedelta(weeks=6) if key == "joseph" else began
            Enrolment.objects.create(
                batch=batches[one.key], student=people[key], joined_at=joined_at, created_by=office
            )
    now = timezone.now()
    JoinRequest.objects.create(
        batch=batches["neet"], student=people["harpreet"], state=JoinRequest.State.WAITING, asked_at=now - DAY * 2
    )
    JoinRequest.objects.create(
        batch=batches["cs"], student=people["arshad"], state=JoinRequest.State.ASKED, asked_at=now - timedelta(hours=5)
    )


def _ordinary_week(batches: dict[str, Batch], people: dict[str, User], rooms: dict[str, Room], today: date) -> None:
    """One class cancelled, one moved, one given to a substitute, one in another room, and one that clashes."""
    by, now = people["rajendra"], timezone.now()
    after = instant(today + DAY, time(0), INSTITUTE_ZONE)
    changed = {"sequence": 1, "changed_by": by, "changed_at": now}
    _next(batches["neet"], "Biology", after).update(
        cancelled_at=now, reason="Imran Shaikh is at a conference", **changed
    )
    _next(batches["cs"], "Computer science", after).update(
        teacher=people["subramaniam"], own=["teacher"], reason="Imran Shaikh is at a wedding", **changed
    )
    _next(batches["jee"], "Chemistry", after).update(room=rooms["Room 3"], own=["room"], **changed)
    moved = _next(batches["jee"], "Mathematics", after).get()
    earlier = timedelta(hours=2)
    ClassSession.objects.filter(pk=moved.pk).update(
        starts_at=moved.starts_at - earlier,
        ends_at=moved.ends_at - earlier,
        moved_from=moved.starts_at,
        own=["starts_at", "ends_at"],
        reason="The hall is needed for the parents’ meeting",
        **changed,
    )
    beside = _next(batches["board"], "Science", after).get()
    ClassSession.objects.create(
        uuid=_number("lab"),
        batch=batches["cs"],
        starts_at=beside.starts_at + timedelta(minutes=30),
        ends_at=beside.ends_at + timedelta(minutes=30),
        teacher=people["imran"],
        room=beside.room,
        topic="Lab: first program",
    )


def _next(batch: Batch, subject: str, after: datetime) -> QuerySet[ClassSession]:
    """The batch's first class in this subject from then on."""
    rows = batch.class_sessions.held().filter(subject__name=subject, starts_at__gte=after).order_by("starts_at")
    return ClassSession.objects.filter(pk=rows[0].pk)
