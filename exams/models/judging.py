"""Programs that were handed in, and their judging: rows are the truth, a worker only takes the next one."""

import uuid
from typing import Self

from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from exams.models.attempts import Attempt
from exams.models.coding import LANGUAGES, CodeSolution, CodeSuite
from exams.models.papers import ExamQuestion

MOST_TRIES = 3


class JudgeState(models.TextChoices):
    """As of every job. WAITING: there is no judge (or nothing to judge by yet); FAILED: it could not be judged."""

    PENDING = "PENDING", _("In the queue")
    RUNNING = "RUNNING", _("Being judged")
    WAITING = "WAITING", _("Waits for the judge")
    COMPLETE = "COMPLETE", _("Judged")
    FAILED = "FAILED", _("Not judged")
    CANCELLED = "CANCELLED", _("Cancelled")


class CodeSubmissionQuerySet(models.QuerySet["CodeSubmission"]):
    def for_user(self, user: User) -> Self:
        """A student's own, a teacher's of the tests he may change, all for an admin; guardians see none."""
        if user.is_admin:
            return self
        seen = Q(attempt__student=user)
        if user.is_teacher:
            seen |= Q(attempt__in=Attempt.objects.for_user(user).exclude(student=user).order_by().values("pk"))
        return self.filter(seen)

    def counting(self) -> Self:
        """Those that can give marks: not mere runs."""
        return self.exclude(kind=CodeSubmission.Kind.RUN)


