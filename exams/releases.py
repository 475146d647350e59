"""Who sees marks and solutions: by the rule of the test, and what is said for one batch over it.

`shown` and `with_solutions` of `exams.models.results` decide row by row; here the same is said of a batch as a whole
(`released`, `is_out`), and changed. Nothing can be shown by hand while nothing is reckoned or somebody still writes;
holding back is always possible. Solutions tell the marks, so they come with them or after.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any

from django.db import transaction
from django.db.models import Q, QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts import activity
from accounts.models import User
from batches.models import Batch
from coaching.lib.clock import moment_text
from coaching.lib.errors import DomainError
from exams.models import Test, TestBatch
from exams.models.attempts import State
from exams.models.results import is_over, out_by_hand, out_by_rule
from exams.models.tests import Release, Shown
from exams.papers import locked_test

MARKS, SOLUTIONS = "results", "solutions"
OPENING = (Shown.YES, Shown.FROM)
ALWAYS = datetime.min.replace(tzinfo=UTC)


class ReleaseRefused(DomainError):
    """Marks or solutions cannot be shown like that; `field` names what was chosen wrongly, "" for the whole."""

    code = "release_refused"

    def __init__(self, message: str, *, field: str = "") -> None:
        super().__init__(message)
        self.field = field


@dataclass(frozen=True, slots=True)
class Said:
    """What is said for a batch; a time only where it is asked for."""

    results: str = Shown.BY_RULE
    results_from: datetime | None = None
    solutions: str = Shown.BY_RULE
    solutions_from: datetime | None = None

    @property
    def mark(self) -> str:
        """What a page shows and sends back, to tell whether somebody else said something since."""
        times = (one.isoformat() if one else "" for one in (self.results_from, self.solutions_from))
        return "|".join((self.results, self.solutions, *times))


class ReleaseChangedMeanwhile(ReleaseRefused):
    """Somebody else changed it first; `now_is` is what stands there."""

    code = "changed_meanwhile"

    def __init__(self, now_is: Said) -> None:
        super().__init__(_("Somebody else changed this in the meantime. Nothing is saved yet: look, then save."))
        self.now_is = now_is


# --- How it stands ----------------------------------------------------------------------------------------------------


def said_of(row: TestBatch | None) -> Said:
    """Without a batch nothing is said over the rule of the test."""
    return Said(row.results, row.results_from, row.solutions, row.solutions_from) if row else Said()


def comes_at(test: Test, said: Said, what: str) -> datetime | None:
    """From when marks or solutions are shown as far as it is said, and the test is over; None: not before somebody
    says so."""
    found: datetime | None = None
    match getattr(said, what):
        case Shown.YES:
            found = ALWAYS
        case Shown.FROM:
            found = getattr(said, f"{what}_from")
        case Shown.BY_RULE:
            found = by_rule(test, what)
    over_at = test.closes_at if test.closes_at and not test.is_on_paper else ALWAYS
    return found and max(found, over_at)


def by_rule(test: Test, what: str) -> datetime | None:
    """From when the test itself shows them; None: not by itself."""
    rule, at = getattr(test, f"{what}_release"), getattr(test, f"{what}_at")
    found: datetime | None = {Release.AT_CLOSE: test.closes_at, Release.ON_DATE: at}.get(rule)
    return found


def is_out(test: Test, said: Said, what: str, *, now: datetime) -> bool:
    """Whether the batch sees marks or solutions now. By the rule alone nothing provisional goes out."""
    if test.newest_results is None or test.published_at is None:
        return False
    at = comes_at(test, said, what)
    if at is None or at > now or (getattr(said, what) == Shown.BY_RULE and test.newest_results.is_provisional):
        return False
    return what == MARKS or is_out(test, said, MARKS, now=now)


def released(*, now: datetime) -> QuerySet[TestBatch]:
    """Batches of tests whose newest results are shown to them."""
    by_rule = out_by_rule(MARKS, now, test="test__") & Q(results=Shown.BY_RULE, test__newest_results__waiting_count=0)
    return TestBatch.objects.filter(
        out_by_hand(MARKS, now) | by_rule,
        is_over(now, test="test__"),
        test__newest_results__isnull=False,
        test__archived_at=None,
        test__published_at__isnull=False,
    )


def why_not_yet(test: Test) -> str:
    """In words why nothing can be shown by hand, "" when it can."""
    if test.archived_at:
        return _("The test is archived. Take it out of the archive first.")
    writing = test.attempts.filter(state=State.WRITING).count()
    if writing:
        words = ngettext("%(count)d student still writes.", "%(count)d students still write.", writing)
        return words % {"count": writing}
    if test.newest_results_id is None:
        return _("Nothing is reckoned yet. That happens by itself once the test is over and answers are handed in.")
    return ""


# --- Changing it ------------------------------------------------------------------------------------------------------


@transaction.atomic
def say_for_batch(
    test: Test, batch: Batch, *, to: Said, seen: str, actor: User, now: datetime, request: HttpRequest | None = None
) -> bool:
    """Let it be as `to` says for this batch; `seen` is the `mark` the page showed. Whether that changed something.

    Who holds marks back holds solutions back. Raises: ReleaseChangedMeanwhile, ReleaseRefused.
    """
    locked = locked_test(test)
    row = TestBatch.objects.select_for_update(of=("self",)).select_related("batch").get(test=locked, batch=batch)
    was, to = said_of(row), _clean(to)
    if was == to:
        return False
    if seen != was.mark:
        raise ReleaseChangedMeanwhile(was)
    _require_possible(locked, was, to, now=now)
    _put([row], to)
    _record(locked, [row], to, actor=actor, request=request)
    return True


@transaction.atomic
def show_marks_to_all(test: Test, *, seen: str, actor: User, now: datetime, request: HttpRequest | None = None) -> bool:
    """Marks to every batch, at once; of solutions it stays as it was. `seen` is the `mark_of_all` of the page.

    Twice is once. Raises: ReleaseChangedMeanwhile, ReleaseRefused.
    """
    locked = locked_test(test)
    rows = _locked_rows(locked)
    hidden = [row for row in rows if row.results != Shown.YES]
    if not hidden:
        return False
    if seen != mark_of_all(rows):
        raise ReleaseChangedMeanwhile(said_of(hidden[0]))
    for row in hidden:
        to = replace(said_of(row), results=Shown.YES, results_from=None)
        _require_possible(locked, said_of(row), to, now=now)
        _put([row], to)
    _record(locked, hidden, Said(results=Shown.YES), actor=actor, request=request)
    return True


@transaction.atomic
def hold_back_from_all(test: Test, *, actor: User, request: HttpRequest | None = None) -> bool:
    """Neither marks nor solutions to anybody, from the next request on. Twice is once."""
    locked = locked_test(test)
    nothing = Said(results=Shown.NO, solutions=Shown.NO)
    shown = [row for row in _locked_rows(locked) if said_of(row) != nothing]
    if not shown:
        return False
    _put(shown, nothing)
    _record(locked, shown, nothing, actor=actor, request=request)
    return True


def solutions_follow(test: Test, *, now: datetime) -> bool:
    """Whether a batch that sees its marks sees solutions, too, because nobody said otherwise."""
    at = by_rule(test, SOLUTIONS)
    return at is not None and at <= now and test.test_batches.filter(solutions=Shown.BY_RULE).exists()


def mark_of_all(rows: Iterable[TestBatch]) -> str:
    return " ".join(f"{row.batch_id}:{said_of(row).mark}" for row in sorted(rows, key=lambda row: row.pk))


def _locked_rows(test: Test) -> list[TestBatch]:
    rows = TestBatch.objects.select_for_update(of=("self",)).select_related("batch").filter(test=test)
    return list(rows.order_by("pk"))


def _clean(to: Said) -> Said:
    """Without times nobody asks for; held back are solutions, too, where marks are."""
    if to.results == Shown.NO and to.solutions in OPENING:
        to = replace(to, solutions=Shown.NO)
    results_from = to.results_from if to.results == Shown.FROM else None
    solutions_from = to.solutions_from if to.solutions == Shown.FROM else None
    return replace(to, results_from=results_from, solutions_from=solutions_from)


def _require_possible(test: Test, was: Said, to: Said, *, now: datetime) -> None:
    """Raises: ReleaseRefused."""
    for what in (MARKS, SOLUTIONS):
        if getattr(to, what) == Shown.FROM and getattr(to, f"{what}_from") is None:
            raise ReleaseRefused(_("Say from when."), field=f"{what}_from")
    is_more = any(_part(to, what) != _part(was, what) and getattr(to, what) in OPENING for what in (MARKS, SOLUTIONS))
    reason = why_not_yet(test) if is_more else ""
    if reason:
        raise ReleaseRefused(reason)
    if to.solutions in OPENING:
        _require_marks_first(test, to, now=now)


def _part(said: Said, what: str) -> tuple[str, datetime | None]:
    return getattr(said, what), getattr(said, f"{what}_from")


def _require_marks_first(test: Test, to: Said, *, now: datetime) -> None:
    marks_at, solutions_at = comes_at(test, to, MARKS), comes_at(test, to, SOLUTIONS)
    if marks_at is None:
        raise ReleaseRefused(_("Show the marks first: solutions tell them."), field=SOLUTIONS)
    if marks_at > max(solutions_at or now, now):
        words = _("Marks are shown from %(time)s. Solutions cannot come before them.")
        raise ReleaseRefused(words % {"time": moment_text(marks_at)}, field=SOLUTIONS)


def _put(rows: list[TestBatch], to: Said) -> None:
    for row in rows:
        row.results, row.results_from = to.results, to.results_from
        row.solutions, row.solutions_from = to.solutions, to.solutions_from
        row.save(update_fields=["results", "results_from", "solutions", "solutions_from"])


def _record(test: Test, rows: list[TestBatch], to: Said, *, actor: User, request: HttpRequest | None) -> None:
    said: dict[str, Any] = {"name": test.title, "batches": [row.batch.name for row in rows], "said": to.mark}
    activity.record("test.release", actor=actor, on=test, request=request, **said)
