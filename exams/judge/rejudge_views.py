"""Judging a question's programs again: ask for it, see how far it is, look at who is concerned, apply or drop it."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from accounts.access import SignedInRequest, role_required
from coaching.lib.errors import DomainError
from coaching.lib.text import whole_number
from coaching.lib.uuids import uuid_of
from exams import key_fix_rows
from exams.content import Kind
from exams.judge import hosts, rejudging
from exams.judge.rejudge_forms import RejudgeForm
from exams.models import ExamQuestion, Rejudge, ResultVersion
from exams.reckoning import CannotReckon
from exams.result_views import with_results
from exams.test_views import MAKE_TESTS, POSTS

MOST_SHOWN, MOST_VERSIONS, MOST_PAST = 200, 99_999, 10
NOTHING_MORE = 286
"""To the page's script: it need not ask again."""


@role_required(*MAKE_TESTS)
@require_http_methods(POSTS)
@never_cache
def rejudge(request: SignedInRequest, public_id: UUID, number: int) -> HttpResponse:
    """`number` counts through the paper from 1. A post says `do`: start, again, apply or drop."""
    test, version = with_results(request, public_id)
    question = _question(version, number)
    page: dict[str, Any] = {"test": test, "version": version, "number": number, "question": question}
    if request.method == "POST":
        return _act(request, page)
    return _show(request, page)


def _question(version: ResultVersion, number: int) -> ExamQuestion:
    """A program of these results, else 404."""
    asked = version.outline.get("questions") or ()
    if not 1 <= number <= len(asked):
        raise Http404("no such question")
    rows = ExamQuestion.objects.select_related("question", "test", "version")
    found = rows.filter(pk=asked[number - 1], question__kind=Kind.CODING).first()
    if found is None:
        raise Http404("no program")
    return found


# --- What stands there ------------------------------------------------------------------------------------------------


def _show(request: SignedInRequest, page: dict[str, Any], *, said: str = "", status: int = 200) -> HttpResponse:
    """The form, how far it is, or whose marks change; to the page's script only what changes."""
    found = rejudging.open_one(page["question"])
    row = rejudging.settle(found) if found else None
    if "X-Live" in request.headers:
        return _live(request, page, row)
    page |= {"said": said, "past": _past(page["question"])}
    if row is None:
        page["form"] = page.get("form") or RejudgeForm(question=page["question"].question)
        return render(request, "exams/rejudge.html", page, status=status)
    page |= _progress(row)
    if row.state == Rejudge.State.RUNNING:
        return render(request, "exams/rejudge.html", page, status=status)
    return _previewed(request, page, row, status=status)


def _live(request: SignedInRequest, page: dict[str, Any], row: Rejudge | None) -> HttpResponse:
    is_running = row is not None and row.state == Rejudge.State.RUNNING
    context = page | (_progress(row) if row else {"row": None})
    return render(request, "exams/_rejudge_progress.html", context, status=200 if is_running else NOTHING_MORE)


def _progress(row: Rejudge) -> dict[str, Any]:
    return {"row": row, "progress": rejudging.progress(row), "reason_off": hosts.judge_state(timezone.now()).reason}


def _past(question: ExamQuestion) -> list[Rejudge]:
    """Those that ended, the last first."""
    rows = Rejudge.objects.filter(question=question, ended_at__isnull=False)
    return list(rows.select_related("suite", "by", "ended_by").order_by("-ended_at")[:MOST_PAST])


def _previewed(request: SignedInRequest, page: dict[str, Any], row: Rejudge, *, status: int) -> HttpResponse:
    try:
        found = rejudging.preview(row)
    except CannotReckon as error:
        page["said"] = page["said"] or error.message
        return render(request, "exams/rejudge.html", page, status=status)
    page |= {"preview": found, "rows": key_fix_rows.changes(found, MOST_SHOWN), "first": key_fix_rows.first(found)}
    page["more"] = max(0, len(found.changes) - MOST_SHOWN)
    return render(request, "exams/rejudge_preview.html", page | key_fix_rows.figures(found), status=status)


# --- What is done -----------------------------------------------------------------------------------------------------


def _act(request: SignedInRequest, page: dict[str, Any]) -> HttpResponse:
    do = request.POST.get("do", "")
    if do == "start":
        return _start(request, page)
    sent = uuid_of(request.POST.get("rejudge", ""))
    row = Rejudge.objects.filter(question=page["question"], uuid=sent).first() if sent else None
    if row is None or do not in ACTS:
        return _show(request, page, said=_("That is over, or was never begun."), status=409)
    try:
        return ACTS[do](request, page, row)
    except DomainError as error:
        return _show(request, page, said=error.message, status=error.status)


def _start(request: SignedInRequest, page: dict[str, Any]) -> HttpResponse:
    question: ExamQuestion = page["question"]
    form = page["form"] = RejudgeForm(request.POST, question=question.question)
    if not form.is_valid():
        return _show(request, page, status=422)
    given = form.cleaned_data
    by: dict[str, Any] = {"actor": request.user, "now": timezone.now(), "request": request}
    try:
        rejudging.start(question, given["suite"], reason=given["reason"], **by)
    except rejudging.RejudgeRefused as error:
        form.add_error(error.field or None, error.message)
        return _show(request, page, status=error.status)
    return redirect("rejudge", page["test"].uuid, page["number"])


def _again(request: SignedInRequest, page: dict[str, Any], row: Rejudge) -> HttpResponse:
    count = rejudging.judge_failed(row, now=timezone.now())
    messages.success(request, again_words(count))
    return redirect("rejudge", page["test"].uuid, page["number"])


def again_words(count: int) -> str:
    """What is said when so many were put back into the queue."""
    if not count:
        return _("Nothing was to be judged again.")
    said = ngettext("%(count)d program is judged again.", "%(count)d programs are judged again.", count)
    return said % {"count": count}


def _apply(request: SignedInRequest, page: dict[str, Any], row: Rejudge) -> HttpResponse:
    seen = whole_number(request.POST.get("seen", ""), most=MOST_VERSIONS)
    if seen is None:
        return _show(request, page, said=_("Look first at who is concerned."), status=400)
    by: dict[str, Any] = {"actor": request.user, "now": timezone.now(), "request": request}
    version = rejudging.apply(row, seen=seen, digest=request.POST.get("digest", ""), **by)
    said = _("The new judgements hold: version %(number)d of the results counts now. Whose marks are shown is told.")
    messages.success(request, said % {"number": version.number})
    return redirect("result_versions", page["test"].uuid)


def _drop(request: SignedInRequest, page: dict[str, Any], row: Rejudge) -> HttpResponse:
    rejudging.drop(row, actor=request.user, now=timezone.now(), request=request)
    messages.success(request, _("Nothing was changed: the judgements of before hold."))
    return redirect("test_item", page["test"].uuid, page["number"])


ACTS = {"again": _again, "apply": _apply, "drop": _drop}
