"""Guardian links for admins: those of one student, a new one, more days, taken back."""

from uuid import UUID

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from accounts import guardian_passes
from accounts.access import SignedInRequest, recent_sign_in_required, role_required
from accounts.guardian_pass_forms import PassForm
from accounts.guardian_passes import PassRefused
from accounts.models import GuardianPass, Role, User
from accounts.slips import qr_svg
from coaching.lib.clock import moment_text

PAGE_ROWS = 20
TONES = {GuardianPass.State.OPEN: "run", GuardianPass.State.EXPIRED: "due", GuardianPass.State.LOCKED: "bad"}


@role_required(Role.ADMIN)
@recent_sign_in_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def guardian_link_list(request: SignedInRequest, public_id: UUID) -> HttpResponse:
    """A student's links, newest first, and the form for another; the answer to it shows link and PIN, this once."""
    student = get_object_or_404(User.objects.for_user(request.user), uuid=public_id, role=Role.STUDENT)
    form = PassForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        try:
            made = guardian_passes.make_pass(student, actor=request.user, request=request, **form.cleaned_data)
        except PassRefused as error:
            form.add_error(None, error.message)
        else:
            context = {"student": student, "made": made, "code": qr_svg(made.link)}
            return render(request, "accounts/guardian_link_made.html", context)
    page = Paginator(student.guardian_passes.select_related("created_by"), PAGE_ROWS).get_page(request.GET.get("page"))
    context = {"student": student, "form": form, "page": page, "rows": [_shown(row) for row in page]}
    return render(request, "accounts/guardian_link_list.html", context)


@role_required(Role.ADMIN)
@recent_sign_in_required
@require_POST
def guardian_link_extend(request: SignedInRequest, public_id: UUID) -> HttpResponse:
    """Thirty more days for one link."""
    until = request.POST.get("until", "")
    row = guardian_passes.extend_pass(_row(public_id), actor=request.user, until=until, request=request)
    messages.success(request, _("This link works until %(until)s.") % {"until": moment_text(row.expires_at)})
    return redirect("guardian_link_list", row.student.uuid)


@role_required(Role.ADMIN)
@recent_sign_in_required
@require_POST
def guardian_link_revoke(request: SignedInRequest, public_id: UUID) -> HttpResponse:
    """Take one link back, for good."""
    row = _row(public_id)
    guardian_passes.revoke_pass(row, actor=request.user, request=request)
    messages.success(request, _("The link was taken back."))
    return redirect("guardian_link_list", row.student.uuid)


def _row(public_id: UUID) -> GuardianPass:
    return get_object_or_404(GuardianPass.objects.select_related("student"), uuid=public_id)


def _shown(row: GuardianPass) -> tuple[GuardianPass, str, str]:
    """A link, and its state's hue and word."""
    state = row.state(timezone.now())
    return row, TONES.get(state, "off"), str(state.label)
