"""What people were told leaves again: unread or carried further after a year, read and carried nowhere after half.

A delivery is the proof of what went to whom and why something did not, so it stays as long as the activity log; its
news stays with it. What still waits to be sent stays in any case. While a row is there its event is not told again.
"""

import logging
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Exists, OuterRef, Q, QuerySet

from accounts.models import ACTIVITY_KEPT, Delivery, Notification

log = logging.getLogger("accounts.notifications")
READ_KEPT = timedelta(days=180)
KEPT = ACTIVITY_KEPT
AT_A_TIME = 500
AT_MOST = 50_000
State = Delivery.State


def forget(*, now: datetime) -> int:
    """Delete what is too old, AT_MOST in one round and a part at a time; returns how much went."""
    pks, gone = list(_old(now).values_list("pk", flat=True)[:AT_MOST]), 0
    for start in range(0, len(pks), AT_A_TIME):
        gone += _delete(_old(now).filter(pk__in=pks[start : start + AT_A_TIME]))
    if gone:
        log.info("%d pieces of news were old and went", gone)
    return gone


def _old(now: datetime) -> QuerySet[Notification]:
    mine = Delivery.objects.filter(notification=OuterRef("pk"))
    is_read = Q(created_at__lt=now - READ_KEPT, read_at__isnull=False)
    carried = Exists(mine.exclude(state=State.SKIPPED))
    waits = Exists(mine.filter(state=State.PENDING))
    rows = Notification.objects.filter(created_at__lt=now - READ_KEPT).order_by()
    return rows.filter((is_read & ~carried) | (Q(created_at__lt=now - KEPT) & ~waits))


@transaction.atomic
def _delete(rows: QuerySet[Notification]) -> int:
    """Deliveries first, in one statement each: Django would fetch every row to see what hangs on it."""
    pks = list(rows.values_list("pk", flat=True))
    Delivery.objects.filter(notification__in=pks).delete()
    gone, _by_table = Notification.objects.filter(pk__in=pks).delete()
    return gone
