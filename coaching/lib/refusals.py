"""How a refusal looks: a page that says what to do next, or the JSON error object for a program.

The pages stand outside the shell and use neither the database nor context processors, because either may be what broke.
"""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.contrib.sessions.exceptions import SessionInterrupted
from django.core.exceptions import RequestDataTooBig, TooManyFieldsSent, TooManyFilesSent
from django.http import HttpRequest, HttpResponse, JsonResponse, UnreadablePostError
from django.shortcuts import redirect
from django.template.loader import render_to_string
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from coaching.lib import logs
from coaching.lib.errors import DomainError

if TYPE_CHECKING:
    from django.http.response import HttpResponseBase


@dataclass(frozen=True, slots=True)
class Sorry:
    """`code` is for machines; `title` says what happened, `message` why, `advice` what to do."""

    code: str
    title: Any
    message: Any
    advice: Any


SORRY = {
    400: Sorry(
        "bad_request",
        _("We could not read that request"),
        _("The address or the form was not complete, so nothing was changed."),
        _("Go back, load the page again and send it once more."),
    ),
    403: Sorry(
        "not_allowed",
        _("You may not open this"),
        _("Your account does not have the right for this page."),
        _("If you need it, ask the office to give you the right."),
    ),
    404: Sorry(
        "not_found",
        _("There is nothing at this address"),
        _("It was moved or removed, the link has a mistake, or it belongs to somebody else."),
        _("Check the address, or start from your home page."),
    ),
    405: Sorry(
        "method_not_allowed",
        _("This address cannot be used like that"),
        _("It was opened in a way it does not answer, so nothing was changed."),
        _("Go back and use the button or the form there."),
    ),
    409: Sorry(
        "refused",
        _("This cannot be done now"),
        _("Something changed in the meantime, so nothing was done."),
        _("Load the page again to see how it stands, then decide."),
    ),
    411: Sorry(
        "length_required",
        _("The length is missing"),
        _("The size of what you send must be known, so nothing was taken."),
        _("Send it with a Content-Length."),
    ),
    413: Sorry(
        "too_large",
        _("That is too large"),
        _("What you sent is over the limit, so it was not taken."),
        _("Make it smaller or send it in parts."),
    ),
    429: Sorry(
        "too_many_requests",
        _("Too many tries"),
        _("To keep accounts safe we wait a little after many tries in a row."),
        _("Wait a few minutes, then try once more."),
    ),
    500: Sorry(
        "server_error",
        _("This page did not open"),
        _("Something broke while we were making it. What was saved before stays saved."),
        _("Try again in a moment."),
    ),
    503: Sorry(
        "unavailable",
        _("Not available for the moment"),
        _("A part of the system does not answer right now. What was saved before stays saved."),
        _("Try again in a minute or two."),
    ),
}


def wants_json(request: HttpRequest) -> bool:
    """Whether a program asks: it speaks tus, sent JSON, or asked for it (a browser's `*/*` is no wish)."""
    if "Tus-Resumable" in request.headers or request.content_type == "application/json":
        return True
    accept = request.headers.get("accept", "")
    return "application/json" in accept and "text/html" not in accept


def refuse(
    request: HttpRequest,
    *,
    status: int,
    sorry: Sorry | None = None,
    code: str = "",
    message: str = "",
    next_url: str = "",
) -> HttpResponse:
    """The answer with `status`: `{"error": {"code", "message"}}` or the page `errors/page.html`.

    `sorry` is the usual one of the status unless given; `message` replaces its reason and its advice, `code` its code.
    """
    sorry = sorry or SORRY.get(status, SORRY[400 if status < 500 else 500])
    reason = message or str(sorry.message)
    if wants_json(request):
        response: HttpResponse = JsonResponse({"error": {"code": code or sorry.code, "message": reason}}, status=status)
    else:
        context = {
            "status": status,
            "title": sorry.title,
            "message": reason,
            "advice": "" if message else sorry.advice,
            "next": next_url,
            "again": request.get_full_path() if request.method in {"GET", "HEAD"} else "",
            "reference": logs.request_id.get(),
        }
        # Without the request, so without context processors: this answer asks the database nothing.
        response = HttpResponse(render_to_string("errors/page.html", context), status=status)
    response.headers["Cache-Control"] = "no-store"
    return response


def refuse_error(request: HttpRequest, error: DomainError, *, next_url: str = "") -> HttpResponse:
    """The answer to a rule's refusal: its own status, code, words and headers."""
    response = refuse(request, status=error.status, code=error.code, message=error.message, next_url=next_url)
    for name, value in error.headers.items():
        response.headers[name] = value
    return response


def refuse_unreadable(request: HttpRequest, exception: Exception | None) -> "HttpResponseBase | None":
    """The answer to a request that Django could not take in, or None when it is no such exception.

    Called for what a view raises, and by the page for status 400: what Django's own middleware raises (CSRF reads the
    form, sessions are saved last) becomes that page before a middleware of ours could see it.
    """
    if isinstance(exception, SessionInterrupted):  # signed out elsewhere while this request ran
        if wants_json(request):
            return refuse(
                request, status=401, code="session_replaced", message=gettext("You are signed out. Sign in again.")
            )
        return redirect(settings.LOGIN_URL)
    if isinstance(exception, RequestDataTooBig):
        message = gettext("The form holds too much text. Shorten it and send it again.")
        return refuse(request, status=413, code="too_large", message=message)
    if isinstance(exception, TooManyFieldsSent | TooManyFilesSent):
        message = gettext("The form has too many fields. Send it in smaller parts.")
        return refuse(request, status=400, code="too_many_fields", message=message)
    if isinstance(exception, UnreadablePostError):
        message = gettext("The connection broke before everything arrived. Send it again.")
        return refuse(request, status=400, code="incomplete", message=message)
    return None
