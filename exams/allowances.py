"""Extra time said before a test: for a student, or for all of a batch. The larger counts; it lengthens his attempt
past duration and closing. Who writes already gets time on the monitor instead.
"""

from datetime import datetime

from django.db import transaction
from django.db.models import Max, Q, Sum
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts import activity
from accounts.models import User
from batches.models import Batch, Enrolment
from exams.models import Allowance, Attempt, Test
from exams.models.attempts import State
from exams.papers import locked_test
from exams.tests_made import TestRefused


def seconds_for(test: Test, student: User, *, now: datetime | None = None) -> int:
    """How much longer he may write: his own, or his batches' when that is more. One query."""
    stays = Enrolment.objects.active_at(now or timezone.now()).filter(student=student).order_by()
    meant = Q(student=student) | Q(batch__in=stays.values("batch"))
    found = Allowance.objects.filter(meant, test=test).order_by().aggregate(most=Max("minutes"))
    return (found["most"] or 0) * 60


def allow_student(
    test: Test,
    student: User,
    *,
    minutes: int,
    reason: str,
    actor: User,
    now: datetime,
    request: HttpRequest | None = None,
) -> Allowance:
    """So many minutes more for him, instead of what he had.

    Raises: TestRefused when he writes already, or has no attempt left.
    """
    with transaction.atomic():
        locked = _open_test(test)
        if locked.attempts.writing().filter(student=student).exists():
            raise TestRefused(_("This student writes already. Give the time on the monitor."), field="whom")
        done = locked.attempts.filter(student=student, state=State.SUBMITTED).count()
        if done >= locked.most_attempts:
            raise TestRefused(_("This student has handed in. To go on, open it again on the monitor."), field="whom")
        row = _keep(locked, {"student": student}, minutes, reason, actor=actor, request=request)
        _give_who_waits(locked, now=now)
        return row


def allow_batch(
    test: Test,
    batch: Batch,
    *,
    minutes: int,
    reason: str,
    actor: User,
    now: datetime,
    request: HttpRequest | None = None,
) -> Allowance:
    """So many minutes more for all of the batch who begin from now on, instead of what they had."""
    with transaction.atomic():
        locked = _open_test(test)
        row = _keep(locked, {"batch": batch}, minutes, reason, actor=actor, request=request)
        _give_who_waits(locked, now=now)
        return row


@transaction.atomic
def drop_allowance(allowance: Allowance, *, actor: User, now: datetime, request: HttpRequest | None = None) -> None:
    """Whoever writes keeps it. Twice is once."""
    test = locked_test(allowance.test)
    found = Allowance.objects.filter(pk=allowance.pk).first()
    if found:
        _record(found, test, 0, actor=actor, request=request)
        found.delete()
        _give_who_waits(test, now=now)


def _give_who_waits(test: Test, *, now: datetime) -> None:
    """Who has come in and not begun carries his extra time in his attempt already, with what the monitor gave him."""
    waiting = test.attempts.filter(state=State.READY)
    given: dict[int, int | None] = dict(waiting.order_by().values_list("pk").annotate(Sum("credits__seconds")))
    for attempt in waiting.select_related("student"):
        seconds = seconds_for(test, attempt.student, now=now) + (given.get(attempt.pk) or 0)
        if seconds != attempt.allowance_s:
            Attempt.objects.filter(pk=attempt.pk, state=State.READY).update(allowance_s=seconds)


def _open_test(test: Test) -> Test:
    locked = locked_test(test)
    if locked.archived_at:
        raise TestRefused(_("The test is archived. Take it out of the archive first."))
    return locked


def _keep(
    test: Test,
    whom: dict[str, User | Batch],
    minutes: int,
    reason: str,
    *,
    actor: User,
    request: HttpRequest | None,
) -> Allowance:
    row = Allowance.objects.filter(test=test, **whom).first()
    if row and (row.minutes, row.reason) == (minutes, reason):
        return row
    row = row or Allowance(test=test, **whom)
    row.minutes, row.reason, row.created_by = minutes, reason, actor
    row.save()
    _record(row, test, minutes, actor=actor, request=request)
    return row


def _record(row: Allowance, test: Test, minutes: int, *, actor: User, request: HttpRequest | None) -> None:
    said = {"name": test.title, "minutes": minutes, "batch": row.batch.name if row.batch else ""}
    activity.record("test.allowance", actor=actor, subject=row.student, on=test, request=request, **said)
