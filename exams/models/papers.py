"""The paper of a test: its sections, the questions placed in them, what is still to be drawn, and it sealed."""

import uuid

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from batches.models import Subject
from exams.models.bank import Difficulty, Question, QuestionVersion, Tag, Topic
from exams.models.schemes import SchemeVersion
from exams.models.tests import MOST_MINUTES, Test


class AnyRule(models.TextChoices):
    """Which answers count where fewer are asked for than there are questions."""

    FIRST = "FIRST", _("The first ones answered")
    BEST = "BEST", _("The best ones")


class Section(models.Model):
    """A part of a paper, with a scheme and a time of its own if it has them.

    Sections with minutes are written one after the other, each for its minutes; either all of a test have them or none.
    `answers_count`: only so many answers count, by `any_rule`.
    """

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    test = models.ForeignKey(Test, models.CASCADE, related_name="sections", verbose_name=_("test"))
    position = models.PositiveSmallIntegerField(_("place"), default=1)
    title = models.CharField(_("title"), max_length=120)
    title_hi = models.CharField(_("title in Hindi"), max_length=120, blank=True)
    subject = models.ForeignKey(
        Subject, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("subject")
    )
    scheme = models.ForeignKey(
        SchemeVersion,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("marking scheme"),
        help_text=_("Empty: the test's."),
    )
    duration_min = models.PositiveSmallIntegerField(
        _("minutes"), null=True, blank=True, validators=[MinValueValidator(1), MaxValueValidator(MOST_MINUTES)]
    )
    answers_count = models.PositiveSmallIntegerField(
        _("answers that count"),
        null=True,
        blank=True,
        validators=[MinValueValidator(1)],
        help_text=_("Empty: all."),
    )
    any_rule = models.CharField(_("which"), max_length=5, choices=AnyRule.choices, default=AnyRule.FIRST)
    full_marks = models.DecimalField(
        _("full marks"),
        max_digits=6,
        decimal_places=2,
        null=True,
        blank=True,
        validators=[MinValueValidator(1)],
        help_text=_("Of a test on paper."),
    )

    class Meta:
        db_table = "exam_sections"
        ordering = ("test", "position", "pk")
        verbose_name = _("section")
        verbose_name_plural = _("sections")
        constraints = [
            models.CheckConstraint(condition=Q(answers_count=None) | Q(answers_count__gte=1), name="section_counts"),
            models.CheckConstraint(condition=Q(duration_min=None) | Q(duration_min__gte=1), name="section_takes_time"),
        ]

    def __str__(self) -> str:
        return self.title


class ExamQuestion(models.Model):
    """A question version placed in a test. `question` is the version's own, so that none comes twice."""

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    test = models.ForeignKey(Test, models.CASCADE, related_name="questions")
    section = models.ForeignKey(Section, models.CASCADE, related_name="questions")
    position = models.PositiveSmallIntegerField(default=1)
    question = models.ForeignKey(Question, models.PROTECT, related_name="placed")
    version = models.ForeignKey(QuestionVersion, models.PROTECT, related_name="placed")
    passage_version = models.ForeignKey(
        QuestionVersion, models.PROTECT, null=True, blank=True, related_name="+", help_text="What stands above it."
    )

    class Meta:
        db_table = "exam_questions"
        ordering = ("test", "section__position", "section", "position", "pk")
        verbose_name = _("question of a test")
        verbose_name_plural = _("questions of tests")
        constraints = [models.UniqueConstraint(fields=["test", "question"], name="question_once_in_test")]

    def __str__(self) -> str:
        return f"{self.test_id} · {self.question}"


class BlueprintCell(models.Model):
    """How many questions of a sort a section is to have; empty columns mean any."""

    section = models.ForeignKey(Section, models.CASCADE, related_name="blueprint")
    subject = models.ForeignKey(
        Subject, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("subject")
    )
    topic = models.ForeignKey(Topic, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("topic"))
    difficulty = models.CharField(_("difficulty"), max_length=6, choices=Difficulty.choices, blank=True)
    kind = models.CharField(_("kind"), max_length=10, blank=True)
    tag = models.ForeignKey(Tag, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("tag"))
    count = models.PositiveSmallIntegerField(_("how many"), validators=[MinValueValidator(1), MaxValueValidator(200)])

    class Meta:
        db_table = "exam_blueprint_cells"
        ordering = ("section", "pk")
        verbose_name = _("line of a blueprint")
        verbose_name_plural = _("lines of blueprints")
        constraints = [models.CheckConstraint(condition=Q(count__gte=1), name="blueprint_wants_some")]

    def __str__(self) -> str:
        return f"{self.section} · {self.count}"


class SealedPaper(models.Model):
    """A paper of a test as it is fetched before it opens: AES-256-GCM under a key that is handed out at the opening.

    One for each revision of the paper; the key is sealed with the master key ring (purpose `exam.paper`).
    """

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    test = models.ForeignKey(Test, models.CASCADE, related_name="sealed_papers")
    paper_revision = models.PositiveIntegerField()
    key_sealed = models.BinaryField()
    nonce = models.BinaryField()
    ciphertext = models.BinaryField()
    sha256 = models.CharField(max_length=64, help_text="Of the ciphertext.")
    size_bytes = models.PositiveIntegerField()
    made_at = models.DateTimeField(default=timezone.now)

    class Meta:
        db_table = "exam_papers"
        ordering = ("test", "-paper_revision")
        verbose_name = _("sealed paper")
        verbose_name_plural = _("sealed papers")
        constraints = [models.UniqueConstraint(fields=["test", "paper_revision"], name="paper_sealed_once")]

    def __str__(self) -> str:
        return f"{self.test_id} · {self.paper_revision}"
