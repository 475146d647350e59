"""The rules of a test for programs; a test that says nothing has the usual ones."""

from exams.models import CodeRules


def rules_of(test_id: int) -> CodeRules:
    """As they were set, else the usual ones, which are not kept. One query."""
    return CodeRules.objects.filter(test=test_id).first() or CodeRules(test_id=test_id)
