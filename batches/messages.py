"""A message to everybody in a batch: a ready text, told to each in his own language, or the writer's own words.

A form carries a number of its own, so one that is sent twice tells nobody twice; with other words in it, it is another
message.
"""

import uuid
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db.models import QuerySet
from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext as _

from accounts import activity, notifications
from accounts.models import User
from batches.class_lines import with_names
from batches.enrolment_news import MESSAGE
from batches.models import Batch, ClassSession, Enrolment
from coaching.lib.clock import clock_text, day_text
from coaching.lib.counts import counted
from coaching.lib.errors import DomainError, NotAllowed

LATE = timedelta(minutes=15)
TEXT_LENGTH = 1000


class MessageRefused(DomainError):
    """The message cannot be sent. Nobody was told."""

    code = "message_refused"


@dataclass(frozen=True, slots=True)
class Ready:
    """A text to be sent with one tap. `key` changes with the class it speaks of; `text` renders it anew."""

    key: str
    text: Callable[[], str]


@dataclass(frozen=True, slots=True)
class Message:
    """What is told: `title` goes into lists and subjects, so nobody's own words belong there. `form` is its number."""

    title: str | Promise | Callable[[], str]
    text: str | Callable[[], str]
    form: uuid.UUID
    with_guardians: bool = True


@dataclass(frozen=True, slots=True)
class Count:
    """How many students, and how many guardians of theirs."""

    students: int
    guardians: int


def ready_texts(batch: Batch, *, now: datetime) -> list[Ready]:
    """What fits the batch's next and last class; nothing while it has none. Two queries."""
    held = with_names(batch.class_sessions.held())
    coming = held.filter(ends_at__gt=now, starts_at__gt=now - LATE).first()
    last = held.filter(ends_at__lte=now).last()
    found = []
    if coming and timezone.localdate(coming.starts_at) == timezone.localdate(now):
        found.append(Ready(_key("late", coming), lambda: _late(coming)))
    if last:
        found.append(Ready(_key("notes", last), lambda: _notes(last)))
    if coming:
        found.append(Ready(_key("book", coming), lambda: _book(coming, now)))
    return found


def ready_message(batch: Batch, ready: Ready, *, form: uuid.UUID, with_guardians: bool) -> Message:
    """The text stands in the title, too: it says nothing of anybody."""
    return Message(lambda: f"{batch.name}: {ready.text()}", ready.text, form, with_guardians)


def own_message(batch: Batch, text: str, *, author: User, form: uuid.UUID, with_guardians: bool) -> Message:
    """In the writer's words, which only the reader sees."""

    def title() -> str:
        return _("%(batch)s: message from %(name)s") % {"batch": batch.name, "name": author.name}

    return Message(title, text, form, with_guardians)


def readers(batch: Batch, *, now: datetime) -> tuple[QuerySet[User], QuerySet[User]]:
    """The students in the batch now, and their guardians, each once; who may not sign in is left out."""
    rows = Enrolment.objects.filter(batch=batch).active_at(now).order_by()
    students: QuerySet[User] = User.objects.active().filter(pk__in=rows.values("student"))
    parents: QuerySet[User] = User.objects.active().filter(guardianships__student__in=rows.values("student")).distinct()
    return students, parents


def count_readers(batch: Batch, *, now: datetime) -> Count:
    """One query."""
    students, parents = readers(batch, now=now)
    return Count(**counted(students=students, guardians=parents.values("pk")))


def send(batch: Batch, message: Message, *, actor: User, now: datetime, request: HttpRequest | None = None) -> Count:
    """Tell the batch; answers how many were told now. Raises: NotAllowed, MessageRefused."""
    if not Batch.objects.editable_by(actor).filter(pk=batch.pk).exists():
        raise NotAllowed(_("Only admins and the teachers of this batch write to it."))
    if batch.archived_at:
        raise MessageRefused(_("This batch is archived. Nobody was told."))
    students, parents = readers(batch, now=now)
    if not students.exists():
        raise MessageRefused(_("Nobody is in this batch now. Nobody was told."))
    words = message.text() if callable(message.text) else message.text
    event = f"batch:{uuid.uuid5(message.form, f'{batch.pk} {words}')}"
    told = Count(
        _tell(students, batch, message, event, actor, now),
        _tell(parents, batch, message, event, actor, now) if message.with_guardians else 0,
    )
    if told.students or told.guardians:
        extra: dict[str, Any] = {"name": batch.name, "students": told.students, "guardians": told.guardians}
        activity.record("batch.message_sent", actor=actor, on=batch, request=request, **extra)
    return told


def _tell(people: QuerySet[User], batch: Batch, message: Message, event: str, actor: User, now: datetime) -> int:
    return notifications.tell(
        people.exclude(pk=actor.pk),
        kind=MESSAGE.key,
        event_key=event,
        title=message.title,
        body=message.text,
        url=reverse("batch", args=[batch.uuid]),
        now=now,
    )


# --- Ready texts ------------------------------------------------------------------------------------------------------


def _key(word: str, row: ClassSession) -> str:
    return f"{word}-{row.uuid}-{row.sequence}"


def _late(row: ClassSession) -> str:
    return _("Today’s class starts 15 minutes late, at %(time)s.") % {"time": clock_text(row.starts_at + LATE)}


def _notes(row: ClassSession) -> str:
    what = row.topic or day_text(row.starts_at)
    return _("The notes of the last class are up: %(what)s.") % {"what": what}


def _book(row: ClassSession, now: datetime) -> str:
    if timezone.localdate(row.starts_at) == timezone.localdate(now):
        return _("Bring your textbook and notebook to today’s class.")
    return _("Bring your textbook and notebook to the class on %(day)s.") % {"day": day_text(row.starts_at)}
