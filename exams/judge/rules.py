"""The rules of a test for programs; a test that says nothing has the usual ones."""

from django.db.models import QuerySet

from coaching.lib.statements import written_once
from exams.models import CodeRules


def rules_of(test_id: int) -> CodeRules:
    """As they were set, else the usual ones, which are not kept. One query."""
    return next(iter(_set(test=test_id)), None) or CodeRules(test_id=test_id)


@written_once
def _set(*, test: int) -> QuerySet[CodeRules]:
    return CodeRules.objects.filter(test=test)
