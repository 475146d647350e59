"""The paper to be read: on paper, as one student has it, and as any student would see it."""

from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils.translation import get_language
from django.views.decorators.http import require_safe

from accounts.access import SignedInRequest, role_required
from accounts.models import User
from coaching.lib.uuids import uuid_of
from exams import printed
from exams.models import Attempt, Test
from exams.test_views import MAKE_TESTS, editable

LANGUAGES = ("en", "hi", "both")


@role_required(*MAKE_TESTS)
@require_safe
def test_print(request: SignedInRequest, public_id: UUID) -> HttpResponse:
    """In the order of the paper, or exactly as `?student=` has or had it; with `?key=1` what is right."""
    test = get_object_or_404(editable(request), uuid=public_id)
    written = _attempt(test, request.GET.get("student"))
    order = printed.order_of(test, written.student, written.number) if written else None
    language = _language(request)
    context = {
        "test": test,
        "parts": printed.parts_of(test, language=language, order=order),
        "keys": printed.keys_of(test, order=order) if request.GET.get("key") else [],
        "language": language,
        "attempt": written,
        "student": written.student if written else None,
        "writers": User.objects.filter(attempts__test=test).distinct().order_by("name", "pk")[: printed.MOST_WRITERS],
    }
    return render(request, "exams/test_print.html", context)


@role_required(*MAKE_TESTS)
@require_safe
def test_preview(request: SignedInRequest, public_id: UUID) -> HttpResponse:
    """As a student would have it, in an order of its own; nothing is written and no attempt is made."""
    test = get_object_or_404(editable(request), uuid=public_id)
    language = _language(request)
    order = printed.order_of(test, request.user, 1)
    context = {"test": test, "parts": printed.parts_of(test, language=language, order=order), "language": language}
    return render(request, "exams/test_preview.html", context)


def _language(request: SignedInRequest) -> str:
    asked = request.GET.get("language", "")
    return asked if asked in LANGUAGES else ("hi" if get_language() == "hi" else "en")


def _attempt(test: Test, student: str | None) -> Attempt | None:
    """The last one of that student; 404 for who has none."""
    if not student:
        return None
    number = uuid_of(student) or UUID(int=0)
    rows = Attempt.objects.filter(test=test, student__uuid=number).select_related("student")
    return get_object_or_404(rows.order_by("-number")[:1])
