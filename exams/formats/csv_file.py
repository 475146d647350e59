"""Questions as a table, one in each row: the format people write by hand in a spreadsheet. See `csv_columns`."""

import csv
import io
from collections.abc import Iterable, Iterator, Mapping, Sequence

from exams.content import (
    CODE_LANGUAGES,
    FALSE,
    LETTERS,
    MOST_TEXT,
    ROW_LETTERS,
    TRUE,
    Body,
    Choice,
    Content,
    Key,
    Kind,
    Number,
    Text,
)
from exams.formats import (
    DIFFICULTIES,
    MAX_BYTES,
    MAX_LINE_CHARS,
    MAX_QUESTIONS,
    Item,
    LineProblem,
    NoQuestion,
    Parsed,
    refused,
)
from exams.formats.csv_columns import bare, column, joined, knows, option_columns, parts, row_columns, safe, titles
from exams.formats.decoding import Undecodable, decoded

Row = tuple[int, Sequence[str]]
_DELIMITERS = ",;\t"
_NO = frozenset({"no", "n", "false", "0", "नहीं"})
_YES = frozenset({"yes", "y", "true", "1", "हाँ", "हां"})
_TRUE, _FALSE = frozenset({"true", "t", "सही", "सत्य"}), frozenset({"false", "f", "ग़लत", "गलत", "असत्य"})
_KINDS = {
    "mcq": Kind.SINGLE,
    "single choice": Kind.SINGLE,
    "single correct": Kind.SINGLE,
    "multiple choice": Kind.SINGLE,
    "multiple correct": Kind.MULTIPLE,
    "msq": Kind.MULTIPLE,
    "true/false": Kind.TRUE_FALSE,
    "true or false": Kind.TRUE_FALSE,
    "number": Kind.NUMERICAL,
    "numeric": Kind.NUMERICAL,
    "integer": Kind.NUMERICAL,
    "short answer": Kind.SHORT,
    "essay": Kind.LONG,
    "matching": Kind.MATCH,
    "program": Kind.CODING,
}


# --- Reading ----------------------------------------------------------------------------------------------------------


def parse(content: bytes) -> Parsed:
    """Every row of a CSV, whatever its encoding, delimiter and line ends."""
    if len(content) > MAX_BYTES:
        return refused("too_large")
    try:
        text = decoded(content)
    except Undecodable as error:
        return refused("undecodable", line=error.line)
    return parse_rows(_rows(text))


def parse_rows(rows: Iterable[Row | LineProblem]) -> Parsed:
    """The same of rows that were read already, from a workbook say; the first one holds the titles."""
    items: list[Item] = []
    problems: list[LineProblem] = []
    notes: list[LineProblem] = []
    head: list[str] | None = None
    for row in rows:
        if isinstance(row, LineProblem):
            problems.append(row)
        elif not any(cell.strip() for cell in row[1]):
            continue
        elif head is None:
            head, notes = _head(row)
            if "text_en" not in head and "text_hi" not in head:
                return refused("no_titles", line=row[0])
        elif len(items) + len(problems) >= MAX_QUESTIONS:
            return refused("too_many", line=row[0])
        else:
            _take(row, head, items, problems)
    if head is None and not problems:
        return refused("empty")
    return Parsed(tuple(items), tuple(problems), tuple(notes))


def _head(row: Row) -> tuple[list[str], list[LineProblem]]:
    line, cells = row
    found = [column(cell) for cell in cells]
    unknown = [cell.strip() for cell, name in zip(cells, found, strict=True) if cell.strip() and not name]
    return found, [LineProblem(line, "column_unknown", one[:80]) for one in unknown]


def _take(row: Row, head: list[str], items: list[Item], problems: list[LineProblem]) -> None:
    line, cells = row
    told = {name: bare(cell.strip()) for name, cell in zip(head, cells, strict=False) if name and cell.strip()}
    try:
        items.append(_item(line, told))
    except NoQuestion as error:
        problems.append(LineProblem(line, error.code, error.detail[:80]))


def _rows(text: str) -> Iterator[Row | LineProblem]:
    """Rows with the line they begin on. A cell that never ends, or is far too long, is told there."""
    if any(len(line) > MAX_LINE_CHARS for line in text.split("\n")):
        yield from _long_lines(text)
        return
    csv.field_size_limit(max(csv.field_size_limit(), MAX_LINE_CHARS))
    rows = csv.reader(io.StringIO(text, newline=""), delimiter=_delimiter(text), strict=True)
    while True:
        line = rows.line_num + 1
        try:
            cells = next(rows)
        except StopIteration:
            return
        except csv.Error:
            yield LineProblem(line, "quotation_open")
            continue
        yield (line, cells)


