"""The calendar of every role: what the areas offer between two days, as a month, a week or an agenda.

`on` is the chosen day; what is no day, or one far away, is today. On a phone the month is the strip of a week with the
agenda below; both come in the same page.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, time
from functools import partial
from typing import Any
from urllib.parse import urlencode

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from accounts.access import SignedInRequest, signed_in
from accounts.models import User
from batches import offers as batches_offers
from coaching.lib.offers import Entry
from coaching.pages import calendar_days, calendar_filters, calendar_grid
from coaching.pages.calendar_grid import DAY
from exams import offers as exams_offers
from fees import offers as fees_offers

AREAS: tuple[Callable[..., list[Entry]], ...] = (
    batches_offers.calendar,
    exams_offers.calendar,
    fees_offers.calendar,
)
VIEWS = ("month", "week", "agenda")
AGENDA_DAYS = {"month": 7, "week": 7, "agenda": 31}
AGENDA_ENTRIES = {"month": 6, "week": 60, "agenda": 60}
AGENDA_OF_A_DAY = {"month": 6, "week": 60, "agenda": calendar_days.MOST_OF_A_DAY}


@dataclass(frozen=True, slots=True)
class Stretch:
    """The days of one page: the grid's weeks, the phone's week, and those of the agenda."""

    weeks: list[list[date]]
    strip: list[date]
    agenda: list[date]

    @property
    def days(self) -> list[date]:
        return sorted({*self.strip, *self.agenda, *(day for week in self.weeks for day in week)})


@signed_in
@require_safe
def calendar(request: SignedInRequest) -> HttpResponse:
    """A month, a week or an agenda around the chosen day."""
    now = timezone.now()
    view = request.GET.get("view", "")
    view = view if view in VIEWS else VIEWS[0]
    on = calendar_grid.day_said(request.GET.get("on", ""), today=timezone.localdate(now))
    chosen = calendar_filters.asked(request.GET.dict())
    address = partial(_address, chosen)
    stretch = _stretch(view, on)
    entries = entries_of(request.user, stretch.days)
    shown = calendar_filters.narrowed(entries, chosen)
    found = calendar_grid.by_day(shown, stretch.days, day_of=timezone.localdate)
    context = {"view": view, "on": on, "title": _title(view, on), "is_narrowed": bool(chosen)}
    context["choices"] = choices = calendar_filters.choices(entries, chosen)
    context["is_wide"] = any(choice.name in calendar_filters.WIDE for choice in choices)
    context |= _links(view, on, address) | _parts(stretch, found, view=view, on=on, now=now, address=address)
    context["all_url"] = _address({}, view, on)
    return render(request, "pages/calendar.html", context)


def entries_of(person: User, days: list[date]) -> list[Entry]:
    """What all areas have for this person from the first to the last of these days."""
    since, until = (timezone.make_aware(datetime.combine(day, time.min)) for day in (days[0], days[-1] + DAY))
    return [entry for area in AREAS for entry in area(person, since=since, until=until)]


def _stretch(view: str, on: date) -> Stretch:
    weeks = {"month": calendar_grid.weeks_of_month(on), "week": [calendar_grid.week_of(on)]}.get(view, [])
    agenda = [on + DAY * number for number in range(AGENDA_DAYS[view])]
    return Stretch(weeks, calendar_grid.week_of(on), agenda)


def _parts(
    stretch: Stretch, found: calendar_days.Found, *, view: str, on: date, now: datetime, address: calendar_days.Address
) -> dict[str, Any]:
    """Grid, strip and agenda with what lies on their days."""
    grid = [calendar_days.cells(week, found, view=view, on=on, now=now, address=address) for week in stretch.weeks]
    agenda = calendar_days.agenda(
        stretch.agenda,
        found,
        most=AGENDA_ENTRIES[view],
        most_of_a_day=AGENDA_OF_A_DAY[view],
        now=now,
        address=address,
    )
    strip = (
        grid[0]
        if view == "week"
        else calendar_days.cells(
            stretch.strip, found, view="week", on=on, now=now, address=lambda _view, day: address(view, day)
        )
    )
    areas = {entry.area for entries in found.values() for entry in entries if entry.kind != "holiday"}
    following = agenda[-1].day + DAY
    return {
        "grid": grid,
        "strip": strip,
        "agenda": agenda,
        "areas": sorted(areas),
        "later": address("agenda", following),
    }


def _links(view: str, on: date, address: calendar_days.Address) -> dict[str, Any]:
    """Ways to other days and other views. On a phone the arrows go by weeks."""
    if view == "month":
        around = [calendar_grid.months_away(on, -1), calendar_grid.months_away(on, 1)]
    else:
        around = [on - DAY * 7, on + DAY * 7]
    weeks = [on - DAY * 7, on + DAY * 7]
    names = {"month": _("Month"), "week": _("Week"), "agenda": _("Agenda")}
    return {
        "views": [(address(one, on), names[one], one == view) for one in VIEWS],
        "around": [address(view, day) if calendar_grid.is_shown(day) else "" for day in around],
        "weeks_around": [address(view, day) if calendar_grid.is_shown(day) else "" for day in weeks],
        "today_url": address(view, timezone.localdate()),
    }


def _address(chosen: dict[str, str], view: str, on: date) -> str:
    return f"{reverse('calendar')}?{urlencode({'view': view, 'on': on.isoformat(), **chosen})}"


def _title(view: str, on: date) -> str:
    if view == "month":
        return date_format(on, "F Y")
    if view == "agenda":
        return date_format(on, "D j M Y")
    monday, sunday = calendar_grid.week_of(on)[0], calendar_grid.week_of(on)[-1]
    first = date_format(monday, "j M" if monday.month != sunday.month else "j")
    return f"{first} – {date_format(sunday, 'j M Y')}"
