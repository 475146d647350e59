"""The first sheet of an XLSX workbook as rows of text, by openpyxl in its reading mode.

A workbook is a ZIP of XML from a stranger: sizes are looked at before anything is unpacked, and XML that declares a
document type, the door to entities, is refused. Formulas are not taken for data: what they come to is another program's
word, so the cell is named and the row does not fit.
"""

import io
import warnings
import zipfile
from collections.abc import Iterator
from datetime import date, datetime
from itertools import islice
from typing import Any

from django.utils.translation import gettext as _

from accounts.import_tables import CELL_CHARS, MAX_COLUMNS, MAX_ROWS, Line, Unreadable
from coaching.templatetags.figures import grouped

MAX_ENTRIES = 200
MAX_UNPACKED_BYTES = 32 * 1024 * 1024
MAX_RATIO = 200
_RATIO_FROM_BYTES = 1024 * 1024  # a small sheet of equal rows packs well and harms nobody
_HEAD_BYTES, _BEFORE_XML = 200, b"\xef\xbb\xbf\xfe\xff \t\r\n"
_LAST_ROW = 1_048_576  # of the format itself


def sheet_lines(content: bytes) -> Iterator[Line]:
    """Every row with its number. Raises: Unreadable."""
    import openpyxl  # a tenth of a second and 20 MB, which no other page owes

    _require_harmless(content)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # openpyxl's remarks on styles
            book = openpyxl.load_workbook(io.BytesIO(content), read_only=True, keep_links=False)
            rows = list(islice(_rows(book), MAX_ROWS + 2))  # the titles, and one more than is taken
    except Unreadable:
        raise
    except Exception as error:  # a broken workbook makes openpyxl raise whatever comes
        raise Unreadable(_("This workbook cannot be read. Save it anew as .xlsx, or as CSV.")) from error
    return iter(rows)


def _rows(book: Any) -> Iterator[Line]:
    sheet = book.worksheets[0]
    sheet.reset_dimensions()  # what the file says of its own size is not believed
    for number, cells in enumerate(sheet.iter_rows(max_row=_LAST_ROW, max_col=MAX_COLUMNS + 1), 1):
        line = _line(number, cells) if any(cell.value is not None for cell in cells) else None
        if line and (line.cells or line.problem):
            yield line


def _line(number: int, cells: tuple[Any, ...]) -> Line:
    texts = []
    for cell in cells:
        if cell.value is not None and cell.data_type == "f":
            return Line(number, problem=_("%(cell)s is a formula. Write its value.") % {"cell": cell.coordinate})
        if cell.value is not None and cell.data_type == "e":
            return Line(number, problem=_("%(cell)s is an error of the spreadsheet.") % {"cell": cell.coordinate})
        text = _text(cell.value)
        if len(text) > CELL_CHARS:
            words = {"cell": cell.coordinate, "count": grouped(len(text))}
            return Line(number, problem=_("%(cell)s holds %(count)s characters.") % words)
        texts.append(text)
    while texts and not texts[-1]:
        texts.pop()
    return Line(number, tuple(texts))


def _text(value: Any) -> str:
    """As it would be typed: a phone number is no 9.8e9, a day is written year first."""
    if value is None:
        return ""
    if isinstance(value, datetime):
        return value.date().isoformat()
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return str(value).strip()


def _require_harmless(content: bytes) -> None:
    """Raises: Unreadable for what unpacks to too much, or could make the reader of XML fetch or multiply anything."""
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as packed:
            entries = packed.infolist()
            if len(entries) > MAX_ENTRIES or sum(one.file_size for one in entries) > MAX_UNPACKED_BYTES:
                raise Unreadable(_("This workbook unpacks to far too much. Save only the sheet with the people."))
            for one in entries:
                if one.file_size > _RATIO_FROM_BYTES and one.file_size > MAX_RATIO * max(1, one.compress_size):
                    raise Unreadable(_("This workbook unpacks to far too much. Save only the sheet with the people."))
                _require_plain_xml(packed.read(one))
    except (zipfile.BadZipFile, NotImplementedError, RuntimeError, OSError, EOFError, ValueError) as error:
        raise Unreadable(_("This workbook cannot be read. Save it anew as .xlsx, or as CSV.")) from error


def _require_plain_xml(part: bytes) -> None:
    """For every part: a workbook says itself which are its sheets, whatever they are called."""
    head = part[:_HEAD_BYTES]
    is_wide = b"\0" in head and head.replace(b"\0", b"").lstrip(_BEFORE_XML).startswith(b"<")
    # UTF-16 would hide the words looked for.
    if is_wide or b"<!DOCTYPE" in part or b"<!ENTITY" in part:
        raise Unreadable(_("This workbook was not made by a spreadsheet program. Save it anew as .xlsx, or as CSV."))
