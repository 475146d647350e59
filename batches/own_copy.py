"""What batches keep of a person: as tables he can take with him, what holds an erasure, and what it takes."""

from collections.abc import Iterator
from typing import Any

from django.contrib.admin.models import LogEntry
from django.contrib.contenttypes.models import ContentType
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts.forgetting import NAME
from accounts.models import User
from batches.models import CalendarFeed, ClassSession, Enrolment, JoinRequest, Teaching
from coaching.lib.offers import Hold, Section


def export(person: User) -> list[Section]:
    """Where he learns and asked to, what he teaches, his classes, and his calendar's link."""
    return [
        Section(
            "enrolments",
            _("Batches"),
            (_("Batch"), _("From"), _("Until"), _("How"), _("Why left")),
            _enrolments(person),
        ),
        Section(
            "join_requests",
            _("Requests to join"),
            (_("Batch"), _("Asked"), _("State"), _("Decided"), _("Reason")),
            _requests(person),
        ),
        Section("teaching", _("Teaching"), (_("Batch"), _("Subject")), _teaching(person)),
        Section(
            "classes",
            _("Classes"),
            (_("From"), _("To"), _("Batch"), _("About"), _("Room"), _("Cancelled")),
            _classes(person),
        ),
        Section("calendar_link", _("Calendar link"), (_("Made"), _("Last read")), _feeds(person)),
    ]


def holds(person: User) -> list[Hold]:
    """He is in a batch, or classes wait for him to teach them."""
    now = timezone.now()
    found = []
    for row in Enrolment.objects.filter(student=person).not_over(now).select_related("batch"):
        until = timezone.localdate(row.left_at) if row.left_at else None
        found.append(Hold(_("Enrolled in %(batch)s. Let the enrolment end first.") % {"batch": row.batch.name}, until))
    coming = ClassSession.objects.held().filter(teacher=person, ends_at__gt=now).count()
    if coming:
        text = ngettext(
            "%(count)d class to come is his to teach. Give it to somebody else first.",
            "%(count)d classes to come are his to teach. Give them to somebody else first.",
            coming,
        )
        found.append(Hold(text % {"count": coming}))
    return found


def erase(person: User) -> None:
    """Before his name goes: what he asked for, his calendar's link, what he teaches, words about why he left.

    His enrolments stay, as others' history of a batch, and name nobody any more.
    """
    _erase_records(person)
    JoinRequest.objects.filter(student=person).delete()
    CalendarFeed.objects.filter(person=person).delete()
    Teaching.objects.filter(teacher=person).delete()
    Enrolment.objects.filter(student=person).update(leaving_reason="")


def _erase_records(person: User) -> None:
    """What Django's admin wrote down about rows that are called after him."""
    if not person.name:
        return
    models = (Enrolment, JoinRequest, Teaching, CalendarFeed)
    kinds = ContentType.objects.get_for_models(*models).values()
    named = Q(object_repr=person.name) | Q(object_repr__startswith=f"{person.name[:180]}")
    LogEntry.objects.filter(named, content_type__in=kinds).update(object_repr=NAME)


def _enrolments(person: User) -> Iterator[tuple[Any, ...]]:
    for row in Enrolment.objects.filter(student=person).select_related("batch").order_by("joined_at", "pk"):
        yield row.batch.name, row.joined_at, row.left_at, str(row.get_source_display()), row.leaving_reason


def _requests(person: User) -> Iterator[tuple[Any, ...]]:
    for row in JoinRequest.objects.filter(student=person).select_related("batch").order_by("asked_at", "pk"):
        yield row.batch.name, row.asked_at, str(row.get_state_display()), row.decided_at, row.reason


def _teaching(person: User) -> Iterator[tuple[Any, ...]]:
    for row in Teaching.objects.filter(teacher=person).select_related("batch", "subject").order_by("batch__name", "pk"):
        yield row.batch.name, row.subject.name if row.subject else ""


def _classes(person: User) -> Iterator[tuple[Any, ...]]:
    """Those he teaches, and those that fall into his enrolments."""
    mine = Enrolment.objects.filter(student=person).order_by().values_list("batch", "joined_at", "left_at")
    wanted = Q(teacher=person)
    for batch, joined_at, left_at in mine:
        stay = Q(batch=batch, ends_at__gt=joined_at)
        wanted |= stay & Q(starts_at__lt=left_at) if left_at else stay
    rows = ClassSession.objects.filter(wanted).select_related("batch", "subject", "room").order_by("starts_at", "pk")
    for row in rows.iterator(chunk_size=500):
        room = row.room.name if row.room else ""
        yield row.starts_at, row.ends_at, row.batch.name, row.title, room, row.is_cancelled


def _feeds(person: User) -> Iterator[tuple[Any, ...]]:
    for row in CalendarFeed.objects.filter(person=person):
        yield row.created_at, row.read_at
