"""Scorecards as PDF, for who may see the results, and their verification, for everybody with a code."""

from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from accounts.access import SignedInRequest, public, role_required, signed_in
from accounts.limits import RESULT_LOST, SCORECARD_MAKING, SCORECARDS_MAKING, address_of, person_of
from batches.models import Batch
from coaching.lib.exports import pdf_response
from coaching.lib.uuids import uuid_of
from exams import result_codes, scorecards, verifying
from exams.models import Result
from exams.result_views import with_results
from exams.result_words import marks_words
from exams.scorecard_forms import CodeForm
from exams.test_views import MAKE_TESTS


@signed_in
@require_safe
def scorecard(request: SignedInRequest, code: str) -> HttpResponse:
    """One result: a student's of himself, a guardian's of his child, staff's of every version."""
    rows = scorecards.with_all(Result.objects.for_user(request.user, now=timezone.now()))
    row = get_object_or_404(rows, code=code)
    SCORECARD_MAKING.take(person_of(request))
    name = _("Scorecard %(name)s, %(test)s.pdf") % {"name": row.student.name, "test": row.version.test.title}
    return pdf_response(name, scorecards.card(row))


@role_required(*MAKE_TESTS)
@require_safe
def test_scorecards(request: SignedInRequest, public_id: UUID) -> HttpResponse:
    """All of a test's newest results, or one batch's, in the order of ranks."""
    test, version = with_results(request, public_id)
    rows = version.results.filter(is_counted=True)
    name = _("Scorecards %(test)s.pdf") % {"test": test.title}
    if asked := request.GET.get("batch"):
        batch = get_object_or_404(Batch.objects.filter(tests=test), uuid=uuid_of(asked))
        rows = rows.filter(batch=batch)
        name = _("Scorecards %(test)s, %(batch)s.pdf") % {"test": test.title, "batch": batch.name}
    found = list(scorecards.with_all(rows).order_by("rank", "student__name", "pk"))
    if not found:
        raise Http404("nobody of this batch has a result")
    SCORECARDS_MAKING.take(person_of(request))
    return pdf_response(name, scorecards.cards(version, found))


# --- For everybody with a code ----------------------------------------------------------------------------------------


@public
@never_cache
@require_safe
def result_verify(request: HttpRequest, code: str) -> HttpResponse:
    """What the code of a scorecard opens."""
    found = verifying.verify(code, now=timezone.now())
    if found is None:
        RESULT_LOST.take(address_of(request))
        context = {"typed": code, "form": CodeForm(initial={"code": code[:60]})}
        return _private(render(request, "exams/result_unknown.html", context, status=404))
    row = found.row
    standing = scorecards.standing(row) if found.is_shown else ""
    context = {"found": found, "row": row, "printed": result_codes.printed(row.code), "standing": standing}
    context |= {"marks": marks_words(row.total, row.most) if found.is_shown else "", "facts": scorecards.facts(row)}
    return _private(render(request, "exams/result_verify.html", context))


@public
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def result_verify_form(request: HttpRequest) -> HttpResponse:
    """Where a code is typed."""
    form = CodeForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        return redirect("result_verify", form.cleaned_data["code"])
    return _private(render(request, "exams/result_verify_form.html", {"form": form}))


def _private(response: HttpResponse) -> HttpResponse:
    """The address holds the code: no search engine and no other site gets it."""
    response.headers["Referrer-Policy"] = "same-origin"
    response.headers["X-Robots-Tag"] = "noindex, nofollow"
    return response
