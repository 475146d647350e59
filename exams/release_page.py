"""What the page of release says: the rule of a test in words, and how each batch stands to it."""

from dataclasses import dataclass
from datetime import datetime

from django.db.models import Count
from django.utils.translation import gettext as _

from coaching.lib.clock import moment_text
from exams import releases
from exams.models import Result, Test, TestBatch
from exams.models.tests import Release, Shown
from exams.release_forms import ReleaseForm
from exams.releases import MARKS, SOLUTIONS, Said, said_of


@dataclass(frozen=True, slots=True)
class Stand:
    """How marks, or solutions, stand for a batch: a tone, a word, and when or why behind it."""

    tone: str
    word: str
    why: str = ""


@dataclass(frozen=True, slots=True)
class BatchRow:
    """A batch with how it stands; `count` are its students with a result, `form` changes it."""

    row: TestBatch
    count: int
    marks: Stand
    solutions: Stand
    form: ReleaseForm

    @property
    def said(self) -> Said:
        return said_of(self.row)


def rows_of(test: Test, *, now: datetime, bound: ReleaseForm | None = None) -> list[BatchRow]:
    """Each batch by name; `bound` is the form that was sent, put in the place of its batch. Two queries."""
    rows = TestBatch.objects.filter(test=test).select_related("batch").order_by("batch__name", "pk")
    counts = _counts(test)
    return [
        BatchRow(
            row,
            counts.get(row.batch_id, 0),
            stand(test, said_of(row), MARKS, now=now),
            stand(test, said_of(row), SOLUTIONS, now=now),
            bound if bound and bound.row.pk == row.pk else ReleaseForm(row=row),
        )
        for row in rows
    ]


def _counts(test: Test) -> dict[int | None, int]:
    """By batch, who has a result that counts."""
    if test.newest_results_id is None:
        return {}
    found = Result.objects.filter(version=test.newest_results_id, is_counted=True).order_by().values_list("batch")
    return dict(found.annotate(count=Count("pk")))


def rule_words(test: Test, what: str) -> str:
    """When the test closes, Sat 21 Nov 2026, 6:30 pm."""
    rule, at = getattr(test, f"{what}_release"), releases.by_rule(test, what)
    if rule == Release.ON_DATE and at:
        return _("From %(time)s") % {"time": moment_text(at)}
    label = str(Release(rule).label)
    return f"{label}: {moment_text(at)}" if at else label


def _since(test: Test, said: Said, what: str) -> str:
    """Since when it is shown, where that is known: when somebody said so by hand is in the activity log."""
    known = [releases.comes_at(test, said, one) for one in {what, MARKS}]
    if getattr(said, what) == Shown.YES:
        return _("by hand")
    if said.results == Shown.YES:
        return _("with the marks")
    return _("since %(time)s") % {"time": moment_text(max(filter(None, known)))}


def stand(test: Test, said: Said, what: str, *, now: datetime) -> Stand:
    """How it is for a batch now."""
    by_rule = getattr(said, what) == Shown.BY_RULE
    at = releases.comes_at(test, said, what)
    if releases.is_out(test, said, what, now=now):
        return Stand("ok", _("Shown"), _since(test, said, what))
    if at is None:
        return Stand("off", _("Not shown"), _("by the rule of the test")) if by_rule else Stand("bad", _("Held back"))
    if at > now:
        return Stand("run", _("From %(time)s") % {"time": moment_text(at)})
    if test.newest_results is None:
        return Stand("off", _("Not yet"), _("nothing is reckoned yet"))
    if by_rule and test.newest_results.is_provisional:
        return Stand("due", _("Waits"), _("until every answer is marked"))
    return Stand("due", _("Waits"), _("until marks are shown") if what == SOLUTIONS else "")
