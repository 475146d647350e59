"""Rows of the store's care: snapshots of the registry, and objects that no row explains."""

import uuid
from typing import Self

from django.db import models
from django.utils import timezone

from dfs.models.drives import DriveAccount


class Snapshot(models.Model):
    """One sealed picture of the registry. It counts once a copy is verified; it goes when its last copy is gone."""

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    files = models.PositiveIntegerField(help_text="Stored files it describes.")
    size_bytes = models.BigIntegerField()
    md5 = models.CharField(max_length=32)
    kid = models.CharField(max_length=32, help_text="Master key it is sealed by.")
    made_at = models.DateTimeField(default=timezone.now)

    class Meta:
        db_table = "registry_snapshots"
        ordering = ("-made_at", "-pk")

    def __str__(self) -> str:
        return f"{self.made_at:%Y-%m-%d %H:%M}"


class SnapshotCopyQuerySet(models.QuerySet["SnapshotCopy"]):
    def good(self) -> Self:
        """Verified copies on Drives that stay and can be read."""
        away = (DriveAccount.State.LOST, DriveAccount.State.NEEDS_REAUTH, DriveAccount.State.DRAINING)
        return self.filter(state=SnapshotCopy.State.VERIFIED).exclude(account__state__in=away)


class SnapshotCopy(models.Model):
    """A snapshot on one owner's Drive. PLANNED → VERIFIED → DELETING, then the row goes."""

    class State(models.TextChoices):
        PLANNED = "PLANNED"
        VERIFIED = "VERIFIED"
        DELETING = "DELETING"

    snapshot = models.ForeignKey(Snapshot, models.PROTECT, related_name="copies")
    account = models.ForeignKey(DriveAccount, models.PROTECT, related_name="snapshot_copies")
    object_id = models.CharField(max_length=200)
    size_bytes = models.BigIntegerField()
    md5 = models.CharField(max_length=32)
    state = models.CharField(max_length=8, choices=State.choices, default=State.PLANNED)
    created_at = models.DateTimeField(default=timezone.now)

    objects = SnapshotCopyQuerySet.as_manager()

    class Meta:
        db_table = "registry_snapshot_copies"
        ordering = ("snapshot", "pk")
        constraints = [models.UniqueConstraint(fields=["account", "object_id"], name="snapshot_object_once")]

    def __str__(self) -> str:
        return f"{self.snapshot} · {self.account}"


class Orphan(models.Model):
    """An object of ours on a Drive that no row explained when it was last looked for. Gone from the Drive: row gone."""

    account = models.ForeignKey(DriveAccount, models.CASCADE, related_name="orphans")
    object_id = models.CharField(max_length=200)
    size_bytes = models.BigIntegerField()
    first_seen_at = models.DateTimeField()
    last_seen_at = models.DateTimeField()

    class Meta:
        db_table = "orphan_objects"
        ordering = ("account", "object_id")
        constraints = [models.UniqueConstraint(fields=["account", "object_id"], name="orphan_once")]

    def __str__(self) -> str:
        return self.object_id
