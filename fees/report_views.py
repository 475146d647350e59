"""Looking at fees as a whole: the overview, dues, ageing, what was collected, GST."""

from datetime import date

from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from accounts.access import SignedInRequest, grant_required
from accounts.models import Grant
from fees import ageing, collections, gst_output, report_dues, reports, reports_page
from fees.models import Due, FeeSettings
from fees.report_asked import AGES, STATES, Asked
from fees.report_months import DAY, Month

PAGE_ROWS = 50


@grant_required(Grant.Kind.CASHIER)
@require_safe
def fees_overview(request: SignedInRequest) -> HttpResponse:
    """A month, the year, what is overdue, what needs somebody."""
    asked = Asked(request, now=timezone.now())
    return render(request, "fees/reports/overview.html", reports_page.context_of(request.user, asked))


@grant_required(Grant.Kind.CASHIER)
@require_safe
def due_list(request: SignedInRequest) -> HttpResponse:
    """Dues with what was paid of them."""
    asked = Asked(request, now=timezone.now())
    rows = asked.dues(Due.objects.for_user(request.user))
    sums = reports.sums_of(rows)
    pages = Paginator(report_dues.with_names(rows), PAGE_ROWS)
    pages.count = sums.count  # counted already
    page = pages.get_page(asked.page)
    lines = list(report_dues.rows_of(page, today=asked.today))
    context = {"page": page, "lines": lines, "sums": sums, "states": STATES, "ages": AGES}
    return render(request, "fees/reports/dues.html", asked.context | context)


@grant_required(Grant.Kind.CASHIER)
@require_safe
def fee_ageing(request: SignedInRequest) -> HttpResponse:
    """What is open of each batch, by how long it is overdue."""
    asked = Asked(request, now=timezone.now())
    dues = Due.objects.for_user(request.user)
    aged = ageing.aged(dues, today=asked.today)
    lines = ageing.by_batch(dues, today=asked.today)
    context = {
        "lines": lines,
        "whole": ageing.together(lines),
        "buckets": ageing.BUCKETS,
        "keys": ageing.KEYS,
        "aged": aged,
        "age_pieces": reports_page.age_pieces(aged),
        "age_finding": reports_page.age_finding(aged),
    }
    return render(request, "fees/reports/ageing.html", context)


@grant_required(Grant.Kind.CASHIER)
@require_safe
def fee_collections(request: SignedInRequest) -> HttpResponse:
    """What came in a month, or on a day."""
    asked = Asked(request, now=timezone.now())
    span = span_of(asked)
    page = Paginator(collections.payments(span), PAGE_ROWS).get_page(asked.page)
    context = {
        "asked": asked,
        "span": span,
        "month": asked.month or Month.of(span.first),
        "around": _around(asked, span.first),
        "today": asked.today,
        "found": collections.collected(span),
        "page": page,
    }
    return render(request, "fees/reports/collections.html", context)


def span_of(asked: Asked) -> collections.Span:
    """The day that is asked for, else the month, else this one."""
    if asked.day:
        return collections.Span(asked.day, asked.day)
    month = asked.month or Month.of(asked.today)
    return collections.Span(month.first, month.last)


def _around(asked: Asked, first: date) -> tuple[str, str]:
    """The addresses of the day or month before and after."""
    if asked.day:
        return f"?on={first - DAY:%Y-%m-%d}", f"?on={first + DAY:%Y-%m-%d}"
    month = Month.of(first)
    return f"?month={month.before}", f"?month={month.after}"


@grant_required(Grant.Kind.CASHIER)
@require_safe
def fee_gst(request: SignedInRequest) -> HttpResponse:
    """GST owed for a month, by recipient, place and rate."""
    asked = Asked(request, now=timezone.now())
    month = asked.month or Month.of(asked.today)
    context = {"month": month, "around": (month.before, month.after), "output": gst_output.of_month(month)}
    return render(request, "fees/reports/gst.html", context | {"settings": FeeSettings.current()})
