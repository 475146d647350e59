"""One day by room, as a table: a row for each room, columns of a quarter of an hour. What overlaps gets a lane more."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from math import ceil

from django.utils import timezone
from django.utils.translation import gettext as _

from batches.class_lines import address_of, standing, state_at
from batches.models import Batch, ClassSession
from batches.series import Span
from coaching.lib.clock import clock_text, hour_text

QUARTER_S = 15 * 60
OPENS, CLOSES = 8, 20
"""The hours that are shown in any case."""


@dataclass(frozen=True, slots=True)
class Slot:
    """A class, or (`label` "") room between classes; `span` quarters wide."""

    span: int
    label: str = ""
    meta: str = ""
    url: str = ""
    time: str = ""
    state: str = ""
    tone: str = ""
    word: str = ""


@dataclass(frozen=True, slots=True)
class Room:
    """A room with its lanes, one unless classes overlap in it."""

    name: str
    lanes: tuple[tuple[Slot, ...], ...]


@dataclass(frozen=True, slots=True)
class RoomDay:
    """The table: whole `hours` in words, four columns each, and the rooms. `holiday`: why there are none."""

    hours: tuple[str, ...]
    rooms: tuple[Room, ...]
    holiday: str = ""


@dataclass(frozen=True, slots=True)
class Shown:
    """The quarters from `first` to before `last`; where each class lies in them, and which are wanted `twice`."""

    first: int
    last: int
    now: datetime
    quarters: dict[int, tuple[int, int]]
    twice: set[int]

    def cells(self, lane: Iterable[ClassSession]) -> Iterator[Slot]:
        at = self.first
        for row in lane:
            begin, end = self.quarters[row.pk]
            if begin > at:
                yield Slot(begin - at)
            yield self._slot(row, end - begin)
            at = end
        if at < self.last:
            yield Slot(self.last - at)

    def _slot(self, row: ClassSession, span: int) -> Slot:
        tone, word, _why = standing(row)
        state = state_at(row, self.now)
        if row.pk in self.twice and state != "past":
            tone, word = "bad", _("Clash")
        return Slot(
            span=span,
            label=row.batch.name,
            meta=row.teacher.name if row.teacher else "",
            url=address_of(row),
            time=f"{clock_text(row.starts_at)} – {clock_text(row.ends_at)}",
            state=state,
            tone=tone,
            word=word,
        )


def room_day(rows: Sequence[ClassSession], *, now: datetime) -> RoomDay:
    """The classes of the day on which `now` is. Those that are cancelled leave their room free and are not shown."""
    held = [row for row in rows if not row.is_cancelled]
    if not held:
        return RoomDay((), (), next((row.holiday.name for row in rows if row.holiday), ""))
    midnight = timezone.localtime(now).replace(hour=0, minute=0, second=0, microsecond=0)
    quarters = {row.pk: _quarters(row, midnight) for row in held}
    first = min(OPENS * 4, min(begin for begin, _end in quarters.values()) // 4 * 4)
    last = max(CLOSES * 4, ceil(max(end for _begin, end in quarters.values()) / 4) * 4)
    shown = Shown(first, last, now, quarters, _wanted_twice(held))
    rooms = [Room(name, tuple(tuple(shown.cells(lane)) for lane in _lanes(inside))) for name, inside in _by_room(held)]
    hours = tuple(hour_text(midnight.replace(hour=hour)) for hour in range(first // 4, last // 4))
    return RoomDay(hours, tuple(rooms))


def _quarters(row: ClassSession, midnight: datetime) -> tuple[int, int]:
    """From and to in quarters of an hour since midnight, one wide at least, until the next midnight at most."""
    begin = int((row.starts_at - midnight).total_seconds() // QUARTER_S)
    end = ceil((row.ends_at - midnight).total_seconds() / QUARTER_S)
    return min(begin, 95), min(96, max(begin + 1, end))


def _by_room(rows: Iterable[ClassSession]) -> list[tuple[str, list[ClassSession]]]:
    """Rooms by name; then those without a room, then online."""
    found: dict[tuple[int, str], list[ClassSession]] = {}
    for row in rows:
        if row.mode == Batch.Mode.ONLINE:
            key = (2, _("Online"))
        else:
            key = (0, row.room.name) if row.room else (1, _("No room"))
        found.setdefault(key, []).append(row)
    return [(name, found[rank, name]) for rank, name in sorted(found)]


def _lanes(rows: list[ClassSession]) -> list[list[ClassSession]]:
    """As few lanes as will do, in none of which two overlap."""
    lanes: list[list[ClassSession]] = []
    for row in sorted(rows, key=lambda one: (one.starts_at, one.pk)):
        free = next((lane for lane in lanes if _ends(lane[-1]) <= _begins(row)), None)
        if free is None:
            lanes.append([row])
        else:
            free.append(row)
    return lanes


def _begins(row: ClassSession) -> int:
    return int(row.starts_at.timestamp() // QUARTER_S)


def _ends(row: ClassSession) -> int:
    return ceil(row.ends_at.timestamp() / QUARTER_S)


def _wanted_twice(rows: list[ClassSession]) -> set[int]:
    """The numbers of classes that want the same room, teacher or batch at the same time."""
    spans = [(row, Span(row.starts_at, row.ends_at)) for row in rows]
    found: set[int] = set()
    for number, (one, span) in enumerate(spans):
        for other, its in spans[number + 1 :]:
            is_same = (one.room_id and one.room_id == other.room_id) or one.batch_id == other.batch_id
            if span.overlaps(its) and (is_same or (one.teacher_id and one.teacher_id == other.teacher_id)):
                found |= {one.pk, other.pk}
    return found
