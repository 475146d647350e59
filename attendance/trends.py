"""How a share went over weeks or months, with the sentence that says what it shows."""

from collections import defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from attendance.report_months import Month
from attendance.shares import Share
from batches.series import DAY
from coaching.lib.charts import LineChart, Point, line_chart

WEEKS, MONTHS = 12, 12
STEADY_POINTS = 3
"""A change of fewer points is none."""


@dataclass(frozen=True, slots=True)
class Stretch:
    """A week (from its Monday) or a month, and the share in it."""

    first: date
    label: str
    share: Share


def by_week(rows: Iterable[tuple[datetime, str]], *, now: datetime) -> list[Stretch]:
    """The last weeks up to this one, of (beginning of the class, letter of the record)."""
    today = timezone.localdate(now)
    monday = today - DAY * today.weekday()
    mondays = [monday - timedelta(weeks=number) for number in reversed(range(WEEKS))]
    found = _grouped(rows, lambda day: day - DAY * day.weekday())
    return [Stretch(day, date_format(day, "j M"), Share.of(found.get(day, ()))) for day in mondays]


def by_month(rows: Iterable[tuple[datetime, str]], *, now: datetime) -> list[Stretch]:
    """The last months up to this one."""
    months = [Month.of(timezone.localdate(now))]
    while len(months) < MONTHS:
        months.insert(0, months[0].before)
    found = _grouped(rows, lambda day: day.replace(day=1))
    return [Stretch(one.first, date_format(one.first, "M Y"), Share.of(found.get(one.first, ()))) for one in months]


def begun(stretches: list[Stretch]) -> list[Stretch]:
    """Without what lies before the first class that counts."""
    first = next((place for place, one in enumerate(stretches) if one.share.held), len(stretches))
    return stretches[first:]


def finding(stretches: list[Stretch], wanted: int) -> str:
    """What the line shows: the later half against the earlier; "" when there is too little to say."""
    held = [one.share for one in stretches if one.share.held]
    if len(held) < 2:
        return ""
    half = len(held) // 2
    before, after = _percent(held[:half]), _percent(held[half:])
    words = {"before": before, "after": after, "wanted": wanted}
    if after >= before + STEADY_POINTS:
        return _("Rising: from %(before)s %% to %(after)s %%; %(wanted)s %% is wanted.") % words
    if after <= before - STEADY_POINTS:
        return _("Falling: from %(before)s %% to %(after)s %%; %(wanted)s %% is wanted.") % words
    return _("Steady at about %(after)s %%; %(wanted)s %% is wanted.") % words


def chart(stretches: list[Stretch], wanted: int) -> LineChart:
    """The line, with what is wanted drawn across it."""
    points = [Point(one.label, one.share.percent) for one in stretches]
    return line_chart(points, wanted=wanted, wanted_label=_("%(percent)s %% wanted") % {"percent": wanted})


def _percent(shares: list[Share]) -> int:
    together = Share(sum(one.attended for one in shares), sum(one.held for one in shares))
    return together.percent or 0


def _grouped(rows: Iterable[tuple[datetime, str]], start_of: Callable[[date], date]) -> dict[date, list[str]]:
    found: dict[date, list[str]] = defaultdict(list)
    for starts_at, status in rows:
        found[start_of(timezone.localdate(starts_at))].append(status)
    return found
