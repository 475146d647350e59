"""Documents as PDF, for receipts and scorecards: text in Latin and Devanagari, facts, tables, a QR code, page numbers.

    paper = Document("Receipt 17", made_at=paid_at)
    paper.begin("Receipt 17 · Riya Kulkarni")
    paper.line("Receipt", size=20, is_bold=True)
    answer = paper.content()

The same calls with the same `made_at` give the same bytes with the same versions of fpdf2 and the fonts, so a document
can be hashed. Sizes are points for text and millimetres for the rest, on A4. Text stays text: it can be searched and
copied, Devanagari too.
"""

from bisect import bisect_left
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from io import BytesIO
from typing import Any
from unicodedata import category

from django.utils.translation import gettext as _

from coaching.lib import pdf_fonts, pdf_pages
from coaching.lib.text import composed

MARGIN, FOOT = 18.0, 16.0
INK, MUTED, HAIRLINE = (33, 31, 28), (104, 99, 92), (206, 201, 193)
LEADING = 0.53
"""Millimetres of a line for each point of its text: Devanagari needs room above and below."""
QUIET_MODULES = 4
ANY_MASK = 3  # each is read; to look for the best takes longer than the rest of a page
CELL_PAD = 1.2
JOINERS, NO_SIGN = "\u200c\u200d", "\ufffd"


@dataclass(frozen=True, slots=True)
class Column:
    """Of a table: its head, its share of the width, and whether it holds numbers (which stand to the right)."""

    head: str
    share: float = 1
    is_number: bool = False


@dataclass(frozen=True, slots=True)
class Cell:
    """Text in a place: millimetres from the paper's left edge, and as wide."""

    left: float
    width: float
    text: str
    align: str = "L"
    is_bold: bool = False
    is_muted: bool = False


