"""The timetable of a batch: its weekly slots with what is done to them, and its classes."""

from datetime import date
from uuid import UUID

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from accounts.access import SignedInRequest, role_required, signed_in
from accounts.models import Role
from batches import timetable
from batches.class_lines import in_its_batch, with_names
from batches.models import Batch, ClassSession, WeeklySlot
from batches.slot_changes import change_slot
from batches.timetable import Outcome, SlotChangedMeanwhile
from batches.timetable_forms import EndForm, SlotForm, free_times
from coaching.lib.errors import DomainError

PAGE_ROWS = 25
POSTS = ["GET", "HEAD", "POST"]


@signed_in
@require_safe
def timetable_page(request: SignedInRequest, public_id: UUID) -> HttpResponse:
    """Weekly slots that are not over, and the coming or past classes this person may see."""
    person, now = request.user, timezone.now()
    batch = get_object_or_404(Batch.objects.for_user(person, now=now), uuid=public_id)
    is_past = request.GET.get("show") == "past"
    rows = with_names(ClassSession.objects.for_user(person).filter(batch=batch))
    found = rows.filter(ends_at__lte=now).reverse() if is_past else rows.filter(ends_at__gt=now)
    page = Paginator(found, PAGE_ROWS).get_page(request.GET.get("page"))
    slots = batch.slots.filter(ends_on__gte=timezone.localdate(now)).select_related("subject", "teacher", "room")
    context = {
        "batch": batch,
        "slots": slots,
        "page": page,
        "lines": [in_its_batch(row, now=now) for row in page],
        "is_past": is_past,
        "may_add": not batch.archived_at and Batch.objects.editable_by(person).filter(pk=batch.pk).exists(),
        "may_plan": not batch.archived_at and person.is_admin,
    }
    return render(request, "batches/timetable.html", context)


@role_required(Role.ADMIN)
@require_http_methods(POSTS)
def slot_create(request: SignedInRequest, public_id: UUID) -> HttpResponse:
    """Another weekly slot with all its classes."""
    batch = get_object_or_404(Batch, uuid=public_id)
    form = SlotForm(request.POST if request.method == "POST" else None, batch=batch)
    if request.method == "POST" and form.is_valid():
        given = {"slot_uuid": form.cleaned_data["form_uuid"], "despite": form.despite()}
        try:
            outcome = timetable.make_slot(
                batch, to=form.details(), actor=request.user, now=timezone.now(), request=request, **given
            )
        except DomainError as error:
            form.refuse(error)
        else:
            _say(request, outcome)
            return redirect("timetable", batch.uuid)
    return _shown(request, form)


@role_required(Role.ADMIN)
@require_http_methods(POSTS)
def slot_change(request: SignedInRequest, public_id: UUID) -> HttpResponse:
    """This class and those that follow, or all coming ones."""
    slot = get_object_or_404(WeeklySlot.objects.select_related("batch"), uuid=public_id)
    posted, status = request.POST if request.method == "POST" else None, 200
    form = SlotForm(posted, batch=slot.batch, row=slot, from_day=_day(request.GET.get("from")))
    if request.method == "POST" and form.is_valid():
        given = {"from_day": form.from_which_day(), "revision": form.cleaned_data["version"], "despite": form.despite()}
        try:
            outcome = change_slot(
                slot, to=form.details(), actor=request.user, now=timezone.now(), request=request, **given
            )
        except SlotChangedMeanwhile as error:
            form.again(error.seen.revision)
            form.refuse(error)
            slot, status = error.seen, error.status
        except DomainError as error:
            form.refuse(error)
        else:
            _say(request, outcome)
            return redirect("timetable", slot.batch.uuid)
    return _shown(request, form, slot=slot, status=status)


@role_required(Role.ADMIN)
@require_http_methods(POSTS)
def slot_end(request: SignedInRequest, public_id: UUID) -> HttpResponse:
    """No more classes of this slot from a day on."""
    slot = get_object_or_404(WeeklySlot.objects.select_related("batch", "subject", "teacher"), uuid=public_id)
    initial = {"from_day": _day(request.GET.get("from")) or timezone.localdate(), "version": slot.revision}
    form = EndForm(request.POST if request.method == "POST" else None, initial=initial)
    if request.method == "POST" and form.is_valid():
        given = {"from_day": form.cleaned_data["from_day"], "revision": form.cleaned_data["version"]}
        try:
            outcome = timetable.end_slot(slot, actor=request.user, now=timezone.now(), request=request, **given)
        except DomainError as error:
            form.again(getattr(error, "seen", slot).revision)
            form.add_error(None, error.message)
        else:
            _say(request, outcome)
            return redirect("timetable", slot.batch.uuid)
    return render(request, "batches/slot_end.html", {"form": form, "slot": slot, "batch": slot.batch})


def _shown(
    request: SignedInRequest, form: SlotForm, *, slot: WeeklySlot | None = None, status: int = 200
) -> HttpResponse:
    context = {"form": form, "slot": slot, "batch": form.batch, "free_times": free_times(form.clashes)}
    return render(request, "batches/slot_form.html", context, status=409 if form.clashes else status)


def _day(words: str | None) -> date | None:
    try:
        return date.fromisoformat(words or "")
    except ValueError:
        return None


def _say(request: SignedInRequest, outcome: Outcome) -> None:
    """What a change came to, in numbers that are not 0."""
    said = [
        (outcome.made, _("classes made: %(count)d")),
        (outcome.changed, _("changed: %(count)d")),
        (outcome.gone, _("taken away: %(count)d")),
        (outcome.kept, _("with something of their own, which they keep: %(count)d")),
    ]
    words = ", ".join(text % {"count": count} for count, text in said if count)
    saved = _("Saved.")
    messages.success(request, f"{saved} {words}" if words else _("Nothing was changed."))
