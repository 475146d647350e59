"""One class, and classes in lists, with what attendance says of them: batches know nothing of it."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.views.decorators.http import require_safe

from accounts.access import SignedInRequest, signed_in
from accounts.models import User
from attendance import offers as attendance_offers
from attendance.class_states import SOON
from batches.class_lines import standing, state_at
from batches.models import ClassSession
from batches.models.timetable import OPENS_BEFORE
from coaching.lib.offers import ClassState, Line, Panel

NAMES = ("batch", "subject", "teacher", "room__venue", "holiday", "slot", "changed_by")


def with_states(lines: Iterable[Line], person: User, *, now: datetime) -> tuple[Line, ...]:
    """The same classes, each with what is said of it to this person. Of what is far off nothing is asked."""
    listed = tuple(lines)
    return _told(listed, attendance_offers.class_states(person, _numbers(listed, now), now=now))


def with_states_of(lines: Iterable[Line], students: Sequence[User], *, now: datetime) -> tuple[Line, ...]:
    """The same, as the guardian of these students reads it."""
    listed = tuple(lines)
    refs = _numbers(listed, now)
    return _told(listed, attendance_offers.childrens_states(students, refs) if refs else {})


def panel_with_states(panel: Panel, person: User, *, now: datetime) -> Panel:
    """A panel of classes, told in the same way."""
    return replace(panel, lines=with_states(panel.lines, person, now=now))


def _numbers(lines: Sequence[Line], now: datetime) -> list[int]:
    """Of the classes that are held, and begin soon or have begun."""
    return [line.ref for line in lines if line.ref and line.state != "off" and line.at and line.at <= now + SOON]


def _told(lines: tuple[Line, ...], said: Mapping[int, ClassState]) -> tuple[Line, ...]:
    return tuple(replace(line, also=said.get(line.ref)) if line.ref else line for line in lines)


@signed_in
@require_safe
def class_session(request: SignedInRequest, public_id: UUID) -> HttpResponse:
    """When, where, with whom, what is other than usual, and how attendance stands."""
    person, now = request.user, timezone.now()
    row = get_object_or_404(ClassSession.objects.for_user(person).select_related(*NAMES), uuid=public_id)
    tone, word, why = standing(row)
    may_change = not row.batch.archived_at and ClassSession.objects.editable_by(person).filter(pk=row.pk).exists()
    is_far = row.is_cancelled or row.starts_at > now + SOON
    context = {
        "row": row,
        "batch": row.batch,
        "tone": tone,
        "word": word,
        "why": why,
        "state": state_at(row, now),
        "is_over": row.ends_at <= now,
        "has_begun": row.starts_at <= now,
        "may_join": row.link_is_open(now),
        "opens_at": row.starts_at - OPENS_BEFORE if row.online_link and not row.is_cancelled else None,
        "may_change": may_change,
        "attendance": None if is_far else attendance_offers.class_states(person, [row.pk], now=now).get(row.pk),
    }
    return render(request, "pages/class_session.html", context)
