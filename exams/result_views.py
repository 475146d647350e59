"""What staff read of a test that is over: overview, questions, versions; and reckoning it again."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from accounts.access import SignedInRequest, role_required
from coaching.lib.errors import DomainError
from coaching.lib.text import one_line
from exams import analysis, reckoning, result_history, result_item, result_items, result_overview, result_states
from exams.judge import similar_page
from exams.models import ResultVersion, Test
from exams.models.results import Cause
from exams.test_states import state_of
from exams.test_views import MAKE_TESTS, editable

MOST_REASON = 200


def with_results(request: SignedInRequest, public_id: UUID) -> tuple[Test, ResultVersion]:
    """A test he may change and its newest results; 404 while it has none."""
    test = get_object_or_404(editable(request).select_related("newest_results"), uuid=public_id)
    if test.newest_results is None:
        raise Http404("no results yet")
    return test, test.newest_results


@role_required(*MAKE_TESTS)
@require_safe
@never_cache
def test_results(request: SignedInRequest, public_id: UUID) -> HttpResponse:
    """The overview, or what is waited for."""
    test = get_object_or_404(editable(request).select_related("newest_results"), uuid=public_id)
    now, version = timezone.now(), test.newest_results
    tone, word = state_of(test, now=now)
    context: dict[str, Any] = {"test": test, "version": version, "tone": tone, "word": word}
    if version is None:
        context["awaited"] = result_states.awaited(test, now=now)
        return render(request, "exams/results_none.html", context)
    context |= result_overview.page_of(test, version, viewer=request.user)
    context["has_programs"] = similar_page.has_programs(test)
    return render(request, "exams/results.html", context)


@role_required(*MAKE_TESTS)
@require_safe
@never_cache
def test_items(request: SignedInRequest, public_id: UUID) -> HttpResponse:
    """All questions, or with `?show=look` those to look at; `?sort=` right, d or time."""
    test, version = with_results(request, public_id)
    rows = result_items.rows_of(version, analysis.of(version))
    flagged, asked = [one for one in rows if one.is_flagged], request.GET.get("sort", "")
    show, sort = "look" if request.GET.get("show") == "look" else "", asked if asked in result_items.SORTS else ""
    context = {
        "test": test,
        "version": version,
        "rows": result_items.in_order(flagged if show else rows, sort),
        "count": len(rows),
        "flagged_count": len(flagged),
        "show": show,
        "sort": sort,
        "sorts": result_items.sorts(),
    }
    return render(request, "exams/result_items.html", context)


@role_required(*MAKE_TESTS)
@require_safe
@never_cache
def test_item(request: SignedInRequest, public_id: UUID, number: int) -> HttpResponse:
    """One question; `number` counts through the paper from 1."""
    test, version = with_results(request, public_id)
    if not 1 <= number <= len(version.outline.get("questions") or ()):
        raise Http404("no such question")
    context = {"test": test, "version": version} | result_item.page_of(test, version, number - 1)
    return render(request, "exams/result_item.html", context)


@role_required(*MAKE_TESTS)
@require_safe
@never_cache
def result_versions(request: SignedInRequest, public_id: UUID) -> HttpResponse:
    """Every version of the results, and the form that asks for another."""
    test, version = with_results(request, public_id)
    context = {"test": test, "version": version, "lines": result_history.lines_of(test)}
    return render(request, "exams/result_versions.html", context)


@role_required(*MAKE_TESTS)
@require_POST
def test_reckon(request: SignedInRequest, public_id: UUID) -> HttpResponse:
    """Reckon again; nothing is made when it comes to the same."""
    test = get_object_or_404(editable(request), uuid=public_id)
    reason = one_line(request.POST.get("reason", ""), at_most=MOST_REASON)
    by: dict[str, Any] = {"actor": request.user, "now": timezone.now(), "request": request}
    try:
        version = reckoning.reckon(test, cause=Cause.BY_HAND, reason=reason, **by)
    except DomainError as error:
        messages.error(request, error.message)
    else:
        said = _("The results are reckoned: version %(number)d.") % {"number": version.number} if version else ""
        messages.success(request, said or _("It comes to the same, so nothing is new."))
    return redirect("test_results", public_id)
