"""What a worker does for attendance: a few lines around services."""

from celery import shared_task
from django.utils import timezone

from attendance import closing


@shared_task(ignore_result=True)
def close_registers() -> None:
    """Make registers final whose time has come; missing a round changes nothing."""
    closing.close_due(now=timezone.now())
