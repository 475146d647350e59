"""Who has paid, without amounts: the pages of those who were granted to see it."""

from uuid import UUID

from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from accounts.access import SignedInRequest, signed_in
from accounts.models import User
from coaching.lib.errors import NotAllowed
from fees import fee_status as statuses

PAGE_ROWS = 50


@signed_in
@require_safe
def fee_status(request: SignedInRequest) -> HttpResponse:
    """The batches whose status somebody may see."""
    _require(request.user)
    batches = statuses.batches_of(request.user, now=timezone.now()).order_by("name", "pk")
    page = Paginator(batches, PAGE_ROWS).get_page(request.GET.get("page"))
    return render(request, "fees/own/status.html", {"page": page})


@signed_in
@require_safe
def fee_status_of(request: SignedInRequest, public_id: UUID) -> HttpResponse:
    """The students of one batch with a word each."""
    _require(request.user)
    now = timezone.now()
    batch = get_object_or_404(statuses.batches_of(request.user, now=now), uuid=public_id)
    learn = User.objects.filter(enrolments__in=batch.enrolments.active_at(now)).order_by("name", "pk").distinct()
    page = Paginator(learn, PAGE_ROWS).get_page(request.GET.get("page"))
    said = statuses.words(page, batch, today=timezone.localdate(now))
    rows = [(one, *said.get(one.pk, ("", ""))) for one in page]
    return render(request, "fees/own/status_of.html", {"batch": batch, "page": page, "rows": rows})


def _require(person: User) -> None:
    """Raises: NotAllowed."""
    if not statuses.may_read(person):
        raise NotAllowed(_("To see who has paid you need a right. An admin can give it to you."))
