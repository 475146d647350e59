"""The list of batches, and the office's pages about one: made, changed, archived, taken out, deleted."""

from uuid import UUID

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_safe

from accounts.access import SignedInRequest, role_required, signed_in
from accounts.models import Role
from batches import archive, batch_rows
from batches.batch_forms import BatchForm, DeleteForm, RestoreForm
from batches.models import Batch
from batches.names import NameTaken
from batches.services import ChangedMeanwhile
from coaching.lib.errors import DomainError
from coaching.lib.text import search_text

PAGE_ROWS = 25


@signed_in
@require_safe
def batch_list(request: SignedInRequest) -> HttpResponse:
    """Batches: all for admins, one's own for everybody else; current or archived, by name, subject or teacher."""
    now, words = timezone.now(), search_text(request.GET.get("q", ""))
    mine = Batch.objects.for_user(request.user, now=now)
    is_archived = request.GET.get("state") == "archived"
    found = (mine.exclude(archived_at=None) if is_archived else mine.current()).search(words)
    page = Paginator(batch_rows.with_names(found), PAGE_ROWS).get_page(request.GET.get("page"))
    context = {
        "page": page,
        "rows": batch_rows.of(page.object_list, viewer=request.user, now=now),
        "words": words,
        "is_archived": is_archived,
        "may_make": request.user.is_admin,
    }
    return render(request, "batches/batch_list.html", context)


@role_required(Role.ADMIN)
@require_http_methods(["GET", "HEAD", "POST"])
def batch_create(request: SignedInRequest) -> HttpResponse:
    """A new batch with its teachers, and with a new venue and new subjects on the same page."""
    form = BatchForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        try:
            batch = form.enter(request.user, request)
        except DomainError as error:
            form.refuse(error)
        else:
            messages.success(request, _("%(name)s is there. Add its weekly slots and students.") % {"name": batch.name})
            return redirect("batch", batch.uuid)
    return render(request, "batches/batch_form.html", {"form": form})


@role_required(Role.ADMIN)
@require_http_methods(["GET", "HEAD", "POST"])
def batch_change(request: SignedInRequest, public_id: UUID) -> HttpResponse:
    """Details, teachers and place of one batch."""
    batch = get_object_or_404(Batch, uuid=public_id)
    form, status = BatchForm(request.POST if request.method == "POST" else None, batch=batch), 200
    if request.method == "POST" and form.is_valid():
        try:
            outcome = form.keep(request.user, request)
        except ChangedMeanwhile as error:
            form, status = BatchForm.again(form, error), error.status
        except DomainError as error:
            form.refuse(error)
        else:
            messages.success(request, _("Saved.") if outcome.changed else _("Nothing was changed."))
            for note in outcome.notes:
                messages.info(request, note)
            return redirect("batch", public_id)
    return render(request, "batches/batch_form.html", {"form": form, "batch": batch}, status=status)


@role_required(Role.ADMIN)
@require_http_methods(["GET", "HEAD", "POST"])
def batch_archive(request: SignedInRequest, public_id: UUID) -> HttpResponse:
    """What archiving ends, and the button that does it."""
    batch, now = get_object_or_404(Batch, uuid=public_id), timezone.now()
    if request.method == "POST":
        archive.archive_batch(batch, actor=request.user, now=now, request=request)
        messages.success(request, _("%(name)s is archived.") % {"name": batch.name})
        return redirect("batch_list")
    if batch.archived_at:
        return redirect("batch_restore", public_id)
    context = {"batch": batch, "ends": archive.going_on(batch, now=now)}
    return render(request, "batches/batch_archive.html", context)


@role_required(Role.ADMIN)
@require_http_methods(["GET", "HEAD", "POST"])
def batch_restore(request: SignedInRequest, public_id: UUID) -> HttpResponse:
    """Take a batch out of the archive, under another name when its own is taken."""
    batch = get_object_or_404(Batch, uuid=public_id)
    form = RestoreForm(request.POST if request.method == "POST" else None, initial={"name": batch.name})
    if request.method == "POST" and form.is_valid():
        name, now = form.cleaned_data["name"], timezone.now()
        try:
            back = archive.restore_batch(batch, name=name, actor=request.user, now=now, request=request)
        except NameTaken as error:
            form.add_error("name", error.message)
        else:
            _say_restored(request, name, back)
            return redirect("batch", public_id)
    return render(request, "batches/batch_restore.html", {"batch": batch, "form": form})


@role_required(Role.ADMIN)
@require_http_methods(["GET", "HEAD", "POST"])
def batch_delete(request: SignedInRequest, public_id: UUID) -> HttpResponse:
    """Delete a batch nothing happened in, after its name was typed; one with a history says what to do instead."""
    batch, now = get_object_or_404(Batch, uuid=public_id), timezone.now()
    history = archive.history_of(batch, now=now)
    form = DeleteForm(request.POST if request.method == "POST" else None, batch=batch)
    if request.method == "POST" and form.is_valid():
        archive.delete_batch(batch, actor=request.user, now=now, request=request)
        messages.success(request, _("%(name)s is deleted.") % {"name": batch.name})
        return redirect("batch_list")
    context = {"batch": batch, "form": form, "history": history, "goes": archive.going_on(batch, now=now)}
    return render(request, "batches/batch_delete.html", context)


def _say_restored(request: SignedInRequest, name: str, back: archive.Restored) -> None:
    said = _("%(name)s goes on. Students back: %(students)d, classes held after all: %(classes)d.")
    messages.success(request, said % {"name": name, "students": back.students, "classes": back.classes})
    if back.stayed:
        text = ngettext(
            "%(count)d class stays cancelled: it is a holiday by now, or teacher or room is taken.",
            "%(count)d classes stay cancelled: it is a holiday by now, or teacher or room is taken.",
            back.stayed,
        )
        messages.warning(request, text % {"count": back.stayed})
