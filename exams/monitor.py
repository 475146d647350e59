"""Who writes a test, as staff see it while it is written: a seat for every student, and how each of them stands.

All by what the server knows: when it last heard of a device, when it last kept an answer. All students are read, since
figures and order concern all; what else there is to say is read for those shown.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any
from uuid import UUID

from django.db.models import Count, Q
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from batches.models import Enrolment
from exams.models import Attempt, Test
from exams.models.attempts import LOST_AFTER, State
from exams.paper_facts import facts_of

IDLE_AFTER = timedelta(minutes=5)
"""His device answers, but nothing was saved for so long."""
TO_LOOK_AT = "look"
ALL = "all"


class Standing(StrEnum):
    """How a student stands; the order of trouble."""

    LOST = "lost"
    IDLE = "idle"
    AWAITED = "none"
    WRITING = "writing"
    SUBMITTED = "submitted"


TONES = {
    Standing.AWAITED: "off",
    Standing.WRITING: "run",
    Standing.IDLE: "due",
    Standing.LOST: "bad",
    Standing.SUBMITTED: "ok",
}
WORDS: dict[Standing, str | Promise] = {
    Standing.AWAITED: _("Not started"),
    Standing.WRITING: _("Writing"),
    Standing.IDLE: _("Idle"),
    Standing.LOST: _("Lost"),
    Standing.SUBMITTED: _("Handed in"),
}
ORDER = {standing: place for place, standing in enumerate(Standing)}


@dataclass(slots=True)
class Sitting:
    """His newest attempt; what stands below `last_saved_at` is read for seats that are shown (`fill`)."""

    pk: int
    student: int
    number: int
    state: str
    started_at: datetime | None
    submitted_at: datetime | None
    last_beat_at: datetime | None
    last_saved_at: datetime | None
    uuid: UUID | None = None
    device: str = ""
    deadline_at: datetime | None = None
    away_count: int = 0
    away_ms: int = 0
    credit_s: int = 0
    allowance_s: int = 0
    answered: int = 0


OF_ALL = ("pk", "student", "number", "state", "started_at", "submitted_at", "last_beat_at", "last_saved_at")
OF_SHOWN = ("uuid", "device", "deadline_at", "away_count", "away_ms", "credit_s", "allowance_s", "answered")


@dataclass(slots=True)
class Seat:
    """A student of the test. `since`: since when he is lost or idle, or when he handed in."""

    student: UUID
    name: str
    admission_number: str
    batch: str
    sitting: Sitting | None = None
    standing: Standing = Standing.AWAITED
    since: datetime | None = None

    @property
    def is_ready(self) -> bool:
        """Come in, and waiting to begin."""
        return self.sitting is not None and self.sitting.state == State.READY


@dataclass(slots=True)
class Hall:
    """All seats of a test at one instant, those to look at first."""

    test: Test
    now: datetime
    seats: list[Seat]
    counts: dict[Standing, int] = field(default_factory=dict)

    def shown(self, show: str, words: str = "") -> list[Seat]:
        """Those of a filter, and of these whose name or admission number has the words in it."""
        found: Iterable[Seat] = self.seats
        if show == TO_LOOK_AT:
            found = (seat for seat in found if self.needs_look(seat))
        elif show != ALL:
            found = (seat for seat in found if seat.standing == show)
        if words:
            wanted = words.casefold()
            found = (one for one in found if wanted in one.name.casefold() or wanted in one.admission_number.casefold())
        return list(found)

    def needs_look(self, seat: Seat) -> bool:
        """Lost, idle, or not there: before the opening who has not come in, then who has not begun."""
        if seat.standing == Standing.AWAITED:
            return self.is_open or (self.is_ahead and seat.sitting is None)
        return seat.standing in (Standing.LOST, Standing.IDLE)

    @property
    def is_ahead(self) -> bool:
        return bool(self.test.opens_at and self.now < self.test.opens_at)

    @property
    def is_open(self) -> bool:
        return bool(self.test.closes_at and self.now < self.test.closes_at) and not self.is_ahead

    @property
    def to_look_at(self) -> int:
        return sum(map(self.needs_look, self.seats))

    @property
    def is_written(self) -> bool:
        """Whether anybody writes or waits."""
        return any(seat.sitting and seat.sitting.state != State.SUBMITTED for seat in self.seats)


def hall_of(test: Test, *, now: datetime) -> Hall:
    """Every student of the test's batches now, and whoever else wrote it; two queries."""
    sittings = _sittings(test)
    seats = dict(_enrolled(test, now=now))
    for one in sittings.values():
        if one.student not in seats:
            seats[one.student] = Seat(UUID(int=0), "", "", "")
    strangers = [pk for pk, seat in seats.items() if not seat.name]
    if strangers:
        _name(seats, strangers)
    counts = dict.fromkeys(Standing, 0)
    for pk, seat in seats.items():
        seat.sitting = sittings.get(pk)
        seat.standing, seat.since = _standing(seat.sitting, now)
        counts[seat.standing] += 1
    ordered = sorted(seats.values(), key=lambda seat: (ORDER[seat.standing], _age(seat), seat.name))
    return Hall(test, now, ordered, counts)


