"""Tests for staff: the list, the page of one, and what is done with it as a whole. Others see `exams.own_tests`."""

import uuid
from collections.abc import Callable
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import Count
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.access import SignedInRequest, role_required, signed_in
from accounts.models import Role
from batches.models import Batch
from coaching.lib.errors import DomainError
from coaching.lib.text import search_text
from coaching.lib.uuids import uuid_of
from exams import hindrances, own_tests, paper_sheet, papers, test_rows, tests_made, tests_published
from exams.judge import unjudged
from exams.models import Test
from exams.models.tests import TestQuerySet
from exams.test_facts import facts_of, who_writes
from exams.test_forms import TestForm
from exams.test_states import state_of

PAGE_ROWS = 25
POSTS = ["GET", "HEAD", "POST"]
MAKE_TESTS = (Role.ADMIN, Role.TEACHER)
AS_FOUND = ("scheme__scheme",)


def editable(request: SignedInRequest) -> TestQuerySet:
    """The tests he may change, with what every page of one says."""
    return Test.objects.editable_by(request.user).select_related(*AS_FOUND)


@signed_in
@require_safe
def test_list(request: SignedInRequest) -> HttpResponse:
    """Staff: the tests they may change. Students and guardians: theirs."""
    if request.user.role not in MAKE_TESTS:
        return own_tests.list_page(request)
    now, words, show = timezone.now(), search_text(request.GET.get("q", "")), request.GET.get("show", "")
    batches = list(Batch.objects.editable_by(request.user).current().order_by("name", "pk"))
    batch = next((one for one in batches if str(one.uuid) == request.GET.get("batch")), None)
    found = editable(request)
    found = found.exclude(archived_at=None) if show == "archived" else found.current()
    found = found.filter(title__icontains=words) if words else found
    found = found.filter(test_batches__batch=batch) if batch else found
    ordered = test_rows.in_order(found, now=now, group=test_rows.SHOWN.get(show)).prefetch_related("batches")
    page = Paginator(ordered, PAGE_ROWS).get_page(request.GET.get("page"))
    context = {
        "page": page,
        "rows": test_rows.of(page.object_list, now=now),
        "words": words,
        "show": show,
        "batches": batches,
        "batch": batch,
    }
    return render(request, "exams/test_list.html", context)


@signed_in
@require_safe
def test(request: SignedInRequest, public_id: UUID) -> HttpResponse:
    """One test: for who may change it all that concerns making it, for others what it is to them."""
    found = Test.objects.for_user(request.user).select_related(*AS_FOUND)
    row, now = get_object_or_404(found, uuid=public_id), timezone.now()
    if not Test.objects.editable_by(request.user).filter(pk=row.pk).exists():
        return own_tests.test_page(request, row)
    tone, word = state_of(row, now=now)
    still = hindrances.of(row, now=now) if row.published_at is None else []
    counts = dict(row.attempts.order_by().values_list("state").annotate(count=Count("pk")))
    context = {
        "test": row,
        "tone": tone,
        "word": word,
        "sheet": paper_sheet.sheet_of(row),
        "batches": who_writes(row, now=now),
        "facts": facts_of(row),
        "hindrances": [(one.words, one.url(row)) for one in still],
        "fixed": papers.why_fixed(row, now=now),
        "counts": counts,
        "has_come_in": bool(counts),
        "is_over": bool(row.closes_at and row.closes_at <= now),
        "copy_uuid": uuid.uuid4(),
        "monitor": reverse("test_monitor", args=[row.uuid]),
    }
    return render(request, "exams/test.html", context | unjudged.of_page(row, now=now))


@role_required(*MAKE_TESTS)
@require_http_methods(POSTS)
def test_new(request: SignedInRequest) -> HttpResponse:
    """A draft; its paper comes next."""
    form = TestForm(request.POST if request.method == "POST" else None, teacher=request.user)
    if request.method == "POST" and form.is_valid():
        number = form.cleaned_data["test_uuid"]
        try:
            row = tests_made.make_test(form.details(), actor=request.user, test_uuid=number, request=request)
        except DomainError as error:
            form.refuse(error)
        else:
            messages.success(request, _("The draft is there. Now its questions."))
            return redirect("test_paper", row.uuid)
    return render(request, "exams/test_form.html", {"form": form})


