"""Links with which a guardian reads about a student without an account."""

import uuid

from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models.people import User


class GuardianPass(models.Model):
    """A read-only link for one student's guardian, with a PIN told apart. open → revoked | expired | locked.

    Only the hash of the token and of the PIN are kept.
    """

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
