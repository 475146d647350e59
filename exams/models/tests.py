"""Tests: when, for whom and under what rules, and the paper: sections with questions."""

import secrets
import uuid
from datetime import datetime, timedelta
from typing import Self

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Exists, F, OuterRef, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from batches.models import Batch, Enrolment, Teaching
from exams.models.schemes import SchemeVersion

MOST_MINUTES = 12 * 60
GRACE_S = 30
"""So long after the deadline answers still arrive that were on their way."""
WAITING_ROOM = timedelta(minutes=15)
"""So long before it opens students come in and fetch the sealed paper."""


def new_seed() -> str:
    """Of which, with the attempt, the order of questions and options is made."""
    return secrets.token_hex(16)


class Release(models.TextChoices):
    """When students see marks, or solutions."""

    AT_CLOSE = "AT_CLOSE", _("When the test closes")
    ON_DATE = "ON_DATE", _("At a time")
    BY_HAND = "BY_HAND", _("When a teacher releases them")
    NEVER = "NEVER", _("Never")


class Shown(models.TextChoices):
    """What is said for one batch about marks or solutions, over the rule of the test."""

    BY_RULE = "RULE", _("As the test says")
    YES = "YES", _("Shown")
    FROM = "FROM", _("Shown from a time on")
    NO = "NO", _("Held back")


class Counted(models.TextChoices):
    """Which attempt counts where a student may write a test several times."""

    BEST = "BEST", _("The best one")
    FIRST = "FIRST", _("The first one")
    LAST = "LAST", _("The last one")


class FocusAction(models.TextChoices):
    """What happens when a student has left the test too often."""

    NOTE = "NOTE", _("It is noted")
    SUBMIT = "SUBMIT", _("The test is handed in")


class TestQuerySet(models.QuerySet["Test"]):
    def for_user(self, user: User, *, now: datetime | None = None) -> Self:
        """An admin all, a teacher those of his batches and his own, others the published ones that concern them.

        A test concerns a student who is in one of its batches while its window is open or to come, or who wrote it;
        a guardian sees those of his children.
        """
        if user.is_admin:
            return self
        of_students = User.objects.filter(Q(pk=user.pk) | Q(guardian_links__guardian=user)).order_by().values("pk")
        now = now or timezone.now()
        stays = Enrolment.objects.filter(batch__tests=OuterRef("pk"), student__in=of_students).order_by()
        concerns = Exists(stays.filter(Q(left_at=None) | Q(left_at__gt=OuterRef("opens_at")), joined_at__lte=now))
        wrote = Exists(self.model._default_manager.filter(pk=OuterRef("pk"), attempts__student__in=of_students))
        seen = Q(published_at__isnull=False, archived_at=None) & (Q(concerns) | Q(wrote))
        if user.is_teacher:
            taught = Exists(Teaching.objects.filter(batch__tests=OuterRef("pk"), teacher=user))
            seen |= Q(taught) | Q(created_by=user)
        return self.filter(seen)

    def editable_by(self, user: User) -> Self:
        """An admin all, a teacher those of the batches he teaches and his own."""
        if user.is_admin:
            return self
        if not user.is_teacher:
            return self.none()
        taught = Exists(Teaching.objects.filter(batch__tests=OuterRef("pk"), teacher=user))
        return self.filter(Q(taught) | Q(created_by=user))

    def current(self) -> Self:
        return self.filter(archived_at=None)

    def published(self) -> Self:
        return self.current().filter(published_at__isnull=False)

    def open_at(self, now: datetime) -> Self:
        """Those that can be begun at that instant."""
        return self.published().filter(is_active=True, opens_at__lte=now, closes_at__gt=now)


