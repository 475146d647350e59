"""Pages of the question bank, for who teaches."""

import uuid
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.exceptions import BadRequest
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt, csrf_protect
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.access import SignedInRequest, role_required
from accounts.models import Role
from accounts.photo_views import WholeInMemory
from coaching.lib.middleware import body_limit
from coaching.lib.text import whole_number
from coaching.lib.uuids import uuid_of
from exams import bank, bank_rows, images, markup
from exams.bank_editor import Editor
from exams.bank_forms import FindForm
from exams.content import Kind
from exams.judge import suite_page
from exams.judge.suites import is_judged
from exams.models import Question
from exams.models.bank import KINDS

PAGE_ROWS = 25
IMAGES_AT_ONCE = 3
FORM_ROOM_BYTES = 1_000_000


def form_limit() -> int:
    """The largest body of the form, in bytes: several images and every word there can be."""
    return IMAGES_AT_ONCE * images.UPLOAD_BYTES + FORM_ROOM_BYTES


@role_required(Role.ADMIN, Role.TEACHER)
@require_safe
def question_list(request: SignedInRequest) -> HttpResponse:
    """Questions by words, subject, topic, kind, difficulty and tag, current or archived."""
    form = FindForm(request.GET)
    form.is_valid()
    is_archived = request.GET.get("state") == "archived"
    found = bank_rows.found_by(form.cleaned_data, Question.objects.for_user(request.user), is_archived=is_archived)
    page = Paginator(bank_rows.listed(found), PAGE_ROWS).get_page(request.GET.get("page"))
    asked = any(value for value in form.cleaned_data.values())
    context = {"form": form, "page": page, "rows": bank_rows.rows_of(page.object_list), "is_archived": is_archived}
    return render(request, "exams/question_list.html", context | {"is_asked": asked})


@role_required(Role.ADMIN, Role.TEACHER)
@body_limit(form_limit, "multipart/form-data")
@csrf_exempt  # the inner view checks the token, after it has been set where files go
@require_http_methods(["GET", "HEAD", "POST"])
def question_new(request: SignedInRequest) -> HttpResponse:
    """A new question of the kind in the address, alone or under a passage."""
    request.upload_handlers = [WholeInMemory(request)]
    return _new(request)


@csrf_protect
def _new(request: SignedInRequest) -> HttpResponse:
    kind, passage = _kind(request), _passage(request)
    editor = Editor(kind, request, actor=request.user, initial=_first(request, passage))
    if request.method == "POST":
        made = editor.save(request)
        if made:
            messages.success(request, _("The question is in the bank."))
            return redirect("bank_question", made.uuid)
    context = {"editor": editor, "kind": kind, "passage": passage, "kinds": _kinds(kind, passage)}
    return render(request, "exams/question_edit.html", context)


@role_required(Role.ADMIN, Role.TEACHER)
@require_safe
def question(request: SignedInRequest, public_id: UUID) -> HttpResponse:
    """A question as students see it in both languages, with key, solution, versions and the tests it is in."""
    row = _question(request, public_id)
    if row.newest is None:
        raise RuntimeError(f"Question {row.pk} has no version")
    content = row.newest.content
    context = {
        "question": row,
        "sides": bank_rows.sides(content),
        "keys": bank_rows.key_lines(content),
        "history": bank_rows.history(row),
        "tests": bank_rows.tests_with(row, viewer=request.user),
        "members": bank_rows.members_of(row),
    }
    if row.kind == Kind.CODING:
        context["summary"] = suite_page.summary_of(row)
    return render(request, "exams/question.html", context)


@role_required(Role.ADMIN, Role.TEACHER)
@body_limit(form_limit, "multipart/form-data")
@csrf_exempt
@require_http_methods(["GET", "HEAD", "POST"])
def question_edit(request: SignedInRequest, public_id: UUID) -> HttpResponse:
    """Change what a question says, which makes a version, and where it belongs."""
    request.upload_handlers = [WholeInMemory(request)]
    return _edit(request, _question(request, public_id))


@csrf_protect
def _edit(request: SignedInRequest, row: Question) -> HttpResponse:
    editor = Editor(Kind(row.kind), request, actor=request.user, question=row, initial=_now(row))
    theirs, status, before = None, 200, row.newest
    if request.method == "POST":
        try:
            kept = editor.save(request)
        except bank.ChangedMeanwhile as refusal:
            theirs, status = refusal, refusal.status
            editor.again(refusal.newest.number)
        else:
            if kept:
                _say_kept(request, kept, before)
                return redirect("bank_question", row.uuid)
    context = {"editor": editor, "question": row, "kind": Kind(row.kind), "theirs": theirs}
    if theirs:
        context["their_sides"] = bank_rows.sides(theirs.newest.content)
    context |= {"history": bank_rows.history(row), "next": (row.newest.number if row.newest else 0) + 1}
    return render(request, "exams/question_edit.html", context, status=status)


