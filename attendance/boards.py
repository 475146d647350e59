"""Attendance on first screens and on the page of a batch: shares, registers that need somebody, who is here today."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from django.db.models import Count, F, QuerySet
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts import guardians
from accounts.models import Role, User
from attendance.models import Record
from attendance.pending import counts_of
from attendance.report_months import Month
from attendance.share_words import definition, outlook
from attendance.shares import Share
from attendance.totals import ATTENDED, HELD, WANTED, shares_of, tone_of, wanted_by_batch
from batches.models import Batch, ClassSession, Enrolment
from coaching.lib.offers import Cell, Column, Empty, Figure, Line, Panel
from coaching.lib.statements import written_once
from coaching.templatetags.figures import grouped

SHOWN = 6


def panel(person: User, *, now: datetime) -> Panel:
    """A student's shares, those of a guardian's children, or what a teacher's registers need."""
    if person.role == Role.STUDENT:
        return _shares([person], now=now, is_own=True)
    if person.role == Role.GUARDIAN:
        return _shares(guardians.children_of(person), now=now, is_own=False)
    return _registers(person, now=now)


# --- Shares -----------------------------------------------------------------------------------------------------------


def _shares(students: Sequence[User], *, now: datetime, is_own: bool) -> Panel:
    """How much of what was held each of them attended, batch by batch. One query."""
    rows = _counted_in_batches(students=tuple(one.pk for one in students), now=now) if students else []
    names = {one.pk: one for one in students}
    lines = tuple(_share_line(row, names[row["student"]], is_own=is_own, is_one=len(names) == 1) for row in rows)
    return Panel(
        key="attendance",
        title=_("Attendance"),
        url=reverse("attendance"),
        link=_("Days"),
        lines=lines,
        empty=Empty(
            _("No class is counted yet"),
            _("Shares stand here as soon as the first register is closed."),
            reverse("attendance"),
            _("Attendance"),
            "list-checks",
        ),
        note=definition(),
    )


@written_once
def _counted_in_batches(*, students: tuple[int, ...], now: datetime) -> QuerySet[Record, Any]:
    """Of each student in each batch he is in now: what was held and attended, and the percent that is wanted."""
    current = Enrolment.objects.active_at(now).filter(student__in=students).order_by().values("batch")
    rows = Record.objects.counted().filter(student__in=students, class_session__batch__in=current)
    named = rows.values("student", batch=F("class_session__batch__name")).annotate(
        wanted=WANTED,
        attended=ATTENDED,
        held=HELD,
    )
    return named.order_by("student__name", "student", "batch")[: SHOWN * max(1, len(students))]


def _share_line(row: dict[str, Any], student: User, *, is_own: bool, is_one: bool) -> Line:
    share, wanted = Share(row["attended"], row["held"]), row["wanted"]
    return Line(
        label=row["batch"] if is_one else f"{student.name} · {row['batch']}",
        url=reverse("attendance") if is_own else reverse("attendance_of", args=[student.uuid]),
        area="attendance",
        meta=f"{_of(share)} · {outlook(share, wanted)}",
        percent=share.percent,
        tone=tone_of(share, wanted),
        word=_percent(share),
    )


def _of(share: Share) -> str:
    return _("%(attended)s of %(held)s") % {"attended": grouped(share.attended), "held": grouped(share.held)}


def _percent(share: Share) -> str:
    return _("%(percent)d %%") % {"percent": share.percent or 0}


# --- A teacher's registers --------------------------------------------------------------------------------------------


def _registers(teacher: User, *, now: datetime) -> Panel:
    """Classes nobody took a register for, check-ins to confirm, what students ask, who is below what is wanted."""
    counts = counts_of(teacher, now=now)
    return Panel(
        key="attendance",
        title=_("Registers"),
        url=reverse("attendance"),
        link=_("All"),
        lines=tuple(_register_lines(counts)),
        empty=Empty(
            _("Every register is taken"),
            _("What needs you in attendance stands here."),
            reverse("attendance"),
            _("Attendance"),
            "list-checks",
        ),
    )


