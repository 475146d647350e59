"""Who may open what of exams: part of the table in `tests.access_table`.

Each area adds its addresses as one block of its own. `the_test` is written now by the batch of `tests.access_batches`,
which "teacher" teaches, "student" is in, and "guardian" is his guardian; `the_attempt` is the student's, `a_question`
one of the bank.
"""

import uuid
from io import BytesIO
from typing import Any

from PIL import Image as Picture

from exams import images, scheme_book, sealed_papers, topics
from exams.content import Kind
from exams.models import Allowance, Attempt, ExamQuestion, Question, QuestionImage, TakeoverRequest, Test
from tests import people
from tests.access_batches import the_batch
from tests.access_rows import Row, everybody, only, the_student, whoever_is_signed_in
from tests.exams import making, marked, papers
from tests.exams.judge import judged

__all__ = ["EXAMS", "a_question", "the_attempt", "the_attempts_number", "the_test", "the_tests_number"]

DEVICE = uuid.UUID(int=7)


def the_test() -> Test:
    """Open since a minute, with three questions."""
    return Test.objects.filter(title="Full mock 5").first() or papers.paper(batch=the_batch())


def the_tests_number() -> dict[str, Any]:
    return {"public_id": the_test().uuid}


def the_attempt() -> Attempt:
    """The student writes it, on a browser that is none of those who ask."""
    test, student = the_test(), people.student()
    known = Attempt.objects.filter(test=test, student=student).first()
    return known or papers.attempt(test, student, device_id=DEVICE)


def the_attempts_number() -> dict[str, Any]:
    return {"public_id": the_attempt().uuid}


def a_question() -> Question:
    return Question.objects.first() or papers.question()


EXAMS: dict[str, Row] = {}

# --- What the page of an attempt asks while a test is written ---------------------------------------------------------

EXAMS |= {
    "attempt_responses": Row(the_student(422), "post", the_attempts_number),  # nothing was sent
    "attempt_state": Row(the_student(200), kwargs=the_attempts_number),
    "attempt_finish": Row(the_student(422), "post", the_attempts_number),
}

# --- The waiting room -------------------------------------------------------------------------------------------------


def a_test_that_is_written() -> dict[str, Any]:
    the_attempt()
    return the_tests_number()


def a_sealed_paper() -> dict[str, Any]:
    return {"public_id": sealed_papers.seal(the_attempt().test).uuid}


EXAMS |= {
    "test_room": Row(
        only("student", "guardian", "teacher", "admin", status=302, others=404), kwargs=a_test_that_is_written
    ),
    "test_room_state": Row(the_student(200), kwargs=a_test_that_is_written),
    "sealed_paper": Row(only("student", "teacher", "admin", status=200, others=404), kwargs=a_sealed_paper),
    "attempt_start": Row(the_student(302), "post", the_attempts_number),  # to the page of the other device
    "attempt_takeover": Row(the_student(200), kwargs=the_attempts_number),
}

# --- Sitting a test: to the page of the other device, as none of those who ask writes it ------------------------------


def the_first_question() -> dict[str, Any]:
    return {**the_attempts_number(), "place": 1}


EXAMS |= {
    "attempt": Row(the_student(302), kwargs=the_attempts_number),
    "attempt_question": Row(the_student(302), kwargs=the_first_question),
    "attempt_review": Row(the_student(302), "post", the_attempts_number),
    "attempt_paper": Row(the_student(409), kwargs=the_attempts_number),
    "attempt_log": Row(
        only("student", "guardian", "teacher", "admin", status=200, others=404), kwargs=the_attempts_number
    ),
}

# --- The question bank: who teaches has all of it, nobody else any ----------------------------------------------------


def the_questions_number() -> dict[str, Any]:
    return {"public_id": a_question().uuid}


def a_topics_number() -> dict[str, Any]:
    return {"number": topics.topic_named(a_question().subject, "Units").pk}


def an_images_number() -> dict[str, Any]:
    known = QuestionImage.objects.first()
    if known is None:
        made = BytesIO()
        Picture.new("RGB", (8, 8), "teal").save(made, "PNG")
        known = images.take_image(made.getvalue(), name="rod.png", actor=people.teacher())
    return {"public_id": known.uuid}


WHO_TEACHES = ("admin", "teacher", "other teacher", "guardian who teaches")

