"""Text without markup as our markup: what would be read as a sign is escaped, formulas stay. Pure."""

import re

MOST_FORMULA = 4_000
"""Signs of a formula. A longer one is text, so that many openings without an end do not cost their square."""
_OPENS = re.compile(r"\$\$|\\\(|\\\[")
_ENDS = {"$$": "$$", "\\(": "\\)", "\\[": "\\]"}
_SIGNS = re.compile(r"""\\(?=[!-/:-@\[-`{-~])|[*`$]|(?<![^\W_])_(?=[^\W_])|(?<=[^\W_])_(?![^\W_])""")
_LINE_BEGINS = re.compile(r"^([ \t]*)([-+]|~~~)(?=[\s~])", re.MULTILINE)
_NUMBER_BEGINS = re.compile(r"^([ \t]*[0-9]{1,9})([.)])(?=\s)", re.MULTILINE)
_ALONE = re.compile(r"(?<=\s)\\([*])(?=\s)")
SUBSCRIPTS = str.maketrans("0123456789+-−=()", "₀₁₂₃₄₅₆₇₈₉₊₋₋₌₍₎")
SUPERSCRIPTS = str.maketrans("0123456789+-−=()ni", "⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻⁻⁼⁽⁾ⁿⁱ")


def escaped(text: str) -> str:
    """The text so that `exams.markup` shows it as it is written, formulas apart."""
    return "".join(one if at % 2 else _signs(one) for at, one in enumerate(formulas(text)))


def formulas(text: str) -> list[str]:
    """Words and formulas in turn, words first; as other systems write them: a single dollar is money to them."""
    parts, done, place = [], 0, 0
    while opened := _OPENS.search(text, place):
        start, close = opened.end(), _ENDS[opened[0]]
        end = text.find(close, start + 1, start + MOST_FORMULA)
        place = opened.start() + 1 if end < 0 else end + len(close)
        if end >= 0:
            parts += [text[done : opened.start()], text[opened.start() : place]]
            done = place
    return [*parts, text[done:]]


def as_markup(text: str) -> str:
    """A plain text of whole lines: no line becomes part of a list."""
    kept = _NUMBER_BEGINS.sub(r"\1\\\2", _LINE_BEGINS.sub(r"\1\\\2", escaped(text)))
    return "\n".join(line.strip() for line in kept.strip().split("\n"))


def _signs(text: str) -> str:
    return _ALONE.sub(r"\1", _SIGNS.sub(lambda found: "\\" + found[0], text))


def lowered(text: str) -> str:
    """A subscript: as signs of Unicode where there are such, else as a formula."""
    return _moved(text, SUBSCRIPTS, "_")


def raised(text: str) -> str:
    return _moved(text, SUPERSCRIPTS, "^")


def _moved(text: str, signs: dict[int, int], sign: str) -> str:
    if not text or all(ord(one) in signs for one in text):
        return text.translate(signs)
    words = re.sub(r"[\\{}$]", "", text)
    inner = words if len(words) < 2 or words.isdigit() else rf"\text{{{words}}}"
    return f"${{}}{sign}{{{inner}}}$"
