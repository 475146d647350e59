"""What GIFT and Moodle XML have in common: weighted answers, ranges of numbers, names of categories. Pure."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from decimal import Decimal

from exams.content import LETTERS, MOST_CHOICES, ROW_LETTERS, Choice, Kind, Number, Picture, Text
from exams.content_checks import number_of
from exams.formats import NoQuestion, lettered

FULL = Decimal(100)
_ROOTS = {"$course$", "$system$", "$cat1$", "$module$", "top"}
_DEFAULT = re.compile(r"^(Default for|Default category for)\b", re.IGNORECASE)
_LOOSE_STAR = re.compile(r"(?<!\\)\*")


@dataclass(frozen=True, slots=True)
class Answer:
    """An answer of a file: its weight in percent, the text in our markup, as it is written, and its feedback."""

    weight: Decimal
    text: Text
    plain: str = ""
    picture: Picture | None = None
    feedback: Text = field(default_factory=Text)
    tolerance: str = "0"


@dataclass(frozen=True, slots=True)
class Chosen:
    """Options with what is right; `is_partial`: a weight between nothing and all was not kept."""

    kind: Kind
    options: tuple[Choice, ...]
    right: tuple[str, ...]
    is_partial: bool = False


def weight_of(typed: str) -> Decimal:
    """Raises: NoQuestion."""
    found = number_of(typed.strip()) if typed.strip() else Decimal(0)
    if found is None or abs(found) > FULL:
        raise NoQuestion("weight", typed)
    return found


def chosen(answers: Sequence[Answer], *, is_single: bool) -> Chosen:
    """Of one right answer those that count fully are right, of several all that count at all."""
    if len(answers) < 2:
        raise NoQuestion("few_options")
    if len(answers) > MOST_CHOICES:
        raise NoQuestion("many_options", str(len(answers)))
    options = lettered((Choice("", one.text, one.picture) for one in answers), LETTERS)
    is_right = [one.weight == FULL if is_single else one.weight > 0 for one in answers]
    right = tuple(option.id for option, fits in zip(options, is_right, strict=True) if fits)
    if not right:
        raise NoQuestion("no_right")
    weights = {one.weight for one, fits in zip(answers, is_right, strict=True) if fits}
    halves = any(0 < one.weight < FULL for one in answers) if is_single else len(weights) > 1
    return Chosen(Kind.SINGLE if is_single else Kind.MULTIPLE, options, right, is_partial=halves)


def accepted(answers: Sequence[Answer]) -> tuple[tuple[str, ...], set[str]]:
    """The texts that count fully, and the notes: partial weights and wildcards are left behind. Raises: NoQuestion."""
    notes: set[str] = set()
    texts: list[str] = []
    for one in answers:
        if one.weight < FULL:
            notes |= {"partial"} if one.weight > 0 else set()
        elif _LOOSE_STAR.search(one.plain):
            notes.add("wildcard")
        elif text := one.plain.replace("\\*", "*").strip():
            texts.append(text)
    if not texts:
        raise NoQuestion("only_wildcards" if "wildcard" in notes else "no_right")
    return tuple(dict.fromkeys(texts)), notes


def starless(text: str) -> str:
    """An accepted answer so that no other system takes a star in it for a wildcard."""
    return text.replace("*", "\\*")


def numbers(answers: Sequence[Answer]) -> tuple[tuple[Number, ...], set[str]]:
    """The numbers that count fully, and the notes. Raises: NoQuestion."""
    notes = {"partial" for one in answers if 0 < one.weight < FULL}
    full = [one for one in answers if one.weight == FULL and one.plain.strip() != "*"]
    if not full:
        raise NoQuestion("no_right")
    return tuple(_number(one) for one in full), notes


def _number(answer: Answer) -> Number:
    value, tolerance = answer.plain.strip(), answer.tolerance.strip() or "0"
    low, dots, high = value.partition("..")
    if dots:
        return between(low, high)
    if number_of(value) is None or number_of(tolerance) is None:
        raise NoQuestion("not_a_number", f"{value}:{tolerance}" if number_of(value) else value)
    return Number(_tidy(value), _tidy(tolerance).lstrip("+-"))


def between(low: str, high: str) -> Number:
    """A range as its middle and how far its ends are, exactly. Raises: NoQuestion."""
    least, most = number_of(low), number_of(high)
    if least is None or most is None:
        raise NoQuestion("not_a_number", f"{low.strip()}..{high.strip()}")
    least, most = min(least, most), max(least, most)
    return Number(_written((least + most) / 2), _written((most - least) / 2))


def _tidy(typed: str) -> str:
    return typed.strip().replace("−", "-")


def _written(number: Decimal) -> str:
    text = f"{number:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def matched(
    pairs: Iterable[tuple[Choice, Text]],
) -> tuple[tuple[Choice, ...], tuple[Choice, ...], dict[str, tuple[str, ...]]]:
    """Rows, columns and which belong together; a pair without a left side is a column more. Raises: NoQuestion.

    Files name the pairs in order; columns are shown as they stand here, so they are sorted lest P is 1 and Q is 2.
    """
    known = list(pairs)
    said = sorted({column for _row, column in known}, key=lambda text: (text.en.casefold(), text.hi, text.en))
    kept = [(row, column) for row, column in known if row.text or row.picture]
    if len(kept) > len(ROW_LETTERS) or len(said) > MOST_CHOICES:
        raise NoQuestion("many_options", str(max(len(kept), len(said))))
    if not kept or len(said) < 2:
        raise NoQuestion("few_pairs")
    columns = lettered((Choice("", text) for text in said), LETTERS)
    by_text = {one.text: one.id for one in columns}
    rows = lettered((row for row, _column in kept), ROW_LETTERS)
    return rows, columns, {row.id: (by_text[text],) for row, (_same, text) in zip(rows, kept, strict=True)}


def explained(general: Text, answers: Iterable[Answer]) -> Text:
    """The solution: what is said of the question, below it what is said of single answers."""
    said = [one for one in answers if one.feedback]
    english = [_line(one.text.en or one.plain, one.feedback.en) for one in said if one.feedback.en]
    hindi = [_line(one.text.hi or one.text.en or one.plain, one.feedback.hi) for one in said if one.feedback.hi]
    return Text(_below(general.en, english), _below(general.hi, hindi))


def _line(answer: str, feedback: str) -> str:
    return f"- {answer}: {feedback}" if answer and "\n" not in answer + feedback else f"\n{feedback}\n"


def _below(general: str, lines: Iterable[str]) -> str:
    under = re.sub(r"\n{3,}", "\n\n", "\n".join(dict.fromkeys(lines))).strip()
    return "\n\n".join(one for one in (general, under) if one)


def category(named: str) -> tuple[str, ...]:
    """`$course$/top/Physics/Light` as its parts, without those that say nothing of the subject. `//` is a slash."""
    parts = [re.sub(r"\s+", " ", one).strip() for one in named.replace("//", "\ue000").split("/")]
    whole = (one.replace("\ue000", "/") for one in parts)
    return tuple(one for one in whole if one and one.casefold() not in _ROOTS and not _DEFAULT.match(one))


def category_of(path: Iterable[str]) -> str:
    return "/".join(("$course$", "top", *(one.replace("/", "//") for one in path)))
