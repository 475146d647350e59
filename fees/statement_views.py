"""A student's statement of a financial year, on a page and as PDF."""

from typing import Any
from uuid import UUID

from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from accounts.access import SignedInRequest, signed_in
from accounts.limits import DOCUMENT_MAKING, person_of
from accounts.models import Grant, Institute
from coaching.lib.exports import pdf_response
from coaching.lib.money import amount
from coaching.lib.pdf import Column, Document
from fees import statements
from fees.models import StudentAccount
from fees.numbering import financial_year, year_words


@signed_in
@require_safe
def fee_statement(request: SignedInRequest, public_id: UUID) -> HttpResponse:
    """One's own, a child's, anybody's for the counter; `year` is a financial year, as 26-27."""
    account, context = _asked(request, public_id)
    context |= {"account": account, "student": account.student, "is_counter": request.user.may(Grant.Kind.CASHIER)}
    return render(request, "fees/documents/statement.html", context)


@signed_in
@require_safe
def fee_statement_pdf(request: SignedInRequest, public_id: UUID) -> HttpResponse:
    """The same as PDF."""
    account, context = _asked(request, public_id)
    DOCUMENT_MAKING.take(person_of(request))
    statement = context["statement"]
    words = {"name": account.student.name, "year": statement.year}
    return pdf_response(_("Statement %(name)s %(year)s.pdf") % words, _paper(account, statement))


def _asked(request: SignedInRequest, public_id: UUID) -> tuple[StudentAccount, dict[str, Any]]:
    rows = StudentAccount.objects.for_user(request.user).select_related("student")
    account = get_object_or_404(rows, student__uuid=public_id)
    today = timezone.localdate()
    years = statements.years_of(account, today=today)
    year = request.GET.get("year") or financial_year(today)
    if year not in years:
        raise Http404("nothing was booked in such a year")
    named = [(one, year_words(one)) for one in years]
    return account, {"statement": statements.statement(account, year=year), "years": named}


def _paper(account: StudentAccount, found: statements.Statement) -> bytes:
    title = _("Statement of fees")
    paper = Document(title, made_at=timezone.now(), language=get_language() or "en")
    paper.begin(f"{title} · {account.student.name}")
    paper.line(Institute.current().name, size=14, is_bold=True)
    paper.line(title, size=18, is_bold=True)
    number = account.student.admission_number or ""
    facts = [(_("Student"), account.student.name), (_("Admission number"), number), (_("Year"), found.words)]
    paper.facts([(word, text) for word, text in facts if text])
    paper.gap(4)
    columns = [
        Column(_("Date"), 1.2),
        Column(_("What"), 2.6),
        Column(_("Number"), 1.9),
        Column(_("Charged, ₹"), 1.3, is_number=True),
        Column(_("Paid, ₹"), 1.3, is_number=True),
        Column(_("Balance, ₹"), 1.3, is_number=True),
    ]
    rows = [("", _("Brought forward"), "", "", "", amount(found.opening))]
    rows += [
        (
            f"{one.on:%d.%m.%Y}",
            one.label,
            one.document.number if one.document else "",
            amount(one.charged) if one.charged else "",
            amount(one.paid) if one.paid else "",
            amount(one.balance),
        )
        for one in found.entries
    ]
    rows.append(("", _("Together"), "", amount(found.charged), amount(found.paid), amount(found.closing)))
    paper.table(columns, rows, is_last_bold=True)
    return paper.content()
