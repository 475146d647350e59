"""What is decided about a test, in words, and who is to write it."""

from dataclasses import dataclass
from datetime import datetime

from django.db.models import Count, OuterRef, Q, Subquery
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from batches.models import Batch, Enrolment
from coaching.lib.clock import moment_text
from exams.models import Test
from exams.models.tests import Counted, FocusAction, Release

Facts = list[tuple[str | Promise, str]]


@dataclass(frozen=True, slots=True)
class Writing:
    """A batch of a test: how many of it will write, and its extra minutes, 0 for none."""

    batch: Batch
    students: int
    minutes: int


def who_writes(test: Test, *, now: datetime) -> list[Writing]:
    """Its batches by name, with who is in them when it opens. Two queries."""
    since = max(test.opens_at or now, now)
    stays = Enrolment.objects.filter(Q(left_at=None) | Q(left_at__gt=since), batch=OuterRef("pk")).order_by()
    count = stays.values("batch").annotate(count=Count("student", distinct=True)).values("count")
    batches = test.batches.order_by("name", "pk").annotate(students=Subquery(count))
    more = dict(test.allowances.exclude(batch=None).values_list("batch", "minutes"))
    return [Writing(one, getattr(one, "students", 0) or 0, more.get(one.pk, 0)) for one in batches]


def facts_of(test: Test) -> Facts:
    """Label and words, in the order of the form."""
    solutions = (_("Solutions are shown"), _release(test.solutions_release, test.solutions_at))
    return [
        (_("Opens"), moment_text(test.opens_at) if test.opens_at else _("not said yet")),
        (_("Closes"), moment_text(test.closes_at) if test.closes_at else _("not said yet")),
        *([(_("Written"), _("on paper, in the room"))] if test.is_on_paper else _of_writing(test)),
        (_("Marks are shown"), _release(test.results_release, test.results_at)),
        *([] if test.is_on_paper else [solutions]),
        *([(_("Leaderboard"), _places(test.leaderboard_size))] if test.leaderboard_size else []),
        *([] if test.is_on_paper else _of_watching(test)),
    ]


def _of_writing(test: Test) -> Facts:
    """How it is written here."""
    counted = Counted(test.counted_attempt).label
    return [
        (_("Time to write"), minutes_words(test.duration_min) if test.duration_min else _("until it closes")),
        (_("Marking scheme"), test.scheme.scheme.name),
        (_("Attempts allowed"), str(test.most_attempts)),
        *([(_("Attempt that counts"), str(counted))] if test.most_attempts > 1 else []),
        (_("Access code"), test.access_code or _("none")),
        (_("Order"), _order(test)),
    ]


def _of_watching(test: Test) -> Facts:
    return [
        (_("Leaving the test"), _focus(test)),
        *([(_("Full screen"), _("is asked for"))] if test.asks_fullscreen else []),
        *([(_("Pasting"), _("is noted"))] if test.logs_paste else []),
    ]


def _places(count: int) -> str:
    return ngettext("%(count)d place", "%(count)d places", count) % {"count": count}


def minutes_words(minutes: int) -> str:
    return ngettext("%(count)d minute", "%(count)d minutes", minutes) % {"count": minutes}


def _order(test: Test) -> str:
    match test.shuffles_questions, test.shuffles_options:
        case True, True:
            return _("questions and options shuffled")
        case True, False:
            return _("questions shuffled")
        case False, True:
            return _("options shuffled")
    return _("the same for everybody")


def _release(release: str, at: datetime | None) -> str:
    return moment_text(at) if release == Release.ON_DATE and at else str(Release(release).label)


def _focus(test: Test) -> str:
    if test.focus_limit is None:
        return _("is noted")
    if test.focus_action == FocusAction.NOTE:
        text = ngettext(
            "is noted; %(count)d time is allowed", "is noted; %(count)d times are allowed", test.focus_limit
        )
    else:
        text = ngettext(
            "more than %(count)d time hands it in", "more than %(count)d times hands it in", test.focus_limit
        )
    return text % {"count": test.focus_limit}
