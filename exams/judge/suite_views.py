"""Tests and solutions of a coding question, for who teaches: the page, its rules, its groups and its solutions."""

from collections.abc import Callable, Mapping
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.exceptions import BadRequest
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from accounts.access import SignedInRequest, role_required
from coaching.lib.errors import DomainError
from coaching.lib.text import whole_number
from exams.content import Kind
from exams.judge import suite_editor, suite_page
from exams.judge.suite_checks import is_checkers_fault, judged, needed_ms
from exams.judge.suite_editor import SuiteMoved
from exams.judge.suite_forms import MOST_REVISION, GroupForm, SolutionForm, SuiteForm
from exams.judge.suite_rule_forms import CompareForm, LimitsForm, StyleForm
from exams.models import CodeGroup, CodeSolution, CodeSuite, Question
from exams.test_views import MAKE_TESTS, POSTS

MOST_PLACE = 200
DONE = 286


@role_required(*MAKE_TESTS)
@require_http_methods(POSTS)
@never_cache
def question_tests(request: SignedInRequest, public_id: UUID) -> HttpResponse:
    """All of a version: by GET the one worked on, or `version`; a POST says `do`. The script gets the part alone."""
    question = question_of(request, public_id)
    if request.method == "POST":
        return _act(request, question, request.POST.get("do", ""))
    suite = _asked_for(request, question)
    return page(request, question, suite)


def page(
    request: SignedInRequest,
    question: Question,
    suite: CodeSuite | None,
    *,
    form: SuiteForm | None = None,
    said: str = "",
    status: int = 200,
) -> HttpResponse:
    """The page of that version; `form` is the one that was refused, `said` what hinders."""
    if suite:
        suite.question = question
    shows_all = "all" in request.GET
    context = suite_page.page_of(question, suite, now=timezone.now(), shows_all=shows_all) | {"said": said}
    if suite and context["is_draft"]:
        needed = context["needed"]
        limits = form if isinstance(form, LimitsForm) else LimitsForm(suite=suite, needed=needed)
        compare = form if isinstance(form, CompareForm) else CompareForm(suite=suite)
        context |= {"limits_form": limits, "compare_form": compare}
    if suite:
        numbers = CodeSuite.objects.filter(question=question).order_by("-number")
        context["versions"] = list(numbers.values_list("number", "state")[:20])
        context["used"] = next((at for at, state in context["versions"] if state == CodeSuite.State.READY), None)
    if "X-Live" in request.headers:
        is_over = not suite or not context["is_checking"]
        return render(request, "exams/_suite.html", context, status=DONE if is_over else 200)
    return render(request, "exams/suite.html", context, status=status)


def _asked_for(request: SignedInRequest, question: Question) -> CodeSuite | None:
    number = whole_number(request.GET.get("version", ""), most=32_000)
    if number:
        return get_object_or_404(CodeSuite, question=question, number=number)
    return suite_editor.current_of(question)


def _act(request: SignedInRequest, question: Question, verb: str) -> HttpResponse:
    """begin, check, stop, drop, limits or compare."""
    if verb == "begin":
        suite_editor.begin(question, actor=request.user, request=request)
        return redirect("question_tests", question.uuid)
    suite = suite_of(question)
    if verb in ("limits", "compare"):
        return _keep_rules(request, suite, verb)
    given: dict[str, Any] = {"actor": request.user, "request": request}
    try:
        match verb:
            case "check":
                suite_editor.check(suite, seen=seen(request), now=timezone.now(), **given)
            case "stop":
                suite_editor.take_back(suite, now=timezone.now(), **given)
            case "drop":
                suite_editor.drop(suite, seen=seen(request), **given)
                messages.success(request, _("The draft is discarded."))
            case _:
                raise BadRequest("unknown verb")
    except DomainError as error:
        return refused(request, question, error)
    return redirect("question_tests", question.uuid)


def _keep_rules(request: SignedInRequest, suite: CodeSuite, verb: str) -> HttpResponse:
    if verb == "limits":
        limits = LimitsForm(request.POST, suite=suite, needed=needed_ms(judged(suite)))
        if limits.is_valid():
            values = {"cpu_ms": limits.cleaned_data["seconds"], "memory_mb": limits.cleaned_data["memory_mb"]}
            return _kept(request, suite, limits, values)
        return page(request, suite.question, suite, form=limits, status=400)
    compare = CompareForm(request.POST, suite=suite)
    if compare.is_valid():
        return _kept(request, suite, compare, compare.to(), forgets=True)
    return page(request, suite.question, suite, form=compare, status=400)


