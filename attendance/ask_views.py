"""Leave asked for and entered, and what waits for a teacher's or an admin's word: leave and corrections together."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.exceptions import BadRequest
from django.core.paginator import Page, Paginator
from django.db.models import Q
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts import photos
from accounts.access import SignedInRequest, role_required, signed_in
from accounts.models import Role, User
from attendance import ask_rows, asks, corrections, leaves
from attendance.ask_forms import AskLeaveForm, EnterLeaveForm
from attendance.ask_rows import ASK_TONES
from attendance.models import CorrectionRequest, Leave
from attendance.models.asks import Ask, AskState
from coaching.lib.errors import DomainError, NotAllowed

PAGE_ROWS = 30
ANSWERED_SHOWN = 20
PEOPLE = ("asked_by", "decided_by")


# --- Leave ------------------------------------------------------------------------------------------------------------


@signed_in
@require_safe
def leave_list(request: SignedInRequest) -> HttpResponse:
    """One's own leave, or one's children's; to teachers and admins, who is away now and will be, or was."""
    me, today = request.user, timezone.localdate()
    is_staff, is_past = me.is_admin or me.is_teacher, request.GET.get("show") == "past"
    mine = set(asks.students_of(me).order_by().values_list("pk", flat=True))
    rows = Leave.objects.for_user(me).select_related("student", *PEOPLE)
    if is_staff:
        rows = rows.filter(Q(state__in=leaves.OPEN) | Q(student__in=mine))
        rows = rows.filter(last_on__lt=today) if is_past else rows.filter(last_on__gte=today).order_by("first_on", "pk")
    page = Paginator(rows, PAGE_ROWS).get_page(request.GET.get("page"))
    requests = CorrectionRequest.objects.filter(record__student__in=mine).select_related(
        "record__class_session__batch", "record__class_session__subject", "record__student", *PEOPLE
    )
    context = {
        "page": page,
        "lines": [(one, ASK_TONES[AskState(one.state)], _may_withdraw(me, one, mine)) for one in page],
        "requests": [(one, ASK_TONES[AskState(one.state)]) for one in requests[:ANSWERED_SHOWN]],
        "is_staff": is_staff,
        "is_past": is_past,
        "may_ask": bool(mine) or me.is_admin,
    }
    return render(request, "attendance/leave_list.html", context)


def _may_withdraw(user: User, leave: Leave, mine: set[int]) -> bool:
    """What waits, the family; what was granted and is not over, the office too."""
    is_own = leave.student_id in mine
    if leave.state == AskState.GRANTED:
        return (is_own or user.is_admin) and leave.last_on >= timezone.localdate()
    return is_own and leave.state == AskState.ASKED


@signed_in
@require_http_methods(["GET", "HEAD", "POST"])
def leave_ask(request: SignedInRequest) -> HttpResponse:
    """A student or guardian asks; the office enters what it was told. Raises: NotAllowed."""
    me, posted = request.user, request.POST if request.method == "POST" else None
    students = asks.students_of(me)
    if me.is_admin:
        form: AskLeaveForm = EnterLeaveForm(posted, initial={"student": request.GET.get("student", "")[:254]})
    elif students.exists():
        form = AskLeaveForm(posted, students=students, initial={"student": request.GET.get("student", "")[:36]})
    else:
        raise NotAllowed(_("Students and guardians ask for leave; for others the office enters it."))
    if posted is not None and form.is_valid():
        verb = leaves.enter if me.is_admin else leaves.ask
        try:
            verb(form.student_asked_for(), **form.days(), actor=me, now=timezone.now(), request=request)
        except DomainError as error:
            form.add_error(getattr(error, "field", "") or None, error.message)
        else:
            said = (
                _("Entered. The family is told.") if me.is_admin else _("Asked. A teacher decides, and you are told.")
            )
            messages.success(request, said)
            return redirect("leave_list")
    return render(request, "attendance/leave_ask.html", {"form": form})


@signed_in
@require_POST
def leave_withdraw(request: SignedInRequest, public_id: UUID) -> HttpResponse:
    """He comes after all, say he, his guardian or the office."""
    rows = Leave.objects.for_user(request.user).filter(_own(request.user, "student"))
    row = get_object_or_404(rows.select_related("student"), uuid=public_id)
    _tried(request, lambda: leaves.withdraw(row, actor=request.user, now=timezone.now(), request=request))
    return redirect("leave_list")


