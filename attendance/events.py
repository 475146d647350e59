"""What events of this area are called on the page of the activity log."""

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

EVENTS: dict[str, str | Promise] = {
    "attendance.corrected": _("Closed register corrected"),
    "attendance.closed": _("Register closed"),
    "attendance.headcount": _("Heads counted"),
    "attendance.exported": _("Attendance exported"),
    "check_in.rule_changed": _("Check-in rule changed"),
    "check_in.code_shown": _("Code of a class shown"),
    "check_in.position_seen": _("Position of a check-in looked at"),
    "check_in.positions_deleted": _("Old positions deleted"),
    "check_in.flag_reviewed": _("Flag of a check-in reviewed"),
    "leave.asked": _("Leave asked for"),
    "leave.granted": _("Leave granted"),
    "leave.refused": _("Leave refused"),
    "leave.withdrawn": _("Leave withdrawn"),
    "correction.asked": _("Correction asked for"),
    "correction.granted": _("Correction granted"),
    "correction.refused": _("Correction refused"),
    "correction.withdrawn": _("Request for a correction withdrawn"),
    "freeze.made": _("Attendance frozen"),
    "freeze.lifted": _("Frozen attendance opened again"),
}
GROUPS: dict[str, str | Promise] = {
    "attendance": _("Registers"),
    "check_in": _("Check-in"),
    "leave": _("Leave"),
    "correction": _("Corrections"),
    "freeze": _("Frozen periods"),
}
