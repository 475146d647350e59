"""What of a question a format cannot hold, told before a file is written. Pure."""

from collections.abc import Iterator
from enum import StrEnum

from exams.content import Content, Kind, Text
from exams.formats import Item

NOT_AT_ALL = "kind"
"""The question itself does not go into the file."""


class Format(StrEnum):
    CSV = "csv"
    GIFT = "gift"
    XML = "xml"


def lost(item: Item, into: Format) -> list[str]:
    """Codes of what stays behind: kind, hindi, picture, order, guide, case, most_signs, unit, columns, arrow,
    solution."""
    return sorted(set(_lost(item.content, into)))


def _lost(content: Content, into: Format) -> Iterator[str]:
    if into is Format.CSV:
        yield from ["picture"] if any(content.body.pictures()) else []
        return
    if content.kind is Kind.CODING:
        yield NOT_AT_ALL
        return
    yield from ["columns"] if any(len(columns) > 1 for columns in content.key.pairs.values()) else []
    yield from ["most_signs"] if content.body.most_signs else []
    yield from _lost_in_gift(content) if into is Format.GIFT else _lost_in_xml(content)


def _lost_in_xml(content: Content) -> Iterator[str]:
    if content.kind is not Kind.LONG and content.key.guide:
        yield "guide"
    if content.body.unit.hi:
        yield "hindi"


def _lost_in_gift(content: Content) -> Iterator[str]:
    body, key = content.body, content.key
    told = {
        "hindi": any(one.hi and one.en for one in _texts(content)),
        "picture": any(body.pictures()),
        "order": not body.is_shuffled and bool(body.options or body.columns),
        "guide": bool(key.guide),
        "case": key.is_case_sensitive,
        "unit": bool(body.unit),
        "arrow": any("->" in one for one in (*key.accepted, *(row.text.in_language("en") for row in body.rows))),
        "solution": content.kind is Kind.PASSAGE and bool(key.solution),
    }
    yield from (code for code, is_lost in told.items() if is_lost)


def _texts(content: Content) -> Iterator[Text]:
    body = content.body
    yield from (body.text, content.key.solution)
    yield from (one.text for one in (*body.options, *body.rows, *body.columns))
