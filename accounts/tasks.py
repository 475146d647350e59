"""What is done for people's sessions while nobody asks: a few lines around services, woken by the schedule."""

from celery import shared_task
from django.utils import timezone

from accounts import sessions


@shared_task(ignore_result=True)
def sweep_sessions() -> None:
    """End what has run out and forget what ended long ago; missing a round changes nothing."""
    sessions.sweep(now=timezone.now())
