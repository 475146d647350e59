from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _

from accounts.events import name_events
from coaching.lib.triggers import AppendOnly, declare


class AttendanceConfig(AppConfig):
    name = "attendance"
    verbose_name = _("Attendance")

    def ready(self) -> None:
        from accounts.notifications import declare as declare_kinds
        from attendance import events, news

        name_events(events.EVENTS, events.GROUPS)
        declare_kinds(*news.KINDS)
        declare(AppendOnly("check_in_attempts", at="received_at"))
        declare(AppendOnly("attendance_changes"))
