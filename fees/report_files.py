"""Lists of fees as CSV: plain amounts, ISO dates. Taking one away is a line of the log."""

from typing import Any

from django.http.response import HttpResponseBase
from django.utils import timezone
from django.views.decorators.http import require_POST

from accounts import activity
from accounts.access import SignedInRequest, grant_required
from accounts.limits import limited, person_of
from accounts.models import Grant
from coaching.lib.exports import csv_response
from coaching.lib.limits import Limit
from fees import ageing, collections, defaulters, gst_output, registers, report_dues
from fees.models import Due
from fees.register_views import register_or_404
from fees.report_asked import Asked
from fees.report_months import Month
from fees.report_views import span_of

FEE_EXPORT = Limit("export of lists of fees per person", tries=30, per_s=600)


@grant_required(Grant.Kind.CASHIER)
@require_POST
@limited(FEE_EXPORT, key=person_of)
def due_list_export(request: SignedInRequest) -> HttpResponseBase:
    """The dues that are asked for."""
    asked = Asked(request, now=timezone.now())
    rows = asked.dues(Due.objects.for_user(request.user))
    cells = report_dues.cells(rows, today=asked.today)
    return _file(request, f"dues-{asked.today:%Y-%m-%d}", report_dues.header(), cells)


@grant_required(Grant.Kind.CASHIER)
@require_POST
@limited(FEE_EXPORT, key=person_of)
def fee_ageing_export(request: SignedInRequest) -> HttpResponseBase:
    """What is open of each batch, by age."""
    asked = Asked(request, now=timezone.now())
    lines = ageing.by_batch(Due.objects.for_user(request.user), today=asked.today)
    return _file(request, f"ageing-{asked.today:%Y-%m-%d}", ageing.header(), ageing.cells(lines))


@grant_required(Grant.Kind.CASHIER)
@require_POST
@limited(FEE_EXPORT, key=person_of)
def fee_defaulters_export(request: SignedInRequest) -> HttpResponseBase:
    """Students with overdue dues, with whom to call."""
    asked = Asked(request, now=timezone.now())
    dues = defaulters.dues_of(asked, Due.objects.for_user(request.user))
    rows = list(defaulters.grouped(dues, order=asked.sort, now=asked.now))
    cells = defaulters.cells(rows, dues, today=asked.today)
    return _file(request, f"defaulters-{asked.today:%Y-%m-%d}", defaulters.header(), cells)


@grant_required(Grant.Kind.CASHIER)
@require_POST
@limited(FEE_EXPORT, key=person_of)
def fee_collections_export(request: SignedInRequest) -> HttpResponseBase:
    """What came in a month or on a day, and what went back."""
    span = span_of(Asked(request, now=timezone.now()))
    name = f"{span.first:%Y-%m-%d}" if span.first == span.last else str(Month.of(span.first))
    return _file(request, f"collected-{name}", collections.header(), collections.cells(span))


@grant_required(Grant.Kind.CASHIER)
@require_POST
@limited(FEE_EXPORT, key=person_of)
def fee_gst_export(request: SignedInRequest) -> HttpResponseBase:
    """GST owed for a month."""
    asked = Asked(request, now=timezone.now())
    month = asked.month or Month.of(asked.today)
    return _file(request, f"gst-{month}", gst_output.header(), gst_output.cells(gst_output.of_month(month)))


@grant_required(Grant.Kind.CASHIER)
@require_POST
@limited(FEE_EXPORT, key=person_of)
def fee_register_export(request: SignedInRequest, kind: str) -> HttpResponseBase:
    """A register, as it is asked for."""
    register, asked = register_or_404(kind), Asked(request, now=timezone.now())
    name = f"{register.key}-{asked.month or f'{asked.today:%Y-%m-%d}'}"
    return _file(request, name, register.header, registers.in_file(register, asked))


def _file(request: SignedInRequest, name: str, header: list[str], rows: Any) -> HttpResponseBase:
    activity.record("fees.exported", actor=request.user, request=request, name=name)
    return csv_response(f"{name}.csv", header=header, rows=rows)
