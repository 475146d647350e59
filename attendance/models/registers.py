"""How classes check in, what one class went by, and periods in which nothing changes any more."""

import secrets
import uuid
from datetime import date, datetime, timedelta
from typing import Self

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import F, Q, Value
from django.db.models.functions import Coalesce
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from batches.models import Batch, ClassSession

OPEN_BEFORE_MIN, LATE_AFTER_MIN = 15, 10
MOST_OPEN_BEFORE_MIN, MOST_MINUTES = 120, 12 * 60
MOST_ACCURACY_M = 150
"""A position that is less certain decides nothing: who is at home could say "somewhere within 5 km of here"."""
PERCENT_WANTED = 75
POSITIONS_KEPT_DAYS = 365
FINAL_AFTER = timedelta(hours=2)
"""So long after check-in closed, and the class was over, the scheduler makes a register final."""


class Mode(models.TextChoices):
    """What a student's own check-in to a class needs."""

    GPS = "gps", _("Position")
    CODE = "code", _("Code on the screen")
    GPS_AND_CODE = "gps+code", _("Position and code")
    GPS_OR_CODE = "gps_or_code", _("Position or code")
    TEACHER = "teacher", _("The teacher takes it")


USES_POSITION = frozenset({Mode.GPS, Mode.GPS_AND_CODE, Mode.GPS_OR_CODE})


def new_nonce() -> bytes:
    """Of which, with the master key ring, the codes of one class are made."""
    return secrets.token_bytes(16)


class CheckInTimes(models.Model):
    """The columns a rule and a register share: the way, and minutes around the class's beginning.

    Check-in opens `open_before_min` before, is late after more than `late_after_min`, and closes `close_after_min`
    after the beginning (null: with the class).
    """

    mode = models.CharField(_("check-in"), max_length=12, choices=Mode.choices, default=Mode.GPS_OR_CODE)
    open_before_min = models.PositiveSmallIntegerField(
        _("opens, minutes before"), default=OPEN_BEFORE_MIN, validators=[MaxValueValidator(MOST_OPEN_BEFORE_MIN)]
    )
    late_after_min = models.PositiveSmallIntegerField(
        _("late after, minutes"), default=LATE_AFTER_MIN, validators=[MaxValueValidator(MOST_MINUTES)]
    )
    close_after_min = models.PositiveSmallIntegerField(
        _("closes after, minutes"),
        null=True,
        blank=True,
        validators=[MaxValueValidator(MOST_MINUTES)],
        help_text=_("Empty: when the class ends."),
    )

    class Meta:
        abstract = True


class CheckInRule(CheckInTimes):
    """How the classes of a batch check in; the row without a batch is the institute's, for all that have none."""

    batch = models.OneToOneField(
        Batch, models.CASCADE, null=True, blank=True, related_name="check_in_rule", verbose_name=_("batch")
    )
    most_accuracy_m = models.PositiveSmallIntegerField(
        _("least certain position that counts, metres"),
        default=MOST_ACCURACY_M,
        validators=[MinValueValidator(20), MaxValueValidator(500)],
    )
    percent_wanted = models.PositiveSmallIntegerField(
        _("attendance wanted, percent"),
        default=PERCENT_WANTED,
        validators=[MinValueValidator(1), MaxValueValidator(100)],
    )
    positions_kept_days = models.PositiveSmallIntegerField(
        _("positions are kept, days"),
        default=POSITIONS_KEPT_DAYS,
        validators=[MinValueValidator(30), MaxValueValidator(3650)],
        help_text=_("Of the institute's row only. The law asks for a year of logs."),
    )
    changed_at = models.DateTimeField(auto_now=True)
    changed_by = models.ForeignKey(User, models.SET_NULL, null=True, blank=True, related_name="+", editable=False)

    class Meta:
        db_table = "check_in_rules"
        verbose_name = _("check-in rule")
        verbose_name_plural = _("check-in rules")
        constraints = [
            # Two rows without a batch would be two rules of the institute; to a plain index no null equals another.
            models.UniqueConstraint(Coalesce(F("batch"), Value(0)), name="check_in_rule_once"),
            models.CheckConstraint(condition=Q(mode__in=Mode.values), name="check_in_rule_mode_known"),
            models.CheckConstraint(
                condition=Q(percent_wanted__gte=1, percent_wanted__lte=100), name="check_in_rule_percent"
            ),
        ]

    def __str__(self) -> str:
        return self.batch.name if self.batch else str(_("The institute"))


