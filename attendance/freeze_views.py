"""Frozen periods, for admins."""

from uuid import UUID

from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import F
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_safe

from accounts.access import SignedInRequest, role_required
from accounts.models import Role
from attendance import freezes
from attendance.freeze_forms import FreezeForm, ReasonForm
from attendance.models import Freeze

PAGE_ROWS = 50
POSTS = ["GET", "HEAD", "POST"]


@role_required(Role.ADMIN)
@require_safe
def freeze_list(request: SignedInRequest) -> HttpResponse:
    """Those in force first, then those that were lifted."""
    rows = Freeze.objects.select_related("made_by", "lifted_by")
    ordered = rows.order_by(F("lifted_at").desc(nulls_first=True), "-last_on", "-pk")
    page = Paginator(ordered, PAGE_ROWS).get_page(request.GET.get("page"))
    lines = [(row, freezes.days_of(row)) for row in page]
    return render(request, "attendance/freeze_list.html", {"page": page, "lines": lines})


@role_required(Role.ADMIN)
@require_http_methods(POSTS)
def freeze_create(request: SignedInRequest) -> HttpResponse:
    """Freeze a period."""
    form = FreezeForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        try:
            row = freezes.freeze(**form.cleaned_data, actor=request.user, now=timezone.now(), request=request)
        except freezes.FreezeRefused as error:
            form.add_error("last_on", error.message)
        else:
            messages.success(request, _("Frozen: %(days)s.") % {"days": freezes.days_of(row)})
            _warn(request, freezes.still_open(row))
            return redirect("freeze_list")
    return render(request, "attendance/freeze_form.html", {"form": form})


@role_required(Role.ADMIN)
@require_http_methods(POSTS)
def freeze_lift(request: SignedInRequest, public_id: UUID) -> HttpResponse:
    """Open a period again, with a reason for the log."""
    row = get_object_or_404(Freeze.objects.select_related("made_by", "lifted_by"), uuid=public_id)
    form = ReasonForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        freezes.lift(row, **form.cleaned_data, actor=request.user, now=timezone.now(), request=request)
        messages.success(request, _("Open again: %(days)s.") % {"days": freezes.days_of(row)})
        return redirect("freeze_list")
    return render(request, "attendance/freeze_form.html", {"form": form, "row": row, "days": freezes.days_of(row)})


def _warn(request: SignedInRequest, count: int) -> None:
    """Of registers that were left open: whoever was away in them counts as undecided."""
    if count:
        words = ngettext(
            "%(count)d register of these days was never closed: who was absent is not decided in it.",
            "%(count)d registers of these days were never closed: who was absent is not decided in them.",
            count,
        )
        messages.warning(request, words % {"count": count})
