"""What fpdf2 2.8 lacks for documents in two scripts: fonts that are said in time, text that can be copied.

Shaping is kept by text and size: labels and words come again on every page.
"""

from functools import cache
from typing import Any, NamedTuple

MOST_KNOWN = 4000
"""Texts whose shapes a process keeps, a few MB."""


class Placed(NamedTuple):
    """A glyph and the first of the characters it stands for."""

    codepoint: int
    cluster: int


@cache
def pages() -> Any:
    """fpdf2's document, but with the font said on the page before a line, not within it.

    A line that begins in the other script says it only for itself, and fpdf2 takes it as said for those after it: they
    would be drawn with signs that font does not have.
    """
    from fpdf import FPDF
    from fpdf.enums import TextDirection

    class Pages(FPDF):
        def header(self) -> None:
            self._say_font()

        def _render_styled_text_line(self, *line: Any, **how: Any) -> bool:
            self._say_font()
            return bool(super()._render_styled_text_line(*line, **how))

        def _say_font(self) -> None:
            if self.page and self.current_font and not self.current_font_is_set_on_page:
                self._out(self._set_font_for_page(self.current_font, self.font_size_pt))

        def dark(self, rectangles: list[tuple[float, float, float, float]]) -> None:
            """Fill these (left, top, width, height; millimetres) with the ink that is on, as one shape."""
            k, height = self.k, self.h
            drawn = (f"{x * k:.3f} {(height - y) * k:.3f} {w * k:.3f} {-h * k:.3f} re" for x, y, w, h in rectangles)
            self._out(f"q {' '.join(drawn)} f Q")

        def _preload_bidirectional_text(self, text: str, markdown: bool) -> Any:
            """Both scripts run from left to right: nothing is to be turned."""
            shaping: Any = self.text_shaping
            shaping["fragment_direction"] = TextDirection.LTR
            return self._preload_font_styles(text, markdown)

    return Pages


@cache
def ordered_font() -> Any:
    """fpdf2's font, but with the characters of a syllable given out among its glyphs, in reading order.

    fpdf2 gives them all to the first glyph; programs then read the others as any sign. Glyphs of one syllable stand
    together, so the text that is read out of the document is the text that was written.
    """
    from fpdf.fonts import TTFFont

    known: dict[tuple[str, str, float], Any] = {}

    class Ordered(TTFFont):
        __slots__ = ()

        def perform_harfbuzz_shaping(self, text: str, size: float, how: Any) -> Any:
            mark = (self.fontkey, text, size)
            shaped = known.get(mark)  # once: another thread may empty it meanwhile
            if shaped is None:
                infos, positions = super().perform_harfbuzz_shaping(text, size, how)
                shaped = given_out([Placed(one.codepoint, one.cluster) for one in infos], len(text)), positions
                if len(known) >= MOST_KNOWN:
                    known.clear()
                known[mark] = shaped
            return shaped

    return Ordered


def given_out(glyphs: list[Placed], length: int) -> list[Placed]:
    """Clusters of one glyph each, as far as there are characters; glyphs of text that runs from left to right."""
    starts = sorted({one.cluster for one in glyphs})
    ends = dict(zip(starts, [*starts[1:], length], strict=False))  # of no glyphs none
    seen: dict[int, int] = {}
    ordered = []
    for one in glyphs:
        place = seen.get(one.cluster, 0)
        seen[one.cluster] = place + 1
        ordered.append(Placed(one.codepoint, min(one.cluster + place, ends[one.cluster] - 1)))
    return ordered
