"""Batches made, changed, archived, taken out of the archive and deleted. Who learns in them and when is others' part.

Every change locks the batch's row first, as enrolling and the timetable do, so what is counted here stays true until
the change is written.
"""

import uuid
from dataclasses import dataclass, field
from datetime import date, datetime, time
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import F, Q
from django.http import HttpRequest
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts import activity
from accounts.models import User
from accounts.zones import INSTITUTE_ZONE
from batches import batch_news, changes, class_news, details, seats
from batches.details import Details, Seen
from batches.models import Batch, ClassSession, Teaching
from batches.models.batches import LONGEST
from batches.names import NameTaken, is_taken
from batches.series import DAY, instant
from coaching.lib.errors import DomainError


class BatchRefused(DomainError):
    """A rule of the institute stands against it; `field` names what was typed wrongly, "" for the whole."""

    code = "batch_refused"

    def __init__(self, message: str, *, field: str = "") -> None:
        super().__init__(message)
        self.field = field


class ChangedMeanwhile(DomainError):
    """Somebody else saved first. `seen` is the batch as it is now."""

    code = "changed_meanwhile"

    def __init__(self, message: str, *, seen: Seen) -> None:
        super().__init__(message)
        self.seen = seen


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a change came to: names of the fields that are others now, and in words what the office should know."""

    changed: list[str]
    notes: list[str] = field(default_factory=list)


def last_day_of_year(day: date, *, first_month: int) -> date:
    """The last day of the academic year that `day` is in, when such years begin in `first_month`."""
    year = day.year + (day.month >= first_month)
    return date(year, first_month, 1) - DAY


def create_batch(
    to: Details, *, actor: User, batch_uuid: uuid.UUID | None = None, request: HttpRequest | None = None
) -> Batch:
    """A new batch; the same `batch_uuid` again gives the one made with it. Raises: BatchRefused, NameTaken."""
    number, to = batch_uuid or uuid.uuid4(), details.with_what_is_taught(to)
    try:
        with transaction.atomic():
            known = Batch.objects.filter(uuid=number).first()
            if known:
                return known
            _require_fit(to)
            batch = Batch(uuid=number)
            _put(batch, to)
            _save(batch, force_insert=True)
            added = _put_sets(batch, to)
            activity.record("batch.created", actor=actor, on=batch, request=request, name=batch.name)
            batch_news.teaching(batch, added, actor=actor)
            return batch
    except NameTaken:
        twin = Batch.objects.filter(uuid=number).first()  # the same form, sent twice at the same moment
        if twin:
            return twin
        raise


@transaction.atomic
def change_batch(
    batch: Batch, *, to: Details, seen: Seen | None, actor: User, now: datetime, request: HttpRequest | None = None
) -> Outcome:
    """Let it be as `to` says. `seen` is what the page showed; None takes `to` as it comes.

    Raises: ChangedMeanwhile, when it is not what the page showed any more; BatchRefused, NameTaken.
    """
    locked = locked_batch(batch)
    require_current(locked)
    was, to = details.of(locked), details.with_what_is_taught(to)
    changed = details.differing(was, to)
    if not changed:
        return Outcome([])
    if seen is not None and seen.revision != locked.revision:
        raise ChangedMeanwhile(
            _("Somebody else changed this batch in the meantime. Nothing is saved yet: look, then save again."),
            seen=Seen(locked.revision, was),
        )
    _require_fit(to, batch=locked)
    _require_seats(locked, to, now=now)
    notes = _fit_days(locked, to)
    _put(locked, to)
    locked.revision += 1
    _save(locked)
    added = _put_sets(locked, to)
    notes += _left_over(locked, was, now=now)
    if "mode" in changed:
        notes += _hold_otherwise(locked, actor=actor, now=now)
    if "seats" in changed:
        seats.hand_out(locked, now=now)
    activity.record("batch.changed", actor=actor, on=locked, request=request, name=locked.name, fields=changed)
    batch_news.teaching(locked, added, actor=actor)
    return Outcome(changed, notes)


# --- Rules ------------------------------------------------------------------------------------------------------------


def locked_batch(batch: Batch) -> Batch:
    """Raises: Batch.DoesNotExist when it was deleted meanwhile."""
    return Batch.objects.select_for_update(of=("self",)).get(pk=batch.pk)


def require_current(batch: Batch) -> None:
    if batch.archived_at:
        raise BatchRefused(_("This batch is archived. Take it out of the archive first."))


def _require_fit(to: Details, *, batch: Batch | None = None) -> None:
    """Raises: NameTaken, BatchRefused over what can be said without its classes and students."""
    if is_taken(to.name, Batch.objects.current(), but=batch):
        raise NameTaken(_("There is a batch of this name already."))
    if to.ends_on < to.starts_on:
        raise BatchRefused(_("The last day is before the first."), field="ends_on")
    if to.ends_on - to.starts_on > LONGEST:
        raise BatchRefused(_("A batch lasts three years at most. Look at the years."), field="ends_on")
    known = set(batch.teachings.values_list("teacher_id", flat=True)) if batch else set()
    people = User.objects.in_bulk({who for who, _what in to.teachings} - known)
    unfit = [person.name for person in people.values() if not person.is_teacher or not person.is_active]
    if unfit:
        words = {"names": ", ".join(sorted(unfit))}
        raise BatchRefused(_("No teacher of the institute: %(names)s.") % words, field="teachings")


def _require_seats(batch: Batch, to: Details, *, now: datetime) -> None:
    if to.seats is None or to.seats == batch.seats:
        return
    taken = seats.taken(batch, now=now)
    if to.seats < taken:
        words = ngettext(
            "%(count)d seat is taken or offered. Let students leave first, or keep more seats.",
            "%(count)d seats are taken or offered. Let students leave first, or keep more seats.",
            taken,
        )
        raise BatchRefused(words % {"count": taken}, field="seats")


def _fit_days(batch: Batch, to: Details) -> list[str]:
    """Weekly slots are cut to shorter days, which no class may lie outside of. Raises: BatchRefused."""
    if to.starts_on <= batch.starts_on and to.ends_on >= batch.ends_on:
        has_longer = (to.starts_on, to.ends_on) != (batch.starts_on, batch.ends_on) and batch.slots.exists()
        return (
            [_("Weekly slots keep their own first and last day. Change them on the timetable.")] if has_longer else []
        )
    since = instant(to.starts_on, time(0), INSTITUTE_ZONE)
    until = instant(to.ends_on + DAY, time(0), INSTITUTE_ZONE)
    outside = batch.class_sessions.held().filter(Q(starts_at__lt=since) | Q(starts_at__gte=until))
    count = outside.count()
    if count:
        starts = outside.order_by("starts_at").values_list("starts_at", flat=True)
        words = {"count": count, "first": _day(starts[0]), "last": _day(starts[count - 1])}
        text = ngettext(
            "%(count)d class is outside these days, on %(first)s. Cancel it first, or choose days around it.",
            "%(count)d classes are outside these days, from %(first)s to %(last)s. "
            "End their weekly slots or cancel them first, or choose days around them.",
            count,
        )
        raise BatchRefused(text % words, field="starts_on" if starts[0] < since else "ends_on")
    return _cut_slots(batch, to)


def _day(when: datetime) -> str:
    return date_format(timezone.localtime(when), "D j M Y")


def _cut_slots(batch: Batch, to: Details) -> list[str]:
    """Slots end with the batch; one that would be left no day, and never made a class, goes."""
    cut = 0
    for slot in batch.slots.filter(Q(starts_on__lt=to.starts_on) | Q(ends_on__gt=to.ends_on)):
        first, last = max(slot.starts_on, to.starts_on), min(slot.ends_on, to.ends_on)
        if first <= last:
            slot.starts_on, slot.ends_on, slot.revision = first, last, slot.revision + 1
            slot.save(update_fields=["starts_on", "ends_on", "revision"])
        elif not slot.class_sessions.exists():
            slot.delete()
        else:
            continue
        cut += 1
    text = ngettext(
        "%(count)d weekly slot was cut to these days.", "%(count)d weekly slots were cut to these days.", cut
    )
    return [text % {"count": cut}] if cut else []


def _left_over(batch: Batch, was: Details, *, now: datetime) -> list[str]:
    """Coming classes of those who teach the batch no longer."""
    gone = {who for who, _what in was.teachings} - set(batch.teachings.values_list("teacher_id", flat=True))
    coming = batch.class_sessions.held().filter(starts_at__gt=now, teacher__in=gone).order_by()
    names: dict[str, int] = {}
    for name in coming.values_list("teacher__name", flat=True):
        names[name] = names.get(name, 0) + 1
    text = _("%(name)s still has coming classes of this batch: %(count)d. Give them to somebody else on the timetable.")
    return [text % {"name": name, "count": count} for name, count in sorted(names.items())]


def _hold_otherwise(batch: Batch, *, actor: User, now: datetime) -> list[str]:
    """Coming classes are held as the batch is, but for those in which that was changed by hand.

    Cancelled ones too, for when they are held again; nobody is told of those.
    """
    coming = batch.class_sessions.filter(starts_at__gt=now).exclude(mode=batch.mode)
    pks = [pk for pk, own in coming.order_by("pk").values_list("pk", "own") if "mode" not in own]
    if not pks:
        return []
    found = ClassSession.objects.filter(pk__in=pks)
    found.update(mode=batch.mode, sequence=F("sequence") + 1, changed_by=actor, changed_at=now)
    rows = list(found.held().select_related("batch", "subject"))
    changes.classes_changed(rows)
    if not rows:
        return []

    def why() -> str:
        is_online = batch.mode == Batch.Mode.ONLINE
        text = _("%(batch)s: classes are online now") if is_online else _("%(batch)s: classes are in the classroom now")
        return text % {"batch": batch.name}

    class_news.of_changes(rows, actor=actor, why=why, key=f"batch:{batch.uuid}:mode:{batch.revision}", now=now)
    text = ngettext(
        "%(count)d coming class is held so too; students, guardians and teachers are told.",
        "%(count)d coming classes are held so too; students, guardians and teachers are told.",
        len(rows),
    )
    return [text % {"count": len(rows)}]


# --- Rows -------------------------------------------------------------------------------------------------------------


def _put(batch: Batch, to: Details) -> None:
    for name in details.PLAIN:
        setattr(batch, name, getattr(to, name))
    batch.venue_id = to.venue


def _save(batch: Batch, **how: Any) -> None:
    """Raises: NameTaken when somebody else took the name, or this form, a moment ago."""
    try:
        with transaction.atomic():
            batch.save(**how)
    except IntegrityError as error:
        raise NameTaken(_("There is a batch of this name already.")) from error


def _put_sets(batch: Batch, to: Details) -> list[User]:
    """Subjects and teachers. Answers who teaches the batch and did not before."""
    batch.subjects.set(to.subjects)
    known = {(row.teacher_id, row.subject_id): row for row in batch.teachings.all()}
    before = {who for who, _what in known}
    Teaching.objects.filter(pk__in=[row.pk for pair, row in known.items() if pair not in to.teachings]).delete()
    new = [Teaching(batch=batch, teacher_id=who, subject_id=what) for who, what in to.teachings - set(known)]
    Teaching.objects.bulk_create(new)
    return list(User.objects.filter(pk__in={row.teacher_id for row in new} - before))
