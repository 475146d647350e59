"""The registers by their keys, and a page of one of them."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.core.paginator import Page, Paginator
from django.db.models import QuerySet

from fees.registers_dues import OF_DUES
from fees.registers_money import OF_MONEY
from fees.registers_shape import Cell, Register
from fees.report_asked import Asked

REGISTERS: dict[str, Register] = {one.key: one for one in (*OF_DUES, *OF_MONEY)}
PAGE_ROWS = 50
AT_A_TIME = 1_000


@dataclass(frozen=True, slots=True)
class Shown:
    """`sum` is of all rows that are asked for, not of the page; None where a sum says nothing."""

    page: Page[Any]
    rows: list[list[Cell]]
    sum: int | None


def asked_of(register: Register, asked: Asked) -> QuerySet[Any]:
    """Its rows, narrowed as somebody asks."""
    return register.of(
        month=asked.month,
        students=asked.people() if asked.words else None,
        batch=asked.batch.pk if asked.batch else None,
    )


def shown(register: Register, asked: Asked) -> Shown:
    """Three queries."""
    rows = asked_of(register, asked)
    page = Paginator(rows, PAGE_ROWS).get_page(asked.page)
    whole = None if register.paise is None else rows.order_by().aggregate(sum=register.paise)["sum"]
    return Shown(page, [register.cells(row) for row in page], whole)


def in_file(register: Register, asked: Asked) -> Iterator[list[Any]]:
    """All rows that are asked for, read as they are sent."""
    return (register.in_file(row) for row in asked_of(register, asked).iterator(AT_A_TIME))