def _long_lines(text: str) -> Iterator[Row | LineProblem]:
    """The rows with each line that is far too long taken out and told."""
    lines = text.split("\n")
    for line, one in enumerate(lines, 1):
        if len(one) > MAX_LINE_CHARS:
            yield LineProblem(line, "line_too_long")
            lines[line - 1] = ""
    yield from _rows("\n".join(lines))


def _delimiter(text: str) -> str:
    """The sign that cuts the first line into the most columns we know, else into the most columns."""
    first = next((line for line in text.split("\n") if line.strip()), "")[:10_000]

    def fits(sign: str) -> tuple[int, int]:
        cells = first.split(sign)
        return sum(knows(cell.strip().strip('"')) for cell in cells), len(cells)

    return max(_DELIMITERS, key=fits)


def _item(line: int, told: Mapping[str, str]) -> Item:
    """Raises: NoQuestion."""
    for name, cell in told.items():
        if len(cell) > MOST_TEXT:
            raise NoQuestion("cell_too_long", name)
    difficulty = told.get("difficulty", "")
    if difficulty and difficulty.casefold() not in DIFFICULTIES:
        raise NoQuestion("difficulty_unknown", difficulty)
    return Item(
        line=line,
        content=_content(_kind(told), told),
        subject=told.get("subject", ""),
        path=(told["topic"],) if "topic" in told else (),
        difficulty=DIFFICULTIES.get(difficulty.casefold(), ""),
        tags=tuple(one.strip() for one in told.get("tags", "").split(",") if one.strip()),
        name=told.get("name", ""),
        passage_ref=told.get("passage", ""),
    )


def _kind(told: Mapping[str, str]) -> Kind:
    word = told.get("kind", "")
    if not word:
        return _kind_told(told)
    name = word.upper().replace(" ", "_").replace("-", "_")
    if name in Kind.__members__:
        return Kind[name]
    known = _KINDS.get(word.casefold())
    if known is None:
        raise NoQuestion("kind_unknown", word)
    return known


def _kind_told(told: Mapping[str, str]) -> Kind:
    """Of a row that names no kind: options make it a choice, a number a number, words short text."""
    right = told.get("right", "")
    if any(name.startswith("row_") for name in told):
        return Kind.MATCH
    if any(name.startswith("option_") for name in told):
        return Kind.MULTIPLE if len(_letters(right)) > 1 else Kind.SINGLE
    if right.casefold() in _TRUE | _FALSE:
        return Kind.TRUE_FALSE
    if right:
        return Kind.NUMERICAL if right.lstrip("+-−").replace(".", "", 1).isdigit() else Kind.SHORT
    raise NoQuestion("kind_missing")


def _content(kind: Kind, told: Mapping[str, str]) -> Content:
    right = told.get("right", "")
    body = {"text": _text(told, "text_en", "text_hi"), "is_shuffled": told.get("shuffled", "").casefold() not in _NO}
    key = {"solution": _text(told, "solution_en", "solution_hi"), "guide": _text(told, "guide_en", "guide_hi")}
    match kind:
        case Kind.SINGLE | Kind.MULTIPLE:
            options = _choices(told, "option", LETTERS)
            return _made(kind, body | {"options": options}, key | {"right": tuple(_letters(right))})
        case Kind.TRUE_FALSE:
            return _made(kind, body, key | {"right": (_truth(right),)})
        case Kind.NUMERICAL:
            unit = _text(told, "unit_en", "unit_hi")
            return _made(kind, body | {"unit": unit}, key | {"numbers": _numbers(right, told.get("tolerance", ""))})
        case Kind.SHORT:
            is_exact = told.get("case_sensitive", "").casefold() in _YES
            accepted = tuple(parts(right, "|"))
            return _made(kind, body | _most(told), key | {"accepted": accepted, "is_case_sensitive": is_exact})
        case Kind.MATCH:
            both = {"rows": _choices(told, "row", ROW_LETTERS), "columns": _choices(told, "option", LETTERS)}
            return _made(kind, body | both, key | {"pairs": _pairs(right)})
        case Kind.CODING:
            languages = tuple(one.strip() for one in told.get("languages", "").split(",") if one.strip())
            return _made(kind, body | {"languages": languages or tuple(CODE_LANGUAGES)}, key)
        case _:
            return _made(kind, body | _most(told), key)


def _made(kind: Kind, body: Mapping[str, object], key: Mapping[str, object]) -> Content:
    return Content(kind, Body(**body), Key(**key))  # type: ignore[arg-type]


def _text(told: Mapping[str, str], english: str, hindi: str) -> Text:
    return Text(told.get(english, ""), told.get(hindi, ""))


