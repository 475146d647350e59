"""Who was there, and every change of that."""

import uuid
from typing import Self

from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from batches.models import Batch, ClassSession


class Status(models.TextChoices):
    """As a register says it; the letters stand in grids and files."""

    PRESENT = "P", _("Present")
    LATE = "L", _("Late")
    ABSENT = "A", _("Absent")
    EXCUSED = "E", _("On leave")
    WAITING = "W", _("To confirm")
    UNMARKED = "U", _("Not marked")


THERE = frozenset({Status.PRESENT, Status.LATE})
"""Somebody late was there."""
COUNTED = frozenset({Status.PRESENT, Status.LATE, Status.ABSENT})
"""What a percentage is of: leave neither helps nor harms, and what nobody decided does not count yet."""
SAID = frozenset({*COUNTED, Status.EXCUSED})
"""A final word."""


class Source(models.TextChoices):
    """By what a record came to say what it says."""

    POSITION = "POSITION", _("Position")
    CODE = "CODE", _("Code")
    TEACHER = "TEACHER", _("Teacher")
    OFFICE = "OFFICE", _("Office")
    LEAVE = "LEAVE", _("Leave")
    CLOSING = "CLOSING", _("Closing of the register")
    REQUEST = "REQUEST", _("Request for a correction")

    @classmethod
    def of(cls, person: User) -> "Source":
        """By whose word: the office's of an admin, else a teacher's."""
        return cls.OFFICE if person.is_admin else cls.TEACHER


BY_CHECK_IN = frozenset({Source.POSITION, Source.CODE})
AUTOMATIC = frozenset({*BY_CHECK_IN, Source.LEAVE, Source.CLOSING})


class RecordQuerySet(models.QuerySet["Record"]):
    def for_user(self, user: User) -> Self:
        """An admin all, a teacher those of classes he sees as their teacher, others their own and their children's."""
        if user.is_admin:
            return self
        mine = Q(
            student__in=User.objects.filter(Q(pk=user.pk) | Q(guardian_links__guardian=user)).order_by().values("pk")
        )
        if user.is_teacher:
            taught = Batch.objects.filter(teachings__teacher=user).values("pk")
            mine |= Q(class_session__in=ClassSession.objects.filter(Q(batch__in=taught) | Q(teacher=user)).values("pk"))
        return self.filter(mine)

    def counted(self) -> Self:
        """Of classes that were held, those a percentage is made of."""
        return self.filter(status__in=COUNTED, class_session__cancelled_at=None)


class Record(models.Model):
    """What the register of a class says of one student. UNMARKED | WAITING → PRESENT | LATE | ABSENT | EXCUSED."""

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    class_session = models.ForeignKey(ClassSession, models.PROTECT, related_name="records", verbose_name=_("class"))
    student = models.ForeignKey(User, models.PROTECT, related_name="attendance", verbose_name=_("student"))
    status = models.CharField(_("status"), max_length=1, choices=Status.choices, default=Status.UNMARKED)
    late_min = models.PositiveSmallIntegerField(_("late by, minutes"), null=True, blank=True)
    remark = models.CharField(_("remark"), max_length=200, blank=True)
    source = models.CharField(_("by"), max_length=8, choices=Source.choices, default=Source.TEACHER)
    attempt = models.ForeignKey(
        "attendance.CheckInAttempt",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        help_text="The check-in it rests on.",
    )
    version = models.PositiveIntegerField(default=0, help_text="Counted up with each change, against lost updates.")
    marked_by = models.ForeignKey(User, models.SET_NULL, null=True, blank=True, related_name="+", editable=False)
    marked_at = models.DateTimeField(default=timezone.now)

    objects = RecordQuerySet.as_manager()

    class Meta:
        db_table = "attendance"
        ordering = ("class_session", "student")
        verbose_name = _("attendance record")
        verbose_name_plural = _("attendance records")
        indexes = [models.Index(fields=["student", "class_session"], name="attendance_of_student")]
        constraints = [
            models.UniqueConstraint(fields=["class_session", "student"], name="attendance_once_a_class"),
            models.CheckConstraint(condition=Q(status__in=Status.values), name="attendance_status_known"),
            models.CheckConstraint(condition=Q(source__in=Source.values), name="attendance_source_known"),
            models.CheckConstraint(
                condition=Q(late_min=None) | Q(status=Status.LATE), name="attendance_late_has_minutes"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.student} · {self.class_session} · {self.get_status_display()}"


class RecordChange(models.Model):
    """One change of a record: what it said before and after, by whom and why. Append-only."""

    record = models.ForeignKey(Record, models.PROTECT, related_name="changes")
    version = models.PositiveIntegerField()
    was = models.CharField(max_length=1, choices=Status.choices)
    status = models.CharField(max_length=1, choices=Status.choices)
    late_min = models.PositiveSmallIntegerField(null=True)
    source = models.CharField(max_length=8, choices=Source.choices)
    reason = models.CharField(max_length=200, blank=True)
    is_correction = models.BooleanField(default=False, help_text="Made after the register was final.")
    by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+", help_text="Null: nobody, as at closing.")
    at = models.DateTimeField(default=timezone.now)

    class Meta:
        db_table = "attendance_changes"
        ordering = ("record", "version")
        verbose_name = _("change of attendance")
        verbose_name_plural = _("changes of attendance")
        constraints = [
            models.UniqueConstraint(fields=["record", "version"], name="attendance_change_once"),
            models.CheckConstraint(
                condition=Q(is_correction=False) | ~Q(reason=""), name="attendance_correction_has_reason"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.record_id} · {self.was} → {self.status}"
