"""How programs for a question are judged: suites of tests in versions, and the author's solutions they are held to."""

import uuid
from typing import Self

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from exams.models.bank import Question
from exams.models.tests import Test

LANGUAGES = [("py", "Python"), ("cpp", "C++"), ("c", "C"), ("java", "Java"), ("js", "JavaScript")]
MOST_CPU_MS = 15_000
MOST_MEMORY_MB = 1024


class CodeData(models.Model):
    """Bytes of a test's input or output, kept once however many versions name them. Never changed."""

    sha256 = models.CharField(max_length=64, unique=True)
    size_bytes = models.PositiveIntegerField()
    packed = models.BinaryField(help_text="By zlib.")

    class Meta:
        db_table = "exam_code_data"
        verbose_name = _("data of a program's test")
        verbose_name_plural = _("data of programs' tests")

    def __str__(self) -> str:
        return self.sha256[:12]


class SuiteQuerySet(models.QuerySet["CodeSuite"]):
    def ready(self) -> Self:
        return self.filter(state=CodeSuite.State.READY)


class CodeSuite(models.Model):
    """How programs for a question are judged. DRAFT → CHECKING → READY, back to DRAFT when a solution does not do what
    is wanted of it. READY ones never change; of those the highest `number` counts.

    `frames` of function style, by language: {"py": {"before": "…", "start": "…", "after": "…"}}: code of the author
    around what is written, and what stands in the editor at first; of whole programs only `start`.
    """

    class State(models.TextChoices):
        DRAFT = "DRAFT", _("Draft")
        CHECKING = "CHECKING", _("Being checked")
        READY = "READY", _("In use")

    class Style(models.TextChoices):
        PROGRAM = "PROGRAM", _("A whole program, from input to output")
        FUNCTION = "FUNCTION", _("A function within given code")

    class Checker(models.TextChoices):
        LINES = "lines", _("Lines, blanks at the end do not matter")
        EXACT = "exact", _("Exact bytes")
        TOKENS = "tokens", _("Words, spaces do not matter")
        FLOAT = "float", _("Numbers within a tolerance")
        CUSTOM = "custom", _("Own checker")

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    question = models.ForeignKey(Question, models.PROTECT, related_name="suites", verbose_name=_("question"))
    number = models.PositiveSmallIntegerField(_("version"), default=1, validators=[MinValueValidator(1)])
    state = models.CharField(_("state"), max_length=8, choices=State.choices, default=State.DRAFT)
    style = models.CharField(_("what is written"), max_length=8, choices=Style.choices, default=Style.PROGRAM)
    frames = models.JSONField(default=dict, blank=True)
    checker = models.CharField(_("how it is compared"), max_length=6, choices=Checker.choices, default=Checker.LINES)
    tolerance = models.CharField(_("tolerance"), max_length=10, default="1e-6")
    is_case_sensitive = models.BooleanField(_("capitals matter"), default=True)
    checker_language = models.CharField(_("language"), max_length=4, choices=LANGUAGES, blank=True)
    checker_source = models.TextField(_("own checker"), max_length=64 * 1024, blank=True)
    cpu_ms = models.PositiveIntegerField(
        _("time limit"),
        default=2_000,
        validators=[MinValueValidator(100), MaxValueValidator(MOST_CPU_MS)],
        help_text="CPU time of one test in ms, before the language's factor.",
    )
    memory_mb = models.PositiveIntegerField(
        _("memory limit"), default=256, validators=[MinValueValidator(16), MaxValueValidator(MOST_MEMORY_MB)]
    )
    note = models.CharField(_("what is new"), max_length=200, blank=True)
    revision = models.PositiveIntegerField(default=1, help_text="Counted up with each change, against lost updates.")
    created_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+", editable=False)
    created_at = models.DateTimeField(default=timezone.now, editable=False)
    ready_at = models.DateTimeField(null=True, blank=True)

    objects = SuiteQuerySet.as_manager()

    class Meta:
        db_table = "exam_code_suites"
        ordering = ("question", "-number")
        verbose_name = _("tests of a program")
        verbose_name_plural = _("tests of programs")
        constraints = [
            models.UniqueConstraint(fields=["question", "number"], name="code_suite_version_once"),
            models.UniqueConstraint(
                fields=["question"], condition=Q(state__in=["DRAFT", "CHECKING"]), name="code_suite_one_draft"
            ),
            models.CheckConstraint(
                condition=Q(state__in=["DRAFT", "CHECKING", "READY"]), name="code_suite_state_known"
            ),
            models.CheckConstraint(
                condition=~Q(state="READY") | Q(ready_at__isnull=False), name="code_suite_ready_has_time"
            ),
            models.CheckConstraint(
                condition=Q(cpu_ms__gte=1, cpu_ms__lte=MOST_CPU_MS, memory_mb__gte=1, memory_mb__lte=MOST_MEMORY_MB),
                name="code_suite_limits_sane",
            ),
            models.CheckConstraint(
                condition=~Q(checker="custom") | (~Q(checker_source="") & ~Q(checker_language="")),
                name="code_suite_own_checker",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.question} · {self.number}"


class CodeGroup(models.Model):
    """Tests that belong together. EACH gives its own points; of ALL the least score among them counts for all."""

    class Rule(models.TextChoices):
        EACH = "EACH", _("Each test gives its points")
        ALL = "ALL", _("All or nothing")

    suite = models.ForeignKey(CodeSuite, models.CASCADE, related_name="groups")
    position = models.PositiveSmallIntegerField(default=1)
    title = models.CharField(_("title"), max_length=80)
    is_sample = models.BooleanField(_("samples, shown to students"), default=False)
    rule = models.CharField(_("rule"), max_length=4, choices=Rule.choices, default=Rule.EACH)

    class Meta:
        db_table = "exam_code_groups"
        ordering = ("suite", "position", "pk")
        verbose_name = _("group of tests")
        verbose_name_plural = _("groups of tests")
        constraints = [models.CheckConstraint(condition=Q(rule__in=["EACH", "ALL"]), name="code_group_rule_known")]

    def __str__(self) -> str:
        return self.title


class CodeTest(models.Model):
    """One input with its right output. `points` weigh it within the question, whose full marks the scheme says."""

    suite = models.ForeignKey(CodeSuite, models.CASCADE, related_name="tests")
    group = models.ForeignKey(CodeGroup, models.CASCADE, related_name="tests")
    position = models.PositiveSmallIntegerField(default=1, help_text="Within the suite; the number people see.")
    name = models.CharField(_("name"), max_length=80, blank=True)
    points = models.DecimalField(_("points"), max_digits=6, decimal_places=2, default=1)
    stdin = models.ForeignKey(CodeData, models.PROTECT, related_name="+")
    answer = models.ForeignKey(CodeData, models.PROTECT, related_name="+")
    explanation = models.CharField(_("explanation"), max_length=500, blank=True, help_text=_("Of a sample."))

    class Meta:
        db_table = "exam_code_tests"
        ordering = ("suite", "position", "pk")
        verbose_name = _("test of a program")
        verbose_name_plural = _("tests of a program")
        constraints = [models.CheckConstraint(condition=Q(points__gte=0), name="code_test_points_not_negative")]

    def __str__(self) -> str:
        return f"{self.suite_id} · {self.position}"


class CodeSolution(models.Model):
    """A program of the author that a suite is held to: PASS must be right on every test, FAIL must not."""

    class Expects(models.TextChoices):
        PASS = "PASS", _("Must pass all tests")
        FAIL = "FAIL", _("Must fail a test")

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    suite = models.ForeignKey(CodeSuite, models.CASCADE, related_name="solutions")
    name = models.CharField(_("file"), max_length=80)
    language = models.CharField(_("language"), max_length=4, choices=LANGUAGES)
    source = models.TextField(_("program"), max_length=64 * 1024)
    expects = models.CharField(_("wanted"), max_length=4, choices=Expects.choices, default=Expects.PASS)
    note = models.CharField(_("note"), max_length=200, blank=True)
    created_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+", editable=False)

    class Meta:
        db_table = "exam_code_solutions"
        ordering = ("suite", "expects", "name", "pk")
        verbose_name = _("author's solution")
        verbose_name_plural = _("authors' solutions")
        constraints = [
            models.UniqueConstraint(fields=["suite", "name"], name="code_solution_name_once"),
            models.CheckConstraint(condition=Q(expects__in=["PASS", "FAIL"]), name="code_solution_expects_known"),
        ]

    def __str__(self) -> str:
        return self.name


class CodeRules(models.Model):
    """How often programs of a test may be handed in, which of them counts, and what is shown of hidden tests."""

    class Counts(models.TextChoices):
        BEST = "BEST", _("The best submission")
        LAST = "LAST", _("The last submission")

    class Feedback(models.TextChoices):
        TESTS = "TESTS", _("The verdict of each test")
        TOTAL = "TOTAL", _("Only points, and verdicts of samples")
        SAMPLES = "SAMPLES", _("Only samples, until results are out")

    test = models.OneToOneField(Test, models.CASCADE, related_name="code_rules")
    counts = models.CharField(_("what counts"), max_length=4, choices=Counts.choices, default=Counts.BEST)
    feedback = models.CharField(_("what is shown"), max_length=7, choices=Feedback.choices, default=Feedback.TESTS)
    most_submissions = models.PositiveSmallIntegerField(
        _("submissions for a question"), default=30, validators=[MinValueValidator(1), MaxValueValidator(200)]
    )
    pause_s = models.PositiveSmallIntegerField(
        _("seconds between submissions"), default=10, validators=[MaxValueValidator(3600)]
    )

    class Meta:
        db_table = "exam_code_rules"
        verbose_name = _("rules for programs")
        verbose_name_plural = _("rules for programs")
        constraints = [
            models.CheckConstraint(
                condition=Q(counts__in=["BEST", "LAST"], feedback__in=["TESTS", "TOTAL", "SAMPLES"]),
                name="code_rules_known",
            ),
            models.CheckConstraint(condition=Q(most_submissions__gte=1), name="code_rules_allow_one"),
        ]

    def __str__(self) -> str:
        return str(self.test)