EXAMS |= {
    "bank": Row(only(*WHO_TEACHES, status=200)),
    "bank_question_new": Row(only(*WHO_TEACHES, status=200)),
    "bank_preview": Row(only(*WHO_TEACHES, status=200), "post"),
    "bank_question": Row(only(*WHO_TEACHES, status=200), kwargs=the_questions_number),
    "bank_question_edit": Row(only(*WHO_TEACHES, status=200), kwargs=the_questions_number),
    "bank_question_state": Row(only(*WHO_TEACHES, status=400), "post", the_questions_number),  # no verb
    "bank_question_compare": Row(only(*WHO_TEACHES, status=200), kwargs=the_questions_number),
    "topic_list": Row(only(*WHO_TEACHES, status=200)),
    "topic_rename": Row(only(*WHO_TEACHES, status=302), "post", a_topics_number),
    "question_image": Row(only(*WHO_TEACHES, status=200), kwargs=an_images_number),
}

# --- Marking schemes --------------------------------------------------------------------------------------------------


def a_scheme() -> dict[str, Any]:
    return {"public_id": scheme_book.default_version().scheme.uuid}


EXAMS |= {
    "scheme_list": Row(only("teacher", "other teacher", "guardian who teaches", "admin", status=200)),
    "scheme": Row(only("teacher", "other teacher", "guardian who teaches", "admin", status=200), kwargs=a_scheme),
    "scheme_create": Row(only("teacher", "other teacher", "guardian who teaches", "admin", status=200)),
    "scheme_change": Row(
        only("teacher", "other teacher", "guardian who teaches", "admin", status=200), kwargs=a_scheme
    ),
    "scheme_archive": Row(
        only("teacher", "other teacher", "guardian who teaches", "admin", status=302), "post", a_scheme
    ),
}

# --- Files of questions -----------------------------------------------------------------------------------------------


def an_imports_mark() -> dict[str, Any]:
    """Of an import that nobody can take back, so that each who asks finds it: a test has its question."""
    mark = "0" * 32
    if not Question.objects.filter(source__startswith=f"file {mark}").exists():
        row = papers.question(text="From a file", source=f"file {mark} 2")
        papers.place(papers.section(the_test(), "From a file"), row)
    return {"mark": mark}


def no_draft() -> dict[str, Any]:
    return {"draft": uuid.UUID(int=8)}


EXAMS |= {
    "question_file": Row(only(*WHO_TEACHES, status=200)),
    "question_file_template": Row(only(*WHO_TEACHES, status=200)),
    "question_file_preview": Row(only(*WHO_TEACHES, status=302), kwargs=no_draft),
    "question_file_done": Row(only(*WHO_TEACHES, status=200), kwargs=an_imports_mark),
    "question_file_undo": Row(only(*WHO_TEACHES, status=302), "post", an_imports_mark),
    "question_export": Row(only(*WHO_TEACHES, status=200)),
}

# --- Making a test: its list and page, for who may change it ---------------------------------------------------------


def a_draft() -> Test:
    """With a paper; the teacher's batch writes it tomorrow."""
    return Test.objects.filter(title="Draft").first() or making.ready("Draft", batch=the_batch())


def a_drafts_number() -> dict[str, Any]:
    return {"public_id": a_draft().uuid}


def a_sections_number() -> dict[str, Any]:
    draft = a_draft()
    return {"public_id": (draft.sections.first() or papers.section(draft)).uuid}


def a_placed_questions_number() -> dict[str, Any]:
    return {"public_id": a_draft().questions.all()[0].uuid}


def an_allowance() -> dict[str, Any]:
    given = {"minutes": 10, "reason": "Scribe", "created_by": people.teacher()}
    row = Allowance.objects.get_or_create(test=a_draft(), student=people.student(), defaults=given)[0]
    return {"public_id": row.uuid}


SEE_IT = only("student", "guardian", "teacher", "admin", status=200, others=404)
CHANGES_IT = {**only("teacher", "admin", status=200), "other teacher": 404, "guardian who teaches": 404}
CHANGED_IT = {**only("teacher", "admin", status=302), "other teacher": 404, "guardian who teaches": 404}

