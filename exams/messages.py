"""What an invigilator tells who writes a test: all, or one of them. Devices get it with their next save."""

from datetime import datetime
from uuid import UUID, uuid5

from django.db import IntegrityError, transaction
from django.http import HttpRequest
from django.utils.translation import gettext as _

from accounts import activity
from accounts.models import User
from coaching.lib.errors import DomainError
from coaching.lib.text import one_line
from exams import running_tests
from exams.models import Attempt, Test, TestMessage

MESSAGE_LENGTH = 500


class NothingSaid(DomainError):
    """A message without words (409)."""

    code = "nothing_said"
    field = "text"


def tell(
    test: Test,
    *,
    text: str,
    uuid: UUID,
    attempt: Attempt | None = None,
    actor: User,
    now: datetime,
    request: HttpRequest | None = None,
) -> TestMessage:
    """Tell all who write it, or one; the form's `uuid` makes it once. Raises: NothingSaid.

    Another text under the same number is another message: somebody went back to the form and wrote anew.
    """
    said = one_line(text, at_most=MESSAGE_LENGTH)
    if not said:
        raise NothingSaid(_("Write what they should read."))
    number = uuid5(uuid, f"{test.pk} {attempt.pk if attempt else 0} {said}")
    try:
        with transaction.atomic():
            row = TestMessage.objects.create(uuid=number, test=test, attempt=attempt, text=said, by=actor, at=now)
            subject = attempt.student if attempt else None
            activity.record("test.told", actor=actor, subject=subject, on=test, request=request, name=test.title)
    except IntegrityError:  # the form was sent twice
        return TestMessage.objects.get(uuid=number)
    transaction.on_commit(running_tests.forget)
    return row
