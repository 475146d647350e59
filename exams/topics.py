"""Topics of subjects: found or made by name, renamed."""

from django.db import transaction
from django.http import HttpRequest
from django.utils.translation import gettext as _

from accounts import activity
from accounts.models import User
from batches.models import Subject
from coaching.lib.errors import DomainError
from coaching.lib.text import one_line
from exams.models import Topic

MOST_NAME = 120


class TopicTaken(DomainError):
    """The subject has another topic of this name."""

    code = "topic_taken"


class NoName(DomainError):
    """A topic without a letter in its name (400)."""

    code = "no_name"
    status = 400


def topic_named(subject: Subject, name: str) -> Topic:
    """The topic of this name, in whatever letters, made when the subject has none. Raises: NoName."""
    kept = _name(name)
    with transaction.atomic():
        _lock(subject)
        return _found(subject, kept) or Topic.objects.create(subject=subject, name=kept)


def add_topic(subject: Subject, *, name: str, actor: User, request: HttpRequest | None = None) -> Topic:
    """A new topic; one that is there already is the same one again. Raises: NoName."""
    kept = _name(name)
    with transaction.atomic():
        _lock(subject)
        found = _found(subject, kept)
        if found:
            return found
        topic = Topic.objects.create(subject=subject, name=kept)
        activity.record("topic.changed", actor=actor, on=topic, request=request, name=kept, subject_name=subject.name)
    return topic


def rename_topic(topic: Topic, *, name: str, actor: User, request: HttpRequest | None = None) -> None:
    """Call it otherwise. Raises: NoName, TopicTaken: two topics do not become one by their names."""
    kept = _name(name)
    with transaction.atomic():
        _lock(topic.subject)
        other = _found(topic.subject, kept)
        if other and other.pk != topic.pk:
            raise TopicTaken(
                _("%(subject)s has a topic “%(name)s” already.") % {"subject": topic.subject, "name": other}
            )
        before = Topic.objects.get(pk=topic.pk).name
        topic.name = kept
        if before != kept:
            topic.save(update_fields=["name"])
            activity.record("topic.changed", actor=actor, on=topic, request=request, name=kept, before=before)


def _lock(subject: Subject) -> None:
    """Of a subject's topics one is named at a time: the index parts them in its own letters, people in every script."""
    Subject.objects.select_for_update().get(pk=subject.pk)


def _found(subject: Subject, name: str) -> Topic | None:
    wanted = name.casefold()
    return next((one for one in Topic.objects.filter(subject=subject) if one.name.casefold() == wanted), None)


def _name(typed: str) -> str:
    kept = one_line(typed, at_most=MOST_NAME)
    if not kept:
        raise NoName(_("Write a name for the topic."))
    return kept
