"""Where check-ins were sent from: teachers see a band of distance, admins coordinates until their time is over."""

import math
from datetime import datetime, timedelta

from django.db import transaction
from django.http import HttpRequest
from django.utils.translation import gettext as _

from accounts import activity
from accounts.models import User
from attendance import rules
from attendance.models import CheckInAttempt, CheckInPosition

BANDS_M = (10, 25, 50, 100, 150, 250, 500, 1000, 2000, 5000, 10_000)
AT_ONCE = 500
ROUNDS = 40
"""So many parts of `AT_ONCE` one run deletes; the next one takes the rest."""


def band(distance_m: float | None) -> str:
    """The band a distance lies in, "25–50 m" or "2–5 km": enough to judge by, too coarse to find somebody."""
    if distance_m is None or not math.isfinite(distance_m):
        return ""
    above = next((most for most in BANDS_M if distance_m <= most), None)
    if above is None:
        return _("more than %(km)d km") % {"km": BANDS_M[-1] // 1000}
    below = BANDS_M[BANDS_M.index(above) - 1] if above != BANDS_M[0] else 0
    if above <= 1000:
        return _("%(least)d–%(most)d m") % {"least": below, "most": above}
    return _("%(least)d–%(most)d km") % {"least": below // 1000, "most": above // 1000}


def position_of(attempt: CheckInAttempt) -> CheckInPosition | None:
    """None when none was sent, or its time is over. `attempt` may bring it along."""
    try:
        return attempt.position
    except CheckInPosition.DoesNotExist:
        return None


def note_look(attempt: CheckInAttempt, *, by: User, request: HttpRequest) -> None:
    """Log, before anything is shown, that somebody looks at a position, with whose it is."""
    activity.record("check_in.position_seen", actor=by, subject=attempt.student, on=attempt, request=request)


def delete_old(*, now: datetime) -> int:
    """Delete positions whose time is over, in parts; returns how many. What was decided by them stays."""
    before = now - timedelta(days=rules.institute_rule().positions_kept_days)
    old = CheckInPosition.objects.filter(taken_at__lt=before).order_by("taken_at", "pk")
    count = 0
    for _round in range(ROUNDS):
        part = list(old.values_list("pk", flat=True)[:AT_ONCE])
        if not part:
            break
        count += _delete_part(part, before=before)
    return count


@transaction.atomic
def _delete_part(numbers: list[int], *, before: datetime) -> int:
    """Each part with its own line in the log, so that a run that is cut off has told of what it did."""
    count, _rows = CheckInPosition.objects.filter(pk__in=numbers).delete()
    activity.record("check_in.positions_deleted", count=count, before=before.isoformat())
    return count
