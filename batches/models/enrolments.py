"""Who belongs to a batch from when to when, who asks to, and the ways in."""

import uuid
from datetime import datetime
from typing import Self

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import F, OuterRef, Q
from django.db.models.functions import Upper
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from accounts.models import Invitation, User
from batches.models.batches import SUBSTITUTE_SEES, Batch


class EnrolmentQuerySet(models.QuerySet["Enrolment"]):
    def active_at(self, now: datetime) -> Self:
        """In force at that instant: `joined_at` counts, `left_at` does not."""
        return self.filter(Q(left_at=None) | Q(left_at__gt=now), joined_at__lte=now)

    def not_over(self, now: datetime) -> Self:
        """In force now or later: what takes a seat."""
        return self.filter(Q(left_at=None) | Q(left_at__gt=now))

    def on_roll(self, *, starts_at: datetime | OuterRef, ends_at: datetime | OuterRef) -> Self:
        """In force at some instant of a class; in a subquery, of the class outside."""
        return self.filter(Q(left_at=None) | Q(left_at__gt=starts_at), joined_at__lt=ends_at)

    def for_user(self, user: User, *, now: datetime | None = None) -> Self:
        """Those of the batches an admin or teacher teaches; a student's own and a guardian's children's."""
        if user.is_admin:
            return self
        of_students = User.objects.filter(Q(pk=user.pk) | Q(guardian_links__guardian=user)).order_by().values("pk")
        mine = Q(student__in=of_students)
        if user.is_teacher:
            now = now or timezone.now()
            taught = Batch.objects.filter(teachings__teacher=user)
            stood_in = Batch.objects.filter(
                class_sessions__teacher=user,
                class_sessions__cancelled_at=None,
                class_sessions__ends_at__gt=now - SUBSTITUTE_SEES,
            )
            mine |= Q(batch__in=taught.values("pk")) | Q(batch__in=stood_in.values("pk"))
        return self.filter(mine)


class Enrolment(models.Model):
    """A student belongs to a batch from `joined_at` until just before `left_at` (null: until further notice)."""

    class Source(models.TextChoices):
        OFFICE = "OFFICE", _("By the office")
        FILE = "FILE", _("From a file")
        CODE = "CODE", _("With a join code")
        OFFER = "OFFER", _("From the waiting list")
        INVITATION = "INVITATION", _("By invitation")
        TRANSFER = "TRANSFER", _("From another batch")

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    batch = models.ForeignKey(Batch, models.PROTECT, related_name="enrolments", verbose_name=_("batch"))
    student = models.ForeignKey(User, models.PROTECT, related_name="enrolments", verbose_name=_("student"))
    joined_at = models.DateTimeField(_("from"), default=timezone.now)
    left_at = models.DateTimeField(_("until"), null=True, blank=True)
    source = models.CharField(_("how"), max_length=10, choices=Source.choices, default=Source.OFFICE)
    came_from = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="went_to", verbose_name=_("came from")
    )
    leaving_reason = models.CharField(_("why left"), max_length=200, blank=True)
    created_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+", editable=False)
    created_at = models.DateTimeField(default=timezone.now, editable=False)

    objects = EnrolmentQuerySet.as_manager()

    class Meta:
        db_table = "batch_students"
        ordering = ("student__name", "pk")
        verbose_name = _("enrolment")
        verbose_name_plural = _("enrolments")
        indexes = [
            models.Index(fields=["student", "joined_at"], name="enrolment_of_student"),
            models.Index(fields=["batch", "joined_at"], name="enrolment_of_batch"),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["batch", "student"],
                condition=Q(left_at=None),
                name="enrolment_once_while_active",
                violation_error_message=_("This student is in the batch already."),
            ),
            models.CheckConstraint(
                condition=Q(left_at=None) | Q(left_at__gte=F("joined_at")),
                name="enrolment_ends_after_it_begins",
                violation_error_message=_("The last day is before the first."),
            ),
            models.CheckConstraint(
                condition=Q(source__in=["OFFICE", "FILE", "CODE", "OFFER", "INVITATION", "TRANSFER"]),
                name="enrolment_source_known",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.student} · {self.batch}"

    def is_active(self, now: datetime) -> bool:
        return self.joined_at <= now and (self.left_at is None or self.left_at > now)


class JoinCodeQuerySet(models.QuerySet["JoinCode"]):
    def usable(self, now: datetime) -> Self:
        """Neither taken back nor expired nor used up."""
        return self.filter(revoked_at=None, expires_at__gt=now, uses__lt=F("most_uses"))


