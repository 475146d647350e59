"""Lines of the activity log leave when their retention is over, and with them the last names an erasure left there."""

import logging
from datetime import datetime, timedelta

from accounts.models import ACTIVITY_KEPT, Activity

log = logging.getLogger("accounts.activity")
MARGIN = timedelta(days=1)
"""The triggers go by the database's clock, which need not agree with ours; a line they keep would end the round."""
AT_A_TIME = 500
AT_MOST = 50_000


def forget(*, now: datetime) -> int:
    """Delete what is too old, AT_MOST in one round and a part at a time; returns how much went."""
    old = Activity.objects.filter(at__lt=now - ACTIVITY_KEPT - MARGIN).order_by()
    pks, gone = list(old.values_list("pk", flat=True)[:AT_MOST]), 0
    for start in range(0, len(pks), AT_A_TIME):
        gone += Activity.objects.filter(pk__in=pks[start : start + AT_A_TIME]).order_by().delete()[0]
    if gone:
        log.info("%d lines of the activity log were old and went", gone)
    return gone
