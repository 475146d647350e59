"""Late fines. Pure.

A fine grows until the principal is paid; what of it was issued as a due already (or waived) is taken off by the caller.
"""

from dataclasses import dataclass
from datetime import date

from coaching.lib.money import MOST_PAISE

NONE, FLAT, PER_DAY, PER_WEEK = "NONE", "FLAT", "PER_DAY", "PER_WEEK"
WEEK_DAYS = 7


@dataclass(frozen=True, slots=True)
class FineRule:
    """`paise` once, for each day or for each week begun after the days of grace; `cap` is the most.

    Without one a fine grows to the most any due may be.
    """

    kind: str = NONE
    paise: int = 0
    grace_days: int = 0
    cap: int | None = None


def accrued(rule: FineRule, *, due_on: date, on: date) -> int:
    """The fine in paise for what was due on `due_on` and is not paid on `on`; days of grace are never counted."""
    late = (on - due_on).days - rule.grace_days
    if rule.kind == NONE or late <= 0:
        return 0
    times = {FLAT: 1, PER_DAY: late, PER_WEEK: -(-late // WEEK_DAYS)}[rule.kind]
    fine = rule.paise * times
    return min(fine, MOST_PAISE if rule.cap is None else rule.cap)
