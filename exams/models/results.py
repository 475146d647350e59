"""What a test came to: versions of its results, a result for each attempt, and who may see them."""

import secrets
import uuid
from datetime import datetime
from typing import Self

from django.db import models
from django.db.models import Exists, F, OuterRef, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from batches.models import Batch
from exams.models.attempts import Attempt, State
from exams.models.tests import Release, Shown, Test, TestBatch

CODE_SIGNS = "23456789ABCDEFGHJKMNPQRSTUVWXYZ"
"""Without what is mistaken for something else when it is typed from paper."""
CODE_LENGTH = 16


def new_code() -> str:
    """The code a scorecard is verified by: 78 bits of chance."""
    return "".join(secrets.choice(CODE_SIGNS) for _sign in range(CODE_LENGTH))


class Cause(models.TextChoices):
    """Why results were reckoned."""

    CLOSED = "CLOSED", _("The test was over")
    MARKED = "MARKED", _("Answers were marked")
    JUDGED = "JUDGED", _("Programs were judged")
    LATE = "LATE", _("An attempt was handed in later")
    KEY_FIX = "KEY_FIX", _("A key was corrected")
    BY_HAND = "BY_HAND", _("Reckoned again by staff")


class ResultVersion(models.Model):
    """The results of a test as they stood from some moment on. Append-only, like its results.

    `outline` is what its results are read with: {"questions": [numbers of exam_questions in the paper's order],
    "sections": [{"id": 1, "title": "Physics", "title_hi": "", "most": "100", "questions": [0, 1, …]}], "most": "300",
    "counted": "BEST"}. `digest` tells whether another reckoning came to the same.
    """

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    test = models.ForeignKey(Test, models.PROTECT, related_name="result_versions")
    number = models.PositiveSmallIntegerField()
    cause = models.CharField(max_length=7, choices=Cause.choices)
    reason = models.CharField(max_length=200, blank=True)
    outline = models.JSONField(default=dict)
    ranked_count = models.PositiveIntegerField(default=0)
    waiting_count = models.PositiveIntegerField(default=0, help_text="Answers nobody has marked: it is provisional.")
    marks_upto = models.PositiveBigIntegerField(default=0, help_text="The last of exam_marks that is in it.")
    section_marks_upto = models.PositiveBigIntegerField(default=0, help_text="The last of exam_section_marks in it.")
    judged_upto = models.DateTimeField(null=True, help_text="The last judging of a program that is in it.")
    digest = models.CharField(max_length=64)
    made_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    made_at = models.DateTimeField(default=timezone.now)

    class Meta:
        db_table = "exam_result_versions"
        ordering = ("test", "-number")
        verbose_name = _("version of results")
        verbose_name_plural = _("versions of results")
        constraints = [
            models.UniqueConstraint(fields=["test", "number"], name="result_version_once"),
            models.CheckConstraint(
                condition=Q(cause__in=["CLOSED", "MARKED", "JUDGED", "LATE", "KEY_FIX", "BY_HAND"]),
                name="result_version_cause_known",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.test} · {self.number}"

    @property
    def is_provisional(self) -> bool:
        return self.waiting_count > 0


class Analysis(models.Model):
    """What a version says of the test: averages, questions, topics (see `exams.analysis`). Can be made anew."""

    version = models.OneToOneField(ResultVersion, models.CASCADE, related_name="analysis")
    document = models.JSONField(default=dict)
    made_at = models.DateTimeField(default=timezone.now)

    class Meta:
        db_table = "exam_analyses"
        verbose_name = _("analysis")
        verbose_name_plural = _("analyses")

    def __str__(self) -> str:
        return str(self.version)


class ResultQuerySet(models.QuerySet["Result"]):
    def newest(self) -> Self:
        """Of the newest version of each test, the attempt that counts."""
        return self.filter(is_counted=True, version=F("version__test__newest_results"))

    def shown(self, now: datetime) -> Self:
        """Those of `newest` that their students may see, each by the rule of its batch, else of its test."""
        return self.newest().filter(_is_out("results", now), _nobody_writes_on())

    def with_solutions(self, now: datetime) -> Self:
        """Those of `shown` whose students may see keys and solutions, too: of no test that somebody writes, as who was
        let in again could be told them."""
        writing = Attempt.objects.filter(test=OuterRef("version__test"), state=State.WRITING)
        return self.shown(now).filter(_is_out("solutions", now), ~Exists(writing))

    def for_user(self, user: User, *, now: datetime) -> Self:
        """Of the tests an admin or teacher may change all that were ever made; what is shown to a student, of himself,
        and to a guardian, of his children."""
        if user.is_admin:
            return self
        of_students = User.objects.filter(Q(pk=user.pk) | Q(guardian_links__guardian=user)).order_by().values("pk")
        shown = self.model._default_manager.shown(now).filter(student__in=of_students).order_by().values("pk")
        seen = Q(pk__in=shown)
        if user.is_teacher:
            seen |= Q(version__test__in=Test.objects.editable_by(user).order_by().values("pk"))
        return self.filter(seen)


def out_by_rule(what: str, now: datetime, *, test: str) -> Q:
    """Whether the test itself shows marks ("results") or solutions by now; `test` leads to it, as "version__test__"."""
    at_close = Q(**{f"{test}{what}_release": Release.AT_CLOSE, f"{test}closes_at__lte": now})
    return at_close | Q(**{f"{test}{what}_release": Release.ON_DATE, f"{test}{what}_at__lte": now})


def out_by_hand(what: str, now: datetime) -> Q:
    """Whether they are said to be shown, of rows of `TestBatch`."""
    return Q(**{what: Shown.YES}) | Q(**{what: Shown.FROM, f"{what}_from__lte": now})


def is_over(now: datetime, *, test: str) -> Q:
    """Whether nobody can begin it any more, or nobody ever writes it here."""
    return Q(**{f"{test}is_on_paper": True}) | Q(**{f"{test}closes_at__lte": now})


def _is_out(what: str, now: datetime) -> Q:
    """Whether marks ("results") or solutions are out: of no test that can be written, though its window was made longer
    after it was reckoned. Provisional ones only go out by hand."""
    test = "version__test__"
    of_batch = TestBatch.objects.filter(test=OuterRef("version__test"), batch=OuterRef("batch"))
    by_hand = Exists(of_batch.filter(out_by_hand(what, now)))
    follows_rule = ~Exists(of_batch.exclude(**{what: Shown.BY_RULE}))
    by_rule = out_by_rule(what, now, test=test) & Q(follows_rule) & Q(version__waiting_count=0)
    return (Q(by_hand) | by_rule) & is_over(now, test=test) & Q(version__test__published_at__isnull=False)


def _nobody_writes_on() -> Q:
    """Who has an open attempt at the test sees nothing of it, whatever is out."""
    still = Attempt.objects.filter(test=OuterRef("version__test"), student=OuterRef("student"), state=State.WRITING)
    return Q(~Exists(still))


class Result(models.Model):
    """What an attempt, or a student's test on paper, came to in a version. Append-only.

    `sections` follow the version's: [{"marks": "58", "right": 16, "partial": 0, "wrong": 6, "blank": 3, "spent_s": 9}].
    `verdicts` has a letter for each question (`exams.grading.LETTERS`; small: it does not count), `marks` its marks as
    text. Of several attempts one is counted, and only that one has a rank.
    """

    version = models.ForeignKey(ResultVersion, models.PROTECT, related_name="results")
    student = models.ForeignKey(User, models.PROTECT, related_name="results")
    attempt = models.ForeignKey(Attempt, models.PROTECT, null=True, related_name="results")
    batch = models.ForeignKey(Batch, models.PROTECT, null=True, related_name="+", help_text="In which he wrote it.")
    total = models.DecimalField(max_digits=8, decimal_places=2)
    most = models.DecimalField(max_digits=8, decimal_places=2)
    right = models.PositiveSmallIntegerField(default=0)
    partial = models.PositiveSmallIntegerField(default=0)
    wrong = models.PositiveSmallIntegerField(default=0)
    blank = models.PositiveSmallIntegerField(default=0)
    waiting = models.PositiveSmallIntegerField(default=0)
    spent_s = models.PositiveIntegerField(default=0)
    sections = models.JSONField(default=list)
    verdicts = models.TextField(default="", blank=True)
    marks = models.JSONField(default=list)
    is_counted = models.BooleanField(default=True)
    rank = models.PositiveIntegerField(null=True)
    percentile = models.DecimalField(max_digits=10, decimal_places=7, null=True)
    code = models.CharField(max_length=CODE_LENGTH, unique=True, default=new_code)

    objects = ResultQuerySet.as_manager()

    class Meta:
        db_table = "exam_results"
        ordering = ("version", "rank", "pk")
        verbose_name = _("result")
        verbose_name_plural = _("results")
        indexes = [
            models.Index(fields=["version", "rank"], name="result_by_rank"),
            models.Index(fields=["student", "version"], name="result_of_student"),
        ]
        constraints = [
            models.UniqueConstraint(fields=["version", "attempt"], name="result_once_an_attempt"),
            models.UniqueConstraint(
                fields=["version", "student"], condition=Q(is_counted=True), name="result_one_counted"
            ),
            models.CheckConstraint(
                condition=Q(is_counted=True, rank__gte=1, percentile__isnull=False)
                | Q(is_counted=False, rank=None, percentile=None),
                name="result_counted_has_rank",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.version_id} · {self.student_id} · {self.total}"


class Comparison(models.Model):
    """Which students of a version have wrong answers alike (`exams.alike`): asked for, then found. Never a verdict."""

    version = models.OneToOneField(ResultVersion, models.CASCADE, related_name="comparison")
    asked_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    asked_at = models.DateTimeField(default=timezone.now)
    found_at = models.DateTimeField(null=True)
    report = models.JSONField(default=dict)

    class Meta:
        db_table = "exam_comparisons"
        verbose_name = _("comparison of answers")
        verbose_name_plural = _("comparisons of answers")

    def __str__(self) -> str:
        return str(self.version)


class LeaderboardChoice(models.Model):
    """Whether a student is named where the best of a test are listed: nobody is who has not said so."""

    student = models.OneToOneField(User, models.PROTECT, related_name="leaderboard_choice")
    is_shown = models.BooleanField(default=False)
    chosen_at = models.DateTimeField(default=timezone.now)

    class Meta:
        db_table = "exam_leaderboard_choices"
        verbose_name = _("choice of a leaderboard")
        verbose_name_plural = _("choices of leaderboards")

    def __str__(self) -> str:
        return f"{self.student} · {self.is_shown}"
