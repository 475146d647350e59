"""Files people take away: CSV that no program mistakes for formulas, streamed line by line, and PDF."""

import csv
from collections.abc import Iterable, Iterator
from numbers import Number
from typing import Any

from django.http import HttpResponse, StreamingHttpResponse

from coaching.lib.text import content_disposition

BOM = "\ufeff"  # without it Excel takes UTF-8 for the machine's own encoding and breaks every Hindi name
FORMULA_SIGNS = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")  # Excel takes the wide ones too


def safe_cell(value: Any) -> Any:
    """The value as a cell: text that would begin a formula gets an apostrophe, a number stays a number.

    Source: OWASP, CSV injection.
    """
    if value is None:
        return ""
    if isinstance(value, Number):
        return value
    text = str(value).replace("\x00", "")
    return f"'{text}" if text.startswith(FORMULA_SIGNS) else text


def csv_response(name: str, *, header: Iterable[str], rows: Iterable[Iterable[Any]]) -> StreamingHttpResponse:
    """A download named `name`; `rows` are asked for while they are sent, so a long table costs no memory."""
    response = StreamingHttpResponse(_written(header, rows), content_type="text/csv; charset=utf-8")
    response.headers["Content-Disposition"] = content_disposition("attachment", name)
    response.headers["Cache-Control"] = "no-store"
    response.headers["X-Content-Type-Options"] = "nosniff"
    return response


def pdf_response(name: str, content: bytes) -> HttpResponse:
    """A PDF named `name`, to be read or kept by whoever asked, and by nobody's cache."""
    headers = {
        "Content-Disposition": content_disposition("inline", name),
        "Cache-Control": "no-store",
        "X-Content-Type-Options": "nosniff",
    }
    return HttpResponse(content, content_type="application/pdf", headers=headers)


class _Line:
    """What csv writes to: keeps the line instead of writing it anywhere."""

    def write(self, line: str) -> str:
        return line


def _written(header: Iterable[str], rows: Iterable[Iterable[Any]]) -> Iterator[str]:
    writer = csv.writer(_Line())
    yield BOM + writer.writerow([safe_cell(cell) for cell in header])
    for row in rows:
        yield writer.writerow([safe_cell(cell) for cell in row])
