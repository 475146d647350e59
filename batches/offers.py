"""What batches offer to the composed pages: today's classes, what waits, and the calendar.

What is kept of a person, and what an erasure takes, is `own_copy`.
"""

from collections.abc import Iterator
from datetime import datetime, timedelta

from django.db.models import Q, QuerySet
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts import guardians
from accounts.models import Role, User
from batches import clash_report, gaps
from batches.calendar_entries import calendar
from batches.class_days import children_today, classes_on, day_span
from batches.class_lines import learners_line, teachers_line, with_names
from batches.models import Batch, ClassSession, JoinRequest
from batches.room_day import RoomDay, room_day
from coaching.lib.clock import day_text, moment_text
from coaching.lib.counts import Sets, counted_once
from coaching.lib.offers import Empty, Line, Panel, Todo
from coaching.lib.statements import written_once
from coaching.templatetags.figures import grouped

__all__ = ["calendar", "office", "panel", "todo"]

AHEAD = timedelta(days=14)
SHOWN = 4
A_DAY = 16
"""Nobody teaches more classes in a day."""
NAMED = 3
AT_MOST = 99
State = JoinRequest.State


# --- The first screen -------------------------------------------------------------------------------------------------


def panel(person: User, *, now: datetime) -> Panel:
    """Today's classes of a teacher or of a guardian's children; a student's next ones, that which is now on top."""
    if person.role == Role.STUDENT:
        lines = _next_of(person, now)
        title, said = _("Your classes"), _("The next class stands here, with the way in when it is online.")
    elif person.role == Role.GUARDIAN:
        lines = children_today(guardians.children_of(person), now=now)
        title, said = _("Today"), _("No class today.")
    else:
        lines, said = _today_of(person, now)
        title = _("Today’s classes")
    return Panel(
        key="classes",
        title=title,
        url=reverse("calendar"),
        link=_("Calendar"),
        lines=tuple(lines),
        empty=Empty(_("No class today"), said, reverse("calendar"), _("Calendar"), "calendar"),
    )


def _next_of(student: User, now: datetime) -> list[Line]:
    """First the class that is now or next, then what is the same day."""
    rows = _coming(student=student.pk, now=now)
    first = next((row for row in rows if not row.is_cancelled), None)
    if first is None:
        return [learners_line(row, now=now) for row in rows if not _is_later(row, now)]
    day = timezone.localdate(first.starts_at)
    rest = [row for row in rows if row is not first and timezone.localdate(row.starts_at) <= day]
    return [learners_line(row, now=now) for row in (first, *rest)]


@written_once
def _coming(*, student: int, now: datetime) -> QuerySet[ClassSession]:
    seen = ClassSession.objects.for_user(User(pk=student, role=Role.STUDENT))
    return with_names(seen.filter(ends_at__gt=now, starts_at__lt=now + AHEAD))[:SHOWN]


def _is_later(row: ClassSession, now: datetime) -> bool:
    return timezone.localdate(row.starts_at) > timezone.localdate(now)


def _today_of(teacher: User, now: datetime) -> tuple[list[Line], str]:
    """His classes of today; when there are none, which is the next. Two queries at most."""
    today = day_span(timezone.localdate(now))
    rows = _taught(teacher=teacher.pk, since=today.starts_at, until=today.ends_at)
    if rows:
        return [teachers_line(row, now=now) for row in rows], ""
    coming = next(iter(_next_taught(teacher=teacher.pk, since=today.ends_at)), None)
    if coming is None:
        return [], _("Classes stand here as soon as the timetable gives you some.")
    words = {"batch": coming.batch.name, "when": moment_text(coming.starts_at)}
    return [], _("Next: %(batch)s, %(when)s.") % words


@written_once
def _taught(*, teacher: int, since: datetime, until: datetime) -> QuerySet[ClassSession]:
    rows = ClassSession.objects.taught_by(User(pk=teacher)).filter(starts_at__gte=since, starts_at__lt=until)
    return with_names(rows)[:A_DAY]


@written_once
def _next_taught(*, teacher: int, since: datetime) -> QuerySet[ClassSession]:
    rows = ClassSession.objects.taught_by(User(pk=teacher)).held().filter(starts_at__gte=since)
    return with_names(rows)[:1]


def office(*, now: datetime) -> RoomDay:
    """Today by room. One query."""
    return room_day(classes_on(timezone.localdate(now)), now=now)


# --- What waits -------------------------------------------------------------------------------------------------------


def todo(person: User, *, now: datetime) -> list[Todo]:
    """Offers to a student and his guardians; who asks to join a teacher's batches; for admins what does not fit."""
    found = [*_office(now)] if person.is_admin else []
    children = guardians.children_of(person)
    if children or person.role in {Role.STUDENT, Role.TEACHER}:
        found += _requests(person, children, now)
    return found