class Document:
    """One PDF, written from top to bottom. Parts begin on a new page and count their pages for themselves."""

    def __init__(self, title: str, *, made_at: datetime, language: str = "en") -> None:
        self._pdf: Any = pdf_pages.pages()(format="A4")
        self._pdf.alias_nb_pages(None)
        self._pdf.set_creation_date(made_at)
        self._pdf.set_title(title)
        self._pdf.set_lang(language)
        self._pdf.set_margin(MARGIN)
        self._pdf.set_auto_page_break(auto=True, margin=MARGIN + FOOT)
        self._parts: list[tuple[int, str]] = []
        self._widths: dict[tuple[str, str, float], float] = {}
        for family, source in (("Text", pdf_fonts.LATIN), ("Devanagari", pdf_fonts.DEVANAGARI)):
            files = pdf_fonts.fonts(source)
            self._pdf.add_font(family, "", files["regular"])
            self._pdf.add_font(family, "B", files["bold"])
        for font in self._pdf.fonts.values():
            font.__class__ = pdf_pages.ordered_font()
        self._known = {sign for font in self._pdf.fonts.values() for sign in font.cmap}
        self._pdf.set_font("Text", "", 10)
        self._pdf.set_fallback_fonts(["Devanagari"])
        self._pdf.set_text_shaping(use_shaping_engine=True, direction="ltr")

    @property
    def width(self) -> float:
        """Millimetres between the margins."""
        return float(self._pdf.epw)

    @property
    def page_count(self) -> int:
        return len(self._pdf.pages)

    def begin(self, foot: str) -> None:
        """A part: a new page. `foot` stands below each of its pages, beside the page's number."""
        self._pdf.add_page()
        self._parts.append((self._pdf.page, foot))

    def line(
        self,
        text: str,
        *,
        size: float = 10,
        is_bold: bool = False,
        is_muted: bool = False,
        width: float | None = None,
        align: str = "L",
    ) -> None:
        """A paragraph; it is broken where it is too long for `width` (the page's) and may go over pages."""
        self._style(size, is_bold=is_bold, is_muted=is_muted)
        left = self._pdf.x
        for line in self._broken(text, width or self.width):
            self._pdf.set_x(left)
            self._pdf.cell(width or self.width, size * LEADING, line, align=align, new_x="LMARGIN", new_y="NEXT")

    def gap(self, height: float = 4) -> None:
        self._pdf.ln(height)

    def rule(self) -> None:
        """A hairline across the page."""
        self._pdf.set_draw_color(*HAIRLINE)
        self._pdf.set_line_width(0.2)
        self._pdf.line(MARGIN, self._pdf.y, MARGIN + self.width, self._pdf.y)

    def facts(self, facts: Iterable[tuple[str, str]], *, label_width: float = 42) -> None:
        """What is said of something: the word for it, muted, and beside it what it is."""
        wide = self.width - label_width
        for word, said in facts:
            label = Cell(MARGIN, label_width, word, is_muted=True)
            self._row([label, Cell(MARGIN + label_width, wide, said)])

    def table(self, columns: Sequence[Column], rows: Iterable[Sequence[str]], *, is_last_bold: bool = False) -> None:
        """A table as wide as the page; its head comes again on each page, and no row is torn apart."""
        whole, left, head = sum(column.share for column in columns), MARGIN, []
        for column in columns:
            width = self.width * column.share / whole
            head.append(Cell(left, width, column.head, "R" if column.is_number else "L", is_muted=True))
            left += width
        self._table_row(head)
        ordered = list(rows)
        for count, row in enumerate(ordered, start=1):
            is_bold = is_last_bold and count == len(ordered)
            cells = [
                replace(place, text=said, is_bold=is_bold, is_muted=False)
                for place, said in zip(head, row, strict=True)
            ]
            self._table_row(cells, head)

    def _table_row(self, cells: Sequence[Cell], head: Sequence[Cell] = ()) -> None:
        if self._row(cells, pad=CELL_PAD, is_tried=bool(head)):
            self.rule()
            return
        self._pdf.add_page()
        self._table_row(head)
        self._row(cells, pad=CELL_PAD)
        self.rule()

    def _row(self, cells: Sequence[Cell], *, pad: float = 0, is_tried: bool = False) -> bool:
        """Cells side by side, on one page if any can hold them; `is_tried`: not at all (False) if this one cannot."""
        height, lines = 10 * LEADING, []
        for cell in cells:
            self._style(10, is_bold=cell.is_bold)
            lines.append(self._broken(cell.text, cell.width))
        needed = max(len(one) for one in lines) * height + 2 * pad
        if self._pdf.y + needed > self._pdf.page_break_trigger and self._pdf.y > MARGIN + needed:
            if is_tried:
                return False
            self._pdf.add_page()
        top = self._pdf.y
        for cell, said in zip(cells, lines, strict=True):
            self._style(10, is_bold=cell.is_bold, is_muted=cell.is_muted)
            for place, line in enumerate(said):
                self._pdf.set_xy(cell.left, top + pad + place * height)
                self._pdf.cell(cell.width, height, line, align=cell.align)
        self._pdf.set_xy(MARGIN, top + needed)
        return True

    def _broken(self, text: str, width: float) -> list[str]:
        """The text in lines as wide as that, in the font that is on: between words, and within one that is too long."""
        lines, room = [], width - 2 * self._pdf.c_margin
        space = self._wide(" ")
        for paragraph in self._shown(text).split("\n"):
            line, used = "", 0.0
            for word in self._words(paragraph, room):
                needs = self._wide(word)
                if line and used + space + needs > room:
                    lines.append(line)
                    line, used = "", 0.0
                line, used = (f"{line} {word}", used + space + needs) if line else (word, needs)
            lines.append(line)
        return lines

    def _words(self, paragraph: str, room: float) -> Iterator[str]:
        """Its words, those that are wider than a line in pieces; a mark stays with its letter."""
        for word in paragraph.split():
            rest = word
            while self._wide(rest) > room and len(rest) > 1:
                cut = bisect_left(range(1, len(rest)), True, key=lambda end: self._wide(rest[:end]) > room)
                cut = max(1, cut)
                while cut > 1 and category(rest[cut]).startswith(("M", "C")):
                    cut -= 1
                yield rest[:cut]
                rest = rest[cut:]
            yield rest

    def _wide(self, text: str) -> float:
        """Millimetres in the font that is on."""
        mark = (text, self._pdf.font_style, self._pdf.font_size_pt)
        if mark not in self._widths:
            self._widths[mark] = float(self._pdf.get_string_width(text))
        return self._widths[mark]

    def picture(self, content: bytes, *, height: float) -> None:
        """A picture at the left, as high as said (and no wider than a third of the page); the next line is below it."""
        from PIL import Image

        with Image.open(BytesIO(content)) as found:
            across, down = found.size
        width = min(height * across / down, self.width / 3)
        self._pdf.image(BytesIO(content), x=MARGIN, y=self._pdf.y, w=width)
        self._pdf.set_xy(MARGIN, self._pdf.y + width * down / across + 2)

    def code(self, text: str, *, side: float = 30, beside: Sequence[str] = ()) -> None:
        """A QR code of `text` as drawn squares, with lines of text at its right, the first one bold."""
        if self._pdf.y + side > self._pdf.page_break_trigger:
            self._pdf.add_page()
        top = self._pdf.y
        self._draw_code(text, MARGIN, top, side)
        for place, line in enumerate(beside):
            self._pdf.set_x(MARGIN + side + 6)
            self.line(line, is_bold=not place, width=self.width - side - 6)
        self._pdf.set_xy(MARGIN, max(top + side, self._pdf.y))

    def _draw_code(self, text: str, left: float, top: float, side: float) -> None:
        """Each row's dark runs as one rectangle; the quiet border lies inside `side`."""
        import segno

        rows = [
            list(row)
            for row in segno.make(text, error="m", micro=False, mask=ANY_MASK).matrix_iter(border=QUIET_MODULES)
        ]
        module, dark = side / len(rows), []
        for y, row in enumerate(rows):
            start = None
            for x, is_dark in enumerate([*row, 0]):
                if is_dark and start is None:
                    start = x
                elif not is_dark and start is not None:
                    dark.append((left + start * module, top + y * module, (x - start) * module, module))
                    start = None
        self._pdf.set_fill_color(*INK)
        self._pdf.dark(dark)

    def content(self) -> bytes:
        """The finished document; nothing may be added to it after that."""
        self._pdf.set_auto_page_break(auto=False)
        last = self.page_count
        ends = [first - 1 for first, _foot in self._parts[1:]] + [last]
        for (first, foot), end in zip(self._parts, ends, strict=True):
            for page in range(first, end + 1):
                self._foot(
                    page, foot, _("Page %(page)d of %(pages)d") % {"page": page - first + 1, "pages": end - first + 1}
                )
        self._pdf.page = last
        try:
            return bytes(self._pdf.output())
        finally:
            for font in self._pdf.fonts.values():
                font.close()  # its file

    def _foot(self, page: int, foot: str, number: str) -> None:
        self._pdf.page = page
        self._pdf.current_font_is_set_on_page = False
        self._style(9, is_muted=True)
        self._pdf.set_xy(MARGIN, self._pdf.h - MARGIN - 4)
        line, *more = self._broken(foot, self.width - 46)
        self._pdf.cell(self.width - 40, 5, f"{line} …" if more else line, align="L")
        self._pdf.cell(40, 5, number, align="R")

    def _style(self, size: float, *, is_bold: bool = False, is_muted: bool = False) -> None:
        self._pdf.set_font("Text", "B" if is_bold else "", size)
        self._pdf.set_text_color(*(MUTED if is_muted else INK))

    def _shown(self, text: str) -> str:
        """As it can be drawn: without signs that steer a page, and of those no font has only that they stood there."""
        clean = (sign for sign in composed(text) if sign == "\n" or sign.isprintable() or sign in JOINERS)
        return "".join(sign if ord(sign) in self._known or sign == "\n" else NO_SIGN for sign in clean)
