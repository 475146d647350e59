"""Which dues a payment pays. Pure.

The oldest due date first; within it the late fine before the fee it belongs to, or after (`fine_first`).
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True, slots=True)
class Open:
    """A due with something left to pay. `day` is when it was due; of a fine, when its fee was."""

    key: int
    day: date
    paise: int
    is_fine: bool = False


def in_order(dues: Sequence[Open], *, fine_first: bool) -> list[Open]:
    """The order in which money goes to them."""
    return sorted(dues, key=lambda one: (one.day, one.is_fine != fine_first, one.key))


def allocate(dues: Sequence[Open], paise: int, *, fine_first: bool) -> dict[int, int]:
    """How much of `paise` goes to which due, by key; what is over is not in it."""
    given: dict[int, int] = {}
    for one in in_order(dues, fine_first=fine_first):
        part = min(paise, one.paise)
        if part <= 0:
            continue
        given[one.key] = part
        paise -= part
    return given


def chosen(dues: Sequence[Open], wanted: Mapping[int, int]) -> bool:
    """Whether what was chosen for each due is there to be paid."""
    left = {one.key: one.paise for one in dues}
    return all(0 < paise <= left.get(key, 0) for key, paise in wanted.items())
