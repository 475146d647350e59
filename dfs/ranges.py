"""HTTP ranges and preconditions. Pure.

Source: RFC 9110, sections 8.8.3 (comparison of tags), 13.1, 13.2.2 (order of evaluation) and 14. Only single
byte ranges are served in part; several ranges, other units and malformed headers are ignored, which the RFC allows:
the whole file is sent.
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


@dataclass(frozen=True, slots=True)
class Conditions:
    """The conditional headers of a GET or HEAD, None where absent.

    The dates in whole seconds since 1970, None also where they are no dates, which the RFC says to ignore.
    """

    if_match: str | None = None
    if_none_match: str | None = None
    if_unmodified_since: int | None = None
    if_modified_since: int | None = None

    def answer(self, *, etag: str, modified_at: int) -> int | None:
        """412 or 304 instead of the file, None when it is to be sent. A tag counts before the date of its pair."""
        if self.if_match is not None:
            if not _names(self.if_match, etag):
                return 412
        elif self.if_unmodified_since is not None and modified_at > self.if_unmodified_since:
            return 412
        if self.if_none_match is not None:
            return 304 if is_unchanged(self.if_none_match, etag) else None
        if self.if_modified_since is not None and modified_at <= self.if_modified_since:
            return 304
        return None


def requested_span(size: int, range_header: str, *, if_range: str, etag: str, last_modified: str = "") -> Span:
    """What to send. An If-Range that is neither our tag nor our date asks for the whole. Raises: NotSatisfiable."""
    whole = Span(0, size, is_partial=False)
    match = _SINGLE.fullmatch(range_header) if range_header else None
    if match is None or (if_range and if_range.strip() not in {etag, last_modified}):
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
    return _names(",".join(tag.strip().removeprefix("W/") for tag in if_none_match.split(",")), etag)


def _names(header: str, etag: str) -> bool:
    """Whether a list of tags holds ours, compared strongly, or is `*`. Our own tags hold no comma."""
    return header.strip() == "*" or etag in {tag.strip() for tag in header.split(",")}
