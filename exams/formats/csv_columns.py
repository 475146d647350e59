"""The columns of our own table of questions, and how a cell is written so that no spreadsheet takes it for a formula.

Titles may stand in any order and in any case, with spaces for underlines. Only `kind` and a text are needed.

    kind        SINGLE, MULTIPLE, TRUE_FALSE, NUMERICAL, SHORT, LONG, MATCH, CODING or PASSAGE; empty: told by the rest
    option_a …  options, or of MATCH the right column; option_a_hi the same in Hindi
    row_p …     of MATCH the left column
    right       "b"; "a, c"; "true"; "5.237" or "5.237 | 5.24"; "Newton | newton"; of MATCH "p: a, c; q: b"
    tolerance   one for each number, or one for all
    passage     of a passage, a name for it; of a question, the name of the passage it belongs to
    shuffled    "no" keeps the options in this order
"""

import re
from collections.abc import Iterable

from exams.content import LETTERS, ROW_LETTERS

FIRST = ("kind", "subject", "topic", "difficulty", "tags", "name", "passage", "text_en", "text_hi")
LAST = (
    "right",
    "tolerance",
    "case_sensitive",
    "shuffled",
    "unit_en",
    "unit_hi",
    "most_signs",
    "languages",
    "solution_en",
    "solution_hi",
    "guide_en",
    "guide_hi",
)
SHOWN_OPTIONS, SHOWN_ROWS = 6, 4
_OTHER_WORDS = {
    "question": "text_en",
    "text": "text_en",
    "question_text": "text_en",
    "type": "kind",
    "question_type": "kind",
    "answer": "right",
    "correct": "right",
    "correct_answer": "right",
    "right_answer": "right",
    "chapter": "topic",
    "level": "difficulty",
    "solution": "solution_en",
    "explanation": "solution_en",
    "unit": "unit_en",
    "guide": "guide_en",
    "a": "option_a",
    "b": "option_b",
    "c": "option_c",
    "d": "option_d",
}
# Signs with which Excel and others begin a formula, the wide ones too. Source: OWASP, CSV injection.
_FORMULA = re.compile("'*[=+\\-@＝＋－＠\t\r\n]")
_NUMBER = re.compile(r"[+-]?[0-9]+(\.[0-9]+)?")


def option_columns(count: int) -> list[str]:
    return [f"option_{letter}{end}" for letter in LETTERS[:count] for end in ("", "_hi")]


def row_columns(count: int) -> list[str]:
    return [f"row_{letter}{end}" for letter in ROW_LETTERS[:count] for end in ("", "_hi")]


def titles(*, options: int = SHOWN_OPTIONS, rows: int = SHOWN_ROWS) -> list[str]:
    """The first row of a table for questions of at most so many options and rows."""
    return [*FIRST, *row_columns(rows), *option_columns(options), *LAST]


_KNOWN = frozenset(titles(options=len(LETTERS), rows=len(ROW_LETTERS)))


def column(title: str) -> str:
    """What a title means, "" when nothing is taken from it."""
    name = re.sub(r"[\s.\-/]+", "_", title.strip().casefold()).strip("_")
    name = re.sub(r"^(option|row)_([a-z])_en$", r"\1_\2", name)
    return name if name in _KNOWN else _OTHER_WORDS.get(name, "")


def knows(title: str) -> bool:
    return bool(column(title))


def safe(text: str) -> str:
    """The text as a cell: an apostrophe keeps it from being a formula. `bare` takes exactly that one away."""
    return f"'{text}" if _FORMULA.match(text) and not _NUMBER.fullmatch(text) else text


def bare(cell: str) -> str:
    return cell[1:] if cell.startswith("'") and _FORMULA.match(cell) else cell


def parts(cell: str, sign: str) -> list[str]:
    """What stands between the signs; a sign behind a backslash belongs to the text."""
    found = re.split(rf"(?<!\\){re.escape(sign)}", cell)
    return [one.replace(f"\\{sign}", sign).strip() for one in found if one.strip()]


def joined(texts: Iterable[str], sign: str) -> str:
    return f" {sign} ".join(one.replace(sign, f"\\{sign}") for one in texts)
