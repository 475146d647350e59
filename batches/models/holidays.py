"""Days on which the institute holds no classes."""

import uuid
from collections.abc import Iterable
from datetime import date
from typing import Self

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _


class HolidayQuerySet(models.QuerySet["Holiday"]):
    def between(self, since: date, until: date) -> Self:
        """Those that touch the days from `since` to `until`, both counted."""
        return self.filter(starts_on__lte=until, ends_on__gte=since)


class Holiday(models.Model):
    """A holiday or break from `starts_on` to `ends_on`, both days counted."""

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    name = models.CharField(_("name"), max_length=120)
    starts_on = models.DateField(_("first day"))
    ends_on = models.DateField(_("last day"))
    uid = models.CharField(
        max_length=255,
        blank=True,
        editable=False,
        help_text="From the calendar file it came in, so that it comes once.",
    )

    objects = HolidayQuerySet.as_manager()

    class Meta:
        db_table = "holidays"
        ordering = ("starts_on", "name", "pk")
        verbose_name = _("holiday")
        verbose_name_plural = _("holidays")
        indexes = [models.Index(fields=["ends_on", "starts_on"], name="holiday_days")]
        constraints = [
            models.CheckConstraint(
                condition=Q(ends_on__gte=F("starts_on")),
                name="holiday_days_in_order",
                violation_error_message=_("The last day is before the first."),
            ),
            models.UniqueConstraint(
                fields=["starts_on", "ends_on", "name"],
                name="holiday_once",
                violation_error_message=_("This holiday is in the list already."),
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @staticmethod
    def covering(day: date, among: Iterable["Holiday"]) -> "Holiday | None":
        """The first of these in which the day lies."""
        return next((one for one in among if one.starts_on <= day <= one.ends_on), None)
