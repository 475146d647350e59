from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _

from accounts.events import name_events


class BatchesConfig(AppConfig):
    name = "batches"
    verbose_name = _("Batches")

    def ready(self) -> None:
        from accounts import changes
        from accounts.notifications import declare
        from batches import class_news, codes, enrolment_news, events

        declare(*class_news.KINDS, *enrolment_news.KINDS)
        name_events(events.EVENTS, events.GROUPS)
        changes.INVITATION_ACCEPTED.append(codes.follow_acceptance)