@role_required(*MAKE_TESTS)
@require_http_methods(POSTS)
def test_edit(request: SignedInRequest, public_id: UUID) -> HttpResponse:
    """All of a test but its paper."""
    row, now, status = get_object_or_404(editable(request), uuid=public_id), timezone.now(), 200
    form = TestForm(request.POST if request.method == "POST" else None, teacher=request.user, test=row)
    if request.method == "POST" and form.is_valid():
        seen = form.cleaned_data["revision"]
        try:
            changed = tests_made.change_test(
                row, to=form.details(), revision=seen, actor=request.user, now=now, request=request
            )
        except DomainError as error:
            form.refuse(error)
            status = error.status
        else:
            messages.success(request, _("Saved.") if changed else _("Nothing was changed."))
            return redirect("test", public_id)
    context = {"form": form, "test": row, "writing": row.attempts.writing().count()}
    return render(request, "exams/test_form.html", context, status=status)


# --- What is done with it ---------------------------------------------------------------------------------------------


def _done(request: SignedInRequest, public_id: UUID, act: Callable[[Test], Any], said: str) -> HttpResponse:
    """One service with a test of his, and back to its page with what became of it."""
    row = get_object_or_404(editable(request), uuid=public_id)
    try:
        act(row)
    except DomainError as error:
        messages.error(request, error.message)
    else:
        messages.success(request, said)
    return redirect("test", public_id)


@role_required(*MAKE_TESTS)
@require_POST
def test_publish(request: SignedInRequest, public_id: UUID) -> HttpResponse:
    """Students see it and are told."""
    given: dict[str, Any] = {"actor": request.user, "now": timezone.now(), "request": request}
    said = _("Published. Students and their guardians are told.")
    return _done(request, public_id, lambda row: tests_published.publish_test(row, **given), said)


@role_required(*MAKE_TESTS)
@require_POST
def test_withdraw(request: SignedInRequest, public_id: UUID) -> HttpResponse:
    """A draft again."""
    given: dict[str, Any] = {"actor": request.user, "now": timezone.now(), "request": request}
    said = _("It is a draft again. Who knew of it is told.")
    return _done(request, public_id, lambda row: tests_published.withdraw_test(row, **given), said)


@role_required(*MAKE_TESTS)
@require_POST
def test_activate(request: SignedInRequest, public_id: UUID) -> HttpResponse:
    """It can be begun."""
    given: dict[str, Any] = {"actor": request.user, "request": request}
    said = _("It can be begun within its window.")
    return _done(request, public_id, lambda row: tests_published.activate_test(row, **given), said)


@role_required(*MAKE_TESTS)
@require_POST
def test_deactivate(request: SignedInRequest, public_id: UUID) -> HttpResponse:
    """Nobody begins any more."""
    given: dict[str, Any] = {"actor": request.user, "request": request}
    said = _("Nobody can begin now. Who writes goes on.")
    return _done(request, public_id, lambda row: tests_published.deactivate_test(row, **given), said)


@role_required(*MAKE_TESTS)
@require_POST
def test_archive(request: SignedInRequest, public_id: UUID) -> HttpResponse:
    """Out of the list."""
    given: dict[str, Any] = {"actor": request.user, "now": timezone.now(), "request": request}
    return _done(request, public_id, lambda row: tests_made.archive_test(row, **given), _("Archived."))


@role_required(*MAKE_TESTS)
@require_POST
def test_restore(request: SignedInRequest, public_id: UUID) -> HttpResponse:
    """Back into the list."""
    given: dict[str, Any] = {"actor": request.user, "request": request}
    said = _("Taken out of the archive.")
    return _done(request, public_id, lambda row: tests_made.restore_test(row, **given), said)


@role_required(*MAKE_TESTS)
@require_POST
def test_copy(request: SignedInRequest, public_id: UUID) -> HttpResponse:
    """A draft like it, to be given its own window."""
    row = get_object_or_404(editable(request), uuid=public_id)
    number = uuid_of(request.POST.get("copy_uuid", "")) or uuid.uuid4()
    copied = tests_made.copy_test(row, actor=request.user, test_uuid=number, request=request)
    messages.success(request, _("This is the copy. Give it a title and a window."))
    return redirect("test_edit", copied.uuid)


@role_required(*MAKE_TESTS)
@require_http_methods(POSTS)
def test_delete(request: SignedInRequest, public_id: UUID) -> HttpResponse:
    """A draft nobody wrote, for good."""
    row = get_object_or_404(editable(request), uuid=public_id)
    if request.method == "POST":
        tests_made.delete_test(row, actor=request.user, request=request)
        messages.success(request, _("%(title)s is deleted.") % {"title": row.title})
        return redirect("test_list")
    return render(request, "exams/test_delete.html", {"test": row, "count": row.questions.count()})