def questions_in(test: Test) -> int:
    """How many its paper has."""
    return len(facts_of(test.pk, test.paper_revision).questions)


def fill(seats: Sequence[Seat]) -> None:
    """All else of the attempts of these, and how many questions each has answered, in one query."""
    sittings = {seat.sitting.pk: seat.sitting for seat in seats if seat.sitting}
    answered = Count("responses", filter=Q(responses__is_answered=True))
    rows = Attempt.objects.filter(pk__in=sittings).order_by().annotate(answered=answered)
    for pk, *values in rows.values_list("pk", *OF_SHOWN):
        for name, value in zip(OF_SHOWN, values, strict=True):
            setattr(sittings[pk], name, value)


def _enrolled(test: Test, *, now: datetime) -> Iterable[tuple[int, Seat]]:
    rows = Enrolment.objects.active_at(now).filter(batch__tests=test).order_by("batch__name", "student")
    names = ("student", "student__uuid", "student__name", "student__admission_number", "batch__name")
    for pk, public, name, number, batch in rows.values_list(*names):
        yield pk, Seat(public, name, number or "", batch)


def _sittings(test: Test) -> dict[int, Sitting]:
    """By student, his newest."""
    rows: Any = Attempt.objects.filter(test=test).order_by("number").values_list(*OF_ALL)
    return {one.student: one for one in (Sitting(*row) for row in rows)}


def _name(seats: dict[int, Seat], strangers: list[int]) -> None:
    """Who wrote it and is in none of its batches any more."""
    for one in User.objects.filter(pk__in=strangers).only("uuid", "name", "admission_number"):
        seats[one.pk] = Seat(one.uuid, one.name, one.admission_number or "", "")


def _standing(sitting: Sitting | None, now: datetime) -> tuple[Standing, datetime | None]:
    if sitting is None or sitting.state == State.READY:
        return Standing.AWAITED, None
    if sitting.state == State.SUBMITTED:
        return Standing.SUBMITTED, sitting.submitted_at
    heard = sitting.last_beat_at or sitting.started_at
    if heard is None or now - heard >= LOST_AFTER:
        return Standing.LOST, heard
    saved = max(filter(None, (sitting.last_saved_at, sitting.started_at)), default=heard)
    if now - saved >= IDLE_AFTER:
        return Standing.IDLE, saved
    return Standing.WRITING, None


def _age(seat: Seat) -> float:
    """Who is lost or idle for longest comes first; who handed in last, too."""
    if seat.since is None:
        return 0
    since = seat.since.timestamp()
    return -since if seat.standing == Standing.SUBMITTED else since
