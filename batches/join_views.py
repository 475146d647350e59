"""Ways in: join codes of a batch, the page where a student types one, and invitations by e-mail."""

from uuid import UUID

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from accounts.access import SignedInRequest, recent_sign_in_required, role_required, signed_in
from accounts.limits import (
    INVITATION_SENDS,
    JOIN_CODE_LOST,
    JOIN_CODE_MAKING,
    JOIN_CODE_TRIES,
    address_of,
    limited,
    person_of,
)
from accounts.models import Role
from batches import codes
from batches.enrolment_forms import CodeForm, InvitingForm, NewCodeForm
from batches.models import Batch, JoinCode, JoinRequest
from coaching.lib.errors import DomainError

PAGE_ROWS = 25
State = JoinRequest.State


@signed_in
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@limited(JOIN_CODE_TRIES, key=person_of)
def join_batch(request: SignedInRequest, code: str = "") -> HttpResponse:
    """Type a join code, or look at the one a link brought; only sending it asks to join."""
    form = CodeForm(request.POST if request.method == "POST" else None, initial={"code": spaced(codes.read(code))})
    if request.method == "POST" and form.is_valid():
        try:
            asked = codes.use(form.cleaned_data["code"], student=request.user, request=request)
        except DomainError as error:
            JOIN_CODE_LOST.take(address_of(request))
            form.add_error("code", error.message)
        else:
            messages.success(request, _outcome(asked))
            return redirect("my_batches")
    return render(request, "batches/join_batch.html", {"form": form})


def _outcome(asked: JoinRequest) -> str:
    words = {"batch": asked.batch.name}
    if asked.state == State.ENROLLED:
        return _("You are in %(batch)s.") % words
    if asked.state == State.ASKED:
        return _("Asked. A teacher of %(batch)s decides, and you are told.") % words
    if asked.state == State.OFFERED:
        return _("A place in %(batch)s is free for you. Accept it here.") % words
    return _("%(batch)s is full. You are on the waiting list.") % words


@role_required(Role.ADMIN, Role.TEACHER)
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@limited(JOIN_CODE_MAKING, key=person_of)
def join_code_list(request: SignedInRequest, public_id: UUID) -> HttpResponse:
    """Join codes of a batch, and a new one."""
    batch, now = get_object_or_404(Batch.objects.editable_by(request.user), uuid=public_id), timezone.now()
    form = NewCodeForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        try:
            codes.make(batch, **form.verb_arguments(now=now), actor=request.user, request=request)
        except DomainError as error:
            form.add_error(None, error.message)
        else:
            return redirect("join_code_list", public_id)
    rows = batch.join_codes.select_related("created_by")
    page = Paginator(rows, PAGE_ROWS).get_page(request.GET.get("page"))
    usable = set(JoinCode.objects.usable(now).filter(pk__in=[row.pk for row in page]).values_list("pk", flat=True))
    shown = [(row, row.pk in usable and not batch.archived_at, spaced(row.code), _link(request, row)) for row in page]
    context = {"batch": batch, "form": form, "page": page, "rows": shown}
    return render(request, "batches/join_code_list.html", context)


def _link(request: SignedInRequest, code: JoinCode) -> str:
    return request.build_absolute_uri(reverse("join_batch_with", args=[code.code]))


def spaced(code: str) -> str:
    """In two halves, as it is read out; "" for what is no whole code."""
    half = codes.SIGNS // 2
    return f"{code[:half]} {code[half:]}" if len(code) == codes.SIGNS else ""


@role_required(Role.ADMIN, Role.TEACHER)
@require_POST
def join_code_revoke(request: SignedInRequest, public_id: UUID) -> HttpResponse:
    """From now on it works for nobody."""
    batches = Batch.objects.editable_by(request.user).order_by().values("pk")
    code = get_object_or_404(JoinCode.objects.filter(batch__in=batches).select_related("batch"), uuid=public_id)
    codes.revoke(code, actor=request.user, request=request)
    messages.success(request, _("The code works no longer."))
    return redirect("join_code_list", code.batch.uuid)


@role_required(Role.ADMIN)
@recent_sign_in_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@limited(INVITATION_SENDS, key=person_of)
def batch_invite(request: SignedInRequest, public_id: UUID) -> HttpResponse:
    """Invite students by e-mail, who are in the batch when they accept."""
    batch = get_object_or_404(Batch, uuid=public_id)
    form = InvitingForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        try:
            made = codes.invite(batch, people=form.cleaned_data["lines"], actor=request.user, request=request)
        except DomainError as error:
            form.add_error(None, error.message)
        else:
            text = ngettext("%(count)s invitation is on its way.", "%(count)s invitations are on their way.", len(made))
            messages.success(request, text % {"count": len(made)})
            response = redirect("enrolment_list", public_id)
            response["Location"] += "?show=waiting"
            return response
    return render(request, "batches/batch_invite.html", {"batch": batch, "form": form})
