"""The secret address under which a person's calendar is read by his phone."""

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import User


class CalendarFeed(models.Model):
    """One for each person at most; a new one makes the old address worthless. Only the secret's SHA-256 is kept."""

    person = models.OneToOneField(User, models.CASCADE, related_name="calendar_feed")
    secret_hash = models.CharField(max_length=64, unique=True)
    created_at = models.DateTimeField(default=timezone.now)
    read_at = models.DateTimeField(null=True, blank=True, help_text="When a calendar last asked, to the hour.")

    class Meta:
        db_table = "calendar_feeds"
        verbose_name = _("calendar link")
        verbose_name_plural = _("calendar links")

    def __str__(self) -> str:
        return str(self.person)
