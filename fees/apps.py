from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _

from accounts.events import name_events
from coaching.lib.triggers import declare


class FeesConfig(AppConfig):
    name = "fees"
    verbose_name = _("Fees")

    def ready(self) -> None:
        from accounts.notifications import declare as declare_kinds
        from batches import changes
        from fees import charging, events, guards, news

        name_events(events.EVENTS, events.GROUPS)
        declare_kinds(*news.KINDS)
        for guard in guards.GUARDS:
            declare(guard)
        changes.ENROLMENT.append(charging.follow_enrolment)
