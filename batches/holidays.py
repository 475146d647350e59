"""Holidays: added, changed and removed, and with them the classes of their days.

A coming class that begins on such a day is cancelled with its holiday; when that goes, it is held again unless another
holiday covers the day or something else is held there by now, and weekly slots get the classes they lacked. What was
cancelled by hand stays cancelled, what is held by hand on a day that was free before stays held, and what has begun is
never touched. All current batches are locked meanwhile, so nobody makes a class beside it on a day that becomes free.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta, tzinfo
from functools import partial

from django.db import IntegrityError, transaction
from django.db.models import F
from django.http import HttpRequest
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from accounts import activity
from accounts.invitees import is_one_line
from accounts.models import Institute, User
from batches import changes, clashes, class_news, timetable, timetable_locks
from batches.classes import HELD_ALL_THE_SAME
from batches.models import Batch, ClassSession, Holiday, WeeklySlot
from batches.names import alike, tidy
from batches.series import DAY, Days, instant
from coaching.lib.errors import DomainError

NAME_CHARS = 120
LONGEST_DAYS = 120
CALENDAR = Days(date(2000, 1, 1), date(2100, 12, 31))


class HolidayRefused(DomainError):
    """It cannot be such a holiday; `field` names what was typed wrongly, "" for the whole."""

    code = "holiday_refused"

    def __init__(self, message: str, *, field: str = "") -> None:
        super().__init__(message)
        self.field = field


class HolidayThere(HolidayRefused):
    """The list has a holiday of this name on these days."""

    code = "holiday_there"


@dataclass(frozen=True, slots=True)
class Effect:
    """Coming classes that were cancelled, held again and newly made; `stayed` are those whose place is taken."""

    cancelled: Sequence[ClassSession] = ()
    restored: Sequence[ClassSession] = ()
    made: Sequence[ClassSession] = ()
    stayed: Sequence[ClassSession] = ()
    clashing: int = 0

    @property
    def held(self) -> int:
        """How many classes there are now that there were not."""
        return len(self.restored) + len(self.made)


@dataclass(frozen=True, slots=True)
class By:
    """Who changes holidays, and when."""

    actor: User
    now: datetime
    zone: tzinfo = field(default_factory=lambda: Institute.current().zone)

    def day_of(self, row: ClassSession) -> date:
        return row.starts_at.astimezone(self.zone).date()


# --- Verbs ------------------------------------------------------------------------------------------------------------


@transaction.atomic
def add_holiday(
    name: str, days: Days, *, actor: User, now: datetime, request: HttpRequest | None = None
) -> tuple[Holiday, Effect]:
    """Raises: HolidayRefused; HolidayThere for the same once more."""
    name = require_sense(name, days)
    hold_batches()
    _require_new(name, days)
    [holiday] = write([Holiday(name=name, starts_on=days.first, ends_on=days.last)])
    effect = cancel([holiday], by=By(actor, now))
    count = len(effect.cancelled)
    activity.record("holiday.made", actor=actor, on=holiday, request=request, name=name, classes=count)
    _tell(effect, title=partial(_no_class, name, days), key=f"{holiday.uuid}:made", by=By(actor, now))
    return holiday, effect


@transaction.atomic
def change_holiday(
    holiday: Holiday, *, name: str, days: Days, actor: User, now: datetime, request: HttpRequest | None = None
) -> Effect:
    """Days it loses are no holiday any more, days it gains become one. As it was: nothing.

    Raises: HolidayRefused; HolidayThere; Holiday.DoesNotExist when somebody removed it.
    """
    name = require_sense(name, days)
    hold_batches()
    row = Holiday.objects.select_for_update().get(pk=holiday.pk)
    was, by = Days(row.starts_on, row.ends_on), By(actor, now)
    if (row.name, was) == (name, days):
        return Effect()
    _require_new(name, days, but=row)
    row.name, row.starts_on, row.ends_on = name, days.first, days.last
    write([row])
    ClassSession.objects.filter(holiday=row, starts_at__gt=now).exclude(reason=name).update(reason=name)
    back = _release(row, keeping=days, freed=was, by=by)
    taken = cancel([row], but=was, by=by)
    effect = Effect(taken.cancelled, back.restored, back.made, back.stayed, back.clashing)
    off, held = len(effect.cancelled), effect.held
    activity.record("holiday.changed", actor=actor, on=row, request=request, name=name, cancelled=off, held=held)
    _tell(effect, title=partial(_changed_title, name, days), key=f"{row.uuid}:{now.timestamp()}", by=by)
    return effect


@transaction.atomic
def remove_holiday(holiday: Holiday, *, actor: User, now: datetime, request: HttpRequest | None = None) -> Effect:
    """Raises: Holiday.DoesNotExist when somebody removed it."""
    hold_batches()
    row = Holiday.objects.select_for_update().get(pk=holiday.pk)
    was, by = Days(row.starts_on, row.ends_on), By(actor, now)
    effect = _release(row, keeping=None, freed=was, by=by)
    activity.record("holiday.removed", actor=actor, on=holiday, request=request, name=row.name, classes=effect.held)
    _tell(effect, title=partial(_held_title, row.name), key=f"{row.uuid}:removed", by=by)
    return effect


# --- What it would do -------------------------------------------------------------------------------------------------


def comes_back(holiday: Holiday, *, now: datetime) -> int:
    """How many coming classes are cancelled for it on days no other holiday covers. Two queries."""
    zone = Institute.current().zone
    starts = ClassSession.objects.filter(holiday=holiday, starts_at__gt=now).order_by().values_list("starts_at")
    others = _others(holiday, Days(holiday.starts_on, holiday.ends_on))
    days = [at.astimezone(zone).date() for (at,) in starts]
    return sum(Holiday.covering(day, others) is None for day in days)


def held_days(within: Days, *, now: datetime, new: Collection[Holiday] = ()) -> list[tuple[int, date]]:
    """The coming classes a holiday on these days cancels: number and day of each. Two queries.

    Not those that somebody has decided to hold on a holiday that is in the list already, and not `new` to it.
    """
    zone = Institute.current().zone
    starts = instant(within.first, time(0), zone), instant(within.last + DAY, time(0), zone)
    rows = ClassSession.objects.held().filter(starts_at__gt=now, starts_at__gte=starts[0], starts_at__lt=starts[1])
    found = rows.order_by("starts_at", "pk").values_list("pk", "starts_at", "own")
    known = Holiday.objects.between(within.first, within.last).exclude(pk__in=[one.pk for one in new])
    days = [(pk, at.astimezone(zone).date(), own) for pk, at, own in found]
    decided = list(known) if any(HELD_ALL_THE_SAME in own for _pk, _day, own in days) else []
    return [(pk, day) for pk, day, own in days if HELD_ALL_THE_SAME not in own or not Holiday.covering(day, decided)]


# --- Rules ------------------------------------------------------------------------------------------------------------


def require_sense(name: str, days: Days) -> str:
    """The name as it is kept. Raises: HolidayRefused."""
    name = tidy(name)
    if not name:
        raise HolidayRefused(_("It has no name."), field="name")
    if len(name) > NAME_CHARS:
        words = {"count": len(name), "most": NAME_CHARS}
        raise HolidayRefused(_("The name has %(count)d characters; %(most)d fit.") % words, field="name")
    if not is_one_line(name):
        raise HolidayRefused(_("Write one line of text."), field="name")
    if days.last < days.first:
        raise HolidayRefused(_("The last day is before the first."), field="ends_on")
    if days.first not in CALENDAR or days.last not in CALENDAR:
        wrong = "starts_on" if days.first not in CALENDAR else "ends_on"
        raise HolidayRefused(_("Choose days from 2000 to 2100."), field=wrong)
    if days.last - days.first >= timedelta(days=LONGEST_DAYS):
        text = _("A holiday lasts %(count)d days at most. Look at the last day.") % {"count": LONGEST_DAYS}
        raise HolidayRefused(text, field="ends_on")
    return name


def hold_batches() -> None:
    """Lock all current batches; to be called within a transaction."""
    timetable_locks.hold(*Batch.objects.current().order_by("pk").values_list("pk", flat=True))


def _require_new(name: str, days: Days, *, but: Holiday | None = None) -> None:
    """Raises: HolidayThere."""
    twins = Holiday.objects.filter(starts_on=days.first, ends_on=days.last)
    if any(alike(one.name) == alike(name) for one in twins if one != but):
        raise HolidayThere(_("%(name)s is in the list already, on the same days.") % {"name": name})


def write(rows: Sequence[Holiday]) -> Sequence[Holiday]:
    """New ones, or one that was changed. Raises: HolidayThere, when somebody else was faster."""
    try:
        with transaction.atomic():
            if rows and not rows[0]._state.adding:
                rows[0].save(update_fields=["name", "starts_on", "ends_on"])
            else:
                Holiday.objects.bulk_create(rows)
    except IntegrityError as error:
        raise HolidayThere(_("Somebody else has just entered this holiday.")) from error
    return rows


# --- Classes ----------------------------------------------------------------------------------------------------------


def cancel(holidays: Sequence[Holiday], *, by: By, but: Days | None = None) -> Effect:
    """Cancel what is held on days of these holidays, but not on those of `but`: the days that were free before."""
    if not holidays:
        return Effect()
    within = Days(min(one.starts_on for one in holidays), max(one.ends_on for one in holidays))
    whose: dict[int, Holiday] = {}
    for pk, day in held_days(within, now=by.now, new=holidays):
        holiday = None if but and day in but else Holiday.covering(day, holidays)
        if holiday:
            whose[pk] = holiday
    rows = _rows(whose)
    for row in rows:
        row.cancelled_at, row.holiday, row.reason = by.now, whose[row.pk], whose[row.pk].name
    return Effect(cancelled=_keep(rows, by))


def _release(holiday: Holiday, *, keeping: Days | None, freed: Days, by: By) -> Effect:
    """Hold again what was cancelled for a holiday on days that are free no more; without `keeping` the holiday goes."""
    found = ClassSession.objects.filter(holiday=holiday, starts_at__gt=by.now).order_by().values_list("pk", "starts_at")
    gone = [pk for pk, at in found if not keeping or at.astimezone(by.zone).date() not in keeping]
    rows, others = _rows(gone), _others(holiday, freed)
    if keeping is None:
        holiday.delete()
    elsewhere: list[ClassSession] = []
    back: list[ClassSession] = []
    for row in rows:
        row.holiday = Holiday.covering(by.day_of(row), others)
        row.reason = row.holiday.name if row.holiday else row.reason
        is_free = row.holiday is None and row.batch.archived_at is None
        (back if is_free else elsewhere).append(row)
    stayed = _in_the_way(back)
    for other, same in _by_holiday([*elsewhere, *stayed]).items():
        cancelled = ClassSession.objects.filter(pk__in=[row.pk for row in same])
        cancelled.update(**({"holiday": other, "reason": other.name} if other else {"holiday": None}))
    taken = {row.pk for row in stayed}
    restored = [row for row in back if row.pk not in taken]
    for row in restored:
        row.cancelled_at, row.reason = None, ""
    _keep(restored, by)
    made = _fill(freed, by)
    return Effect(restored=restored, made=made, stayed=stayed, clashing=len(_in_the_way(made)))


def _in_the_way(rows: Sequence[ClassSession]) -> list[ClassSession]:
    """Those whose teacher, room, batch or students something else has by now; they are not held against each other."""
    planned = list({clashes.Planned.of(row) for row in rows})
    found = {clash.planned for clash in clashes.of_spans(planned, replaces=[row.pk for row in rows])}
    return [row for row in rows if clashes.Planned.of(row) in found]


def _fill(freed: Days, by: By) -> list[ClassSession]:
    """The classes weekly slots lacked on those days."""
    first = max(freed.first, by.now.astimezone(by.zone).date())
    slots = WeeklySlot.objects.filter(batch__archived_at=None, starts_on__lte=freed.last, ends_on__gte=first)
    weekdays = {(first + DAY * number).weekday() for number in range(min((freed.last - first).days + 1, 7))}
    slots = slots.filter(weekday__in=weekdays).select_related("batch", "subject", "teacher", "room")
    return timetable.fill(slots.order_by("pk"), within=freed, now=by.now, actor=by.actor)


def _rows(pks: Iterable[int]) -> list[ClassSession]:
    names = ("batch", "subject", "teacher", "room")
    return list(ClassSession.objects.filter(pk__in=list(pks)).select_related(*names).order_by("starts_at", "pk"))


def _keep(rows: list[ClassSession], by: By) -> list[ClassSession]:
    """Write how they stand: a query for each holiday, however many classes it has."""
    for holiday, same in _by_holiday(rows).items():
        found = ClassSession.objects.filter(pk__in=[row.pk for row in same])
        found.update(
            cancelled_at=same[0].cancelled_at,
            holiday=holiday,
            reason=same[0].reason,
            sequence=F("sequence") + 1,
            changed_at=by.now,
            changed_by=by.actor,
        )
    for row in rows:
        row.sequence, row.changed_at, row.changed_by = row.sequence + 1, by.now, by.actor
    changes.classes_changed(rows)
    return rows


def _by_holiday(rows: Iterable[ClassSession]) -> dict[Holiday | None, list[ClassSession]]:
    found: dict[Holiday | None, list[ClassSession]] = defaultdict(list)
    for row in rows:
        found[row.holiday].append(row)
    return found


def _others(holiday: Holiday, days: Days) -> list[Holiday]:
    return list(Holiday.objects.between(days.first, days.last).exclude(pk=holiday.pk))


# --- Words ------------------------------------------------------------------------------------------------------------


def days_text(days: Days) -> str:
    """Sun 8 Nov 2026, or the first and the last day."""
    first, last = date_format(days.first, "D j M Y"), date_format(days.last, "D j M Y")
    return first if days.first == days.last else _("%(first)s to %(last)s") % {"first": first, "last": last}


def _no_class(name: str, days: Days) -> str:
    return _("%(name)s, %(days)s: no classes") % {"name": name, "days": days_text(days)}


def _changed_title(name: str, days: Days) -> str:
    return _("%(name)s is %(days)s: classes changed") % {"name": name, "days": days_text(days)}


def _held_title(name: str) -> str:
    return _("%(name)s: classes are held after all") % {"name": name}


def _tell(effect: Effect, *, title: class_news.Words, key: str, by: By) -> None:
    changed = [*effect.cancelled, *effect.restored, *effect.made]
    class_news.of_changes(changed, actor=by.actor, why=title, key=f"holiday:{key}", now=by.now)


def tell_of_import(effect: Effect, *, key: str, by: By) -> None:
    _tell(effect, title=lambda: _("New holidays: no classes on those days"), key=key, by=by)
