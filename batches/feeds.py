"""The secret address under which a person's calendar is read: made, replaced, taken back.

The secret is 32 random bytes; only its SHA-256 is kept, so neither the table nor a backup of it opens anything. It is
in no log line (the access log hides an argument of this name), and no page leads from it, so no Referer carries it.
"""

import secrets
from datetime import datetime, timedelta

from django.db import transaction
from django.http import HttpRequest
from django.utils import timezone

from accounts import activity
from accounts.models import User
from accounts.models.invitations import hash_token
from batches.models import CalendarFeed

SECRET_BYTES = 32
NOTED_EVERY = timedelta(hours=1)


@transaction.atomic
def make_feed(person: User, *, request: HttpRequest | None = None) -> str:
    """A new secret, known at this moment only; an older one of this person opens nothing any more."""
    secret = secrets.token_urlsafe(SECRET_BYTES)
    given = {"secret_hash": hash_token(secret), "created_at": timezone.now(), "read_at": None}
    CalendarFeed.objects.update_or_create(person=person, defaults=given)
    activity.record("calendar_feed.made", actor=person, subject=person, request=request)
    return secret


@transaction.atomic
def revoke_feed(person: User, *, actor: User | None = None, request: HttpRequest | None = None) -> bool:
    """The address opens nothing any more. Whether there was one."""
    gone, _each = CalendarFeed.objects.filter(person=person).delete()
    if gone:
        activity.record("calendar_feed.revoked", actor=actor or person, subject=person, request=request)
    return bool(gone)


def find(secret: str) -> CalendarFeed | None:
    """The feed of this secret, as long as its person may sign in."""
    feeds = CalendarFeed.objects.select_related("person").filter(person__is_active=True)
    return feeds.filter(secret_hash=hash_token(secret)).first()


def note_reading(feed: CalendarFeed, *, now: datetime) -> None:
    """Remember that a calendar asked, to the hour: a phone asks often."""
    if feed.read_at is None or now - feed.read_at >= NOTED_EVERY:
        CalendarFeed.objects.filter(pk=feed.pk).update(read_at=now)
