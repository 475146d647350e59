"""The question bank: topics, questions, their versions and images."""

import uuid
from typing import Self

from django.core.validators import MinValueValidator
from django.db import models
from django.db.models import Exists, OuterRef, Q
from django.db.models.functions import Lower
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import Role, User
from batches.models import Subject
from coaching.lib.text import search_text
from exams.content import Body, Content, Key, Kind

KINDS = {
    Kind.SINGLE: _("One answer is right"),
    Kind.MULTIPLE: _("Several answers are right"),
    Kind.TRUE_FALSE: _("True or false"),
    Kind.NUMERICAL: _("Number"),
    Kind.SHORT: _("Short text"),
    Kind.LONG: _("Long text"),
    Kind.MATCH: _("Match the columns"),
    Kind.CODING: _("Program"),
    Kind.PASSAGE: _("Passage with questions"),
}
IN_BANK = frozenset({Role.ADMIN, Role.TEACHER})
"""The bank belongs to the institute: who teaches may read and write all of it, others never see it."""


class Difficulty(models.TextChoices):
    EASY = "EASY", _("Easy")
    MEDIUM = "MEDIUM", _("Medium")
    HARD = "HARD", _("Hard")


class Topic(models.Model):
    """A part of a subject, as the institute calls it."""

    subject = models.ForeignKey(Subject, models.PROTECT, related_name="topics", verbose_name=_("subject"))
    name = models.CharField(_("name"), max_length=120)

    class Meta:
        db_table = "exam_topics"
        ordering = ("subject__name", "name", "pk")
        verbose_name = _("topic")
        verbose_name_plural = _("topics")
        constraints = [
            models.UniqueConstraint(
                "subject",
                Lower("name"),
                name="topic_once_in_subject",
                violation_error_message=_("The subject has this topic already."),
            )
        ]

    def __str__(self) -> str:
        return self.name


class Tag(models.Model):
    """A word by which questions are found again; kept in small letters."""

    name = models.CharField(_("name"), max_length=40, unique=True)

    class Meta:
        db_table = "exam_tags"
        ordering = ("name",)
        verbose_name = _("tag")
        verbose_name_plural = _("tags")
        constraints = [models.CheckConstraint(condition=Q(name=Lower("name")), name="tag_in_small_letters")]

    def __str__(self) -> str:
        return self.name


class QuestionQuerySet(models.QuerySet["Question"]):
    def for_user(self, user: User) -> Self:
        """All for who teaches, none for others: students see questions only through an attempt of theirs."""
        return self if user.role in IN_BANK else self.none()

    def current(self) -> Self:
        """Not archived."""
        return self.filter(archived_at=None)

    def search(self, words: str) -> Self:
        """Those whose number is meant, or whose newest text, topic or tags contain every word."""
        found = self
        for word in search_text(words).split():
            tagged = Exists(Question.tags.through.objects.filter(question=OuterRef("pk"), tag__name__icontains=word))
            meant = Q(newest__plain__icontains=word) | Q(topic__name__icontains=word) | Q(tagged)
            number = word.removeprefix("#")
            if number.isascii() and number.isdigit() and len(number) < 10:
                meant |= Q(pk=int(number))
            found = found.filter(meant)
        return found


class Question(models.Model):
    """A question of the bank, in versions of which `newest` is the last. current ⇄ archived."""

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    kind = models.CharField(_("kind"), max_length=10, choices=[(kind.value, name) for kind, name in KINDS.items()])
    subject = models.ForeignKey(Subject, models.PROTECT, related_name="questions", verbose_name=_("subject"))
    topic = models.ForeignKey(
        Topic, models.PROTECT, null=True, blank=True, related_name="questions", verbose_name=_("topic")
    )
    difficulty = models.CharField(_("difficulty"), max_length=6, choices=Difficulty.choices, default=Difficulty.MEDIUM)
    tags = models.ManyToManyField(Tag, blank=True, related_name="questions", verbose_name=_("tags"))
    passage = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="members", verbose_name=_("passage")
    )
    newest = models.ForeignKey(
        "exams.QuestionVersion", models.PROTECT, null=True, related_name="+", verbose_name=_("newest version")
    )
    source = models.CharField(
        max_length=200, blank=True, help_text="From which file it came and its place there, so that it comes once."
    )
    archived_at = models.DateTimeField(null=True, blank=True)
    created_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+", editable=False)
    created_at = models.DateTimeField(default=timezone.now, editable=False)

    objects = QuestionQuerySet.as_manager()

    class Meta:
        db_table = "exam_bank"
        ordering = ("-pk",)
        verbose_name = _("question")
        verbose_name_plural = _("questions")
        indexes = [models.Index(fields=["subject", "topic", "difficulty"], name="question_place")]
        constraints = [
            models.CheckConstraint(condition=Q(kind__in=[one.value for one in Kind]), name="question_kind_known"),
            models.CheckConstraint(condition=Q(difficulty__in=Difficulty.values), name="question_difficulty_known"),
            models.CheckConstraint(condition=Q(passage=None) | ~Q(kind=Kind.PASSAGE.value), name="passage_is_flat"),
        ]

    def __str__(self) -> str:
        return f"#{self.pk}"


class QuestionVersion(models.Model):
    """What a question said from some day on. Append-only: an attempt shows for good the version it was written with."""

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    question = models.ForeignKey(Question, models.PROTECT, related_name="versions", verbose_name=_("question"))
    number = models.PositiveSmallIntegerField(_("version"), validators=[MinValueValidator(1)])
    body = models.JSONField(help_text="exams.content.Body: what students may see.")
    key = models.JSONField(help_text="exams.content.Key: what they may not before solutions are released.")
    plain = models.TextField(help_text="Its words without markup, in both languages, to be searched and listed.")
    note = models.CharField(_("what is new"), max_length=200, blank=True)
    created_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+", editable=False)
    created_at = models.DateTimeField(default=timezone.now, editable=False)

    class Meta:
        db_table = "exam_question_versions"
        ordering = ("question", "-number")
        verbose_name = _("version of a question")
        verbose_name_plural = _("versions of questions")
        constraints = [
            models.UniqueConstraint(fields=["question", "number"], name="question_version_once"),
            models.CheckConstraint(condition=Q(number__gte=1), name="question_version_from_one"),
        ]

    def __str__(self) -> str:
        return f"#{self.question_id} · {self.number}"

    @property
    def content(self) -> Content:
        return Content(Kind(self.question.kind), Body.from_json(self.body), Key.from_json(self.key))


class QuestionImage(models.Model):
    """An image of the bank, its bytes in the store; versions name it by its uuid. Re-encoded when it came in."""

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    file = models.ForeignKey("dfs.StoredFile", models.PROTECT, related_name="+", help_text="As it was sent.")
    content_type = models.CharField(max_length=20)
    width = models.PositiveSmallIntegerField()
    height = models.PositiveSmallIntegerField()
    bytes_small = models.BinaryField(help_text="As it is shown and sealed into papers, at most 200 KB.")
    sha256 = models.CharField(max_length=64, db_index=True)
    created_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+", editable=False)
    created_at = models.DateTimeField(default=timezone.now, editable=False)

    class Meta:
        db_table = "exam_images"
        ordering = ("-pk",)
        verbose_name = _("image of a question")
        verbose_name_plural = _("images of questions")

    def __str__(self) -> str:
        return str(self.uuid)
