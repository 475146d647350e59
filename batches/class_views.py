"""What is done with one class: joined by those it concerns, changed by teachers and admins. Its page is `pages`'."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from accounts.access import SignedInRequest, role_required, signed_in
from accounts.models import Role
from batches import classes
from batches.clashes import Clashes
from batches.classes import ClassChangedMeanwhile
from batches.models import Batch, ClassSession
from batches.timetable_forms import CancelForm, ClassForm, free_times
from coaching.lib.errors import DomainError, NotAllowed

NAMES = ("batch", "subject", "teacher", "room__venue", "holiday", "slot", "changed_by")
POSTS = ["GET", "HEAD", "POST"]
TAKES_CLASSES = (Role.ADMIN, Role.TEACHER)


@signed_in
@require_safe
def class_join(request: SignedInRequest, public_id: UUID) -> HttpResponse:
    """Into the online class, while its link is open; else back to its page, which says when that is."""
    row = get_object_or_404(ClassSession.objects.for_user(request.user).select_related("batch"), uuid=public_id)
    if row.link_is_open(timezone.now()):
        return redirect(row.online_link)
    messages.info(request, _("The way into this class is not open now."))
    return redirect("class_session", row.uuid)


@role_required(*TAKES_CLASSES)
@require_http_methods(POSTS)
def class_create(request: SignedInRequest, public_id: UUID) -> HttpResponse:
    """A class besides the weekly ones."""
    batch = get_object_or_404(Batch.objects.for_user(request.user), uuid=public_id)
    if not Batch.objects.editable_by(request.user).filter(pk=batch.pk).exists():
        raise NotAllowed(_("Only admins and the teachers of this batch add classes."))
    form = ClassForm(request.POST if request.method == "POST" else None, batch=batch)
    if request.method == "POST" and form.is_valid():
        given = {"class_uuid": form.cleaned_data["form_uuid"], "despite": form.despite()}
        try:
            row = classes.add_class(
                batch, to=form.details(), actor=request.user, now=timezone.now(), request=request, **given
            )
        except DomainError as error:
            form.refuse(error)
        else:
            messages.success(request, _("The class is in the timetable. Whom it concerns is told."))
            return redirect("class_session", row.uuid)
    return _shown(request, form)


@role_required(*TAKES_CLASSES)
@require_http_methods(POSTS)
def class_change(request: SignedInRequest, public_id: UUID) -> HttpResponse:
    """This class alone: time, room, teacher, topic."""
    row, status = _editable(request, public_id), 200
    form = ClassForm(request.POST if request.method == "POST" else None, batch=row.batch, row=row)
    if request.method == "POST" and form.is_valid():
        given = {"sequence": form.cleaned_data["version"], "reason": form.cleaned_data["reason"]}
        given |= {"despite": form.despite()}
        try:
            classes.change_class(
                row, to=form.details(), actor=request.user, now=timezone.now(), request=request, **given
            )
        except ClassChangedMeanwhile as error:
            form.again(error.seen.sequence)
            form.refuse(error)
            row, status = error.seen, error.status
        except DomainError as error:
            form.refuse(error)
        else:
            messages.success(request, _("Saved. Whom it concerns is told."))
            return redirect("class_session", row.uuid)
    return _shown(request, form, row=row, status=status)


@role_required(*TAKES_CLASSES)
@require_http_methods(POSTS)
def class_cancel(request: SignedInRequest, public_id: UUID) -> HttpResponse:
    """Not held, with the reason people read."""
    row = _editable(request, public_id)
    form = CancelForm(request.POST if request.method == "POST" else None, initial={"version": row.sequence})
    if request.method == "POST" and form.is_valid():
        given = {"reason": form.cleaned_data["reason"], "sequence": form.cleaned_data["version"]}
        try:
            classes.cancel_class(row, actor=request.user, now=timezone.now(), request=request, **given)
        except DomainError as error:
            form.again(getattr(error, "seen", row).sequence)
            form.add_error(None, error.message)
        else:
            messages.success(request, _("Cancelled. Whom it concerns is told."))
            return redirect("class_session", row.uuid)
    return render(request, "batches/class_cancel.html", {"form": form, "row": row, "batch": row.batch})


@role_required(*TAKES_CLASSES)
@require_http_methods(POSTS)
def class_restore(request: SignedInRequest, public_id: UUID) -> HttpResponse:
    """A cancelled class is held after all; what has taken its place meanwhile is shown first."""
    row = _editable(request, public_id)
    clashes, status, problem = None, 200, ""
    if request.method == "POST":
        version = request.POST.get("version", "")[:9]
        seen, despite = int(version) if version.isdecimal() else -1, request.POST.get("despite", "").split(",")
        actor, now = request.user, timezone.now()
        try:
            classes.restore_class(row, sequence=seen, despite=despite, actor=actor, now=now, request=request)
        except Clashes as error:
            clashes, status = error, error.status
        except DomainError as error:
            problem, status = error.message, error.status
        else:
            messages.success(request, _("Held after all. Whom it concerns is told."))
            return redirect("class_session", row.uuid)
    context = {"row": row, "batch": row.batch, "clashes": clashes, "problem": problem}
    context["accepted"] = ",".join(sorted({one.key for one in clashes.clashes})) if clashes else ""
    return render(request, "batches/class_restore.html", context, status=status)


def _editable(request: SignedInRequest, public_id: UUID) -> ClassSession:
    """Not his to see: 404. Raises: NotAllowed, with the reason, when he only sees it."""
    row = get_object_or_404(ClassSession.objects.for_user(request.user).select_related(*NAMES), uuid=public_id)
    if not ClassSession.objects.editable_by(request.user).filter(pk=row.pk).exists():
        raise NotAllowed(_("Only admins and the teachers of this batch change its classes."))
    return row


def _shown(
    request: SignedInRequest, form: ClassForm, *, row: ClassSession | None = None, status: int = 200
) -> HttpResponse:
    context = {"form": form, "row": row, "batch": form.batch, "free_times": free_times(form.clashes)}
    return render(request, "batches/class_form.html", context, status=409 if form.clashes else status)
