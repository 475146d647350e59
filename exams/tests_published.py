"""What students see of a test: published, taken back, and whether it can be begun."""

from datetime import datetime

from django.db import transaction
from django.http import HttpRequest
from django.utils.translation import gettext as _

from accounts import activity
from accounts.models import User
from exams import hindrances, news, paper_tests, sealed_papers
from exams.models import Test
from exams.papers import locked_test
from exams.tests_made import TestRefused


@transaction.atomic
def publish_test(test: Test, *, actor: User, now: datetime, request: HttpRequest | None = None) -> None:
    """Students of its batches see it and are told. Twice is once.

    Raises: TestRefused with what hinders it, PaperTooLarge for a paper no phone could fetch.
    """
    locked = locked_test(test)
    if locked.published_at:
        return
    if locked.archived_at:
        raise TestRefused(_("The test is archived. Take it out of the archive first."))
    found = hindrances.of(locked, now=now)
    if found:
        raise TestRefused(" ".join(one.words for one in found))
    if not locked.is_on_paper:
        sealed_papers.seal(locked)
    _keep(locked, published_at=now)
    activity.record("test.published", actor=actor, on=locked, request=request, name=locked.title)
    if locked.window[1] > now:  # one on paper may be noted when it is over
        news.of_publishing(locked, actor=actor, now=now)


@transaction.atomic
def withdraw_test(test: Test, *, actor: User, now: datetime, request: HttpRequest | None = None) -> None:
    """A draft again; who was told of it learns that, too. Twice is once. Raises: TestRefused once somebody came in."""
    locked = locked_test(test)
    if locked.published_at is None:
        return
    if locked.attempts.exists():
        raise TestRefused(_("Somebody has come in already. Switch beginning off instead."))
    if paper_tests.has_marks(locked):
        raise TestRefused(_("Marks are entered already: it stays published."))
    _keep(locked, published_at=None)
    activity.record("test.withdrawn", actor=actor, on=locked, request=request, name=locked.title)
    if locked.closes_at and locked.closes_at > now:
        news.of_withdrawing(locked, actor=actor, now=now)


def activate_test(test: Test, *, actor: User, request: HttpRequest | None = None) -> None:
    """It can be begun within its window. Twice is once."""
    _switch(test, "test.activated", is_active=True, actor=actor, request=request)


def deactivate_test(test: Test, *, actor: User, request: HttpRequest | None = None) -> None:
    """Nobody can begin any more; who writes goes on. Twice is once."""
    _switch(test, "test.deactivated", is_active=False, actor=actor, request=request)


@transaction.atomic
def _switch(test: Test, event: str, *, is_active: bool, actor: User, request: HttpRequest | None) -> None:
    locked = locked_test(test)
    if locked.is_active == is_active:
        return
    locked.is_active = is_active
    locked.save(update_fields=["is_active"])
    activity.record(event, actor=actor, on=locked, request=request, name=locked.title)


def _keep(test: Test, *, published_at: datetime | None) -> None:
    """With a new revision: who changes it in a page opened before must look again."""
    test.published_at, test.revision = published_at, test.revision + 1
    test.save(update_fields=["published_at", "revision"])
