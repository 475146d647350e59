"""Questions that come with every page: Django writes each statement once, from then on only values are put in.

    @written_once
    def _coming(role: str, *, person: int, now: datetime) -> QuerySet[ClassSession]:
        return ClassSession.objects.for_user(User(pk=person, role=role)).filter(starts_at__gt=now)

    rows = _coming(person.role, person=person.pk, now=now)      # a list

What is given by position shapes the statement, and there is one for each. What is given by name (a number, a word, a
moment, or a tuple of these, which shapes by its length) is only put in: the function gets a mark in its place, from
which it may count on when it is a moment, and by which it must not decide. Rows come as the queryset gives them: models
with what is fetched along, or tuples.

For a first screen of a dozen questions, writing them anew cost more than all else on it.
"""

from collections.abc import Callable, Iterator
from copy import copy
from datetime import UTC, datetime, timedelta
from functools import lru_cache, wraps
from typing import Any, ParamSpec, Protocol, TypeVar

from django.db import DEFAULT_DB_ALIAS, connections
from django.db.models import Model, QuerySet

Given = ParamSpec("Given")
Asked = TypeVar("Asked")
Of = TypeVar("Of", bound=Model)
Row = TypeVar("Row")
Answer_co = TypeVar("Answer_co", covariant=True)
Params = tuple[Any, ...]
Values = dict[str, Any]
KEPT = 64
"""So many statements of a function are kept; one that is asked of some people has one for each number of them."""


class Marks:
    """Stand-ins for values while a statement is written, and what each of them stands for."""

    def __init__(self) -> None:
        self._meant: dict[Any, tuple[str, timedelta]] = {}

    def of(self, name: str, kind: type) -> Any:
        """Something of that kind which stands in no statement by itself."""
        if issubclass(kind, datetime):
            return self.moment(name)
        mark: Any = -(10**9) - len(self._meant) if issubclass(kind, int) else f"<{name}>"
        self._meant[mark] = name, timedelta()
        return mark

    def moment(self, name: str, later: timedelta = timedelta()) -> datetime:
        """So much `later` than the value of that name."""
        mark = _Moment(1 + len(self._meant), 1, 1, tzinfo=UTC)
        mark.marks, mark.name, mark.later = self, name, later
        self._meant[_adapted(mark)] = name, later
        return mark

    def bind(self, params: Params, values: Values) -> Params:
        """The parameters of a statement with these values where their marks are."""
        return tuple(self._value(param, values) for param in params)

    def _value(self, param: Any, values: Values) -> Any:
        if param not in self._meant:
            return param
        name, later = self._meant[param]
        value = values[name]
        return _adapted(value + later) if isinstance(value, datetime) else type(param)(value)

    def require_in(self, params: Params, names: set[str]) -> None:
        """Each value must have a place. Raises: ValueError."""
        lost = names - {self._meant[param][0] for param in params if param in self._meant}
        if lost:
            raise ValueError(f"The statement has no place for {', '.join(sorted(lost))}")


class _Moment(datetime):
    """A marked moment. What is counted on from it is a mark of its own."""

    marks: Marks
    name: str
    later: timedelta

    def __add__(self, other: timedelta) -> datetime:  # type: ignore[override]  # no Self: it is asked for by `Marks`
        return self.marks.moment(self.name, self.later + other)

    def __sub__(self, other: timedelta) -> datetime:  # type: ignore[override]  # from mark to mark there is no time
        return self.marks.moment(self.name, self.later - other)


def _adapted(moment: datetime) -> Any:
    """As the database takes it: SQLite in words."""
    return connections[DEFAULT_DB_ALIAS].ops.adapt_datetimefield_value(moment)


class Statement(Protocol[Answer_co]):
    """What was written with marks in it."""

    def fetch(self, values: Values) -> Answer_co:
        """The answer for these values, in one query."""


class Rows:
    """The statement of a queryset."""

    def __init__(self, rows: QuerySet[Any, Any], marks: Marks, names: set[str]) -> None:
        self._rows, self._marks = rows, marks
        self._compiler = rows.query.get_compiler(using=DEFAULT_DB_ALIAS)
        self._sql, self._params = self._compiler.as_sql()
        marks.require_in(self._params, names)
        columns = [column for column, *_as in self._compiler.select[: self._compiler.col_count]]
        converters = self._compiler.get_converters(columns)
        self._compiler.get_converters = lambda *_columns: converters

    def fetch(self, values: Values) -> list[Any]:
        """Django's own way from a statement to rows, entered where the statement is there."""
        written = self._sql, self._marks.bind(self._params, values)
        compiler = copy(self._compiler)
        compiler.connection = connections[DEFAULT_DB_ALIAS]  # each thread has its own
        compiler.as_sql = lambda *_args, **_named: written
        rows = self._rows.all()
        rows.query.get_compiler = lambda *_args, **_named: compiler  # type: ignore[method-assign]
        return list(rows)


def kept(
    asked: Callable[Given, Asked], write: Callable[[Asked, Marks, set[str]], Statement[Answer_co]]
) -> Callable[Given, Answer_co]:
    """Let what `asked` answers be written as a statement once for each shape, and fetched from then on."""

    @lru_cache(KEPT)
    def statement(shape: Params, kinds: tuple[tuple[str, Any], ...]) -> Statement[Answer_co]:
        marks = Marks()
        places: Any = {name: _place(marks, name, kind) for name, kind in kinds}
        return write(asked(*shape, **places), marks, {name for name, _value in _single(places)})

    @wraps(asked)
    def answer(*shape: Given.args, **values: Given.kwargs) -> Answer_co:
        kinds = tuple((name, _kind(value)) for name, value in values.items())
        return statement(shape, kinds).fetch(dict(_single(values)))

    return answer


def _kind(value: Any) -> Any:
    return tuple(map(type, value)) if isinstance(value, tuple) else type(value)


def _place(marks: Marks, name: str, kind: Any) -> Any:
    if isinstance(kind, tuple):
        return tuple(marks.of(f"{name} {number}", one) for number, one in enumerate(kind))
    return marks.of(name, kind)


def _single(values: Values) -> Iterator[tuple[str, Any]]:
    """Each value by its name, those of a tuple by their number too."""
    for name, value in values.items():
        if isinstance(value, tuple):
            yield from ((f"{name} {number}", one) for number, one in enumerate(value))
        else:
            yield name, value


def written_once(asked: Callable[Given, QuerySet[Of, Row]]) -> Callable[Given, list[Row]]:
    """Let a function that answers with a queryset answer with its rows, by a statement that is kept."""
    return kept(asked, Rows)
