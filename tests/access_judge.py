"""Who may open what of the judge of programs: part of the table in `tests.access_table`, as `tests.access_exams` is."""

from typing import Any

from django.utils import timezone

from exams.models import CodeSubmission, ExamQuestion
from tests.access_exams import the_attempt, the_attempts_number
from tests.access_rows import Row, only, the_student
from tests.exams import coded

__all__ = ["JUDGE", "a_coding_question_of_the_test", "a_submission"]

# --- What an editor asks ----------------------------------------------------------------------------------------------


def a_coding_question_of_the_test() -> ExamQuestion:
    """Judged, in `the_test`."""
    test = the_attempt().test
    known = ExamQuestion.objects.filter(test=test, question__kind="CODING").first()
    return known or coded.placed(test=test)


def the_editor() -> dict[str, Any]:
    return {**the_attempts_number(), "question": a_coding_question_of_the_test().uuid}


def a_submission() -> CodeSubmission:
    """The student's, of which nothing is judged yet."""
    question, now = a_coding_question_of_the_test(), timezone.now()
    known = CodeSubmission.objects.filter(question=question).first()
    return known or CodeSubmission.objects.create(
        attempt=the_attempt(), question=question, kind="SUBMIT", number=1, language="py", source=coded.ADD, asked_at=now
    )


def a_submissions_number() -> dict[str, Any]:
    return {"public_id": a_submission().uuid}


JUDGE: dict[str, Row] = {
    "code_run": Row(the_student(422), "post", the_editor),  # nothing was sent
    "code_submit": Row(the_student(422), "post", the_editor),
    "code": Row(only("student", "teacher", "admin", status=200, others=404), kwargs=a_submissions_number),
}
