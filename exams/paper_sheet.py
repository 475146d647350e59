"""The paper as staff read and arrange it: sections with their questions, places, marks and newer versions."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from django.utils.translation import get_language

from exams import markup
from exams.content import Kind, Text
from exams.models import ExamQuestion, QuestionVersion, Section, Test
from exams.models.bank import KINDS
from exams.placing import blocks_of
from exams.scheme_words import marks_line, number
from exams.schemes import Rules, most, most_of_section

MOST_WORDS = 200


@dataclass(frozen=True, slots=True)
class SheetQuestion:
    """`number` counts through the whole paper. `up` and `down` are the places it can go to within its passage or, when
    `is_single`, in the section; None at an end."""

    row: ExamQuestion
    number: int
    kind: str
    marks: str
    words: str
    is_newer: bool
    is_single: bool
    up: int | None
    down: int | None


@dataclass(frozen=True, slots=True)
class SheetBlock:
    """A question, or those below one `passage`, whose words are ""; `up` and `down` move all of it."""

    questions: list[SheetQuestion]
    passage: str
    up: int | None
    down: int | None

    @property
    def first(self) -> ExamQuestion:
        return self.questions[0].row


@dataclass(frozen=True, slots=True)
class SheetSection:
    """`marks` are the most one can get in it."""

    section: Section
    blocks: list[SheetBlock]
    count: int
    marks: str
    up: int | None
    down: int | None


@dataclass(frozen=True, slots=True)
class Sheet:
    sections: list[SheetSection]
    count: int
    marks: str

    @property
    def minutes(self) -> int:
        """The sum of the sections' own minutes."""
        return sum(one.section.duration_min or 0 for one in self.sections)


def sheet_of(test: Test) -> Sheet:
    """The whole paper. Two queries, however long it is."""
    sections = list(test.sections.select_related("scheme", "scheme__scheme", "subject").order_by("position", "pk"))
    names = ("question__topic", "version", "passage_version", "section")
    rows: dict[int, list[ExamQuestion]] = {one.pk: [] for one in sections}
    for row in test.questions.select_related("question", *names).order_by("position", "pk"):
        rows[row.section_id].append(row)
    made, before, total = [], 0, Decimal(0)
    for place, section in enumerate(sections):
        rules = Rules.from_json((section.scheme or test.scheme).rules)
        written = _most(section, rows[section.pk], rules)
        marks = section.full_marks or Decimal(0) if test.is_on_paper else written
        ends = _ways(place, len(sections))
        made.append(
            SheetSection(section, _blocks(rows[section.pk], rules, before), len(rows[section.pk]), number(marks), *ends)
        )
        before, total = before + len(rows[section.pk]), total + marks
    return Sheet(made, before, number(total))


def words_of(version: QuestionVersion) -> str:
    """How it begins, without markup, in the language of the page when it has that."""
    said = markup.plain(Text.from_json(version.body.get("text")).in_language(get_language() or "en"))
    return said if len(said) <= MOST_WORDS else f"{said[:MOST_WORDS].rsplit(' ', 1)[0]} …"


def _most(section: Section, rows: Sequence[ExamQuestion], rules: Rules) -> Decimal:
    return most_of_section([most(rules, Kind(row.question.kind)) for row in rows], at_most=section.answers_count)


def _blocks(rows: Sequence[ExamQuestion], rules: Rules, before: int) -> list[SheetBlock]:
    blocks, made = blocks_of(rows), []
    for place, block in enumerate(blocks):
        ways = _ways(place, len(blocks))
        is_single = len(block) == 1
        questions = [
            _question(row, rules, before + at, is_single, ways if is_single else _ways(at - 1, len(block)))
            for at, row in enumerate(block, start=1)
        ]
        passage = block[0].passage_version
        made.append(SheetBlock(questions, words_of(passage) if passage else "", *ways))
        before += len(block)
    return made


def _question(
    row: ExamQuestion, rules: Rules, place: int, is_single: bool, ways: tuple[int | None, int | None]
) -> SheetQuestion:
    kind = Kind(row.question.kind)
    return SheetQuestion(
        row=row,
        number=place,
        kind=str(KINDS[kind]),
        marks=marks_line(rules, kind),
        words=words_of(row.version),
        is_newer=row.question.newest_id != row.version_id,
        is_single=is_single,
        up=ways[0],
        down=ways[1],
    )


def _ways(place: int, count: int) -> tuple[int | None, int | None]:
    return (place - 1 if place else None, place + 1 if place + 1 < count else None)
