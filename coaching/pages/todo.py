"""Everything that waits for a person, from every area, in the order in which it is due."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, time, timedelta

from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from accounts import offers as accounts_offers
from accounts.access import SignedInRequest, signed_in
from accounts.models import User
from attendance import offers as attendance_offers
from batches import offers as batches_offers
from coaching.lib.offers import Todo
from dfs import offers as dfs_offers
from exams import offers as exams_offers
from fees import offers as fees_offers

AREAS: tuple[Callable[..., list[Todo]], ...] = (
    accounts_offers.todo,
    batches_offers.todo,
    attendance_offers.todo,
    exams_offers.todo,
    fees_offers.todo,
    dfs_offers.todo,
)
TODAY, THIS_WEEK, LATER = range(3)
TONES = ("bad", "due", "run", "", "ok", "off")


@dataclass(frozen=True, slots=True)
class Group:
    """What is due in one stretch of time, the first due on top."""

    key: str
    title: str
    items: list[Todo]


@signed_in
@require_safe
def todo_list(request: SignedInRequest) -> HttpResponse:
    """All of it, by when it is due."""
    now = timezone.now()
    items = waiting(request.user, now=now)
    return render(request, "pages/todo_list.html", {"groups": grouped(items, now=now), "count": len(items)})


def waiting(person: User, *, now: datetime) -> list[Todo]:
    """What waits for this person: what counts as due now first, then by time, then what may be done any time."""
    items = [item for area in AREAS for item in area(person, now=now)]
    end = datetime.max.replace(tzinfo=now.tzinfo)
    return sorted(
        items,
        key=lambda item: (stretch(item, now=now), not item.is_urgent, item.due_at or end, TONES.index(item.tone)),
    )


def grouped(items: list[Todo], *, now: datetime) -> list[Group]:
    """The stretches that have something in them."""
    titles = {TODAY: ("today", _("Today")), THIS_WEEK: ("week", _("This week")), LATER: ("later", _("Later"))}
    found = [
        Group(key, title, [item for item in items if stretch(item, now=now) == number])
        for number, (key, title) in titles.items()
    ]
    return [group for group in found if group.items]


def stretch(item: Todo, *, now: datetime) -> int:
    """TODAY also for what is overdue or urgent; THIS_WEEK is until next Sunday ends; LATER the rest."""
    if item.due_at is None:
        return TODAY if item.is_urgent else LATER
    local = timezone.localtime(now)
    tomorrow = timezone.make_aware(datetime.combine(local.date() + timedelta(days=1), time.min))
    next_monday = timezone.make_aware(datetime.combine(local.date() + timedelta(days=7 - local.weekday()), time.min))
    if item.due_at < tomorrow:
        return TODAY
    return THIS_WEEK if item.due_at < next_monday else LATER
