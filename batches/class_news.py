"""Whom a change of a class or of the timetable is told, and in which words.

Students on the roll, their guardians, and who teaches it or did; never whoever changed it; of what is over, nobody. One
change is told once, however many classes it moves.
"""

from collections.abc import Callable, Iterable, Sequence
from datetime import datetime

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from accounts.models import User
from accounts.notifications import Kind
from batches.families import tell_families
from batches.models import ClassSession, Enrolment, WeeklySlot
from coaching.lib.clock import clock_text, day_text

CHANGED = Kind("class.changed", gettext_lazy("A class is cancelled or changed"), is_urgent=True)
KINDS = (CHANGED,)
NAMED = 5
Words = Callable[[], str]


def of_adding(row: ClassSession, *, actor: User | None, now: datetime) -> None:
    _of_one(row, lambda: _("New class: %(class)s"), lambda: _where(row), actor=actor, now=now)


def of_cancelling(row: ClassSession, *, actor: User | None, now: datetime) -> None:
    _of_one(row, lambda: _("Cancelled: %(class)s"), lambda: row.reason, actor=actor, now=now)


def of_restoring(row: ClassSession, *, actor: User | None, now: datetime) -> None:
    _of_one(row, lambda: _("Held after all: %(class)s"), lambda: _where(row), actor=actor, now=now)


def of_change(row: ClassSession, *, was: ClassSession, actor: User | None, now: datetime) -> None:
    """`was` is the class before: when it is held elsewhere in time, the title names both."""
    is_moved = was.starts_at != row.starts_at
    before = f"{day_text(was.starts_at)}, {clock_text(was.starts_at)}"

    def body() -> str:
        moved = _("It was to be %(when)s.") % {"when": before} if is_moved else ""
        return "\n".join(filter(None, (moved, _where(row), row.reason)))

    title = (lambda: _("Moved: %(class)s")) if is_moved else (lambda: _("Changed: %(class)s"))
    _of_one(row, title, body, actor=actor, now=now, was=was)


def of_series(
    slot: WeeklySlot,
    rows: Sequence[ClassSession],
    *,
    title: Words,
    actor: User | None,
    now: datetime,
    also: Iterable[int | None] = (),
) -> None:
    """Classes one change of a slot made, moved or took away; `also` taught them before. `title` has %(batch)s."""
    key = f"slot:{slot.uuid}:{slot.revision}"
    of_changes(rows, actor=actor, why=lambda: title() % {"batch": slot.batch.name}, key=key, now=now, also=also)


def of_changes(
    changed: Sequence[ClassSession],
    *,
    actor: User | None,
    why: Words,
    key: str,
    now: datetime,
    also: Iterable[int | None] = (),
) -> None:
    """All of `changed` as one piece of news; `why` is its title, `key` names the event.

    Those of one batch are named, the first few; of several batches none is, for most readers are in one of them.
    """
    coming = sorted((row for row in changed if row.ends_at > now), key=lambda row: row.starts_at)
    if not coming:
        return
    batches = {row.batch_id for row in coming}
    url = reverse("batch", args=[coming[0].batch.uuid]) if len(batches) == 1 else reverse("calendar")
    named = coming if len(batches) == 1 else []
    _tell(coming, also=also, actor=actor, key=key, title=why, body=lambda: _listed(named), url=url, now=now)


def _of_one(
    row: ClassSession,
    title: Words,
    body: Words,
    *,
    actor: User | None,
    now: datetime,
    was: ClassSession | None = None,
) -> None:
    rows = [row, was] if was else [row]  # who leaves between the old and the new time must know that the old one is off
    if all(one.ends_at <= now for one in rows):
        return

    def named() -> str:
        return title() % {"class": f"{_named(row)}, {_when(row)}"}

    key, url = f"class:{row.uuid}:{row.sequence}", reverse("class_session", args=[row.uuid])
    _tell(rows, also=(), actor=actor, key=key, title=named, body=body, url=url, now=now)


def _tell(
    rows: Sequence[ClassSession],
    *,
    also: Iterable[int | None],
    actor: User | None,
    key: str,
    title: Words,
    body: Words,
    url: str,
    now: datetime,
) -> None:
    """Whom these classes concern, each once, and each guardian about his child."""
    within = {"starts_at": min(row.starts_at for row in rows), "ends_at": max(row.ends_at for row in rows)}
    on_roll = Enrolment.objects.on_roll(**within).filter(batch__in={row.batch_id for row in rows}).order_by()
    students = User.objects.filter(pk__in=on_roll.values("student"))
    teachers = User.objects.filter(pk__in=({row.teacher_id for row in rows} | set(also)) - {None})
    tell_families(
        students,
        besides=teachers,
        actor=actor,
        kind=CHANGED,
        event_key=key,
        title=title,
        body=body,
        url=url,
        now=now,
    )


# --- Words ------------------------------------------------------------------------------------------------------------


def _named(row: ClassSession) -> str:
    return row.batch.name if row.title == row.batch.name else f"{row.batch.name}, {row.title}"


def _when(row: ClassSession) -> str:
    return f"{day_text(row.starts_at)}, {clock_text(row.starts_at)}"


def _where(row: ClassSession) -> str:
    """Until when, where and with whom."""
    until = _("Until %(time)s") % {"time": clock_text(row.ends_at)}
    place = _("Online") if row.mode == row.batch.Mode.ONLINE else (row.room.name if row.room else "")
    return " · ".join(filter(None, (until, place, row.teacher.name if row.teacher else "")))


def _listed(rows: Sequence[ClassSession]) -> str:
    lines = [f"{_named(row)}, {_when(row)}" for row in rows[:NAMED]]
    more = len(rows) - len(lines)
    if more:
        lines.append(ngettext("and %(count)d more", "and %(count)d more", more) % {"count": more})
    return "\n".join(lines)
