"""What the page of a test shows its student: one question in his own order, and the palette of all of them.

Everything comes from the paper as phones get it (`exams.paper_json`), so the page made here and the one made by the
script say the same; of the rows only his responses are asked.
"""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from typing import Any
from uuid import UUID

from django.utils.dateparse import parse_datetime
from django.utils.functional import Promise
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _

from exams.content import Kind
from exams.models import Attempt, Response
from exams.paper_facts import Order, PaperFacts, QuestionFacts, facts_of
from exams.paper_json import read_paper
from exams.sittings import Clock

STATES: dict[str, str | Promise] = {
    "an": gettext_lazy("answered"),
    "na": gettext_lazy("not answered"),
    "mk": gettext_lazy("marked"),
    "nv": gettext_lazy("not visited"),
    "am": gettext_lazy("answered and marked"),
}
"""Of a question, by the sign the palette has for it."""
LANGUAGES = ("en", "hi", "both")


@dataclass(frozen=True, slots=True)
class Said:
    """What he last said to a question."""

    seq: int
    answer: Any
    is_answered: bool
    is_marked: bool
    spent_ms: int

    @property
    def state(self) -> str:
        if self.is_marked:
            return "am" if self.is_answered else "mk"
        return "an" if self.is_answered else "na"


@dataclass(frozen=True, slots=True)
class Cell:
    """A question in the palette; `place` counts from 1."""

    place: int
    uuid: UUID
    state: str
    is_here: bool = False

    @property
    def label(self) -> str:
        return _("Question %(place)d, %(state)s") % {"place": self.place, "state": STATES[self.state]}


@dataclass(frozen=True, slots=True)
class Part:
    """A section in the palette and among the tabs."""

    number: int
    title: str
    cells: tuple[Cell, ...]
    is_here: bool
    is_open: bool
    ends_at: datetime | None

    @property
    def first(self) -> int:
        return self.cells[0].place

    @property
    def answered(self) -> int:
        return sum(one.state in {"an", "am"} for one in self.cells)

    @property
    def counts(self) -> list[tuple[str, str | Promise, int]]:
        return counted(self.cells)


@dataclass(frozen=True)
class Sitting:
    """An attempt with its paper, order and responses, as it stands at `now`."""

    attempt: Attempt
    now: datetime
    said: Mapping[UUID, Said]

    @cached_property
    def facts(self) -> PaperFacts:
        return facts_of(self.attempt.test_id, self.attempt.test.paper_revision)

    @cached_property
    def paper(self) -> dict[str, Any]:
        return read_paper(self.attempt.test.uuid, self.attempt.test.paper_revision)

    @cached_property
    def order(self) -> Order:
        test, attempt = self.attempt.test, self.attempt
        mixes = (test.shuffles_questions, test.shuffles_options)
        return self.facts.order_for(test.seed, attempt.student_id, attempt.number, *mixes)

    @cached_property
    def ends(self) -> list[datetime]:
        """When timed sections end; [] without them."""
        found = (parse_datetime(one) for one in self.attempt.section_ends)
        return [one for one in found if one]

    @property
    def open_section(self) -> int | None:
        """The place of the timed section that is written now; None when all are."""
        deadline = self.attempt.deadline_at
        return Clock(deadline, tuple(self.ends)).section_at(self.now) if deadline else None

    @property
    def count(self) -> int:
        return len(self.order.questions)

    @property
    def next_seq(self) -> int:
        return max((one.seq for one in self.said.values()), default=0) + 1

    @property
    def is_bilingual(self) -> bool:
        return any("hi" in one.get("html", {}) for one in self.paper["questions"].values())

    @property
    def has_code(self) -> bool:
        """Whether the judge marks a question of it."""
        return any("code" in one for one in self.paper["questions"].values())

    def question(self, place: int) -> QuestionFacts:
        """The one at a place of his order, from 1. Raises: IndexError."""
        if place < 1:
            raise IndexError(place)
        return self.facts.by_uuid[self.order.questions[place - 1]]

    def is_open(self, question: QuestionFacts) -> bool:
        return self.open_section in {None, question.section}

    def first_open(self) -> int:
        """The place where he goes on: the first question he has not visited, of those he may write."""
        places = [place for place in range(1, self.count + 1) if self.is_open(self.question(place))]
        fresh = (place for place in places if self.order.questions[place - 1] not in self.said)
        return next(fresh, places[0] if places else 1)

    def last_open(self) -> int:
        return max((place for place in range(1, self.count + 1) if self.is_open(self.question(place))), default=1)

    def parts(self, here: int = 0) -> list[Part]:
        return list(self._parts(here))

    def _parts(self, here: int) -> Iterator[Part]:
        cells: list[list[Cell]] = [[] for _section in self.facts.sections]
        for place, uuid in enumerate(self.order.questions, start=1):
            said = self.said.get(uuid)
            cell = Cell(place, uuid, said.state if said else "nv", place == here)
            cells[self.facts.by_uuid[uuid].section].append(cell)
        for number, found in enumerate(cells):
            if found:
                yield Part(
                    number=number,
                    title=in_language(self.paper["sections"][number].get("title", {}), page_language()),
                    cells=tuple(found),
                    is_here=any(one.is_here for one in found),
                    is_open=self.open_section in {None, number},
                    ends_at=self.ends[number] if number < len(self.ends) else None,
                )


def sitting_of(attempt: Attempt, *, now: datetime) -> Sitting:
    """The attempt with what was said so far; one query."""
    names = ("question__uuid", "seq", "answer", "is_answered", "is_marked", "spent_ms")
    rows = Response.objects.filter(attempt=attempt).order_by().values_list(*names)
    return Sitting(attempt, now, {uuid: Said(*rest) for uuid, *rest in rows})


def counted(cells: Sequence[Cell]) -> list[tuple[str, str | Promise, int]]:
    """How many questions are in each state: its sign, its word, the number."""
    counts = Counter(one.state for one in cells)
    return [(state, word, counts[state]) for state, word in STATES.items()]


def time_text(attempt: Attempt, now: datetime) -> str:
    """The time that is left, as a clock shows it."""
    whole = int(attempt.time_left(now).total_seconds())
    return f"{whole // 3600}:{whole // 60 % 60:02}:{whole % 60:02}"


def page_language() -> str:
    """The language of the page's own words, of those papers have."""
    return "hi" if (get_language() or "").startswith("hi") else "en"


def in_language(texts: Mapping[str, str], language: str) -> str:
    """The text in this language, else in the other."""
    return texts.get(language) or texts.get("en") or texts.get("hi") or ""


def how(kind: Kind) -> str:
    """What is to be done, beside the number of the question."""
    return {
        Kind.SINGLE: _("One answer is right"),
        Kind.MULTIPLE: _("One or more answers are right"),
        Kind.TRUE_FALSE: _("True or false"),
        Kind.NUMERICAL: _("The answer is a number"),
        Kind.SHORT: _("A few words"),
        Kind.LONG: _("In your own words"),
        Kind.MATCH: _("Match the rows with the columns"),
        Kind.CODING: _("A program"),
    }.get(kind, "")
