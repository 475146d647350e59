"""The statements of a save, as both databases take them: each one does its part whole or not at all.

Written out because the ORM would ask for each row what one statement says of all; what they do is in `exams.saving`.
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import lru_cache
from typing import Any

from django.db import connection

from exams.models.attempts import State
from exams.sent import Happened

FENCE = """
UPDATE exam_submissions SET last_beat_at = %s, last_saved_at = COALESCE(%s, last_saved_at)
WHERE id = %s AND student_id = %s AND epoch = %s AND state = %s AND deadline_at >= %s
    AND (slot_id IS NULL OR slot_id = COALESCE(%s, slot_id))
RETURNING deadline_at, section_ends, away_count
"""
COLUMNS = "attempt_id, question_id, seq, answer, is_answered, is_marked, spent_ms, saved_at, answered_at"
UPSERT = """
ON CONFLICT (attempt_id, question_id) DO UPDATE SET
    seq = excluded.seq, answer = excluded.answer, is_answered = excluded.is_answered, is_marked = excluded.is_marked,
    spent_ms = CASE WHEN excluded.spent_ms > exam_responses.spent_ms THEN excluded.spent_ms
                    ELSE exam_responses.spent_ms END,
    saved_at = excluded.saved_at, answered_at = COALESCE(exam_responses.answered_at, excluded.answered_at)
WHERE excluded.seq > exam_responses.seq
RETURNING question_id
"""
PROGRAM = f"""
INSERT INTO exam_responses ({COLUMNS}) VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s)
ON CONFLICT (attempt_id, question_id) DO UPDATE SET
    seq = CASE WHEN excluded.seq > exam_responses.seq THEN excluded.seq ELSE exam_responses.seq END,
    answer = excluded.answer, is_answered = excluded.is_answered, saved_at = excluded.saved_at,
    answered_at = COALESCE(exam_responses.answered_at, excluded.answered_at)
WHERE excluded.seq = 0 OR excluded.seq >= exam_responses.seq
"""  # noqa: S608 - names are ours
EVENTS = "attempt_id, kind, client_id, happened_at, duration_ms, cause, detail, at"
LEFT = """
UPDATE exam_submissions SET away_count = away_count + %s, away_ms = away_ms + %s WHERE id = %s RETURNING away_count
"""


@dataclass(frozen=True, slots=True)
class Fenced:
    """The attempt as it stands under the lock the fence took."""

    deadline_at: datetime
    section_ends: list[str]
    away_count: int


@dataclass(frozen=True, slots=True)
class Row:
    """An answer that was cleaned, to the question of that number."""

    question: int
    seq: int
    answer: Any
    is_marked: bool
    spent_ms: int


def fence(
    attempt: int, *, student: int, epoch: int, slot: int | None, not_over_before: datetime, now: datetime, saves: bool
) -> Fenced | None:
    """Lock the attempt and note its sign of life, if it is his, is written under this epoch and in this session (None:
    whichever), and is not over."""
    at = _stored(now)
    given = (at, at if saves else None, attempt, student, epoch, State.WRITING.value, _stored(not_over_before), slot)
    found = _returned(FENCE, given)
    if not found:
        return None
    deadline, ends, away = found[0]
    return Fenced(_instant(deadline), json.loads(ends) if isinstance(ends, str) else ends, away)


def upsert(attempt: int, rows: Sequence[Row], *, now: datetime) -> set[int]:
    """Keep what is newer than what is kept; the numbers of the questions of which it was."""
    if not rows:
        return set()
    at, given = _stored(now), []
    for row in rows:
        is_answered = row.answer is not None
        answer = json.dumps(row.answer, ensure_ascii=False) if is_answered else None
        given += [attempt, row.question, row.seq, answer, is_answered, row.is_marked, row.spent_ms]
        given += [at, at if is_answered else None]
    return {question for (question,) in _returned(_upsert(len(rows)), given)}


def keep_program(attempt: int, question: int, program: dict[str, str], *, seq: int, now: datetime) -> None:
    """As the answer, whatever else is kept beside it, unless a later one came already. 0: the device said no counter,
    and the kept one stays."""
    at, answer = _stored(now), json.dumps(program, ensure_ascii=False)
    with connection.cursor() as cursor:
        cursor.execute(PROGRAM, (attempt, question, seq, answer, True, False, 0, at, at))


def note(attempt: int, events: Sequence[Happened], *, now: datetime) -> list[tuple[str, int | None]]:
    """Note events that are not noted yet; kind and duration of those."""
    given: list[Any] = []
    for one in events:
        given += [attempt, one.kind, _uuid(one), _stored(one.at), one.duration_ms, one.cause, one.detail, _stored(now)]
    return _returned(_note(len(events)), given) if events else []


def left(attempt: int, *, times: int, ms: int) -> int:
    """Count that the test was left; how often it was by now."""
    count: int = _returned(LEFT, (times, ms, attempt))[0][0]
    return count


@lru_cache(32)
def _upsert(count: int) -> str:
    return f"INSERT INTO exam_responses ({COLUMNS}) VALUES {_places(9, count)} {UPSERT}"  # noqa: S608 - names are ours


@lru_cache(32)
def _note(count: int) -> str:
    places = _places(8, count)
    return f"INSERT INTO exam_events ({EVENTS}) VALUES {places} ON CONFLICT DO NOTHING RETURNING kind, duration_ms"  # noqa: S608


def _places(columns: int, count: int) -> str:
    return ", ".join([f"({', '.join(['%s'] * columns)})"] * count)


def _returned(statement: str, given: Sequence[Any]) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(statement, given)
        found: list[tuple[Any, ...]] = cursor.fetchall()
        return found


def _stored(instant: datetime) -> Any:
    return connection.ops.adapt_datetimefield_value(instant)


def _uuid(one: Happened) -> Any:
    return one.id if connection.features.has_native_uuid_field else one.id.hex


def _instant(found: Any) -> datetime:
    """SQLite gives what it keeps, in UTC and without saying so."""
    instant = found if isinstance(found, datetime) else datetime.fromisoformat(found)
    return instant if instant.tzinfo else instant.replace(tzinfo=UTC)
