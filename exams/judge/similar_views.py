"""Programs compared: for who may change the test, nobody else."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from accounts.access import SignedInRequest, role_required
from coaching.lib.errors import DomainError
from exams.content import Kind
from exams.judge import similar, similar_page
from exams.models import CodeComparison, ExamQuestion, Test
from exams.test_views import MAKE_TESTS, POSTS, editable


@role_required(*MAKE_TESTS)
@require_safe
@never_cache
def test_programs(request: SignedInRequest, public_id: UUID) -> HttpResponse:
    """The questions of a test that programs were submitted for."""
    test = get_object_or_404(editable(request), uuid=public_id)
    return render(request, "exams/similar.html", {"test": test, "lines": similar_page.lines_of(test)})


@role_required(*MAKE_TESTS)
@require_http_methods(POSTS)
@never_cache
def similar_programs(request: SignedInRequest, public_id: UUID, question: UUID) -> HttpResponse:
    """Whose programs are alike, or that it is being found out; a POST asks for it, or for it again. The page's script
    gets the part alone."""
    test, asked = _asked(request, public_id, question)
    if request.method == "POST":
        try:
            similar.ask(asked, actor=request.user, now=timezone.now(), request=request)
        except DomainError as error:
            messages.error(request, error.message)
        return redirect("similar_programs", public_id, question)
    row = CodeComparison.objects.filter(question=asked).select_related("asked_by").first()
    context: dict[str, Any] = {
        "test": test,
        "line": _line(test, question),
        "row": row,
        "found": similar_page.found_of(row) if row and row.found_at else None,
    }
    if "X-Live" in request.headers:
        return render(request, "exams/_similar_found.html", context, status=286 if context["found"] else 200)
    return render(request, "exams/similar_question.html", context)


@role_required(*MAKE_TESTS)
@require_safe
@never_cache
def similar_pair(request: SignedInRequest, public_id: UUID, question: UUID, first: UUID, second: UUID) -> HttpResponse:
    """Two programs of the report side by side."""
    test, asked = _asked(request, public_id, question)
    row = get_object_or_404(CodeComparison.objects.exclude(found_at=None), question=asked)
    pair = similar_page.pair_of(row, first, second)
    sides = similar_page.sides_of(row, pair) if pair else []
    if pair is None or len(sides) < 2:
        raise Http404("no such pair")
    context = {"test": test, "line": _line(test, question), "sides": sides, "regions": len(pair["regions"])}
    return render(request, "exams/similar_pair.html", context | {"tokens": pair["tokens"]})


def _asked(request: SignedInRequest, public_id: UUID, question: UUID) -> tuple[Test, ExamQuestion]:
    """A coding question of a test he may change, else 404."""
    test = get_object_or_404(editable(request), uuid=public_id)
    rows = test.questions.filter(question__kind=Kind.CODING).select_related("test")
    return test, get_object_or_404(rows, uuid=question)


def _line(test: Test, question: UUID) -> similar_page.QuestionLine:
    """Raises: Http404 when nobody submitted a program for it."""
    for one in similar_page.lines_of(test):
        if one.uuid == question:
            return one
    raise Http404("no programs")
