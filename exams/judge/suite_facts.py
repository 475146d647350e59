"""What of a suite is asked with every program that is shown: its tests, groups, and samples as students see them.

A suite in use never changes, so its facts are kept in the process, those used last.
"""

from dataclasses import dataclass
from decimal import Decimal
from functools import lru_cache

from exams.judge.points import Weighed
from exams.judge.suites import Head, heads_of
from exams.models import CodeGroup, CodeTest

KEPT = 256
NO_POINTS = Decimal(0)
_NOTHING = Head("", False, 0)


@dataclass(frozen=True, slots=True)
class GroupFacts:
    title: str
    is_sample: bool
    all_or_nothing: bool


@dataclass(frozen=True, slots=True)
class TestFacts:
    """`group` is the place of its group (0, 1, …); `stdin` and `answer` say something of samples only."""

    __test__ = False

    pk: int
    number: int
    group: int
    points: Decimal
    is_sample: bool
    all_or_nothing: bool
    stdin_id: int
    answer_id: int
    stdin: Head = _NOTHING
    answer: Head = _NOTHING

    @property
    def weighed(self) -> Weighed:
        return Weighed(self.points, self.group, self.all_or_nothing)


@dataclass(frozen=True, slots=True)
class SuiteFacts:
    """Groups and tests in the suite's order."""

    groups: tuple[GroupFacts, ...]
    tests: tuple[TestFacts, ...]

    def by_pk(self, pk: int | None) -> TestFacts | None:
        return next((one for one in self.tests if one.pk == pk), None)


@lru_cache(KEPT)
def facts_of(suite: int) -> SuiteFacts:
    """Of a suite in use. Three queries when this process has not met it."""
    return read(suite)


def read(suite: int) -> SuiteFacts:
    """Of any suite, as it is now."""
    groups = list(CodeGroup.objects.filter(suite=suite).order_by("position", "pk"))
    places = {one.pk: place for place, one in enumerate(groups)}
    rows = list(CodeTest.objects.filter(suite=suite).order_by("position", "pk"))
    shown = [one for one in rows if groups[places[one.group_id]].is_sample]
    heads = heads_of([number for one in shown for number in (one.stdin_id, one.answer_id)]) if shown else {}
    facts = tuple(GroupFacts(one.title, one.is_sample, one.rule == CodeGroup.Rule.ALL) for one in groups)
    return SuiteFacts(facts, tuple(_test(one, places[one.group_id], facts, heads) for one in rows))


def forget() -> None:
    """As a new process has it: for tests, whose databases count from one again."""
    facts_of.cache_clear()


def _test(row: CodeTest, place: int, groups: tuple[GroupFacts, ...], heads: dict[int, Head]) -> TestFacts:
    group = groups[place]
    shown = (heads[row.stdin_id], heads[row.answer_id]) if group.is_sample else (_NOTHING, _NOTHING)
    return TestFacts(
        row.pk,
        row.position,
        place,
        row.points,
        group.is_sample,
        group.all_or_nothing,
        row.stdin_id,
        row.answer_id,
        *shown,
    )
