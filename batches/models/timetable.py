"""When classes are: weekly slots, and the classes that follow from them or stand alone."""

import uuid
from datetime import datetime, timedelta
from typing import Self

from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from batches.models.batches import Batch, Subject
from batches.models.holidays import Holiday
from batches.models.places import Room

LONGEST_CLASS = timedelta(hours=12)
LASTS_AT_MOST = LONGEST_CLASS + timedelta(hours=1)
"""What is twelve hours by the clock takes one more in the night in which clocks go back."""
OPENS_BEFORE = timedelta(minutes=10)
"""So long before its beginning the link to an online class is shown."""


class Weekday(models.IntegerChoices):
    """As `date.weekday()` counts."""

    MONDAY = 0, _("Monday")
    TUESDAY = 1, _("Tuesday")
    WEDNESDAY = 2, _("Wednesday")
    THURSDAY = 3, _("Thursday")
    FRIDAY = 4, _("Friday")
    SATURDAY = 5, _("Saturday")
    SUNDAY = 6, _("Sunday")


class WeeklySlot(models.Model):
    """Every week on this day, from `starts_on` to `ends_on` (last day), at the institute's clock times.

    `ends_at` not after `starts_at` means the next day. A slot that is changed from some day on ends the day before, and
    another one `continues` it.
    """

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    batch = models.ForeignKey(Batch, models.CASCADE, related_name="slots", verbose_name=_("batch"))
    weekday = models.PositiveSmallIntegerField(_("day"), choices=Weekday.choices)
    starts_at = models.TimeField(_("from"))
    ends_at = models.TimeField(_("to"))
    subject = models.ForeignKey(
        Subject, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("subject")
    )
    teacher = models.ForeignKey(
        User, models.PROTECT, null=True, blank=True, related_name="slots", verbose_name=_("teacher")
    )
    room = models.ForeignKey(Room, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("room"))
    starts_on = models.DateField(_("first day"))
    ends_on = models.DateField(_("last day"))
    continues = models.ForeignKey("self", models.SET_NULL, null=True, blank=True, related_name="continued_by")
    revision = models.PositiveIntegerField(default=1, help_text="Counted up with each change, against lost updates.")

    class Meta:
        db_table = "weekly_slots"
        ordering = ("weekday", "starts_at", "pk")
        verbose_name = _("weekly slot")
        verbose_name_plural = _("weekly slots")
        constraints = [
            models.CheckConstraint(condition=Q(weekday__lte=6), name="slot_weekday"),
            models.CheckConstraint(
                condition=~Q(ends_at=F("starts_at")),
                name="slot_takes_time",
                violation_error_message=_("A class ends after it begins."),
            ),
            models.CheckConstraint(
                condition=Q(ends_on__gte=F("starts_on")),
                name="slot_days_in_order",
                violation_error_message=_("The last day is before the first."),
            ),
        ]

    def __str__(self) -> str:
        return f"{Weekday(self.weekday).label} {self.starts_at:%H:%M}–{self.ends_at:%H:%M}"


class ClassSessionQuerySet(models.QuerySet["ClassSession"]):
    def for_user(self, user: User) -> Self:
        """Classes a person may see: all for an admin, of the batches he teaches or his own for a teacher, and for
        students and guardians those that fall into an enrolment.
        """
        if user.is_admin:
            return self
        every = self.model._default_manager.all()
        of_students = User.objects.filter(Q(pk=user.pk) | Q(guardian_links__guardian=user)).order_by().values("pk")
        learnt = every.filter(
            Q(batch__enrolments__left_at=None) | Q(batch__enrolments__left_at__gt=F("starts_at")),
            batch__enrolments__student__in=of_students,
            batch__enrolments__joined_at__lt=F("ends_at"),
        )
        seen = Q(pk__in=learnt.values("pk"))
        if user.is_teacher:
            seen |= Q(teacher=user) | Q(batch__in=Batch.objects.filter(teachings__teacher=user).values("pk"))
        return self.filter(seen)

    def editable_by(self, user: User) -> Self:
        """What somebody may change: an admin all, a teacher those of the batches he teaches and his own elsewhere."""
        if user.is_admin:
            return self
        taught = Batch.objects.filter(teachings__teacher=user).values("pk")
        return self.filter(Q(batch__in=taught) | Q(teacher=user, cancelled_at=None))

    def held(self) -> Self:
        """Not cancelled."""
        return self.filter(cancelled_at=None)

    def between(self, since: datetime, until: datetime) -> Self:
        """Those that share an instant with [since, until): half-open, so touching ends do not count."""
        return self.filter(starts_at__lt=until, starts_at__gt=since - LASTS_AT_MOST, ends_at__gt=since)

    def taught_by(self, teacher: User) -> Self:
        """His classes and those nobody is named for in the batches he teaches."""
        taught = Batch.objects.filter(teachings__teacher=teacher).values("pk")
        return self.filter(Q(teacher=teacher) | Q(teacher=None, batch__in=taught))


