"""The contexts of the pages of a sitting, and what the page's script begins with."""

from datetime import datetime
from typing import Any
from uuid import UUID

from django.urls import reverse
from django.utils import timezone

from exams.content import CODE_LANGUAGES, Kind
from exams.judge import code_words
from exams.judge.code_asked import code_names
from exams.judge.code_pane import Pane, pane_of
from exams.models import Attempt, Response
from exams.models.attempts import BEATS_EVERY
from exams.models.tests import FocusAction
from exams.saving import left_since_given_back
from exams.sitting_forms import SentQuestion
from exams.sitting_page import LANGUAGES, Sitting, counted, how, page_language, time_text
from exams.sitting_question import question_form
from exams.sitting_words import script_words


def page_of(sitting: Sitting, place: int, *, language: str, sent: SentQuestion | None) -> dict[str, Any]:
    """The page of one question; `sent` is a form that was not taken, shown again as it came."""
    attempt, uuid = sitting.attempt, sitting.order.questions[place - 1]
    said = sitting.said.get(uuid)
    language = language if language in LANGUAGES else page_language()
    answer = sent.answer if sent else said.answer if said else None
    parts = sitting.parts(place)
    return {
        "attempt": attempt,
        "test": attempt.test,
        "place": place,
        "count": sitting.count,
        "question": question_form(sitting, place, language=language, answer=answer),
        "is_marked": sent.is_marked if sent else bool(said and said.is_marked),
        "has_error": sent is not None and not sent.is_answer(),
        "seq": (said.seq if said else 0) + 1,
        "parts": parts,
        "counts": counted([cell for part in parts for cell in part.cells]),
        "language": language,
        "is_bilingual": sitting.is_bilingual,
        "ends_at": attempt.deadline_at,
        "left": time_text(attempt, sitting.now),
        "is_over": bool(attempt.deadline_at and sitting.now >= attempt.deadline_at),
        "saved_at": attempt.last_saved_at,
        "has_code": sitting.has_code,
        "pane": code_pane_of(sitting, place),
        "code_icons": code_words.icons() if sitting.has_code else [],
        "setup": setup_of(sitting, place, language),
        "words": script_words() | (code_words.script_words() if sitting.has_code else {}),
    }


def code_pane_of(sitting: Sitting, place: int) -> Pane | None:
    """What stands beside the question there, if programs for it are judged."""
    facts = sitting.question(place)
    if "code" not in sitting.paper["questions"][str(facts.uuid)]:
        return None
    return pane_of(sitting.attempt, facts, now=sitting.now)


def review_of(sitting: Sitting) -> dict[str, Any]:
    """What is answered and what is not, by section, before it is handed in."""
    attempt, parts = sitting.attempt, sitting.parts()
    counts = counted([cell for part in parts for cell in part.cells])
    return {
        "attempt": attempt,
        "test": attempt.test,
        "parts": parts,
        "counts": counts,
        "left": time_text(attempt, sitting.now),
        "ends_at": attempt.deadline_at,
        "first_open": sitting.first_open(),
    }


def receipt_of(attempt: Attempt) -> dict[str, Any]:
    """What somebody gets who handed in: how much was answered and when it was last saved. No marks."""
    said = Response.objects.filter(attempt=attempt).order_by()
    return {
        "attempt": attempt,
        "test": attempt.test,
        "answered": said.filter(is_answered=True).count(),
        "count": attempt.test.questions.count(),
    }


def setup_of(sitting: Sitting, place: int, language: str) -> dict[str, Any]:
    """What the script needs besides the paper; only what is his own, and nothing of a key."""
    attempt, test = sitting.attempt, sitting.attempt.test
    named = {"urls": _urls(attempt), "place": place, "language": language, "is_bilingual": sitting.is_bilingual}
    order = sitting.order
    return named | {
        "attempt": str(attempt.uuid),
        "test": str(test.uuid),
        "revision": test.paper_revision,
        "epoch": attempt.epoch,
        "takeovers": attempt.takeovers,
        "next_seq": sitting.next_seq,
        "order": {
            "questions": [str(one) for one in order.questions],
            "options": {str(one): ids for one, ids in order.options.items()},
        },
        "responses": {
            str(uuid): {"seq": one.seq, "answer": one.answer, "marked": one.is_marked, "spent_ms": one.spent_ms}
            for uuid, one in sitting.said.items()
        },
        "deadline": _written(attempt.deadline_at),
        "section_ends": [_written(one) for one in sitting.ends],
        "server_now": _written(sitting.now),
        "saved_at": _written(attempt.last_saved_at),
        "grace_s": test.grace_s,
        "beats_ms": int(BEATS_EVERY.total_seconds() * 1000),
        "time_zone": timezone.get_current_timezone_name(),
        "away_count": _left(attempt),
        "focus_limit": test.focus_limit,
        "focus_submits": test.focus_action == FocusAction.SUBMIT,
        "asks_fullscreen": test.asks_fullscreen,
        "logs_paste": test.logs_paste,
        "how": {kind.value: how(kind) for kind in Kind},
        "code_names": code_names(sitting.now) if sitting.has_code else CODE_LANGUAGES,
        "has_code": sitting.has_code,
    }


def _left(attempt: Attempt) -> int:
    """How often he left it, by the count that may hand it in."""
    if not attempt.away_count or attempt.test.focus_limit is None:
        return attempt.away_count
    return left_since_given_back(attempt.pk, attempt.away_count)


def _urls(attempt: Attempt) -> dict[str, str]:
    named = ("attempt", "attempt_paper", "attempt_review", "attempt_responses", "attempt_state", "attempt_finish")
    urls = {name.removeprefix("attempt_"): reverse(name, args=[attempt.uuid]) for name in (*named, "attempt_takeover")}
    of_programs = {name: reverse(name, args=[attempt.uuid, UUID(int=0)]) for name in ("code_run", "code_submit")}
    named_too = {"question": reverse("attempt_question", args=[attempt.uuid, 0]), "sign_in": reverse("account_login")}
    return urls | of_programs | named_too


def _written(at: datetime | None) -> str | None:
    return at.isoformat() if at else None
