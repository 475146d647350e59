"""Questions that come with every page: Django writes each statement once, from then on only values are put in.

    @written_once
    def _coming(role: str, *, person: int, now: datetime) -> QuerySet[ClassSession]:
        return ClassSession.objects.for_user(User(pk=person, role=role)).filter(starts_at__gt=now)

    rows = _coming(person.role, person=person.pk, now=now)      # a list

What is given by position (a word, a number, yes or no, a class) shapes the statement, and there is one for each. What
is given by name (a number, a word, a moment, or a tuple of these, which shapes by its length) is only put in: the
function gets a mark in its place, from which it may count on when it is a moment, and by which it must not decide
(`lib.marks`, which find out). Nothing else may shape it: not the language, not a setting, not the clock. Rows come as
the queryset gives them: models with what is fetched along, or tuples.

For a first screen of a dozen questions, writing them anew cost more than all else on it.
"""

from collections.abc import Callable, Iterator
from copy import copy
from enum import Enum
from functools import lru_cache, wraps
from typing import Any, Generic, ParamSpec, Protocol, TypeVar

from django.core.exceptions import EmptyResultSet
from django.db import DEFAULT_DB_ALIAS, connections
from django.db.models import Model, QuerySet

from coaching.lib.marks import Kind, Marks, Params, Places, Values, kind_of, parts

Given = ParamSpec("Given")
Asked = TypeVar("Asked")
Of = TypeVar("Of", bound=Model)
Row = TypeVar("Row")
Answer_co = TypeVar("Answer_co", covariant=True)
KEPT = 64
"""So many statements of a function are kept; one that is asked of some people has one for each number of them."""


class Statement(Protocol[Answer_co]):
    """What was written with marks in it."""

    sql: str
    params: Params
    is_empty: bool
    """Whether Django saw that there can be nothing in it, or in a part of it: then not every value has a place."""

    def fetch(self, params: Params) -> Answer_co:
        """The answer for these parameters, in one query."""


class Rows:
    """The statement of a queryset."""

    def __init__(self, rows: QuerySet[Any, Any]) -> None:
        chosen = vars(rows)
        if chosen["_db"] or chosen["_prefetch_related_lookups"] or rows.query.select_for_update:
            raise ValueError("A statement that is kept asks one database, once, and locks nothing")
        self._rows = rows
        self._compiler = rows.query.get_compiler(using=DEFAULT_DB_ALIAS)
        self.is_empty, self.sql, self.params = False, "", ()
        try:
            self.sql, self.params = self._compiler.as_sql()
        except EmptyResultSet:
            self.is_empty = True
            return
        columns = [column for column, *_as in self._compiler.select[: self._compiler.col_count]]
        converters = self._compiler.get_converters(columns)
        self._compiler.get_converters = lambda *_columns: converters

    def fetch(self, params: Params) -> list[Any]:
        """Django's own way from a statement to rows, entered where the statement is there."""
        if self.is_empty:
            return []
        compiler = copy(self._compiler)
        compiler.connection = connections[DEFAULT_DB_ALIAS]  # each thread has its own
        compiler.as_sql = lambda *_args, **_named: (self.sql, params)
        rows = self._rows.all()
        rows.query.get_compiler = lambda *_args, **_named: compiler  # type: ignore[method-assign]
        return list(rows)


def kept(asked: Callable[Given, Asked], write: Callable[[Asked], Statement[Answer_co]]) -> Callable[Given, Answer_co]:
    """Let what `asked` answers be written as a statement once for each shape, and fetched from then on."""

    @lru_cache(KEPT)
    def written(shape: tuple[tuple[type, Any], ...], kinds: tuple[tuple[str, Kind], ...]) -> _Written[Answer_co]:
        _require_shapes(kind for kind, _one in shape)
        turns = Marks(0, dict(kinds)), Marks(1, dict(kinds))
        places: Any = [marks.places for marks in turns]
        first, second = (write(asked(*(one for _kind, one in shape), **given)) for given in places)
        return _Written(turns, first, second, {name for name, _mark in _single(turns[0].places)})

    @wraps(asked)
    def answer(*shape: Given.args, **values: Given.kwargs) -> Answer_co:
        # By their classes too: 1 and True are equal, and what is written for them may not be.
        found = written(
            tuple((type(one), one) for one in shape), tuple((name, kind_of(value)) for name, value in values.items())
        )
        return found.fetch(dict(_single(values)))

    return answer


def _require_shapes(kinds: Iterator[type]) -> None:
    """A row, equal to what it was before it was changed, must not shape what is kept. Raises: TypeError."""
    for kind in kinds:
        if not issubclass(kind, type | Enum | str | int | type(None)):
            raise TypeError(f"A {kind.__name__} cannot shape a statement that is kept")


class _Written(Generic[Answer_co]):
    """A statement and where its values go. Raises: ValueError when it is another for other values."""

    def __init__(
        self, turns: tuple[Marks, Marks], first: Statement[Answer_co], second: Statement[Answer_co], names: set[str]
    ) -> None:
        if first.sql != second.sql:
            raise ValueError("The statement is written differently for different values")
        self._statement = first
        self._places = Places(((turns[0], first.params), (turns[1], second.params)))
        lost = names - self._places.names
        if lost and not first.is_empty:
            raise ValueError(f"The statement has no place for {', '.join(sorted(lost))}")

    def fetch(self, values: Values) -> Answer_co:
        return self._statement.fetch(self._places.filled(values))


def _single(values: Values) -> Iterator[tuple[str, Any]]:
    """Each value by its name, those of a tuple by their number too."""
    for name, value in values.items():
        if isinstance(value, tuple):
            yield from _single(dict(parts(name, value)))
        else:
            yield name, value


def written_once(asked: Callable[Given, QuerySet[Of, Row]]) -> Callable[Given, list[Row]]:
    """Let a function that answers with a queryset answer with its rows, by a statement that is kept."""
    return kept(asked, Rows)
