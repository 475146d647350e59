"""Sitting a test: attempts, responses, what happened, time given, and messages."""

import uuid
from datetime import datetime, timedelta
from typing import Self

from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import SessionSlot, User
from exams.models.papers import ExamQuestion
from exams.models.tests import Test

BEATS_EVERY = timedelta(seconds=20)
LOST_AFTER = timedelta(seconds=60)
"""A device that was silent for so long has lost the attempt: another may go on with it."""
MOST_TAKEOVERS = 3


class State(models.TextChoices):
    """READY: in the waiting room, nothing seen yet."""

    READY = "READY", _("Ready")
    WRITING = "WRITING", _("Writing")
    SUBMITTED = "SUBMITTED", _("Handed in")


class EndedBy(models.TextChoices):
    """Who or what handed an attempt in."""

    STUDENT = "STUDENT", _("Handed in")
    DEADLINE = "DEADLINE", _("Time was over")
    FOCUS = "FOCUS", _("Left the test too often")
    STAFF = "STAFF", _("Handed in by staff")


class AttemptQuerySet(models.QuerySet["Attempt"]):
    def for_user(self, user: User) -> Self:
        """Of the tests an admin or teacher may change; a student's own and a guardian's children's."""
        if user.is_admin:
            return self
        of_students = User.objects.filter(Q(pk=user.pk) | Q(guardian_links__guardian=user)).order_by().values("pk")
        seen = Q(student__in=of_students)
        if user.is_teacher:
            seen |= Q(test__in=Test.objects.editable_by(user).order_by().values("pk"))
        return self.filter(seen)

    def writing(self) -> Self:
        return self.filter(state=State.WRITING)

    def open(self) -> Self:
        """Not handed in."""
        return self.exclude(state=State.SUBMITTED)


