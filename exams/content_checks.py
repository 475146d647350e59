"""What is wrong with a question before it is kept. Pure; the words for people are in `exams.content_words`."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation

from exams.content import CODE_LANGUAGES, FALSE, MOST_CHOICES, MOST_TEXT, TRUE, Choice, Content, Kind, Text

_NUMBER = re.compile(r"[+-]?[0-9]{1,20}(\.[0-9]{1,20})?([eE][+-]?[0-9]{1,2})?")
_ID = re.compile(r"[a-z0-9_]{1,8}")


@dataclass(frozen=True, slots=True)
class Problem:
    """`field` is text, options, right, numbers, accepted, rows, columns, pairs, languages or solution; `code` says
    what is wrong, `at` of which choice (its id) or language."""

    field: str
    code: str
    at: str = ""


def number_of(typed: str) -> Decimal | None:
    """The number somebody typed: a decimal point, an exponent at most of two digits. `5,237` is none: it may mean
    5.237 or 5237."""
    typed = typed.strip().replace("−", "-")
    if not _NUMBER.fullmatch(typed):
        return None
    try:
        return Decimal(typed)
    except InvalidOperation:
        return None


def problems(content: Content) -> list[Problem]:
    """Everything that keeps it from being asked, in the order of the form; [] when it is fit."""
    return list(_problems(content))


def _problems(content: Content) -> Iterator[Problem]:
    body, key = content.body, content.key
    yield from _of_texts(content)
    match content.kind:
        case Kind.SINGLE | Kind.MULTIPLE:
            yield from _of_choices("options", body.options, least=2)
            yield from _of_right(key.right, {one.id for one in body.options}, content.kind)
        case Kind.TRUE_FALSE:
            yield from _of_right(key.right, {TRUE, FALSE}, content.kind)
        case Kind.NUMERICAL:
            yield from _of_numbers(content)
        case Kind.SHORT:
            if not any(one.strip() for one in key.accepted):
                yield Problem("accepted", "missing")
        case Kind.MATCH:
            yield from _of_choices("rows", body.rows, least=1)
            yield from _of_choices("columns", body.columns, least=2)
            yield from _of_pairs(content)
        case Kind.CODING:
            yield from _of_languages(body.languages)


def _of_texts(content: Content) -> Iterator[Problem]:
    if not content.body.text and content.body.picture is None:
        yield Problem("text", "missing")
    for name, text in (("text", content.body.text), ("solution", content.key.solution)):
        if any(len(one) > MOST_TEXT for one in (text.en, text.hi)):
            yield Problem(name, "too_long")


def _of_choices(name: str, choices: tuple[Choice, ...], *, least: int) -> Iterator[Problem]:
    if len(choices) < least:
        yield Problem(name, "too_few")
    if len(choices) > MOST_CHOICES:
        yield Problem(name, "too_many")
    seen: set[str] = set()
    said: set[Text] = set()
    for one in choices:
        if not _ID.fullmatch(one.id) or one.id in seen:
            yield Problem(name, "bad_id", one.id)
        if not one.text and one.picture is None:
            yield Problem(name, "empty", one.id)
        elif one.picture is None and one.text in said:
            yield Problem(name, "twice", one.id)
        seen.add(one.id)
        said.add(one.text)


def _of_right(right: tuple[str, ...], ids: set[str], kind: Kind) -> Iterator[Problem]:
    if not right:
        yield Problem("right", "missing")
    for one in right:
        if one not in ids:
            yield Problem("right", "unknown", one)
    if len(set(right)) != len(right):
        yield Problem("right", "twice")
    if kind is Kind.TRUE_FALSE and len(right) > 1:
        yield Problem("right", "both")


def _of_numbers(content: Content) -> Iterator[Problem]:
    if not content.key.numbers:
        yield Problem("numbers", "missing")
    for one in content.key.numbers:
        tolerance = number_of(one.tolerance)
        if number_of(one.value) is None:
            yield Problem("numbers", "not_a_number", one.value)
        if tolerance is None or tolerance < 0:
            yield Problem("numbers", "bad_tolerance", one.tolerance)


def _of_languages(languages: tuple[str, ...]) -> Iterator[Problem]:
    if not languages:
        yield Problem("languages", "missing")
    for one in languages:
        if one not in CODE_LANGUAGES:
            yield Problem("languages", "unknown", one)


def _of_pairs(content: Content) -> Iterator[Problem]:
    columns = {one.id for one in content.body.columns}
    for row in content.body.rows:
        if not content.key.pairs.get(row.id):
            yield Problem("pairs", "missing", row.id)
        for column in content.key.pairs.get(row.id, ()):
            if column not in columns:
                yield Problem("pairs", "unknown", row.id)
    for named in content.key.pairs.keys() - {one.id for one in content.body.rows}:
        yield Problem("pairs", "unknown", named)