@signed_in
@require_POST
def correction_withdraw(request: SignedInRequest, public_id: UUID) -> HttpResponse:
    """Whoever may ask takes it back."""
    rows = CorrectionRequest.objects.for_user(request.user).filter(_own(request.user, "record__student"))
    row = get_object_or_404(rows.select_related("record__student"), uuid=public_id)
    _tried(request, lambda: corrections.withdraw(row, actor=request.user, now=timezone.now(), request=request))
    return redirect("record", row.record.uuid)


def _own(user: User, name: str) -> Q:
    """What the student himself, his guardians and the office take back; to others it is not there."""
    return Q() if user.is_admin else Q(**{f"{name}__in": asks.students_of(user).order_by().values("pk")})


def _tried(request: SignedInRequest, verb: Callable[[], object]) -> None:
    try:
        verb()
    except DomainError as error:
        messages.error(request, error.message)
    else:
        messages.success(request, _("Taken back."))


# --- What waits -------------------------------------------------------------------------------------------------------


@role_required(Role.ADMIN, Role.TEACHER)
@require_safe
def ask_list(request: SignedInRequest) -> HttpResponse:
    """Leave and corrections that wait for one's word, the longest first, and what was answered last."""
    now, me = timezone.now(), request.user
    mine = asks.leaves_decided_by(me, now=now), asks.corrections_decided_by(me)
    page: Page[Any] = Paginator(ask_rows.waiting(*mine), PAGE_ROWS).get_page(request.GET.get("page"))
    listed = ask_rows.fetched(page.object_list)
    answered = ask_rows.answered(*mine)[:ANSWERED_SHOWN] if page.number == 1 else []
    photos.with_tags([one.student for one in listed])
    context = {"page": page, "waiting": listed, "answered": ask_rows.fetched(answered)}
    return render(request, "attendance/ask_list.html", context)


@role_required(Role.ADMIN, Role.TEACHER)
@require_POST
def leave_decide(request: SignedInRequest, public_id: UUID) -> HttpResponse:
    """`do` is grant, or refuse with an `answer`."""
    row = get_object_or_404(Leave.objects.for_user(request.user).select_related("student"), uuid=public_id)
    may = asks.leaves_decided_by(request.user, now=timezone.now()).filter(pk=row.pk).exists()
    return _decided(request, row, row.student, verbs=(leaves.grant, leaves.refuse), may=may)


@role_required(Role.ADMIN, Role.TEACHER)
@require_POST
def correction_decide(request: SignedInRequest, public_id: UUID) -> HttpResponse:
    """`do` is grant, or refuse with an `answer`."""
    rows = CorrectionRequest.objects.for_user(request.user).select_related("record__student")
    row = get_object_or_404(rows, uuid=public_id)
    may = asks.corrections_decided_by(request.user).filter(pk=row.pk).exists()
    return _decided(request, row, row.record.student, verbs=(corrections.grant, corrections.refuse), may=may)


def _decided(
    request: SignedInRequest, row: Ask, student: User, *, verbs: tuple[Callable[..., object], ...], may: bool
) -> HttpResponse:
    """Raises: NotAllowed, BadRequest for an unknown verb."""
    if not may:
        raise NotAllowed(_("Admins decide this, and the teachers it concerns; nobody about his own child."))
    do = request.POST.get("do", "")
    if do not in {"grant", "refuse"}:
        raise BadRequest("unknown verb")
    grant, refuse = verbs
    by = {"actor": request.user, "now": timezone.now(), "request": request}
    try:
        if do == "grant":
            grant(row, **by)
        else:
            refuse(row, answer=request.POST.get("answer", ""), **by)
    except DomainError as error:
        messages.error(request, error.message)
    else:
        said = _("Granted: %(name)s.") if do == "grant" else _("Refused: %(name)s.")
        messages.success(request, said % {"name": student.name})
    response = redirect("ask_list")
    page = request.POST.get("page", "")
    response["Location"] += (
        f"?page={page}" if page.isascii() and page.isdigit() and len(page) < 7 and page != "1" else ""
    )
    return response
