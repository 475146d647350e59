"""A cashier's day at the counter: what came into the drawer and left it, and the closing by counting it.

Whatever passes over a counter holds the lock on its day until it is written, so a day that is closed holds all of it.
"""

from dataclasses import dataclass
from datetime import datetime

from django.db.models import Q
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts import activity
from accounts.models import User
from coaching.lib.errors import DomainError
from fees.models import CashierDay


class DayClosed(DomainError):
    """The counter is closed for that day: it takes and gives nothing any more."""

    code = "day_closed"


def today(cashier: User, *, now: datetime) -> CashierDay | None:
    """His day, open or closed; None until the first payment or until he opens it."""
    return CashierDay.objects.filter(cashier=cashier, on=timezone.localdate(now)).first()


def taking(cashier: User, *, now: datetime, request: HttpRequest | None = None) -> CashierDay:
    """His day of today, locked; opened when it was not. After the account's lock, before numbers. Raises: DayClosed."""
    on = timezone.localdate(now)
    locked = CashierDay.objects.select_for_update(no_key=True)
    day = locked.filter(cashier=cashier, on=on).first()
    if day is None:
        day, is_new = CashierDay.objects.get_or_create(cashier=cashier, on=on, defaults={"opened_at": now})
        if is_new:
            activity.record("fees.day_opened", actor=cashier, on=day, request=request)
        else:
            day = locked.get(pk=day.pk)
    if day.closed_at:
        raise DayClosed(_("Your counter is closed for today."))
    return day
