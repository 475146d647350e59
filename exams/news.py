"""What people are told about tests, and in which words: students who write one and their guardians, never the actor."""

from collections.abc import Callable
from datetime import datetime

from django.db.models import QuerySet
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy

from accounts.models import User
from accounts.notifications import Kind
from batches.families import tell_families
from batches.models import Enrolment
from coaching.lib.clock import moment_text
from exams.models import Test

PUBLISHED = Kind("tests.published", gettext_lazy("A test is announced"))
CHANGED = Kind("tests.changed", gettext_lazy("A test is moved or called off"))
KINDS = (PUBLISHED, CHANGED)


def of_publishing(test: Test, *, actor: User, now: datetime) -> None:
    """To who will be in a batch of it when it opens, and their guardians."""
    words = _named(test, gettext_lazy("Test on %(when)s: %(title)s"))
    _told(test, PUBLISHED, "published", words, actor=actor, now=now)


def of_more_batches(test: Test, batches: set[int], *, actor: User, now: datetime) -> None:
    """The same to those of batches that came later."""
    words = _named(test, gettext_lazy("Test on %(when)s: %(title)s"))
    _told(test, PUBLISHED, "published", words, actor=actor, now=now, batches=batches)


def of_moving(test: Test, *, actor: User, now: datetime) -> None:
    """It opens, closes or lasts otherwise than was said."""
    _told(test, CHANGED, "moved", _named(test, gettext_lazy("Now on %(when)s: %(title)s")), actor=actor, now=now)


def of_withdrawing(test: Test, *, actor: User, now: datetime) -> None:
    """It is not held as announced."""
    words = _named(test, gettext_lazy("Called off for now: %(title)s, %(when)s"))
    _told(test, CHANGED, "withdrawn", words, actor=actor, now=now, url=reverse("test_list"))


def stays_of(test: Test, *, now: datetime) -> QuerySet[Enrolment]:
    """Who is in a batch of the test when it opens, as far as is known now."""
    since = max(test.opens_at or now, now)
    found: QuerySet[Enrolment] = Enrolment.objects.not_over(since).filter(batch__test_batches__test=test).order_by()
    return found


def writers(test: Test, *, now: datetime, batches: set[int] | None = None) -> list[User]:
    """Those students by name. One query."""
    stays = stays_of(test, now=now)
    if batches is not None:
        stays = stays.filter(batch__in=batches)
    return list(User.objects.filter(pk__in=stays.values("student")).order_by("name", "pk"))


def _told(
    test: Test,
    kind: Kind,
    what: str,
    title: Callable[[], str],
    *,
    actor: User,
    now: datetime,
    batches: set[int] | None = None,
    url: str = "",
) -> None:
    tell_families(
        writers(test, now=now, batches=batches),
        actor=actor,
        kind=kind,
        event_key=f"test:{test.uuid}:{what}:{test.revision}",
        title=title,
        url=url or reverse("test", args=[test.uuid]),
        now=now,
    )


def _named(test: Test, text: Promise) -> Callable[[], str]:
    def words() -> str:
        return str(text) % {"title": test.title, "when": moment_text(test.opens_at) if test.opens_at else ""}

    return words
