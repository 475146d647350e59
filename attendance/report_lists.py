"""Lists of students: who attends too little, and who was absent on a day."""

from datetime import datetime
from typing import Any

from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from accounts.access import SignedInRequest, role_required
from accounts.models import Role, User
from attendance import absentees, low
from attendance.report_months import FIRST_YEAR, LAST_YEAR, day_said
from batches import taught
from batches.models import Batch
from batches.models.batches import BatchQuerySet
from batches.series import DAY
from coaching.lib.uuids import uuid_of

PAGE_ROWS = 50


@role_required(Role.ADMIN, Role.TEACHER)
@require_safe
def low_attendance(request: SignedInRequest) -> HttpResponse:
    """Students below what their batch wants."""
    now = timezone.now()
    asked = Asked(request, now=now)
    order = request.GET.get("sort", "")
    order = order if order in low.ORDERS else "share"
    rows = low.low_of(asked.narrowed, now=now, order=order)
    page = Paginator(rows, PAGE_ROWS).get_page(request.GET.get("page"))
    orders = {"share": _("Lowest share"), "in_a_row": _("Absent in a row"), "batch": _("Batch"), "name": _("Name")}
    return render(request, "attendance/low.html", asked.context | {"page": page, "order": order, "orders": orders})


@role_required(Role.ADMIN, Role.TEACHER)
@require_safe
def absentee_list(request: SignedInRequest) -> HttpResponse:
    """Who was absent on a day."""
    now = timezone.now()
    asked, today = Asked(request, now=now), timezone.localdate(now)
    day = day_said(request.GET.get("on", ""), today=today)
    around = [one if FIRST_YEAR <= one.year <= LAST_YEAR else None for one in (day - DAY, day + DAY)]
    found = absentees.day_of(day, asked.narrowed)
    context = {"day": found, "on": day, "today": today, "around": around}
    return render(request, "attendance/absentees.html", asked.context | context)


class Asked:
    """The batches of whoever asks, and the one he chose in the address or a form; one that is not his is none."""

    def __init__(self, request: SignedInRequest, *, now: datetime) -> None:
        self.batches: BatchQuerySet = batches_of(request.user, now=now)
        said = uuid_of(request.POST.get("batch", "") or request.GET.get("batch", ""))
        self.chosen: Batch | None = self.batches.filter(uuid=said).first() if said else None

    @property
    def narrowed(self) -> BatchQuerySet:
        return self.batches.filter(pk=self.chosen.pk) if self.chosen else self.batches

    @property
    def context(self) -> dict[str, Any]:
        return {"batches": self.batches.order_by("name", "pk"), "chosen": self.chosen}


def batches_of(person: User, *, now: datetime) -> BatchQuerySet:
    return taught.rosters_of(person, now=now).current()
