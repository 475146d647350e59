"""Receipts, invoices and notes, on a page, on narrow paper and as PDF, and their verification by anybody."""

from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from accounts.access import SignedInRequest, public, signed_in
from accounts.limits import DOCUMENT_LOST, DOCUMENT_MAKING, address_of, person_of
from accounts.models import Grant
from coaching.lib.exports import pdf_response
from fees import document_page, document_pdf, verifying
from fees.document_forms import CodeForm
from fees.models import Document

NARROW = "80"


@signed_in
@require_safe
def fee_document(request: SignedInRequest, public_id: UUID) -> HttpResponse:
    """One document: a student's own, a guardian's of his child, all for the counter; `?size=80` is narrow paper."""
    document = _found(request, public_id)
    sheet = document_page.sheet(document, cancelled_by=_cancelling(document))
    is_narrow = request.GET.get("size") == NARROW
    template = "fees/documents/roll.html" if is_narrow else "fees/documents/a4.html"
    is_counter = request.user.may(Grant.Kind.CASHIER)
    return render(request, template, {"document": document, "sheet": sheet, "is_counter": is_counter})


@signed_in
@require_safe
def fee_document_pdf(request: SignedInRequest, public_id: UUID) -> HttpResponse:
    """The same as PDF."""
    document = _found(request, public_id)
    DOCUMENT_MAKING.take(person_of(request))
    sheet = document_page.sheet(document, cancelled_by=_cancelling(document))
    return pdf_response(f"{sheet.title} {document.number.replace('/', '-')}.pdf", document_pdf.made(document, sheet))


def _found(request: SignedInRequest, public_id: UUID) -> Document:
    rows = Document.objects.for_user(request.user).select_related("account__student", "cancelled_by")
    return get_object_or_404(rows, uuid=public_id)


def _cancelling(document: Document) -> Document | None:
    return getattr(document, "cancelled_by", None)


# --- For everybody with a code ----------------------------------------------------------------------------------------


@public
@never_cache
@require_safe
def fee_verify(request: HttpRequest, code: str) -> HttpResponse:
    """What the code of a document opens."""
    found = verifying.verify(code)
    if found is None:
        DOCUMENT_LOST.take(address_of(request))
        context = {"typed": code[:60], "form": CodeForm(initial={"code": code[:60]})}
        return _private(render(request, "fees/documents/verify_form.html", context, status=404))
    context = {"found": found, "printed": document_page.printed(found.row.code)}
    return _private(render(request, "fees/documents/verify.html", context))


@public
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def fee_verify_form(request: HttpRequest) -> HttpResponse:
    """Where a code is typed."""
    form = CodeForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        return redirect("fee_verify", form.cleaned_data["code"])
    return _private(render(request, "fees/documents/verify_form.html", {"form": form}))


def _private(response: HttpResponse) -> HttpResponse:
    """The address holds the code: no search engine and no other site gets it."""
    response.headers["Referrer-Policy"] = "same-origin"
    response.headers["X-Robots-Tag"] = "noindex, nofollow"
    return response
