"""The seats of a batch: how many are free, and handing freed ones to those who wait.

A seat is taken by whoever is in the batch now or will be, and by each offer. Whoever changes that holds the lock on the
batch's row, so that the last seat is given once. While somebody waits no seat stays free: `hand_out` is called after
each change that may have freed one, and by the schedule, for those that time frees.
"""

from collections.abc import Iterable
from datetime import datetime, timedelta

from django.db.models import Q
from django.utils.translation import gettext as _

from accounts import activity
from accounts.models import User
from batches import enrolment_news
from batches.models import Batch, Enrolment, JoinRequest
from coaching.lib.errors import DomainError

OFFER_LASTS = timedelta(hours=48)
State = JoinRequest.State


class BatchArchived(DomainError):
    """Nobody joins an archived batch."""

    code = "batch_archived"


class BatchFull(DomainError):
    """Fewer seats are free than are asked for."""

    code = "batch_full"


def locked(*pks: int) -> dict[int, Batch]:
    """These batches as they are now, locked in one order for all who lock several."""
    return {batch.pk: batch for batch in Batch.objects.select_for_update().filter(pk__in=pks).order_by("pk")}


def require_current(batch: Batch) -> None:
    """Raises: BatchArchived."""
    if batch.archived_at is not None:
        raise BatchArchived(_("%(batch)s is archived. Take it out of the archive first.") % {"batch": batch.name})


def taken(batch: Batch, *, now: datetime, but: Iterable[User] = ()) -> int:
    """Students in it now or later, and offers that wait for an answer; those to people of `but` do not count."""
    students = Enrolment.objects.not_over(now).filter(batch=batch).count()
    return students + JoinRequest.objects.holding_seats().filter(batch=batch).exclude(student__in=list(but)).count()


def free(batch: Batch, *, now: datetime, but: Iterable[User] = ()) -> int | None:
    """How many seats are free, None when they are not counted; offers to those of `but` take none."""
    return None if batch.seats is None else max(0, batch.seats - taken(batch, now=now, but=but))


def require(batch: Batch, count: int, *, now: datetime, but: Iterable[User] = ()) -> None:
    """Raises: BatchFull when fewer than `count` seats are free; for none, nothing."""
    left = free(batch, now=now, but=but)
    if count and left is not None and count > left:
        words = {"batch": batch.name, "seats": batch.seats, "left": left, "count": count}
        said = _("Free seats in %(batch)s: %(left)s of %(seats)s. Needed: %(count)s.") % words
        advice = _("Give the batch more seats, or put them on the waiting list.")
        raise BatchFull(f"{said} {advice}")


def hand_out(batch: Batch, *, now: datetime) -> list[JoinRequest]:
    """Let offers go that ran out and offer each free seat to who waits first; the caller holds the batch's lock.

    The schedule tells its outcome apart from a round without work by what is returned: the new offers.
    """
    if batch.archived_at is not None:
        return []
    requests = JoinRequest.objects.filter(batch=batch).select_related("student")
    for one in requests.filter(state=State.OFFERED, offer_ends_at__lte=now):
        _lapse(one, batch, now=now)
    left = free(batch, now=now)
    waiting = requests.filter(state=State.WAITING, student__is_active=True).order_by("asked_at", "pk")
    offered = list(waiting if left is None else waiting[:left])
    for one in offered:
        one.batch = batch
        one.state, one.offer_ends_at = State.OFFERED, now + OFFER_LASTS
        one.save(update_fields=["state", "offer_ends_at"])
        activity.record("join_request.offered", subject=one.student, on=one, name=batch.name)
        enrolment_news.of_offer(one)
    return offered


def _lapse(request: JoinRequest, batch: Batch, *, now: datetime) -> None:
    request.batch = batch
    request.state, request.decided_at = State.LAPSED, now
    request.save(update_fields=["state", "decided_at"])
    activity.record("join_request.lapsed", subject=request.student, on=request, name=batch.name)
    enrolment_news.of_lapse(request)


def with_something_due(*, now: datetime) -> list[int]:
    """The numbers of the batches the schedule looks at: offers that ran out, or somebody who waits."""
    due = Q(state=State.OFFERED, offer_ends_at__lte=now) | Q(state=State.WAITING)
    rows = JoinRequest.objects.filter(due, batch__archived_at=None).order_by("batch").values_list("batch", flat=True)
    return list(rows.distinct())