def _requests(person: User, children: list[User], now: datetime) -> Iterator[Todo]:
    """What is offered to him or his children; who waits for his approval, longest first. One query."""
    learners = tuple(one.pk for one in (person, *children))
    if person.role == Role.TEACHER:
        rows = _offered_or_to_decide(learners=learners, teacher=person.pk, now=now)
    else:
        rows = _offered(learners=learners, now=now)
    for row in rows:
        if row.state == State.OFFERED:
            yield _offer(row, person)
    asked = [row for row in rows if row.state == State.ASKED]
    if len(asked) > NAMED:
        yield _wait(len(asked), oldest=asked[0].asked_at)
        return
    for row in asked:
        label = _("%(name)s asks to join %(batch)s") % {"name": row.student.name, "batch": row.batch.name}
        said = _("Asked %(day)s") % {"day": day_text(row.asked_at)}
        url = reverse("join_request_list")
        yield Todo("batch.asked", label, url, _("Decide"), "timetable", "user-plus", meta=said, tone="due")


@written_once
def _offered(*, learners: tuple[int, ...], now: datetime) -> QuerySet[JoinRequest]:
    return _ordered(Q(student__in=learners, state=State.OFFERED, offer_ends_at__gt=now))


@written_once
def _offered_or_to_decide(*, learners: tuple[int, ...], teacher: int, now: datetime) -> QuerySet[JoinRequest]:
    taught = Batch.objects.editable_by(User(pk=teacher, role=Role.TEACHER)).current()
    offered = Q(student__in=learners, state=State.OFFERED, offer_ends_at__gt=now)
    return _ordered(offered | Q(state=State.ASKED, batch__in=taught))


def _ordered(wanted: Q) -> QuerySet[JoinRequest]:
    """Offers first: they have an end."""
    found = JoinRequest.objects.filter(wanted).select_related("batch", "student")
    return found.order_by("-state", "asked_at", "pk")[:AT_MOST]


def _offer(row: JoinRequest, person: User) -> Todo:
    label = _("A seat in %(batch)s is free for you") % {"batch": row.batch.name}
    if row.student_id != person.pk:
        label = _("A seat in %(batch)s is free for %(name)s") % {"batch": row.batch.name, "name": row.student.name}
    said, url = _("The offer ends then."), reverse("my_batches")
    return Todo("batch.offer", label, url, _("Take it"), "timetable", "ticket", row.offer_ends_at, said, "due")


def _wait(count: int, *, oldest: datetime | None = None) -> Todo:
    label = ngettext("%(count)s student asks to join", "%(count)s students ask to join", count)
    label %= {"count": f"{AT_MOST}+" if count >= AT_MOST and oldest else grouped(count)}
    said = _("Oldest: %(day)s") % {"day": day_text(oldest)} if oldest else _("A teacher of the batch decides, or you.")
    url = reverse("join_request_list")
    return Todo("batch.asked", label, url, _("Decide"), "timetable", "user-plus", meta=said, tone="due")


def _office(now: datetime) -> Iterator[Todo]:
    """What any admin sees: that there is no batch yet, who asks to join, clashes, classes that lack something."""
    counts = _counts(now=now)
    if not counts["batches"]:
        label, said = _("Make the first batch"), _("Who learns what, when and where; the timetable follows from it.")
        url = reverse("batch_create")
        yield Todo("batch.none", label, url, _("Make it"), "timetable", "graduation-cap", meta=said, tone="due")
        return
    clashing = clash_report.count(now=now)
    if clashing:
        label = ngettext("%(count)d clash in the timetable", "%(count)d clashes in the timetable", clashing)
        said, url = _("Somebody or some room is wanted twice at once."), reverse("clash_report")
        words = {"count": clashing}
        yield Todo("class.clash", label % words, url, _("Look"), "timetable", "calendar-x", meta=said, tone="bad")
    if counts["asked"]:
        yield _wait(counts["asked"])
    said, url = _("In the coming week."), reverse("class_gaps")
    if counts["teacher"]:
        label = ngettext("%(count)d class has no teacher", "%(count)d classes have no teacher", counts["teacher"])
        label %= {"count": counts["teacher"]}
        yield Todo("class.teacher", label, url, _("Look"), "timetable", "calendar-clock", meta=said, tone="due")
    if counts["room"]:
        label = ngettext("%(count)d class has no room", "%(count)d classes have no room", counts["room"])
        label %= {"count": counts["room"]}
        yield Todo("class.room", label, url, _("Look"), "timetable", "calendar-clock", meta=said, tone="due")


@counted_once
def _counts(*, now: datetime) -> Sets:
    lacking = gaps.of_week(now=now)
    return {
        "batches": Batch.objects.all(),
        "asked": JoinRequest.objects.filter(state=State.ASKED),
        "teacher": lacking.teacher,
        "room": lacking.room,
    }
