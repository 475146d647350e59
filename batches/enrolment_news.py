"""Whom joining, leaving and asking to join is told, and in which words.

The student and his guardians, once each, never who did it; about somebody who asks, the teachers of the batch.
"""

from collections.abc import Callable, Iterable, Sequence
from datetime import datetime

from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import Role, User
from accounts.notifications import Kind, tell
from batches.families import tell_families
from batches.models import Enrolment, JoinRequest
from coaching.lib.clock import moment_text

JOINED = Kind("batch.joined", gettext_lazy("Joining and leaving a batch"))
OFFERED = Kind("batch.offered", gettext_lazy("An offered place in a batch"), is_urgent=True)
ASKED = Kind("batch.asked", gettext_lazy("Students ask to join my batch"), roles=frozenset({Role.ADMIN, Role.TEACHER}))
MESSAGE = Kind("batch.message", gettext_lazy("Messages to my batch"))
KINDS = (JOINED, OFFERED, ASKED, MESSAGE)
Words = Promise | Callable[[], str]


def of_joining(enrolments: Sequence[Enrolment], *, actor: User | None) -> None:
    """Students who join one batch at one instant."""
    first = enrolments[0]
    words = {"batch": first.batch.name}
    _tell(
        [one.student for one in enrolments],
        actor=actor,
        kind=JOINED,
        event_key=f"enrolment:{first.uuid}:joined",
        title=lambda: _("Enrolled in %(batch)s") % words,
        body=lambda: _("From %(when)s on.") % {"when": moment_text(first.joined_at)},
    )


def of_leaving(enrolments: Sequence[Enrolment], *, actor: User | None) -> None:
    """Students who leave one batch at one instant, for one reason."""
    first = enrolments[0]

    def body() -> str:
        said = _("Until %(when)s.") % {"when": moment_text(first.left_at)} if first.left_at else ""
        return f"{said} {first.leaving_reason}".strip()

    _tell(
        [one.student for one in enrolments],
        actor=actor,
        kind=JOINED,
        event_key=f"enrolment:{first.uuid}:left:{_second(first.left_at)}",
        title=lambda: _("No longer in %(batch)s") % {"batch": first.batch.name},
        body=body,
    )


def of_transfer(old: Enrolment, new: Enrolment, *, actor: User | None) -> None:
    def body() -> str:
        said = _("From %(when)s on.") % {"when": moment_text(new.joined_at)}
        return f"{said} {old.leaving_reason}".strip()

    _tell(
        [new.student],
        actor=actor,
        kind=JOINED,
        event_key=f"enrolment:{new.uuid}:joined",
        title=lambda: _("Moved from %(old)s to %(new)s") % {"old": old.batch.name, "new": new.batch.name},
        body=body,
    )


def of_dates(enrolment: Enrolment, *, actor: User | None) -> None:
    """The first or the last day was put right."""

    def body() -> str:
        words = {"joined": moment_text(enrolment.joined_at)}
        if enrolment.left_at is None:
            return _("From %(joined)s on.") % words
        return _("From %(joined)s until %(left)s.") % {**words, "left": moment_text(enrolment.left_at)}

    _tell(
        [enrolment.student],
        actor=actor,
        kind=JOINED,
        event_key=f"enrolment:{enrolment.uuid}:{_second(enrolment.joined_at)}:{_second(enrolment.left_at)}",
        title=lambda: _("%(batch)s: other dates") % {"batch": enrolment.batch.name},
        body=body,
    )


# --- Requests ---------------------------------------------------------------------------------------------------------


def of_offer(request: JoinRequest) -> None:
    ends = request.offer_ends_at

    def body() -> str:
        said = _("It is kept for you until %(when)s.") % {"when": moment_text(ends)} if ends else ""
        advice = _("Accept it before, or say no so that the next one gets it.")
        return f"{said} {advice}".strip()

    _tell(
        [request.student],
        actor=None,
        kind=OFFERED,
        event_key=f"join:{request.uuid}:offered:{_second(ends)}",
        title=lambda: _("A place in %(batch)s is free for you") % {"batch": request.batch.name},
        body=body,
    )


def of_lapse(request: JoinRequest) -> None:
    _tell(
        [request.student],
        actor=None,
        kind=OFFERED,
        event_key=f"join:{request.uuid}:lapsed:{_second(request.decided_at)}",
        title=lambda: _("The offer of a place in %(batch)s ran out") % {"batch": request.batch.name},
        body=gettext_lazy("Nobody accepted it in time. Ask the office if you still want to join."),
    )


def of_waiting(request: JoinRequest, *, actor: User | None) -> None:
    _tell(
        [request.student],
        actor=actor,
        kind=JOINED,
        event_key=f"join:{request.uuid}:waiting",
        title=lambda: _("On the waiting list of %(batch)s") % {"batch": request.batch.name},
        body=gettext_lazy("The batch is full. You are told when a place is free."),
    )


def of_refusal(request: JoinRequest, *, actor: User | None) -> None:
    _tell(
        [request.student],
        actor=actor,
        kind=JOINED,
        event_key=f"join:{request.uuid}:refused",
        title=lambda: _("You cannot join %(batch)s") % {"batch": request.batch.name},
        body=request.reason,
    )


def of_asking(request: JoinRequest) -> None:
    """To the teachers of the batch; where there is none, to the admins."""
    batch, student = request.batch, request.student
    teachers = list(User.objects.active().filter(teachings__batch=batch).distinct())
    tell(
        teachers or User.objects.active().filter(role=Role.ADMIN),
        kind=ASKED.key,
        event_key=f"join:{request.uuid}",
        title=lambda: _("%(name)s asks to join %(batch)s") % {"name": student.name, "batch": batch.name},
        url=reverse("join_request_list"),
        about=student,
    )


def _tell(
    students: Iterable[User], *, actor: User | None, kind: Kind, event_key: str, title: Words, body: str | Words
) -> None:
    """Each student, and each guardian once for each of his students, but the actor."""
    url = reverse("my_batches")
    tell_families(students, actor=actor, kind=kind, event_key=event_key, title=title, body=body, url=url)


def _second(when: datetime | None) -> int:
    return int(when.timestamp()) if when else 0
