"""Answers compared: for who may change the test, nobody else."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from accounts.access import SignedInRequest, role_required
from coaching.lib.errors import DomainError
from exams import alike_page, comparing
from exams.models import Comparison
from exams.test_views import MAKE_TESTS, POSTS, editable


@role_required(*MAKE_TESTS)
@require_http_methods(POSTS)
@never_cache
def test_alike(request: SignedInRequest, public_id: UUID) -> HttpResponse:
    """Who answered alike, or that it is being found out; a POST asks for it. The page's script gets the part alone."""
    test = get_object_or_404(editable(request).select_related("newest_results"), uuid=public_id)
    if request.method == "POST":
        try:
            comparing.ask(test, actor=request.user, now=timezone.now(), request=request)
        except DomainError as error:
            messages.error(request, error.message)
        return redirect("test_alike", public_id)
    version = test.newest_results
    row = Comparison.objects.filter(version=version).select_related("asked_by").first() if version else None
    context: dict[str, Any] = {
        "test": test,
        "version": version,
        "row": row,
        "found": alike_page.found_of(row) if row and row.found_at else None,
        "can_be_compared": version is not None and comparing.can_be_compared(version),
    }
    if "X-Live" in request.headers:
        return render(request, "exams/_alike_found.html", context, status=286 if context["found"] else 200)
    return render(request, "exams/alike.html", context)
