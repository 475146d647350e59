"""Single tests of a suite: written, read as a whole, moved, removed; and a zip of them taken in or written."""

import hashlib
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt, csrf_protect
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.access import SignedInRequest, role_required
from accounts.limits import limited, person_of
from accounts.photo_views import WholeInMemory
from coaching.lib.drafts import Drafts
from coaching.lib.errors import DomainError
from coaching.lib.limits import Limit
from coaching.lib.middleware import body_limit
from coaching.lib.text import clean_filename, content_disposition
from exams.judge import suite_editor, suite_page, suite_zips, suites
from exams.judge.suite_editor import Written
from exams.judge.suite_forms import TakeForm, TestForm, ZipForm
from exams.judge.suite_views import (
    changed,
    done,
    place,
    question_of,
    saved,
    show,
    show_refused,
    suite_of,
)
from exams.judge.suite_zips import MOST_ZIP, ZipGroup, ZipPlan, ZipTest
from exams.models import CodeSuite, CodeTest, Question
from exams.sandbox.protocol import MOST_INPUT
from exams.test_views import MAKE_TESTS, POSTS

SHOWN_BYTES = 64 * 1024
FORM_ROOM_BYTES = 1024 * 1024
SHOWN_PROBLEMS, SHOWN_TESTS = 100, 100
FILES = {"input": "stdin", "output": "answer"}
ZIPS = Limit("zips of tests read, taken in or written per person", tries=60, per_s=3600)
_DRAFTS = Drafts("import", "suite-zip")


def form_limit() -> int:
    """The largest body of a test's form, in bytes: input and output as files."""
    return 2 * MOST_INPUT + FORM_ROOM_BYTES


def zip_limit() -> int:
    """The largest body of a zip's form, in bytes."""
    return MOST_ZIP + FORM_ROOM_BYTES


@role_required(*MAKE_TESTS)
@body_limit(form_limit, "multipart/form-data")
@csrf_exempt  # _test checks the token itself, after it has been set where the files go
@never_cache
@require_http_methods(POSTS)
def suite_test(request: SignedInRequest, public_id: UUID, number: int = 0) -> HttpResponse:
    """A test as a whole, to be changed in a draft; a new one without `number`."""
    request.upload_handlers = [WholeInMemory(request)]
    return _test(request, question_of(request, public_id), number)


@csrf_protect
def _test(request: SignedInRequest, question: Question, number: int) -> HttpResponse:
    found = CodeTest.objects.select_related("suite", "group").filter(suite__question=question)
    test = found.filter(pk=number).first()
    is_gone = bool(number) and test is None
    if is_gone and request.method != "POST":
        raise Http404("no such test")
    suite = test.suite if test else suite_of(question)
    suite.question = question
    content = suites.data_of([test.stdin_id, test.answer_id]) if test else {}
    had = (content[test.stdin_id], content[test.answer_id]) if test else (b"", b"")
    posted = (request.POST, request.FILES) if request.method == "POST" else (None, None)
    form = TestForm(*posted, suite=suite, test=test, had=had, initial=_first(request))
    context: dict[str, Any] = {
        "test": test,
        "data": [_shown(one, content) for one in _files(test)],
        "neighbours": _places(test),
    }
    if request.method == "POST" and form.is_valid():
        try:
            if is_gone:
                raise suite_editor.SuiteMoved(
                    _("Somebody changed or removed this test meanwhile. Saved again, it becomes a test of its own.")
                )
            with changed(request, suite, form.seen) as draft:
                group = form.cleaned_data["group"]
                group.suite = draft
                if test:
                    test.suite = draft
                    suite_editor.change_test(test, group, form.written())
                else:
                    suite_editor.add_test(draft, group, form.written())
        except DomainError as error:
            return show_refused(request, "exams/suite_test.html", form, error, **context)
        return _more(request, suite, form) if "more" in request.POST else saved(request, suite, f"group-{group.pk}")
    return show(request, "exams/suite_test.html", form, **context)


