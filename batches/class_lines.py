"""Classes as lines of a panel: when, what, where, with whom, and what is other than usual."""

from datetime import datetime

from django.db.models import QuerySet
from django.urls import reverse
from django.utils.translation import gettext as _

from batches.models import Batch, ClassSession
from batches.models.timetable import OPENS_BEFORE
from coaching.lib.clock import clock_text, day_text
from coaching.lib.offers import Action, Line


def with_names(rows: QuerySet[ClassSession]) -> QuerySet[ClassSession]:
    """The same rows in the order of time, with all that a line names fetched along."""
    return rows.select_related("batch", "subject", "teacher", "room", "holiday").order_by("starts_at", "pk")


def learners_line(row: ClassSession, *, now: datetime) -> Line:
    """As a student reads it: what it is about, where and with whom, the batch above; online with the way in."""
    over = f"{row.subject.name}, {row.batch.name}" if row.topic and row.subject else row.batch.name
    return _line(row, now=now, label=row.title, over="" if over == row.title else over, people=_teacher(row))


def teachers_line(row: ClassSession, *, now: datetime) -> Line:
    """As who teaches it reads it: the batch first."""
    label = row.batch.name if row.title == row.batch.name else f"{row.batch.name} · {row.title}"
    return _line(row, now=now, label=label, over="", people="")


def in_its_batch(row: ClassSession, *, now: datetime) -> Line:
    """As the page of its batch lists it."""
    return _line(row, now=now, label=row.title, over="", people=_teacher(row))


def standing(row: ClassSession) -> tuple[str, str, str]:
    """Tone, word and reason of what is other than usual about a class; "" for nothing."""
    if row.is_cancelled:
        return ("off", _("Holiday, no class"), row.holiday.name) if row.holiday else ("off", _("Cancelled"), row.reason)
    if row.moved_from and row.moved_from != row.starts_at:
        return "run", _("Moved"), _came_from(row.moved_from, row.reason)
    own = row.own if row.slot_id else []
    if "teacher" in own and row.teacher:
        return "run", _("Substitute"), row.reason
    if "room" in own and row.room:
        return "run", _("Moved to %(room)s") % {"room": row.room.name}, row.reason
    return "", "", ""


def _came_from(at: datetime, reason: str) -> str:
    before = _("from %(when)s") % {"when": f"{day_text(at)}, {clock_text(at)}"}
    return f"{before} · {reason}" if reason else before


def state_at(row: ClassSession, now: datetime) -> str:
    """As `Line.state` names it."""
    if row.is_cancelled:
        return "off"
    if row.ends_at <= now:
        return "past"
    return "now" if row.starts_at <= now else ""


def address_of(row: ClassSession) -> str:
    """Of its page."""
    return reverse("class_session", args=[row.uuid])


def _line(row: ClassSession, *, now: datetime, label: str, over: str, people: str) -> Line:
    tone, word, why = standing(row)
    return Line(
        label=label,
        url=address_of(row),
        area="timetable",
        meta=" · ".join(filter(None, (_place(row), people, _opening(row, now)))),
        at=row.starts_at,
        ends_at=row.ends_at,
        tone=tone,
        word=word,
        why=why,
        over=over,
        state=state_at(row, now),
        action=_joining(row, now),
        ref=row.pk,
    )


def _teacher(row: ClassSession) -> str:
    return row.teacher.name if row.teacher else ""


def _place(row: ClassSession) -> str:
    if row.mode == Batch.Mode.ONLINE:
        return _("Online")
    return row.room.name if row.room else ""


def _opening(row: ClassSession, now: datetime) -> str:
    """When the link to an online class will be there."""
    opens_at = row.starts_at - OPENS_BEFORE
    if row.is_cancelled or not row.online_link or now >= opens_at:
        return ""
    return _("link opens %(time)s") % {"time": clock_text(opens_at)}


def _joining(row: ClassSession, now: datetime) -> Action | None:
    if not row.link_is_open(now):
        return None
    small = _("until %(time)s") % {"time": clock_text(row.ends_at)}
    return Action(_("Join"), reverse("class_join", args=[row.uuid]), drawn="video", small=small)
