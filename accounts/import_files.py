"""Files of people as tables of text: CSV as programs of all kinds write it, and the first sheet of an XLSX workbook.

Nothing is known here of people. What cannot be read at all raises `Unreadable`; what is wrong with one line stands in
that line's `problem`, so that every line can be told with its number.
"""

import codecs
import csv
import io
import re
from collections.abc import Callable, Iterator

from django.utils.translation import gettext as _

from accounts.import_sheets import sheet_lines
from accounts.import_tables import CELL_CHARS, MAX_BYTES, MAX_COLUMNS, MAX_ROWS, Line, Table, Unreadable
from coaching.templatetags.figures import grouped

_DELIMITERS = ",;\t"
_SAMPLE_BYTES = 4_096
_ZIP, _OLD_OFFICE = b"PK\x03\x04", b"\xd0\xcf\x11\xe0"
# A byte over 127 that begins a UTF-8 sequence, with all that must follow it.
_WHOLE_SEQUENCE = re.compile(rb"[\xc2-\xdf][\x80-\xbf]|[\xe0-\xef][\x80-\xbf]{2}|[\xf0-\xf4][\x80-\xbf]{3}")


def read(content: bytes, *, is_title: Callable[[str], bool]) -> Table:
    """The table in a file. `is_title` says whether a title is one that is taken; it tells the delimiter of a CSV.

    Raises: Unreadable.
    """
    if len(content) > MAX_BYTES:
        raise Unreadable(_("The file is over 5 MB. Leave out what is not about people, or divide it."))
    if content.startswith(_OLD_OFFICE):
        raise Unreadable(_("This is an old or a locked Excel file. Save it as .xlsx without a password, or as CSV."))
    if content.startswith(_ZIP):
        return _table(sheet_lines(content))
    return _table(_csv_lines(_decoded(content), is_title))


def _table(lines: Iterator[Line]) -> Table:
    kept: list[Line] = []
    for line in lines:
        if line.problem or any(line.cells):
            kept.append(line)
        if len(kept) > MAX_ROWS + 1:
            raise Unreadable(
                _("The file has more than %(count)s rows. Divide it into several files.") % {"count": grouped(MAX_ROWS)}
            )
    if not kept:
        raise Unreadable(_("The file is empty."))
    head, *rows = kept
    if head.problem:
        raise Unreadable(_("Line %(line)s: %(problem)s") % {"line": head.number, "problem": head.problem})
    if len(head.cells) > MAX_COLUMNS:
        raise Unreadable(_("The file has more than %(count)s columns.") % {"count": MAX_COLUMNS})
    return Table(head.cells, tuple(rows))


# --- Encodings --------------------------------------------------------------------------------------------------------


def _decoded(content: bytes) -> str:
    """Text of UTF-8 with or without a mark, UTF-16, or what Windows calls ANSI (cp1252). Raises: Unreadable."""
    for mark, encoding in (
        (codecs.BOM_UTF8, "utf-8-sig"),
        (codecs.BOM_UTF16_LE, "utf-16"),
        (codecs.BOM_UTF16_BE, "utf-16"),
    ):
        if content.startswith(mark):
            return _strictly(content, encoding)
    if b"\0" in content[:_SAMPLE_BYTES]:
        return _strictly(content, _utf16_without_mark(content))
    try:
        return _plain(content.decode("utf-8"))
    except UnicodeDecodeError as error:
        if _WHOLE_SEQUENCE.search(content):  # some of it is UTF-8, so the rest is UTF-8 that was damaged
            raise Unreadable(_broken(content, error.start)) from error
    return _strictly(content, "cp1252")


def _utf16_without_mark(content: bytes) -> str:
    """Which half of each pair is zero tells the order: commas and digits have an empty upper half."""
    sample = content[:_SAMPLE_BYTES]
    return "utf-16-le" if sample[1::2].count(0) >= sample[0::2].count(0) else "utf-16-be"


def _strictly(content: bytes, encoding: str) -> str:
    try:
        return _plain(content.decode(encoding))
    except UnicodeDecodeError as error:
        raise Unreadable(_broken(content, error.start)) from error


def _plain(text: str) -> str:
    """The text, unless it holds what no text does: then this is a picture, a PDF or the like."""
    if re.search(r"[\x00-\x08\x0e-\x1f]", text):
        raise Unreadable(_("This is not a table. Choose a CSV or an XLSX file."))
    return text.removeprefix("\ufeff")


def _broken(content: bytes, at: int) -> str:
    line = content.count(b"\n", 0, at) + 1
    return _("Line %(line)s holds signs that cannot be read. Save the file as CSV in UTF-8, then choose it again.") % {
        "line": line
    }


# --- CSV --------------------------------------------------------------------------------------------------------------


def _csv_lines(text: str, is_title: Callable[[str], bool]) -> Iterator[Line]:
    """Rows with the number of the line they begin on. A cell that never ends, or is far too long, is told there."""
    rows = csv.reader(io.StringIO(text, newline=""), delimiter=_delimiter(text, is_title), strict=True)
    while True:
        number = rows.line_num + 1
        try:
            cells = next(rows)
        except StopIteration:
            return
        except csv.Error:
            yield Line(number, problem=_("A quotation mark is not closed, or a cell is far too long."))
            continue
        if cells:
            yield _line(number, cells)


def _delimiter(text: str, is_title: Callable[[str], bool]) -> str:
    """The sign that cuts the first line into the most columns we know, else into the most columns."""
    first = next((line for line in io.StringIO(text, newline="") if line.strip()), "")

    def fits(sign: str) -> tuple[int, int]:
        cells = first[:CELL_CHARS].split(sign)
        return sum(is_title(cell.strip('"\r\n ')) for cell in cells), len(cells)

    return max(_DELIMITERS, key=fits)


def _line(number: int, cells: list[str]) -> Line:
    if any(len(cell) > CELL_CHARS for cell in cells):
        count = grouped(max(len(cell) for cell in cells))
        return Line(number, problem=_("A cell holds %(count)s characters.") % {"count": count})
    return Line(number, tuple(cell.strip() for cell in cells))