class ClassSession(models.Model):
    """One class: a batch, from `starts_at` until just before `ends_at` (instants). SCHEDULED ⇄ CANCELLED.

    `slot` and `on` (the institute's day the slot meant) are what it follows from; both are null for a single class.
    `own` names the fields that were changed in this class alone and that a change of the slot leaves as they are.
    """

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    batch = models.ForeignKey(Batch, models.PROTECT, related_name="class_sessions", verbose_name=_("batch"))
    slot = models.ForeignKey(WeeklySlot, models.PROTECT, null=True, blank=True, related_name="class_sessions")
    on = models.DateField(null=True, blank=True)
    starts_at = models.DateTimeField(_("from"))
    ends_at = models.DateTimeField(_("to"))
    subject = models.ForeignKey(
        Subject, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("subject")
    )
    teacher = models.ForeignKey(
        User, models.PROTECT, null=True, blank=True, related_name="class_sessions", verbose_name=_("teacher")
    )
    room = models.ForeignKey(
        Room, models.PROTECT, null=True, blank=True, related_name="class_sessions", verbose_name=_("room")
    )
    mode = models.CharField(_("held"), max_length=9, choices=Batch.Mode.choices, default=Batch.Mode.CLASSROOM)
    link = models.URLField(
        _("link to the online class"), max_length=500, blank=True, help_text=_("Empty: the batch's.")
    )
    topic = models.CharField(_("topic"), max_length=120, blank=True)
    own = models.JSONField(default=list, blank=True, editable=False)
    sequence = models.PositiveIntegerField(
        default=0, help_text="Counted up with each change: against lost updates, and iCalendar's SEQUENCE."
    )
    cancelled_at = models.DateTimeField(null=True, blank=True)
    holiday = models.ForeignKey(
        Holiday,
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="class_sessions",
        help_text="For which it was cancelled.",
    )
    reason = models.CharField(_("reason"), max_length=200, blank=True, help_text="Of the last cancellation or move.")
    moved_from = models.DateTimeField(null=True, blank=True, help_text="When it would have begun, if it was moved.")
    changed_by = models.ForeignKey(User, models.SET_NULL, null=True, blank=True, related_name="+", editable=False)
    changed_at = models.DateTimeField(default=timezone.now)
    created_at = models.DateTimeField(default=timezone.now, editable=False)

    objects = ClassSessionQuerySet.as_manager()

    class Meta:
        db_table = "class_sessions"
        ordering = ("starts_at", "pk")
        verbose_name = _("class")
        verbose_name_plural = _("classes")
        indexes = [
            models.Index(fields=["starts_at", "ends_at"], name="class_starts"),
            models.Index(fields=["batch", "starts_at"], name="class_of_batch"),
            models.Index(fields=["teacher", "starts_at"], name="class_of_teacher"),
            models.Index(fields=["room", "starts_at"], name="class_in_room"),
        ]
        constraints = [
            models.UniqueConstraint(fields=["slot", "on"], name="class_once_a_day"),
            models.CheckConstraint(
                condition=Q(ends_at__gt=F("starts_at")),
                name="class_takes_time",
                violation_error_message=_("A class ends after it begins."),
            ),
            models.CheckConstraint(
                condition=Q(slot=None, on=None) | Q(slot__isnull=False, on__isnull=False), name="class_slot_and_day"
            ),
            models.CheckConstraint(condition=Q(mode__in=["CLASSROOM", "ONLINE"]), name="class_mode_known"),
        ]

    def __str__(self) -> str:
        return f"{self.batch} · {timezone.localtime(self.starts_at):%Y-%m-%d %H:%M}"

    @property
    def is_cancelled(self) -> bool:
        return self.cancelled_at is not None

    @property
    def title(self) -> str:
        """What the class is about, as lists call it."""
        return self.topic or (self.subject.name if self.subject else self.batch.name)

    @property
    def online_link(self) -> str:
        """Its own link, or the batch's; "" in the classroom."""
        return (self.link or self.batch.link) if self.mode == Batch.Mode.ONLINE else ""

    def link_is_open(self, now: datetime) -> bool:
        """Whether the link to an online class is shown now: from shortly before it begins until it ends."""
        return bool(self.online_link) and not self.is_cancelled and self.starts_at - OPENS_BEFORE <= now < self.ends_at
