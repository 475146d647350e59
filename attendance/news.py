"""What people are told about attendance, and in which words.

Students and their guardians: an absence when the register is closed, what was corrected afterwards, and what became of
what they asked. Teachers and admins: that somebody asks. Nobody is told what he did himself.
"""

from collections.abc import Callable, Iterable
from datetime import datetime, timedelta

from django.db.models import Q, QuerySet
from django.urls import reverse
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import Role, User
from accounts.notifications import Kind, When, tell
from attendance.models import CorrectionRequest, Leave, RecordChange
from attendance.models.asks import Ask, AskState
from attendance.models.records import Status
from batches.families import tell_families
from batches.models import ClassSession, Enrolment
from coaching.lib.clock import clock_text, day_text

ABSENT = Kind("attendance.absent", gettext_lazy("Absent from a class"))
CORRECTED = Kind("attendance.corrected", gettext_lazy("Attendance is corrected"))
DECIDED = Kind("attendance.decided", gettext_lazy("Answer about leave or a correction"))
ASKED = Kind(
    "attendance.asked",
    gettext_lazy("Somebody asks for leave or a correction"),
    email=When.DIGEST,
    roles=frozenset({Role.ADMIN, Role.TEACHER}),
)
KINDS = (ABSENT, CORRECTED, DECIDED, ASKED)
TOLD_WITHIN = timedelta(days=3)
"""Of a register that is closed later, as after a long outage, nobody is told: what is long past is no news."""


def of_absences(class_session: ClassSession, students: Iterable[User], *, now: datetime) -> None:
    """To each of them and their guardians, once a class. By whom it was closed does not matter to them."""
    if class_session.ends_at < now - TOLD_WITHIN:
        return
    tell_families(
        students,
        actor=None,
        kind=ABSENT,
        event_key=f"absent:{class_session.uuid}",
        title=lambda: _("Absent: %(class)s") % {"class": class_words(class_session)},
        body=gettext_lazy("If that is wrong, ask for a correction."),
        url=_own_record(class_session),
        now=now,
    )


def of_corrections(class_session: ClassSession, changes: Iterable[RecordChange], *, actor: User, now: datetime) -> None:
    """Of a closed register, where an absence came or went: to each of them and their guardians."""
    told = [one for one in changes if Status.ABSENT in {one.was, one.status} and one.was != one.status]
    students = User.objects.in_bulk([one.record.student_id for one in told])
    for number, (status, reason) in enumerate(sorted({(one.status, one.reason) for one in told})):
        same = [one for one in told if (one.status, one.reason) == (status, reason)]
        tell_families(
            [students[one.record.student_id] for one in same],
            actor=actor,
            kind=CORRECTED,
            event_key=f"corrected:{class_session.uuid}:{now.timestamp()}:{number}",
            title=_corrected(class_session, status),
            body=reason,
            url=_own_record(class_session),
            now=now,
        )


def of_leave_asked(leave: Leave, *, actor: User, now: datetime) -> None:
    _to_deciders(
        _teachers_of(leave.student, now=now),
        leave,
        actor=actor,
        title=lambda: _("%(name)s asks for leave: %(days)s") % {"name": leave.student.name, "days": days_words(leave)},
        about=leave.student,
        now=now,
    )


def of_correction_asked(asked: CorrectionRequest, *, actor: User, now: datetime) -> None:
    held, student = asked.record.class_session, asked.record.student
    teachers = User.objects.active().filter(Q(teachings__batch=held.batch_id) | Q(pk=held.teacher_id)).distinct()
    words = {"name": student.name, "class": class_words(held)}
    _to_deciders(
        teachers,
        asked,
        actor=actor,
        title=lambda: _("%(name)s asks for a correction: %(class)s") % words,
        about=student,
        now=now,
    )


def of_leave_decided(leave: Leave, *, actor: User, now: datetime) -> None:
    """To the student and his guardians."""
    is_granted = leave.state == AskState.GRANTED

    def title() -> str:
        said = _("Leave granted: %(days)s") if is_granted else _("Leave refused: %(days)s")
        return said % {"days": days_words(leave)}

    url = reverse("leave_list")
    _of_decision(leave, leave.student, title=title, url=url, actor=actor, now=now)


def of_correction_decided(asked: CorrectionRequest, *, actor: User, now: datetime) -> None:
    """To the student and his guardians."""
    held, is_granted = asked.record.class_session, asked.state == AskState.GRANTED

    def refused() -> str:
        return _("Not corrected: %(class)s") % {"class": class_words(held)}

    title = _corrected(held, asked.wanted) if is_granted else refused
    url = reverse("record", args=[asked.record.uuid])
    _of_decision(asked, asked.record.student, title=title, url=url, actor=actor, now=now)


# --- Whom -------------------------------------------------------------------------------------------------------------


def _teachers_of(student: User, *, now: datetime) -> QuerySet[User]:
    stays = Enrolment.objects.not_over(now).filter(student=student).order_by()
    found: QuerySet[User] = User.objects.active().filter(teachings__batch__in=stays.values("batch")).distinct()
    return found


def _to_deciders(
    teachers: QuerySet[User], ask: Ask, *, actor: User, title: Callable[[], str], about: User, now: datetime
) -> None:
    """The teachers, but not of their own child; where that leaves nobody, the admins. The reason stays on the page."""
    wanted = teachers.exclude(guardianships__student=about).exclude(pk=actor.pk)
    people = list(wanted) or list(User.objects.active().filter(role=Role.ADMIN).exclude(pk=actor.pk))
    url = reverse("ask_list")
    tell(people, kind=ASKED.key, event_key=f"asked:{ask.uuid}", title=title, url=url, about=about, now=now)


def _of_decision(ask: Ask, student: User, *, title: Callable[[], str], url: str, actor: User, now: datetime) -> None:
    key = f"decided:{ask.uuid}"
    tell_families([student], actor=actor, kind=DECIDED, event_key=key, title=title, body=ask.answer, url=url, now=now)


def _own_record(class_session: ClassSession) -> str:
    """Where each of a family finds his own record of the class."""
    return reverse("own_record", args=[class_session.uuid])


# --- Words ------------------------------------------------------------------------------------------------------------


def class_words(row: ClassSession) -> str:
    """JEE 2027 A, Physics, Sat 21 Nov, 6:30 pm."""
    named = row.batch.name if row.title == row.batch.name else f"{row.batch.name}, {row.title}"
    return f"{named}, {day_text(row.starts_at)}, {clock_text(row.starts_at)}"


def days_words(leave: Leave) -> str:
    """Sat 21 Nov 2026, or the first and the last day."""
    first, last = date_format(leave.first_on, "D j M Y"), date_format(leave.last_on, "D j M Y")
    return first if leave.first_on == leave.last_on else _("%(first)s to %(last)s") % {"first": first, "last": last}


def _corrected(class_session: ClassSession, status: str) -> Callable[[], str]:
    def words() -> str:
        given = {"status": Status(status).label, "class": class_words(class_session)}
        return _("Corrected to %(status)s: %(class)s") % given

    return words