class CodeSubmission(models.Model):
    """A program a student handed in, or only ran. What he wrote never changes; `judgement` is the one that holds.

    `is_open`: he waits for its verdict; of one question only one SUBMIT is open at a time. `judged_at` moves with
    `judgement`, so that results see what is new.
    """

    class Kind(models.TextChoices):
        SUBMIT = "SUBMIT", _("Submitted")
        HAND_IN = "HAND_IN", _("Handed in with the test")
        RUN = "RUN", _("Run")

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    attempt = models.ForeignKey(Attempt, models.PROTECT, related_name="code_submissions")
    question = models.ForeignKey(ExamQuestion, models.PROTECT, related_name="code_submissions")
    kind = models.CharField(max_length=7, choices=Kind.choices)
    number = models.PositiveSmallIntegerField(null=True, help_text="From 1 for the question; a run has none.")
    language = models.CharField(_("language"), max_length=4, choices=LANGUAGES)
    source = models.TextField(_("program"))
    sha256 = models.CharField(max_length=64, help_text="Of language and program.")
    has_stdin = models.BooleanField(default=False, help_text="A run on own input, too, besides the samples.")
    stdin = models.TextField(blank=True, help_text="That input.")
    is_open = models.BooleanField(default=True)
    asked_at = models.DateTimeField(default=timezone.now)
    judgement = models.ForeignKey("exams.Judgement", models.PROTECT, null=True, related_name="+")
    judged_at = models.DateTimeField(null=True)

    objects = CodeSubmissionQuerySet.as_manager()

    class Meta:
        db_table = "exam_code_submissions"
        ordering = ("attempt", "question", "pk")
        verbose_name = _("submission of a program")
        verbose_name_plural = _("submissions of programs")
        indexes = [
            models.Index(fields=["question", "kind"], name="code_submission_of_question"),
            models.Index(fields=["asked_at"], condition=Q(kind="RUN"), name="code_run_to_forget"),
            models.Index(
                fields=["judged_at"],
                condition=~Q(kind="RUN") & Q(judged_at__isnull=False),
                name="code_submission_judged",
            ),
        ]
        constraints = [
            models.UniqueConstraint(fields=["attempt", "question", "number"], name="code_submission_number_once"),
            models.UniqueConstraint(
                fields=["attempt", "question"],
                condition=Q(kind="SUBMIT", is_open=True),
                name="code_submission_one_open",
            ),
            models.UniqueConstraint(
                fields=["attempt", "question"], condition=Q(kind="RUN", is_open=True), name="code_run_one_open"
            ),
            models.CheckConstraint(
                condition=Q(kind__in=["SUBMIT", "HAND_IN", "RUN"]), name="code_submission_kind_known"
            ),
            models.CheckConstraint(
                condition=Q(kind="RUN", number=None) | (~Q(kind="RUN") & Q(number__gte=1, has_stdin=False)),
                name="code_submission_numbered",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.attempt_id} · {self.question_id} · {self.number or self.kind}"


class Rejudge(models.Model):
    """A question's programs judged again, seen first and then taken or not. RUNNING → PREVIEW → APPLIED | DROPPED."""

    class State(models.TextChoices):
        RUNNING = "RUNNING", _("Being judged")
        PREVIEW = "PREVIEW", _("To be looked at")
        APPLIED = "APPLIED", _("Applied")
        DROPPED = "DROPPED", _("Not applied")

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    question = models.ForeignKey(ExamQuestion, models.PROTECT, related_name="rejudges")
    suite = models.ForeignKey(CodeSuite, models.PROTECT, related_name="+")
    state = models.CharField(max_length=7, choices=State.choices, default=State.RUNNING)
    reason = models.CharField(_("why"), max_length=200)
    by = models.ForeignKey(User, models.PROTECT, related_name="+")
    at = models.DateTimeField(default=timezone.now)
    ended_at = models.DateTimeField(null=True)
    ended_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")

    class Meta:
        db_table = "exam_rejudges"
        ordering = ("-pk",)
        verbose_name = _("judging again")
        verbose_name_plural = _("judgings again")
        constraints = [
            models.UniqueConstraint(
                fields=["question"], condition=Q(state__in=["RUNNING", "PREVIEW"]), name="rejudge_one_open"
            ),
            models.CheckConstraint(
                condition=Q(state__in=["RUNNING", "PREVIEW", "APPLIED", "DROPPED"]), name="rejudge_state_known"
            ),
            models.CheckConstraint(condition=~Q(reason=""), name="rejudge_has_reason"),
        ]

    def __str__(self) -> str:
        return f"{self.question_id} · {self.state}"


class Judgement(models.Model):
    """One judging of a submission, or of an author's solution, by a suite.

    PENDING → RUNNING → COMPLETE; back to PENDING when the worker died (`tries` counts), FAILED after MOST_TRIES;
    WAITING while there is no judge. Only who holds `claim` writes, and only until `lease_until`.

    `tests` has one entry a test, in the suite's order: {"test": 17, "number": 3, "verdict": "WA", "score": 0,
    "cpu_ms": 20, "memory_bytes": 9000000, "points": "0", and for samples and own input "stdout", "stderr" (text, cut),
    "message", for staff "detail"}.
    """

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    submission = models.ForeignKey(CodeSubmission, models.CASCADE, null=True, related_name="judgements")
    solution = models.ForeignKey(CodeSolution, models.CASCADE, null=True, related_name="judgements")
    suite = models.ForeignKey(CodeSuite, models.PROTECT, related_name="judgements")
    rejudge = models.ForeignKey(Rejudge, models.PROTECT, null=True, related_name="judgements")
    state = models.CharField(max_length=9, choices=JudgeState.choices, default=JudgeState.PENDING)
    priority = models.PositiveSmallIntegerField(default=5, help_text="The lowest first.")
    asked_at = models.DateTimeField(default=timezone.now)
    tries = models.PositiveSmallIntegerField(default=0)
    claim = models.UUIDField(null=True)
    claimed_at = models.DateTimeField(null=True)
    lease_until = models.DateTimeField(null=True)
    host = models.CharField(max_length=120, blank=True)
    done_count = models.PositiveSmallIntegerField(default=0)
    test_count = models.PositiveSmallIntegerField(default=0)
    verdict = models.CharField(max_length=3, blank=True, help_text="exams.sandbox.protocol.Verdict")
    points = models.DecimalField(max_digits=8, decimal_places=2, default=0)
    most = models.DecimalField(max_digits=8, decimal_places=2, default=0)
    cpu_ms = models.PositiveIntegerField(default=0, help_text="Of the slowest test.")
    memory_bytes = models.PositiveBigIntegerField(default=0, help_text="Of the largest.")
    compiler_output = models.TextField(blank=True)
    tests = models.JSONField(default=list)
    detail = models.TextField(blank=True, help_text="For staff: why it waits or could not be judged.")
    finished_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "exam_judgements"
        ordering = ("pk",)
        verbose_name = _("judgement")
        verbose_name_plural = _("judgements")
        indexes = [
            models.Index(fields=["priority", "id"], condition=Q(state="PENDING"), name="judgement_next"),
            models.Index(fields=["lease_until"], condition=Q(state="RUNNING"), name="judgement_leased"),
            models.Index(fields=["state", "asked_at"], name="judgement_by_state"),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(submission__isnull=False, solution=None) | Q(submission=None, solution__isnull=False),
                name="judgement_of_one",
            ),
            models.CheckConstraint(
                condition=Q(state__in=["PENDING", "RUNNING", "WAITING", "COMPLETE", "FAILED", "CANCELLED"]),
                name="judgement_state_known",
            ),
            models.CheckConstraint(
                condition=~Q(state="RUNNING") | Q(claim__isnull=False, lease_until__isnull=False),
                name="judgement_running_is_claimed",
            ),
            models.CheckConstraint(
                condition=~Q(state="COMPLETE") | (~Q(verdict="") & Q(finished_at__isnull=False)),
                name="judgement_complete_says",
            ),
            models.CheckConstraint(condition=Q(points__lte=models.F("most")), name="judgement_points_within"),
        ]

    def __str__(self) -> str:
        return f"{self.submission_id or self.solution_id} · {self.state}"


class JudgeHost(models.Model):
    """A worker's machine that judges: what its probe found, and when it was last heard of."""

    name = models.CharField(max_length=120, unique=True)
    seen_at = models.DateTimeField()
    probed_at = models.DateTimeField()
    works = models.BooleanField()
    probed = models.JSONField(default=dict, help_text="exams.sandbox.protocol.Probed")
    runners = models.PositiveSmallIntegerField(default=1)

    class Meta:
        db_table = "exam_judge_hosts"
        ordering = ("name",)
        verbose_name = _("machine that judges")
        verbose_name_plural = _("machines that judge")

    def __str__(self) -> str:
        return self.name


class CodeComparison(models.Model):
    """Which students' programs for a question are alike: asked for, then found. Never a verdict."""

    question = models.OneToOneField(ExamQuestion, models.CASCADE, related_name="code_comparison")
    asked_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    asked_at = models.DateTimeField(default=timezone.now)
    found_at = models.DateTimeField(null=True)
    report = models.JSONField(default=dict)

    class Meta:
        db_table = "exam_code_comparisons"
        verbose_name = _("comparison of programs")
        verbose_name_plural = _("comparisons of programs")

    def __str__(self) -> str:
        return str(self.question)