@role_required(Role.ADMIN, Role.TEACHER)
@require_POST
def question_state(request: SignedInRequest, public_id: UUID) -> HttpResponse:
    """`do` is archive or restore."""
    row = _question(request, public_id)
    verb = {"archive": bank.archive_question, "restore": bank.restore_question}.get(request.POST.get("do", ""))
    if verb is None:
        raise BadRequest("unknown verb")
    verb(row, actor=request.user, request=request)
    messages.success(request, _("Archived. Tests it is in keep it.") if row.archived_at else _("It is offered again."))
    return redirect("bank_question", public_id)


@role_required(Role.ADMIN, Role.TEACHER)
@require_safe
def question_compare(request: SignedInRequest, public_id: UUID) -> HttpResponse:
    """Two versions side by side; without numbers the last two."""
    row = _question(request, public_id)
    versions = {one.number: one for one in row.versions.select_related("created_by")}
    newest = max(versions)
    left = versions.get(_number(request.GET.get("left", "")), versions.get(max(newest - 1, 1)))
    right = versions.get(_number(request.GET.get("right", "")), versions[newest])
    shown = [(one, bank_rows.sides(one.content), bank_rows.key_lines(one.content)) for one in (left, right) if one]
    context = {"question": row, "shown": shown, "numbers": sorted(versions), "left": left, "right": right}
    return render(request, "exams/question_compare.html", context | {"is_judged": is_judged(row)})


@role_required(Role.ADMIN, Role.TEACHER)
@require_POST
def question_preview(request: SignedInRequest) -> HttpResponse:
    """What is being written, as it will be read: the inside of an element."""
    return HttpResponse(markup.html(request.POST.get("text", "")))


# --- How --------------------------------------------------------------------------------------------------------------


def _question(request: SignedInRequest, public_id: UUID) -> Question:
    rows = Question.objects.for_user(request.user).select_related("newest", "subject", "topic", "passage", "created_by")
    return get_object_or_404(rows, uuid=public_id)


def _kind(request: SignedInRequest) -> Kind:
    try:
        return Kind(request.GET.get("kind", Kind.SINGLE))
    except ValueError:
        return Kind.SINGLE


def _kinds(chosen: Kind, passage: Question | None) -> list[tuple[str, str, bool]]:
    """The kinds to choose from, as tabs."""
    more = f"&passage={passage.uuid}" if passage else ""
    offered = (one for one in KINDS if not (passage and one is Kind.PASSAGE))
    return [(f"?kind={one.value}{more}", str(KINDS[one]), one is chosen) for one in offered]


def _passage(request: SignedInRequest) -> Question | None:
    number = uuid_of(request.GET.get("passage", ""))
    passages = Question.objects.for_user(request.user).filter(kind=Kind.PASSAGE).select_related("subject", "topic")
    return passages.filter(uuid=number).first() if number else None


def _first(request: SignedInRequest, passage: Question | None) -> dict[str, Any]:
    """What stands in a new form: the place of the passage, else that of the last question this person wrote."""
    last = passage or Question.objects.filter(created_by=request.user).order_by("-pk").first()
    place = {"subject": last.subject_id, "topic": last.topic_id} if last else {}
    return place | {"number": uuid.uuid4(), "passage": passage}


def _now(row: Question) -> dict[str, Any]:
    tags = ", ".join(tag.name for tag in row.tags.all())
    place = {"subject": row.subject_id, "topic": row.topic_id, "difficulty": row.difficulty, "tags": tags}
    return place | {"seen": row.newest.number if row.newest else 0}


def _say_kept(request: SignedInRequest, kept: Question, before: Any) -> None:
    if kept.newest is None or kept.newest == before:
        messages.success(request, _("Saved. What it says is as it was, so there is no new version."))
        return
    said = _("Saved as version %(number)d.") % {"number": kept.newest.number}
    if before and before.placed.exists():
        said += " " + _("Tests that have version %(number)d keep it.") % {"number": before.number}
    messages.success(request, said)


def _number(typed: str) -> int:
    return whole_number(typed, most=99_999) or 0
