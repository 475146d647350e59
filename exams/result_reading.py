"""A result read with the outline of its version: its questions one by one, its sections. Pure.

Shapes: `exams.models.results` says how versions and results keep them.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Self

from exams.schemes import Verdict

LETTERS = {
    Verdict.RIGHT: "R",
    Verdict.PARTIAL: "P",
    Verdict.WRONG: "W",
    Verdict.BLANK: "B",
    Verdict.WAITING: "M",
    Verdict.BONUS: "G",
    Verdict.DROPPED: "D",
}
"""How results keep a verdict; small where an answer does not count, as another of any n of m did."""
VERDICTS = {letter: verdict for verdict, letter in LETTERS.items()}


@dataclass(frozen=True, slots=True)
class OutlineSection:
    """A section of a version; `questions` are places in the outline's questions. `most` is without dropped ones."""

    id: int
    title: str
    title_hi: str
    most: Decimal
    questions: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class ResultOutline:
    """What the results of a version are read with. A test on paper has no questions."""

    questions: tuple[int, ...]
    sections: tuple[OutlineSection, ...]
    most: Decimal
    counted: str = "BEST"

    @classmethod
    def from_json(cls, found: Mapping[str, Any]) -> Self:
        sections = (
            OutlineSection(
                one["id"], one["title"], one.get("title_hi", ""), Decimal(one["most"]), tuple(one["questions"])
            )
            for one in found.get("sections") or ()
        )
        return cls(
            tuple(found.get("questions") or ()),
            tuple(sections),
            Decimal(found.get("most") or "0"),
            found.get("counted") or "BEST",
        )

    def to_json(self) -> dict[str, Any]:
        sections = [
            {
                "id": one.id,
                "title": one.title,
                "title_hi": one.title_hi,
                "most": str(one.most),
                "questions": list(one.questions),
            }
            for one in self.sections
        ]
        return {
            "questions": list(self.questions),
            "sections": sections,
            "most": str(self.most),
            "counted": self.counted,
        }


@dataclass(frozen=True, slots=True)
class ItemResult:
    """What a question came to: `place` counts from 0 in the paper's order, `question` is of exam_questions."""

    place: int
    question: int
    verdict: Verdict
    counts: bool
    marks: Decimal


@dataclass(frozen=True, slots=True)
class SectionResult:
    """What a section came to."""

    section: OutlineSection
    marks: Decimal
    right: int
    partial: int
    wrong: int
    blank: int
    spent_s: int


def items_of(outline: ResultOutline, verdicts: str, marks: list[str]) -> list[ItemResult]:
    """A result's `verdicts` and `marks`, question by question."""
    return [
        ItemResult(place, question, VERDICTS[letter.upper()], letter.isupper(), Decimal(worth))
        for place, (question, letter, worth) in enumerate(zip(outline.questions, verdicts, marks, strict=True))
    ]


def sections_of(outline: ResultOutline, sections: list[Mapping[str, Any]]) -> list[SectionResult]:
    """A result's `sections`, each with the section of the outline."""
    return [
        SectionResult(
            section,
            Decimal(one["marks"]),
            one.get("right", 0),
            one.get("partial", 0),
            one.get("wrong", 0),
            one.get("blank", 0),
            one.get("spent_s", 0),
        )
        for section, one in zip(outline.sections, sections, strict=True)
    ]