EXAMS |= {
    "test_list": Row(whoever_is_signed_in(200)),
    "test": Row(SEE_IT, kwargs=the_tests_number),
    "test_new": Row(only(*WHO_TEACHES, status=200)),
    "test_edit": Row(CHANGES_IT, kwargs=a_drafts_number),
    "test_publish": Row(CHANGED_IT, "post", kwargs=a_drafts_number),
    "test_withdraw": Row(CHANGED_IT, "post", kwargs=a_drafts_number),
    "test_activate": Row(CHANGED_IT, "post", kwargs=a_drafts_number),
    "test_deactivate": Row(CHANGED_IT, "post", kwargs=a_drafts_number),
    "test_archive": Row(CHANGED_IT, "post", kwargs=a_drafts_number),
    "test_restore": Row(CHANGED_IT, "post", kwargs=a_drafts_number),
    "test_copy": Row(CHANGED_IT, "post", kwargs=a_drafts_number),
    "test_delete": Row(CHANGES_IT, kwargs=a_drafts_number),
    "test_print": Row(CHANGES_IT, kwargs=a_drafts_number),
    "test_preview": Row(CHANGES_IT, kwargs=a_drafts_number),
    "test_allowances": Row(CHANGES_IT, kwargs=a_drafts_number),
    "allowance_drop": Row(CHANGED_IT, "post", an_allowance),
    "test_paper": Row(CHANGES_IT, kwargs=a_drafts_number),
    "section_new": Row(CHANGES_IT, kwargs=a_drafts_number),
    "section_edit": Row(CHANGES_IT, kwargs=a_sections_number),
    "section_move": Row(CHANGED_IT, "post", a_sections_number),
    "section_remove": Row(CHANGED_IT, "post", a_sections_number),
    "section_add": Row(CHANGES_IT, kwargs=a_sections_number),
    "section_blueprint": Row(CHANGES_IT, kwargs=a_sections_number),
    "placed_move": Row(CHANGED_IT, "post", a_placed_questions_number),
    "placed_block_move": Row(CHANGED_IT, "post", a_placed_questions_number),
    "placed_remove": Row(CHANGED_IT, "post", a_placed_questions_number),
    "placed_newest": Row(CHANGED_IT, "post", a_placed_questions_number),
}

# --- The monitor ------------------------------------------------------------------------------------------------------


def a_takeover() -> dict[str, Any]:
    row = TakeoverRequest.objects.first() or TakeoverRequest.objects.create(attempt=the_attempt(), device_id=DEVICE)
    return {"public_id": row.uuid}


WATCHES_IT = {**only("admin", "teacher", status=200), "other teacher": 404, "guardian who teaches": 404}

EXAMS |= {
    "test_monitor": Row(WATCHES_IT, kwargs=the_tests_number),
    "monitor_act": Row({**WATCHES_IT, "admin": 400, "teacher": 400}, "post", the_tests_number),  # says nothing
    "monitor_tell": Row(WATCHES_IT, kwargs=the_tests_number),
    "monitor_log": Row(WATCHES_IT, kwargs=the_tests_number),
    "takeover_decide": Row({**WATCHES_IT, "admin": 400, "teacher": 400}, "post", a_takeover),  # no verb
    "attempt_audit": Row(WATCHES_IT, kwargs=the_attempts_number),
}

# --- Who sees results, and the leaderboard ----------------------------------------------------------------------------

EXAMS |= {
    "test_release": Row(CHANGES_IT, kwargs=the_tests_number),
    "test_leaderboard": Row(only("teacher", "admin", status=200, others=404), kwargs=the_tests_number),  # it has none
    "leaderboard_choice": Row(only("student", "other student", status=302), "post", body={"is_shown": "no"}),
}

# --- Marking by hand --------------------------------------------------------------------------------------------------


def a_long_question() -> ExamQuestion:
    """In a section of its own, so that the others keep their places."""
    found = the_test().questions.filter(question__kind=Kind.LONG).first()
    return found or papers.place(papers.section(the_test(), "Essay"), papers.question(Kind.LONG, "Tell of it"))[0]


def a_long_questions_numbers() -> dict[str, Any]:
    return {**the_tests_number(), "question": a_long_question().uuid}


EXAMS |= {
    "marking": Row(only(*WHO_TEACHES, status=200)),
    "test_marking": Row(WATCHES_IT, kwargs=the_tests_number),
    "marking_question": Row(WATCHES_IT, kwargs=a_long_questions_numbers),
    "marking_marked": Row(WATCHES_IT, kwargs=a_long_questions_numbers),
    "rubric_edit": Row(WATCHES_IT, kwargs=a_long_questions_numbers),
}

