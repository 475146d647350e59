"""Venues, rooms and subjects: entered, changed and, as long as nothing uses them, removed."""

from dataclasses import dataclass
from typing import TypeVar

from django.db import IntegrityError, models, transaction
from django.db.models import ProtectedError, Q
from django.http import HttpRequest
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts import activity
from accounts.models import User
from batches.models import Batch, ClassSession, Room, Subject, Teaching, Venue, WeeklySlot
from batches.names import NameTaken, alike, is_taken
from coaching.lib.errors import DomainError

Place = Venue | Room | Subject
One = TypeVar("One", Venue, Room, Subject)
EVENT = "place.changed"


class InUse(DomainError):
    """Something refers to it. The message says what, and what to do instead."""

    code = "in_use"


@dataclass(frozen=True, slots=True)
class Use:
    """How many batches, rooms, weekly slots and classes refer to a place."""

    batches: int = 0
    rooms: int = 0
    slots: int = 0
    classes: int = 0

    def __bool__(self) -> bool:
        return bool(self.batches or self.rooms or self.slots or self.classes)

    @property
    def words(self) -> str:
        found = [
            ngettext("%(count)d batch", "%(count)d batches", self.batches) % {"count": self.batches},
            ngettext("%(count)d room", "%(count)d rooms", self.rooms) % {"count": self.rooms},
            ngettext("%(count)d weekly slot", "%(count)d weekly slots", self.slots) % {"count": self.slots},
            ngettext("%(count)d class", "%(count)d classes", self.classes) % {"count": self.classes},
        ]
        counts = (self.batches, self.rooms, self.slots, self.classes)
        return ", ".join(text for text, count in zip(found, counts, strict=True) if count)


def use_of(place: Place) -> Use:
    if isinstance(place, Venue):
        return Use(batches=place.batches.count(), rooms=place.rooms.count())
    if isinstance(place, Room):
        return Use(slots=_count(WeeklySlot, room=place), classes=_count(ClassSession, room=place))
    taught = Batch.objects.filter(Q(subjects=place) | Q(pk__in=Teaching.objects.filter(subject=place).values("batch")))
    return Use(
        batches=taught.distinct().count(),
        slots=_count(WeeklySlot, subject=place),
        classes=_count(ClassSession, subject=place),
    )


def keep_place(place: One, *, actor: User, request: HttpRequest | None = None) -> One:
    """Write a new place, or one that was changed. Raises: NameTaken."""
    kind, is_new = type(place), place._state.adding
    with transaction.atomic():
        if is_taken(place.name, kind._default_manager.all(), but=None if is_new else place):
            raise _taken(place)
        try:
            with transaction.atomic():
                place.save()
        except IntegrityError as error:
            raise _taken(place) from error
        _record(place, "added" if is_new else "changed", actor, request)
    return place


def venue_like(venue: Venue, *, actor: User, request: HttpRequest | None = None) -> Venue:
    """The venue entered, or the one that is there already just so: a form sent twice. Raises: NameTaken."""
    there = Venue.objects.filter(latitude=venue.latitude, longitude=venue.longitude, radius_m=venue.radius_m)
    known = [one for one in there if alike(one.name) == alike(venue.name)]
    return known[0] if known else keep_place(venue, actor=actor, request=request)


def subjects_named(names: list[str], *, actor: User, request: HttpRequest | None = None) -> list[Subject]:
    """The subjects of these names; those that are not there are entered."""
    found = []
    with transaction.atomic():
        for name in names:
            known = [one for one in Subject.objects.all() if alike(one.name) == alike(name)]
            found.append(known[0] if known else keep_place(Subject(name=name), actor=actor, request=request))
    return found


@transaction.atomic
def remove_place(place: Place, *, actor: User, request: HttpRequest | None = None) -> None:
    """Raises: InUse, when anything refers to it."""
    use = use_of(place)
    if use:
        raise InUse(_instead(place) % {"use": use.words})
    _record(place, "removed", actor, request)
    try:
        with transaction.atomic():
            place.delete()
    except ProtectedError as error:  # something was put there a moment ago
        raise InUse(_instead(place) % {"use": use_of(place).words}) from error


@transaction.atomic
def open_room(room: Room, *, actor: User, request: HttpRequest | None = None) -> None:
    """Classes may be put into it. In use already: nothing."""
    if Room.objects.filter(pk=room.pk, is_active=False).update(is_active=True):
        _record(room, "opened", actor, request)


@transaction.atomic
def close_room(room: Room, *, actor: User, request: HttpRequest | None = None) -> None:
    """No more classes are put into it; those that are in it stay. Closed already: nothing."""
    if Room.objects.filter(pk=room.pk, is_active=True).update(is_active=False):
        _record(room, "closed", actor, request)


def _count(model: type[models.Model], **wanted: Place) -> int:
    return model._default_manager.filter(**wanted).count()


def _record(place: Place, verb: str, actor: User, request: HttpRequest | None) -> None:
    activity.record(EVENT, actor=actor, on=place, request=request, name=place.name, verb=verb)


def _taken(place: Place) -> NameTaken:
    if isinstance(place, Venue):
        return NameTaken(_("There is a venue of this name."))
    if isinstance(place, Room):
        return NameTaken(_("There is a room of this name."))
    return NameTaken(_("There is such a subject already."))


def _instead(place: Place) -> str:
    if isinstance(place, Venue):
        return _("This venue is used by %(use)s. Choose another venue there first.")
    if isinstance(place, Room):
        return _("This room is used by %(use)s. Take it out of use instead: its classes stay as they were held.")
    return _("This subject is used by %(use)s. Rename it, or take it away there first.")
