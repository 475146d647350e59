"""A person's news: the bell, the list, what he chooses to be told; and for admins the log of what went to whom.

Reading is a POST: a browser that fetches links ahead must not make anything look read.
"""

from uuid import UUID

from django.contrib import messages
from django.core.exceptions import BadRequest
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts import deliveries, notifications
from accounts.access import SignedInRequest, role_required, signed_in
from accounts.activity import record
from accounts.kinds import label_of
from accounts.models import Delivery, Notification, Role
from accounts.notification_forms import ChoicesForm, DeliveryFilter

PAGE_ROWS = 25
LOG_ROWS = 50
RETRIED_AT_MOST = 1000
TONES = {"PENDING": "run", "SENT": "ok", "FAILED": "bad", "SKIPPED": "off"}


@signed_in
@require_safe
def notification_list(request: SignedInRequest) -> HttpResponse:
    """What I was told, newest first; `?show=unread` only what I have not read."""
    mine = Notification.objects.for_user(request.user)
    is_unread = request.GET.get("show") == "unread"
    page = Paginator(mine.unread() if is_unread else mine, PAGE_ROWS).get_page(request.GET.get("page"))
    rows = [(row, label_of(row.kind)) for row in page]
    has_unread = any(row.read_at is None for row in page) or mine.unread().exists()
    words = {"page": page, "rows": rows, "is_unread": is_unread, "has_unread": has_unread}
    return render(request, "accounts/notification_list.html", words)


@signed_in
@require_safe
def notification_bell(request: SignedInRequest) -> HttpResponse:
    """The count at the bell, which every open page asks for once a minute."""
    return render(request, "accounts/_bell.html", {"unread": notifications.unread(request.user)})


@signed_in
@require_POST
def notification_open(request: SignedInRequest, public_id: UUID) -> HttpResponse:
    """Note that I read it, and go where it leads; what leads nowhere stays in the list."""
    row = get_object_or_404(Notification.objects.for_user(request.user), uuid=public_id)
    notifications.mark_read(Notification.objects.filter(pk=row.pk), now=timezone.now())
    return redirect(row.url or "notification_list")


@signed_in
@require_POST
def notification_read_all(request: SignedInRequest) -> HttpResponse:
    """I know all of it."""
    mine = Notification.objects.for_user(request.user)
    count = notifications.mark_read(mine, now=timezone.now())
    said = ngettext("%(count)d marked as read.", "%(count)d marked as read.", count) % {"count": count}
    messages.success(request, said if count else _("There was nothing unread."))
    return redirect("notification_list")


@signed_in
@require_http_methods(["GET", "HEAD", "POST"])
def notification_choices(request: SignedInRequest) -> HttpResponse:
    """What I want to be told by which way, and when I want my peace."""
    form = ChoicesForm(request.POST or None, person=request.user)
    if request.method == "POST" and form.is_valid():
        form.save()
        messages.success(request, _("Kept."))
        return redirect("notification_choices")
    return render(request, "accounts/notification_choices.html", {"form": form})


@role_required(Role.ADMIN)
@require_safe
def delivery_list(request: HttpRequest) -> HttpResponse:
    """What went to whom by which way, what did not and why. The news themselves are the person's own."""
    form = DeliveryFilter(request.GET)
    rows = form.rows()
    page = Paginator(rows, LOG_ROWS).get_page(request.GET.get("page"))
    lines = [
        (row, TONES[row.state], label_of(row.notification.kind), deliveries.reason_text(row.error)) for row in page
    ]
    failed = 0 if form.errors else rows.filter(state=Delivery.State.FAILED)[:RETRIED_AT_MOST].count()
    return render(
        request, "accounts/delivery_list.html", {"form": form, "page": page, "lines": lines, "failed": failed}
    )


@role_required(Role.ADMIN)
@require_POST
def delivery_retry(request: SignedInRequest) -> HttpResponse:
    """Try what failed once more: all that fits the filter, up to RETRIED_AT_MOST; nothing for a filter of no sense."""
    form = DeliveryFilter(request.POST)
    if not form.is_valid():
        raise BadRequest("no such filter")
    rows = form.rows().filter(state=Delivery.State.FAILED)
    pks = list(rows.values_list("pk", flat=True)[:RETRIED_AT_MOST])
    count = deliveries.try_again(pks, now=timezone.now())
    if count:
        record("delivery.retried", actor=request.user, request=request, count=count)
    said = ngettext("%(count)d will be tried again.", "%(count)d will be tried again.", count) % {"count": count}
    messages.success(request, said if count else _("Nothing of this failed."))
    return redirect("delivery_list")
