"""What people are told: the bell, the ways it is carried further, and what each person wants."""

import uuid
from typing import Self

from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models.people import User


class NotificationQuerySet(models.QuerySet["Notification"]):
    def for_user(self, user: User) -> Self:
        """One's own, also an admin's."""
        return self.filter(recipient=user)

    def unread(self) -> Self:
        return self.filter(read_at=None)


class Notification(models.Model):
    """Something one person was told, once for each event. unread → read."""

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    recipient = models.ForeignKey(User, models.CASCADE, related_name="notifications")
    event_key = models.CharField(max_length=120, help_text="Names the event; the same event is told a person once.")
    kind = models.CharField(max_length=40, help_text="A kind declared in accounts.notifications.")
    title = models.CharField(max_length=200)
    body = models.TextField(max_length=2000, blank=True)
    url = models.CharField(max_length=500, blank=True, help_text="A path of this site.")
    about = models.ForeignKey(User, models.CASCADE, null=True, blank=True, related_name="+")
    created_at = models.DateTimeField(default=timezone.now)
    read_at = models.DateTimeField(null=True, blank=True)

    objects = NotificationQuerySet.as_manager()

    class Meta:
        db_table = "notifications"
        ordering = ("-created_at", "-pk")
        verbose_name = _("notification")
        verbose_name_plural = _("notifications")
        indexes = [
            models.Index(fields=["recipient", "-created_at"], name="notification_bell"),
            models.Index(fields=["recipient"], name="notification_unread", condition=Q(read_at=None)),
            models.Index(fields=["created_at"], name="notification_age"),
        ]
        constraints = [
            models.UniqueConstraint(fields=["recipient", "event_key"], name="notification_once_per_event"),
            models.CheckConstraint(
                condition=Q(url="") | (Q(url__startswith="/") & ~Q(url__startswith="//")),
                name="notification_url_is_ours",
            ),
        ]

    def __str__(self) -> str:
        return self.title


class Delivery(models.Model):
    """A notification on its way by one channel. PENDING → SENT | FAILED | SKIPPED; PENDING also waits for a retry."""

    class Channel(models.TextChoices):
        EMAIL = "EMAIL", _("E-mail")
        SMS = "SMS", _("SMS")
        WHATSAPP = "WHATSAPP", _("WhatsApp")
        PUSH = "PUSH", _("Push")

    class State(models.TextChoices):
        PENDING = "PENDING", _("Waiting")
        SENT = "SENT", _("Sent")
        FAILED = "FAILED", _("Failed")
        SKIPPED = "SKIPPED", _("Not sent")

    notification = models.ForeignKey(Notification, models.CASCADE, related_name="deliveries")
    channel = models.CharField(max_length=8, choices=Channel.choices)
    state = models.CharField(max_length=8, choices=State.choices, default=State.PENDING)
    is_digest = models.BooleanField(default=False)
    due_at = models.DateTimeField(default=timezone.now)
    tries = models.PositiveSmallIntegerField(default=0)
    claimed_until = models.DateTimeField(null=True, blank=True)
    sent_at = models.DateTimeField(null=True, blank=True)
    error = models.CharField(max_length=200, blank=True)

    class Meta:
        db_table = "notification_deliveries"
        ordering = ("due_at", "pk")
        verbose_name = _("delivery")
        verbose_name_plural = _("deliveries")
        indexes = [
            models.Index(fields=["due_at"], name="delivery_due", condition=Q(state="PENDING")),
            models.Index(fields=["due_at"], name="delivery_failed", condition=Q(state="FAILED")),
        ]
        constraints = [
            models.UniqueConstraint(fields=["notification", "channel"], name="delivery_once_per_channel"),
            models.CheckConstraint(
                condition=Q(state__in=["PENDING", "SENT", "FAILED", "SKIPPED"]), name="delivery_state_known"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.channel} {self.state}"


class NotificationChoice(models.Model):
    """How a person wants one kind by one channel; without a row the kind's own default holds.

    NEVER at the bell: it stands in the list as read, so that nothing counts it.
    """

    class Channel(models.TextChoices):
        BELL = "BELL", _("Bell")
        EMAIL = Delivery.Channel.EMAIL.value, Delivery.Channel.EMAIL.label
        SMS = Delivery.Channel.SMS.value, Delivery.Channel.SMS.label
        WHATSAPP = Delivery.Channel.WHATSAPP.value, Delivery.Channel.WHATSAPP.label
        PUSH = Delivery.Channel.PUSH.value, Delivery.Channel.PUSH.label

    class When(models.TextChoices):
        AT_ONCE = "AT_ONCE", _("At once")
        DIGEST = "DIGEST", _("Once a day")
        NEVER = "NEVER", _("Never")

    user = models.ForeignKey(User, models.CASCADE, related_name="notification_choices")
    kind = models.CharField(max_length=40)
    channel = models.CharField(max_length=8, choices=Channel.choices)
    when = models.CharField(max_length=8, choices=When.choices)

    class Meta:
        db_table = "notification_choices"
        constraints = [
            models.UniqueConstraint(fields=["user", "kind", "channel"], name="notification_choice_once"),
            models.CheckConstraint(
                condition=Q(when__in=["AT_ONCE", "DIGEST", "NEVER"]), name="notification_choice_known"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.channel} {self.when}"


class QuietHours(models.Model):
    """When a person is told nothing aloud; what comes meanwhile waits, but what cannot wait."""

    user = models.OneToOneField(User, models.CASCADE, primary_key=True, related_name="quiet_hours")
    begins = models.TimeField(_("quiet from"))
    ends = models.TimeField(_("to"))

    class Meta:
        db_table = "quiet_hours"
        constraints = [models.CheckConstraint(condition=~Q(begins=F("ends")), name="quiet_hours_have_a_length")]

    def __str__(self) -> str:
        return f"{self.begins:%H:%M}–{self.ends:%H:%M}"
