"""What a worker does for people: a few lines around services."""

from smtplib import SMTPException

from celery import shared_task
from django.utils import timezone

from accounts import deliveries, invitation_mail, old_activity, old_news, password_links, sessions


@shared_task(ignore_result=True)
def sweep_sessions() -> None:
    """End what has run out and forget what ended long ago; missing a round changes nothing."""
    sessions.sweep(now=timezone.now())


@shared_task(autoretry_for=(OSError, SMTPException), retry_backoff=30, retry_backoff_max=600, max_retries=6)
def send_password_link(person_pk: int) -> None:
    """Mail a link for a new password; for the number of nobody, nothing. The link itself is in no message."""
    password_links.send(person_pk)


@shared_task(ignore_result=True)
def mail_invitations() -> None:
    """Mail the invitations that are due; the rows decide which, so a message too many does nothing."""
    invitation_mail.mail_due(now=timezone.now())


@shared_task(ignore_result=True)
def send_deliveries() -> None:
    """Carry out what people are to be told; the rows decide what is due, so a message too many does nothing."""
    deliveries.send_due(now=timezone.now())


@shared_task(ignore_result=True)
def forget_old_news() -> None:
    """Delete what people were told long ago; what a round leaves, the next one takes."""
    old_news.forget(now=timezone.now())


@shared_task(ignore_result=True)
def forget_old_activity() -> None:
    """Delete lines of the activity log whose retention is over; what a round leaves, the next one takes."""
    old_activity.forget(now=timezone.now())
