"""Who may open what of programs that were compared: part of the table in `tests.access_table`."""

from typing import Any

from django.utils import timezone

from exams.judge import similar
from exams.models import CodeSubmission, ExamQuestion, Test
from tests import people
from tests.access_batches import the_batch
from tests.access_rows import Row, only
from tests.exams import coded
from tests.exams.judge import judged

STAFF = {**only("admin", "teacher", status=200), "other teacher": 404, "guardian who teaches": 404}


def a_question() -> dict[str, Any]:
    """Two students of the teacher's batch submitted the same program."""
    test = Test.objects.filter(title="Programs alike").first()
    if test is None:
        test = judged.closed(title="Programs alike", batch=the_batch())
        for who in (people.student(), people.other_student()):
            judged.submits(judged.writes(test, who), source=coded.ADD + "print(a[0] * b[1] - a)\n" * 9)
    return {"public_id": test.uuid, "question": judged.programs(test)[0].uuid}


def a_pair() -> dict[str, Any]:
    found = a_question()
    question = ExamQuestion.objects.get(uuid=found["question"])
    similar.ask(question, actor=people.teacher(), now=timezone.now())
    first, second = CodeSubmission.objects.filter(question=question).values_list("uuid", flat=True)
    return {**found, "first": first, "second": second}


def a_test() -> dict[str, Any]:
    return {"public_id": a_question()["public_id"]}


SIMILAR = {
    "test_programs": Row(STAFF, kwargs=a_test),
    "similar_programs": Row(STAFF, kwargs=a_question),
    "similar_pair": Row(STAFF, kwargs=a_pair),
}
