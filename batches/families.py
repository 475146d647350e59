"""Telling students and, about each of them, their guardians."""

from collections.abc import Callable, Iterable
from datetime import datetime

from django.utils.functional import Promise

from accounts.models import Guardianship, User
from accounts.notifications import Kind, tell, tell_each

Words = str | Promise | Callable[[], str]


def tell_families(
    students: Iterable[User],
    *,
    besides: Iterable[User] = (),
    actor: User | None,
    kind: Kind,
    event_key: str,
    title: Words,
    body: Words = "",
    url: str,
    now: datetime | None = None,
) -> None:
    """Each student and whoever is named `besides`, and each guardian once for each of his students; never the actor.

    Who is told already for himself is not told as a guardian, too. Closed accounts are left out, with their guardians.
    """
    mine = actor.pk if actor else None
    learn = {one.pk: one for one in students if one.is_active}
    told = {pk: one for pk, one in learn.items() if pk != mine}
    told |= {one.pk: one for one in besides if one.is_active and one.pk != mine}
    tell(told.values(), kind=kind.key, event_key=event_key, title=title, body=body, url=url, now=now)
    links = Guardianship.objects.filter(student__in=learn, guardian__is_active=True).exclude(guardian=mine)
    pairs = [
        (link.guardian, learn[link.student_id])
        for link in links.select_related("guardian").order_by("pk")
        if link.guardian_id not in told
    ]
    tell_each(pairs, kind=kind.key, event_key=event_key, title=title, body=body, url=url, now=now)