class JoinCode(models.Model):
    """Eight signs with which students ask to join, or join at once, until the day, the cap or a teacher ends it."""

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    batch = models.ForeignKey(Batch, models.CASCADE, related_name="join_codes")
    code = models.CharField(max_length=8, unique=True, help_text="In capitals, of signs that are not mistaken.")
    most_uses = models.PositiveSmallIntegerField(
        _("how many may use it"), default=40, validators=[MinValueValidator(1), MaxValueValidator(1000)]
    )
    uses = models.PositiveSmallIntegerField(default=0)
    expires_at = models.DateTimeField(_("works until"))
    needs_approval = models.BooleanField(_("a teacher approves each student"), default=True)
    created_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    created_at = models.DateTimeField(default=timezone.now)
    revoked_at = models.DateTimeField(null=True, blank=True)

    objects = JoinCodeQuerySet.as_manager()

    class Meta:
        db_table = "join_codes"
        ordering = ("-created_at", "-pk")
        verbose_name = _("join code")
        verbose_name_plural = _("join codes")
        constraints = [
            models.CheckConstraint(condition=Q(uses__lte=F("most_uses")), name="join_code_cap"),
            models.CheckConstraint(condition=Q(code=Upper("code")), name="join_code_capitals"),
        ]

    def __str__(self) -> str:
        """Without the code: lists of records show this."""
        return f"{self.batch} · {self.created_at:%Y-%m-%d}"


class JoinRequestQuerySet(models.QuerySet["JoinRequest"]):
    def for_user(self, user: User) -> Self:
        """A student's own and a guardian's children's."""
        of_students = User.objects.filter(Q(pk=user.pk) | Q(guardian_links__guardian=user)).order_by().values("pk")
        return self.filter(student__in=of_students)

    def decided_by_user(self, user: User) -> Self:
        """Those about which an admin, or a teacher of the batch, decides."""
        return self.filter(batch__in=Batch.objects.editable_by(user).order_by().values("pk"))

    def open(self) -> Self:
        """Those something can still come of."""
        return self.filter(state__in=JoinRequest.OPEN)

    def holding_seats(self) -> Self:
        """Offers: a seat is kept for each."""
        return self.filter(state=JoinRequest.State.OFFERED)


class JoinRequest(models.Model):
    """A student would join a batch.

    ASKED → WAITING → OFFERED → ENROLLED; REFUSED by a teacher, WITHDRAWN by the student, LAPSED with its offer.
    """

    class State(models.TextChoices):
        ASKED = "ASKED", _("Waits for approval")
        WAITING = "WAITING", _("On the waiting list")
        OFFERED = "OFFERED", _("Has an offer")
        ENROLLED = "ENROLLED", _("Joined")
        REFUSED = "REFUSED", _("Refused")
        WITHDRAWN = "WITHDRAWN", pgettext_lazy("state", "Withdrawn")
        LAPSED = "LAPSED", _("Offer ran out")

    OPEN = (State.ASKED, State.WAITING, State.OFFERED)

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    batch = models.ForeignKey(Batch, models.CASCADE, related_name="join_requests")
    student = models.ForeignKey(User, models.CASCADE, related_name="join_requests")
    code = models.ForeignKey(JoinCode, models.SET_NULL, null=True, blank=True, related_name="requests")
    state = models.CharField(max_length=9, choices=State.choices, default=State.ASKED)
    asked_at = models.DateTimeField(default=timezone.now, help_text="Who asked first stands first.")
    offer_ends_at = models.DateTimeField(null=True, blank=True)
    decided_at = models.DateTimeField(null=True, blank=True)
    decided_by = models.ForeignKey(User, models.SET_NULL, null=True, blank=True, related_name="+")
    reason = models.CharField(_("reason"), max_length=200, blank=True)

    objects = JoinRequestQuerySet.as_manager()

    class Meta:
        db_table = "join_requests"
        ordering = ("asked_at", "pk")
        verbose_name = _("request to join")
        verbose_name_plural = _("requests to join")
        indexes = [models.Index(fields=["state", "offer_ends_at"], name="join_request_offers")]
        constraints = [
            models.UniqueConstraint(
                fields=["batch", "student"],
                condition=Q(state__in=["ASKED", "WAITING", "OFFERED"]),
                name="join_request_once_while_open",
            ),
            models.CheckConstraint(
                condition=Q(state__in=["ASKED", "WAITING", "OFFERED", "ENROLLED", "REFUSED", "WITHDRAWN", "LAPSED"]),
                name="join_request_state_known",
            ),
            models.CheckConstraint(
                condition=~Q(state="OFFERED") | Q(offer_ends_at__isnull=False), name="join_request_offer_ends"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.student} · {self.batch}"


class BatchInvitation(models.Model):
    """Whoever accepts the invitation is enrolled in the batch in the same transaction."""

    batch = models.ForeignKey(Batch, models.CASCADE, related_name="invitations")
    invitation = models.OneToOneField(Invitation, models.CASCADE, related_name="for_batch")

    class Meta:
        db_table = "batch_invitations"
        ordering = ("-invitation__created_at", "-pk")
        verbose_name = _("invitation to a batch")
        verbose_name_plural = _("invitations to batches")

    def __str__(self) -> str:
        return f"{self.invitation} · {self.batch}"
