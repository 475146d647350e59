"""The institute's settings for admins, and its logo for everybody."""

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.cache import get_conditional_response
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from accounts.access import SignedInRequest, public, recent_sign_in_required, role_required
from accounts.institute import change_institute, row
from accounts.institute_forms import ZONES, InstituteForm
from accounts.models import Institute, Role

A_YEAR_S, FIVE_MINUTES_S = 31_536_000, 300


@role_required(Role.ADMIN)
@require_http_methods(["GET", "HEAD", "POST"])
def institute(request: SignedInRequest) -> HttpResponse:
    """Name, address, logo, time, languages and rules of the institute on one page."""
    if request.method == "POST":
        return _save(request)
    return _page(request, InstituteForm(instance=row()))


@recent_sign_in_required
def _save(request: SignedInRequest) -> HttpResponse:
    form = InstituteForm(request.POST, request.FILES, instance=row())
    if not form.is_valid():
        return _page(request, form)
    changed = form.changes()
    if changed:
        change_institute(form.instance, changed=changed, actor=request.user, request=request)
    messages.success(request, _("Saved.") if changed else _("Nothing was changed."))
    return redirect("institute")


def _page(request: SignedInRequest, form: InstituteForm) -> HttpResponse:
    return render(request, "accounts/institute.html", {"form": form, "zones": ZONES, "institute": row()})


@public
@require_safe
def institute_logo(request: HttpRequest) -> HttpResponseBase:
    """The logo as WebP. An address with the picture's own tag may be kept for good, the bare one for minutes."""
    etag = Institute.current().logo_etag
    found = Institute.objects.filter(logo_etag=etag).values_list("logo", flat=True).first() if etag else None
    if found is None:
        raise Http404
    is_named = request.GET.get("v") == etag
    kept = f"max-age={A_YEAR_S}, immutable" if is_named else f"max-age={FIVE_MINUTES_S}"
    headers = {"Cache-Control": f"public, {kept}", "ETag": f'"{etag}"'}
    headers["Content-Security-Policy"] = "default-src 'none'; sandbox"
    response = HttpResponse(bytes(found), content_type="image/webp", headers=headers)
    return get_conditional_response(request, etag=f'"{etag}"', response=response) or response