class Attempt(models.Model):
    """A student writes a test. READY → WRITING → SUBMITTED, and back to WRITING when staff reopen it.

    `deadline_at` is the server's word, fixed when writing begins and moved by staff only. One device at a time writes:
    it names the `epoch`, and a device that takes over counts it up, so what the old one sends late is refused.
    """

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    test = models.ForeignKey(Test, models.PROTECT, related_name="attempts", verbose_name=_("test"))
    student = models.ForeignKey(User, models.PROTECT, related_name="attempts", verbose_name=_("student"))
    number = models.PositiveSmallIntegerField(_("attempt"), default=1)
    state = models.CharField(_("state"), max_length=9, choices=State.choices, default=State.READY)
    admitted_at = models.DateTimeField(default=timezone.now)
    started_at = models.DateTimeField(null=True, blank=True)
    deadline_at = models.DateTimeField(null=True, blank=True)
    section_ends = models.JSONField(default=list, blank=True, help_text="When timed sections end, in order.")
    allowance_s = models.PositiveIntegerField(default=0, help_text="Extra time he had from the start.")
    credit_s = models.PositiveIntegerField(default=0, help_text="Extra time given while he wrote: the sum of credits.")
    submitted_at = models.DateTimeField(null=True, blank=True)
    ended_by = models.CharField(max_length=8, choices=EndedBy.choices, blank=True)
    epoch = models.PositiveIntegerField(default=1)
    takeovers = models.PositiveSmallIntegerField(default=0)
    slot = models.ForeignKey(SessionSlot, models.SET_NULL, null=True, blank=True, related_name="+")
    device_id = models.UUIDField(null=True, blank=True)
    device = models.CharField(max_length=80, blank=True)
    last_beat_at = models.DateTimeField(null=True, blank=True)
    last_saved_at = models.DateTimeField(null=True, blank=True)
    away_count = models.PositiveIntegerField(default=0, help_text="Times he left the test: the sum of such events.")
    away_ms = models.PositiveBigIntegerField(default=0)

    objects = AttemptQuerySet.as_manager()

    class Meta:
        db_table = "exam_submissions"
        ordering = ("test", "student__name", "number")
        verbose_name = _("attempt")
        verbose_name_plural = _("attempts")
        indexes = [
            models.Index(fields=["student", "test"], name="attempt_of_student"),
            models.Index(fields=["deadline_at"], condition=Q(state=State.WRITING), name="attempt_to_close"),
        ]
        constraints = [
            models.UniqueConstraint(fields=["test", "student", "number"], name="attempt_number_once"),
            models.UniqueConstraint(
                fields=["test", "student"], condition=~Q(state=State.SUBMITTED), name="attempt_one_open"
            ),
            models.CheckConstraint(condition=Q(state__in=State.values), name="attempt_state_known"),
            models.CheckConstraint(
                condition=~Q(state=State.WRITING) | Q(started_at__isnull=False, deadline_at__isnull=False),
                name="attempt_writing_has_deadline",
            ),
            models.CheckConstraint(
                condition=~Q(state=State.SUBMITTED) | (Q(submitted_at__isnull=False) & ~Q(ended_by="")),
                name="attempt_submitted_has_time",
            ),
            models.CheckConstraint(
                condition=Q(deadline_at=None) | Q(deadline_at__gt=F("started_at")), name="attempt_ends_after_it_begins"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.test} · {self.student} · {self.number}"

    def is_lost(self, now: datetime) -> bool:
        """Whether its device was silent for so long that another may take over."""
        return self.last_beat_at is None or now - self.last_beat_at >= LOST_AFTER

    def time_left(self, now: datetime) -> timedelta:
        """Never less than nothing; the whole time until it is begun is not known here."""
        if self.deadline_at is None:
            return timedelta(0)
        return max(self.deadline_at - now, timedelta(0))


class Response(models.Model):
    """What a student last said to a question; a row exists once he has seen it. `seq` is his device's counter:
    only a higher one overwrites."""

    attempt = models.ForeignKey(Attempt, models.PROTECT, related_name="responses")
    question = models.ForeignKey(ExamQuestion, models.PROTECT, related_name="responses")
    seq = models.PositiveBigIntegerField()
    answer = models.JSONField(null=True, help_text="See exams.content; null: not answered.")
    is_answered = models.BooleanField(default=False, help_text="Whether `answer` says something.")
    is_marked = models.BooleanField(default=False, help_text="For review.")
    spent_ms = models.PositiveBigIntegerField(default=0, help_text="Time on the question, by the device's word.")
    saved_at = models.DateTimeField()
    answered_at = models.DateTimeField(null=True, help_text="First: of any n of m the first ones count.")

    class Meta:
        db_table = "exam_responses"
        ordering = ("attempt", "question")
        verbose_name = _("response")
        verbose_name_plural = _("responses")
        constraints = [
            models.UniqueConstraint(fields=["attempt", "question"], name="response_once_a_question"),
            models.CheckConstraint(
                condition=Q(is_answered=False) | Q(answered_at__isnull=False), name="response_answered_has_time"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.attempt_id} · {self.question_id}"


class AttemptEvent(models.Model):
    """Something that happened while a test was written: an event with its cause, never a verdict. Append-only."""

    class Kind(models.TextChoices):
        ADMITTED = "ADMITTED", _("Came in")
        STARTED = "STARTED", _("Began")
        RESUMED = "RESUMED", _("Opened again on the same device")
        MOVED = "MOVED", _("Went on on another device")
        AWAY = "AWAY", _("Left the test")
        OFFLINE = "OFFLINE", _("Without connection")
        FULLSCREEN = "FULLSCREEN", _("Left the full screen")
        PASTE = "PASTE", _("Pasted")
        CREDIT = "CREDIT", _("Got more time")
        REOPENED = "REOPENED", _("Opened again by staff")
        SUBMITTED = "SUBMITTED", _("Handed in")
        TAKEOVER_ASKED = "TAKEOVER_ASKED", _("Asked to go on on another device")
        TAKEOVER_REFUSED = "TAKEOVER_REFUSED", _("Was refused another device")

    attempt = models.ForeignKey(Attempt, models.PROTECT, related_name="events")
    kind = models.CharField(max_length=16, choices=Kind.choices)
    client_id = models.UUIDField(null=True, help_text="The device's own number of it, so that it is noted once.")
    happened_at = models.DateTimeField(help_text="By the device's word where it saw it, else by the server's clock.")
    duration_ms = models.PositiveBigIntegerField(null=True)
    cause = models.CharField(max_length=20, blank=True, help_text="hidden, blur, offline, closed, …")
    detail = models.JSONField(default=dict)
    by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+", help_text="Staff who did it.")
    at = models.DateTimeField(default=timezone.now)

    class Meta:
        db_table = "exam_events"
        ordering = ("attempt", "at", "pk")
        verbose_name = _("event of an attempt")
        verbose_name_plural = _("events of attempts")
        constraints = [
            models.UniqueConstraint(
                fields=["attempt", "client_id"], condition=Q(client_id__isnull=False), name="exam_event_once"
            ),
            models.CheckConstraint(
                condition=Q(
                    kind__in=[
                        "ADMITTED",
                        "STARTED",
                        "RESUMED",
                        "MOVED",
                        "AWAY",
                        "OFFLINE",
                        "FULLSCREEN",
                        "PASTE",
                        "CREDIT",
                        "REOPENED",
                        "SUBMITTED",
                        "TAKEOVER_ASKED",
                        "TAKEOVER_REFUSED",
                    ]
                ),
                name="exam_event_kind_known",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.attempt_id} · {self.kind}"


class TimeCredit(models.Model):
    """Time given to an attempt while it was written, with the reason. Append-only; one `action` gives once to each."""

    class Kind(models.TextChoices):
        EXTRA = "EXTRA", _("Extra time")
        OUTAGE = "OUTAGE", _("Time lost in an outage")
        REOPENED = "REOPENED", _("Opened again")

    action = models.UUIDField(help_text="The same for all who got it at once; a form sent twice names it again.")
    attempt = models.ForeignKey(Attempt, models.PROTECT, related_name="credits")
    kind = models.CharField(max_length=8, choices=Kind.choices)
    seconds = models.PositiveIntegerField()
    reason = models.CharField(max_length=200)
    lost_from = models.DateTimeField(null=True, help_text="Of an outage, by which the seconds were reckoned.")
    lost_until = models.DateTimeField(null=True)
    by = models.ForeignKey(User, models.PROTECT, related_name="+")
    at = models.DateTimeField(default=timezone.now)

    class Meta:
        db_table = "exam_credits"
        ordering = ("attempt", "at", "pk")
        verbose_name = _("time given")
        verbose_name_plural = _("times given")
        constraints = [
            models.UniqueConstraint(fields=["action", "attempt"], name="credit_once_an_action"),
            models.CheckConstraint(condition=Q(seconds__gte=1), name="credit_of_time"),
            models.CheckConstraint(condition=~Q(reason=""), name="credit_has_reason"),
        ]

    def __str__(self) -> str:
        return f"{self.attempt_id} · {self.seconds} s"


class TakeoverRequest(models.Model):
    """A student asks to go on on another device while the first still answers. ASKED → APPROVED | REFUSED → USED."""

    class State(models.TextChoices):
        ASKED = "ASKED", _("Asked")
        APPROVED = "APPROVED", _("Approved")
        REFUSED = "REFUSED", _("Refused")
        USED = "USED", _("Used")
        DROPPED = "DROPPED", _("No longer needed")

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    attempt = models.ForeignKey(Attempt, models.CASCADE, related_name="takeover_requests")
    state = models.CharField(max_length=8, choices=State.choices, default=State.ASKED)
    device_id = models.UUIDField(null=True)
    device = models.CharField(max_length=80, blank=True)
    asked_at = models.DateTimeField(default=timezone.now)
    decided_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    decided_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "exam_takeovers"
        ordering = ("attempt", "asked_at")
        verbose_name = _("request for another device")
        verbose_name_plural = _("requests for another device")
        constraints = [
            models.UniqueConstraint(
                fields=["attempt"], condition=Q(state__in=["ASKED", "APPROVED"]), name="takeover_one_open"
            )
        ]

    def __str__(self) -> str:
        return f"{self.attempt_id} · {self.device}"


class TestMessage(models.Model):
    """What an invigilator tells all who write a test, or one of them. Append-only."""

    __test__ = False

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    test = models.ForeignKey(Test, models.PROTECT, related_name="messages")
    attempt = models.ForeignKey(
        Attempt, models.PROTECT, null=True, blank=True, related_name="messages", help_text="Null: to all."
    )
    text = models.CharField(_("message"), max_length=500)
    by = models.ForeignKey(User, models.PROTECT, related_name="+")
    at = models.DateTimeField(default=timezone.now)

    class Meta:
        db_table = "exam_messages"
        ordering = ("test", "at", "pk")
        verbose_name = _("message to who writes a test")
        verbose_name_plural = _("messages to who write a test")
        constraints = [models.CheckConstraint(condition=~Q(text=""), name="exam_message_says_something")]

    def __str__(self) -> str:
        return f"{self.test_id} · {self.text[:40]}"
