"""Who sees the results of a test: for each batch, and for all at once."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from accounts.access import SignedInRequest, role_required
from coaching.lib.errors import DomainError
from coaching.lib.uuids import uuid_of
from exams import release_page, releases
from exams.models import Test, TestBatch
from exams.models.tests import Shown
from exams.release_forms import ReleaseForm
from exams.test_views import MAKE_TESTS, POSTS, editable


@role_required(*MAKE_TESTS)
@never_cache
@require_http_methods(POSTS)
def test_release(request: SignedInRequest, public_id: UUID) -> HttpResponse:
    """How each batch stands. Sent with `do`: `show_all`, `hold_all`, or `batch` with the form of one."""
    test = get_object_or_404(editable(request).select_related("newest_results"), uuid=public_id)
    if request.method == "POST" and request.POST.get("do") in ALL:
        return _all_at_once(request, test)
    bound, status = None, 200
    if request.method == "POST":
        rows = TestBatch.objects.filter(test=test).select_related("batch")
        row = get_object_or_404(rows, batch__uuid=uuid_of(request.POST.get("batch", "")))
        bound = ReleaseForm(request.POST, row=row)
        status = _save(request, test, bound)
        if not status:
            return redirect("test_release", public_id)
    return _page(request, test, bound, status)


def _save(request: SignedInRequest, test: Test, form: ReleaseForm) -> int:
    """What the form says, for its batch; the status of the page that shows it again, 0 when it is done."""
    if not form.is_valid():
        return 200
    given: dict[str, Any] = {"actor": request.user, "now": timezone.now(), "request": request}
    try:
        changed = releases.say_for_batch(test, form.row.batch, to=form.said(), seen=form.cleaned_data["seen"], **given)
    except DomainError as error:
        form.refuse(error)
        return error.status
    messages.success(request, _("Saved.") if changed else _("Nothing was changed."))
    return 0


def _show_all(request: SignedInRequest, test: Test) -> str:
    given: dict[str, Any] = {"actor": request.user, "now": timezone.now(), "request": request}
    releases.show_marks_to_all(test, seen=request.POST.get("seen", ""), **given)
    if releases.solutions_follow(test, now=given["now"]):
        return _("Every batch sees its marks, and solutions as the test says. Families are told within a minute.")
    return _("Every batch sees its marks. Students and guardians are told within a minute.")


def _hold_all(request: SignedInRequest, test: Test) -> str:
    releases.hold_back_from_all(test, actor=request.user, request=request)
    return _("Held back: nobody sees marks or solutions any more.")


COMES_OUT = {"ok", "run", "due"}
"""Tones of marks that are shown or will be by themselves."""
ALL = {"show_all": _show_all, "hold_all": _hold_all}


def _all_at_once(request: SignedInRequest, test: Test) -> HttpResponse:
    try:
        said = ALL[request.POST["do"]](request, test)
    except DomainError as error:
        messages.error(request, error.message)
    else:
        messages.success(request, said)
    return redirect("test_release", test.uuid)


def _page(request: SignedInRequest, test: Test, bound: ReleaseForm | None, status: int) -> HttpResponse:
    now = timezone.now()
    rows = release_page.rows_of(test, now=now, bound=bound)
    context = {
        "test": test,
        "version": test.newest_results,
        "rule": [
            (_("Marks"), release_page.rule_words(test, releases.MARKS)),
            (_("Solutions"), release_page.rule_words(test, releases.SOLUTIONS)),
        ],
        "rows": rows,
        "seen": releases.mark_of_all([one.row for one in rows]),
        "why_not": releases.why_not_yet(test),
        "all_shown": all(one.row.results == Shown.YES for one in rows),
        "may_hold": any(one.marks.tone in COMES_OUT for one in rows),
    }
    return render(request, "exams/release.html", context, status=status)
