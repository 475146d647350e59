"""What a worker does for fees: a few lines around services."""

from celery import shared_task
from django.utils import timezone

from fees import advances, billing, charging, reminders, siblings


@shared_task(ignore_result=True)
def repair_charges() -> None:
    """Issue dues that enrolments lack, and put siblings forward; missing a round changes nothing."""
    now = timezone.now()
    charging.repair(now=now)
    siblings.suggest_all(now=now)


@shared_task(ignore_result=True)
def use_advances() -> None:
    """Pay dues whose day has come from advances; what a round leaves, the next one takes."""
    advances.use_due(now=timezone.now())


@shared_task(ignore_result=True)
def bill_due() -> None:
    """Bill dues whose day has come; what a round leaves, the next one takes."""
    billing.bill_due(now=timezone.now())


@shared_task(ignore_result=True)
def remind_due() -> None:
    """Remind families of what is due, by day; what a round leaves, the next one sends."""
    reminders.remind_due(now=timezone.now())
