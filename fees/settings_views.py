"""How the institute bills: one page of settings."""

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from accounts.access import SignedInRequest, recent_sign_in_required, role_required
from accounts.models import Institute, Role
from accounts.states import STATES as STATE_NAMES
from fees import tax
from fees.models import Due, FeeSettings
from fees.settings_changes import SettingsMoved, save_settings
from fees.settings_forms import FeeSettingsForm


@role_required(Role.ADMIN)
@require_http_methods(["GET", "HEAD", "POST"])
def fee_settings(request: SignedInRequest) -> HttpResponse:
    """Tax profile and policies."""
    if request.method == "POST":
        return _save(request)
    return _page(request, FeeSettingsForm(instance=FeeSettings.current()))


@recent_sign_in_required
def _save(request: SignedInRequest) -> HttpResponse:
    form = FeeSettingsForm(request.POST, instance=FeeSettings.current())
    if not form.is_valid():
        return _page(request, form)
    changed, now = form.changes(), timezone.now()
    try:
        if changed:
            seen = form.cleaned_data["revision"]
            save_settings(form.instance, changed=changed, seen=seen, actor=request.user, now=now, request=request)
    except SettingsMoved as moved:
        form.again(moved.revision)
        form.add_error(None, moved.message)
        return _page(request, form, status=moved.status)
    messages.success(request, _("Saved.") if changed else _("Nothing was changed."))
    return redirect("fee_settings")


def _page(request: SignedInRequest, form: FeeSettingsForm, *, status: int = 200) -> HttpResponse:
    stands = FeeSettings.current()
    elsewhere = _elsewhere(stands)
    context: dict[str, Any] = {"form": form, "stands": stands, "elsewhere": elsewhere, "has_dues": Due.objects.exists()}
    return render(request, "fees/setup/settings.html", context, status=status)


def _elsewhere(stands: FeeSettings) -> dict[str, Any]:
    """The state of the institute's address and that of its GSTIN, when they are two."""
    address = Institute.current().state
    registered = tax.STATES.get(stands.state_code, "")
    if not stands.gstin or not address or address == registered:
        return {}
    return {"address": STATE_NAMES.get(address, address), "registered": STATE_NAMES.get(registered, registered)}
