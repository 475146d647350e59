"""Carrying out what is due: claimed by one worker, sent, tried again later, given up with the reason.

PENDING → SENT | FAILED | SKIPPED. A claim is a lease in the row, taken by a conditional update; whoever holds it sends.
A worker that dies between sending and writing that down leaves the lease to run out, and the news is sent a second
time: no mail server offers to do both at once. The second mail has the first one's Message-ID, so that a server may
drop it, and each death costs one try. Otherwise everything is sent once.

A digest is one mail of all that waits for a person; claiming it takes the lock on his row, so that two workers cannot
each take half.
"""

import logging
import time
from collections.abc import Sequence
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import F, Q
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from accounts import senders
from accounts.kinds import KINDS
from accounts.models import Delivery, Institute, QuietHours, User
from accounts.notifications import INACTIVE, NO_ADDRESS, refusal_of, wake
from accounts.quiet import end_of_quiet
from accounts.senders import Permanent, Sender, Temporary, Unreachable

log = logging.getLogger("accounts.deliveries")
State = Delivery.State
AT_ONCE = 100
LEASE = timedelta(minutes=10)
ROUND_S = 240  # leases begin with the round, so it ends well before they do
BACKOFF = tuple(timedelta(minutes=minutes) for minutes in (1, 5, 30, 120, 480))
TRIES = len(BACKOFF) + 1
ERROR_LENGTH = 200
NO_SENDER, DIED = "no_sender", "died"
REASONS: dict[str, str | Promise] = {
    NO_ADDRESS: _("There is no address to send to."),
    INACTIVE: _("The person may not sign in any more."),
    NO_SENDER: _("This institute does not send by this channel."),
    DIED: _("The worker ended while it was sending, time and again."),
}


def reason_text(error: str) -> str:
    """Why it was not sent, in the reader's language; what a mail server said stays as it said it."""
    return str(REASONS.get(error, error))


def send_due(*, now: datetime) -> int:
    """Send at most AT_ONCE pieces of news that are due and wake a worker for the rest; returns how many went out."""
    due = Delivery.objects.filter(_is_due(now)).order_by("due_at", "pk")
    rows = list(due.select_related("notification__recipient__quiet_hours")[:AT_ONCE])
    open_senders: dict[str, Sender | None] = {}
    sent, done, began = 0, 0, time.monotonic()
    try:
        for row in rows:
            if time.monotonic() - began > ROUND_S:
                break
            if row.channel not in open_senders:
                open_senders[row.channel] = senders.sender_of(row.channel)
            sent += _carry(row, open_senders[row.channel], now)
            done += 1
    except Unreachable:
        return sent  # the others keep their tries; the schedule looks again
    finally:
        for sender in filter(None, open_senders.values()):
            sender.close()
    if len(rows) == AT_ONCE or done < len(rows):
        wake()
    return sent


def try_again(rows: Sequence[int], *, now: datetime) -> int:
    """Have what failed sent after all, with all tries anew; returns how many there are."""
    failed = Delivery.objects.filter(pk__in=rows, state=State.FAILED)
    count = failed.update(state=State.PENDING, tries=0, due_at=now, claimed_until=None, error="")
    if count:
        transaction.on_commit(wake)
    return count


def _is_due(now: datetime) -> Q:
    is_free = Q(claimed_until=None) | Q(claimed_until__lte=now)
    return Q(state=State.PENDING, due_at__lte=now) & is_free


def _carry(row: Delivery, sender: Sender | None, now: datetime) -> int:
    """Send this one, or the digest it stands in, unless another does; 1 when something went out."""
    person, kind = row.notification.recipient, KINDS.get(row.notification.kind)
    reason = NO_SENDER if sender is None else refusal_of(person, sender)
    if sender is None or reason:
        Delivery.objects.filter(_is_due(now), pk=row.pk).update(state=State.SKIPPED, error=reason)
        return 0
    later = now if kind and kind.is_urgent else _loud(person, now)
    if later > now:
        Delivery.objects.filter(_is_due(now), pk=row.pk).update(due_at=later)
        return 0
    claimed = _claim(row, now)
    return _send(claimed, sender, now) if claimed else 0


def _loud(person: User, now: datetime) -> datetime:
    """When the person may be told aloud: now, or when his quiet hours end."""
    quiet: QuietHours | None = getattr(person, "quiet_hours", None)
    if quiet is None:
        return now
    return end_of_quiet(now, begins=quiet.begins, ends=quiet.ends, zone=Institute.current().zone)


def _claim(row: Delivery, now: datetime) -> list[Delivery]:
    """What this worker alone may send until the lease is over; nothing when another was faster."""
    person, until = row.notification.recipient, now + LEASE
    with transaction.atomic():
        rows = Delivery.objects.filter(_is_due(now), pk=row.pk)
        if row.is_digest:
            User.objects.select_for_update(no_key=True).get(pk=person.pk)
            waiting = Q(is_digest=True, channel=row.channel, notification__recipient=person)
            rows = Delivery.objects.filter(_is_due(now) & waiting)
        pks = list(rows.values_list("pk", flat=True))
        free = Delivery.objects.filter(_is_due(now), pk__in=pks)
        if not free.update(claimed_until=until, tries=F("tries") + 1):
            return []
    mine = Delivery.objects.filter(pk__in=pks, claimed_until=until, state=State.PENDING)
    return list(mine.select_related("notification__recipient").order_by("pk"))


def _send(claimed: list[Delivery], sender: Sender, now: datetime) -> int:
    """Hand it over and write down what came of it. Raises: Unreachable, once that is written."""
    given_up = [row for row in claimed if row.tries > TRIES]
    if given_up:
        _mark(given_up, state=State.FAILED, error=DIED)
    rows = [row for row in claimed if row.tries <= TRIES]
    if not rows:
        return 0
    try:
        sender.send(rows)
    except Permanent as error:
        _mark(rows, state=State.FAILED, error=str(error)[:ERROR_LENGTH])
    except Temporary as error:
        _put_off(rows, str(error)[:ERROR_LENGTH], now)
        if isinstance(error, Unreachable):
            raise
    else:
        _mark(rows, state=State.SENT, sent_at=now, error="")
        return 1
    return 0


def _put_off(rows: list[Delivery], error: str, now: datetime) -> None:
    """Each for as long as its tries so far say; after the last it has failed."""
    for row in rows:
        if row.tries >= TRIES:
            _mark([row], state=State.FAILED, error=error)
        else:
            _mark([row], due_at=now + BACKOFF[row.tries - 1], error=error)
    log.warning("%d deliveries are put off: %s", len(rows), error)


def _mark(rows: list[Delivery], **fields: object) -> None:
    """Only under the lease they were claimed with: whoever came later has the say."""
    held = Delivery.objects.filter(pk__in=[row.pk for row in rows], claimed_until=rows[0].claimed_until)
    held.filter(state=State.PENDING).update(claimed_until=None, **fields)
