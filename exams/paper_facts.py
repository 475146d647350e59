"""What of a paper is asked with every save: which questions it has, in which sections, and what answers them.

A paper that is being written never changes (`papers.require_changeable`), and each change before that counts its
revision up, so facts are kept in the process for good, the papers that were used last.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache
from uuid import UUID

from exams.content import CHOSEN, Body, Kind
from exams.models import ExamQuestion, Section
from exams.shuffling import shuffled

KEPT = 128


@dataclass(frozen=True, slots=True)
class SectionFacts:
    """`minutes`: its own time, if it has one; `answers_count`: so many count, None for all."""

    pk: int
    uuid: UUID
    minutes: int | None
    answers_count: int | None
    any_rule: str


@dataclass(frozen=True, slots=True)
class QuestionFacts:
    """`section` is the place of its section (0, 1, …); `passage` the same for all that stand below one passage; `bank`
    is the number of the question in the bank."""

    pk: int
    uuid: UUID
    bank: int
    section: int
    kind: Kind
    passage: int | None
    options: tuple[str, ...]
    rows: tuple[str, ...]
    columns: tuple[str, ...]
    is_shuffled: bool
    most_signs: int
    languages: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Order:
    """As one student sees the paper: its questions, and the options of those that have some."""

    questions: list[UUID]
    options: dict[UUID, list[str]]


@dataclass(frozen=True)
class PaperFacts:
    """A paper in one revision, its questions in the order staff gave them."""

    test_id: int
    paper_revision: int
    sections: tuple[SectionFacts, ...]
    questions: tuple[QuestionFacts, ...]

    @cached_property
    def by_uuid(self) -> dict[UUID, QuestionFacts]:
        return {one.uuid: one for one in self.questions}

    @property
    def is_timed(self) -> bool:
        """Whether its sections have times of their own."""
        return any(one.minutes for one in self.sections)

    def order_for(
        self, test_seed: str, student_id: int, number: int, shuffles_questions: bool, shuffles_options: bool
    ) -> Order:
        """The order of a student's attempt of that number, the same however often it is asked.

        Questions stay in their sections, those of one passage together and in order. Options are shuffled only where
        their question allows it; true and false, and the rows of a match, never.
        """
        seed = (test_seed, student_id, number)
        questions = self._shuffled_questions(seed) if shuffles_questions else self.questions
        options = {
            one.uuid: self._options_of(one, seed if shuffles_options else None) for one in self.questions if one.options
        }
        return Order([one.uuid for one in questions], options)

    def _shuffled_questions(self, seed: tuple[object, ...]) -> Sequence[QuestionFacts]:
        parts = enumerate(self.sections)
        return [
            one
            for place, section in parts
            for together in shuffled(list(self._blocks(place)), *seed, "questions", section.uuid)
            for one in together
        ]

    def _blocks(self, section: int) -> Iterator[list[QuestionFacts]]:
        """What is moved as one: a question, or all of a passage where its first one stands."""
        blocks: dict[object, list[QuestionFacts]] = {}
        for one in self.questions:
            if one.section == section:
                blocks.setdefault(("passage", one.passage) if one.passage else one.uuid, []).append(one)
        yield from blocks.values()

    @staticmethod
    def _options_of(one: QuestionFacts, seed: tuple[object, ...] | None) -> list[str]:
        if seed is None or not one.is_shuffled or one.kind not in CHOSEN:
            return list(one.options)
        return shuffled(one.options, *seed, "options", one.uuid)


@lru_cache(KEPT)
def facts_of(test_id: int, paper_revision: int) -> PaperFacts:
    """The facts of a test's paper, which is now in that revision; two queries when this process has not met it."""
    sections = tuple(
        SectionFacts(one.pk, one.uuid, one.duration_min, one.answers_count, one.any_rule)
        for one in Section.objects.filter(test=test_id).order_by("position", "pk")
    )
    places = {one.pk: place for place, one in enumerate(sections)}
    rows = ExamQuestion.objects.filter(test=test_id).select_related("version", "question")
    ordered = sorted(rows.order_by("position", "pk"), key=lambda row: places[row.section_id])
    return PaperFacts(test_id, paper_revision, sections, tuple(_facts(row, places[row.section_id]) for row in ordered))


def forget() -> None:
    """As a new process has it: for tests, whose databases count from one again."""
    facts_of.cache_clear()


def _facts(row: ExamQuestion, section: int) -> QuestionFacts:
    body = Body.from_json(row.version.body)
    return QuestionFacts(
        pk=row.pk,
        uuid=row.uuid,
        bank=row.question_id,
        section=section,
        kind=Kind(row.question.kind),
        passage=row.passage_version_id,
        options=tuple(one.id for one in body.options),
        rows=tuple(one.id for one in body.rows),
        columns=tuple(one.id for one in body.columns),
        is_shuffled=body.is_shuffled,
        most_signs=body.most_signs,
        languages=body.languages,
    )
