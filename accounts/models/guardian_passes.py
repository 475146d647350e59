"""Links with which a guardian reads about a student without an account."""

import uuid
from datetime import datetime
from typing import Self

from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models.people import User

WRONG_PINS_AT_MOST = 5


class GuardianPassQuerySet(models.QuerySet["GuardianPass"]):
    def open_at(self, now: datetime) -> Self:
        """Those whose PIN is still looked at."""
        return self.filter(revoked_at=None, expires_at__gt=now, wrong_pins__lt=WRONG_PINS_AT_MOST)


class GuardianPass(models.Model):
    """A read-only link for one student's guardian, with a PIN told apart. open → revoked | expired | locked.

    Only the hash of the token and of the PIN are kept. Expired and locked ones open again when they are extended.
    """

    class State(models.TextChoices):
        OPEN = "OPEN", _("Open")
        EXPIRED = "EXPIRED", _("Expired")
        LOCKED = "LOCKED", _("Locked")
        REVOKED = "REVOKED", _("Taken back")

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    student = models.ForeignKey(User, models.CASCADE, related_name="guardian_passes")
    label = models.CharField(_("for whom"), max_length=80)
    token_hash = models.CharField(max_length=64, unique=True)
    pin_hash = models.CharField(max_length=200)
    wrong_pins = models.PositiveSmallIntegerField(default=0)
    created_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    created_at = models.DateTimeField(default=timezone.now)
    expires_at = models.DateTimeField()
    revoked_at = models.DateTimeField(null=True, blank=True)
    last_used_at = models.DateTimeField(null=True, blank=True)

    objects = GuardianPassQuerySet.as_manager()

    class Meta:
        db_table = "guardian_passes"
        ordering = ("-created_at", "-pk")
        verbose_name = _("guardian link")
        verbose_name_plural = _("guardian links")
        constraints = [
            models.CheckConstraint(condition=Q(expires_at__gt=F("created_at")), name="guardian_pass_expires_later")
        ]

    def __str__(self) -> str:
        return self.label

    def state(self, now: datetime) -> State:
        """What became of it; who took it back did so for good, whatever else is true."""
        if self.revoked_at is not None:
            return self.State.REVOKED
        if self.expires_at <= now:
            return self.State.EXPIRED
        return self.State.LOCKED if self.wrong_pins >= WRONG_PINS_AT_MOST else self.State.OPEN
