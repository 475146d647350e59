"""The rules for programs of a test, as staff set them; without a row the usual ones hold (`rules.rules_of`)."""

from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.http import HttpRequest
from django.utils.translation import gettext as _

from accounts import activity
from accounts.models import User
from exams.judge.rules import rules_of
from exams.models import CodeRules, Test
from exams.models.attempts import State
from exams.papers import locked_test
from exams.tests_made import TestRefused

FIELDS = ("counts", "feedback", "most_submissions", "pause_s")


@dataclass(frozen=True, slots=True)
class RuleDetails:
    counts: str
    feedback: str
    most_submissions: int
    pause_s: int


def of(test: Test) -> RuleDetails:
    """As they are now. One query."""
    row = rules_of(test.pk)
    return RuleDetails(**{name: getattr(row, name) for name in FIELDS})


def mark_of(rules: RuleDetails) -> str:
    """What a form carries to say which rules it was opened with."""
    return "/".join(str(getattr(rules, name)) for name in FIELDS)


def change_rules(
    test: Test, *, to: RuleDetails, seen: str, actor: User, now: datetime, request: HttpRequest | None = None
) -> bool:
    """Whether that changed anything. Raises: TestRefused when others changed them since `seen`, of what counts once
    somebody writes, and of a test in the archive."""
    with transaction.atomic():
        locked = locked_test(test)
        before = of(locked)
        if before == to:
            return False
        if mark_of(before) != seen:
            raise TestRefused(_("Somebody else changed these rules meanwhile. Look at them, then save again."))
        if locked.archived_at:
            raise TestRefused(_("The test is archived. Take it out of the archive first."))
        if to.counts != before.counts and locked.attempts.exclude(state=State.READY).exists():
            raise TestRefused(_("Somebody has begun to write it: what counts stays as it is."), field="counts")
        CodeRules.objects.update_or_create(test=locked, defaults={name: getattr(to, name) for name in FIELDS})
        activity.record("test.code_rules", actor=actor, on=locked, request=request, name=locked.title)
    return True