def _register_lines(counts: dict[str, int]) -> Iterable[Line]:
    asked = counts["leaves"] + counts["corrections"]
    missing, confirm, low, flags = counts["missing"], counts["confirm"], counts["low"], counts["flags"]
    rows = (
        (
            missing,
            ngettext("%(count)s class without a register", "%(count)s classes without a register", missing),
            "attendance",
            "#missing",
        ),
        (
            confirm,
            ngettext("%(count)s check-in to confirm", "%(count)s check-ins to confirm", confirm),
            "attendance",
            "#confirm",
        ),
        (asked, ngettext("%(count)s request to decide", "%(count)s requests to decide", asked), "ask_list", ""),
        (
            low,
            ngettext("%(count)s student attends too little", "%(count)s students attend too little", low),
            "low_attendance",
            "",
        ),
        (flags, ngettext("%(count)s check-in looks odd", "%(count)s check-ins look odd", flags), "flag_list", ""),
    )
    for count, label, route, place in rows:
        if count:
            tone = "run" if route in {"low_attendance", "flag_list"} else "due"
            yield Line(
                label=label % {"count": grouped(count)}, url=reverse(route) + place, area="attendance", tone=tone
            )


# --- The office's -----------------------------------------------------------------------------------------------------


def office(admin: User, *, now: datetime) -> Panel:
    """Who is here today, of those whose classes have been counted."""
    counts = counts_of(admin, now=now)
    share = Share(counts["there"], counts["counted"])
    note = ngettext("In %(count)s class so far", "In %(count)s classes so far", counts["classes"])
    figure = Figure(
        label=_("Present today"),
        value=grouped(share.attended),
        small=_("of %(count)s") % {"count": grouped(share.held)} if share.held else "",
        note=note % {"count": grouped(counts["classes"])} if share.held else _("No register yet"),
        percent=share.percent,
        url=reverse("absentees"),
    )
    return Panel(key="attendance", title=_("Attendance"), figures=(figure,))


# --- The page of a batch ----------------------------------------------------------------------------------------------


def batch_panel(batch: Batch, person: User, *, now: datetime) -> Panel | None:
    """This month of the batch, for those who take its registers. One query."""
    if not (person.is_admin or person.is_teacher):
        return None
    month = Month.of(timezone.localdate(now)).span.starts_at
    rows = Record.objects.counted().filter(class_session__batch=batch, class_session__starts_at__gte=month)
    if not person.is_admin:
        rows = rows.filter(class_session__in=ClassSession.objects.editable_by(person).order_by().values("pk"))
    counts = rows.order_by().aggregate(
        held=HELD,
        attended=ATTENDED,
        classes=Count("class_session", distinct=True),
    )
    share = Share(counts["attended"], counts["held"])
    if not share.held:
        return None
    url = reverse("attendance_grid", args=[batch.uuid])
    said = ngettext("%(count)d class counted", "%(count)d classes counted", counts["classes"])
    line = Line(
        label=_("This month"),
        url=url,
        area="attendance",
        meta=said % {"count": counts["classes"]},
        percent=share.percent,
        tone="ok",
        word=_percent(share),
    )
    return Panel("attendance", _("Attendance"), url, _("Month"), lines=(line,), note=definition())


def roster_column(batch: Batch, students: Sequence[User], *, now: datetime) -> Column | None:
    """Each student's share of this batch; under what is wanted it shows. Two queries."""
    shares = shares_of([one.pk for one in students], batch=batch) if students else {}
    if not shares:
        return None
    wanted = wanted_by_batch([batch.pk])[batch.pk]
    cells = {pk: Cell(_percent(share), tone_of(share, wanted)) for pk, share in shares.items()}
    return Column(_("Attended"), cells)
