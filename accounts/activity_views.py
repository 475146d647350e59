"""The activity log as a page and as a table to take away, for admins."""

from collections.abc import Iterator
from typing import Any

from django.core.exceptions import BadRequest
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from accounts.access import SignedInRequest, recent_sign_in_required, role_required
from accounts.activity import about, lines, names_in, record
from accounts.activity_forms import ActivityFilter
from accounts.events import describe
from accounts.limits import ACTIVITY_EXPORT, limited, person_of
from accounts.models import ACTIVITY_KEPT, Activity, Role
from accounts.models.activity import ActivityQuerySet
from coaching.lib.exports import csv_response

PAGE_LINES = 50
CHUNK_LINES = 1000


@role_required(Role.ADMIN)
@require_safe
def activity(request: HttpRequest) -> HttpResponse:
    """The log, newest first, by event, person, day, address and device."""
    form = ActivityFilter(request.GET)
    page = Paginator(form.rows(), PAGE_LINES).get_page(request.GET.get("page"))
    words = {"form": form, "page": page, "lines": lines(page), "kept_days": ACTIVITY_KEPT.days}
    return render(request, "accounts/activity.html", words)


@role_required(Role.ADMIN)
@require_POST
@recent_sign_in_required
@limited(ACTIVITY_EXPORT, key=person_of)
def activity_export(request: SignedInRequest) -> HttpResponseBase:
    """The same lines as CSV, none for a filter of no sense. Taking them away is a line of the log itself."""
    form = ActivityFilter(request.POST)
    if not form.is_valid():
        raise BadRequest("no such filter")
    rows = form.rows()
    record("activity.exported", actor=request.user, request=request, lines=rows.count(), asked=form.asked())
    header = [_("Time"), _("Event"), _("What"), _("Who"), _("About"), _("Object"), _("Object id"), _("Name")]
    header += [_("IP address"), _("Device"), _("Request id")]
    name = f"activity-{timezone.localtime():%Y-%m-%d-%H%M}.csv"
    return csv_response(name, header=header, rows=_cells(rows))


def _cells(rows: ActivityQuerySet) -> Iterator[list[Any]]:
    """Row by row, a chunk at a time by number, so that no query stays open while somebody downloads slowly."""
    last = None
    while chunk := list((rows if last is None else rows.filter(pk__lt=last))[:CHUNK_LINES]):
        names = names_in(chunk)
        yield from (_cells_of(row, about(row, names)) for row in chunk)
        last = chunk[-1].pk


def _cells_of(row: Activity, name: str) -> list[Any]:
    at = timezone.localtime(row.at).isoformat(timespec="seconds")
    people = [str(row.actor or ""), str(row.subject or "")]
    thing = [row.object_type, row.object_id, name]
    return [at, row.event, describe(row.event), *people, *thing, row.ip, row.device, row.request_id]
