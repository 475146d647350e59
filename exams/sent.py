"""What a device sends of an attempt: answers with their counters, and what happened. Malformed is malformed: nothing of
it is used."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from django.utils.translation import gettext as _

from coaching.lib.json_bodies import MalformedFields, instant_in, json_object, uuid_in
from exams.models import AttemptEvent

MOST_BYTES = 256 * 1024
MOST_RESPONSES = 500
MOST_EVENTS = 100
MOST_DETAIL = 500
MOST_COUNT = 2**53 - 1
"""The largest number a browser counts to."""
MOST_MS = 7 * 24 * 3600 * 1000
SEEN_BY_DEVICES = frozenset(
    kind.value
    for kind in (
        AttemptEvent.Kind.AWAY,
        AttemptEvent.Kind.OFFLINE,
        AttemptEvent.Kind.FULLSCREEN,
        AttemptEvent.Kind.PASTE,
    )
)


class Malformed(MalformedFields):
    """These are no answers to this paper (422); `fields` says what is wrong, of a question by its uuid."""

    def __init__(self, fields: Mapping[str, str]) -> None:
        super().__init__(_("These answers were not understood, and nothing of them was kept."), fields)


@dataclass(frozen=True, slots=True)
class Sent:
    """An answer as the device has it; of two to one question that with the higher `seq` counts."""

    question: UUID
    seq: int
    answer: Any = None
    is_marked: bool = False
    spent_ms: int = 0


@dataclass(frozen=True, slots=True)
class Happened:
    """What the device saw; `id` is its own number of it, by which it is noted once."""

    id: UUID
    kind: str
    at: datetime
    duration_ms: int | None = None
    cause: str = ""
    detail: str = "{}"


@dataclass(frozen=True, slots=True)
class Batch:
    """One request of a device: without answers and events a sign of life."""

    epoch: int
    sent: tuple[Sent, ...] = ()
    events: tuple[Happened, ...] = ()


def read(body: bytes) -> Batch:
    """Raises: Malformed."""
    found = json_object(body)
    if found is None:
        raise Malformed({"body": _("This is no JSON object.")})
    responses = _list(found, "responses", MOST_RESPONSES)
    events = _list(found, "events", MOST_EVENTS)
    return Batch(
        _count(found, "epoch", "epoch", least=1),
        tuple(_sent(one, f"responses.{place}") for place, one in enumerate(responses)),
        tuple(_happened(one, f"events.{place}") for place, one in enumerate(events)),
    )


def _list(given: Mapping[str, Any], name: str, most: int) -> list[Any]:
    found = given.get(name)
    if found is None:
        return []
    if not isinstance(found, list):
        raise Malformed({name: _("This is no list.")})
    if len(found) > most:
        raise Malformed({name: _("These are too many at once, send at most %(count)s.") % {"count": most}})
    return found


def _sent(given: Any, at: str) -> Sent:
    given = _object(given, at)
    return Sent(
        _uuid(given, "question", at),
        _count(given, "seq", f"{at}.seq", least=1),
        given.get("answer"),
        _truth(given, "marked", at),
        _count(given, "spent_ms", f"{at}.spent_ms", most=MOST_MS, missing=0),
    )


def _happened(given: Any, at: str) -> Happened:
    given = _object(given, at)
    kind, lasted = given.get("kind"), given.get("duration_ms")
    if not isinstance(kind, str) or kind not in SEEN_BY_DEVICES:
        raise Malformed({f"{at}.kind": _("This is nothing a device sees.")})
    return Happened(
        _uuid(given, "id", at),
        kind,
        _instant(given, at),
        None if lasted is None else _count(given, "duration_ms", f"{at}.duration_ms", most=MOST_MS),
        _word(given, at),
        _detail(given, at),
    )


def _object(given: Any, at: str) -> dict[str, Any]:
    if not isinstance(given, dict):
        raise Malformed({at: _("This is no JSON object.")})
    return given


def _uuid(given: Mapping[str, Any], name: str, at: str) -> UUID:
    found = uuid_in(given.get(name))
    if found is None:
        raise Malformed({f"{at}.{name}": _("This is no UUID.")})
    return found


def _count(
    given: Mapping[str, Any], name: str, at: str, *, least: int = 0, most: int = MOST_COUNT, missing: int | None = None
) -> int:
    value = given.get(name, missing)
    if type(value) is not int or not least <= value <= most:  # True is an int, too
        raise Malformed({at: _("This is no count.")})
    return value


def _truth(given: Mapping[str, Any], name: str, at: str) -> bool:
    value = given.get(name, False)
    if not isinstance(value, bool):
        raise Malformed({f"{at}.{name}": _("This is neither true nor false.")})
    return value


def _instant(given: Mapping[str, Any], at: str) -> datetime:
    found = instant_in(given.get("at"))
    try:
        if found is not None:
            return found.astimezone(UTC)
    except OverflowError:
        pass
    raise Malformed({f"{at}.at": _("This is no instant.")})


def _word(given: Mapping[str, Any], at: str) -> str:
    value = given.get("cause", "")
    if not isinstance(value, str) or len(value) > 20 or not value.isascii() or "\0" in value:
        raise Malformed({f"{at}.cause": _("This is no cause.")})
    return value


def _detail(given: Mapping[str, Any], at: str) -> str:
    """As JSON, in which what no database keeps is only an escape."""
    value = given.get("detail") or {}
    try:
        text = json.dumps(value, allow_nan=False) if isinstance(value, dict) else ""
    except ValueError:  # 1e999 was read as a number without end
        text = ""
    if not text or len(text) > MOST_DETAIL or "\\u0000" in text or "\\ud" in text.lower():
        raise Malformed({f"{at}.detail": _("This is no detail.")})
    return text
