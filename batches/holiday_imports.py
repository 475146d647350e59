"""Holidays from a file: what each row would do, counted in classes, and all of it done at once.

A row of a table that does not fit keeps the whole file out, for somebody can put it right. What is no holiday in a
calendar is left out alone, for nobody can change the calendar of a state. The same file again adds nothing.
"""

import json
import uuid
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from functools import cached_property
from hashlib import sha256

from django.db import models, transaction
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts import activity
from accounts.models import User
from batches import holiday_files, holidays
from batches.holiday_ics import Entry
from batches.holidays import By, HolidayRefused
from batches.models import Holiday
from batches.names import alike
from batches.series import DAY, Days
from coaching.lib.drafts import Drafts
from coaching.lib.errors import DomainError

_DRAFTS = Drafts("holidays", "holiday-draft")


class ImportRefused(DomainError):
    """The file as it stands is not taken in. The message says why."""

    code = "import_refused"


class Fate(models.TextChoices):
    """What a row of a file would do."""

    ADD = "ADD", gettext_lazy("New")
    IN = "IN", gettext_lazy("In the list")
    OUT = "OUT", gettext_lazy("Left out")
    BAD = "BAD", gettext_lazy("Does not fit")


@dataclass(frozen=True, slots=True)
class Row:
    """A row of a file: its line, what it says, what it would do, and how many classes it would cancel."""

    line: int
    name: str
    fate: Fate
    days: Days | None = None
    uid: str = ""
    note: str = ""
    classes: int = 0

    @property
    def text(self) -> str:
        return holidays.days_text(self.days) if self.days else ""


@dataclass(frozen=True)
class Plan:
    """All rows of a file with their fates; `classes` is how many it would cancel in all, each counted once."""

    rows: Sequence[Row]
    unknown: Sequence[str]
    is_calendar: bool
    classes: int

    def of(self, fate: Fate) -> list[Row]:
        return [row for row in self.rows if row.fate == fate]

    @cached_property
    def counts(self) -> Mapping[Fate, int]:
        return Counter(row.fate for row in self.rows)

    @property
    def added(self) -> int:
        return self.counts.get(Fate.ADD, 0)

    @property
    def bad(self) -> int:
        return self.counts.get(Fate.BAD, 0)

    @property
    def fingerprint(self) -> str:
        """The same as long as the same rows would do the same."""
        told = [[row.line, row.fate, row.name, row.text] for row in self.rows]
        return sha256(json.dumps(told).encode()).hexdigest()[:16]


def plan_import(content: bytes, *, now: datetime) -> Plan:
    """What the file would do; nothing is written. Raises: Unreadable."""
    sheet = holiday_files.read(content, today=timezone.localdate(now))
    known = _Known(Holiday.objects.all())
    rows = [known.row(entry, is_calendar=sheet.is_calendar) for entry in sheet.entries]
    added = [row.days for row in rows if row.fate == Fate.ADD and row.days]
    held = _held(added, now)
    counted = [replace(row, classes=_within(held, row.days)) if row.fate == Fate.ADD else row for row in rows]
    touched = {day for days in added for day in held if day in days}
    return Plan(counted, sheet.unknown, sheet.is_calendar, sum(held[day] for day in touched))


class _Known:
    """Holidays of the list and of the rows before."""

    def __init__(self, rows: models.QuerySet[Holiday]) -> None:
        self._named: dict[tuple[str, date, date], int] = {}
        self._uids: dict[str, tuple[int, Days]] = {}
        for one in rows:
            self._named[(alike(one.name), one.starts_on, one.ends_on)] = 0
            if one.uid:
                self._uids[one.uid] = (0, Days(one.starts_on, one.ends_on))

    def row(self, entry: Entry, *, is_calendar: bool) -> Row:
        wrong = Fate.OUT if is_calendar else Fate.BAD
        row = Row(entry.line, entry.name, wrong, entry.days, entry.uid, entry.problem)
        if entry.problem or entry.days is None:
            return row
        try:
            name = holidays.require_sense(entry.name, entry.days)
        except HolidayRefused as error:
            return replace(row, name=entry.name[: holidays.NAME_CHARS], note=error.message)
        key = (alike(name), entry.days.first, entry.days.last)
        line, days = self._uids.get(entry.uid, (-1, entry.days)) if entry.uid else (-1, entry.days)
        line = self._named.get(key, line)
        if line > 0:
            return replace(row, name=name, fate=Fate.OUT, note=_("Stands in line %(line)s already.") % {"line": line})
        if line == 0 and days != entry.days:
            note = _("In the list on other days: %(days)s. Change it there.") % {"days": holidays.days_text(days)}
            return replace(row, name=name, fate=Fate.OUT, note=note)
        if line == 0:
            return replace(row, name=name, fate=Fate.IN)
        self._named[key] = entry.line
        if entry.uid:
            self._uids[entry.uid] = (entry.line, entry.days)
        return replace(row, name=name, fate=Fate.ADD)


def _held(added: Sequence[Days], now: datetime) -> Counter[date]:
    """How many coming classes are held on each day from the first to the last. One query."""
    if not added:
        return Counter()
    within = Days(min(days.first for days in added), max(days.last for days in added))
    return Counter(day for _pk, day in holidays.held_days(within, now=now))


def _within(held: Mapping[date, int], days: Days | None) -> int:
    if days is None:
        return 0
    return sum(held.get(days.first + DAY * number, 0) for number in range((days.last - days.first).days + 1))


# --- Taking in --------------------------------------------------------------------------------------------------------


@transaction.atomic
def take_in(
    content: bytes, *, shown: str, actor: User, now: datetime, request: HttpRequest | None = None
) -> tuple[int, int]:
    """Add every new holiday of the file, or none; returns how many, and how many classes are cancelled.

    `shown` is the fingerprint somebody looked at. The same click again adds nothing. Raises: ImportRefused.
    """
    holidays.hold_batches()
    plan = plan_import(content, now=now)
    if plan.bad:
        raise ImportRefused(_("Some rows do not fit. Put them right in the file, then choose it again."))
    if not plan.added:
        return 0, 0
    if plan.fingerprint != shown:
        raise ImportRefused(_("Somebody changed holidays in the meantime. Look at the rows again."))
    new = [
        Holiday(name=row.name, starts_on=row.days.first, ends_on=row.days.last, uid=row.uid)
        for row in plan.of(Fate.ADD)
        if row.days
    ]
    written, by = holidays.write(new), By(actor, now)
    effect = holidays.cancel(written, by=by)
    count, classes = len(written), len(effect.cancelled)
    activity.record("holiday.imported", actor=actor, request=request, holidays=count, classes=classes)
    holidays.tell_of_import(effect, key=f"{written[0].uuid}:imported", by=by)
    return count, classes


def keep_draft(content: bytes, *, actor: User) -> uuid.UUID:
    """Keep a file between looking at its rows and taking them in, for this admin only."""
    return _DRAFTS.keep(content, owners=(actor.uuid,))


def load_draft(number: uuid.UUID, *, actor: User) -> bytes | None:
    """The file, None when it is not there any more or another admin's."""
    return _DRAFTS.load(number, owners=(actor.uuid,))