class Register(CheckInTimes):
    """The register of one class, by the rule in force when it was first opened. OPEN → FINAL (`finalised_at`)."""

    class_session = models.OneToOneField(
        ClassSession, models.PROTECT, primary_key=True, related_name="register", verbose_name=_("class")
    )
    most_accuracy_m = models.PositiveSmallIntegerField(default=MOST_ACCURACY_M)
    code_nonce = models.BinaryField(default=new_nonce, editable=False)
    headcount = models.PositiveSmallIntegerField(_("heads in the room"), null=True, blank=True)
    headcount_at = models.DateTimeField(null=True, blank=True, editable=False)
    called = models.JSONField(
        default=list,
        blank=True,
        editable=False,
        help_text="Who was called out: a student's uuid and whether he answered.",
    )
    finalised_at = models.DateTimeField(null=True, blank=True, editable=False)
    finalised_by = models.ForeignKey(
        User, models.SET_NULL, null=True, blank=True, related_name="+", editable=False, help_text="Null: the scheduler."
    )
    opened_at = models.DateTimeField(default=timezone.now, editable=False)

    class Meta:
        db_table = "registers"
        verbose_name = _("register")
        verbose_name_plural = _("registers")
        constraints = [models.CheckConstraint(condition=Q(mode__in=Mode.values), name="register_mode_known")]

    def __str__(self) -> str:
        return str(self.class_session)

    @property
    def is_final(self) -> bool:
        return self.finalised_at is not None

    @property
    def opens_at(self) -> datetime:
        return self.class_session.starts_at - timedelta(minutes=self.open_before_min)

    @property
    def late_from(self) -> datetime:
        """Until this instant, included, somebody is on time."""
        return self.class_session.starts_at + timedelta(minutes=self.late_after_min)

    def late_minutes(self, at: datetime) -> int:
        """How late somebody is at this instant: since the class began, a begun minute counting whole; at least one."""
        late = at - self.class_session.starts_at
        return max(1, -(-late // timedelta(minutes=1)))

    @property
    def closes_at(self) -> datetime:
        """The last instant, included, at which check-in is taken."""
        if self.close_after_min is None:
            return self.class_session.ends_at
        return self.class_session.starts_at + timedelta(minutes=self.close_after_min)

    @property
    def final_from(self) -> datetime:
        """From when on the scheduler makes it final."""
        return max(self.closes_at, self.class_session.ends_at) + FINAL_AFTER


class FreezeQuerySet(models.QuerySet["Freeze"]):
    def in_force(self) -> Self:
        return self.filter(lifted_at=None)

    def covering(self, day: date) -> Self:
        """Those in force on a day of the institute."""
        return self.in_force().filter(first_on__lte=day, last_on__gte=day)


class Freeze(models.Model):
    """Days of which no record changes any more, for salaries or the board's report, until an admin lifts it."""

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    first_on = models.DateField(_("first day"))
    last_on = models.DateField(_("last day"))
    reason = models.CharField(_("reason"), max_length=200)
    made_by = models.ForeignKey(User, models.PROTECT, related_name="+", editable=False)
    made_at = models.DateTimeField(default=timezone.now, editable=False)
    lifted_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+", editable=False)
    lifted_at = models.DateTimeField(null=True, blank=True, editable=False)

    objects = FreezeQuerySet.as_manager()

    class Meta:
        db_table = "attendance_freezes"
        ordering = ("-last_on", "-pk")
        verbose_name = _("frozen period")
        verbose_name_plural = _("frozen periods")
        constraints = [
            models.CheckConstraint(
                condition=Q(last_on__gte=F("first_on")),
                name="freeze_days_in_order",
                violation_error_message=_("The last day is before the first."),
            )
        ]

    def __str__(self) -> str:
        return f"{self.first_on} – {self.last_on}"
