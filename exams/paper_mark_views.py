"""Marks of a test on paper: typed into a grid, or brought in a file that is looked at first."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt, csrf_protect
from django.views.decorators.http import require_http_methods, require_safe

from accounts.access import SignedInRequest, role_required
from accounts.import_tables import Unreadable
from accounts.limits import limited, person_of
from accounts.photo_views import WholeInMemory
from coaching.lib.errors import DomainError
from coaching.lib.exports import csv_response
from coaching.lib.limits import Limit
from coaching.lib.middleware import body_limit
from coaching.lib.text import clean_filename
from coaching.templatetags.figures import grouped
from exams import paper_mark_drafts, paper_mark_files, paper_mark_grid, paper_marks, paper_tests
from exams.models import Test
from exams.paper_mark_files import Plan
from exams.paper_mark_forms import MarksFileForm, form_limit
from exams.paper_mark_grid import Typed
from exams.paper_marks import Saved
from exams.test_views import MAKE_TESTS, POSTS, editable

LINES_SHOWN = 50
FILES = Limit("files of marks read per person", tries=120, per_s=3600)
FATES = {
    "new": ("ok", gettext_lazy("New")),
    "changed": ("run", gettext_lazy("Changed")),
    "same": ("off", gettext_lazy("As they are")),
    "unknown": ("bad", gettext_lazy("Unknown student")),
    "bad": ("bad", gettext_lazy("Do not fit")),
}
"""What becomes of a line of a file: its tone, and the word."""


def _test(request: SignedInRequest, public_id: UUID) -> Test:
    return get_object_or_404(editable(request), uuid=public_id, is_on_paper=True)


@role_required(*MAKE_TESTS)
@never_cache
@require_http_methods(POSTS)
def paper_marks_page(request: SignedInRequest, public_id: UUID) -> HttpResponse:
    """Students and sections, a page at a time; a POST saves what can be saved and shows the rest again."""
    test, now = _test(request, public_id), timezone.now()
    reason = paper_marks.why_not_now(test, now=now)
    if reason:
        return render(request, "exams/paper_marks.html", {"test": test, "reason": reason}, status=_status(request))
    typed, saved = Typed(), Saved()
    if request.method == "POST":
        typed = paper_mark_grid.read_form(request.POST, test, paper_marks.sections_of(test))
        saved = paper_marks.enter_marks(test, typed.cells, actor=request.user, now=now, request=request)
        if not (typed.problems or saved.taken):
            messages.success(request, _saved_words(saved))
            return redirect(request.get_full_path())
    context = _grid(request, test, typed, saved)
    status = 409 if saved.taken else 422 if typed.problems else 200
    return render(request, "exams/paper_marks.html", context, status=status)


def _status(request: SignedInRequest) -> int:
    return 409 if request.method == "POST" else 200


def _saved_words(saved: Saved) -> str:
    if not saved.count:
        return _("Nothing was changed.")
    words = ngettext("%(count)s cell is saved.", "%(count)s cells are saved.", saved.count)
    return words % {"count": grouped(saved.count)}


def _grid(request: SignedInRequest, test: Test, typed: Typed, saved: Saved) -> dict[str, Any]:
    sections, at = paper_marks.sections_of(test), paper_mark_grid.looked(request, test)
    page = paper_mark_grid.students_page(test, at, sections)
    cells = len(sections) * paper_tests.students_of(test).count()
    return {
        "test": test,
        "sections": sections,
        "looked": at,
        "page": page,
        "rows": paper_mark_grid.rows_of(test, page, sections, typed, saved.taken),
        "cells": cells,
        "filled": paper_marks.filled_cells(test),
        "saved": saved,
        "problems": len(typed.problems),
    }


# --- Files ------------------------------------------------------------------------------------------------------------


@role_required(*MAKE_TESTS)
@require_safe
def paper_marks_csv(request: SignedInRequest, public_id: UUID) -> HttpResponseBase:
    """The students with what stands, to be filled in a spreadsheet."""
    test = _test(request, public_id)
    if paper_marks.why_not_now(test, now=timezone.now()):
        return redirect("paper_marks", public_id)
    sections = paper_marks.sections_of(test)
    header = paper_mark_files.header_of(sections)
    name = f"{test.title} {_('marks')}.csv"
    return csv_response(name, header=header, rows=paper_mark_files.rows_of(test, sections))


@role_required(*MAKE_TESTS)
@body_limit(form_limit, "multipart/form-data")
@csrf_exempt  # _choose checks the token itself, after it has been set where the file goes
@never_cache
@require_http_methods(POSTS)
def paper_marks_file(request: SignedInRequest, public_id: UUID) -> HttpResponse:
    """Choose a file with marks."""
    request.upload_handlers = [WholeInMemory(request)]
    return _choose(request, public_id)


@csrf_protect
@limited(FILES, key=person_of)
def _choose(request: SignedInRequest, public_id: UUID) -> HttpResponse:
    test = _test(request, public_id)
    reason = paper_marks.why_not_now(test, now=timezone.now())
    if reason:
        return redirect("paper_marks", public_id)
    form = MarksFileForm(request.POST or None, request.FILES or None)
    if request.method == "POST" and form.is_valid():
        file = form.cleaned_data["file"]
        content = file.read()
        try:
            plan = paper_mark_files.plan_file(test, content)
        except Unreadable as error:
            form.add_error("file", error.message)
        else:
            if plan.lines:
                name = clean_filename(file.name)
                draft = paper_mark_drafts.keep(content, name, test=test, actor=request.user)
                return redirect("paper_marks_preview", public_id, draft)
            form.add_error("file", _("The file has titles, but no line below them."))
    return render(request, "exams/paper_marks_file.html", {"form": form, "test": test})


@role_required(*MAKE_TESTS)
@never_cache
@require_http_methods(POSTS)
def paper_marks_preview(request: SignedInRequest, public_id: UUID, draft: UUID) -> HttpResponse:
    """What each line of the file would change; a POST does it."""
    test = _test(request, public_id)
    found = paper_mark_drafts.load(draft, test=test, actor=request.user)
    if found is None:
        messages.warning(request, _("This file was read more than two hours ago. Choose it again."))
        return redirect("paper_marks_file", public_id)
    plan = paper_mark_files.plan_file(test, found[0])
    if request.method == "POST":
        return _apply(request, test, plan, draft)
    fate = request.GET.get("lines", "")
    lines = [one for one in plan.lines if one.fate == fate] if fate in FATES else plan.lines
    page = Paginator(lines, LINES_SHOWN).get_page(request.GET.get("page"))
    counts = plan.counts
    context = {"test": test, "name": found[1], "plan": plan, "page": page, "fate": fate, "cells": len(plan.cells)}
    context["wrong"] = counts["unknown"] + counts["bad"]
    context["counts"] = [(one, tone, word, counts[one]) for one, (tone, word) in FATES.items()]
    context["rows"] = [(one, *FATES[one.fate]) for one in page]
    return render(request, "exams/paper_marks_preview.html", context)


def _apply(request: SignedInRequest, test: Test, plan: Plan, draft: UUID) -> HttpResponse:
    if plan.cells and request.POST.get("shown") != plan.fingerprint:
        messages.warning(request, _("The marks changed in the meantime. Look at the lines again."))
        return redirect("paper_marks_preview", test.uuid, draft)
    if any(one.problems for one in plan.lines) and not request.POST.get("leave_out"):
        messages.error(request, _("Some lines do not fit. Say that they are left out, or mend the file."))
        return redirect("paper_marks_preview", test.uuid, draft)
    try:
        saved = paper_marks.enter_marks(test, plan.cells, actor=request.user, now=timezone.now(), request=request)
    except DomainError as error:
        messages.error(request, error.message)
        return redirect("paper_marks_preview", test.uuid, draft)
    if saved.taken:
        messages.warning(request, _("Somebody else entered marks at the same moment. Look at the lines again."))
        return redirect("paper_marks_preview", test.uuid, draft)
    messages.success(request, _saved_words(saved))
    return redirect("paper_marks", test.uuid)
