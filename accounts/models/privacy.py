"""What a person, or a minor's guardian, agreed to, and who asked to be forgotten."""

import uuid

from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models.people import User


class Consent(models.Model):
    """One yes to one purpose under one version of the notice. given → withdrawn, never changed otherwise."""

    class Purpose(models.TextChoices):
        LOCATION = "LOCATION", _("Position at check-in")
        PHOTO = "PHOTO", _("Photo")
        RESULTS = "RESULTS", _("Name on leaderboards")

    class Method(models.TextChoices):
        SELF = "SELF", _("By the person, signed in")
        GUARDIAN = "GUARDIAN", _("By the guardian, signed in")
        PAPER = "PAPER", _("On paper, entered by the office")

    subject = models.ForeignKey(User, models.PROTECT, related_name="consents")
    given_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    purpose = models.CharField(_("purpose"), max_length=12, choices=Purpose.choices)
    notice_version = models.PositiveIntegerField(_("version of the notice"))
    method = models.CharField(_("how"), max_length=8, choices=Method.choices)
    evidence = models.CharField(_("evidence"), max_length=200, blank=True)
    given_at = models.DateTimeField(default=timezone.now)
    withdrawn_at = models.DateTimeField(null=True, blank=True)
    withdrawn_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")

    class Meta:
        db_table = "consents"
        ordering = ("-given_at", "-pk")
        verbose_name = _("consent")
        verbose_name_plural = _("consents")
        constraints = [
            models.UniqueConstraint(
                fields=["subject", "purpose"], condition=Q(withdrawn_at=None), name="consent_in_force_once"
            ),
            models.CheckConstraint(condition=Q(purpose__in=["LOCATION", "PHOTO", "RESULTS"]), name="consent_purpose"),
            models.CheckConstraint(
                condition=Q(withdrawn_at=None) | Q(withdrawn_at__gte=F("given_at")),
                name="consent_withdrawn_after_given",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.subject}: {self.purpose}"

    @property
    def is_objection(self) -> bool:
        """A no to what nobody had to agree to; it ended with its beginning."""
        return self.withdrawn_at == self.given_at


class ErasureRequest(models.Model):
    """Somebody asks to be forgotten. WAITING → HELD | DONE | REFUSED; HELD names what must be kept and until when."""

    class State(models.TextChoices):
        WAITING = "WAITING", _("Waiting for a decision")
        HELD = "HELD", _("Held")
        DONE = "DONE", _("Done")
        REFUSED = "REFUSED", _("Refused")

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    subject = models.ForeignKey(User, models.PROTECT, related_name="erasure_requests")
    asked_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    asked_at = models.DateTimeField(default=timezone.now)
    state = models.CharField(max_length=8, choices=State.choices, default=State.WAITING)
    reason = models.CharField(max_length=400, blank=True, help_text="What holds it, or why it was refused.")
    decided_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")
    decided_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        db_table = "erasure_requests"
        ordering = ("-asked_at", "-pk")
        verbose_name = _("erasure request")
        verbose_name_plural = _("erasure requests")
        constraints = [
            models.UniqueConstraint(
                fields=["subject"], condition=Q(state__in=["WAITING", "HELD"]), name="erasure_request_open_once"
            ),
            models.CheckConstraint(
                condition=Q(state__in=["WAITING", "HELD", "DONE", "REFUSED"]), name="erasure_request_state_known"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.subject}: {self.state}"
