"""Work on files: the queue, its log, and runs of the verification."""

import uuid
from datetime import datetime
from typing import Self

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from dfs.models.files import StoredFile


class JobQuerySet(models.QuerySet["Job"]):
    def open(self) -> Self:
        return self.filter(state__in=Job.OPEN)

    def due(self, now: datetime) -> Self:
        """Jobs a worker may claim: waiting their turn, or running with a lease that ran out."""
        ready = Q(state__in=(Job.State.PENDING, Job.State.WAITING), next_attempt_at__lte=now)
        return self.filter(ready | Q(state=Job.State.RUNNING, lease_until__lt=now))


class Job(models.Model):
    """Work on one file. PENDING → RUNNING ⇄ WAITING (`reason` says for what) → COMPLETE | FAILED | CANCELLED."""

    class Kind(models.TextChoices):
        DISTRIBUTE = "DISTRIBUTE", _("Store")
        REPAIR = "REPAIR", _("Heal")
        ERASE = "ERASE", _("Erase")

    class State(models.TextChoices):
        PENDING = "PENDING", _("Waiting its turn")
        RUNNING = "RUNNING", _("Running")
        WAITING = "WAITING", _("Waiting")
        COMPLETE = "COMPLETE", _("Complete")
        FAILED = "FAILED", _("Failed")
        CANCELLED = "CANCELLED", _("Cancelled")

    OPEN = (State.PENDING, State.RUNNING, State.WAITING)

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    kind = models.CharField(max_length=12, choices=Kind.choices, default=Kind.DISTRIBUTE)
    file = models.ForeignKey(StoredFile, models.PROTECT, related_name="jobs")
    actor = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+")
    state = models.CharField(max_length=10, choices=State.choices, default=State.PENDING)
    reason = models.CharField(max_length=300, blank=True, help_text="Why it waits or failed, for a person.")
    lease_token = models.UUIDField(null=True, blank=True, help_text="Fences a worker that lost its lease.")
    lease_owner = models.CharField(max_length=200, blank=True)
    lease_until = models.DateTimeField(null=True, blank=True)
    attempts = models.PositiveIntegerField(default=0)
    next_attempt_at = models.DateTimeField(default=timezone.now)
    objects_done = models.PositiveIntegerField(default=0)
    objects_total = models.PositiveIntegerField(default=0)
    created_at = models.DateTimeField(default=timezone.now)
    started_at = models.DateTimeField(null=True, blank=True)
    finished_at = models.DateTimeField(null=True, blank=True)
    cleared_at = models.DateTimeField(null=True, blank=True, help_text="Taken off the history list.")

    objects = JobQuerySet.as_manager()

    class Meta:
        db_table = "distribution_queue"
        ordering = ("-created_at", "-pk")
        indexes = [models.Index(fields=["state", "next_attempt_at"], name="job_due")]
        constraints = [
            models.UniqueConstraint(
                fields=["file", "kind"], condition=Q(state__in=("PENDING", "RUNNING", "WAITING")), name="job_open_once"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()}: {self.file_id}"

    @property
    def percent(self) -> int:
        """0 to 100; 100 only when complete."""
        if self.state == self.State.COMPLETE:
            return 100
        return min(99, 100 * self.objects_done // self.objects_total) if self.objects_total else 0


class JobLine(models.Model):
    """One line of a job's live log."""

    job = models.ForeignKey(Job, models.CASCADE, related_name="lines")
    at = models.DateTimeField(default=timezone.now)
    verb = models.CharField(max_length=12, help_text="seal, put, place, verify, rebuild, wait, done …")
    drive = models.CharField(max_length=200, blank=True)
    text = models.CharField(max_length=300)
    is_problem = models.BooleanField(default=False)

    class Meta:
        db_table = "distribution_log"
        ordering = ("pk",)

    def __str__(self) -> str:
        return f"{self.verb} {self.drive} {self.text}"


class VerifyRun(models.Model):
    """One look over the whole store, asked for by a person or the scheduler. PENDING → RUNNING → COMPLETE | FAILED.

    VERIFY compares the registry with what the Drives hold; SAMPLE also opens every piece of the files that were proved
    longest ago; HEAL asks the Drives whether they are there and queues
    what is to be rebuilt. `findings` is what `dfs.verification` found, in plain figures.
    """

    class Kind(models.TextChoices):
        VERIFY = "VERIFY", _("Verify all")
        HEAL = "HEAL", _("Rebuild")
        SAMPLE = "SAMPLE", _("Open a sample")

    class State(models.TextChoices):
        PENDING = "PENDING", _("Waiting its turn")
        RUNNING = "RUNNING", _("Running")
        COMPLETE = "COMPLETE", _("Complete")
        FAILED = "FAILED", _("Failed")

    OPEN = (State.PENDING, State.RUNNING)

    kind = models.CharField(max_length=8, choices=Kind.choices, default=Kind.VERIFY)
    state = models.CharField(max_length=10, choices=State.choices, default=State.PENDING)
    actor = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+")
    objects_done = models.PositiveIntegerField(default=0)
    objects_total = models.PositiveIntegerField(default=0)
    findings = models.JSONField(default=dict, blank=True)
    reason = models.CharField(max_length=300, blank=True, help_text="Why it failed, for a person.")
    created_at = models.DateTimeField(default=timezone.now)
    started_at = models.DateTimeField(null=True, blank=True)
    touched_at = models.DateTimeField(null=True, blank=True, help_text="The worker's last sign; old means it died.")
    finished_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        db_table = "verify_runs"
        ordering = ("-pk",)
        constraints = [
            models.UniqueConstraint(
                fields=["kind"], condition=Q(state__in=("PENDING", "RUNNING")), name="run_open_once"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()}: {self.get_state_display()}"

    @property
    def is_open(self) -> bool:
        return self.state in self.OPEN

    @property
    def percent(self) -> int:
        """0 to 99 while it runs."""
        return min(99, 100 * self.objects_done // self.objects_total) if self.objects_total else 0
