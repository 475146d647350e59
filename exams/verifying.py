"""Whether a scorecard is genuine: what anybody may learn who has its code."""

from dataclasses import dataclass
from datetime import datetime

from exams import result_codes
from exams.models import Result, ResultVersion


@dataclass(frozen=True, slots=True)
class Verified:
    """A card and what is to be said of it. `is_shown`: its numbers may be seen now; `newer`: the version that took its
    place, of which no number is said."""

    row: Result
    is_shown: bool
    newer: ResultVersion | None


def verify(typed: str, *, now: datetime) -> Verified | None:
    """What belongs to a code, however it was typed; None where there is none. Two queries.

    Numbers of any version are seen exactly while the student himself sees his result of this test.
    """
    code = result_codes.read(typed)
    if not result_codes.is_whole(code):
        return None
    rows = Result.objects.select_related("version__test__newest_results", "student", "batch", "attempt")
    row = rows.filter(code=code).first()
    if row is None:
        return None
    test = row.version.test
    is_shown = Result.objects.shown(now).filter(version__test=test, student=row.student_id).exists()
    newest = test.newest_results
    return Verified(row, is_shown, newest if newest and newest.pk != row.version_id else None)
