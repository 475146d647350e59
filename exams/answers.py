"""Whether what was sent is an answer to a question, and in which one form it is kept. Pure; `exams.content` says the
shapes.

What is refused is refused for good: the page sends only what its fields allow, so a number that may mean two things
(`5,237`), one that lost its digits on the way (a JSON number), or an id the question does not have is nobody's answer.
"""

from collections.abc import Collection, Mapping, Sequence
from typing import Any, Protocol

from exams.content import FALSE, MOST_TEXT, TRUE, Kind
from exams.content_checks import number_of

MOST_SHORT = 1_000
MOST_SOURCE = 65_536
"""So many signs a program may have."""


class BadAnswer(ValueError):
    """This is no answer to that question. `code`: wrong_shape, unknown, twice, not_a_number, too_long or bad_sign."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


class Asked(Protocol):
    """What of a question decides whether something answers it: ids of its choices, and the most signs (0: no limit)."""

    @property
    def options(self) -> Sequence[str]: ...
    @property
    def rows(self) -> Sequence[str]: ...
    @property
    def columns(self) -> Sequence[str]: ...
    @property
    def most_signs(self) -> int: ...
    @property
    def languages(self) -> Sequence[str]: ...


def clean(kind: Kind, asked: Asked, answer: Any) -> Any:
    """The answer in the form it is kept, ready for JSON; None when nothing is answered. Raises: BadAnswer."""
    if answer is None:
        return None
    match kind:
        case Kind.SINGLE:
            return _one_of(answer, asked.options)
        case Kind.TRUE_FALSE:
            return _one_of(answer, (TRUE, FALSE))
        case Kind.MULTIPLE:
            return _some_of(answer, asked.options) or None
        case Kind.MATCH:
            return _pairs(answer, asked) or None
        case Kind.NUMERICAL:
            return _number(answer)
        case Kind.SHORT:
            return _text(answer, asked.most_signs or MOST_SHORT)
        case Kind.LONG:
            return _text(answer, asked.most_signs or MOST_TEXT)
        case Kind.CODING:
            return _program(answer, asked)
    raise BadAnswer("wrong_shape")  # a passage asks nothing


def is_answered(answer: Any) -> bool:
    """Whether an answer that was cleaned says something."""
    return answer is not None


def _one_of(answer: Any, ids: Collection[str]) -> str | None:
    if not isinstance(answer, str):
        raise BadAnswer("wrong_shape")
    if answer and answer not in ids:
        raise BadAnswer("unknown")
    return answer or None


def _some_of(answer: Any, ids: Collection[str]) -> list[str]:
    if not isinstance(answer, list) or not all(isinstance(one, str) for one in answer):
        raise BadAnswer("wrong_shape")
    if not set(answer) <= set(ids):
        raise BadAnswer("unknown")
    if len(set(answer)) != len(answer):
        raise BadAnswer("twice")
    return sorted(answer)


def _pairs(answer: Any, asked: Asked) -> dict[str, list[str]]:
    if not isinstance(answer, Mapping):
        raise BadAnswer("wrong_shape")
    if not set(answer) <= set(asked.rows):
        raise BadAnswer("unknown")
    chosen = {row: _some_of(answer[row], asked.columns) for row in sorted(answer)}
    return {row: columns for row, columns in chosen.items() if columns}


def _number(answer: Any) -> str | None:
    typed = _text(answer, 50)
    if typed is None:
        return None
    if number_of(typed) is None:
        raise BadAnswer("not_a_number")
    return typed.strip().replace("−", "-")


def _text(answer: Any, most: int) -> str | None:
    """As it was typed; None when it says nothing."""
    if not isinstance(answer, str):
        raise BadAnswer("wrong_shape")
    if len(answer) > most:
        raise BadAnswer("too_long")
    if "\0" in answer or any("\ud800" <= sign <= "\udfff" for sign in answer):  # no database keeps them
        raise BadAnswer("bad_sign")
    return answer if answer.strip() else None


def _program(answer: Any, asked: Asked) -> dict[str, str] | None:
    if not isinstance(answer, Mapping) or set(answer) != {"language", "source"}:
        raise BadAnswer("wrong_shape")
    language, source = answer["language"], _text(answer["source"], asked.most_signs or MOST_SOURCE)
    if not isinstance(language, str):
        raise BadAnswer("wrong_shape")
    if language not in asked.languages:
        raise BadAnswer("unknown")
    if source is None or not source.replace("\ufeff", "").strip():  # a mark of the byte order is no program
        return None
    return {"language": language, "source": source}
