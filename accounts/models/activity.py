"""The activity log: one row for one thing that happened."""

from datetime import timedelta
from typing import Self

from django.core.serializers.json import DjangoJSONEncoder
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models.people import User

ACTIVITY_KEPT = timedelta(days=365)


class ActivityQuerySet(models.QuerySet["Activity"]):
    def about(self, user: User) -> Self:
        """What a person did, or had done to him."""
        return self.filter(Q(actor=user) | Q(subject=user))


class Activity(models.Model):
    """One thing that happened. Append-only: triggers refuse changes, and deletion before its retention ends."""

    at = models.DateTimeField(default=timezone.now, db_index=True)
    actor = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+", db_index=False)
    subject = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+", db_index=False)
    event = models.CharField(max_length=64, help_text="A dotted name: sign_in.succeeded, file.deleted …")
    object_type = models.CharField(max_length=64, blank=True, help_text="The model's label, say dfs.storedfile.")
    object_id = models.CharField(max_length=64, blank=True, help_text="Its uuid where it has one, else its number.")
    ip = models.GenericIPAddressField(null=True, blank=True)
    device = models.CharField(max_length=80, blank=True, help_text="Browser and system, say Chrome, Android.")
    agent_hash = models.CharField(max_length=32, blank=True, help_text="SHA-256 of the User-Agent, 128 bits in hex.")
    request_id = models.CharField(max_length=64, blank=True)
    extra = models.JSONField(default=dict, blank=True, encoder=DjangoJSONEncoder)

    objects = ActivityQuerySet.as_manager()

    class Meta:
        db_table = "activity_log"
        ordering = ("-pk",)
        verbose_name = _("activity")
        verbose_name_plural = _("activities")
        indexes = [
            models.Index(fields=["actor", "-id"], name="activity_actor"),
            models.Index(fields=["subject", "-id"], name="activity_subject"),
            models.Index(fields=["event", "-id"], name="activity_event"),
        ]

    def __str__(self) -> str:
        return f"{self.event} {self.at:%Y-%m-%d %H:%M}"
