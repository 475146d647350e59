"""Mending the key of a question after the test: say how, look at who is concerned, then apply it."""

import uuid
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from accounts.access import SignedInRequest, role_required
from coaching.lib.text import whole_number
from coaching.lib.uuids import uuid_of
from exams import bank_rows, key_fix_rows, key_fixes, result_item
from exams.asked import fixes_of, keys_of
from exams.grading import BY_HAND
from exams.judge.suites import is_judged
from exams.key_fix_forms import KeyFixForm
from exams.models import ExamQuestion, ManualMark, ResultVersion, Test
from exams.reckoning import CannotReckon
from exams.result_sheets import KEYED
from exams.result_views import with_results
from exams.test_views import MAKE_TESTS, POSTS

MOST_SHOWN, MOST_VERSIONS = 200, 99_999
OURS = frozenset({"csrfmiddlewaretoken", "do", "seen", "digest", "token"})


@role_required(*MAKE_TESTS)
@require_http_methods(POSTS)
@never_cache
def key_fix(request: SignedInRequest, public_id: UUID, number: int) -> HttpResponse:
    """`number` counts through the paper from 1. A post says `do`: look, edit or apply."""
    test, version = with_results(request, public_id)
    question = _question(version, number)
    fix, posted = fixes_of(version).get(question.pk), request.POST if request.method == "POST" else None
    keys = keys_of(question.version.content.key, fix)
    form = KeyFixForm(posted, question=question, keys=keys, is_fixed=fix is not None)
    page: dict[str, Any] = {"test": test, "version": version, "number": number, "question": question, "form": form}
    if request.method != "POST" or request.POST.get("do") == "edit" or not form.is_valid():
        return _form(request, page)
    try:
        if request.POST.get("do") == "apply":
            return _applied(request, page)
        return _previewed(request, page)
    except (key_fixes.BadFix, CannotReckon) as error:
        form.add_error("reason" if getattr(error, "field", "") == "reason" else None, error.message)
        return _form(request, page, status=error.status)


def _question(version: ResultVersion, number: int) -> ExamQuestion:
    asked = version.outline.get("questions") or ()
    if not 1 <= number <= len(asked):
        raise Http404("no such question")
    rows = ExamQuestion.objects.select_related("question", "version", "passage_version")
    return rows.get(pk=asked[number - 1])


def _form(request: SignedInRequest, page: dict[str, Any], *, status: int = 200) -> HttpResponse:
    content = page["question"].version.content
    page |= {"sides": bank_rows.sides(content), "keys": bank_rows.key_lines(content)}
    page["fixes"] = result_item.fixes_of(page["question"], content)
    page["is_judged"] = is_judged(page["question"].question)
    return render(request, "exams/key_fix.html", page, status=status)


def _previewed(request: SignedInRequest, page: dict[str, Any], *, said: str = "", status: int = 200) -> HttpResponse:
    """Nothing is changed. Raises: BadFix, CannotReckon."""
    form: KeyFixForm = page["form"]
    test: Test = page["test"]
    found = key_fixes.preview(test, form.fix())
    sent = [(name, value) for name, values in request.POST.lists() if name not in OURS for value in values]
    action = dict(form.fields["action"].choices)[form.cleaned_data["action"]]  # type: ignore[attr-defined]
    page |= {"preview": found, "action": action, "sent": sent, "said": said, "token": uuid.uuid4()}
    page |= {"right": key_fix_rows.right(form), "rows": key_fix_rows.changes(found, MOST_SHOWN)}
    page |= {"first": key_fix_rows.first(found), "more": max(0, len(found.changes) - MOST_SHOWN)}
    page["by_hand"] = _marked_by_hand(page["question"], form)
    return render(request, "exams/key_fix_preview.html", page | key_fix_rows.figures(found), status=status)


def _marked_by_hand(question: ExamQuestion, form: KeyFixForm) -> int:
    """How many answers no key reaches any more. At most one query."""
    if form.kind not in BY_HAND or form.cleaned_data["action"] not in KEYED:
        return 0
    return ManualMark.objects.filter(question=question).order_by().values("attempt").distinct().count()


def _applied(request: SignedInRequest, page: dict[str, Any]) -> HttpResponse:
    """Once, however often it is sent; the preview again (409) when the results are others meanwhile."""
    form: KeyFixForm = page["form"]
    seen = whole_number(request.POST.get("seen", ""), most=MOST_VERSIONS)
    token = uuid_of(request.POST.get("token", ""))
    if token is None or seen is None:
        return _previewed(request, page, said=_("Look first at who is concerned."), status=400)
    try:
        version = key_fixes.apply(
            page["test"],
            form.fix(),
            reason=form.cleaned_data["reason"],
            seen=seen,
            digest=request.POST.get("digest", ""),
            token=token,
            actor=request.user,
            now=timezone.now(),
            request=request,
        )
    except key_fixes.StaleFix as error:
        return _previewed(request, page, said=error.message, status=error.status)
    said = _("The key is corrected: version %(number)d of the results counts now. Whose marks are shown is told.")
    messages.success(request, said % {"number": version.number})
    return redirect("result_versions", page["test"].uuid)
