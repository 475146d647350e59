"""Periods in which attendance no longer changes: frozen and opened again by admins."""

from datetime import date, datetime, time

from django.db import transaction
from django.http import HttpRequest
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from accounts import activity
from accounts.models import Institute, User
from attendance.models import Freeze, Register
from batches.series import DAY, instant
from coaching.lib.errors import DomainError

EARLIEST = date(2000, 1, 1)


class FreezeRefused(DomainError):
    """These days cannot be frozen."""

    code = "freeze_refused"


def days_of(row: Freeze) -> str:
    """1 Nov 2026 to 20 Nov 2026, one day alone as itself."""
    first, last = date_format(row.first_on, "j M Y"), date_format(row.last_on, "j M Y")
    return first if first == last else _("%(first)s to %(last)s") % {"first": first, "last": last}


def instants_of(row: Freeze) -> tuple[datetime, datetime]:
    """From the first instant of its days to the first one after them, by the institute's clock.

    Nothing was held before `EARLIEST`; the first day there is has no instant in UTC.
    """
    zone = Institute.current().zone
    first, last = max(row.first_on, EARLIEST), max(row.last_on, EARLIEST)
    return instant(first, time.min, zone), instant(last + DAY, time.min, zone)


@transaction.atomic
def freeze(
    first_on: date, last_on: date, *, reason: str, actor: User, now: datetime, request: HttpRequest | None = None
) -> Freeze:
    """Close the days from the first to the last; periods may overlap.

    Raises: FreezeRefused for days that are not over: nobody could check in.
    """
    if last_on >= timezone.localdate(now):
        raise FreezeRefused(_("Only days that are over can be frozen."))
    row = Freeze.objects.create(first_on=first_on, last_on=last_on, reason=reason, made_by=actor, made_at=now)
    activity.record("freeze.made", actor=actor, on=row, request=request, name=str(row), reason=reason)
    return row


@transaction.atomic
def lift(row: Freeze, *, reason: str, actor: User, now: datetime, request: HttpRequest | None = None) -> None:
    """Open the days again; lifted twice is lifted once."""
    is_first = Freeze.objects.in_force().filter(pk=row.pk).update(lifted_at=now, lifted_by=actor)
    if is_first:
        activity.record("freeze.lifted", actor=actor, on=row, request=request, name=str(row), reason=reason)


def still_open(row: Freeze) -> int:
    """How many registers of these days were never closed; now they cannot be."""
    since, until = instants_of(row)
    held = Register.objects.filter(class_session__cancelled_at=None, finalised_at=None)
    return held.filter(class_session__starts_at__gte=since, class_session__starts_at__lt=until).count()
