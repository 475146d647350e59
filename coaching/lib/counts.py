"""How many rows several sets have, asked at once: a first screen has many figures and few queries."""

from typing import Any

from django.db.models import CharField, Count, QuerySet, Value


def counted(**sets: QuerySet[Any]) -> dict[str, int]:
    """The number of rows of each set, by its name, in one query."""
    asked = [
        rows.order_by().values(set=Value(name, CharField())).annotate(rows=Count("pk")).values_list("set", "rows")
        for name, rows in sets.items()
    ]
    return dict(asked[0].union(*asked[1:], all=True))
