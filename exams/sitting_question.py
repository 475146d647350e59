"""One question as a form: what is shown of it, what was said to it, and what a form sent."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from django.http import QueryDict
from django.utils.html import format_html_join
from django.utils.safestring import SafeString, mark_safe

from exams.content import CODE_LANGUAGES, Kind
from exams.judge.code_asked import CodeAsked, code_asked
from exams.sitting_page import Sitting, how, in_language

LETTERS = "ABCDEFGHIJKL"
ROW_LETTERS = "PQRSTUVWXYZ"


@dataclass(frozen=True, slots=True)
class Shown:
    """A picture as a template shows it."""

    src: str
    alt: str
    width: int
    height: int


@dataclass(frozen=True, slots=True)
class Choice:
    """An option, row or column with its letter; `chosen` of a row are ids of columns."""

    id: str
    letter: str
    html: SafeString
    picture: Shown | None
    is_chosen: bool = False
    chosen: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class QuestionForm:
    """All a template needs to ask one question; `answer` is what stands in a field. `code` of what the judge marks."""

    kind: Kind
    how: str
    marks: str
    passage: SafeString
    passage_picture: Shown | None
    html: SafeString
    picture: Shown | None
    options: tuple[Choice, ...]
    rows: tuple[Choice, ...]
    columns: tuple[Choice, ...]
    unit: SafeString
    most_signs: int
    languages: tuple[tuple[str, str], ...]
    answer: Any
    code: CodeAsked | None = None


def question_form(sitting: Sitting, place: int, *, language: str, answer: Any) -> QuestionForm:
    """The question at a place of his order, with `answer` filled in."""
    facts = sitting.question(place)
    said, pictures = sitting.paper["questions"][str(facts.uuid)], sitting.paper["pictures"]
    passage = sitting.paper["passages"].get(said.get("passage", ""), {})
    options = {one["id"]: one for one in said.get("options", ())}
    order = sitting.order.options.get(facts.uuid) or list(options)
    taken = {answer} if isinstance(answer, str) else set(answer) if isinstance(answer, list) else set()
    pairs = answer if isinstance(answer, dict) else {}

    def choices(found: Iterable[Mapping[str, Any]], letters: Iterable[str]) -> tuple[Choice, ...]:
        return tuple(
            Choice(
                id=one["id"],
                letter=letter,
                html=words(one.get("html", {}), language, tag="span"),
                picture=picture_of(one, pictures, language),
                is_chosen=one["id"] in taken,
                chosen=tuple(pairs.get(one["id"], ())),
            )
            for one, letter in zip(found, letters, strict=False)
        )

    return QuestionForm(
        kind=facts.kind,
        how=how(facts.kind),
        marks=said.get("marks", ""),
        passage=words(passage.get("html", {}), language),
        passage_picture=picture_of(passage, pictures, language),
        html=words(said.get("html", {}), language),
        picture=picture_of(said, pictures, language),
        options=choices((options[one] for one in order), LETTERS),
        rows=choices(said.get("rows", ()), ROW_LETTERS),
        columns=choices(said.get("columns", ()), [str(number) for number in range(1, 13)]),
        unit=words(said.get("unit", {}), language, tag="span"),
        most_signs=said.get("most_signs", 0),
        languages=tuple((one, CODE_LANGUAGES.get(one, one)) for one in said.get("languages", ())),
        answer=answer,
        code=code_asked(said["code"], said.get("languages", ()), answer, sitting.now) if "code" in said else None,
    )


def words(html: Mapping[str, str], language: str, *, tag: str = "div") -> SafeString:
    """A text of the paper, each language said to be what it is; in both, one below the other."""
    tongues = [one for one in ("en", "hi") if html.get(one)] if language == "both" else [language]
    found = []
    for tongue in tongues:
        said = html.get(tongue) or in_language(html, tongue)
        if said:
            own = tongue if html.get(tongue) else ("hi" if tongue == "en" else "en")
            found.append((tag, own, mark_safe(said), tag))  # noqa: S308  # exams.markup made it
    return format_html_join("", '<{} class="said" lang="{}">{}</{}>', found)


def picture_of(said: Mapping[str, Any], pictures: Mapping[str, Any], language: str) -> Shown | None:
    shown = said.get("picture")
    kept = pictures.get(shown["image"]) if shown else None
    if not shown or not kept:
        return None
    return Shown(kept["src"], in_language(shown.get("alt", {}), language), kept["width"], kept["height"])


def answer_in(sent: QueryDict, *, kind: Kind, rows: Iterable[str]) -> Any:
    """What a form says, in the shape `exams.content` names; not yet checked."""
    match kind:
        case Kind.MULTIPLE:
            return sent.getlist("answer")
        case Kind.MATCH:
            return {row: sent.getlist(f"row-{row}") for row in rows}
        case Kind.CODING:
            return {"language": sent.get("language", ""), "source": _lines(sent.get("answer", ""))}
        case _:
            return _lines(sent.get("answer", ""))


def _lines(typed: str) -> str:
    """As scripts read fields: forms send two signs for the end of a line."""
    return typed.replace("\r\n", "\n")
