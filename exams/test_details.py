"""What is decided about a test beside its paper, as plain values: typed, compared, written."""

from dataclasses import dataclass, fields
from datetime import datetime

from exams.models import Test
from exams.models.tests import Counted, FocusAction, Release

SETS = ("batches",)
OF_PAPER = frozenset({"scheme", "shuffles_questions", "shuffles_options"})
"""What the paper says or is ordered by: it changes only as long as the paper may."""
OF_WINDOW = frozenset({"opens_at", "closes_at", "duration_min"})


@dataclass(frozen=True, slots=True)
class TestDetails:
    """`scheme` and `batches` hold numbers of rows; a scheme's is that of its version."""

    __test__ = False  # not one of pytest's

    title: str
    scheme: int
    batches: frozenset[int] = frozenset()
    opens_at: datetime | None = None
    closes_at: datetime | None = None
    duration_min: int | None = None
    instructions: str = ""
    instructions_hi: str = ""
    access_code: str = ""
    most_attempts: int = 1
    counted_attempt: str = Counted.BEST
    is_on_paper: bool = False
    leaderboard_size: int | None = None
    shuffles_questions: bool = True
    shuffles_options: bool = True
    results_release: str = Release.AT_CLOSE
    results_at: datetime | None = None
    solutions_release: str = Release.AT_CLOSE
    solutions_at: datetime | None = None
    focus_limit: int | None = None
    focus_action: str = FocusAction.NOTE
    asks_fullscreen: bool = False
    logs_paste: bool = False


PLAIN = tuple(one.name for one in fields(TestDetails) if one.name not in {"scheme", *SETS})


def of(test: Test) -> TestDetails:
    """As it is now. One query."""
    plain = {name: getattr(test, name) for name in PLAIN}
    batches = frozenset(test.test_batches.values_list("batch_id", flat=True))
    return TestDetails(**plain, scheme=test.scheme_id, batches=batches)


def differing(one: TestDetails, other: TestDetails) -> list[str]:
    """Names of the fields in which they are not the same, in order."""
    return [field.name for field in fields(TestDetails) if getattr(one, field.name) != getattr(other, field.name)]


def put(test: Test, to: TestDetails) -> None:
    """Into the row, not saved; the batches are rows of their own."""
    for name in PLAIN:
        setattr(test, name, getattr(to, name))
    test.scheme_id = to.scheme
