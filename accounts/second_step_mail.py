"""The mail that tells a person that his second step was changed, so that a thief cannot do it unseen."""

from django.conf import settings
from django.core.mail import EmailMessage
from django.template.loader import render_to_string
from django.utils import timezone, translation

from accounts.events import describe
from accounts.models import User


def send(person: User, *, event: str, name: str) -> None:
    """One mail in the person's language: what happened to `name` (a passkey, say), and what to do if it was not he."""
    with translation.override(person.language or settings.LANGUAGE_CODE):
        words = {
            "what": describe(event),
            "name": name,
            "person": person,
            "at": timezone.now(),
            "institute": settings.INSTITUTE_NAME,
            "site": settings.BASE_URL,
        }
        subject = " ".join(render_to_string("mfa/email/changed_subject.txt", words).split())
        body = render_to_string("mfa/email/changed_message.txt", words)
    EmailMessage(subject, body, to=[str(person.email)]).send()
