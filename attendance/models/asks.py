"""What students and their guardians ask: that a record be corrected, or leave."""

import uuid
from typing import Self

from django.db import models
from django.db.models import Exists, F, OuterRef, Q
from django.db.models.functions import Now
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from accounts.models import User
from attendance.models.records import Record, Status
from batches.models import Enrolment


class AskState(models.TextChoices):
    ASKED = "ASKED", _("Waits")
    GRANTED = "GRANTED", _("Granted")
    REFUSED = "REFUSED", _("Refused")
    WITHDRAWN = "WITHDRAWN", pgettext_lazy("state", "Withdrawn")


class Ask(models.Model):
    """What both have in common. ASKED → GRANTED | REFUSED | WITHDRAWN."""

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    reason = models.CharField(_("reason"), max_length=500)
    state = models.CharField(max_length=9, choices=AskState.choices, default=AskState.ASKED)
    asked_by = models.ForeignKey(User, models.PROTECT, related_name="+", editable=False)
    asked_at = models.DateTimeField(default=timezone.now, editable=False)
    answer = models.CharField(_("answer"), max_length=500, blank=True)
    decided_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+", editable=False)
    decided_at = models.DateTimeField(null=True, blank=True, editable=False)

    class Meta:
        abstract = True


class LeaveQuerySet(models.QuerySet["Leave"]):
    def granted(self) -> Self:
        return self.filter(state=AskState.GRANTED)

    def for_user(self, user: User) -> Self:
        """A student's own, a guardian's children's; an admin all, a teacher those of the students in his batches."""
        if user.is_admin:
            return self
        return self.filter(_concerning(user))


class Leave(Ask):
    """A student will not come from `first_on` to `last_on` (both included): granted, his classes then are excused."""

    student = models.ForeignKey(User, models.PROTECT, related_name="leaves", verbose_name=_("student"))
    first_on = models.DateField(_("first day"))
    last_on = models.DateField(_("last day"))

    objects = LeaveQuerySet.as_manager()

    class Meta:
        db_table = "leaves"
        ordering = ("-first_on", "-pk")
        verbose_name = _("leave")
        verbose_name_plural = _("leaves")
        indexes = [models.Index(fields=["student", "first_on"], name="leave_of_student")]
        constraints = [
            models.CheckConstraint(
                condition=Q(last_on__gte=F("first_on")),
                name="leave_days_in_order",
                violation_error_message=_("The last day is before the first."),
            ),
            models.UniqueConstraint(
                fields=["student", "first_on", "last_on"],
                condition=Q(state__in=["ASKED", "GRANTED"]),
                name="leave_asked_once",
                violation_error_message=_("This leave was asked for already."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.student} · {self.first_on} – {self.last_on}"


class CorrectionRequestQuerySet(models.QuerySet["CorrectionRequest"]):
    def for_user(self, user: User) -> Self:
        """Those about records this person may see."""
        return self.filter(record__in=Record.objects.for_user(user).order_by().values("pk"))


class CorrectionRequest(Ask):
    """A student says a record is wrong and which status is right; one waits at a time."""

    record = models.ForeignKey(Record, models.PROTECT, related_name="requests", verbose_name=_("record"))
    wanted = models.CharField(
        _("should say"),
        max_length=1,
        choices=[(one.value, one.label) for one in (Status.PRESENT, Status.LATE, Status.EXCUSED)],
    )

    objects = CorrectionRequestQuerySet.as_manager()

    class Meta:
        db_table = "attendance_requests"
        ordering = ("-asked_at", "-pk")
        verbose_name = _("request for a correction")
        verbose_name_plural = _("requests for corrections")
        constraints = [
            models.UniqueConstraint(
                fields=["record"],
                condition=Q(state="ASKED"),
                name="correction_asked_once",
                violation_error_message=_("A request about this class waits already."),
            ),
            models.CheckConstraint(condition=Q(wanted__in=["P", "L", "E"]), name="correction_wanted_known"),
        ]

    def __str__(self) -> str:
        return f"{self.record} → {self.wanted}"


def _concerning(user: User) -> Q:
    """Own, children's, and of a teacher whoever is in a batch he teaches, or was on those days.

    Reasons are often illness: who taught a student once reads nothing of what comes after.
    """
    concerned = Q(
        student__in=User.objects.filter(Q(pk=user.pk) | Q(guardian_links__guardian=user)).order_by().values("pk")
    )
    if user.is_teacher:
        stays = Enrolment.objects.filter(batch__teachings__teacher=user, student=OuterRef("student"))
        lasts = Q(left_at=None) | Q(left_at__gt=Now()) | Q(left_at__date__gte=OuterRef("first_on"))
        concerned |= Q(Exists(stays.filter(lasts)))
    return concerned