class Test(models.Model):
    """A timed test for some batches. Draft → published (students see it); open within its window while active.

    Everybody may begin from `opens_at` until `closes_at`; who begins has `duration_min`, but not past `closes_at`
    (without a duration: until then). Extra time goes past both.
    """

    __test__ = False  # not one of pytest's

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    title = models.CharField(_("title"), max_length=160)
    batches = models.ManyToManyField(
        Batch, through="exams.TestBatch", related_name="tests", blank=True, verbose_name=_("batches")
    )
    scheme = models.ForeignKey(SchemeVersion, models.PROTECT, related_name="tests", verbose_name=_("marking scheme"))
    instructions = models.TextField(_("instructions"), max_length=5000, blank=True)
    instructions_hi = models.TextField(_("instructions in Hindi"), max_length=5000, blank=True)
    opens_at = models.DateTimeField(_("opens"), null=True, blank=True)
    closes_at = models.DateTimeField(_("closes"), null=True, blank=True)
    duration_min = models.PositiveSmallIntegerField(
        _("minutes to write"),
        null=True,
        blank=True,
        validators=[MinValueValidator(1), MaxValueValidator(MOST_MINUTES)],
        help_text=_("Empty: until it closes."),
    )
    grace_s = models.PositiveSmallIntegerField(
        _("seconds answers may be on their way"), default=GRACE_S, validators=[MaxValueValidator(600)]
    )
    published_at = models.DateTimeField(_("published"), null=True, blank=True)
    is_active = models.BooleanField(
        _("can be begun"), default=True, help_text=_("Off: nobody can begin; who writes goes on.")
    )
    access_code = models.CharField(
        _("access code"), max_length=20, blank=True, help_text=_("Said in the room; empty: none.")
    )
    most_attempts = models.PositiveSmallIntegerField(
        _("attempts allowed"), default=1, validators=[MinValueValidator(1), MaxValueValidator(20)]
    )
    counted_attempt = models.CharField(
        _("which attempt counts"), max_length=5, choices=Counted.choices, default=Counted.BEST
    )
    is_on_paper = models.BooleanField(
        _("written on paper"), default=False, help_text=_("Nobody writes it here; staff enter the marks.")
    )
    leaderboard_size = models.PositiveSmallIntegerField(
        _("places on the leaderboard"),
        null=True,
        blank=True,
        validators=[MinValueValidator(1), MaxValueValidator(100)],
        help_text=_("Empty: there is none. Only students who agreed are named."),
    )
    shuffles_questions = models.BooleanField(_("shuffle questions within sections"), default=True)
    shuffles_options = models.BooleanField(_("shuffle options"), default=True)
    seed = models.CharField(max_length=32, default=new_seed, editable=False)
    results_release = models.CharField(_("results"), max_length=8, choices=Release.choices, default=Release.AT_CLOSE)
    results_at = models.DateTimeField(_("results from"), null=True, blank=True)
    solutions_release = models.CharField(
        _("solutions"), max_length=8, choices=Release.choices, default=Release.AT_CLOSE
    )
    solutions_at = models.DateTimeField(_("solutions from"), null=True, blank=True)
    focus_limit = models.PositiveSmallIntegerField(
        _("times a student may leave the test"),
        null=True,
        blank=True,
        validators=[MinValueValidator(1), MaxValueValidator(100)],
        help_text=_("Empty: only noted."),
    )
    focus_action = models.CharField(
        _("after that"), max_length=6, choices=FocusAction.choices, default=FocusAction.NOTE
    )
    asks_fullscreen = models.BooleanField(_("ask for the full screen"), default=False)
    logs_paste = models.BooleanField(_("note what is pasted"), default=False)
    newest_results = models.ForeignKey(
        "exams.ResultVersion", models.PROTECT, null=True, related_name="+", editable=False
    )
    paper_revision = models.PositiveIntegerField(default=1, editable=False, help_text="Counted up with the paper.")
    revision = models.PositiveIntegerField(default=1, help_text="Counted up with each change, against lost updates.")
    archived_at = models.DateTimeField(null=True, blank=True)
    created_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+", editable=False)
    created_at = models.DateTimeField(default=timezone.now, editable=False)

    objects = TestQuerySet.as_manager()

    class Meta:
        db_table = "tests"
        ordering = ("-opens_at", "-pk")
        verbose_name = _("test")
        verbose_name_plural = _("tests")
        indexes = [models.Index(fields=["opens_at", "closes_at"], name="test_window")]
        constraints = [
            models.CheckConstraint(
                condition=Q(published_at=None) | Q(opens_at__isnull=False, closes_at__isnull=False),
                name="test_published_has_window",
                violation_error_message=_("Say when it opens and closes."),
            ),
            models.CheckConstraint(
                condition=Q(opens_at=None) | Q(closes_at=None) | Q(closes_at__gt=F("opens_at")),
                name="test_closes_after_it_opens",
                violation_error_message=_("A test closes after it opens."),
            ),
            models.CheckConstraint(
                condition=Q(duration_min=None) | Q(duration_min__gte=1, duration_min__lte=MOST_MINUTES),
                name="test_takes_time",
            ),
            models.CheckConstraint(condition=Q(most_attempts__gte=1), name="test_can_be_written"),
            models.CheckConstraint(
                condition=~Q(results_release=Release.ON_DATE) | Q(results_at__isnull=False),
                name="test_results_have_time",
                violation_error_message=_("Say from when results are shown."),
            ),
            models.CheckConstraint(
                condition=~Q(solutions_release=Release.ON_DATE) | Q(solutions_at__isnull=False),
                name="test_solutions_have_time",
                violation_error_message=_("Say from when solutions are shown."),
            ),
        ]

    def __str__(self) -> str:
        return self.title

    @property
    def window(self) -> tuple[datetime, datetime]:
        """From when until when it can be begun. Raises: ValueError for a draft without hours."""
        if self.opens_at is None or self.closes_at is None:
            raise ValueError(f"test {self.pk} has no window")
        return self.opens_at, self.closes_at

    def is_open(self, now: datetime) -> bool:
        """Whether somebody can begin at that instant."""
        if not (self.published_at and self.is_active and self.opens_at and self.closes_at) or self.archived_at:
            return False
        return self.opens_at <= now < self.closes_at


