"""What the frame of every page says of its person, in one query for whoever asks: photo and unread news."""

from django.db.models import Count, OuterRef, QuerySet, Subquery

from accounts.models import Notification, Photo, User
from coaching.lib.statements import written_once

Said = tuple[str | None, int | None]


def photo_and_news(person: User) -> tuple[str, int]:
    """The tag of one's photo and how much is unread, asked once for this object, which is fetched with each request."""
    known: tuple[str, int] | None = vars(person).get("_frame")
    if known is None:
        tag, unread = next(iter(_said(person=person.pk)), (None, None))
        known = vars(person)["_frame"] = tag or "", unread or 0
    return known


@written_once
def _said(*, person: int) -> QuerySet[User, Said]:
    tag = Photo.objects.filter(user=OuterRef("pk")).values("etag")[:1]
    news = Notification.objects.filter(recipient=OuterRef("pk")).unread().order_by().values("recipient")
    found = User.objects.filter(pk=person).annotate(tag=Subquery(tag), unread=Subquery(news.values(n=Count("pk"))))
    said: QuerySet[User, Said] = found.order_by().values_list("tag", "unread")
    return said
