"""What the frame of every page says of its person: photo, unread news and what he was granted.

They come along when he is looked up.
"""

from django.db.models import Count, Exists, OuterRef, QuerySet, Subquery

from accounts.models import Grant, Notification, Photo, User
from coaching.lib.statements import written_once


@written_once
def with_frame(*, number: int) -> QuerySet[User]:
    """The person of that number, if there is one, with the tag of his photo, how much is unread and each grant."""
    tag = Photo.objects.filter(user=OuterRef("pk")).values("etag")[:1]
    news = Notification.objects.filter(recipient=OuterRef("pk")).unread().order_by().values("recipient")
    found: QuerySet[User] = User.objects.filter(pk=number).order_by()
    held = {_held(kind): Exists(Grant.objects.filter(user=OuterRef("pk"), kind=kind)) for kind in Grant.Kind}
    return found.annotate(frame_tag=Subquery(tag), frame_unread=Subquery(news.values(n=Count("pk"))), **held)


def _held(kind: Grant.Kind) -> str:
    return f"frame_{kind.value.lower()}"


def photo_and_news(person: User) -> tuple[str, int]:
    """The tag and the number, asked only when they did not come along."""
    if not hasattr(person, "frame_unread"):
        ask_anew(person)
    return getattr(person, "frame_tag", "") or "", getattr(person, "frame_unread", 0) or 0


def grants(person: User) -> frozenset[Grant.Kind]:
    """What he was given, whatever his role makes of it; asked only when it did not come along."""
    if not hasattr(person, "frame_unread"):
        ask_anew(person)
    return frozenset(kind for kind in Grant.Kind if getattr(person, _held(kind), False))


def ask_anew(person: User) -> None:
    """Something was read since he was looked up."""
    names = ("frame_tag", "frame_unread", *map(_held, Grant.Kind))
    for one in with_frame(number=person.pk):
        for name in names:
            setattr(person, name, getattr(one, name))