class TestBatch(models.Model):
    """A batch writes a test. What it is shown of marks and solutions can be said for it alone.

    `told_version`: the number of the results its students were last told of, 0 for none.
    """

    __test__ = False

    test = models.ForeignKey(Test, models.CASCADE, related_name="test_batches")
    batch = models.ForeignKey(Batch, models.PROTECT, related_name="test_batches")
    results = models.CharField(_("marks"), max_length=4, choices=Shown.choices, default=Shown.BY_RULE)
    results_from = models.DateTimeField(_("marks from"), null=True, blank=True)
    solutions = models.CharField(_("solutions"), max_length=4, choices=Shown.choices, default=Shown.BY_RULE)
    solutions_from = models.DateTimeField(_("solutions from"), null=True, blank=True)
    told_version = models.PositiveSmallIntegerField(default=0, editable=False)

    class Meta:
        db_table = "test_batches"
        verbose_name = _("batch of a test")
        verbose_name_plural = _("batches of tests")
        constraints = [
            models.UniqueConstraint(fields=["test", "batch"], name="test_batch_once"),
            models.CheckConstraint(
                condition=~Q(results=Shown.FROM) | Q(results_from__isnull=False), name="test_batch_results_have_time"
            ),
            models.CheckConstraint(
                condition=~Q(solutions=Shown.FROM) | Q(solutions_from__isnull=False),
                name="test_batch_solutions_have_time",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.test} · {self.batch}"


class Allowance(models.Model):
    """More minutes for a student, or for all of a batch, in one test, said before they begin."""

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    test = models.ForeignKey(Test, models.CASCADE, related_name="allowances")
    student = models.ForeignKey(
        User, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("student")
    )
    batch = models.ForeignKey(Batch, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("batch"))
    minutes = models.PositiveSmallIntegerField(
        _("minutes more"), validators=[MinValueValidator(1), MaxValueValidator(MOST_MINUTES)]
    )
    reason = models.CharField(_("why"), max_length=200)
    created_by = models.ForeignKey(User, models.PROTECT, related_name="+", editable=False)
    created_at = models.DateTimeField(default=timezone.now, editable=False)

    class Meta:
        db_table = "exam_allowances"
        ordering = ("test", "pk")
        verbose_name = _("extra time")
        verbose_name_plural = _("extra times")
        constraints = [
            models.CheckConstraint(
                condition=Q(student=None, batch__isnull=False) | Q(student__isnull=False, batch=None),
                name="allowance_for_one",
            ),
            models.CheckConstraint(condition=Q(minutes__gte=1), name="allowance_of_time"),
            models.UniqueConstraint(
                fields=["test", "student"], condition=Q(student__isnull=False), name="allowance_once_a_student"
            ),
            models.UniqueConstraint(
                fields=["test", "batch"], condition=Q(batch__isnull=False), name="allowance_once_a_batch"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.student or self.batch} · {self.minutes}"
