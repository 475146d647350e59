"""Django's handlers for what could not be shown; `coaching.lib.refusals` says how that looks."""

import logging
import sys

from django.db import InterfaceError, OperationalError
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.utils.html import escape
from django.utils.translation import gettext_lazy as _
from redis.exceptions import RedisError

from coaching.lib.refusals import SORRY, Sorry, refuse, refuse_unreadable

logger = logging.getLogger(__name__)
_NOT_ANSWERING = (OperationalError, InterfaceError, RedisError)


CSRF = Sorry(
    "csrf_failed",
    _("This form was open too long"),
    _("For your safety a form works only in the browser window where it was opened, while you are signed in there."),
    _("Go back, load the page again and send it once more. If it happens again, allow cookies for this site."),
)


def error_page(request: HttpRequest, status: int, message: str | None = None) -> HttpResponse:
    """The page (or the JSON) for `status`, an HTTP status of 400 and above; `message` replaces the usual reason."""
    return refuse(request, status=status, message=message or "")


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponseBase:
    """handler400; Django also sends here what was too large to take in and a session that ended meanwhile."""
    return refuse_unreadable(request, exception) or error_page(request, 400)


def permission_denied(request: HttpRequest, exception: Exception) -> HttpResponse:
    """handler403; shows the reason a PermissionDenied was raised with."""
    return error_page(request, 403, str(exception) or None)


def page_not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    """handler404; the exception's text names addresses and stays inside."""
    return error_page(request, 404)


def too_many_requests(request: HttpRequest) -> HttpResponse:
    """handler429, which allauth looks for when a rate limit is used up."""
    return error_page(request, 429)


def server_error(request: HttpRequest) -> HttpResponse:
    """handler500; 503 when the database does not answer. When even the template fails, a page without one."""
    try:
        answer = error_page(request, 503 if isinstance(sys.exception(), _NOT_ANSWERING) else 500)
        if answer.status_code == 503:
            answer.headers["Retry-After"] = "5"  # a database that has too much to do at this moment
        return answer
    except Exception:
        logger.exception("The page for a failure failed itself")
        title, advice = escape(SORRY[500].title), escape(SORRY[500].advice)
        return HttpResponse(f"<!doctype html><title>{title}</title><h1>{title}</h1><p>{advice}</p>", status=500)


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """CSRF_FAILURE_VIEW: 403 in plain words."""
    return refuse(request, status=403, sorry=CSRF)
