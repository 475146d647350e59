"""JSON that programs send: its parts as values, None for what is none. What to say then each caller knows."""

import json
from collections.abc import Mapping
from datetime import datetime
from typing import Any, ClassVar
from uuid import UUID

from django.utils.dateparse import parse_datetime

from coaching.lib.errors import DomainError

MOST_INSTANT = 40


class MalformedFields(DomainError):
    """What was sent is not what was asked for (422); `fields` says by name what is wrong."""

    code: ClassVar[str] = "malformed"
    status: ClassVar[int] = 422

    def __init__(self, message: str, fields: Mapping[str, str]) -> None:
        super().__init__(message)
        self.fields = dict(fields)


def json_object(body: bytes) -> dict[str, Any] | None:
    """The object a body is; NaN and Infinity are no JSON."""
    try:
        found = json.loads(body.decode("utf-8"), parse_constant=_no_number)
    except (ValueError, RecursionError):
        return None
    return found if isinstance(found, dict) else None


def uuid_in(value: Any) -> UUID | None:
    """Written in full, with its hyphens."""
    try:
        return UUID(value) if isinstance(value, str) and len(value) == 36 else None
    except ValueError:
        return None


def instant_in(value: Any) -> datetime | None:
    """One that names its zone."""
    try:
        found = parse_datetime(value) if isinstance(value, str) and len(value) <= MOST_INSTANT else None
    except ValueError:
        return None
    return found if found is not None and found.tzinfo is not None else None


def _no_number(name: str) -> float:
    raise ValueError(name)
