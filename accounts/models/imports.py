"""Imports of people: what a file brought, row by row, so that a whole import can be taken back."""

import uuid

from django.core.serializers.json import DjangoJSONEncoder
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models.people import User


class PeopleImport(models.Model):
    """One file of people that was taken in. DONE → UNDONE."""

    class State(models.TextChoices):
        DONE = "DONE", _("Taken in")
        UNDONE = "UNDONE", _("Taken back")

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    file_name = models.CharField(max_length=255)
    content_hash = models.CharField(max_length=64, help_text="SHA-256: the same file sent twice is taken once.")
    actor = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")
    at = models.DateTimeField(default=timezone.now)
    state = models.CharField(max_length=6, choices=State.choices, default=State.DONE)
    added = models.PositiveIntegerField(default=0)
    updated = models.PositiveIntegerField(default=0)
    skipped = models.PositiveIntegerField(default=0)
    undone_at = models.DateTimeField(null=True, blank=True)
    undone_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")

    class Meta:
        db_table = "people_imports"
        ordering = ("-at", "-pk")
        verbose_name = _("import of people")
        verbose_name_plural = _("imports of people")
        constraints = [
            models.CheckConstraint(condition=Q(state__in=["DONE", "UNDONE"]), name="people_import_state_known"),
            models.UniqueConstraint(
                fields=["content_hash"], condition=Q(state="DONE"), name="people_import_once_per_file"
            ),
        ]

    def __str__(self) -> str:
        return self.file_name


class ImportedRow(models.Model):
    """What one line of the file did to one person, and what became of that when the import was taken back.

    `before` holds, for an update, field → [old, new]; for a guardian's link, the student's number under `student`.
    """

    class Action(models.TextChoices):
        ADDED = "ADDED", _("Added")
        UPDATED = "UPDATED", _("Updated")
        LINKED = "LINKED", _("Linked as guardian")

    class Outcome(models.TextChoices):
        REMOVED = "REMOVED", _("Removed")
        DEACTIVATED = "DEACTIVATED", _("Deactivated, because something refers to this person")
        RESTORED = "RESTORED", _("As before the import")
        KEPT = "KEPT", _("Kept, because it was changed since")
        UNLINKED = "UNLINKED", _("No guardian any more")

    people_import = models.ForeignKey(PeopleImport, models.CASCADE, related_name="rows")
    line = models.PositiveIntegerField()
    action = models.CharField(max_length=8, choices=Action.choices)
    person = models.ForeignKey(
        User, models.SET_NULL, null=True, related_name="+", help_text="Empty once he was removed."
    )
    before = models.JSONField(default=dict, encoder=DjangoJSONEncoder)
    outcome = models.CharField(max_length=11, choices=Outcome.choices, blank=True)

    class Meta:
        db_table = "people_import_rows"
        ordering = ("line", "pk")
        constraints = [
            models.CheckConstraint(condition=Q(action__in=["ADDED", "UPDATED", "LINKED"]), name="imported_row_action")
        ]

    def __str__(self) -> str:
        return f"{self.line}: {self.action}"
