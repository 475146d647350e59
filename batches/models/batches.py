"""Batches, the subjects taught in them and who teaches."""

import uuid
from datetime import date, datetime, timedelta
from typing import Self

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Exists, F, OuterRef, Q
from django.db.models.functions import Lower
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from batches.models.places import Venue

LONGEST = timedelta(days=3 * 366)
SUBSTITUTE_SEES = timedelta(days=14)
"""So long after his last class in it a teacher who is not of the batch still sees it."""


class Subject(models.Model):
    """What is taught, as the institute calls it."""

    name = models.CharField(_("name"), max_length=60)

    class Meta:
        db_table = "subjects"
        ordering = ("name", "pk")
        verbose_name = _("subject")
        verbose_name_plural = _("subjects")
        constraints = [
            models.UniqueConstraint(
                Lower("name"), name="subject_name_once", violation_error_message=_("There is such a subject already.")
            )
        ]

    def __str__(self) -> str:
        return self.name


class BatchQuerySet(models.QuerySet["Batch"]):
    def for_user(self, user: User, *, now: datetime | None = None) -> Self:
        """An admin sees all, teachers theirs and those they stand in for, students and guardians those of now."""
        if user.is_admin:
            return self
        now = now or timezone.now()
        every = self.model._default_manager.all()
        of_students = User.objects.filter(Q(pk=user.pk) | Q(guardian_links__guardian=user)).order_by().values("pk")
        learns = every.filter(
            Q(enrolments__left_at=None) | Q(enrolments__left_at__gt=now),
            enrolments__student__in=of_students,
            enrolments__joined_at__lte=now,
        )
        stands_in = every.filter(
            class_sessions__teacher=user,
            class_sessions__cancelled_at=None,
            class_sessions__ends_at__gt=now - SUBSTITUTE_SEES,
        )
        taught = every.filter(teachings__teacher=user)
        return self.filter(
            Q(pk__in=taught.values("pk")) | Q(pk__in=learns.values("pk")) | Q(pk__in=stands_in.values("pk"))
        )

    def editable_by(self, user: User) -> Self:
        """What somebody may change about: an admin all, a teacher the batches he teaches."""
        if user.is_admin:
            return self
        return self.filter(Exists(Teaching.objects.filter(batch=OuterRef("pk"), teacher=user)))

    def current(self) -> Self:
        """Not archived."""
        return self.filter(archived_at=None)

    def running_on(self, day: date) -> Self:
        """Between their first and last day."""
        return self.current().filter(starts_on__lte=day, ends_on__gte=day)

    def search(self, words: str) -> Self:
        """Those whose name, subjects or teachers contain every word."""
        found = self
        for word in words.split():
            subject = Exists(Subject.objects.filter(batches=OuterRef("pk"), name__icontains=word))
            teacher = Exists(Teaching.objects.filter(batch=OuterRef("pk"), teacher__name__icontains=word))
            found = found.filter(Q(name__icontains=word) | subject | teacher)
        return found


class Batch(models.Model):
    """A group of students taught together from `starts_on` to `ends_on` (last day). current ⇄ archived."""

    class Mode(models.TextChoices):
        CLASSROOM = "CLASSROOM", _("In the classroom")
        ONLINE = "ONLINE", _("Online")

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    name = models.CharField(_("name"), max_length=120)
    subjects = models.ManyToManyField(Subject, blank=True, related_name="batches", verbose_name=_("subjects"))
    mode = models.CharField(_("classes are held"), max_length=9, choices=Mode.choices, default=Mode.CLASSROOM)
    venue = models.ForeignKey(
        Venue, models.PROTECT, null=True, blank=True, related_name="batches", verbose_name=_("venue")
    )
    link = models.URLField(
        _("link to the online class"), max_length=500, blank=True, help_text=_("Shown to students near the time only.")
    )
    seats = models.PositiveSmallIntegerField(
        _("seats"),
        null=True,
        blank=True,
        validators=[MinValueValidator(1), MaxValueValidator(10_000)],
        help_text=_("Empty: as many as come."),
    )
    starts_on = models.DateField(_("first day"))
    ends_on = models.DateField(_("last day"))
    revision = models.PositiveIntegerField(default=1, help_text="Counted up with each change, against lost updates.")
    archived_at = models.DateTimeField(null=True, blank=True)
    created_at = models.DateTimeField(default=timezone.now, editable=False)

    objects = BatchQuerySet.as_manager()

    class Meta:
        db_table = "batches"
        ordering = ("name", "pk")
        verbose_name = _("batch")
        verbose_name_plural = _("batches")
        constraints = [
            models.UniqueConstraint(
                Lower("name"),
                condition=Q(archived_at=None),
                name="batch_name_once",
                violation_error_message=_("There is a batch of this name already."),
            ),
            models.CheckConstraint(
                condition=Q(ends_on__gte=F("starts_on")),
                name="batch_days_in_order",
                violation_error_message=_("The last day is before the first."),
            ),
            models.CheckConstraint(
                condition=Q(mode__in=["CLASSROOM", "ONLINE"]),
                name="batch_mode_known",
                violation_error_message=_("Choose how classes are held."),
            ),
            models.CheckConstraint(
                condition=Q(seats=None) | Q(seats__gte=1),
                name="batch_seats",
                violation_error_message=_("A batch has at least one seat."),
            ),
        ]

    def __str__(self) -> str:
        return self.name


class Teaching(models.Model):
    """Somebody teaches a batch, in one subject or (null) in whatever there is."""

    batch = models.ForeignKey(Batch, models.CASCADE, related_name="teachings", verbose_name=_("batch"))
    teacher = models.ForeignKey(User, models.PROTECT, related_name="teachings", verbose_name=_("teacher"))
    subject = models.ForeignKey(
        Subject, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("subject")
    )

    class Meta:
        db_table = "batch_teachers"
        ordering = ("teacher__name", "pk")
        verbose_name = _("teacher of a batch")
        verbose_name_plural = _("teachers of batches")
        constraints = [
            models.UniqueConstraint(
                fields=["batch", "teacher", "subject"], name="teaching_once", condition=Q(subject__isnull=False)
            ),
            models.UniqueConstraint(
                fields=["batch", "teacher"], name="teaching_of_all_once", condition=Q(subject__isnull=True)
            ),
        ]

    def __str__(self) -> str:
        return f"{self.teacher} · {self.subject}" if self.subject else str(self.teacher)
