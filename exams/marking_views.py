"""Marking by hand: what waits, question by question, one answer after the other, and what marks are given for."""

from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from accounts.access import SignedInRequest, role_required
from coaching.lib.errors import DomainError
from coaching.lib.text import whole_number
from exams import marking_page, marking_queue, rubrics
from exams.content import Kind
from exams.grading import BY_HAND
from exams.judge.marked_programs import Programs, programs_of
from exams.marking import MarkedMeanwhile, mark_alike, mark_answer
from exams.marking_forms import MarkForm, RubricForm, initial_of, line_forms
from exams.marking_queue import Answer
from exams.models import Attempt, ExamQuestion, ManualMark, Response, Test
from exams.test_views import MAKE_TESTS, POSTS, editable

MOST_NUMBER = 9_999


@role_required(*MAKE_TESTS)
@require_safe
def marking(request: SignedInRequest) -> HttpResponse:
    """Tests with answers that wait for somebody."""
    return render(request, "exams/marking.html", {"rows": marking_page.tests_of(request.user)})


@role_required(*MAKE_TESTS)
@require_safe
def test_marking(request: SignedInRequest, public_id: UUID) -> HttpResponse:
    """The questions of a test that people mark."""
    test = get_object_or_404(editable(request), uuid=public_id)
    rows = marking_page.questions_of(test)
    context = {
        "test": test,
        "rows": rows,
        "waiting": sum(one.counts.waiting for one in rows),
        "short": marking_page.short_ones_of(test),
        "first": next((one for one in rows if one.counts.waiting), None),
        "writing": test.attempts.open().count(),
    }
    return render(request, "exams/marking_test.html", context)


@role_required(*MAKE_TESTS)
@never_cache
@require_http_methods(POSTS)
def marking_question(request: SignedInRequest, public_id: UUID, question: UUID) -> HttpResponse:
    """The next answer to a question, or that of `answer`; a POST gives it marks and goes on."""
    row = _question(request, public_id, question)
    answers = marking_queue.answers_of(row)
    if request.method == "POST":
        return _mark(request, row, answers, _named(answers, request.POST.get("answer")))
    if "answer" in request.GET:
        return _page(request, row, answers, _named(answers, request.GET["answer"]))
    after = request.GET.get("after", "")[: marking_queue.TOKEN_SIGNS]
    return _page(request, row, answers, marking_queue.next_for(row, request.user, answers, after=after))


@role_required(*MAKE_TESTS)
@never_cache
@require_safe
def marking_marked(request: SignedInRequest, public_id: UUID, question: UUID) -> HttpResponse:
    """Answers to a question that are marked, to look at them again."""
    row = _question(request, public_id, question)
    page = marking_page.marked_page(row, marking_queue.answers_of(row), request.GET.get("page"))
    context = {"test": row.test, "question": row, "asked": marking_page.to_mark(row), "page": page}
    return render(request, "exams/marking_marked.html", context)


@role_required(*MAKE_TESTS)
@require_http_methods(POSTS)
def rubric_edit(request: SignedInRequest, public_id: UUID, question: UUID) -> HttpResponse:
    """What the marks of a question are given for."""
    row, status = _question(request, public_id, question), 200
    lines, revision = rubrics.lines_of(row)
    posted = request.POST if request.method == "POST" else None
    form, rows = RubricForm(posted, initial={"revision": revision}), line_forms(posted, lines)
    if posted is not None and form.is_valid() and rows.is_valid():
        try:
            changed = _save_rubric(request, row, rows, form.cleaned_data["revision"])
        except DomainError as error:
            form.refuse(error)
            status = error.status
        else:
            messages.success(request, _("Saved.") if changed else _("Nothing was changed."))
            return redirect("test_marking", public_id)
    marked = ManualMark.objects.filter(question=row).values("attempt").distinct().count()
    context = {"test": row.test, "asked": marking_page.to_mark(row), "form": form, "lines": rows, "marked": marked}
    context["theirs"] = lines if status == 409 else []
    return render(request, "exams/rubric_form.html", context, status=status)


