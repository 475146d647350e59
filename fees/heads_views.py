"""Fee heads: the list, a new one, a changed one, put away and taken back."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.access import SignedInRequest, role_required
from accounts.models import Role
from fees import heads
from fees.heads_forms import HeadForm
from fees.models import FeeHead, FeeSettings

POSTS = ["GET", "HEAD", "POST"]


@role_required(Role.ADMIN)
@require_safe
def fee_head_list(request: SignedInRequest) -> HttpResponse:
    """All heads, those in use first."""
    context = {"rows": heads.listed(), "settings": FeeSettings.current()}
    return render(request, "fees/setup/head_list.html", context)


@role_required(Role.ADMIN)
@require_http_methods(POSTS)
def fee_head_create(request: SignedInRequest) -> HttpResponse:
    return _edit(request, FeeHead())


@role_required(Role.ADMIN)
@require_http_methods(POSTS)
def fee_head_change(request: SignedInRequest, public_id: UUID) -> HttpResponse:
    """What it is called and how it is taxed in plans written from now on."""
    return _edit(request, get_object_or_404(FeeHead, uuid=public_id))


def _edit(request: SignedInRequest, head: FeeHead) -> HttpResponse:
    is_new = head._state.adding
    form = HeadForm(request.POST if request.method == "POST" else None, instance=head)
    if request.method == "POST" and form.is_valid():
        changed = form.changes()
        try:
            if is_new or changed:
                heads.keep_head(form.instance, changed=changed, actor=request.user, request=request)
        except heads.HeadRefused as refused:
            form.add_error("name", refused.message)
        else:
            messages.success(request, _("Saved. Plans that exist stay as they are."))
            return redirect("fee_head_list")
    plans = 0 if is_new else head.plan_lines.count()
    return render(request, "fees/setup/head_form.html", {"form": form, "head": head, "is_new": is_new, "plans": plans})


@role_required(Role.ADMIN)
@require_POST
def fee_head_archive(request: SignedInRequest, public_id: UUID) -> HttpResponse:
    """Put it away, or take it back when `do` is "restore"."""
    head = get_object_or_404(FeeHead, uuid=public_id)
    if request.POST.get("do") == "restore":
        heads.restore_head(head, actor=request.user, request=request)
        messages.success(request, _("%(name)s can be used in plans again.") % {"name": head.name})
    else:
        heads.archive_head(head, actor=request.user, now=timezone.now(), request=request)
        messages.success(request, _("%(name)s is archived. Plans that have it keep it.") % {"name": head.name})
    return redirect("fee_head_list")
