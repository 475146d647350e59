"""Invitations: the only way in for somebody who has no password yet."""

import hashlib
import uuid
from datetime import datetime, timedelta
from typing import Any, Self

from django.db import models
from django.db.models import Q
from django.db.models.functions import Lower
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models.people import Grant, Role, User

INVITATION_LIVES = timedelta(days=7)


def hash_token(token: str) -> str:
    """What is kept of a token: SHA-256 in hex. It is random, so no salt and no slow hash are needed."""
    return hashlib.sha256(token.encode()).hexdigest()


class InvitationQuerySet(models.QuerySet["Invitation"]):
    def open_at(self, now: datetime) -> Self:
        """Those that still let somebody in."""
        return self.filter(used_at=None, revoked_at=None, expires_at__gt=now)

    def in_state(self, state: str, *, now: datetime) -> Self:
        """Those in one `Invitation.State`; all of them for anything else."""
        if state == Invitation.State.OPEN:
            return self.open_at(now)
        if state == Invitation.State.USED:
            return self.exclude(used_at=None)
        if state == Invitation.State.REVOKED:
            return self.filter(used_at=None).exclude(revoked_at=None)
        if state == Invitation.State.EXPIRED:
            return self.filter(used_at=None, revoked_at=None, expires_at__lte=now)
        return self

    def search(self, words: str) -> Self:
        """Invitations whose name, e-mail address or admission number contains every word."""
        found = self
        for word in words.split():
            found = found.filter(
                Q(name__icontains=word) | Q(email__icontains=word) | Q(admission_number__icontains=word)
            )
        return found


class Invitation(models.Model):
    """One person's way in, bound to his identity and role. open → used | revoked | expired.

    Only the hash of the token is kept: whoever reads the table cannot use it. Sending again makes another token.
    """

    class State(models.TextChoices):
        OPEN = "OPEN", _("Open")
        USED = "USED", _("Used")
        REVOKED = "REVOKED", _("Taken back")
        EXPIRED = "EXPIRED", _("Expired")

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    email = models.EmailField(_("e-mail address"), null=True, blank=True)  # noqa: DJ001 - null is outside the unique constraint
    admission_number = models.CharField(_("admission number"), max_length=40, null=True, blank=True)  # noqa: DJ001
    name = models.CharField(_("name"), max_length=200, blank=True)
    role = models.CharField(_("role"), max_length=8, choices=Role.choices)
    person = models.ForeignKey(
        User, models.PROTECT, null=True, blank=True, related_name="invitations", help_text="When he is entered already."
    )
    grants = models.CharField(max_length=60, blank=True, help_text="Of staff: kinds of Grant, separated by commas.")
    students = models.ManyToManyField(User, blank=True, related_name="+", help_text="Whose guardian the person is.")
    token_hash = models.CharField(max_length=64, unique=True)
    mail_due_at = models.DateTimeField(
        null=True, blank=True, db_index=True, help_text="From when on a worker is to make a new token and mail it."
    )
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
            models.CheckConstraint(condition=Q(grants="") | Q(role=Role.STAFF), name="invitation_grants_are_for_staff"),
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

    @property
    def grant_kinds(self) -> list[Grant.Kind]:
        return [Grant.Kind(kind) for kind in self.grants.split(",") if kind]

    def state(self, now: datetime) -> State:
        if self.used_at is not None:
            return self.State.USED
        if self.revoked_at is not None:
            return self.State.REVOKED
        return self.State.OPEN if now < self.expires_at else self.State.EXPIRED

    def is_open(self, now: datetime) -> bool:
        return self.state(now) == self.State.OPEN
