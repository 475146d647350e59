"""What the frame of every page says of its person: photo and unread news. They come along when he is looked up."""

from django.db.models import Count, OuterRef, QuerySet, Subquery

from accounts.models import Notification, Photo, User
from coaching.lib.statements import written_once


@written_once
def with_frame(*, number: int) -> QuerySet[User]:
    """The person of that number, if there is one, with the tag of his photo and how much is unread."""
    tag = Photo.objects.filter(user=OuterRef("pk")).values("etag")[:1]
    news = Notification.objects.filter(recipient=OuterRef("pk")).unread().order_by().values("recipient")
    found: QuerySet[User] = User.objects.filter(pk=number).order_by()
    return found.annotate(frame_tag=Subquery(tag), frame_unread=Subquery(news.values(n=Count("pk"))))


def photo_and_news(person: User) -> tuple[str, int]:
    """The tag and the number, asked only when they did not come along."""
    if not hasattr(person, "frame_unread"):
        ask_anew(person)
    return getattr(person, "frame_tag", "") or "", getattr(person, "frame_unread", 0) or 0


def ask_anew(person: User) -> None:
    """Something was read since he was looked up."""
    for one in with_frame(number=person.pk):
        person.frame_tag, person.frame_unread = one.frame_tag, one.frame_unread  # type: ignore[attr-defined]  # annotated
