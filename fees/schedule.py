"""From a plan to dues: which part of each head falls into which instalment, and when that is due. Pure."""

from calendar import monthrange
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from coaching.lib.money import spread

MONTH_DAYS = 30


@dataclass(frozen=True, slots=True)
class Charge:
    """An amount of a plan for one head (known to the caller by its place in the list)."""

    paise: int
    is_one_off: bool = False


@dataclass(frozen=True, slots=True)
class Part:
    """An instalment: how much, and either the day or how many days after joining."""

    paise: int
    due_on: date | None = None
    days_after: int | None = None


def shares(charges: Sequence[Charge], parts: Sequence[Part]) -> list[list[int]]:
    """For each instalment the amount of each head; rows add up to instalments, columns to heads, exactly.

    One-off heads go into the first instalments as a whole, the rest in proportion.
    Raises: ValueError when the two do not come to the same sum.
    """
    if sum(one.paise for one in charges) != sum(one.paise for one in parts):
        raise ValueError("Instalments and heads come to different sums")
    left = [one.paise for one in charges]
    found = []
    for part in parts:
        row = [0] * len(charges)
        room = part.paise
        for place, charge in enumerate(charges):
            if charge.is_one_off:
                row[place] = min(room, left[place])
                room -= row[place]
        lasting = [0 if one.is_one_off else left[place] for place, one in enumerate(charges)]
        if room:
            row = [given + more for given, more in zip(row, spread(room, lasting), strict=True)]
        left = [rest - given for rest, given in zip(left, row, strict=True)]
        found.append(row)
    return found


def due_day(part: Part, *, joined_on: date) -> date:
    """When it is due for who joined on that day: never before he joined."""
    if part.due_on is not None:
        return max(part.due_on, joined_on)
    return joined_on + timedelta(days=part.days_after or 0)


def equal_parts(total: int, count: int) -> list[int]:
    """So many instalments of the same amount; paise that do not divide go to the first. Raises: ValueError."""
    return spread(total, [1] * count)


def months_later(day: date, months: int) -> date:
    """The same day so many months later, or that month's last when it has no such day: 31 Jan → 28 Feb."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))


def split_equally(total: int, count: int, *, first_on: date | None, months: int) -> list[Part]:
    """Equal instalments every so many months from `first_on`; without it from joining, a month taken as 30 days."""
    amounts = equal_parts(total, count)
    if first_on is not None:
        return [Part(paise, due_on=months_later(first_on, months * step)) for step, paise in enumerate(amounts)]
    return [Part(paise, days_after=MONTH_DAYS * months * step) for step, paise in enumerate(amounts)]


def concession(open_paise: Sequence[int], *, bp: int = 0, paise: int = 0, of_paise: Sequence[int] = ()) -> list[int]:
    """How much of each open due a concession takes: `bp` of what they were issued for (`of_paise`), or `paise` in all.

    In proportion to what is open, largest remainder; never more than is open.
    """
    wanted = paise if not bp else _of(sum(of_paise or open_paise), bp)
    room = sum(open_paise)
    return spread(min(wanted, room), list(open_paise)) if room and wanted else [0] * len(open_paise)


def _of(total: int, bp: int) -> int:
    """Basis points of an amount, half up."""
    return (2 * total * bp + 10_000) // 20_000
