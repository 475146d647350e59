"""Drives people lent."""

import uuid
from datetime import timedelta
from typing import Self

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import User

YOUNG = timedelta(days=10)
"""A sign-in that Google ends before this age was hardly ended by its owner: see `DriveAccount.ended_young`."""


class DriveQuerySet(models.QuerySet["DriveAccount"]):
    def for_user(self, user: User) -> Self:
        """Drives this person lent."""
        return self.filter(owner=user)

    def readable(self) -> Self:
        """Drives an object may be fetched from."""
        return self.exclude(state__in=(DriveAccount.State.LOST, DriveAccount.State.NEEDS_REAUTH))

    def placeable(self) -> Self:
        """Drives that take new objects now."""
        return self.filter(state=DriveAccount.State.ACTIVE).exclude(rests_until__gt=timezone.now())

    def with_room(self, size: int) -> Self:
        """Drives into which `size` bytes more may go."""
        return self.filter(used_bytes__lte=F("cap_bytes") - size).filter(
            Q(ceiling_bytes=None) | Q(used_bytes__lte=F("ceiling_bytes") - size)
        )


class DriveAccount(models.Model):
    """A Drive somebody lent. ACTIVE ⇄ FULL | PAUSED | DRAINING | NEEDS_REAUTH | SUSPECT | LOST."""

    class Kind(models.TextChoices):
        LOCAL = "LOCAL", _("Folder on this machine")
        GOOGLE = "GOOGLE", _("Google Drive")

    class State(models.TextChoices):
        ACTIVE = "ACTIVE", _("Healthy")
        FULL = "FULL", _("Full")
        PAUSED = "PAUSED", _("Paused")
        DRAINING = "DRAINING", _("Moving out")
        NEEDS_REAUTH = "NEEDS_REAUTH", _("Sign in again")
        SUSPECT = "SUSPECT", _("Not answering")
        LOST = "LOST", _("Lost")

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    kind = models.CharField(max_length=8, choices=Kind.choices, default=Kind.LOCAL)
    label = models.CharField(max_length=200)
    owner = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="drives")
    owner_key = models.CharField(
        max_length=255, help_text="Who stands behind it; two objects of a stripe never share one."
    )
    location = models.CharField(max_length=1000, blank=True, help_text="A local Drive's folder; a far one's marker.")
    credentials = models.BinaryField(default=b"", blank=True, help_text="A far Drive's sign-in, sealed for this row.")
    state = models.CharField(max_length=16, choices=State.choices, default=State.ACTIVE)
    state_reason = models.CharField(max_length=300, blank=True)
    asked_state = models.CharField(
        max_length=16,
        choices=State.choices,
        default=State.ACTIVE,
        help_text="What a person last asked for: ACTIVE, PAUSED or DRAINING. It comes back to this after an outage.",
    )
    cap_bytes = models.BigIntegerField(help_text="What the owner lent.")
    used_bytes = models.BigIntegerField(default=0, help_text="Reserved and stored by us.")
    ceiling_bytes = models.BigIntegerField(
        null=True, blank=True, help_text="What may lie there before the owner's own room gets short, as last checked."
    )
    rests_until = models.DateTimeField(null=True, blank=True, help_text="It asked to be left alone until then.")
    checked_at = models.DateTimeField(null=True, blank=True)
    leaving_at = models.DateTimeField(null=True, blank=True, help_text="When its owner asked for it back.")
    told_state = models.CharField(
        max_length=16, choices=State.choices, default=State.ACTIVE, help_text="The state its owner last heard of."
    )
    seen_state = models.CharField(
        max_length=16, choices=State.choices, default=State.ACTIVE, help_text="The state when last looked for news."
    )
    seen_at = models.DateTimeField(null=True, blank=True, help_text="The first of these looks that found it so.")
    signed_in_at = models.DateTimeField(null=True, blank=True, help_text="When its owner last gave us a sign-in.")
    created_at = models.DateTimeField(default=timezone.now)

    objects = DriveQuerySet.as_manager()

    class Meta:
        db_table = "drive_accounts"
        ordering = ("label", "pk")
        constraints = [
            models.UniqueConstraint(fields=["kind", "owner_key"], name="drive_owner_once"),
            models.UniqueConstraint("label", name="drive_label_once"),
            models.CheckConstraint(condition=Q(used_bytes__gte=0), name="drive_used_not_negative"),
            models.CheckConstraint(condition=Q(cap_bytes__gte=0), name="drive_cap_not_negative"),
        ]

    def __str__(self) -> str:
        return self.label

    @property
    def free_bytes(self) -> int:
        ceiling = self.cap_bytes if self.ceiling_bytes is None else min(self.cap_bytes, self.ceiling_bytes)
        return max(0, ceiling - self.used_bytes)

    @property
    def is_resting(self) -> bool:
        return self.rests_until is not None and self.rests_until > timezone.now()

    @property
    def ended_young(self) -> bool:
        """Whether Google ended the sign-in within days of it, as it does to a project whose consent is in Testing.

        Those end after seven days; ten leave room for a look that came late.
        """
        if self.state != self.State.NEEDS_REAUTH or self.signed_in_at is None:
            return False
        ended_at = self.seen_at if self.seen_state == self.state and self.seen_at else timezone.now()
        return "invalid_grant" in self.state_reason and ended_at - self.signed_in_at < YOUNG
