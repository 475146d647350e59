"""One record: what the register says of a student in a class, on what it rests, how it came to say so, and its
correction.
"""

from datetime import datetime
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.db.models import Exists, OuterRef
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from accounts.access import SignedInRequest, signed_in
from accounts.models import User
from attendance import asks, corrections
from attendance.ask_forms import AskCorrectionForm, CorrectForm
from attendance.ask_rows import ASK_TONES, tone_of
from attendance.models import CheckInAttempt, CheckInPosition, Record
from attendance.models.asks import AskState
from attendance.models.check_ins import Decision
from attendance.models.records import RecordQuerySet, Status
from attendance.positions import band
from batches.models import ClassSession
from coaching.lib.errors import DomainError, NotAllowed

POSTS = ["GET", "HEAD", "POST"]
NAMES = ("class_session__batch", "class_session__subject", "student", "marked_by")
DECISION_TONES = {Decision.INSIDE: "ok", Decision.OUTSIDE: "bad", Decision.NONE: "off"}
ATTEMPTS_SHOWN = 50


@signed_in
@require_http_methods(POSTS)
def record(request: SignedInRequest, public_id: UUID) -> HttpResponse:
    """For the student, his guardians, teachers of the class and admins; those who keep the register correct it here."""
    row = _record(request.user, public_id)
    if request.method != "POST":
        return _shown(request, row)
    if not _may_correct(request.user, row):
        raise NotAllowed(_("Only admins and the teachers of this class correct its register."))
    form = CorrectForm(request.POST, record=row)
    if form.is_valid():
        try:
            corrections.correct(row, form.mark(), actor=request.user, now=timezone.now(), request=request)
        except DomainError as error:
            form.add_error(None, error.message)
            return _shown(request, _record(request.user, public_id), correct_form=form, status=error.status)
        messages.success(request, _("Corrected. The reason stands in the history."))
        return redirect("record", row.uuid)
    return _shown(request, row, correct_form=form)


@signed_in
@require_http_methods(POSTS)
def correction_ask(request: SignedInRequest, public_id: UUID) -> HttpResponse:
    """The student, or his guardian, says what the register should say."""
    row = get_object_or_404(_asked_about(request.user).select_related(*NAMES), uuid=public_id)
    if request.method != "POST":
        return redirect("record", row.uuid)
    form, now = AskCorrectionForm(request.POST, record=row), timezone.now()
    if not form.is_valid():
        return _shown(request, row, ask_form=form)
    wanted, reason = Status(form.cleaned_data["wanted"]), form.cleaned_data["reason"]
    try:
        corrections.ask(row, wanted=wanted, reason=reason, actor=request.user, now=now, request=request)
    except DomainError as error:
        form.add_error(getattr(error, "field", "") or None, error.message)
        return _shown(request, row, ask_form=form, status=error.status)
    messages.success(request, _("Asked. A teacher decides, and you are told."))
    return redirect("record", row.uuid)


@signed_in
@require_safe
def own_record(request: SignedInRequest, public_id: UUID) -> HttpResponse:
    """Where news about a class leads: to one's own record of it, or one's child's; of several children, a choice."""
    held = get_object_or_404(ClassSession.objects.for_user(request.user), uuid=public_id)
    mine = asks.students_of(request.user).order_by().values("pk")
    rows = Record.objects.filter(class_session=held, student__in=mine).select_related(*NAMES)
    found = list(rows.order_by("student__name", "pk"))
    if len(found) == 1:
        return redirect("record", found[0].uuid)
    if not found:
        messages.info(request, _("The register of this class says nothing yet."))
        return redirect("class_session", held.uuid)
    lines = [(one, tone_of(one.status)) for one in found]
    return render(request, "attendance/record_choose.html", {"lines": lines, "held": found[0].class_session})


# --- The page ---------------------------------------------------------------------------------------------------------


def _record(user: User, public_id: UUID) -> Record:
    return get_object_or_404(Record.objects.for_user(user).select_related(*NAMES), uuid=public_id)


def _may_correct(user: User, row: Record) -> bool:
    return ClassSession.objects.editable_by(user).filter(pk=row.class_session_id).exists()


def _may_ask(user: User, row: Record) -> bool:
    return _asked_about(user).filter(pk=row.pk).exists()


def _asked_about(user: User) -> RecordQuerySet:
    """Records of himself and his children; who keeps a register corrects it and asks nobody."""
    return Record.objects.filter(student__in=asks.students_of(user).order_by().values("pk"))


def _shown(
    request: SignedInRequest,
    row: Record,
    *,
    ask_form: AskCorrectionForm | None = None,
    correct_form: CorrectForm | None = None,
    status: int = 200,
) -> HttpResponse:
    now, may_ask, problem = timezone.now(), _may_ask(request.user, row), ""
    if may_ask:
        ask_form, problem = _ask_form(row, ask_form, now=now)
    if correct_form is None and _may_correct(request.user, row):
        correct_form = CorrectForm(record=row)
    context = {
        "row": row,
        "held": row.class_session,
        "tone": tone_of(row.status),
        "is_own": row.student_id == request.user.pk,
        "attempts": _attempts(row, with_positions=request.user.is_admin),
        "changes": _changes(row),
        "requests": _requests(row),
        "may_ask": may_ask,
        "ask_form": ask_form,
        "ask_problem": problem,
        "correct_form": correct_form,
    }
    return render(request, "attendance/record.html", context, status=status)


def _ask_form(row: Record, form: AskCorrectionForm | None, *, now: datetime) -> tuple[AskCorrectionForm | None, str]:
    """The form, or why there is none; who was there has nothing to ask for."""
    if form is not None or row.status == Status.PRESENT:
        return form, ""
    try:
        corrections.require_askable(row, now=now)
    except DomainError as error:
        return None, error.message
    return AskCorrectionForm(record=row), ""


def _attempts(row: Record, *, with_positions: bool) -> list[dict[str, Any]]:
    """His check-ins to the class, with the band of distance; `position` where an admin may look at coordinates."""
    rows = CheckInAttempt.objects.filter(register=row.class_session_id, student=row.student_id).select_related("venue")
    if with_positions:
        rows = rows.annotate(has_position=Exists(CheckInPosition.objects.filter(attempt=OuterRef("pk"))))
    return [
        {
            "attempt": one,
            "tone": DECISION_TONES.get(Decision(one.decision), "due"),
            "band": band(one.distance_m),
            "has_position": with_positions and one.has_position,  # type: ignore[attr-defined]
        }
        for one in rows.order_by("received_at", "pk")[:ATTEMPTS_SHOWN]
    ]


def _changes(row: Record) -> list[dict[str, Any]]:
    """The last one first."""
    rows = row.changes.select_related("by").order_by("-version")
    return [{"change": one, "tone": tone_of(one.status), "is_remark": one.was == one.status} for one in rows]


def _requests(row: Record) -> list[tuple[Any, str]]:
    rows = row.requests.select_related("asked_by", "decided_by")
    return [(one, ASK_TONES[AskState(one.state)]) for one in rows]
