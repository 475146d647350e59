"""The paper of a test for who makes it: its sections, and the questions in them put in order."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.access import SignedInRequest, role_required
from coaching.lib.errors import DomainError
from coaching.lib.text import whole_number
from exams import paper_sheet, papers, placing
from exams.judge import unjudged
from exams.models import ExamQuestion, Section, Test
from exams.section_forms import SectionForm
from exams.test_views import MAKE_TESTS, POSTS, editable

LARGEST_PLACE = 1000


@role_required(*MAKE_TESTS)
@require_safe
def test_paper(request: SignedInRequest, public_id: UUID) -> HttpResponse:
    """Sections and questions in their order, with what is done to them while the paper may change."""
    row = get_object_or_404(editable(request), uuid=public_id)
    now = timezone.now()
    context = {"test": row, "sheet": paper_sheet.sheet_of(row), "fixed": papers.why_fixed(row, now=now)}
    return render(request, "exams/test_paper.html", context | {"warnings": unjudged.warnings_of(row, now=now)})


@role_required(*MAKE_TESTS)
@require_http_methods(POSTS)
def section_new(request: SignedInRequest, public_id: UUID) -> HttpResponse:
    """A section at the end of the paper."""
    test = get_object_or_404(editable(request), uuid=public_id)
    form = SectionForm(request.POST if request.method == "POST" else None, test=test)
    if request.method == "POST" and form.is_valid():
        given = {**by(request), "section_uuid": form.cleaned_data["section_uuid"]}
        try:
            section = papers.add_section(test, to=form.details(), **given)
        except DomainError as error:
            form.refuse(error)
        else:
            return redirect(place_of(section))
    return render(request, "exams/section_form.html", {"form": form, "test": test})


@role_required(*MAKE_TESTS)
@require_http_methods(POSTS)
def section_edit(request: SignedInRequest, public_id: UUID) -> HttpResponse:
    """Title, scheme, time and what counts of one section."""
    section = section_of(request, public_id)
    form = SectionForm(request.POST if request.method == "POST" else None, test=section.test, section=section)
    if request.method == "POST" and form.is_valid():
        try:
            papers.change_section(section, to=form.details(), **by(request))
        except DomainError as error:
            form.refuse(error)
        else:
            messages.success(request, _("Saved."))
            return redirect(place_of(section))
    context = {"form": form, "test": section.test, "section": section, "count": section.questions.count()}
    return render(request, "exams/section_form.html", context)


@role_required(*MAKE_TESTS)
@require_POST
def section_move(request: SignedInRequest, public_id: UUID) -> HttpResponse:
    """To the place that was asked for."""
    section = section_of(request, public_id)
    papers.move_section(section, to=_place(request), **by(request))
    return redirect(place_of(section))


@role_required(*MAKE_TESTS)
@require_POST
def section_remove(request: SignedInRequest, public_id: UUID) -> HttpResponse:
    """Its questions stay in the bank."""
    section = section_of(request, public_id)
    papers.remove_section(section, **by(request))
    messages.success(request, _("%(section)s is taken out.") % {"section": section.title})
    return redirect("test_paper", section.test.uuid)


@role_required(*MAKE_TESTS)
@require_POST
def placed_move(request: SignedInRequest, public_id: UUID) -> HttpResponse:
    """One question, within its passage when it has one, to the place that was asked for."""
    placed = _placed(request, public_id)
    placing.move_question(placed, to=_place(request), **by(request))
    return redirect(place_of(placed.section, placed))


@role_required(*MAKE_TESTS)
@require_POST
def placed_block_move(request: SignedInRequest, public_id: UUID) -> HttpResponse:
    """A question, or all below its passage, to the place that was asked for."""
    placed = _placed(request, public_id)
    placing.move_block(placed, to=_place(request), **by(request))
    return redirect(place_of(placed.section, placed))


@role_required(*MAKE_TESTS)
@require_POST
def placed_remove(request: SignedInRequest, public_id: UUID) -> HttpResponse:
    """Out of the test; it stays in the bank."""
    placed = _placed(request, public_id)
    placing.remove_question(placed, **by(request))
    return redirect(place_of(placed.section))


@role_required(*MAKE_TESTS)
@require_POST
def placed_newest(request: SignedInRequest, public_id: UUID) -> HttpResponse:
    """As the bank has it now."""
    placed = _placed(request, public_id)
    placing.take_newest(placed, **by(request))
    messages.success(request, _("The test asks the newest version now."))
    return redirect(place_of(placed.section, placed))


# --- Of all views about a paper ---------------------------------------------------------------------------------------


def by(request: SignedInRequest) -> dict[str, Any]:
    """Who changes the paper, when and from where, as its services want it."""
    return {"actor": request.user, "now": timezone.now(), "request": request}


def section_of(request: SignedInRequest, public_id: UUID) -> Section:
    """Of a test he may change, else 404."""
    mine = Test.objects.editable_by(request.user).order_by().values("pk")
    sections = Section.objects.select_related("test__scheme__scheme", "scheme__scheme", "subject")
    return get_object_or_404(sections, uuid=public_id, test__in=mine)


def place_of(section: Section, placed: ExamQuestion | None = None) -> str:
    """Where it stands on the page of the paper, so that one goes on where one was."""
    part = f"question-{placed.uuid}" if placed else f"section-{section.uuid}"
    return f"{reverse('test_paper', args=[section.test.uuid])}#{part}"


def _placed(request: SignedInRequest, public_id: UUID) -> ExamQuestion:
    mine = Test.objects.editable_by(request.user).order_by().values("pk")
    rows = ExamQuestion.objects.select_related("test", "section__test", "question")
    return get_object_or_404(rows, uuid=public_id, test__in=mine)


def _place(request: SignedInRequest) -> int:
    """The place a button names; of nonsense the end."""
    found = whole_number(request.POST.get("to", ""), most=999)
    return LARGEST_PLACE if found is None else found
