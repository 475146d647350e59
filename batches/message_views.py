"""Writing to a batch: a ready text from its page, or words of one's own on a page of theirs."""

import uuid
from uuid import UUID

from django.contrib import messages as toasts
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods

from accounts.access import SignedInRequest, role_required
from accounts.limits import BATCH_MESSAGES, limited, person_of
from accounts.models import Role
from batches import messages
from batches.message_forms import OwnWordsForm, ReadyForm
from batches.messages import Count, Message
from batches.models import Batch
from coaching.lib.errors import NotAllowed


@role_required(Role.ADMIN, Role.TEACHER)
@require_http_methods(["GET", "HEAD", "POST"])
@limited(BATCH_MESSAGES, key=person_of)
def batch_message(request: SignedInRequest, public_id: UUID) -> HttpResponse:
    """Send a message, or write one of one's own."""
    now = timezone.now()
    batch = get_object_or_404(Batch.objects.for_user(request.user, now=now), uuid=public_id)
    if not Batch.objects.editable_by(request.user).filter(pk=batch.pk).exists():
        raise NotAllowed(_("Only admins and the teachers of this batch write to it."))
    form: ReadyForm | OwnWordsForm = OwnWordsForm(request.POST or None, initial={"form": uuid.uuid4()})
    if "say" in request.POST:
        form = ReadyForm(request.POST, texts=messages.ready_texts(batch, now=now))
    if request.method == "POST" and form.is_valid():
        told = messages.send(batch, _message(request, batch, form), actor=request.user, now=now, request=request)
        toasts.success(request, _told(told))
        return redirect("batch", batch.uuid)
    if isinstance(form, ReadyForm):
        toasts.error(request, " ".join(map(str, form.errors.get("say", []))))
        return redirect("batch", batch.uuid)
    context = {"batch": batch, "form": form, "readers": messages.count_readers(batch, now=now)}
    return render(request, "batches/message.html", context)


def _message(request: SignedInRequest, batch: Batch, form: ReadyForm | OwnWordsForm) -> Message:
    given = form.cleaned_data
    how = {"form": given["form"], "with_guardians": given["guardians"]}
    if isinstance(form, ReadyForm):
        return messages.ready_message(batch, form.chosen, **how)
    return messages.own_message(batch, given["text"], author=request.user, **how)


def _told(count: Count) -> str:
    if not count.students and not count.guardians:
        return _("This message was sent already. Nobody is told twice.")
    students = ngettext("%(count)d student was told.", "%(count)d students were told.", count.students)
    said = students % {"count": count.students}
    if not count.guardians:
        return said
    parents = ngettext("%(count)d guardian, too.", "%(count)d guardians, too.", count.guardians)
    return f"{said} {parents % {'count': count.guardians}}"
