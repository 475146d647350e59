"""Where a test stands, in a word with its tone, for staff."""

from datetime import datetime

from django.utils.translation import gettext as _

from exams.models import Test


def state_of(test: Test, *, now: datetime) -> tuple[str, str]:
    """(tone, word): Draft, Published, Running, Beginning is off, Over, Archived."""
    if test.archived_at:
        return "off", _("Archived")
    if not (test.published_at and test.opens_at and test.closes_at):
        return "off", _("Draft")
    if test.closes_at <= now:
        return "ok", _("Over")
    if not test.is_active and not test.is_on_paper:
        return "due", _("Beginning is off")
    return ("run", _("Running")) if test.opens_at <= now else ("run", _("Published"))
