"""The site under the benchmarks: the product's own routes, and pages that do nothing, only read, or upsert a row."""

import json

from django.contrib.auth.decorators import login_not_required
from django.db import transaction
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.urls import include, path
from django.views.decorators.csrf import csrf_exempt

from attendance.models import Record
from coaching.lib.middleware import body_limit
from coaching.urls import handler400, handler403, handler404, handler500

BLOCK_BYTES = 256 * 1024

__all__ = ["handler400", "handler403", "handler404", "handler500", "urlpatterns"]


@login_not_required
def nothing(_request: HttpRequest) -> HttpResponse:
    return HttpResponse("nothing")


@login_not_required
@csrf_exempt
@body_limit(lambda: 1024**3, "", "application/octet-stream")
def body(request: HttpRequest) -> HttpResponse:
    """Reads what is sent and keeps nothing: the cost of receiving alone."""
    length = 0
    while piece := request.read(BLOCK_BYTES):
        length += len(piece)
    return HttpResponse(str(length))


@login_not_required
@csrf_exempt
def upsert(request: HttpRequest) -> HttpResponse:
    """Writes the row of one student in the register of one class: the cost of a check-in without its rules."""
    given = json.loads(request.body)
    row = {"class_session_id": given["class_session"], "student_id": given["student"]}
    with transaction.atomic():
        record = Record(**row, status="P")
        unique, changed = ["class_session", "student"], ["status", "marked_at"]
        Record.objects.bulk_create([record], update_conflicts=True, unique_fields=unique, update_fields=changed)
    return JsonResponse({"status": "PRESENT"})


urlpatterns = [
    path("bench/nothing/", nothing),
    path("bench/body/", body),
    path("bench/upsert/", upsert),
    path("", include("coaching.urls")),
]
