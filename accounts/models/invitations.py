"""Invitations: the only way in for somebody who has no password yet."""

import uuid
from datetime import datetime, timedelta
from typing import Any, Self

from django.db import models
from django.db.models import Q
from django.db.models.functions import Lower
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models.people import Role, User

INVITATION_LIVES = timedelta(days=7)


class InvitationQuerySet(models.QuerySet["Invitation"]):
    def open_at(self, now: datetime) -> Self:
        """Those that still let somebody in."""
        return self.filter(used_at=None, revoked_at=None, expires_at__gt=now)


class Invitation(models.Model):
    """One person's way in, bound to his identity and role. open → used | revoked | expired.

    Only the hash of the token is kept: whoever reads the table cannot use it. Sending again makes another token.
    """

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    email = models.EmailField(_("e-mail address"), null=True, blank=True)  # noqa: DJ001 - null is outside the unique constraint
    admission_number = models.CharField(_("admission number"), max_length=40, null=True, blank=True)  # noqa: DJ001
    name = models.CharField(_("name"), max_length=200, blank=True)
    role = models.CharField(_("role"), max_length=8, choices=Role.choices)
    person = models.ForeignKey(
        User, models.PROTECT, null=True, blank=True, related_name="invitations", help_text="When he is entered already."
    )
    token_hash = models.CharField(max_length=64, unique=True)
    created_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")
    created_at = models.DateTimeField(default=timezone.now)
    sent_at = models.DateTimeField(default=timezone.now)
    expires_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True, blank=True)
    used_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")
    revoked_at = models.DateTimeField(null=True, blank=True)

    objects = InvitationQuerySet.as_manager()

    class Meta:
        db_table = "invitations"
        ordering = ("-created_at", "-pk")
        verbose_name = _("invitation")
        verbose_name_plural = _("invitations")
        constraints = [
            models.UniqueConstraint(
                Lower("email"), condition=Q(used_at=None, revoked_at=None), name="invitation_open_once_per_email"
            ),
            models.UniqueConstraint(
                Lower("admission_number"),
                condition=Q(used_at=None, revoked_at=None),
                name="invitation_open_once_per_number",
            ),
            models.CheckConstraint(
                condition=Q(email__isnull=False) | Q(role=Role.STUDENT, admission_number__isnull=False),
                name="invitation_is_for_somebody",
                violation_error_message=_("Give an e-mail address; a student may have an admission number instead."),
            ),
            models.CheckConstraint(
                condition=~Q(email="") & ~Q(admission_number="") & ~Q(admission_number__contains="@"),
                name="invitation_identity_well_formed",
                violation_error_message=_("An admission number has no @ in it."),
            ),
            models.CheckConstraint(condition=Q(role__in=Role.values), name="invitation_role_known"),
            models.CheckConstraint(
                condition=Q(used_at=None, used_by=None) | Q(used_at__isnull=False, used_by__isnull=False),
                name="invitation_used_by_somebody",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.identifier} ({Role(self.role).label})"

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Nothing typed means null, so that the unique constraints do not count it."""
        self.email = (self.email or "").strip().lower() or None
        self.admission_number = (self.admission_number or "").strip() or None
        super().save(*args, **kwargs)

    @property
    def identifier(self) -> str:
        return self.email or self.admission_number or ""

    def is_open(self, now: datetime) -> bool:
        return self.used_at is None and self.revoked_at is None and now < self.expires_at
