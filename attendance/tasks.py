"""What a worker does for attendance: a few lines around services."""

from celery import shared_task
from django.utils import timezone

from attendance import closing, positions


@shared_task(ignore_result=True)
def close_registers() -> None:
    """Make registers final whose time has come; missing a round changes nothing."""
    closing.close_due(now=timezone.now())


@shared_task(ignore_result=True)
def delete_old_positions() -> None:
    """Delete positions whose time is over; missing a round changes nothing."""
    positions.delete_old(now=timezone.now())
