"""Marks: what stands for a value while a statement is written that is to be kept (`lib.statements`).

Each statement is written twice, with different marks. Wherever the two differ both must have a mark of the same value.
So whatever was reckoned, cut, folded, escaped or looked up from a mark shows, and so does what the clock said.
"""

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from typing import Any, NamedTuple

from django.db import DEFAULT_DB_ALIAS, connections
from django.utils.dateparse import parse_date, parse_datetime

Params = tuple[Any, ...]
Values = dict[str, Any]
Kind = Any
"""`int`, `str` or `datetime`, or of a tuple the kinds of what is in it."""
NUMBERS = 20_011, 30_011
"""From here on marks are counted: no round numbers, and fit for every column of whole numbers."""
YEARS = 1001, 3001
SPACES = " ", "\t"


class Meaning(NamedTuple):
    """A value by its name and, of a moment, how much later."""

    name: str
    later: timedelta = timedelta()


class Marks:
    """The marks of one writing, the first (0) or the second (1)."""

    def __init__(self, turn: int, kinds: dict[str, Kind]) -> None:
        self._turn = turn
        self._meant: dict[Any, Meaning] = {}
        self.places: dict[str, Any] = {name: self._of(name, kind) for name, kind in kinds.items()}

    def _of(self, name: str, kind: Kind) -> Any:
        if isinstance(kind, tuple):
            return tuple(self._of(part, one) for part, one in parts(name, kind))
        if kind is datetime:
            return self.moment(Meaning(name))
        count = len(self._meant)
        mark = _Number(NUMBERS[self._turn] + count) if kind is int else _Word(_word(self._turn, count))
        self._meant[_bare(mark)] = Meaning(name)
        return mark

    def moment(self, meaning: Meaning) -> datetime:
        """A moment from which one may count on."""
        mark = _Moment(YEARS[self._turn] + len(self._meant), 2, 3, 4, 5, 6, 7, tzinfo=UTC)
        mark.marks, mark.meaning = self, meaning
        self._meant[adapted(mark)] = meaning
        return mark

    def meaning(self, param: Any) -> Meaning | None:
        """What a parameter of the statement stands for, if it is a mark."""
        return self._meant.get(_bare(param)) if isinstance(param, int | str | datetime) else None


def _word(turn: int, count: int) -> str:
    """One that shows when it was searched for as a part, folded in case or form, stripped, cut or digested."""
    space = SPACES[turn]
    return f"{space}{turn}<%_\\ﬁ aA {count}>{turn}{space}"


class _Undecided:
    """What must not be asked how it is: the answer would be kept for all values."""

    def _refuse(self, *_others: Any) -> Any:
        raise TypeError("What is given by name must not decide how a statement is written; give it by position")

    __lt__ = __le__ = __gt__ = __ge__ = _refuse


class _Single(_Undecided):
    """A number or word. Django asks whether it is the same as another mark, or nothing."""

    __bool__ = _Undecided._refuse

    def __eq__(self, other: object) -> bool:
        return super().__eq__(other) if isinstance(other, _Single) or not other else bool(self._refuse())

    def __ne__(self, other: object) -> bool:
        return not self == other


class _Number(_Single, int):
    __hash__ = int.__hash__


class _Word(_Single, str):
    __hash__ = str.__hash__


class _Moment(_Undecided, datetime):
    """What is counted on from it is a mark of its own."""

    marks: Marks | None = None
    meaning: Meaning

    def __add__(self, by: timedelta) -> datetime:  # type: ignore[override]  # no Self: it is asked for by `Marks`
        if self.marks is None:  # reckoned from a mark in another way, which will show
            return datetime.__add__(self, by)
        return self.marks.moment(Meaning(self.meaning.name, self.meaning.later + by))

    def __sub__(self, by: timedelta) -> datetime:  # type: ignore[override]  # from mark to mark there is no time
        return self + -by


def kind_of(value: Any) -> Kind:
    """Raises: TypeError for what has no place in a statement: "none", yes and no, lists shape it."""
    if isinstance(value, tuple):
        return tuple(kind_of(one) for one in value)
    kind = next((kind for kind in (int, str, datetime) if isinstance(value, kind)), None)
    if kind is None or isinstance(value, bool):
        raise TypeError(f"A {type(value).__name__} cannot be put into a statement that is kept; give it by position")
    if isinstance(value, datetime) and value.tzinfo is None:
        raise TypeError("A moment without a time zone cannot be put into a statement that is kept")
    return kind


def parts(name: str, several: tuple[Any, ...]) -> Iterator[tuple[str, Any]]:
    """What is in a tuple, each by a name of its own."""
    return ((f"{name} {number}", one) for number, one in enumerate(several))


class Places:
    """Where in the parameters of a statement which value goes."""

    def __init__(self, writings: tuple[tuple[Marks, Params], tuple[Marks, Params]]) -> None:
        (first, given), (second, others) = writings
        self._params = tuple(_bare(one) for one in given)
        self._places: dict[int, Meaning] = {}
        for number, (one, other) in enumerate(zip(self._params, map(_bare, others), strict=True)):
            meant = first.meaning(one)
            if meant is not None and meant == second.meaning(other):
                self._places[number] = meant
            elif type(one) is not type(other) or one != other or _is_day_or_moment(one):
                raise ValueError(f"The statement reckons with a value or with the clock: {one!r}, {other!r}")
        self.names = {meant.name for meant in self._places.values()}

    def filled(self, values: Values) -> Params:
        """The parameters with these values."""
        params = list(self._params)
        for number, (name, later) in self._places.items():
            value = values[name]
            params[number] = adapted(value + later) if isinstance(value, datetime) else _bare(value)
        return tuple(params)


def _bare(param: Any) -> Any:
    """Of a word or number of a class of its own, as a mark or one of `TextChoices`, the word or number."""
    if isinstance(param, str):
        return str.__str__(param)
    return int(param) if isinstance(param, int) and not isinstance(param, bool) else param


def adapted(moment: datetime) -> Any:
    """As the database takes it: SQLite in words."""
    return connections[DEFAULT_DB_ALIAS].ops.adapt_datetimefield_value(moment)


def _is_day_or_moment(param: Any) -> bool:
    """A day of its own in a statement that is kept would be the day on which it was written."""
    if not isinstance(param, str):
        return isinstance(param, date)
    try:
        return bool(parse_date(param) or parse_datetime(param))
    except ValueError:
        return False
