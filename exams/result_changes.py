"""Who gets other marks and another rank when results are reckoned again."""

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal

from accounts.models import User
from exams.models import Result, ResultVersion
from exams.reckoning import Reckoned
from exams.result_entries import Entry
from exams.schemes import HUNDREDTH, NOTHING

FIRST = 10


@dataclass(frozen=True, slots=True)
class Standing:
    """What somebody had or has: marks, of so many, and his rank."""

    total: Decimal
    most: Decimal
    rank: int


@dataclass(frozen=True, slots=True)
class Change:
    """A student whose marks, full marks or rank change; `before` None: he had no result, `after` None: he has none."""

    student: int
    name: str
    before: Standing | None
    after: Standing | None

    @property
    def marks_change(self) -> bool:
        return (self.before and self.before.total) != (self.after and self.after.total)

    @property
    def rank_changes(self) -> bool:
        return (self.before and self.before.rank) != (self.after and self.after.rank)


@dataclass(frozen=True, slots=True)
class Named:
    """One of the first: his rank, name and marks."""

    rank: int
    student: int
    name: str
    total: Decimal


@dataclass(frozen=True, slots=True)
class Preview:
    """What another reckoning changes. `base` is the number of the version it is compared with, `digest` of what it came
    to: whoever applies it names both, so that he gets what he saw. `changes` are by the new rank; `most_*` the full
    marks; means are of the marks of all who are ranked, None for nobody."""

    base: int
    digest: str
    students: int
    waiting: int
    changes: tuple[Change, ...]
    first_before: tuple[Named, ...]
    first_after: tuple[Named, ...]
    mean_before: Decimal | None
    mean_after: Decimal | None
    most_before: Decimal
    most_after: Decimal
    is_same: bool

    @property
    def marks_changed(self) -> int:
        return sum(one.marks_change for one in self.changes)

    @property
    def ranks_changed(self) -> int:
        return sum(one.rank_changes for one in self.changes)

    @property
    def first_change(self) -> bool:
        """Whether the first ten come in another order."""
        before, after = ([(one.rank, one.student) for one in some] for some in (self.first_before, self.first_after))
        return before != after


def compare(newest: ResultVersion | None, made: Reckoned) -> Preview:
    """Results that are not kept yet beside the newest version. Two queries."""
    before = _before(newest)
    after = {one.student: _standing(one, made.outline.most) for one in made.entries if one.is_counted}
    students = before.keys() | after.keys()
    changed = [one for one in students if before.get(one) != after.get(one)]
    first = {one for among in (before, after) for one in _first(among)}
    names = dict(User.objects.filter(pk__in={*changed, *first}).values_list("pk", "name"))
    changes = [Change(one, names[one], before.get(one), after.get(one)) for one in changed]
    return Preview(
        base=made.base,
        digest=made.digest,
        students=len(after),
        waiting=sum(one.waiting for one in made.entries),
        changes=tuple(sorted(changes, key=_order)),
        first_before=_named(before, names),
        first_after=_named(after, names),
        mean_before=_mean(before.values()),
        mean_after=_mean(after.values()),
        most_before=next((one.most for one in before.values()), NOTHING),
        most_after=made.outline.most,
        is_same=newest is not None and newest.digest == made.digest,
    )


def _before(newest: ResultVersion | None) -> dict[int, Standing]:
    if newest is None:
        return {}
    rows = Result.objects.filter(version=newest, is_counted=True).values_list("student", "total", "most", "rank")
    return {student: Standing(total, most, rank) for student, total, most, rank in rows if rank is not None}


def _standing(one: Entry, most: Decimal) -> Standing:
    return Standing(one.total, most, one.rank or 0)


def _first(among: dict[int, Standing]) -> list[int]:
    return sorted(among, key=lambda one: (among[one].rank, one))[:FIRST]


def _named(among: dict[int, Standing], names: dict[int, str]) -> tuple[Named, ...]:
    return tuple(Named(among[one].rank, one, names[one], among[one].total) for one in _first(among))


def _order(change: Change) -> tuple[int, int, int]:
    """By the new rank; who has no result any more comes last, by the old one."""
    if change.after:
        return (0, change.after.rank, change.student)
    return (1, change.before.rank if change.before else 0, change.student)


def _mean(standings: Iterable[Standing]) -> Decimal | None:
    totals = [one.total for one in standings]
    return (sum(totals, NOTHING) / len(totals)).quantize(HUNDREDTH, ROUND_HALF_UP) if totals else None
