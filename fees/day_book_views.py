"""The day book, on a page and as PDF, for the counter and the office."""

from datetime import date

from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from accounts.access import SignedInRequest, grant_required
from accounts.limits import DOCUMENT_MAKING, person_of
from accounts.models import Grant, Institute, User
from coaching.lib.clock import clock_text
from coaching.lib.exports import pdf_response
from coaching.lib.money import amount
from coaching.lib.pdf import Column, Document
from coaching.lib.uuids import uuid_of
from fees.day_book import DayBook, cashiers_of
from fees.day_book import day_book as book_of
from fees.models import Mode
from fees.report_months import day_said


@grant_required(Grant.Kind.CASHIER)
@require_safe
def day_book(request: SignedInRequest) -> HttpResponse:
    """Of the day, cashier and mode asked for; of today without."""
    on, cashier, mode = _asked(request)
    context = {
        "book": book_of(on, cashier=cashier, mode=mode),
        "cashiers": cashiers_of(on),
        "cashier": cashier,
        "mode": mode,
        "modes": Mode.choices,
        "today": timezone.localdate(),
    }
    return render(request, "fees/documents/day_book.html", context)


@grant_required(Grant.Kind.CASHIER)
@require_safe
def day_book_pdf(request: SignedInRequest) -> HttpResponse:
    """The same as PDF."""
    on, cashier, mode = _asked(request)
    DOCUMENT_MAKING.take(person_of(request))
    name = _("Day book %(day)s.pdf") % {"day": on.isoformat()}
    return pdf_response(name, _paper(book_of(on, cashier=cashier, mode=mode)))


def _asked(request: SignedInRequest) -> tuple[date, User | None, str]:
    """What cannot be read is as if it were not asked."""
    on = day_said(request.GET.get("on", "")) or timezone.localdate()
    number = uuid_of(request.GET.get("cashier", ""))
    cashier = User.objects.filter(uuid=number).first() if number else None
    mode = request.GET.get("mode", "")
    return on, cashier, mode if mode in Mode.values else ""


def _paper(book: DayBook) -> bytes:
    title = _("Day book")
    day = date_format(book.on, "D j M Y")
    paper = Document(f"{title} {day}", made_at=timezone.now(), language=get_language() or "en")
    paper.begin(f"{title} · {day}")
    paper.line(Institute.current().name, size=14, is_bold=True)
    paper.line(f"{title} · {day}", size=18, is_bold=True)
    paper.gap(4)
    columns = [
        Column(_("Time"), 1.1),
        Column(_("Student"), 2.6),
        Column(_("How"), 2.0),
        Column(_("Number"), 1.9),
        Column(_("By"), 1.6),
        Column(_("Amount, ₹"), 1.4, is_number=True),
    ]
    rows = [
        (
            clock_text(one.at),
            "\n".join(part for part in (one.student.name, one.why) if part),
            " ".join(part for part in (one.how, one.reference) if part),
            one.number,
            one.cashier,
            amount(one.paise),
        )
        for one in book.lines
    ]
    paper.table(columns, [*rows, (_("Together"), "", "", "", "", amount(book.total))], is_last_bold=True)
    paper.gap(5)
    modes = [Column(_("How"), 3.0), Column(_("Count"), 1.0, is_number=True), Column("₹", 1.4, is_number=True)]
    sums = [(name, str(count), amount(paise)) for name, count, paise in book.by_mode]
    paper.table(modes, [*sums, (_("Together"), str(len(book.lines)), amount(book.total))], is_last_bold=True)
    return paper.content()
