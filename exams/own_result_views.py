"""Results for students and guardians, and one student's for staff. Nothing of marks leaves but by `seen_by`."""

from uuid import UUID

from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from accounts.access import SignedInRequest, signed_in
from exams import own_tests
from exams.models import Test
from exams.own_progress import context_of as all_results
from exams.own_result_page import asked_question, context_of
from exams.own_result_rows import Seen, only_child_in, seen_by, waiting_for


@signed_in
@never_cache
@require_safe
def own_result(request: SignedInRequest, public_id: UUID) -> HttpResponse:
    """One's own result; while there is none to be seen, when there will be. A guardian goes to his
    child's, of several in it, like staff, to the test."""
    now = timezone.now()
    seen = seen_by(request.user, test=public_id, student=request.user.pk, now=now)
    if seen:
        return _shown(request, seen)
    test = get_object_or_404(Test.objects.for_user(request.user, now=now), uuid=public_id)
    if not own_tests.concerns(test, request.user):
        child = only_child_in(test, request.user, now=now)
        return redirect("student_result", public_id, child) if child else redirect("test", public_id)
    waiting = waiting_for(request.user, test, now=now)
    return render(request, "exams/own_result_waiting.html", {"test": test, "waiting": waiting})


@signed_in
@never_cache
@require_safe
def student_result(request: SignedInRequest, public_id: UUID, student: int) -> HttpResponse:
    """One student's result: for staff who may change the test, at any time, and for his guardians once it is shown."""
    seen = seen_by(request.user, test=public_id, student=student, now=timezone.now())
    if seen is None:
        raise Http404
    return _shown(request, seen)


@signed_in
@never_cache
@require_safe
def own_results(request: SignedInRequest) -> HttpResponse:
    """All results that are shown, newest first; of a guardian those of the child `?child=` names."""
    context = all_results(request, now=timezone.now())
    return render(request, "exams/own_results.html", context)


def _shown(request: SignedInRequest, seen: Seen) -> HttpResponse:
    """The page, or to its script one question opened."""
    if "X-Live" not in request.headers:
        return render(request, "exams/own_result.html", context_of(seen, request, now=timezone.now()))
    opened = asked_question(seen, request)
    if opened is None:
        raise Http404
    context = {"opened": opened, "is_staff": seen.is_staff, "is_own": seen.is_own, "test": seen.result.version.test}
    return render(request, "exams/_own_question.html", context)
