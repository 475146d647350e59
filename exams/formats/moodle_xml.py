"""Questions as Moodle exports them in its own XML. Source: docs.moodle.org, Moodle XML format.

A question is told by the line of its `<question>`. Of kinds we have no place for (cloze, calculated, drag and drop)
the line and the kind are told, all others are taken.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial

from exams.content import FALSE, TRUE, Body, Choice, Content, Key, Kind, Picture, Text
from exams.formats import (
    MAX_BYTES,
    MAX_QUESTIONS,
    Item,
    NoQuestion,
    Parsed,
    refused,
    told_by_tags,
)
from exams.formats.answer_parts import Answer, accepted, category, chosen, explained, matched, numbers, weight_of
from exams.formats.gathering import Gathering
from exams.formats.html_text import as_plain, marked
from exams.formats.moodle_xml_writing import write
from exams.formats.pictures import Pictures
from exams.formats.xml_reading import Element, grow

__all__ = ["parse", "write"]

_FORMS = {"html": "html", "markdown": "markdown", "plain_text": "plain", "moodle_auto_format": "moodle"}
_NO = frozenset({"0", "false", "no"})


def parse(content: bytes) -> Parsed:
    """Every question of the file. Where the XML itself is broken, what stands before that line is taken."""
    if len(content) > MAX_BYTES:
        return refused("too_large")
    grown = grow(content, name="question", most=MAX_QUESTIONS * 2)
    if grown.code in {"xml_forbidden", "xml_deep", "too_many"}:
        return refused(grown.code, line=grown.line)
    if grown.root != "quiz":
        return refused("xml_broken" if grown.code else "not_a_quiz", line=grown.line)
    found = Gathering()
    path: tuple[str, ...] = ()
    for element in grown.elements:
        if element.attributes.get("type") == "category":
            path = category(as_plain(element.said("category", "text")))
        elif found.is_full:
            return refused("too_many", line=element.line)
        else:
            found.take(element.line, partial(_question, element, path))
    if grown.code:
        found.problem(grown.line, grown.code)
    return found.parsed()


@dataclass(slots=True)
class _Reading:
    """One question while it is read: its pictures, and what of it is left behind."""

    element: Element
    pictures: Pictures = field(default_factory=Pictures)
    notes: set[str] = field(default_factory=set)

    def shown(self, element: Element | None, *, form: str = "") -> tuple[Text, Picture | None]:
        """A text with its first picture."""
        if element is None:
            return Text(), None
        written = form or _FORMS.get(element.attributes.get("format", "html"), "html")
        found = marked(element.said("text"), form=written)
        for file in element.every("file"):
            self.pictures.add(file.attributes.get("name", ""), file.text, file.attributes.get("encoding", "base64"))
        taken = [one for one in (self.pictures.picture(*named) for named in found.pictures) if one]
        self.notes |= {"image_more"} if len(taken) > 1 else set()
        return found.text, taken[0] if taken else None

    def text(self, element: Element | None, *, form: str = "") -> Text:
        """A text alone; a picture in it is left behind."""
        text, picture = self.shown(element, form=form)
        self.notes |= {"image_left"} if picture else set()
        return text

    def answers(self) -> list[Answer]:
        found = []
        for one in self.element.every("answer"):
            text, picture = self.shown(one)
            weight = weight_of(one.attributes.get("fraction", "0"))
            feedback = self.text(one.first("feedback"))
            tolerance = one.said("tolerance")
            found.append(Answer(weight, text, one.said("text"), picture, feedback, tolerance))
        return found


def _question(element: Element, path: tuple[str, ...]) -> tuple[Item, set[str]]:
    """Raises: NoQuestion."""
    told = element.attributes.get("type", "")
    read = _READERS.get(told)
    if read is None:
        raise NoQuestion("kind_not_taken", told)
    reading = _Reading(element)
    kind, body, key, answers = read(reading)
    text, picture = reading.shown(element.first("questiontext"))
    solution = explained(reading.text(element.first("generalfeedback")), answers)
    content = Content(kind, Body(text, picture, **body), Key(solution=solution, **key))
    used = {one.image for one in content.body.pictures()}
    item = Item(
        line=element.line,
        content=content,
        path=path,
        name=as_plain(element.said("name", "text")),
        images={name: held for name, held in reading.pictures.held.items() if name in used},
        passage_ref=element.said("idnumber") if kind is Kind.PASSAGE else "",
    )
    tags = element.first("tags")
    named = [as_plain(one.said("text")) for one in tags.every("tag")] if tags else []
    return told_by_tags(item, named), reading.notes | reading.pictures.notes


_Told = tuple[Kind, dict, dict, list[Answer]]  # type: ignore[type-arg]


def _multichoice(reading: _Reading) -> _Told:
    answers = reading.answers()
    is_single = reading.element.said("single").casefold() not in _NO
    found = chosen(answers, is_single=is_single)
    reading.notes |= {"partial"} if found.is_partial else set()
    return found.kind, {"options": found.options} | _shuffled(reading), {"right": found.right}, answers


def _shuffled(reading: _Reading) -> dict[str, bool]:
    return {"is_shuffled": reading.element.said("shuffleanswers").casefold() not in _NO}


def _truefalse(reading: _Reading) -> _Told:
    answers = reading.answers()
    right = next((one for one in answers if one.weight > 0), None)
    word = right.plain.casefold() if right else ""
    if word not in {TRUE, FALSE}:
        raise NoQuestion("no_right")
    return Kind.TRUE_FALSE, {}, {"right": (word,)}, answers


def _shortanswer(reading: _Reading) -> _Told:
    answers = reading.answers()
    texts, notes = accepted(answers)
    reading.notes |= notes
    is_exact = reading.element.said("usecase") in {"1", "true"}
    return Kind.SHORT, {}, {"accepted": texts, "is_case_sensitive": is_exact}, answers


def _numerical(reading: _Reading) -> _Told:
    answers = reading.answers()
    found, notes = numbers(answers)
    reading.notes |= notes
    units = reading.element.first("units")
    named = [(one.said("unit_name"), one.said("multiplier")) for one in units.every("unit")] if units else []
    plain = [name for name, times in named if name and (times or "1").rstrip("0").rstrip(".") == "1"]
    reading.notes |= {"units"} if len(named) > 1 else set()
    return Kind.NUMERICAL, {"unit": Text(plain[0]) if plain else Text()}, {"numbers": found}, answers


def _matching(reading: _Reading) -> _Told:
    pairs = []
    for one in reading.element.every("subquestion"):
        text, picture = reading.shown(one)
        form = "markdown" if one.attributes.get("format") == "markdown" else "plain"
        pairs.append((Choice("", text, picture), reading.text(one.first("answer"), form=form)))
    rows, columns, belong = matched(pairs)
    return Kind.MATCH, {"rows": rows, "columns": columns} | _shuffled(reading), {"pairs": belong}, []


def _essay(reading: _Reading) -> _Told:
    return Kind.LONG, {}, {"guide": reading.text(reading.element.first("graderinfo"))}, []


def _description(_reading: _Reading) -> _Told:
    return Kind.PASSAGE, {}, {}, []


_READERS: dict[str, Callable[[_Reading], _Told]] = {
    "multichoice": _multichoice,
    "truefalse": _truefalse,
    "shortanswer": _shortanswer,
    "numerical": _numerical,
    "matching": _matching,
    "essay": _essay,
    "description": _description,
}
