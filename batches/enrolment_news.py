"""Whom joining, leaving and asking to join is told, and in which words."""

from django.utils.translation import gettext_lazy as _

from accounts.models import Role
from accounts.notifications import Kind

JOINED = Kind("batch.joined", _("Joining and leaving a batch"))
OFFERED = Kind("batch.offered", _("An offered place in a batch"), is_urgent=True)
ASKED = Kind("batch.asked", _("Students ask to join my batch"), roles=frozenset({Role.ADMIN, Role.TEACHER}))
MESSAGE = Kind("batch.message", _("Messages to my batch"))
KINDS = (JOINED, OFFERED, ASKED, MESSAGE)
