"""A person's photo: putting it, taking it away, and the picture itself for whoever may see the person."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.files.uploadhandler import MemoryFileUploadHandler
from django.http import Http404, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.cache import get_conditional_response
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt, csrf_protect
from django.views.decorators.http import require_http_methods, require_safe

from accounts import photos
from accounts.access import SignedInRequest, signed_in
from accounts.limits import PHOTO_CHANGE, limited, person_of
from accounts.models import User
from coaching.lib.errors import DomainError
from coaching.lib.middleware import body_limit

FORM_ROOM_BYTES = 256 * 1024
KEPT_S = 3600


class WholeInMemory(MemoryFileUploadHandler):
    """Keeps the file in memory up to the view's own limit, which stood before the first byte was read."""

    def handle_raw_input(self, *args: Any, **kwargs: Any) -> None:
        self.activated = True


def form_limit() -> int:
    """The largest body of the form, in bytes."""
    return photos.UPLOAD_BYTES + FORM_ROOM_BYTES


@signed_in
@body_limit(form_limit, "multipart/form-data")
@csrf_exempt  # _change checks the token itself, after it has been set where the file goes
@require_http_methods(["GET", "HEAD", "POST"])
def photo_change(request: SignedInRequest) -> HttpResponse:
    """My photo: another one, or none."""
    if request.method == "POST":
        request.upload_handlers = [WholeInMemory(request)]
        return _change(request)
    return _page(request)


@csrf_protect
@limited(PHOTO_CHANGE, key=person_of)
def _change(request: SignedInRequest) -> HttpResponse:
    if "remove" in request.POST:
        photos.remove_photo(request.user, actor=request.user, request=request)
        messages.success(request, _("Your photo is gone."))
        return redirect("profile")
    sent = request.FILES.get("picture")
    if sent is None:
        return _page(request, _("Choose a picture first."), status=400)
    try:
        photos.put_photo(request.user, sent.read(), actor=request.user, request=request)
    except DomainError as refusal:
        return _page(request, refusal.message, status=refusal.status)
    messages.success(request, _("This is your photo now."))
    return redirect("profile")


def _page(request: SignedInRequest, problem: str = "", *, status: int = 200) -> HttpResponse:
    person = request.user
    person.photo_tag = photos.own_tag(person)
    words = {"person": person, "problem": problem, "may_have": photos.may_have(person)}
    return render(request, "accounts/photo_change.html", words, status=status)


@signed_in
@require_safe
def person_photo(request: SignedInRequest, public_id: UUID) -> HttpResponseBase:
    """The photo as WebP, for the person and whoever may see him. An address with its tag may be kept for an hour."""
    person = get_object_or_404(User.objects.for_user(request.user), uuid=public_id)
    photo = photos.photo_for(request.user, person)
    if photo is None:
        raise Http404
    kept = f"max-age={KEPT_S}" if request.GET.get("v") == photo.etag else "no-cache"
    headers = {"Cache-Control": f"private, {kept}", "ETag": f'"{photo.etag}"'}
    headers["Content-Security-Policy"] = "default-src 'none'; sandbox"
    response = HttpResponse(photos.opened(photo), content_type="image/webp", headers=headers)
    return get_conditional_response(request, etag=f'"{photo.etag}"', response=response) or response
