"""What a worker does for batches: a few lines around services."""

from celery import shared_task
from django.utils import timezone

from batches import timetable, waiting


@shared_task(ignore_result=True)
def hand_out_seats() -> None:
    """Let offers lapse and offer the seats that time freed; missing a round changes nothing."""
    waiting.hand_out_due(now=timezone.now())


@shared_task(ignore_result=True)
def align_classes() -> None:
    """Coming classes follow the institute's zone when that has changed; missing a round changes nothing."""
    timetable.align(now=timezone.now())
