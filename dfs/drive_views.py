"""My Drives: what a person lends. Another person's Drive does not exist here (404)."""

import uuid
from typing import Any

from allauth.account.decorators import reauthentication_required
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST, require_safe

from accounts.access import SignedInRequest, signed_in
from coaching.lib.errors import DomainError
from coaching.lib.refusals import refuse
from dfs import consent, lending, linking, my_drives, pool
from dfs.models import DriveAccount
from dfs.my_drives import CapForm

KEPT = "drive_link"
"""Where a session keeps the way to Google it is on."""
OPENED = "drive_link_page_s"
"""When the session last saw the page behind the password; its form works for as long as the way to Google."""


def _own(request: SignedInRequest, public_id: uuid.UUID) -> DriveAccount:
    """Raises: Http404."""
    return get_object_or_404(DriveAccount.objects.for_user(request.user), uuid=public_id)


@signed_in
@require_safe
def drive_list(request: SignedInRequest) -> HttpResponse:
    return _page(request)


def _page(request: SignedInRequest, bound: tuple[DriveAccount, CapForm] | None = None) -> HttpResponse:
    cards = my_drives.cards(request.user, bound)
    context: dict[str, Any] = {
        "cards": cards,
        "lately": my_drives.lately([card.drive for card in cards]),
        "is_configured": consent.is_configured(),
        "is_urgent": any(card.wants_sign_in and not card.is_leaving for card in cards),
    }
    return render(request, "dfs/drive_list.html", context)


# --- Linking ----------------------------------------------------------------------------------------------------------


def _asks_for_password(request: HttpRequest) -> bool:
    return request.method != "POST" and consent.is_configured()


@signed_in
@require_http_methods(["GET", "HEAD", "POST"])
@reauthentication_required(app="dfs", enabled=_asks_for_password)  # type: ignore[untyped-decorator]
def drive_link(request: SignedInRequest) -> HttpResponse:
    """What linking means, and the button to Google; with `?drive=` for a Drive that needs its sign-in again."""
    if not consent.is_configured():
        messages.info(request, _("The institute is not connected with Google yet, so no Drive can be linked."))
        return redirect("dfs:drive_list")
    drive = _wanted(request)
    form = CapForm(request.POST if request.method == "POST" else None, initial={"gigabytes": my_drives.USUAL_GB})
    now = timezone.now()
    if request.method != "POST":
        request.session[OPENED] = now.timestamp()
    elif now.timestamp() - request.session.get(OPENED, 0) > linking.KEPT_S:
        return redirect(request.get_full_path())  # the password once more
    elif drive or form.is_valid():
        cap_bytes = drive.cap_bytes if drive else form.cap_bytes
        address, request.session[KEPT] = linking.begin(actor=request.user, cap_bytes=cap_bytes, drive=drive, now=now)
        return redirect(address)
    response = render(request, "dfs/drive_link.html", {"form": form, "drive": drive})
    # Chromium holds the redirect after a POST to the page's form-action: this page alone may lead to Google.
    response._csp_update = {"form-action": [consent.google_origin()]}  # type: ignore[attr-defined]
    return response


def _wanted(request: SignedInRequest) -> DriveAccount | None:
    """The Drive to sign in for again, None for a new one. Raises: Http404."""
    wanted = request.GET.get("drive", "")
    if not wanted:
        return None
    try:
        drive = _own(request, uuid.UUID(wanted))
    except ValueError:
        raise Http404 from None
    if drive.kind != DriveAccount.Kind.GOOGLE:
        raise Http404
    return drive


@signed_in
@require_GET
def drive_callback(request: SignedInRequest) -> HttpResponse:
    """Where Google sends the browser back. A refusal leads to My Drives: this address works once."""
    try:
        drive = _come_back(request)
    except DomainError as error:
        back = reverse("dfs:drive_list")
        return refuse(request, status=error.status, code=error.code, message=error.message, next_url=back)
    if drive is None:
        messages.info(request, _("You stopped at Google, so nothing was linked."))
    else:
        messages.success(request, _("%(drive)s is linked. Thank you for lending it.") % {"drive": drive.label})
    return redirect("dfs:drive_list")


def _come_back(request: SignedInRequest) -> DriveAccount | None:
    """The Drive, None when the person stopped at Google. Another browser, another session, a second time: refused.

    Raises: LinkRefused, DriveRefused, Unavailable.
    """
    kept = request.session.get(KEPT)
    if kept is None or not linking.is_mine(kept, request.GET.get("state", "")):
        raise consent.LinkRefused(
            _("This answer from Google does not belong to this browser window, so nothing was linked. Start again.")
        )
    del request.session[KEPT]
    attempt = linking.claim(kept, actor=request.user, now=timezone.now())
    if request.GET.get("error"):
        return None
    return linking.finish(attempt, code=request.GET.get("code", ""), cap_bytes=kept["cap_bytes"], actor=request.user)


# --- Changing ---------------------------------------------------------------------------------------------------------


@signed_in
@require_POST
def drive_cap(request: SignedInRequest, public_id: uuid.UUID) -> HttpResponse:
    """How much is lent; what is too little or no number is told at the field."""
    drive = _own(request, public_id)
    form = CapForm(request.POST, auto_id=f"id_{drive.uuid.hex}_%s")
    if form.is_valid():
        try:
            lending.lend(drive, cap_bytes=form.cap_bytes, actor=request.user)
        except pool.DriveRefused as refused:
            form.add_error("gigabytes", refused.message)
        else:
            messages.success(request, _("You lend %(drive)s with its new limit now.") % {"drive": drive.label})
            return redirect("dfs:drive_list")
    return _page(request, (drive, form))


@signed_in
@require_POST
def drive_pause(request: SignedInRequest, public_id: uuid.UUID) -> HttpResponse:
    """Nothing new comes. Twice is once."""
    drive = _own(request, public_id)
    if drive.leaving_at is not None:
        raise pool.DriveRefused(_("You are taking this Drive back. Stop that first."))
    pool.pause(drive, actor=request.user)
    messages.info(request, _("%(drive)s is paused. What is there is still read.") % {"drive": drive.label})
    return redirect("dfs:drive_list")


@signed_in
@require_POST
def drive_resume(request: SignedInRequest, public_id: uuid.UUID) -> HttpResponse:
    """Use it again: after a pause, or instead of taking it back. Twice is once."""
    drive = _own(request, public_id)
    lending.keep(drive, actor=request.user)
    messages.info(request, f"{drive.label}: {drive.get_state_display()}.")
    return redirect("dfs:drive_list")


@signed_in
@require_POST
def drive_unlink(request: SignedInRequest, public_id: uuid.UUID) -> HttpResponse:
    """Take it back; the way to stop stands on the page until the last piece has moved. Twice is once."""
    drive = _own(request, public_id)
    lending.unlink(drive, actor=request.user, now=timezone.now())
    messages.info(request, _("The pieces on %(drive)s move to other Drives now.") % {"drive": drive.label})
    return redirect("dfs:drive_list")