def _kept(
    request: SignedInRequest, suite: CodeSuite, form: SuiteForm, values: dict[str, Any], *, forgets: bool = False
) -> HttpResponse:
    """These fields of the draft; what the judge said is forgotten when it does not hold for them."""
    try:
        with changed(request, suite, form.seen) as draft:
            if forgets and any(getattr(draft, name) != value for name, value in values.items()):
                suite_editor.forget_results(draft)
            for name, value in values.items():
                setattr(draft, name, value)
    except DomainError as error:
        form.refuse(error)
        fresh = suite_of(suite.question)
        return page(request, suite.question, fresh, form=form, said=error.message, status=error.status)
    messages.success(request, _("Saved."))
    return redirect("question_tests", suite.question.uuid)


@role_required(*MAKE_TESTS)
@require_http_methods(POSTS)
@never_cache
def question_tests_style(request: SignedInRequest, public_id: UUID) -> HttpResponse:
    """Whole programs or functions, and the code around."""
    suite = suite_of(question_of(request, public_id))
    form = StyleForm(request.POST if request.method == "POST" else None, suite=suite)
    if request.method == "POST" and form.is_valid():
        values = {"style": form.cleaned_data["style"], "frames": form.frames()}
        try:
            with changed(request, suite, form.seen) as draft:
                if (draft.style, draft.frames) != (values["style"], values["frames"]):
                    suite_editor.forget_results(draft)
                draft.style, draft.frames = values["style"], values["frames"]
        except DomainError as error:
            return show_refused(request, "exams/suite_style.html", form, error)
        return saved(request, suite, "style")
    return show(request, "exams/suite_style.html", form)


# --- Groups -----------------------------------------------------------------------------------------------------------


@role_required(*MAKE_TESTS)
@require_http_methods(POSTS)
@never_cache
def suite_group(request: SignedInRequest, public_id: UUID, number: int = 0) -> HttpResponse:
    """A group, or a new one without `number`."""
    suite = suite_of(question_of(request, public_id))
    group = get_object_or_404(CodeGroup, suite=suite, pk=number) if number else None
    form = GroupForm(request.POST if request.method == "POST" else None, suite=suite, group=group)
    if request.method == "POST" and form.is_valid():
        said = form.cleaned_data
        to = {name: said[name] for name in ("title", "is_sample", "rule")}
        try:
            with changed(request, suite, form.seen) as draft:
                if group:
                    suite_editor.change_group(group, **to, points_each=said["points_each"])
                else:
                    group = suite_editor.add_group(draft, **to)
        except DomainError as error:
            return show_refused(request, "exams/suite_group.html", form, error, group=group)
        return saved(request, suite, f"group-{group.pk}")
    return show(request, "exams/suite_group.html", form, group=group)


@role_required(*MAKE_TESTS)
@require_POST
def suite_group_do(request: SignedInRequest, public_id: UUID, number: int) -> HttpResponse:
    """`do` is move (to the place `to`) or remove."""
    suite = suite_of(question_of(request, public_id))
    group = get_object_or_404(CodeGroup, suite=suite, pk=number)
    acts = {
        "move": lambda: suite_editor.move_group(group, to=place(request)),
        "remove": lambda: suite_editor.remove_group(group),
    }
    return done(request, suite, acts, part="tests")


# --- Solutions --------------------------------------------------------------------------------------------------------


@role_required(*MAKE_TESTS)
@require_http_methods(POSTS)
@never_cache
def suite_solution(request: SignedInRequest, public_id: UUID, solution_id: UUID | None = None) -> HttpResponse:
    """A solution with what came of it test by test, to be changed in a draft; a new one without `solution_id`."""
    question = question_of(request, public_id)
    row = _solution(question, solution_id) if solution_id else None
    suite = row.suite if row else suite_of(question)
    form = SolutionForm(
        request.POST if request.method == "POST" else None, request.FILES or None, suite=suite, solution=row
    )
    context = _came_to(row) if row else {}
    if request.method == "POST" and form.is_valid():
        try:
            with changed(request, suite, form.seen) as draft:
                suite_editor.put_solution(draft, row, actor=request.user, to=form.to())
        except DomainError as error:
            return show_refused(request, "exams/suite_solution.html", form, error, **context)
        return saved(request, suite, "solutions")
    return show(request, "exams/suite_solution.html", form, **context)


def _solution(question: Question, solution_id: UUID) -> CodeSolution:
    """Of any version of the question. Raises: Http404."""
    found = CodeSolution.objects.select_related("suite", "created_by").filter(suite__question=question)
    row: CodeSolution = get_object_or_404(found, uuid=solution_id)
    row.suite.question = question
    return row


