"""What people are told, in Django's admin: that it was told and how it was carried, not what it says.

Imported by `accounts.admin`, where Django looks for what to register.
"""

from typing import Any

from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from accounts import deliveries
from accounts.activity import record
from accounts.kinds import label_of
from accounts.models import Delivery, Notification, NotificationChoice, QuietHours
from accounts.records import person_of
from coaching.lib.records import ReadOnlyAdmin


@admin.register(Notification)
class NotificationAdmin(ReadOnlyAdmin):
    """Without the text: that is the recipient's."""

    list_display = ("created_at", "recipient", "what", "about", "read_at")
    list_filter = ("kind", "created_at")
    list_select_related = ("recipient", "about")
    search_fields = ("recipient__name", "recipient__admission_number", "about__name")
    fields = ("created_at", "recipient", "what", "about", "read_at")

    @admin.display(description=_("what"), ordering="kind")
    def what(self, row: Notification) -> str:
        return label_of(row.kind)


@admin.register(Delivery)
class DeliveryAdmin(ReadOnlyAdmin):
    list_display = ("due_at", "recipient", "channel", "state", "is_digest", "tries", "sent_at", "error")
    list_filter = ("state", "channel", "is_digest", "due_at")
    list_select_related = ("notification__recipient",)
    search_fields = ("notification__recipient__name", "notification__recipient__admission_number", "error")
    fields = ("recipient", "channel", "state", "is_digest", "due_at", "tries", "claimed_until", "sent_at", "error")
    actions = ("send_again",)

    @admin.display(description=_("to"), ordering="notification__recipient__name")
    def recipient(self, row: Delivery) -> str:
        return str(row.notification.recipient)

    @admin.action(description=_("Try what failed again"))
    def send_again(self, request: HttpRequest, queryset: QuerySet[Delivery]) -> None:
        count = deliveries.try_again(list(queryset.values_list("pk", flat=True)), now=timezone.now())
        if count:
            record("delivery.retried", actor=person_of(request), request=request, count=count)
        said = ngettext("%(count)d will be tried again.", "%(count)d will be tried again.", count)
        messages.info(request, said % {"count": count})


@admin.register(NotificationChoice)
class NotificationChoiceAdmin(ReadOnlyAdmin):
    list_display: Any = ("user", "what", "channel", "when")
    list_filter = ("kind", "channel", "when")
    list_select_related = ("user",)
    search_fields = ("user__name", "user__admission_number")

    @admin.display(description=_("what"), ordering="kind")
    def what(self, row: NotificationChoice) -> str:
        return label_of(row.kind)


@admin.register(QuietHours)
class QuietHoursAdmin(ReadOnlyAdmin):
    list_display = ("user", "begins", "ends")
    list_filter = ("begins",)
    list_select_related = ("user",)
    search_fields = ("user__name", "user__admission_number")
