"""Questions as GIFT, the text format teachers write by hand for Moodle.

Questions are parted by empty lines. Read as Moodle reads them: the first `{` and the first `}` hold the answers, `\\=`
and the like are signs of the text, `//` begins a line that is no question. Source: docs.moodle.org, GIFT format.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial

from exams.content import FALSE, TRUE, Body, Choice, Content, Key, Kind, Text
from exams.formats import (
    MAX_BYTES,
    MAX_LINE_CHARS,
    Item,
    NoQuestion,
    Parsed,
    refused,
    told_by_tags,
)
from exams.formats.answer_parts import Answer, accepted, category, chosen, explained, matched, numbers, weight_of
from exams.formats.decoding import Undecodable, decoded
from exams.formats.gathering import Gathering
from exams.formats.gift_writing import write
from exams.formats.html_text import Marked, as_plain, marked

__all__ = ["parse", "write"]

BLANK = "\\_\\_\\_\\_\\_"
# Signs that an escape makes part of the text, while the text is cut up (decoding lets none of these in).
_HELD = {sign: chr(0xFDD0 + at) for at, sign in enumerate(":#={}~\\")} | {"n": "\ufddf"}
_BACK = {ord(held): sign for sign, held in _HELD.items()} | {0xFDDF: "\n"}
_ESCAPE = re.compile(r"\\([:#={}~n\\])")
_FORM = re.compile(r"\[(html|markdown|moodle|plain)\]", re.IGNORECASE)
_WEIGHT = re.compile(r"%(-?[0-9]{1,3}(?:\.[0-9]*)?)%")
_MARKS = re.compile(r"\[(id|tag):((?:\\.|[^\]\\])*)\]")
_TRUTHS = {"T": TRUE, "TRUE": TRUE, "F": FALSE, "FALSE": FALSE}


@dataclass(frozen=True, slots=True)
class _Block:
    """The lines between two empty ones: from which line on, without comments, and what its comments mark."""

    line: int
    text: str
    marks: tuple[tuple[str, str], ...]


def parse(content: bytes) -> Parsed:
    """Every question of the file; one that cannot be read is a problem at its first line."""
    if len(content) > MAX_BYTES:
        return refused("too_large")
    try:
        text = decoded(content)
    except Undecodable as error:
        return refused("undecodable", line=error.line)
    found = Gathering()
    path: tuple[str, ...] = ()
    for block in _blocks(text):
        if block.text.startswith("$CATEGORY:"):
            first, _end, rest = block.text.partition("\n")
            path = category(_freed(_held(first.removeprefix("$CATEGORY:"))))
            block = _Block(block.line + 1, rest.strip(), block.marks)
        if not block.text:
            continue
        if found.is_full:
            return refused("too_many", line=block.line)
        found.take(block.line, partial(_question, block, path))
    return found.parsed()


def _blocks(text: str) -> Iterator[_Block]:
    kept: list[str] = []
    marks: list[tuple[str, str]] = []
    begins = 0
    for line, one in enumerate([*text.split("\n"), ""], 1):
        bare = one.strip()
        if not bare:
            if kept:
                yield _Block(begins, "\n".join(kept).strip(), tuple(marks))
                kept, marks = [], []
        elif bare.startswith("//"):
            marks += [(found[1], re.sub(r"\\(.)", r"\1", found[2]).strip()) for found in _MARKS.finditer(bare[:4000])]
        else:
            begins = line if not kept else begins
            kept.append(one)


def _question(block: _Block, path: tuple[str, ...]) -> tuple[Item, set[str]]:
    """Raises: NoQuestion."""
    if any(len(line) > MAX_LINE_CHARS for line in block.text.split("\n")):
        raise NoQuestion("line_too_long")
    name, text = _named(_held(block.text))
    starts, ends = text.find("{"), text.find("}")
    if (starts < 0) != (ends < 0) or starts > ends:
        raise NoQuestion("brace_open" if starts >= 0 else "brace_close")
    if starts < 0:
        content, notes = Content(Kind.PASSAGE, Body(_texts(text).text)), set[str]()
    else:
        content, notes = _asked(text[:starts], text[starts + 1 : ends].strip(), text[ends + 1 :])
    item = Item(block.line, content, path=path, name=as_plain(_freed(name)))
    marks = dict.fromkeys(block.marks)
    reference = next((word for kind, word in marks if kind == "id"), "")
    if content.kind is Kind.PASSAGE and reference:
        item = Item(block.line, content, path=path, name=item.name, passage_ref=reference)
    return told_by_tags(item, (word for kind, word in marks if kind == "tag")), notes


def _named(text: str) -> tuple[str, str]:
    if not text.startswith("::"):
        return "", text
    name, end, rest = text[2:].partition("::")
    return (name.strip(), rest.strip()) if end else ("", text)


def _asked(before: str, answers: str, behind: str) -> tuple[Content, set[str]]:
    """A question from what stands before, within and behind the braces."""
    answers, _sign, general = answers.rpartition("####") if "####" in answers else (answers, "", "")
    form = _form_of(before)
    text = (
        f"{before.rstrip()} {_gap(form)}{'' if behind[:1] in '.,;:?!)' else ' '}{behind.strip()}"
        if behind.strip()
        else before
    )
    found = _texts(text)
    notes = {"image_left"} if found.pictures else set()
    kind, body, key, more, said = _answered(answers.strip(), form)
    solution = explained(_texts(general, form).text, said)
    return Content(kind, Body(found.text, **body), Key(solution=solution, **key)), notes | more


def _gap(form: str) -> str:
    """The place of the missing word; where signs of markup count, escaped."""
    return "".join(_HELD["\\"] + "_" for _one in range(5)) if form == "markdown" else "_____"


def _answered(answers: str, form: str) -> tuple[Kind, dict, dict, set[str], list[Answer]]:  # type: ignore[type-arg]
    """Kind, the rest of the body and of the key, notes and answers, told as Moodle tells them."""
    if not answers:
        return Kind.LONG, {}, {}, set(), []
    if answers.startswith("#"):
        return _numerical(answers[1:], form)
    if "~" in answers:
        given = [_answer(one, form) for one in _parts(answers.replace("=", "~="), "~")]
        found = chosen(given, is_single="=" in answers)
        notes = {"partial"} if found.is_partial else set()
        return found.kind, {"options": found.options}, {"right": found.right}, notes, given
    if "=" in answers and "->" in answers:
        rows, columns, pairs = matched(_pair(one, form) for one in _parts(answers, "="))
        return Kind.MATCH, {"rows": rows, "columns": columns}, {"pairs": pairs}, set(), []
    word, *feedbacks = answers.split("#", 2)
    if word.strip().upper() in _TRUTHS:
        said = [Answer(weight_of("0"), Text(), feedback=_texts(one, form).text) for one in reversed(feedbacks)]
        return Kind.TRUE_FALSE, {}, {"right": (_TRUTHS[word.strip().upper()],)}, set(), said
    given = [_answer(one, form, default="100") for one in _parts(answers, "=")]
    texts, notes = accepted(given)
    return Kind.SHORT, {}, {"accepted": texts}, notes, given


def _numerical(answers: str, form: str) -> tuple[Kind, dict, dict, set[str], list[Answer]]:  # type: ignore[type-arg]
    right, _tilde, _wrong = answers.partition("~")
    given = [_number(one, form) for one in _parts(right, "=")]
    found, notes = numbers(given)
    return Kind.NUMERICAL, {}, {"numbers": found}, notes, given


def _parts(answers: str, sign: str) -> list[str]:
    found = [one.strip() for one in answers.split(sign)]
    return found if found[0] else found[1:]


def _answer(given: str, form: str, *, default: str = "0") -> Answer:
    weight = default
    if given.startswith("="):
        weight, given = "100", given[1:].strip()
    if found := _WEIGHT.match(given):
        weight, given = found[1].rstrip("."), given[found.end() :]
    said, _sign, feedback = given.partition("#")
    bare = said.strip()
    found = _FORM.match(bare)
    plain = _freed(bare[found.end() :] if found else bare).strip()
    return Answer(weight_of(weight), _texts(said, form).text, plain, feedback=_texts(feedback, form).text)


def _number(given: str, form: str) -> Answer:
    answer = _answer(given, form, default="100")
    value, _sign, tolerance = answer.plain.partition(":")
    return Answer(answer.weight, Text(value), value, feedback=answer.feedback, tolerance=tolerance)


def _pair(given: str, form: str) -> tuple[Choice, Text]:
    row, arrow, column = given.partition("->")
    if not arrow:
        raise NoQuestion("pair_form", _freed(given))
    right = _texts(column, "markdown" if form == "markdown" else "plain").text
    return Choice("", _texts(row, form).text), right


def _form_of(text: str) -> str:
    found = _FORM.match(text.strip())
    return found[1].lower() if found else "moodle"


def _texts(text: str, form: str = "moodle") -> Marked:
    bare = text.strip()
    if found := _FORM.match(bare):
        form, bare = found[1].lower(), bare[found.end() :]
    return marked(_freed(bare).strip(), form=form)


def _held(text: str) -> str:
    return _ESCAPE.sub(lambda found: _HELD[found[1]], text)


def _freed(text: str) -> str:
    return text.translate(_BACK)
