"""Who may open what of tests and solutions of coding questions: part of the table in `tests.access_table`."""

from typing import Any

from exams.models import CodeSolution, CodeSuite, Test
from tests.access_batches import the_batch
from tests.access_exams import CHANGES_IT, WHO_TEACHES, no_draft
from tests.access_rows import Row, only
from tests.exams import coded, making

__all__ = ["SUITES"]


def a_draft_suite() -> CodeSuite:
    """Not in use, of a question of its own."""
    return CodeSuite.objects.filter(state="DRAFT").first() or coded.a_suite(ready=False)


def the_suites_question() -> dict[str, Any]:
    return {"public_id": a_draft_suite().question.uuid}


def a_test_of_it() -> dict[str, Any]:
    return {**the_suites_question(), "number": a_draft_suite().tests.all()[0].pk}


def a_file_of_it() -> dict[str, Any]:
    return {**a_test_of_it(), "which": "input"}


def a_group_of_it() -> dict[str, Any]:
    return {**the_suites_question(), "number": a_draft_suite().groups.all()[0].pk}


def a_solution_of_it() -> dict[str, Any]:
    suite = a_draft_suite()
    row = CodeSolution.objects.filter(suite=suite).first() or coded.a_solution(suite)
    return {"public_id": suite.question.uuid, "solution_id": row.uuid}


def no_draft_of_a_zip() -> dict[str, Any]:
    return {**the_suites_question(), **no_draft()}


def a_test_with_a_program() -> dict[str, Any]:
    row = Test.objects.filter(title="Programs").first()
    if row is None:
        row = making.coming("Programs", batch=the_batch())
        coded.placed(test=row)
    return {"public_id": row.uuid}


READS_IT = only(*WHO_TEACHES, status=200)
SAYS_NOTHING = only(*WHO_TEACHES, status=409)  # and no revision

SUITES: dict[str, Row] = {
    "question_tests": Row(READS_IT, kwargs=the_suites_question),
    "question_tests_style": Row(READS_IT, kwargs=the_suites_question),
    "suite_group_new": Row(READS_IT, kwargs=the_suites_question),
    "suite_group": Row(READS_IT, kwargs=a_group_of_it),
    "suite_group_do": Row(SAYS_NOTHING, "post", a_group_of_it),
    "suite_solution_new": Row(READS_IT, kwargs=the_suites_question),
    "suite_solution": Row(READS_IT, kwargs=a_solution_of_it),
    "suite_solution_remove": Row(SAYS_NOTHING, "post", a_solution_of_it),
    "suite_test_new": Row(READS_IT, kwargs=the_suites_question),
    "suite_test": Row(READS_IT, kwargs=a_test_of_it),
    "suite_test_do": Row(SAYS_NOTHING, "post", a_test_of_it),
    "suite_test_file": Row(READS_IT, kwargs=a_file_of_it),
    "suite_zip": Row(READS_IT, kwargs=the_suites_question),
    "suite_zip_preview": Row(only(*WHO_TEACHES, status=302), kwargs=no_draft_of_a_zip),
    "suite_zip_export": Row(READS_IT, kwargs=the_suites_question),
    "code_rules": Row(CHANGES_IT, kwargs=a_test_with_a_program),
}