# --- Results, for staff -----------------------------------------------------------------------------------------------


def the_results() -> Test:
    """Over and reckoned; the teacher's batch wrote it."""
    found = Test.objects.filter(title="Marked").first()
    return found or marked.exam(2, 2, title="Marked", batch=the_batch())


def the_results_number() -> dict[str, Any]:
    return {"public_id": the_results().uuid}


def a_question_of_results() -> dict[str, Any]:
    return {**the_results_number(), "number": 1}


EXAMS |= {
    "test_results": Row(WATCHES_IT, kwargs=the_results_number),
    "test_ranks": Row(WATCHES_IT, kwargs=the_results_number),
    "test_ranks_csv": Row(WATCHES_IT, "post", kwargs=the_results_number),
    "test_ranks_xlsx": Row(WATCHES_IT, "post", kwargs=the_results_number),
    "test_items": Row(WATCHES_IT, kwargs=the_results_number),
    "test_item": Row(WATCHES_IT, kwargs=a_question_of_results),
    "result_versions": Row(WATCHES_IT, kwargs=the_results_number),
    "test_reckon": Row(CHANGED_IT, "post", kwargs=the_results_number),
}

# --- Results, for students and guardians; staff see one student's -----------------------------------------------------


def the_students_result() -> dict[str, Any]:
    return {**the_results_number(), "student": people.student().pk}


OWN_RESULT = {**only("student", "other student", status=200, others=404), **dict.fromkeys(("teacher", "admin"), 302)}

EXAMS |= {
    "own_results": Row(whoever_is_signed_in(200)),
    "own_result": Row({**OWN_RESULT, "guardian": 302}, kwargs=the_results_number),  # to the test, with his child's
    "student_result": Row(
        only("student", "guardian", "teacher", "admin", status=200, others=404), kwargs=the_students_result
    ),
}

# --- Answers alike ----------------------------------------------------------------------------------------------------

EXAMS |= {"test_alike": Row(WATCHES_IT, kwargs=the_results_number)}

# --- Marks of a test on paper -----------------------------------------------------------------------------------------


def a_paper_test() -> dict[str, Any]:
    """Written in the room a while ago by the batch of `the_test`."""
    row = Test.objects.filter(title="On paper").first()
    if row is None:
        row = papers.exam("On paper", batch=the_batch(), is_on_paper=True)
        papers.section(row, full_marks=40)
    return {"public_id": row.uuid}


def no_draft_of_marks() -> dict[str, Any]:
    return {**a_paper_test(), **no_draft()}


EXAMS |= {
    "paper_marks": Row(WATCHES_IT, kwargs=a_paper_test),
    "paper_marks_csv": Row(WATCHES_IT, kwargs=a_paper_test),
    "paper_marks_file": Row(WATCHES_IT, kwargs=a_paper_test),
    "paper_marks_preview": Row(CHANGED_IT, kwargs=no_draft_of_marks),
}

# --- Scorecards -------------------------------------------------------------------------------------------------------


def the_students_code() -> dict[str, Any]:
    return {"code": marked.result(the_results()).code}


EXAMS |= {
    "scorecard": Row(only("student", "guardian", "teacher", "admin", status=200, others=404), kwargs=the_students_code),
    "test_scorecards": Row(WATCHES_IT, kwargs=the_results_number),
    "result_verify": Row(everybody(200), kwargs=the_students_code),
    "result_verify_form": Row(everybody(200)),
}

# --- Correcting a key -------------------------------------------------------------------------------------------------

EXAMS |= {"key_fix": Row(WATCHES_IT, kwargs=a_question_of_results)}

# --- Judging again, and the judge's console ---------------------------------------------------------------------------


def a_program_of_results() -> dict[str, Any]:
    """The second question of a test that is over; her program could not be judged."""
    row = Test.objects.filter(title="Programs").first()
    if row is None:
        row = judged.closed(title="Programs", batch=the_batch())
        judged.submits(judged.writes(row), None, state="FAILED")
        marked.reckoned(row)
    return {"public_id": row.uuid, "number": 2}


EXAMS |= {
    "rejudge": Row(WATCHES_IT, kwargs=a_program_of_results),
    "judge": Row(only(*WHO_TEACHES, status=200)),
    "judge_again": Row(only(*WHO_TEACHES, status=302), "post", body={"judgement": "all"}),
}