def _came_to(row: CodeSolution) -> dict[str, Any]:
    """The solution with what the judge said of it."""
    one = next(one for one in judged(row.suite) if one.solution.pk == row.pk)
    output = suite_page.visible(one.judgement.compiler_output if one.judgement else "")
    said: dict[str, Any] = {"state": suite_page.state_of(one), "results": list(one.by_test.values())}
    if one.judgement and is_checkers_fault(one.judgement):
        said["checker_output"] = suite_page.visible(one.judgement.detail)
    return {"solution": row, "compiler_output": output} | said


@role_required(*MAKE_TESTS)
@require_POST
def suite_solution_remove(request: SignedInRequest, public_id: UUID, solution_id: UUID) -> HttpResponse:
    """Out of the draft."""
    suite = suite_of(question_of(request, public_id))
    row = get_object_or_404(CodeSolution, suite=suite, uuid=solution_id)
    try:
        with changed(request, suite, seen(request)):
            suite_editor.remove_solution(row)
    except DomainError as error:
        return refused(request, suite.question, error)
    return saved(request, suite, "solutions")


# --- Parts of all these pages -----------------------------------------------------------------------------------------


def question_of(request: SignedInRequest, public_id: UUID) -> Question:
    """The coding question of the bank. Raises: Http404."""
    rows = Question.objects.for_user(request.user).select_related("newest", "subject", "topic")
    return get_object_or_404(rows, uuid=public_id, kind=Kind.CODING)


def suite_of(question: Question) -> CodeSuite:
    """The version that is worked on or in use. Raises: Http404 when there is none."""
    suite = get_object_or_404(CodeSuite.objects.filter(question=question).order_by("-number")[:1])
    suite.question = question
    return suite


def changed(request: SignedInRequest, suite: CodeSuite, revision: int) -> Any:
    """`suite_editor.changing` by who asks."""
    return suite_editor.changing(suite, seen=revision, actor=request.user, request=request)


def done(
    request: SignedInRequest, suite: CodeSuite, acts: Mapping[str, Callable[[], object]], *, part: str
) -> HttpResponse:
    """The one of these acts that `do` says, then that part of the page. Raises: BadRequest."""
    try:
        with changed(request, suite, seen(request)):
            act = acts.get(request.POST.get("do", ""))
            if act is None:
                raise BadRequest("unknown verb")
            act()
    except DomainError as error:
        return refused(request, suite.question, error)
    return saved(request, suite, part)


def seen(request: SignedInRequest) -> int:
    """The revision a small form carries; none that is, when it carries nonsense."""
    number = whole_number(request.POST.get("revision", ""), most=MOST_REVISION)
    return -1 if number is None else number


def place(request: SignedInRequest) -> int:
    to = whole_number(request.POST.get("to", ""), most=MOST_PLACE)
    if to is None:
        raise BadRequest("no place")
    return to


def show(request: SignedInRequest, template: str, form: SuiteForm, *, status: int = 200, **more: Any) -> HttpResponse:
    """A page with one form of a draft; of what is in use it can only be read."""
    suite = form.suite
    context = {"question": suite.question, "suite": suite, "form": form, **more}
    context["is_draft"] = suite.state == CodeSuite.State.DRAFT
    if form.is_bound and form.errors and status == 200:
        status = 400
    return render(request, template, context, status=status)


def show_refused(
    request: SignedInRequest, template: str, form: SuiteForm, error: DomainError, **more: Any
) -> HttpResponse:
    """What was typed stays, unless the draft is none any more."""
    fresh = CodeSuite.objects.filter(pk=form.suite.pk).first()
    if fresh is None or fresh.state != CodeSuite.State.DRAFT:
        return refused(request, form.suite.question, error)
    form.refuse(error)
    return show(request, template, form, status=error.status, **more)


def refused(request: SignedInRequest, question: Question, error: DomainError) -> HttpResponse:
    """The page as it is now, with what hinders."""
    status = SuiteMoved.status if isinstance(error, SuiteMoved) else error.status
    return page(request, question, suite_editor.current_of(question), said=error.message, status=status)


def saved(request: SignedInRequest, suite: CodeSuite, part: str) -> HttpResponse:
    """Back to that part of the page; to a group with all its tests."""
    messages.success(request, _("Saved."))
    answer = redirect("question_tests", suite.question.uuid)
    answer["Location"] += f"?all=1#{part}" if part.startswith("group-") else f"#{part}"
    return answer
