"""Locks of whoever writes classes, always in one order: batches, rooms, teachers, each by number.

With them held, nobody else can give the same teacher or room to another class between our look for clashes and our
write.
"""

from collections.abc import Iterable

from accounts.models import User
from batches.models import Batch, Room


def hold(*batches: int, rooms: Iterable[int | None] = (), teachers: Iterable[int | None] = ()) -> dict[int, Batch]:
    """The batches as they are now, by number; to be called within a transaction."""
    held = {one.pk: one for one in Batch.objects.select_for_update(of=("self",)).filter(pk__in=batches).order_by("pk")}
    wanted = {pk for pk in rooms if pk is not None}
    if wanted:
        list(Room.objects.select_for_update(of=("self",), no_key=True).filter(pk__in=wanted).order_by("pk"))
    people = {pk for pk in teachers if pk is not None}
    if people:
        list(User.objects.select_for_update(of=("self",), no_key=True).filter(pk__in=people).order_by("pk"))
    return held
