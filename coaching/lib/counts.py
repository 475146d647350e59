"""How many rows several sets have, asked at once: a first screen has many figures and few queries."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.core.exceptions import EmptyResultSet
from django.db import DEFAULT_DB_ALIAS, connection
from django.db.models import Aggregate, QuerySet, Value

from coaching.lib.marks import Params
from coaching.lib.statements import Given, kept


@dataclass(frozen=True, slots=True)
class Of:
    """Another figure of a set than how many rows it has: `Of(files, Sum("size_bytes"))`."""

    rows: QuerySet[Any, Any]
    figure: Aggregate


Sets = dict[str, QuerySet[Any, Any] | Of]


def counted(**sets: QuerySet[Any, Any] | Of) -> dict[str, Any]:
    """The number of rows of each set, by its name, in one query; of `values(…).distinct()`, of different values."""
    figures = _Figures(sets)
    return figures.fetch(figures.params)


def counted_once(asked: Callable[Given, Sets]) -> Callable[Given, dict[str, Any]]:
    """The same for a function that answers with the sets, by a statement that is kept (`lib.statements`)."""
    return kept(asked, _Figures)


class _Figures:
    """One statement, put together from Django's own for each set: its unions cost twice the CPU."""

    def __init__(self, sets: Sets) -> None:
        parts = [_figure(one) if isinstance(one, Of) else _count(one) for one in sets.values()]
        self.sql = "SELECT " + ", ".join(part.sql for part in parts)
        self.params: Params = tuple(param for part in parts for param in part.params)
        self.is_empty = any(part.is_empty for part in parts)
        self._convert = {name: part.convert for name, part in zip(sets, parts, strict=True)}

    def fetch(self, params: Params) -> dict[str, Any]:
        with connection.cursor() as cursor:
            cursor.execute(self.sql, params)
            found = cursor.fetchone()
        return {name: convert(value) for (name, convert), value in zip(self._convert.items(), found, strict=True)}


@dataclass(frozen=True, slots=True)
class _Part:
    """A subquery of one value, and how the database's answer is read."""

    sql: str
    params: Params
    convert: Callable[[Any], Any]
    is_empty: bool = False


def _count(rows: QuerySet[Any, Any]) -> _Part:
    bare = rows if rows.query.is_sliced else rows.order_by()
    bare = bare if bare.query.values_select else bare.values("pk")
    try:
        sql, params = bare.query.sql_with_params()
    except EmptyResultSet:
        return _Part("0", (), int, is_empty=True)  # a set that can have no rows, as in filter(pk__in=[])
    return _Part(f"(SELECT COUNT(*) FROM ({sql}) AS asked)", params, int)  # noqa: S608 - Django's own statement


def _figure(asked: Of) -> _Part:
    """Grouped by what is the same in all rows: one group, and no `GROUP BY`."""
    one = asked.rows.order_by().values(every=Value(1)).annotate(figure=asked.figure).values("figure")
    compiler = one.query.get_compiler(using=DEFAULT_DB_ALIAS)
    sql, params = compiler.as_sql()
    expression = compiler.select[0][0]
    steps, _expression = compiler.get_converters([expression]).get(0, ([], None))

    def convert(value: Any) -> Any:
        for step in steps:
            value = step(value, expression, connection)
        return value

    return _Part(f"({sql})", params, convert)
