"""What leave and requests for corrections have in common: who asks for whom, who decides, how one is decided.

Each is decided once: the row is locked first, what was decided so already is no error, what was decided otherwise is.
"""

from datetime import datetime
from typing import TypeVar

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext as _

from accounts import activity
from accounts.models import Guardianship, Role, User
from attendance.models import CorrectionRequest, Leave
from attendance.models.asks import Ask, AskState, CorrectionRequestQuerySet, LeaveQuerySet
from batches.models import ClassSession, Enrolment
from coaching.lib.errors import DomainError
from coaching.lib.text import one_line

AnyAsk = TypeVar("AnyAsk", bound=Ask)
ANSWER_LENGTH = 500


class AskRefused(DomainError):
    """It cannot be asked like this; `field` names what was typed wrongly, "" for the whole."""

    code = "ask_refused"

    def __init__(self, message: str, *, field: str = "") -> None:
        super().__init__(message)
        self.field = field


class AskClosed(DomainError):
    """Somebody decided otherwise already, or it was taken back."""

    code = "ask_closed"


# --- Who --------------------------------------------------------------------------------------------------------------


def students_of(person: User) -> QuerySet[User]:
    """For whom somebody may ask: himself as a student, and his children."""
    found: QuerySet[User] = User.objects.active().filter(
        Q(pk=person.pk) | Q(guardian_links__guardian=person), role=Role.STUDENT
    )
    return found.distinct().order_by("name", "pk")


def leaves_decided_by(person: User, *, now: datetime) -> LeaveQuerySet:
    """All for an admin; for a teacher those of students who are in a batch of his now, but not of his own child."""
    if person.is_admin:
        return Leave.objects.all()
    if not person.is_teacher:
        return Leave.objects.none()
    stays = Enrolment.objects.not_over(now).filter(batch__teachings__teacher=person).order_by()
    return Leave.objects.filter(~_is_child_of(person, "student"), student__in=stays.values("student"))


def corrections_decided_by(person: User) -> CorrectionRequestQuerySet:
    """All for an admin; for a teacher those about classes he may change, but not about his own child."""
    if person.is_admin:
        return CorrectionRequest.objects.all()
    if not person.is_teacher:
        return CorrectionRequest.objects.none()
    # Asked of the few requests there are, not of all classes he ever took.
    may_change = ClassSession.objects.editable_by(person).filter(pk=OuterRef("record__class_session")).order_by()
    return CorrectionRequest.objects.filter(Exists(may_change), ~_is_child_of(person, "record__student"))


def _is_child_of(person: User, named: str) -> Exists:
    """Whether the student so named is his own child, about whom others decide."""
    return Exists(Guardianship.objects.filter(student=OuterRef(named), guardian=person))


# --- How --------------------------------------------------------------------------------------------------------------


def tidy_reason(reason: str) -> str:
    """Raises: AskRefused for none."""
    said = one_line(reason, at_most=ANSWER_LENGTH)
    if not said:
        raise AskRefused(_("Say why."), field="reason")
    return said


def locked(ask: AnyAsk) -> AnyAsk:
    """The row as it is now, nobody else deciding meanwhile. Inside a transaction."""
    rows = type(ask)._default_manager.select_for_update(of=("self",), no_key=True)
    return rows.get(pk=ask.pk)


def require_waiting(ask: Ask) -> None:
    """Raises: AskClosed."""
    if ask.state != AskState.ASKED:
        raise AskClosed(_("Decided already: %(state)s.") % {"state": AskState(ask.state).label})


def decide(ask: Ask, state: AskState, *, actor: User, now: datetime, answer: str = "") -> None:
    """Write down what became of a locked row."""
    ask.state, ask.decided_by, ask.decided_at = state, actor, now
    ask.answer = one_line(answer, at_most=ANSWER_LENGTH)
    ask.save(update_fields=["state", "decided_by", "decided_at", "answer"])


def note(event: str, ask: Ask, *, actor: User, student: User, request: HttpRequest | None) -> None:
    """A line of the activity log; reasons and answers stay out of it."""
    activity.record(event, actor=actor, subject=student, on=ask, request=request)
