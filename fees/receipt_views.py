"""Payments that were recorded: the list with their receipts, and taking one back."""

from datetime import date
from typing import Any
from uuid import UUID

from django.core.paginator import Paginator
from django.db.models import Q, QuerySet
from django.http import HttpResponse, StreamingHttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.dateparse import parse_date
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts import activity
from accounts.access import SignedInRequest, grant_required
from accounts.models import Grant, Role, User
from coaching.lib.exports import csv_response
from coaching.lib.money import plain
from coaching.lib.text import search_text
from coaching.lib.uuids import uuid_of
from fees import counter_page, reversals
from fees.counter_forms import ReasonForm
from fees.days import DayClosed
from fees.models import DocKind, Document, Mode, Payment, Reversal
from fees.receiving import INSTRUMENTS, MoneyRefused

CASHIERS = grant_required(Grant.Kind.CASHIER)
PAGE_ROWS, AT_ONCE = 50, 500


@CASHIERS
@require_safe
def receipt_list(request: SignedInRequest) -> HttpResponse:
    """Every payment, the newest first; `q` is a name, an admission number, a receipt's number or a reference."""
    asked = _asked(request)
    page = Paginator(_payments(asked), PAGE_ROWS).get_page(request.GET.get("page"))
    rows = [(row, counter_page.receipt_of(row), counter_page.cheque_state(row)) for row in page]
    cashiers = User.objects.filter(cashier_days__isnull=False).distinct().order_by("name", "pk")
    context = {"page": page, "rows": rows, "modes": Mode.choices, "cashiers": cashiers, **asked}
    context["is_narrowed"] = any(asked.values())
    return render(request, "fees/counter/receipt_list.html", context)


@CASHIERS
@require_POST
def receipt_list_export(request: SignedInRequest) -> StreamingHttpResponse:
    """The same as CSV, all pages."""
    rows = _payments(_asked(request))
    activity.record("fees.exported", actor=request.user, request=request, name="payments")
    header = (
        _("Received"),
        _("Receipt"),
        _("Student"),
        _("Admission number"),
        _("How"),
        _("Reference"),
        _("Amount"),
        _("By"),
        _("Taken back"),
    )
    return csv_response("payments.csv", header=header, rows=(_line(row) for row in rows.iterator(chunk_size=AT_ONCE)))


def _line(row: Payment) -> tuple[Any, ...]:
    receipt, student = counter_page.receipt_of(row), row.account.student
    return (
        row.received_on.isoformat(),
        receipt.number if receipt else "",
        student.name,
        student.admission_number or "",
        str(row.get_mode_display()),
        row.reference,
        plain(row.amount_paise),
        row.received_by.name if row.received_by else "",
        timezone.localtime(row.reversed_at).date().isoformat() if row.reversed_at else "",
    )


def _asked(request: SignedInRequest) -> dict[str, Any]:
    """What cannot be read is as if it were not asked."""
    mode = request.GET.get("mode", "")
    return {
        "words": search_text(request.GET.get("q", "")),
        "since": _day(request.GET.get("since", "")),
        "until": _day(request.GET.get("until", "")),
        "mode": mode if mode in Mode.values else "",
        "by": uuid_of(request.GET.get("by", "")),
    }


def _day(typed: str) -> date | None:
    try:
        return parse_date(typed)
    except ValueError:
        return None


def _payments(asked: dict[str, Any]) -> QuerySet[Payment]:
    rows = counter_page.with_receipts(Payment.objects.order_by("-received_at", "-pk"))
    if asked["mode"]:
        rows = rows.filter(mode=asked["mode"])
    if asked["by"]:
        rows = rows.filter(received_by__uuid=asked["by"])
    if asked["since"]:
        rows = rows.filter(received_on__gte=asked["since"])
    if asked["until"]:
        rows = rows.filter(received_on__lte=asked["until"])
    words = asked["words"]
    if words:
        students = User.objects.filter(role=Role.STUDENT).search(words).order_by().values("pk")
        numbered = Document.objects.filter(kind=DocKind.RECEIPT, number__icontains=words).values("payment")
        is_it = Q(pk__in=numbered) | Q(reference="".join(words.split()).upper())
        rows = rows.filter(is_it | Q(account__student__in=students))
    return rows


# --- Taking back ------------------------------------------------------------------------------------------------------


@CASHIERS
@require_http_methods(["GET", "HEAD", "POST"])
def payment_undo(request: SignedInRequest, public_id: UUID) -> HttpResponse:
    """Take back what was recorded by mistake."""
    return _taken_back(request, public_id, Reversal.Kind.UNDO)


@CASHIERS
@require_http_methods(["GET", "HEAD", "POST"])
def payment_bounce(request: SignedInRequest, public_id: UUID) -> HttpResponse:
    """A cheque was not honoured."""
    return _taken_back(request, public_id, Reversal.Kind.BOUNCE)


def _taken_back(request: SignedInRequest, public_id: UUID, kind: Reversal.Kind) -> HttpResponse:
    is_bounce = kind == Reversal.Kind.BOUNCE
    seen = Payment.objects.for_user(request.user).exclude(mode=Mode.GATEWAY)
    rows = seen.filter(mode__in=INSTRUMENTS) if is_bounce else seen
    payment = get_object_or_404(counter_page.with_receipts(rows), uuid=public_id)
    now, form = timezone.now(), ReasonForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        take_back = reversals.bounce if is_bounce else reversals.undo
        try:
            take_back(payment, reason=form.cleaned_data["reason"], actor=request.user, now=now, request=request)
            return redirect(f"{reverse('counter')}?student={payment.account.student.uuid}")
        except (MoneyRefused, DayClosed) as refused:
            form.add_error(None, refused.message)
    context = {
        "payment": payment,
        "receipt": counter_page.receipt_of(payment),
        "form": form,
        "is_bounce": is_bounce,
        "may": is_bounce or reversals.may_undo(payment, request.user, now),
    }
    return render(request, "fees/counter/take_back.html", context, status=422 if form.errors else 200)