def _first(request: SignedInRequest) -> dict[str, str]:
    return {"group": request.GET.get("group", "")} if request.GET.get("group", "").isdecimal() else {}


def _more(request: SignedInRequest, suite: CodeSuite, form: TestForm) -> HttpResponse:
    messages.success(request, _("Saved. And the next one:"))
    answer = redirect("suite_test_new", suite.question.uuid)
    answer["Location"] += f"?group={form.cleaned_data['group'].pk}"
    return answer


def _files(test: CodeTest | None) -> list[tuple[str, int]]:
    return [("input", test.stdin_id), ("output", test.answer_id)] if test else []


def _shown(file: tuple[str, int], content: dict[int, bytes]) -> tuple[str, str, int, bool]:
    """Which of the two, its text (cut), its size, and whether that is not all."""
    which, number = file
    raw = content[number]
    text = raw[:SHOWN_BYTES].decode(errors="replace")
    return which, suite_page.visible(text.replace("\r\n", "\n")), len(raw), len(raw) > SHOWN_BYTES


def _places(test: CodeTest | None) -> tuple[int | None, int | None]:
    """Where it goes up and down within its group; None at an end."""
    if test is None:
        return None, None
    own = list(test.group.tests.order_by("position", "pk").values_list("pk", flat=True))
    at = own.index(test.pk)
    return (at - 1 if at else None, at + 1 if at + 1 < len(own) else None)


@role_required(*MAKE_TESTS)
@require_POST
def suite_test_do(request: SignedInRequest, public_id: UUID, number: int) -> HttpResponse:
    """`do` is move (to the place `to` within its group) or remove."""
    suite = suite_of(question_of(request, public_id))
    test = get_object_or_404(CodeTest.objects.select_related("group", "suite"), suite=suite, pk=number)
    acts = {
        "move": lambda: suite_editor.move_test(test, to=place(request)),
        "remove": lambda: suite_editor.remove_test(test),
    }
    return done(request, suite, acts, part=f"group-{test.group_id}")


@role_required(*MAKE_TESTS)
@require_safe
def suite_test_file(request: SignedInRequest, public_id: UUID, number: int, which: str) -> HttpResponse:
    """Input or output as it is, to be saved."""
    test = get_object_or_404(CodeTest, suite__question=question_of(request, public_id), pk=number)
    if which not in FILES:
        raise Http404("no such file")
    pk = getattr(test, f"{FILES[which]}_id")
    ending = "in" if which == "input" else "out"
    return _file(suites.data_of([pk])[pk], f"{test.position:03}.{ending}", "application/octet-stream")


# --- Zips -------------------------------------------------------------------------------------------------------------


@role_required(*MAKE_TESTS)
@body_limit(zip_limit, "multipart/form-data")
@csrf_exempt
@never_cache
@require_http_methods(POSTS)
def suite_zip(request: SignedInRequest, public_id: UUID) -> HttpResponse:
    """Choose a zip of tests."""
    request.upload_handlers = [WholeInMemory(request)]
    return _choose(request, suite_of(question_of(request, public_id)))


@csrf_protect
@limited(ZIPS, key=person_of)
def _choose(request: SignedInRequest, suite: CodeSuite) -> HttpResponse:
    form = ZipForm(request.POST or None, request.FILES or None)
    context = {"question": suite.question, "suite": suite, "form": form}
    if request.method != "POST" or not form.is_valid():
        return render(request, "exams/suite_zip.html", context, status=400 if request.method == "POST" else 200)
    file = form.cleaned_data["file"]
    content = file.read()
    plan = suite_zips.read(content)
    if plan.problems:
        context |= {"problems": plan.problems[:SHOWN_PROBLEMS], "file_name": clean_filename(file.name)}
        return render(request, "exams/suite_zip.html", context, status=400)
    owners = (request.user.uuid, suite.uuid)
    draft = _DRAFTS.keep_file(content, {"name": clean_filename(file.name)}, owners=owners)
    return redirect("suite_zip_preview", suite.question.uuid, draft)