def _save_rubric(request: SignedInRequest, row: ExamQuestion, rows: Any, revision: int) -> bool:
    lines = [one.made for one in rows if one.made]
    now = timezone.now()
    return rubrics.save_rubric(row, lines, revision=revision, actor=request.user, now=now, request=request)


# --- One answer -------------------------------------------------------------------------------------------------------


def _question(request: SignedInRequest, public_id: UUID, question: UUID) -> ExamQuestion:
    """Of a test he may change and of a kind that people mark, else 404."""
    mine = Test.objects.editable_by(request.user).filter(uuid=public_id).order_by().values("pk")
    rows = ExamQuestion.objects.select_related(*marking_page.FETCHED)
    return get_object_or_404(rows, uuid=question, test__in=mine, question__kind__in=BY_HAND)


def _named(answers: list[Answer], token: str | None) -> Answer:
    found = next((one for one in answers if one.token == token), None)
    if found is None:
        raise Http404
    return found


def _mark(request: SignedInRequest, row: ExamQuestion, answers: list[Answer], answer: Answer) -> HttpResponse:
    full, (lines, _revision) = rubrics.full_marks(row), rubrics.lines_of(row)
    form = MarkForm(request.POST, full=full, lines=lines)
    if not form.is_valid():
        return _page(request, row, answers, answer, form=form, status=422)
    given: dict[str, Any] = {"marks": form.given, "comment": form.cleaned_data["comment"], "rubric": form.rubric_json()}
    attempt = Attempt.objects.get(pk=answer.attempt)
    by: dict[str, Any] = {"actor": request.user, "now": timezone.now(), "request": request}
    try:
        mark = mark_answer(row, attempt, full=full, seen=form.cleaned_data["seen"], **given, **by)
    except MarkedMeanwhile as error:
        form.show_again(error.mark)
        return _page(request, row, answers, answer, form=form, theirs=error.mark, status=error.status)
    except DomainError as error:
        form.add_error(None, error.message)
        return _page(request, row, answers, answer, form=form, status=error.status)
    if request.POST.get("alike"):
        others = Attempt.objects.filter(pk__in=marking_queue.alike(row, answers, answer))
        count = mark_alike(row, others, full=full, **given, **by)
        messages.success(request, _("The same for %(count)s others.") % {"count": count})
    if mark.number > 1:
        messages.success(request, _("Saved. The marks of before are kept in its history."))
        return redirect("marking_marked", row.test.uuid, row.uuid)
    where = reverse("marking_question", args=[row.test.uuid, row.uuid])
    return redirect(f"{where}?{urlencode({'after': answer.token})}")


def _programs(request: SignedInRequest, row: ExamQuestion, answer: Answer) -> Programs | None:
    """What was submitted for it and what the judge says; `?program=` shows another one than that which counts."""
    if row.question.kind != Kind.CODING:
        return None
    number = whole_number(request.GET.get("program", ""), most=MOST_NUMBER)
    return programs_of(row, answer.attempt, number=number)


def _page(
    request: SignedInRequest,
    row: ExamQuestion,
    answers: list[Answer],
    answer: Answer | None,
    *,
    form: MarkForm | None = None,
    theirs: ManualMark | None = None,
    status: int = 200,
) -> HttpResponse:
    """One answer with its question; without one, that all are marked."""
    context: dict[str, Any] = {
        "test": row.test,
        "question": row,
        "asked": marking_page.to_mark(row),
        "counts": marking_queue.counted(row, answers),
        "last": marking_page.last_of(row, request.user, answers),
        "theirs": theirs,
    }
    if answer:
        history = marking_page.history_of(row, answer.attempt)
        newest = history[0][0] if history else None
        response = Response.objects.get(attempt=answer.attempt, question=row)
        programs = _programs(request, row, answer)
        lines, _revision = rubrics.lines_of(row)
        shown = MarkForm(full=rubrics.full_marks(row), lines=lines, initial=initial_of(newest, answer.token))
        context |= {
            "answer": answer,
            "alike": len(marking_queue.alike(row, answers, answer)),
            "said": marking_page.said_in(row, programs, response),
            "programs": programs,
            "history": history,
            "is_newer": bool(newest and response.saved_at > newest.at),
            "form": form or shown,
        }
    return render(request, "exams/marking_question.html", context, status=status)
