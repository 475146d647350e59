"""What still keeps a test from being published, in words and with the page where it is put right."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Count
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from exams.models import Section, Test


@dataclass(frozen=True, slots=True)
class Hindrance:
    """`where` is a URL name of the test's pages, `part` what to look at there."""

    words: str
    where: str
    part: str = ""

    def url(self, test: Test) -> str:
        return reverse(self.where, args=[test.uuid]) + (f"#{self.part}" if self.part else "")


def of(test: Test, *, now: datetime) -> list[Hindrance]:
    """Everything, in the order in which one would put it right. Three queries."""
    return [*of_details(test, now=now), *of_paper(test)]


def of_details(test: Test, *, now: datetime) -> list[Hindrance]:
    """Batches and window. One query."""
    found = []
    if not test.test_batches.filter(batch__archived_at=None).exists():
        found.append(Hindrance(_("Choose at least one batch that writes it."), "test_edit", "whom"))
    if not (test.opens_at and test.closes_at):
        found.append(Hindrance(_("Say when it opens and closes."), "test_edit", "when"))
    elif test.closes_at <= now and not test.is_on_paper:
        found.append(Hindrance(_("It would be closed already. Choose a later time."), "test_edit", "when"))
    return found


def of_paper(test: Test) -> list[Hindrance]:
    """Questions, or of a test on paper full marks, and rules of the sections. One query."""
    sections = list(test.sections.order_by("position", "pk").annotate(count=Count("questions")))
    if test.is_on_paper:
        return _of_marks(sections)
    if not any(one.count for one in sections):
        return [Hindrance(_("Place at least one question."), "test_paper")]
    found = [problem for one in sections for problem in _of_section(one, one.count)]
    timed = [one for one in sections if one.duration_min]
    if timed and len(timed) < len(sections):
        found.append(Hindrance(_("Either all sections have minutes of their own, or none."), "test_paper"))
    return found


def _of_marks(sections: Sequence[Section]) -> list[Hindrance]:
    """What marks are entered for on paper."""
    if not sections:
        return [Hindrance(_("Add at least one section, with its full marks."), "test_paper")]
    words = _("Say the full marks of %(section)s.")
    return [
        Hindrance(words % {"section": one.title}, "test_paper", f"section-{one.uuid}")
        for one in sections
        if one.full_marks is None
    ]


def _of_section(section: Section, count: int) -> list[Hindrance]:
    part = f"section-{section.uuid}"
    if not count:
        return [Hindrance(_("%(section)s has no question.") % {"section": section.title}, "test_paper", part)]
    if section.answers_count and section.answers_count > count:
        text = ngettext(
            "In %(section)s %(wanted)d answers are to count, but it has %(count)d question.",
            "In %(section)s %(wanted)d answers are to count, but it has %(count)d questions.",
            count,
        )
        words = {"section": section.title, "wanted": section.answers_count, "count": count}
        return [Hindrance(text % words, "test_paper", part)]
    return []
