"""Whom a change of a class or of the timetable is told, and in which words."""

from django.utils.translation import gettext_lazy as _

from accounts.notifications import Kind

CHANGED = Kind("class.changed", _("A class is cancelled or changed"), is_urgent=True)
KINDS = (CHANGED,)
