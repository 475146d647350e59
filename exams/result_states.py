"""What is waited for while a test has no results yet, in words for staff."""

from dataclasses import dataclass
from datetime import datetime

from django.db.models import Count
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from batches.models import Enrolment
from coaching.lib.clock import moment_text
from exams.judge import scores
from exams.models import SectionMark, Test
from exams.models.attempts import State


@dataclass(frozen=True, slots=True)
class Awaited:
    """Why there is nothing to read yet, and where to go; `can_reckon`: staff may ask for results now."""

    title: str
    text: str = ""
    url: str = ""
    label: str = ""
    can_reckon: bool = False


def awaited(test: Test, *, now: datetime) -> Awaited:
    """What a test without a version waits for. At most four queries."""
    if not (test.published_at and test.opens_at and test.closes_at):
        return Awaited(_("The test is a draft"), _("Results come when students have written it."))
    if test.is_on_paper:
        return _on_paper(test)
    if now < test.opens_at:
        text = _("It opens %(when)s. Results come when it is over.") % {"when": moment_text(test.opens_at)}
        return Awaited(_("The test has not begun"), text)
    monitor = reverse("test_monitor", args=[test.uuid])
    if now < test.closes_at:
        text = _("It closes %(when)s. Results come when it is over and nobody writes any more.")
        return Awaited(
            _("The test is still running"), text % {"when": moment_text(test.closes_at)}, monitor, _("Monitor")
        )
    return _over(test, monitor)


def _over(test: Test, monitor: str) -> Awaited:
    counts = dict(test.attempts.order_by().values_list("state").annotate(Count("pk")))
    if writing := counts.get(State.WRITING, 0):
        title = ngettext("%(count)d student still writes", "%(count)d students still write", writing)
        text = _("Who has extra time writes on. Results come when all have handed in.")
        return Awaited(title % {"count": writing}, text, monitor, _("Monitor"))
    done = counts.get(State.SUBMITTED, 0)
    if not done:
        return Awaited(_("Nobody wrote this test"), _("There is nothing to reckon."))
    text = ngettext(
        "%(count)d attempt is handed in. The results come by themselves within a minute or two.",
        "%(count)d attempts are handed in. The results come by themselves within a minute or two.",
        done,
    )
    if scores.is_in_queue(test):
        text = _(
            "Programs are still being judged. The results come by themselves when that is done, or in ten minutes."
        )
    return Awaited(_("The results are being reckoned"), text % {"count": done}, can_reckon=True)


def _on_paper(test: Test) -> Awaited:
    """Marks are entered by staff."""
    entered = SectionMark.objects.filter(section__test=test).order_by().values("student").distinct().count()
    marks = reverse("paper_marks", args=[test.uuid])
    if not entered:
        text = _("It was written on paper. Enter the marks of each student; results follow from them.")
        return Awaited(_("No marks are entered yet"), text, marks, _("Enter marks"))
    text = ngettext(
        "Marks of %(count)d student are entered. When nobody is missing, results come by themselves after the test is "
        "over; who cannot wait reckons them now.",
        "Marks of %(count)d students are entered. When nobody is missing, results come by themselves after the test is "
        "over; who cannot wait reckons them now.",
        entered,
    )
    return Awaited(
        _("Results are still to be reckoned"), text % {"count": entered}, marks, _("Enter marks"), can_reckon=True
    )


def students_meant(test: Test) -> int:
    """How many were in its batches while it could be written; 0 of a draft. One query."""
    if not (test.opens_at and test.closes_at):
        return 0
    opens_at, closes_at = test.window
    stays = Enrolment.objects.filter(batch__test_batches__test=test).on_roll(starts_at=opens_at, ends_at=closes_at)
    return stays.order_by().values("student").distinct().count()
