"""The program of an answer that counts, with all its verdicts: for who sees keys and solutions by now, nobody else."""

from dataclasses import dataclass
from datetime import datetime

from exams.judge.code_page import Shown, shown
from exams.judge.said import Shows, submission_json
from exams.judge.scores import counting_one, counts_of
from exams.models import CodeSubmission, ExamQuestion


@dataclass(frozen=True, slots=True)
class Reviewed:
    """What it came to, and the program itself."""

    one: Shown
    source: str


def reviewed(attempt: int, question: ExamQuestion, *, now: datetime) -> Reviewed | None:
    """Of that attempt; None where none was submitted. Some queries, whatever was submitted."""
    rows = CodeSubmission.objects.counting().filter(attempt=attempt, question=question).order_by("number")
    found = list(rows.select_related("attempt__test", "question", "judgement__suite"))
    one = counting_one(found, counts_of(question.test)) if found else None
    if one is None:
        return None
    return Reviewed(shown(one, submission_json(one, for_staff=False, now=now, sees=Shows.TESTS)), one.source)
