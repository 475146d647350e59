"""The page of one result put together: for its student, his guardians, and staff who may change the test."""

from datetime import datetime
from typing import Any

from django.http import HttpRequest

from coaching.lib.text import whole_number
from exams import analysis, leaderboard, own_gap, own_question, own_result, own_review, own_topics
from exams.asked import fixes_of
from exams.content import Kind
from exams.judge import code_words
from exams.models import TestBatch
from exams.own_result_rows import Seen, solutions_said
from exams.result_words import percentile_words
from exams.scheme_words import number


def context_of(seen: Seen, request: HttpRequest, *, now: datetime) -> dict[str, Any]:
    """All the page shows; the same number of queries for any number of questions and students."""
    own = own_result.read(seen, analysis.of(seen.result.version))
    fixes = fixes_of(own.version)
    found = own_review.written(own, fixes)
    row, is_paper = seen.result, not own.items
    drawn, aloud = own_result.whole_strip(own)
    context: dict[str, Any] = {
        "own": own,
        "row": row,
        "test": own.version.test,
        "student": row.student,
        "is_staff": seen.is_staff,
        "is_own": seen.is_own,
        "has_leaderboard": leaderboard.has_one(own.version.test),
        "total": number(row.total),
        "most": number(row.most),
        "tried": row.right + row.partial + row.wrong + row.waiting,
        "percentile": percentile_words(row.percentile),
        "strip": drawn,
        "strip_aloud": aloud,
        "note": own_result.note_of(own, fixes, found.numbers),
        "sections": own_result.section_lines(own),
        "used": _used(own),
        "gap": own_gap.gap(own),
        "topics": own_topics.topic_map(own),
        "time": None if is_paper else own_topics.time_spent(own, found.order, found.spent_s),
        "others": own_result.other_attempts(own) if own.version.test.most_attempts > 1 else [],
    }
    return context | (_review(found, request) if seen.shows_questions and own.items else _held_back(own, now=now))


def asked_question(seen: Seen, request: HttpRequest) -> own_question.Opened | None:
    """The question `?question=` names, alone; None where there is no such one, or he may not see it."""
    count = _number(request)
    own = own_result.read(seen, analysis.of(seen.result.version))
    if count is None or not seen.shows_questions or count > len(own.items):
        return None
    found = own_review.written(own, fixes_of(own.version))
    questions = own_review.questions_of(found, [count])
    return own_question.opened(found, count, questions[found.item(count).question])


def _review(found: own_review.Written, request: HttpRequest) -> dict[str, Any]:
    review = own_review.review(
        found, show=request.GET.get("show", ""), page=request.GET.get("page"), opened=_number(request)
    )
    opened = None
    if review.opened is not None:
        opened = own_question.opened(found, review.opened, review.questions[found.item(review.opened).question])
    has_code = any(one.question.kind == Kind.CODING for one in review.questions.values())
    return {"review": review, "opened": opened, "code_icons": code_words.icons() if has_code else []}


def _held_back(own: own_result.OwnResult, *, now: datetime) -> dict[str, Any]:
    """When the questions come; nothing of a test on paper, which has none."""
    if not own.items:
        return {}
    test = own.version.test
    batch = TestBatch.objects.filter(test=test, batch=own.row.batch_id).first()
    return {"held_back": solutions_said(test, batch, now=now)}


def _used(own: own_result.OwnResult) -> str:
    """How much of the time he used."""
    if not own.row.spent_s:
        return ""
    minutes = own.version.test.duration_min
    used = round(own.row.spent_s / 60)
    if minutes and used <= minutes:
        return own_result.used_of(used, minutes)
    return own_result.minutes(own.row.spent_s)


def _number(request: HttpRequest) -> int | None:
    return whole_number(request.GET.get("question", ""), most=9_999) or None
