"""Attempts of the demo institute, with what was answered: who says what follows from the numbers of both."""

import hashlib
import uuid
from datetime import datetime, timedelta
from typing import Any

from accounts.models import User
from exams.content import FALSE, TRUE, Body, Key, Kind
from exams.models import Attempt, AttemptEvent, ExamQuestion, Question, QuestionVersion, Response, Test
from exams.models.attempts import EndedBy, State
from exams.sittings import clock_of

_NAMESPACE = uuid.UUID("6a1f2c7e-93c4-4d0e-8a55-2f0b7c1d9e64")


def number(name: str) -> uuid.UUID:
    """The same on every machine."""
    return uuid.uuid5(_NAMESPACE, name)


def newest(question: Question) -> QuestionVersion:
    """Its newest version, which every question of the demo has."""
    return question.versions.order_by("-number")[0]


def drawn(*parts: object) -> int:
    """A number that these parts always give, below 1000."""
    return int.from_bytes(hashlib.sha256("|".join(map(str, parts)).encode()).digest()[:4], "big") % 1000


def begun(test: Test, student: User, *, started_at: datetime, seen_at: datetime, extra_s: int = 0) -> Attempt:
    """He began then, and his device was last heard of at `seen_at`."""
    clock = clock_of(begins_at=started_at, closes_at=test.window[1], minutes=test.duration_min, extra_s=extra_s)
    return Attempt.objects.create(
        uuid=number(f"{test.uuid} {student.pk}"),
        test=test,
        student=student,
        state=State.WRITING,
        admitted_at=started_at - timedelta(minutes=5),
        started_at=started_at,
        deadline_at=clock.deadline_at,
        allowance_s=extra_s,
        device_id=number(f"device of {student.pk}"),
        device=("Chrome, Android", "Chrome, Windows", "Safari, iPhone")[student.pk % 3],
        last_beat_at=seen_at,
        last_saved_at=seen_at,
    )


def answered(attempt: Attempt, *, share: int, until: datetime) -> None:
    """Of every hundred questions `share` are answered, about two thirds of them right; a few are marked."""
    rows = list(attempt.test.questions.select_related("version", "question"))
    since = attempt.started_at or until
    step = (until - since) / (len(rows) + 1)
    responses = []
    for place, row in enumerate(rows, start=1):
        lot = drawn(attempt.student.email, row.version.body["text"]["en"])
        if lot % 100 >= share + 15:
            continue
        at = since + step * place
        answer = answer_of(row, is_right=lot % 3 > 0) if lot % 100 < share else None
        said = answer is not None
        responses.append(
            Response(
                attempt=attempt,
                question=row,
                seq=place,
                answer=answer,
                is_answered=said,
                answered_at=at if said else None,
                is_marked=lot % 9 == 0,
                spent_ms=30_000 + 100 * lot,
                saved_at=at,
            )
        )
    Response.objects.bulk_create(responses)


def answer_of(row: ExamQuestion, *, is_right: bool) -> Any:
    """One that is right, or one that is not."""
    body, key = Body.from_json(row.version.body), Key.from_json(row.version.key)
    match row.question.kind:
        case Kind.SINGLE:
            return key.right[0] if is_right else next(one.id for one in body.options if one.id not in key.right)
        case Kind.MULTIPLE:
            return list(key.right) if is_right else list(key.right[:1])
        case Kind.TRUE_FALSE:
            return key.right[0] if is_right else (FALSE if key.right[0] == TRUE else TRUE)
        case Kind.NUMERICAL:
            return key.numbers[0].value if is_right else "7"
        case Kind.SHORT:
            return key.accepted[0] if is_right else "oxygen"
        case Kind.MATCH:
            pairs = {name: list(columns) for name, columns in key.pairs.items()}
            return pairs if is_right else {name: [body.columns[0].id] for name in pairs}
    return None


def left(attempt: Attempt, at: datetime, *, seconds: int) -> None:
    """Once, for so long."""
    AttemptEvent.objects.create(
        attempt=attempt,
        kind=AttemptEvent.Kind.AWAY,
        client_id=number(f"away {attempt.pk} {seconds}"),
        happened_at=at,
        duration_ms=seconds * 1000,
        cause="hidden",
        at=at,
    )
    Attempt.objects.filter(pk=attempt.pk).update(away_count=1, away_ms=seconds * 1000)


def hand_in(attempt: Attempt, at: datetime, by: EndedBy) -> None:
    """It is over since then."""
    Attempt.objects.filter(pk=attempt.pk).update(state=State.SUBMITTED, submitted_at=at, ended_by=by)
    AttemptEvent.objects.create(attempt=attempt, kind=AttemptEvent.Kind.SUBMITTED, happened_at=at, at=at)
