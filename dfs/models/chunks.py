"""The registry of objects."""

from typing import Self

from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from dfs.models.drives import DriveAccount
from dfs.models.files import StoredFile


class ChunkQuerySet(models.QuerySet["Chunk"]):
    def content(self) -> Self:
        """Objects that carry the file: data and parity."""
        return self.exclude(kind=Chunk.Kind.MANIFEST)

    def manifests(self) -> Self:
        """Objects that say, sealed, what the registry says of the file."""
        return self.filter(kind=Chunk.Kind.MANIFEST)

    def live(self) -> Self:
        """Objects that count: planned or verified."""
        return self.filter(state__in=Chunk.LIVE)

    def readable(self) -> Self:
        """Verified objects on Drives that can be read, safest first."""
        unreadable = (DriveAccount.State.LOST, DriveAccount.State.NEEDS_REAUTH)
        return self.filter(state=Chunk.State.VERIFIED).exclude(account__state__in=unreadable)


class Chunk(models.Model):
    """One sealed object on one Drive. PLANNED → VERIFIED → MISSING | CORRUPT; any → DELETING, then the row goes.

    DATA: `index` is the chunk's number in the file, `copy` tells equal copies apart, `stripe_k` and `row` are 0.
    PARITY: `index` is the stripe's number under `stripe_k` data objects a stripe, `row` is 0 to p−1.
    MANIFEST: `index` counts the manifests the file has had, `copy` tells equal ones apart; the newest counts.
    """

    class Kind(models.TextChoices):
        DATA = "DATA", _("Content")
        PARITY = "PARITY", _("Parity")
        MANIFEST = "MANIFEST", _("Manifest")

    class State(models.TextChoices):
        PLANNED = "PLANNED", _("Planned")
        VERIFIED = "VERIFIED", _("Verified")
        MISSING = "MISSING", _("Missing")
        CORRUPT = "CORRUPT", _("Damaged")
        DELETING = "DELETING", _("Being deleted")

    LIVE = (State.PLANNED, State.VERIFIED)

    file = models.ForeignKey(StoredFile, models.PROTECT, related_name="chunks")
    generation = models.PositiveIntegerField()
    kind = models.CharField(max_length=8, choices=Kind.choices)
    index = models.PositiveIntegerField()
    stripe_k = models.PositiveSmallIntegerField(default=0)
    row = models.PositiveSmallIntegerField(default=0)
    copy = models.PositiveSmallIntegerField(default=0)
    account = models.ForeignKey(DriveAccount, models.PROTECT, related_name="chunks")
    object_id = models.CharField(max_length=200)
    size_bytes = models.BigIntegerField()
    md5 = models.CharField(max_length=32, help_text="Hex, of the whole object; committed before the object is sent.")
    state = models.CharField(max_length=8, choices=State.choices, default=State.PLANNED)
    created_at = models.DateTimeField(default=timezone.now)
    verified_at = models.DateTimeField(null=True, blank=True)

    objects = ChunkQuerySet.as_manager()

    class Meta:
        db_table = "chunk_registry"
        ordering = ("file", "generation", "kind", "index", "row", "copy")
        indexes = [
            models.Index(fields=["account", "state"], name="chunk_account_state"),
            models.Index(fields=["state", "created_at"], name="chunk_state"),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["file", "generation", "kind", "index", "stripe_k", "row", "copy"],
                condition=Q(state__in=("PLANNED", "VERIFIED")),
                name="chunk_position_once",
            ),
            models.UniqueConstraint(fields=["account", "object_id"], name="chunk_object_once"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.index}.{self.row}.{self.copy}"
