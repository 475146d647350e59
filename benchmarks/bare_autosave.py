"""An autosave as a plain Django application has it: what saving the answers of a test is held against.

The middleware of a new project, session and person from the database as Django looks them up, and an upsert for each
answer in one transaction: no counters, no epoch, no deadline, no events, no look at the paper.
"""

import json

from django.contrib.auth.decorators import login_required
from django.core.handlers.wsgi import WSGIHandler
from django.db import transaction
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.test.utils import override_settings
from django.urls import path
from django.utils import timezone

from benchmarks import bare_dashboard
from exams.models import Response

UNIQUE = ["attempt", "question"]
CHANGED = ["seq", "answer", "is_answered", "is_marked", "saved_at", "answered_at"]
MIDDLEWARE = ["benchmarks.bare_autosave.led_here", *bare_dashboard.MIDDLEWARE[1:]]


@login_required
def autosave(request: HttpRequest) -> HttpResponse:
    given, now = json.loads(request.body), timezone.now()
    with transaction.atomic():
        for one in given["responses"]:
            row = Response(
                attempt_id=given["attempt"],
                question_id=one["number"],
                seq=one["seq"],
                answer=one["answer"],
                is_answered=one["answer"] is not None,
                is_marked=one["marked"],
                saved_at=now,
                answered_at=now,
            )
            Response.objects.bulk_create([row], update_conflicts=True, unique_fields=UNIQUE, update_fields=CHANGED)
    return JsonResponse({"saved": [one["seq"] for one in given["responses"]]})


urlpatterns = [path("bench/autosave/", autosave)]


def led_here(get_response):
    """Middleware: the address of this module."""

    def respond(request: HttpRequest) -> HttpResponse:
        request.urlconf = __name__
        return get_response(request)

    return respond


def application() -> WSGIHandler:
    """The plain application, beside the product's in one process."""
    engine = "django.contrib.sessions.backends.db"
    with override_settings(SESSION_ENGINE=engine, MIDDLEWARE=MIDDLEWARE):
        return WSGIHandler()