@role_required(*MAKE_TESTS)
@never_cache
@require_http_methods(POSTS)
@limited(ZIPS, key=person_of)
def suite_zip_preview(request: SignedInRequest, public_id: UUID, draft: UUID) -> HttpResponse:
    """What the zip would bring; a POST takes it in."""
    suite = suite_of(question_of(request, public_id))
    found = _DRAFTS.load_file(draft, owners=(request.user.uuid, suite.uuid))
    if found is None:
        messages.warning(request, _("This file was read more than two hours ago. Choose it again."))
        return redirect("suite_zip", public_id)
    content, how = found
    plan = suite_zips.read(content)
    shown = hashlib.sha256(content).hexdigest()
    form = TakeForm(request.POST if request.method == "POST" else None, suite=suite, initial={"shown": shown})
    context = {"plan": plan, "file_name": how["name"], "there": suite.tests.count(), "groups": _listed(plan)}
    if request.method == "POST" and form.is_valid():
        try:
            with changed(request, suite, form.seen) as locked:
                if form.cleaned_data["replaces"]:
                    suite_editor.remove_all_tests(locked)
                suite_editor.take_in(locked, _written(plan))
        except DomainError as error:
            return show_refused(request, "exams/suite_zip_preview.html", form, error, **context)
        return saved(request, suite, "tests")
    return show(request, "exams/suite_zip_preview.html", form, **context)


def _listed(plan: ZipPlan) -> list[tuple[ZipGroup, list[tuple[ZipTest, str, str]]]]:
    """Each group with its tests and how their input and output begin."""
    return [(group, [(one, _begins(one.stdin), _begins(one.answer)) for one in group.tests]) for group in plan.groups]


def _begins(content: bytes) -> str:
    most = suite_page.SHOWN_BYTES
    is_cut = len(content) > most
    return suite_page.cut(suites.Head(content[:most].decode(errors="replace"), is_cut, len(content)))


def _written(plan: ZipPlan) -> dict[str, tuple[bool, str, list[Written]]]:
    """As the editor takes it; groups of one title become one. Raises: SuiteRefused."""
    made: dict[str, tuple[bool, str, list[Written]]] = {}
    for group in plan.groups:
        tests = [Written(one.stdin, one.answer, one.points, one.name, one.explanation) for one in group.tests]
        is_sample, _rule, known = made.setdefault(group.title, (group.is_sample, group.rule, []))
        if is_sample != group.is_sample:
            raise suite_editor.mixed(group.title)
        known.extend(tests)
    return made


@role_required(*MAKE_TESTS)
@require_safe
@limited(ZIPS, key=person_of)
def suite_zip_export(request: SignedInRequest, public_id: UUID) -> HttpResponse:
    """All tests of the version worked on or in use, as a zip."""
    suite = suite_of(question_of(request, public_id))
    tests = list(suite.tests.order_by("position", "pk"))
    content = suites.data_of(pk for one in tests for pk in (one.stdin_id, one.answer_id))
    groups = {one.pk: ZipGroup(one.title, one.is_sample, one.rule) for one in suite.groups.order_by("position", "pk")}
    for at, one in enumerate(tests, start=1):
        stdin, answer = content[one.stdin_id], content[one.answer_id]
        groups[one.group_id].tests.append(ZipTest(str(at), stdin, answer, one.points, one.name, one.explanation))
    name = f"{_('tests')} {suite.question_id}-{suite.number}.zip"
    return _file(suite_zips.write(list(groups.values())), name, "application/zip")


def _file(content: bytes, name: str, content_type: str) -> HttpResponse:
    headers = {
        "Content-Disposition": content_disposition("attachment", name),
        "Cache-Control": "no-store",
        "X-Content-Type-Options": "nosniff",
    }
    return HttpResponse(content, content_type=content_type, headers=headers)
