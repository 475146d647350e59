"""HTTP ranges and validators. Pure.

Source: RFC 9110, sections 8.8.3 (strong comparison), 13.1.2, 13.1.5 and 14. Only single byte ranges are served in
part; several ranges, other units and malformed headers are ignored, which the RFC allows: the whole file is sent.
"""

import re
from dataclasses import dataclass

_DIGITS = 19
_SINGLE = re.compile(r"\s*bytes\s*=\s*(\d*)\s*-\s*(\d*)\s*", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Span:
    """Bytes [start, end) of a representation; `is_partial` tells 206 from 200."""

    start: int
    end: int
    is_partial: bool


class NotSatisfiable(Exception):
    """The range lies wholly outside: 416."""


def requested_span(size: int, range_header: str, *, if_range: str, etag: str) -> Span:
    """What to send. A stale or weak If-Range asks for the whole. Raises: NotSatisfiable."""
    whole = Span(0, size, is_partial=False)
    match = _SINGLE.fullmatch(range_header) if range_header else None
    if match is None or (if_range and if_range.strip() != etag):
        return whole
    first, last = match.groups()
    if not first and not last:
        return whole
    if len(first) > _DIGITS:
        raise NotSatisfiable
    if len(last) > _DIGITS:  # the largest number a client knows means: to the end
        last = str(size)
    if not first:
        length = min(int(last), size)
        if not length:
            raise NotSatisfiable
        return Span(size - length, size, is_partial=True)
    start = int(first)
    if last and int(last) < start:
        return whole
    if start >= size:
        raise NotSatisfiable
    return Span(start, min(int(last) + 1 if last else size, size), is_partial=True)


def is_unchanged(if_none_match: str, etag: str) -> bool:
    """Whether If-None-Match names our entity (weak comparison, as the RFC says for this header)."""
    if if_none_match.strip() == "*":
        return True
    return etag in {tag.strip().removeprefix("W/") for tag in if_none_match.split(",")}
