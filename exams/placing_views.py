"""Questions come into a section: chosen one by one from the bank, or drawn by a blueprint."""

from uuid import UUID

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods

from accounts.access import SignedInRequest, role_required
from coaching.lib.errors import DomainError
from coaching.lib.uuids import uuids_of
from exams import blueprints, placing
from exams.models import Question, Section
from exams.paper_sheet import words_of
from exams.paper_views import by, place_of, section_of
from exams.section_forms import FindForm, cell_forms, cells_in
from exams.test_views import MAKE_TESTS, POSTS

PAGE_ROWS = 25


@role_required(*MAKE_TESTS)
@require_http_methods(POSTS)
def section_add(request: SignedInRequest, public_id: UUID) -> HttpResponse:
    """The bank, to tick what the section is to have."""
    section = section_of(request, public_id)
    if request.method == "POST":
        chosen = uuids_of(request.POST.getlist("chosen")[: placing.MOST_QUESTIONS])
        wanted = Question.objects.for_user(request.user).filter(uuid__in=chosen).select_related("passage")
        new = placing.place_questions(section, questions=wanted.order_by("pk"), **by(request))
        messages.success(request, _placed_words(len(new)))
        return redirect(request.get_full_path())
    form = FindForm(request.GET or {})
    rows = form.found(request.user).select_related("newest", "topic", "subject").order_by("-pk")
    page = Paginator(rows, PAGE_ROWS).get_page(request.GET.get("page"))
    there = dict(section.test.questions.values_list("question", "section__title"))
    context = {
        "section": section,
        "test": section.test,
        "form": form,
        "page": page,
        "rows": [(one, words_of(one.newest), there.get(one.pk)) for one in page.object_list if one.newest],
    }
    return render(request, "exams/section_add.html", context)


@role_required(*MAKE_TESTS)
@require_http_methods(POSTS)
def section_blueprint(request: SignedInRequest, public_id: UUID) -> HttpResponse:
    """How many of which sort; saved, and with `do` drawn from the bank."""
    section, short, status = section_of(request, public_id), [], 200
    lines = cell_forms(request.POST if request.method == "POST" else None, section)
    problem = ""
    if request.method == "POST" and lines.is_valid():
        try:
            return redirect(_draw(request, section, cells_in(lines), request.POST.get("do", "")))
        except blueprints.TooFew as error:
            short, status = error.short, error.status
            lines = cell_forms(None, section)
        except DomainError as error:
            problem, status = error.message, error.status
    context = {
        "section": section,
        "test": section.test,
        "lines": lines,
        "short": [(blueprints.sort_words(one.cell), one.wanted, one.are) for one in short],
        "problem": problem,
    }
    return render(request, "exams/section_blueprint.html", context, status=status)


def _draw(request: SignedInRequest, section: Section, cells: list[blueprints.Cell], do: str) -> str:
    """Save, draw when that is asked for, and say where to go. Raises: as `exams.blueprints`."""
    blueprints.set_blueprint(section, cells=cells, **by(request))
    if do not in {"pick", "pick_what_there_is"}:
        messages.success(request, _("The blueprint is saved."))
        return place_of(section)
    # After a change of the paper the draw is another one: who took a question out wants another instead.
    seed = f"{section.test.seed}:{section.test.paper_revision}"
    verb = blueprints.pick if do == "pick" else blueprints.pick_what_there_is
    picked = verb(section, seed=seed, **by(request))
    messages.success(request, _placed_words(len(picked.placed)))
    for one in picked.short:
        messages.warning(request, blueprints.words(one))
    return place_of(section)


def _placed_words(count: int) -> str:
    if not count:
        return _("Nothing new: what was asked for is there already.")
    return ngettext("%(count)d question is placed.", "%(count)d questions are placed.", count) % {"count": count}
