"""The first screen of each role: the panels of the areas that person has to do with, and what waits for him.

The order is the template's, `pages/dashboard_<role>.html`; here stands which areas are asked.
"""

from collections.abc import Callable
from datetime import datetime
from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_safe

from accounts import offers as accounts_offers
from accounts import photos
from accounts.access import SignedInRequest, signed_in
from accounts.models import Role, User
from attendance import offers as attendance_offers
from batches import offers as batches_offers
from coaching.lib.counts import Sets, counted_once
from coaching.lib.offers import Panel
from coaching.pages import child, classes, todo
from dfs import offers as dfs_offers
from exams import offers as exams_offers
from fees import offers as fees_offers

SHOWN = 5
PANELS: dict[Role, tuple[Callable[..., Panel], ...]] = {
    Role.ADMIN: (accounts_offers.panel,),
    Role.TEACHER: (
        accounts_offers.panel,
        batches_offers.panel,
        attendance_offers.panel,
        exams_offers.panel,
        dfs_offers.panel,
        dfs_offers.drive_panel,
    ),
    Role.STAFF: (fees_offers.desk, accounts_offers.panel, dfs_offers.panel, dfs_offers.drive_panel),
    Role.STUDENT: (
        accounts_offers.panel,
        batches_offers.panel,
        attendance_offers.panel,
        exams_offers.results_panel,
        fees_offers.panel,
        dfs_offers.panel,
    ),
    Role.GUARDIAN: (
        accounts_offers.panel,
        batches_offers.panel,
        attendance_offers.panel,
        exams_offers.panel,
        exams_offers.results_panel,
        fees_offers.panel,
        dfs_offers.panel,
    ),
}
OFFICE: tuple[Callable[..., Panel], ...] = (
    fees_offers.office,
    attendance_offers.office,
    exams_offers.office,
    accounts_offers.office,
    dfs_offers.office,
)


@signed_in
@require_safe
def dashboard(request: SignedInRequest) -> HttpResponse:
    """The screen of the person's role; who has children here sees them on top, whatever his role."""
    person, now = request.user, timezone.now()
    desk = office(person, now=now) if person.is_admin else {}  # first, because it counts what waits along
    waits = todo.waiting(person, now=now)
    context = desk | {
        "today": timezone.localdate(now),
        "greeting": greeting(person.name, now=now, count=len(waits)),
        "waits": waits[:SHOWN],
        "wait_count": len(waits),
        "children": photos.tag_children(person),
        "contact": child.contact(),
        "panels": panels_of(person, now=now),
    }
    return render(request, f"pages/dashboard_{person.role.lower()}.html", context)


def panels_of(person: User, *, now: datetime) -> dict[str, Panel]:
    """By their keys; of his classes it is said how attendance stands."""
    panels = {panel.key: panel for panel in (ask(person, now=now) for ask in PANELS[Role(person.role)])}
    if "classes" in panels:
        panels["classes"] = classes.panel_with_states(panels["classes"], person, now=now)
    return panels


def office(admin: User, *, now: datetime) -> dict[str, Any]:
    """The figures of all areas in a row, today by room, and the state of things."""
    _count(admin, now)
    panels = [ask(admin, now=now) for ask in OFFICE]
    return {
        "figures": [figure for panel in panels for figure in panel.figures],
        "system": next(panel for panel in panels if panel.lines),
        "rooms": batches_offers.office(now=now),
    }


def _count(admin: User, now: datetime) -> None:
    """Ask once for what three areas count for him, here and in his to-do."""
    counts = _counts(now=now, **fees_offers.office_moments(now))
    attendance_offers.know(admin, counts)
    exams_offers.know(admin, counts)
    fees_offers.know(admin, counts)


@counted_once
def _counts(
    *,
    now: datetime,
    since: datetime,
    until: datetime,
    today: str,
    first: str,
    last: str,
    month_since: datetime,
    month_until: datetime,
) -> Sets:
    """`since` and `until` are the ends of today; what stands below them is for fees."""
    sets = attendance_offers.office_sets(now=now, since=since, until=until) | exams_offers.office_sets(now=now)
    month = {"month_since": month_since, "month_until": month_until}
    return sets | fees_offers.office_sets(today=today, first=first, last=last, since=since, until=until, **month)


def greeting(name: str, *, now: datetime, count: int) -> str:
    """Good evening, Ananya. 2 things wait for you. By the institute's clock; titles are left out."""
    hour = timezone.localtime(now).hour
    first = next((word for word in name.split() if not word.endswith(".")), name)
    if hour < 12:
        hello = _("Good morning, %(name)s.")
    elif hour < 17:
        hello = _("Good afternoon, %(name)s.")
    else:
        hello = _("Good evening, %(name)s.")
    waits = ngettext("%(count)d thing waits for you.", "%(count)d things wait for you.", count) % {"count": count}
    nothing = _("Nothing waits for you.")
    return f"{hello % {'name': first}} {waits if count else nothing}"
