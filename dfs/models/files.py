"""Stored files, and uploads on their way to become one."""

import uuid
from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any, Self

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

TRASH_KEPT = timedelta(days=7)
UPLOAD_KEPT = timedelta(days=2)


class FileQuerySet(models.QuerySet["StoredFile"]):
    def of(self, purpose: str) -> Self:
        return self.filter(purpose=purpose)

    def live(self) -> Self:
        return self.filter(trashed_at=None).exclude(state=StoredFile.State.ERASED)

    def in_trash(self) -> Self:
        return self.exclude(trashed_at=None).exclude(state=StoredFile.State.ERASED)

    def page_by_page(self, size: int = 200) -> Iterator["StoredFile"]:
        """Every row, read in pages by key, so that writing between two rows disturbs no open cursor."""
        last = 0
        while page := list(self.filter(pk__gt=last).order_by("pk")[:size]):
            yield from page
            last = page[-1].pk

    def for_user(self, user: Any) -> Self:
        """A person's own files, the only ones dfs itself serves to somebody who is not an admin."""
        return self.filter(purpose=StoredFile.MINE, owner=user)


class StoredFile(models.Model):
    """One immutable content. STAGED (plaintext in the spool) → STORED (objects verified) → ERASED (key destroyed).

    `wrapped_key` is the file key sealed by the master key ring; destroying it erases the file on every Drive.
    `k`/`p` are the redundancy laid down, null until then.
    """

    CONSOLE = "console"
    MINE = "mine"

    class State(models.TextChoices):
        STAGED = "STAGED", _("Being stored")
        STORED = "STORED", _("Stored")
        ERASED = "ERASED", _("Erased")

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    name = models.CharField(max_length=255)
    content_type = models.CharField(max_length=127, default="application/octet-stream")
    size_bytes = models.BigIntegerField()
    crc32 = models.BigIntegerField(
        help_text="Of the plaintext as it arrived; the worker compares before it calls the file stored."
    )
    purpose = models.CharField(
        max_length=32, help_text="The area it belongs to: console, mine, notes, homework, chat, exams …"
    )
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="stored_files"
    )
    state = models.CharField(max_length=8, choices=State.choices, default=State.STAGED)
    generation = models.PositiveIntegerField(default=1)
    chunk_bytes = models.PositiveIntegerField()
    segment_bytes = models.PositiveIntegerField()
    k = models.PositiveSmallIntegerField(null=True, blank=True)
    p = models.PositiveSmallIntegerField(null=True, blank=True)
    wrapped_key = models.BinaryField(null=True, blank=True)
    created_at = models.DateTimeField(default=timezone.now)
    stored_at = models.DateTimeField(null=True, blank=True)
    trashed_at = models.DateTimeField(null=True, blank=True)
    erased_at = models.DateTimeField(null=True, blank=True)
    verified_at = models.DateTimeField(null=True, blank=True)
    objects_gone_at = models.DateTimeField(
        null=True, blank=True, help_text="When the last object of an erased file was gone from the Drives."
    )
    manifest_number = models.PositiveIntegerField(default=0, help_text="Counts its manifests; the newest counts.")
    manifest_kid = models.CharField(max_length=32, blank=True, help_text="Master key the newest manifest is sealed by.")
    manifest_due_at = models.DateTimeField(
        null=True, blank=True, help_text="Since when the manifests on the Drives lag behind this row."
    )

    objects = FileQuerySet.as_manager()

    class Meta:
        db_table = "stored_files"
        ordering = ("-created_at", "-pk")
        indexes = [
            models.Index(fields=["purpose", "owner", "-created_at"], name="file_purpose_owner"),
            models.Index(fields=["-created_at", "-id"], name="file_newest"),
            models.Index(
                fields=["manifest_due_at"], condition=Q(manifest_due_at__isnull=False), name="file_manifest_due"
            ),
        ]
        constraints = [
            models.CheckConstraint(condition=Q(size_bytes__gte=0), name="file_size_not_negative"),
            models.CheckConstraint(
                condition=~Q(state="STORED") | Q(wrapped_key__isnull=False), name="file_stored_has_key"
            ),
            models.CheckConstraint(
                condition=~Q(state="ERASED") | Q(wrapped_key__isnull=True), name="file_erased_has_no_key"
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def etag(self) -> str:
        """Strong: a generation's content never changes."""
        return f'"{self.uuid}-{self.generation}"'

    @property
    def purge_at(self) -> datetime | None:
        """When the trash lets go of it; None when it is not there, or not any more."""
        if self.trashed_at is None or self.state == self.State.ERASED:
            return None
        return self.trashed_at + TRASH_KEPT


class Upload(models.Model):
    """A resumable upload under way; its bytes lie in the spool. Gone when finished, cancelled or expired."""

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    owner = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="uploads")
    name = models.CharField(max_length=255)
    content_type = models.CharField(max_length=127, default="application/octet-stream")
    purpose = models.CharField(max_length=32)
    length_bytes = models.BigIntegerField()
    offset_bytes = models.BigIntegerField(default=0)
    crc32 = models.BigIntegerField(default=0, help_text="Of the first `offset_bytes`.")
    file = models.OneToOneField(StoredFile, models.SET_NULL, null=True, blank=True, related_name="upload")
    created_at = models.DateTimeField(default=timezone.now)
    touched_at = models.DateTimeField(default=timezone.now)

    class Meta:
        db_table = "uploads"
        constraints = [
            models.CheckConstraint(
                condition=Q(offset_bytes__lte=models.F("length_bytes")), name="upload_offset_in_length"
            ),
        ]

    def __str__(self) -> str:
        return self.name
