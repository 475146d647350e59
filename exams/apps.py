from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _

from accounts.events import name_events
from coaching.lib.triggers import AppendOnly, declare


class ExamsConfig(AppConfig):
    name = "exams"
    verbose_name = _("Tests")

    def ready(self) -> None:
        from accounts.notifications import declare as declare_kinds
        from exams import events, news, result_news

        name_events(events.EVENTS, events.GROUPS)
        declare_kinds(*news.KINDS, *result_news.KINDS)
        declare(AppendOnly("exam_question_versions", at="created_at"))
        declare(AppendOnly("exam_scheme_versions", at="created_at"))
        declare(AppendOnly("exam_events"))
        declare(AppendOnly("exam_credits"))
        declare(AppendOnly("exam_messages"))
        declare(AppendOnly("exam_marks"))
        declare(AppendOnly("exam_section_marks"))
        declare(AppendOnly("exam_key_fixes"))
        declare(AppendOnly("exam_result_versions", at="made_at"))
        declare(AppendOnly("exam_results"))
