"""Marking schemes: rules as data, in versions."""

import uuid
from typing import Self

from django.core.validators import MinValueValidator
from django.db import models
from django.db.models import Q
from django.db.models.functions import Lower
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import User


class SchemeQuerySet(models.QuerySet["Scheme"]):
    def current(self) -> Self:
        return self.filter(archived_at=None)


class Scheme(models.Model):
    """How a test is marked, by name; `newest` is what new tests get. current ⇄ archived."""

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    name = models.CharField(_("name"), max_length=120)
    preset = models.CharField(max_length=30, blank=True, help_text="Which of the product's presets it began as.")
    newest = models.ForeignKey("exams.SchemeVersion", models.PROTECT, null=True, related_name="+")
    archived_at = models.DateTimeField(null=True, blank=True)

    objects = SchemeQuerySet.as_manager()

    class Meta:
        db_table = "exam_schemes"
        ordering = ("name", "pk")
        verbose_name = _("marking scheme")
        verbose_name_plural = _("marking schemes")
        constraints = [
            models.UniqueConstraint(
                Lower("name"),
                condition=Q(archived_at=None),
                name="scheme_name_once",
                violation_error_message=_("There is a scheme of this name already."),
            ),
            models.UniqueConstraint(fields=["preset"], condition=~Q(preset=""), name="scheme_preset_once"),
        ]

    def __str__(self) -> str:
        return self.name


class SchemeVersion(models.Model):
    """The rules as they stood from some day on (`exams.schemes` says their shape). Append-only: tests pin one."""

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    scheme = models.ForeignKey(Scheme, models.PROTECT, related_name="versions", verbose_name=_("marking scheme"))
    number = models.PositiveSmallIntegerField(_("version"), validators=[MinValueValidator(1)])
    rules = models.JSONField()
    note = models.CharField(_("what is new"), max_length=200, blank=True)
    created_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+", editable=False)
    created_at = models.DateTimeField(default=timezone.now, editable=False)

    class Meta:
        db_table = "exam_scheme_versions"
        ordering = ("scheme", "-number")
        verbose_name = _("version of a scheme")
        verbose_name_plural = _("versions of schemes")
        constraints = [models.UniqueConstraint(fields=["scheme", "number"], name="scheme_version_once")]

    def __str__(self) -> str:
        return f"{self.scheme} · {self.number}"
