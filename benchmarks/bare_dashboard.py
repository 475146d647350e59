"""A dashboard as a plain Django application has it: the ceiling that first screens are held against.

The middleware of a new project, sessions and persons from the database as Django looks them up, six plain questions and
a table for each in one template: no shell, no rights, no translation, no icons. Its requests are led here by the first
middleware, so that it takes turns with the real pages in one process.
"""

from collections.abc import Callable

from django.conf import settings
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.contrib.auth.decorators import login_required
from django.contrib.sessions.backends.db import SessionStore
from django.http import HttpRequest, HttpResponse
from django.template import Engine, RequestContext
from django.test import Client
from django.test.utils import override_settings
from django.urls import path
from django.utils import timezone

from accounts.access import SignedInRequest
from accounts.models import Notification, User
from attendance.models import Record
from batches.models import Batch, ClassSession

SHOWN = 5
BACKEND = "django.contrib.auth.backends.ModelBackend"
MIDDLEWARE = [
    "benchmarks.bare_dashboard.led_here",
    "django.middleware.security.SecurityMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
]
TEMPLATE = Engine(
    context_processors=[
        "django.template.context_processors.request",
        "django.contrib.auth.context_processors.auth",
        "django.contrib.messages.context_processors.messages",
    ]
).from_string(
    """<!doctype html>
<html lang="en">
<head><title>Dashboard</title></head>
<body>
<h1>Welcome {{ user.name }}</h1>
<p>{{ unread }} unread</p>
<h2>Batches</h2>
<table>{% for batch in batches %}<tr><td>{{ batch.name }}</td><td>{{ batch.code }}</td></tr>{% endfor %}</table>
<h2>Classes</h2>
<table>
{% for one in classes %}<tr><td>{{ one.starts_at|date:"d M H:i" }}</td><td>{{ one.batch.name }}</td></tr>{% endfor %}
</table>
<h2>News</h2>
<table>
{% for one in news %}<tr><td>{{ one.title }}</td><td>{{ one.created_at|date:"d M H:i" }}</td></tr>{% endfor %}
</table>
<h2>Attendance</h2>
<table>
{% for one in records %}<tr><td>{{ one.student.name }}</td><td>{{ one.get_status_display }}</td></tr>{% endfor %}
</table>
</body>
</html>
"""
)


@login_required
def dashboard(request: SignedInRequest) -> HttpResponse:
    """Six questions of the person and his next and newest five."""
    own = Notification.objects.filter(recipient=request.user)
    context = {
        "batches": Batch.objects.order_by("name")[:SHOWN],
        "classes": ClassSession.objects.filter(starts_at__gt=timezone.now())
        .select_related("batch")
        .order_by("starts_at")[:SHOWN],
        "news": own.order_by("-created_at")[:SHOWN],
        "unread": own.filter(read_at=None).count(),
        "records": Record.objects.select_related("student").order_by("-pk")[:SHOWN],
    }
    return HttpResponse(TEMPLATE.render(RequestContext(request, context)))


urlpatterns = [path("dashboard/", dashboard)]


def led_here(get_response: Callable[[HttpRequest], HttpResponse]) -> Callable[[HttpRequest], HttpResponse]:
    """Middleware: the addresses of this module."""

    def respond(request: HttpRequest) -> HttpResponse:
        request.urlconf = __name__
        return get_response(request)

    return respond


def signed_in(person: User) -> Client:
    """A browser in which the person is signed in at the plain application, without what signing in does on the site."""
    session = SessionStore()
    session[SESSION_KEY], session[BACKEND_SESSION_KEY] = str(person.pk), BACKEND
    session[HASH_SESSION_KEY] = person.get_session_auth_hash()
    session.save()
    if BACKEND not in settings.AUTHENTICATION_BACKENDS:
        settings.AUTHENTICATION_BACKENDS.append(BACKEND)
    browser = Client()
    with override_settings(SESSION_ENGINE=SessionStore.__module__, MIDDLEWARE=MIDDLEWARE):
        browser.handler.load_middleware()
    browser.cookies[settings.SESSION_COOKIE_NAME] = str(session.session_key)
    return browser
