"""What a worker does for fees: a few lines around services."""

from celery import shared_task
from django.utils import timezone

from fees import advances, billing, charging


@shared_task(ignore_result=True)
def repair_charges() -> None:
    """Issue the dues an enrolment should have and has not; missing a round changes nothing."""
    charging.repair(now=timezone.now())


@shared_task(ignore_result=True)
def use_advances() -> None:
    """Pay dues whose day has come from advances; what a round leaves, the next one takes."""
    advances.use_due(now=timezone.now())


@shared_task(ignore_result=True)
def bill_due() -> None:
    """Bill dues whose day has come; what a round leaves, the next one takes."""
    billing.bill_due(now=timezone.now())
