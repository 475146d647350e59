"""What a question says and what is right, whatever table or file it comes from. Pure: no Django.

A `Body` is what a student may see, a `Key` what he may not before solutions are released; they are kept apart, so that
a page for students has nothing to leak. Both become JSON (`to_json`) and come back (`from_json`).

Texts are markup (see `exams.markup`) in two languages; an empty Hindi text means the English one is shown. Ids of
choices are short and stay the same when choices are shuffled, so an answer never depends on the order it was seen in.

Answers, as phones send them and rows keep them (`exams.answers` checks them):

    SINGLE, TRUE_FALSE   "b"                     the id of a choice ("true" and "false")
    MULTIPLE             ["a", "c"]              ids, in the order of the alphabet
    NUMERICAL            "5.237"                 a decimal number as text
    SHORT, LONG          "Newton"
    MATCH                {"p": ["q", "s"]}       ids of columns by ids of rows
    CODING               {"language": "py", "source": "…"}
    nothing, cleared     null
"""

from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, field
from enum import StrEnum
from typing import Any, Self


class Kind(StrEnum):
    """How a question is answered. A passage is not: it stands above the questions that belong to it."""

    SINGLE = "SINGLE"
    MULTIPLE = "MULTIPLE"
    TRUE_FALSE = "TRUE_FALSE"
    NUMERICAL = "NUMERICAL"
    SHORT = "SHORT"
    LONG = "LONG"
    MATCH = "MATCH"
    CODING = "CODING"
    PASSAGE = "PASSAGE"


CHOSEN = frozenset({Kind.SINGLE, Kind.MULTIPLE})
"""Answered by choosing among options that are part of the text."""
MARKED_BY_PEOPLE = frozenset({Kind.LONG})
TRUE, FALSE = "true", "false"
CODE_LANGUAGES = {"py": "Python", "cpp": "C++", "c": "C", "java": "Java", "js": "JavaScript"}
"""What a program may be written in, with the names people know."""
MOST_CHOICES = 12
MOST_TEXT = 20_000
LETTERS = "abcdefghijkl"
ROW_LETTERS = "pqrstuvwxyz"


@dataclass(frozen=True, slots=True)
class Text:
    """Markup in English and Hindi."""

    en: str = ""
    hi: str = ""

    def __bool__(self) -> bool:
        return bool(self.en.strip() or self.hi.strip())

    def in_language(self, language: str) -> str:
        """The text in this language, else in the other."""
        first, second = (self.hi, self.en) if language == "hi" else (self.en, self.hi)
        return first if first.strip() else second

    @classmethod
    def from_json(cls, found: Any) -> Self:
        if isinstance(found, str):
            return cls(found)
        found = found if isinstance(found, Mapping) else {}
        return cls(str(found.get("en") or ""), str(found.get("hi") or ""))


@dataclass(frozen=True, slots=True)
class Picture:
    """An image of the bank by its uuid, with what it shows in words."""

    image: str
    alt: Text = Text()

    @classmethod
    def from_json(cls, found: Any) -> Self | None:
        if not isinstance(found, Mapping) or not found.get("image"):
            return None
        return cls(str(found["image"]), Text.from_json(found.get("alt")))


@dataclass(frozen=True, slots=True)
class Choice:
    """An option, or a row or column of a match."""

    id: str
    text: Text = Text()
    picture: Picture | None = None

    @classmethod
    def from_json(cls, found: Any) -> Self:
        found = found if isinstance(found, Mapping) else {}
        return cls(
            str(found.get("id") or ""), Text.from_json(found.get("text")), Picture.from_json(found.get("picture"))
        )


@dataclass(frozen=True, slots=True)
class Body:
    """What is shown. `unit` stands behind a number's field; `most_signs` limits what is written (0: no limit)."""

    text: Text = Text()
    picture: Picture | None = None
    options: tuple[Choice, ...] = ()
    rows: tuple[Choice, ...] = ()
    columns: tuple[Choice, ...] = ()
    is_shuffled: bool = True
    unit: Text = Text()
    most_signs: int = 0
    languages: tuple[str, ...] = ()

    def to_json(self) -> dict[str, Any]:
        return dict(_without_nothing(asdict(self)))

    @classmethod
    def from_json(cls, found: Mapping[str, Any]) -> Self:
        return cls(
            text=Text.from_json(found.get("text")),
            picture=Picture.from_json(found.get("picture")),
            options=_choices(found.get("options")),
            rows=_choices(found.get("rows")),
            columns=_choices(found.get("columns")),
            is_shuffled=bool(found.get("is_shuffled", True)),
            unit=Text.from_json(found.get("unit")),
            most_signs=int(found.get("most_signs") or 0),
            languages=tuple(found.get("languages") or ()),
        )

    def pictures(self) -> Iterable[Picture]:
        """Every image it shows."""
        among = (self.picture, *(one.picture for one in (*self.options, *self.rows, *self.columns)))
        return (one for one in among if one)


@dataclass(frozen=True, slots=True)
class Number:
    """A right number and how far from it still counts, both decimal numbers as text; the ends count."""

    value: str
    tolerance: str = "0"


@dataclass(frozen=True, slots=True)
class Key:
    """What is right: the part that fits the kind. `right`: of SINGLE any of them, of MULTIPLE all of them."""

    right: tuple[str, ...] = ()
    numbers: tuple[Number, ...] = ()
    accepted: tuple[str, ...] = ()
    is_case_sensitive: bool = False
    pairs: dict[str, tuple[str, ...]] = field(default_factory=dict)
    solution: Text = Text()
    guide: Text = Text()

    def to_json(self) -> dict[str, Any]:
        return dict(_without_nothing(asdict(self)))

    @classmethod
    def from_json(cls, found: Mapping[str, Any]) -> Self:
        return cls(
            right=tuple(found.get("right") or ()),
            numbers=tuple(
                Number(str(one["value"]), str(one.get("tolerance") or "0")) for one in found.get("numbers") or ()
            ),
            accepted=tuple(found.get("accepted") or ()),
            is_case_sensitive=bool(found.get("is_case_sensitive")),
            pairs={row: tuple(columns) for row, columns in (found.get("pairs") or {}).items()},
            solution=Text.from_json(found.get("solution")),
            guide=Text.from_json(found.get("guide")),
        )


@dataclass(frozen=True, slots=True)
class Content:
    """A question whole, as an editor or a file has it."""

    kind: Kind
    body: Body = Body()
    key: Key = Key()


def _choices(found: Any) -> tuple[Choice, ...]:
    return tuple(Choice.from_json(one) for one in found or ())


def _without_nothing(found: Any) -> Any:
    """Plain JSON without what says nothing, so that equal questions are equal documents; False and 0 are kept."""
    if isinstance(found, Mapping):
        inner = {name: _without_nothing(value) for name, value in found.items()}
        return {name: value for name, value in inner.items() if value not in ("", None, [], {})}
    if isinstance(found, list | tuple):
        return [_without_nothing(one) for one in found]
    return found
