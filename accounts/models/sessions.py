"""On how many devices a role may be signed in, and the slot that each signed-in browser holds."""

import uuid
from datetime import datetime, timedelta
from typing import Any, Self

from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models.people import Role, User


class SessionPolicy(models.Model):
    """What a role may have: so many devices, what happens at the limit, and how long a session lives.

    A row exists once an admin has changed the role's policy; until then `SessionPolicy.of` gives the product's own.
    """

    class OnLimit(models.TextChoices):
        REPLACE = "REPLACE", _("End the oldest session")
        REFUSE = "REFUSE", _("Refuse the new sign-in")
        ASK = "ASK", _("Ask which session to end")

    role = models.CharField(_("role"), max_length=8, choices=Role.choices, primary_key=True)
    max_sessions = models.PositiveSmallIntegerField(_("devices at once"), default=1)
    on_limit = models.CharField(_("at the limit"), max_length=8, choices=OnLimit.choices, default=OnLimit.REPLACE)
    idle_minutes = models.PositiveIntegerField(_("minutes without use until it ends"), default=720)
    absolute_hours = models.PositiveIntegerField(_("hours until it ends in any case"), default=336)

    class Meta:
        db_table = "session_policies"
        ordering = ("role",)
        verbose_name = _("session policy")
        verbose_name_plural = _("session policies")
        constraints = [
            models.CheckConstraint(
                condition=Q(max_sessions__gte=1, max_sessions__lte=20),
                name="session_policy_max_sessions",
                violation_error_message=_("Between 1 and 20 devices."),
            ),
            models.CheckConstraint(
                condition=Q(idle_minutes__gte=5, absolute_hours__gte=1, absolute_hours__lte=24 * 90),
                name="session_policy_lifetimes",
                violation_error_message=_("At least 5 minutes without use, and between 1 hour and 90 days in all."),
            ),
            models.CheckConstraint(
                condition=Q(on_limit__in=["REPLACE", "REFUSE", "ASK"]), name="session_policy_on_limit_known"
            ),
        ]

    def __str__(self) -> str:
        return str(Role(self.role).label)

    @classmethod
    def of(cls, role: str) -> "SessionPolicy":
        """The policy in force for a role: the kept row, else the product's own, unsaved."""
        return cls.objects.filter(pk=role).first() or cls(role=role, **_OURS[Role(role)])

    @property
    def idle(self) -> timedelta:
        return timedelta(minutes=self.idle_minutes)

    @property
    def absolute(self) -> timedelta:
        return timedelta(hours=self.absolute_hours)


_OURS: dict[Role, dict[str, Any]] = {
    Role.ADMIN: {"max_sessions": 3, "idle_minutes": 60, "absolute_hours": 12},
    Role.TEACHER: {"max_sessions": 3, "idle_minutes": 8 * 60, "absolute_hours": 7 * 24},
    Role.STAFF: {"max_sessions": 2, "idle_minutes": 8 * 60, "absolute_hours": 24},
    Role.STUDENT: {"max_sessions": 1, "idle_minutes": 12 * 60, "absolute_hours": 14 * 24},
    Role.GUARDIAN: {"max_sessions": 2, "idle_minutes": 12 * 60, "absolute_hours": 14 * 24},
}


class SessionSlotQuerySet(models.QuerySet["SessionSlot"]):
    def live(self, now: datetime) -> Self:
        """Slots that let somebody in at `now`."""
        return self.filter(ended_at=None, expires_at__gt=now, idle_until__gt=now)

    def run_out(self, now: datetime) -> Self:
        """Slots that time has ended and nobody has yet, each with its person."""
        rows = self.filter(Q(expires_at__lte=now) | Q(idle_until__lte=now), ended_at=None)
        return rows.select_related("user")

    def of(self, user: User) -> Self:
        return self.filter(user=user)


class SessionSlot(models.Model):
    """A browser in which somebody is signed in. live → ended (with the reason), never back.

    The session's key is kept as a hash only, like in the session table itself, so a dump lets nobody in.
    """

    class EndReason(models.TextChoices):
        LOGOUT = "LOGOUT", _("Signed out")
        REPLACED = "REPLACED", _("Signed in on another device")
        USER_ENDED = "USER_ENDED", _("Ended by you")
        ADMIN_ENDED = "ADMIN_ENDED", _("Ended by an admin")
        PASSWORD = "PASSWORD", _("The password was changed")
        MFA_CHANGE = "MFA_CHANGE", _("The second step was changed")
        ROLE_CHANGE = "ROLE_CHANGE", _("The role was changed")
        DEACTIVATED = "DEACTIVATED", _("The account was deactivated")
        IDLE = "IDLE", _("Not used for too long")
        ABSOLUTE = "ABSOLUTE", _("Signed in for too long")
        POLICY = "POLICY", _("Fewer devices are allowed now")

    class Method(models.TextChoices):
        PASSWORD = "PASSWORD", _("Password")
        GOOGLE = "GOOGLE", _("Google")
        PASSKEY = "PASSKEY", _("Passkey")
        CODE = "CODE", _("Opened by a program")

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    user = models.ForeignKey(User, models.CASCADE, related_name="session_slots")
    key_hash = models.CharField(max_length=40, unique=True)
    method = models.CharField(max_length=8, choices=Method.choices, default=Method.CODE)
    must_enrol = models.BooleanField(default=False, help_text="Confined to setting up the second step.")
    device_id = models.UUIDField(null=True, blank=True, help_text="The browser's own cookie; the same at each sign-in.")
    device = models.CharField(max_length=80, blank=True, help_text="Browser and system, say Chrome, Android.")
    ip = models.GenericIPAddressField(null=True, blank=True)
    created_at = models.DateTimeField(default=timezone.now)
    last_seen_at = models.DateTimeField(default=timezone.now)
    idle_until = models.DateTimeField()
    expires_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True, blank=True)
    end_reason = models.CharField(max_length=12, choices=EndReason.choices, blank=True)
    replaced_by = models.ForeignKey("self", models.SET_NULL, null=True, blank=True, related_name="+")

    objects = SessionSlotQuerySet.as_manager()

    class Meta:
        db_table = "session_slots"
        ordering = ("created_at", "pk")
        verbose_name = _("session")
        verbose_name_plural = _("sessions")
        indexes = [
            # An admin's first screen counts who came today and who is here: these two hold all it looks at.
            models.Index(
                fields=["user", "created_at", "last_seen_at"], name="session_slot_live", condition=Q(ended_at=None)
            ),
            models.Index(fields=["user", "created_at"], name="session_slot_of_user"),
            models.Index(fields=["user", "-last_seen_at"], name="session_slot_last_seen"),
            models.Index(fields=["created_at"], name="session_slot_opened"),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(ended_at=None, end_reason="") | (Q(ended_at__isnull=False) & ~Q(end_reason="")),
                name="session_slot_ended_for_a_reason",
            ),
            models.CheckConstraint(condition=Q(expires_at__gt=F("created_at")), name="session_slot_expires_later"),
        ]

    def __str__(self) -> str:
        return f"{self.device or '?'} {self.created_at:%Y-%m-%d %H:%M}"

    @property
    def icon(self) -> str:
        """What stands before it in a list."""
        return "smartphone" if any(one in self.device for one in ("Android", "iPhone", "iPad")) else "laptop"

    def is_live(self, now: datetime) -> bool:
        return self.ended_at is None and now < self.expires_at and now < self.idle_until
