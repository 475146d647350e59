"""What a row of the access table says, and who is asked."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from tests import people

ANONYMOUS = "anonymous"
KINDS = (ANONYMOUS, *people.EVERYBODY)


def everybody(status: int) -> dict[str, int]:
    return dict.fromkeys(KINDS, status)


def whoever_is_signed_in(status: int) -> dict[str, int]:
    return {**everybody(status), ANONYMOUS: 302}


def only(*kinds: str, status: int, others: int = 403) -> dict[str, int]:
    return {**everybody(others), ANONYMOUS: 302, **dict.fromkeys(kinds, status)}


def the_student(status: int) -> dict[str, int]:
    """His own thing; to everybody else, admins too, it is not there."""
    return only("student", status=status, others=404)


@dataclass
class Row:
    """One URL: what is asked and what each kind of person gets."""

    statuses: dict[str, int]
    method: str = "get"
    kwargs: Callable[[], dict[str, Any]] = dict
    body: dict[str, Any] = field(default_factory=dict)