def _choices(told: Mapping[str, str], word: str, letters: str) -> tuple[Choice, ...]:
    """Those with a text; a gap between two is no choice, and moves no letter."""
    texts = {letter: _text(told, f"{word}_{letter}", f"{word}_{letter}_hi") for letter in letters}
    return tuple(Choice(letter, text) for letter, text in texts.items() if text)


def _letters(right: str) -> list[str]:
    """ "b", "A, C", "(b)", "AC" and "option_b" as letters."""
    word = right.casefold().replace("option_", "").replace("option", "")
    found = [one for one in word if one.isalnum()]
    if all(one.isdigit() for one in found):  # option 1, 2, 3 …
        return [LETTERS[int(one) - 1] if 0 < int(one) <= len(LETTERS) else one for one in found]
    return found


def _truth(right: str) -> str:
    word = right.casefold()
    if word not in _TRUE | _FALSE:
        raise NoQuestion("truth_unknown", right)
    return TRUE if word in _TRUE else FALSE


def _numbers(right: str, tolerance: str) -> tuple[Number, ...]:
    values, ranges = parts(right, "|"), parts(tolerance, "|") or ["0"]
    if len(ranges) not in {1, len(values)}:
        raise NoQuestion("tolerances", tolerance)
    ranges = ranges * len(values) if len(ranges) == 1 else ranges
    return tuple(Number(value, around) for value, around in zip(values, ranges, strict=True))


def _most(told: Mapping[str, str]) -> dict[str, int]:
    typed = told.get("most_signs", "0")
    if not (typed.isascii() and typed.isdigit() and len(typed) < 7):
        raise NoQuestion("not_a_number", typed)
    return {"most_signs": int(typed)}


def _pairs(right: str) -> dict[str, tuple[str, ...]]:
    pairs = {}
    for one in parts(right.casefold(), ";"):
        row, colon, columns = one.partition(":")
        if not colon:
            raise NoQuestion("pairs_form", one)
        pairs[row.strip()] = tuple(name.strip() for name in columns.split(",") if name.strip())
    return pairs


# --- Writing ----------------------------------------------------------------------------------------------------------


def write(items: Iterable[Item]) -> bytes:
    """UTF-8 with a mark, without which Excel breaks every Hindi word."""
    kept = list(items)
    options = max((len(one.content.body.options or one.content.body.columns) for one in kept), default=0)
    rows = max((len(one.content.body.rows) for one in kept), default=0)
    names = titles(options=max(options, 6), rows=max(rows, 4))
    file = io.StringIO(newline="")
    writer = csv.writer(file)
    writer.writerow(names)
    for one in kept:
        told = _told(one)
        writer.writerow([safe(told.get(name, "")) for name in names])
    return ("\ufeff" + file.getvalue()).encode()


def template() -> bytes:
    """A table with the titles alone."""
    return write(())


def _told(item: Item) -> dict[str, str]:
    body, key = item.content.body, item.content.key
    cells = {
        "kind": item.content.kind.value,
        "subject": item.subject,
        "topic": " / ".join(item.path),
        "difficulty": item.difficulty.lower(),
        "tags": ", ".join(item.tags),
        "name": item.name,
        "passage": item.passage_ref,
        "shuffled": "" if body.is_shuffled else "no",
        "case_sensitive": "yes" if key.is_case_sensitive else "",
        "most_signs": str(body.most_signs or ""),
        "languages": ", ".join(body.languages),
    } | _right(item.content)
    texts = {"text": body.text, "solution": key.solution, "guide": key.guide, "unit": body.unit}
    for name, text in texts.items():
        cells |= {f"{name}_en": text.en, f"{name}_hi": text.hi}
    in_columns = [*zip(_pairwise(row_columns(len(body.rows))), body.rows, strict=True)]
    options = body.options or body.columns
    in_columns += zip(_pairwise(option_columns(len(options))), options, strict=True)
    for (english, hindi), choice in in_columns:
        cells |= {english: choice.text.en, hindi: choice.text.hi}
    return cells


def _pairwise(names: list[str]) -> list[tuple[str, str]]:
    return list(zip(names[::2], names[1::2], strict=True))


def _right(content: Content) -> dict[str, str]:
    key = content.key
    match content.kind:
        case Kind.NUMERICAL:
            around = joined((one.tolerance for one in key.numbers), "|")
            return {"right": joined((one.value for one in key.numbers), "|"), "tolerance": around}
        case Kind.SHORT:
            return {"right": joined(key.accepted, "|")}
        case Kind.MATCH:
            return {"right": "; ".join(f"{row}: {', '.join(columns)}" for row, columns in key.pairs.items())}
        case _:
            return {"right": ", ".join(key.right)}
