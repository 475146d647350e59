"""What people are told about attendance, and in which words.

Students and their guardians: an absence when the register is closed, what was corrected afterwards, and what became of
what they asked. Teachers and admins: that somebody asks. Nobody is told what he did himself.
"""

from collections.abc import Iterable
from datetime import datetime, timedelta

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import Role, User
from accounts.notifications import Kind, When
from batches.families import tell_families
from batches.models import ClassSession
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
        body=gettext_lazy("If that is wrong, ask for a correction. The page of the class has a form for it."),
        url=reverse("class_session", args=[class_session.uuid]),
        now=now,
    )


def class_words(row: ClassSession) -> str:
    """JEE 2027 A, Physics, Sat 21 Nov, 6:30 pm."""
    named = row.batch.name if row.title == row.batch.name else f"{row.batch.name}, {row.title}"
    return f"{named}, {day_text(row.starts_at)}, {clock_text(row.starts_at)}"
