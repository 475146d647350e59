"""Who teaches a batch what, and when in the week: its teachers with their weekly slots in words."""

from dataclasses import dataclass
from datetime import date

from django.utils.dates import WEEKDAYS_ABBR
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from accounts.models import User
from batches.models import Batch, WeeklySlot
from coaching.lib.clock import time_text


@dataclass(frozen=True, slots=True)
class Weekly:
    """One person's part of the week: `times` as "Tue, Thu 6:45 pm, Room 1". `teacher` is None while nobody is named."""

    teacher: User | None
    subjects: tuple[str, ...]
    times: tuple[str, ...]


def weekly_of(batch: Batch, *, today: date) -> list[Weekly]:
    """Each teacher of the batch by name, then the slots nobody is named for. Slots that are over are left out."""
    slots = list(
        batch.slots.filter(ends_on__gte=today).select_related("subject", "teacher", "room").order_by("starts_on")
    )
    taught: dict[int | None, tuple[User | None, list[str]]] = {}
    for row in batch.teachings.select_related("teacher", "subject"):
        taught.setdefault(row.teacher_id, (row.teacher, []))[1].append(row.subject.name if row.subject else "")
    for slot in slots:
        taught.setdefault(slot.teacher_id, (slot.teacher, []))[1].append(slot.subject.name if slot.subject else "")
    found = [
        Weekly(
            teacher=teacher,
            subjects=tuple(dict.fromkeys(filter(None, subjects))),
            times=_times([slot for slot in slots if slot.teacher_id == number], today),
        )
        for number, (teacher, subjects) in taught.items()
    ]
    return sorted(found, key=lambda one: (one.teacher is None, one.teacher.name if one.teacher else ""))


def _times(slots: list[WeeklySlot], today: date) -> tuple[str, ...]:
    """The days that have time, place and stretch in common as one line."""
    alike: dict[tuple[object, ...], list[WeeklySlot]] = {}
    for slot in slots:
        since = max(slot.starts_on, today)
        alike.setdefault((since, slot.starts_at, slot.ends_at, slot.room_id), []).append(slot)
    return tuple(_words(rows, today) for rows in alike.values())


def _words(slots: list[WeeklySlot], today: date) -> str:
    first = slots[0]
    days = ", ".join(str(WEEKDAYS_ABBR[number]) for number in sorted({slot.weekday for slot in slots}))
    at = time_text(first.starts_at)
    place = f", {first.room.name}" if first.room else ""
    words = f"{days} {at}{place}"
    if first.starts_on <= today:
        return words
    return _("%(times)s from %(day)s") % {"times": words, "day": date_format(first.starts_on, "j M")}
