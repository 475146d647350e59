"""What phones sent, what was decided of it, and what a person should look at."""

import uuid

from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from attendance.models.registers import Register
from batches.models import Venue


class Decision(models.TextChoices):
    """What the position says; NONE: there was none, or it was not looked at."""

    INSIDE = "INSIDE", _("There")
    OUTSIDE = "OUTSIDE", _("Elsewhere")
    UNCERTAIN = "UNCERTAIN", _("Uncertain")
    LOW_ACCURACY = "LOW_ACCURACY", _("Not accurate enough")
    STALE = "STALE", _("Too old")
    NONE = "NONE", _("No position")


class CheckInAttempt(models.Model):
    """One check-in as the server took it. Append-only; `client_uuid` makes sending it again harmless.

    `status` is what became of the student's record by it ("" : nothing), `reasons` the codes of what was said to him.
    """

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    register = models.ForeignKey(Register, models.PROTECT, related_name="attempts")
    student = models.ForeignKey(User, models.PROTECT, related_name="check_ins")
    client_uuid = models.UUIDField()
    received_at = models.DateTimeField(default=timezone.now)
    fix_age_ms = models.PositiveBigIntegerField(null=True)
    accuracy_m = models.FloatField(null=True)
    distance_m = models.FloatField(null=True, help_text="To the middle of the nearest venue that counts.")
    venue = models.ForeignKey(Venue, models.PROTECT, null=True, related_name="+")
    decision = models.CharField(max_length=12, choices=Decision.choices, default=Decision.NONE)
    code_ok = models.BooleanField(null=True, help_text="Null: no code was sent.")
    code_age_s = models.PositiveIntegerField(null=True, help_text="Since the code it used first stood on the screen.")
    status = models.CharField(max_length=1, blank=True)
    reasons = models.JSONField(default=list)
    is_offline = models.BooleanField(default=False, help_text="Kept on the phone while it had no connection.")
    device_hash = models.CharField(max_length=32, blank=True)
    agent = models.CharField(max_length=80, blank=True, help_text="Browser and system in words.")
    network = models.CharField(
        max_length=16, blank=True, help_text="A keyed hash of the network it came from, to compare within one class."
    )

    class Meta:
        db_table = "check_in_attempts"
        ordering = ("received_at", "pk")
        verbose_name = _("check-in")
        verbose_name_plural = _("check-ins")
        indexes = [
            models.Index(fields=["register", "student", "received_at"], name="check_in_of_class"),
            models.Index(fields=["student", "received_at"], name="check_in_of_student"),
        ]
        constraints = [
            models.UniqueConstraint(fields=["student", "client_uuid"], name="check_in_once"),
            models.CheckConstraint(condition=Q(decision__in=Decision.values), name="check_in_decision_known"),
        ]

    def __str__(self) -> str:
        return f"{self.student} · {self.register} · {self.decision}"


class CheckInPosition(models.Model):
    """Where a check-in was sent from, in degrees (WGS 84). Only admins see it; it is deleted when its time is over."""

    attempt = models.OneToOneField(CheckInAttempt, models.PROTECT, primary_key=True, related_name="position")
    latitude = models.FloatField()
    longitude = models.FloatField()
    ip = models.GenericIPAddressField(null=True)
    taken_at = models.DateTimeField(default=timezone.now, db_index=True)

    class Meta:
        db_table = "check_in_positions"
        verbose_name = _("position of a check-in")
        verbose_name_plural = _("positions of check-ins")

    def __str__(self) -> str:
        return str(self.attempt)


class Flag(models.Model):
    """Something about a check-in for a person to look at; it decides nothing. OPEN → REVIEWED (`reviewed_at`)."""

    class Kind(models.TextChoices):
        SAME_DEVICE = "SAME_DEVICE", _("One device for two students")
        SAME_POSITION = "SAME_POSITION", _("The same coordinates as somebody else")
        REPEATED_POSITION = "REPEATED_POSITION", _("The same coordinates on three days")
        TOO_EXACT = "TOO_EXACT", _("More exact than a phone is")
        TOO_FAST = "TOO_FAST", _("Faster than anybody travels")
        DESKTOP = "DESKTOP", _("A computer as exact as a phone")
        OUTSIDE = "OUTSIDE", _("Checked in from elsewhere")
        LATE_CODE = "LATE_CODE", _("A code from elsewhere, after it was gone")
        OFFLINE = "OFFLINE", _("Sent afterwards")

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    attempt = models.ForeignKey(CheckInAttempt, models.PROTECT, related_name="flags")
    kind = models.CharField(max_length=17, choices=Kind.choices)
    other = models.ForeignKey(
        CheckInAttempt, models.PROTECT, null=True, related_name="+", help_text="The other check-in it is about."
    )
    figures = models.JSONField(default=dict, help_text="What the sentence about it says: metres, km/h, seconds.")
    made_at = models.DateTimeField(default=timezone.now)
    reviewed_by = models.ForeignKey(User, models.SET_NULL, null=True, related_name="+")
    reviewed_at = models.DateTimeField(null=True)
    note = models.CharField(_("note"), max_length=200, blank=True)

    class Meta:
        db_table = "attendance_flags"
        ordering = ("-made_at", "-pk")
        verbose_name = _("flag")
        verbose_name_plural = _("flags")
        constraints = [
            models.UniqueConstraint(fields=["attempt", "kind"], name="flag_once"),
            models.CheckConstraint(
                condition=Q(
                    kind__in=[
                        "SAME_DEVICE",
                        "SAME_POSITION",
                        "REPEATED_POSITION",
                        "TOO_EXACT",
                        "TOO_FAST",
                        "DESKTOP",
                        "OUTSIDE",
                        "LATE_CODE",
                        "OFFLINE",
                    ]
                ),
                name="flag_kind_known",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.attempt} · {self.get_kind_display()}"
