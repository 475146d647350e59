"""The institute itself: one row with what every page, mail and document says of it."""

import time
import zoneinfo
from typing import Any, ClassVar

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

STALE_AFTER_S = 5.0
NO_PLACES = frozenset({"Factory", "localtime"})  # the tz database's own, and whatever this machine is set to


def validate_zone(name: str) -> None:
    """Raises: ValidationError when there is no such time zone."""
    if name not in zoneinfo.available_timezones() - NO_PLACES:
        raise ValidationError(
            _("There is no time zone “%(name)s”. Say Asia/Kolkata, for example."), params={"name": name}
        )


class Institute(models.Model):
    """Name, address and rules of the institute; one row, made with the first change."""

    class MinorLocation(models.TextChoices):
        EXEMPT = "EXEMPT", _("Allowed for enrolled students")
        CONSENT = "CONSENT", _("Only with a guardian's consent")
        OFF = "OFF", _("Never")

    name = models.CharField(_("name"), max_length=120)
    short_name = models.CharField(_("short name"), max_length=30, blank=True)
    address = models.TextField(_("address"), max_length=400, blank=True)
    state = models.CharField(_("state"), max_length=60, blank=True)
    phone = models.CharField(_("phone"), max_length=20, blank=True)
    email = models.EmailField(_("e-mail address"), blank=True)
    website = models.URLField(_("website"), blank=True)
    logo = models.BinaryField(null=True, blank=True, editable=True, help_text="WebP, at most 40 kB, made by us.")
    logo_etag = models.CharField(max_length=32, blank=True)
    time_zone = models.CharField(_("time zone"), max_length=64, blank=True, validators=[validate_zone])
    language = models.CharField(_("language of new people"), max_length=8, choices=settings.LANGUAGES, default="en")
    academic_year_month = models.PositiveSmallIntegerField(_("academic year begins in month"), default=4)
    minor_location = models.CharField(
        _("position of students under 18"), max_length=8, choices=MinorLocation.choices, default=MinorLocation.EXEMPT
    )
    leaderboards = models.BooleanField(_("leaderboards are shown"), default=False)
    privacy_notice = models.TextField(_("privacy notice"), blank=True)
    notice_version = models.PositiveIntegerField(_("version of the privacy notice"), default=1)
    changed_at = models.DateTimeField(auto_now=True)

    _kept: ClassVar["tuple[float, Institute] | None"] = None

    class Meta:
        db_table = "institute"
        verbose_name = _("institute")
        verbose_name_plural = _("institute")
        constraints = [
            models.CheckConstraint(condition=Q(pk=1), name="institute_is_one_row"),
            models.CheckConstraint(
                condition=Q(academic_year_month__gte=1, academic_year_month__lte=12), name="institute_year_month"
            ),
        ]

    def __str__(self) -> str:
        return self.name

    def save(self, *args: Any, **kwargs: Any) -> None:
        super().save(*args, **kwargs)
        Institute.forget()

    @classmethod
    def current(cls) -> "Institute":
        """The row, or one with the settings' name until there is one. Other processes see a change within 5 s."""
        if cls._kept is None or time.monotonic() - cls._kept[0] > STALE_AFTER_S:
            row = cls.objects.defer("logo", "privacy_notice").first() or cls(pk=1, name=settings.INSTITUTE_NAME)
            cls._kept = (time.monotonic(), row)
        return cls._kept[1]

    @classmethod
    def kept(cls) -> "Institute | None":
        """The row as this process last read it, however long ago; for code that may not ask the database."""
        return cls._kept[1] if cls._kept else None

    @classmethod
    def forget(cls) -> None:
        """Read the row anew next time."""
        cls._kept = None

    @property
    def zone(self) -> zoneinfo.ZoneInfo:
        return zoneinfo.ZoneInfo(self.time_zone or settings.TIME_ZONE)
