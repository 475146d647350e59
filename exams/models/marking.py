"""What people say of answers: marks with comments, what they are given for, marks of tests on paper, mended keys."""

import uuid

from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from exams.models.attempts import Attempt
from exams.models.papers import ExamQuestion, Section

MARKED_AGAIN = _("Marked by people again")


class ManualMark(models.Model):
    """Marks somebody gave an answer; of one answer the highest `number` counts. Append-only."""

    attempt = models.ForeignKey(Attempt, models.PROTECT, related_name="manual_marks")
    question = models.ForeignKey(ExamQuestion, models.PROTECT, related_name="manual_marks")
    number = models.PositiveSmallIntegerField()
    marks = models.DecimalField(_("marks"), max_digits=6, decimal_places=2)
    comment = models.TextField(_("comment"), max_length=2000, blank=True)
    rubric = models.JSONField(default=dict, help_text="Marks as text by the ids of the rubric's lines.")
    by = models.ForeignKey(User, models.PROTECT, related_name="+")
    at = models.DateTimeField(default=timezone.now)

    class Meta:
        db_table = "exam_marks"
        ordering = ("attempt", "question", "number")
        verbose_name = _("marks by hand")
        verbose_name_plural = _("marks by hand")
        constraints = [
            models.UniqueConstraint(fields=["attempt", "question", "number"], name="manual_mark_number_once")
        ]

    def __str__(self) -> str:
        return f"{self.attempt_id} · {self.question_id} · {self.marks}"


class Rubric(models.Model):
    """What the marks of a question are given for: `lines` are [{"id": "a", "text": "…", "most": "2"}]."""

    question = models.OneToOneField(ExamQuestion, models.CASCADE, related_name="rubric")
    lines = models.JSONField(default=list)
    revision = models.PositiveIntegerField(default=1)
    changed_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    changed_at = models.DateTimeField(default=timezone.now)

    class Meta:
        db_table = "exam_rubrics"
        verbose_name = _("rubric")
        verbose_name_plural = _("rubrics")

    def __str__(self) -> str:
        return str(self.question)


class SectionMark(models.Model):
    """Marks of a section of a test on paper; of one student the highest `number` counts. Append-only.

    `is_absent`: he did not write. Neither marks nor absent: what stood there was taken back.
    """

    section = models.ForeignKey(Section, models.PROTECT, related_name="section_marks")
    student = models.ForeignKey(User, models.PROTECT, related_name="section_marks")
    number = models.PositiveSmallIntegerField()
    marks = models.DecimalField(_("marks"), max_digits=7, decimal_places=2, null=True)
    is_absent = models.BooleanField(default=False)
    by = models.ForeignKey(User, models.PROTECT, related_name="+")
    at = models.DateTimeField(default=timezone.now)

    class Meta:
        db_table = "exam_section_marks"
        ordering = ("section", "student", "number")
        verbose_name = _("marks of a section")
        verbose_name_plural = _("marks of sections")
        indexes = [models.Index(fields=["student", "section"], name="section_mark_of_student")]
        constraints = [
            models.UniqueConstraint(fields=["section", "student", "number"], name="section_mark_number_once"),
            models.CheckConstraint(condition=Q(is_absent=False) | Q(marks=None), name="section_mark_or_absent"),
        ]

    def __str__(self) -> str:
        return f"{self.section_id} · {self.student_id} · {self.marks}"


class KeyFix(models.Model):
    """How a question is marked from a result version on: of one question the newest counts. Append-only.

    `keys`: every key that is right from now on, as `exams.content.Key.to_json`; an answer gets the best of them.
    CHANGE without one: a question people mark, which was taken out or given to all, is marked by them again.
    """

    class Action(models.TextChoices):
        CHANGE = "CHANGE", _("Another key")
        ACCEPT = "ACCEPT", _("Several keys")
        BONUS_ALL = "BONUS_ALL", _("Full marks for everybody")
        BONUS_ATTEMPTED = "BONUS_TRIED", _("Full marks for who answered")
        DROP = "DROP", _("Taken out")

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    question = models.ForeignKey(ExamQuestion, models.PROTECT, related_name="key_fixes")
    version = models.ForeignKey("exams.ResultVersion", models.PROTECT, related_name="key_fixes")
    action = models.CharField(_("what is done"), max_length=11, choices=Action.choices)
    keys = models.JSONField(default=list)
    reason = models.CharField(_("why"), max_length=200)
    by = models.ForeignKey(User, models.PROTECT, related_name="+")
    at = models.DateTimeField(default=timezone.now)

    class Meta:
        db_table = "exam_key_fixes"
        ordering = ("version", "pk")
        verbose_name = _("correction of a key")
        verbose_name_plural = _("corrections of keys")
        constraints = [
            models.UniqueConstraint(fields=["version", "question"], name="key_fix_once_a_version"),
            models.CheckConstraint(
                condition=Q(action__in=["CHANGE", "ACCEPT", "BONUS_ALL", "BONUS_TRIED", "DROP"]),
                name="key_fix_action_known",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.question_id} · {self.action}"

    @property
    def word(self) -> str:
        """What is done, for pages."""
        if self.action == self.Action.CHANGE and not self.keys:
            return str(MARKED_AGAIN)
        return str(self.Action(self.action).label)
