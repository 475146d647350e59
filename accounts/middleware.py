"""Around every view: the institute's time zone, default deny, and the person's own language.

Whoever has no live session gets no further than the sign-in page, and learns why his ended.
"""

from collections.abc import AsyncIterator
from typing import Any, cast

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.middleware import LoginRequiredMiddleware
from django.contrib.auth.models import AnonymousUser
from django.http import HttpRequest, HttpResponse, JsonResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, resolve_url
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from accounts import sessions
from accounts.adapters import keep_language
from accounts.models import User
from accounts.streams import fenced
from accounts.zones import INSTITUTE_ZONE
from coaching.lib.middleware import Around
from coaching.lib.refusals import wants_json


class ZoneMiddleware(Around):
    """Times of a request are read and written in the institute's zone.

    It stays for the lines of a stream, which are made after the view; the next request of the thread sets it again.
    """

    def __call__(self, request: HttpRequest) -> Any:
        timezone.activate(INSTITUTE_ZONE)
        if self.is_async:
            return self._answer_async(request)
        return _without_zone(self.get_response(request))

    async def _answer_async(self, request: HttpRequest) -> HttpResponseBase:
        return _without_zone(await self.get_response(request))  # type: ignore[misc]


def _without_zone(response: Any) -> HttpResponseBase:
    if not response.streaming:
        timezone.deactivate()
    return response  # type: ignore[no-any-return]


class SignInRequiredMiddleware(LoginRequiredMiddleware):
    """Django's own, which also asks for the session's slot, and gives programs 401 instead of a page.

    A public view costs no session and no person, so that health checks answer without the database.
    """

    def process_view(
        self, request: HttpRequest, view_func: Any, view_args: Any, view_kwargs: Any
    ) -> HttpResponseBase | None:
        if not getattr(view_func, "login_required", True):
            return None
        if request.user.is_authenticated:
            slot = sessions.look(request, now=timezone.now())
            if slot is None:
                request.session.flush()
                request.user = AnonymousUser()
            elif slot.must_enrol and not getattr(view_func, "is_open_while_enrolling", False):
                return _to_enrolment(request)
            else:
                _speak(request)
        return super().process_view(request, view_func, view_args, view_kwargs)

    def process_response(self, request: HttpRequest, response: HttpResponseBase) -> HttpResponseBase:
        """A stream on the loop ends with its session; a cookie that said another language follows the person."""
        slot = sessions.slot_id(request)
        if slot is not None and isinstance(response, StreamingHttpResponse) and response.is_async:
            chunks = cast("AsyncIterator[bytes]", response.streaming_content)
            response.streaming_content = fenced(chunks, slot=slot)
        language = getattr(request, "language_chosen", "")
        if language and settings.LANGUAGE_COOKIE_NAME not in response.cookies:
            keep_language(response, language)
        return response

    def handle_no_permission(  # type: ignore[override]  # Django's stub promises a redirect
        self, request: HttpRequest, view_func: Any
    ) -> HttpResponseBase:
        reason = sessions.farewell(request)
        if wants_json(request) or "Tus-Resumable" in request.headers:
            code = "session_replaced" if reason else "signed_out"
            error = {"code": code, "message": reason or _("You are signed out. Sign in again.")}
            return JsonResponse({"error": error}, status=401)
        if reason:
            messages.warning(request, reason)
        if "HX-Request" in request.headers:
            return HttpResponse(status=401, headers={"HX-Redirect": resolve_url(self.get_login_url(view_func))})
        if request.method not in {"GET", "HEAD"}:  # a form cannot be sent again by coming back to its address
            return HttpResponse(status=302, headers={"Location": resolve_url(self.get_login_url(view_func))})
        return super().handle_no_permission(request, view_func)


def _speak(request: HttpRequest) -> None:
    """What the person chose last, on whichever device, wins over what this browser remembers."""
    person = cast("User", request.user)
    if person.language and person.language != translation.get_language():
        translation.activate(person.language)
        request.LANGUAGE_CODE = translation.get_language()
        request.language_chosen = person.language  # type: ignore[attr-defined]


def _to_enrolment(request: HttpRequest) -> HttpResponseBase:
    """The only place an admin without a second step gets to, where one is demanded of him."""
    if wants_json(request):
        error = {"code": "must_enrol", "message": _("Set up your second step first.")}
        return JsonResponse({"error": error}, status=403)
    if "HX-Request" in request.headers:
        return HttpResponse(status=403, headers={"HX-Redirect": reverse("second_step")})
    return redirect("second_step")
