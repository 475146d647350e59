"""Students and guardians are told once that results are out, and later only of what changed for them.

The scheduler looks every minute which batches see results they were not told of (`tell_due`), so it is the same whether
somebody released them or a date passed; what is held back is told to nobody, and what is taken back within the minute
neither. `TestBatch.told_version` is written last: a worker that dies before is followed by one that tells again, and
each event reaches a person once by its key.

Titles and texts name no marks and no ranks: they go into mails, subjects and logs. Numbers stand on the page.
"""

import logging
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime

from django.db import DatabaseError, transaction
from django.db.models import F, QuerySet
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy, ngettext

from accounts.models import Notification, User
from accounts.notifications import Kind
from batches.families import tell_families
from exams import releases
from exams.models import Attempt, Result, ResultVersion, Test, TestBatch
from exams.models.results import Cause
from exams.result_reading import ResultOutline

log = logging.getLogger("exams.result_news")
RESULTS = Kind("tests.results", gettext_lazy("Results of a test are out or changed"))
KINDS = (RESULTS,)
AT_ONCE = 500
BATCHES_AT_ONCE = 50


@dataclass(frozen=True, slots=True)
class Standing:
    """What of a result somebody is told of when it changes."""

    total: str
    most: str
    rank: int | None


def tell_due(*, now: datetime) -> int:
    """Tell each batch that sees results it does not know of; how many batches. What a round leaves, the next takes."""
    rows = due(now=now).select_related("test__newest_results", "batch").defer("test__newest_results__outline")
    told = 0
    for row in rows.order_by("pk")[:BATCHES_AT_ONCE]:
        try:
            told += tell_batch(row, now=now)
        except DatabaseError:
            log.exception("batch %s of test %s is not told", row.batch_id, row.test.uuid)
    return told


def due(*, now: datetime) -> QuerySet[TestBatch]:
    """Batches whose newest results are out and that were last told of older ones, or of none."""
    return releases.released(now=now).filter(told_version__lt=F("test__newest_results__number"))


def tell_batch(row: TestBatch, *, now: datetime) -> bool:
    """Those of one batch, in parts; whether it was told to the end, and by this call."""
    version = row.test.newest_results
    assert version is not None  # noqa: S101 - `due` asks for it
    for what, students in _whom(row, version, now=now):
        for start in range(0, len(students), AT_ONCE):
            if not _tell_some(row, version, what, students[start : start + AT_ONCE], now=now):
                return False
    mine = TestBatch.objects.filter(pk=row.pk, told_version=row.told_version)
    return mine.update(told_version=version.number) == 1


@transaction.atomic
def _tell_some(row: TestBatch, version: ResultVersion, what: str, students: list[int], *, now: datetime) -> bool:
    """Only as long as it is still out: somebody may have taken it back between two parts."""
    if not due(now=now).filter(pk=row.pk, test__newest_results=version).exists():
        return False
    test = row.test
    key = _key(test) if what == "out" else f"{_key(test)}:{version.number}"
    tell_families(
        User.objects.filter(pk__in=students),
        actor=None,
        kind=RESULTS,
        event_key=key,
        title=_out(test) if what == "out" else _changed(test),
        body="" if what == "out" else _why(version),
        url=reverse("own_result", args=[test.uuid]),
        now=now,
    )
    return True


def _key(test: Test) -> str:
    return f"test:{test.uuid}:results"


# --- Whom -------------------------------------------------------------------------------------------------------------


def _whom(row: TestBatch, version: ResultVersion, *, now: datetime) -> Iterator[tuple[str, list[int]]]:
    """Students of the batch for whom results are "out" now, and those whose result "changed"."""
    seen = _standings(Result.objects.shown(now).filter(version=version, batch=row.batch_id))
    before = ResultVersion.objects.filter(test=row.test, number=row.told_version).first()
    if before is None:
        yield "out", sorted(seen)
        return
    were = _standings(Result.objects.filter(version=before, is_counted=True, student__in=seen))
    late = _untold_writers(row.test, before, set(seen))
    yield "out", sorted(pk for pk in seen if pk not in were or pk in late)
    yield "changed", sorted(pk for pk in seen if pk in were and pk not in late and seen[pk] != were[pk])


def _standings(rows: QuerySet[Result]) -> dict[int, Standing]:
    found = rows.order_by().values_list("student", "total", "most", "rank")
    return {student: Standing(str(total), str(most), rank) for student, total, most, rank in found}


def _untold_writers(test: Test, before: ResultVersion, students: set[int]) -> set[int]:
    """Who wrote on when the others were told, and so was told nothing: it is news to him that there are results."""
    later = Attempt.objects.filter(test=test, student__in=students, submitted_at__gt=before.made_at)
    late = set(later.order_by().values_list("student", flat=True))
    known = Notification.objects.filter(recipient__in=late, event_key=_key(test)) if late else None
    return late - set(known.values_list("recipient", flat=True)) if known is not None else late


# --- In which words ---------------------------------------------------------------------------------------------------


def _out(test: Test) -> Callable[[], str]:
    return _named(gettext_lazy("Results are out: %(title)s"), test)


def _changed(test: Test) -> Callable[[], str]:
    return _named(gettext_lazy("Your result has changed: %(title)s"), test)


def _named(text: Promise, test: Test) -> Callable[[], str]:
    return lambda: str(text) % {"title": test.title}


def _why(version: ResultVersion) -> Callable[[], str]:
    """Why it was reckoned anew; of keys only the numbers of questions, since solutions may not be out, and of a
    shuffled paper, in which everybody counts otherwise, only how many."""
    numbers = _fixed(version) if version.cause == Cause.KEY_FIX else []
    is_shuffled = version.test.shuffles_questions

    def words() -> str:
        if not numbers:
            return str(CAUSES.get(Cause(version.cause), ""))
        if is_shuffled:
            text = ngettext(
                "The key of %(count)d question was corrected.",
                "The keys of %(count)d questions were corrected.",
                len(numbers),
            )
            return text % {"count": len(numbers)}
        text = ngettext(
            "The key of question %(numbers)s was corrected.",
            "The keys of questions %(numbers)s were corrected.",
            len(numbers),
        )
        return text % {"numbers": ", ".join(map(str, numbers))}

    return words


CAUSES = {
    Cause.MARKED: gettext_lazy("Answers were marked."),
    Cause.LATE: gettext_lazy("Somebody handed in later, so ranks moved."),
    Cause.KEY_FIX: gettext_lazy("A key was corrected."),
    Cause.BY_HAND: gettext_lazy("Results were reckoned again."),
}


def _fixed(version: ResultVersion) -> list[int]:
    """Which questions a version corrects, by their numbers on the paper."""
    whole = ResultVersion.objects.get(pk=version.pk)
    places = {question: place for place, question in enumerate(ResultOutline.from_json(whole.outline).questions, 1)}
    fixed = version.key_fixes.order_by().values_list("question", flat=True)
    return sorted(places[question] for question in fixed if question in places)
