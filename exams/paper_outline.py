"""What a paper is like without a word of it: sections, how many questions, what they are worth. For those who wait."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from django.utils.translation import get_language

from exams.content import Kind
from exams.models import Section, Test
from exams.models.bank import KINDS
from exams.paper_facts import PaperFacts, facts_of
from exams.scheme_words import marks_line, number
from exams.schemes import Rules, most, most_of_section


@dataclass(frozen=True, slots=True)
class Part:
    """A section; `marks` are its different marks ("+4 / −1"), those of most questions first, each with the kinds it is
    for, or "" where it is for all."""

    title: str
    questions: int
    answers_count: int | None
    minutes: int | None
    marks: tuple[tuple[str, str], ...]
    full: Decimal

    @property
    def full_words(self) -> str:
        return number(self.full)


@dataclass(frozen=True, slots=True)
class Outline:
    """All sections, in their order."""

    parts: tuple[Part, ...]

    @property
    def questions(self) -> int:
        return sum(one.questions for one in self.parts)

    @property
    def full(self) -> str:
        """The full marks of the paper."""
        return number(sum((one.full for one in self.parts), Decimal(0)))

    @property
    def marks(self) -> str:
        """The marks of all sections when they are the same, else ""."""
        found = {one.marks for one in self.parts if one.questions}
        return ", ".join(line for line, _kinds in found.pop()) if len(found) == 1 else ""

    @property
    def titles(self) -> str:
        return ", ".join(one.title for one in self.parts)

    @property
    def is_timed(self) -> bool:
        """Whether its sections are written one after the other."""
        return any(one.minutes for one in self.parts)


def outline_of(test: Test) -> Outline:
    """One query, and two more in a process that has not met the paper. `test` comes with its scheme."""
    facts = facts_of(test.pk, test.paper_revision)
    sections = Section.objects.filter(test=test).select_related("scheme").order_by("position", "pk")
    return Outline(tuple(_part(test, one, place, facts) for place, one in enumerate(sections)))


def _part(test: Test, section: Section, place: int, facts: PaperFacts) -> Part:
    rules = Rules.from_json((section.scheme or test.scheme).rules)
    kinds = [one.kind for one in facts.questions if one.section == place]
    full = most_of_section([most(rules, kind) for kind in kinds], at_most=section.answers_count)
    if test.is_on_paper:
        full = section.full_marks or Decimal(0)
    title = section.title_hi if get_language() == "hi" and section.title_hi else section.title
    return Part(title, len(kinds), section.answers_count, section.duration_min, _marks(rules, kinds), full)


def _marks(rules: Rules, kinds: Sequence[Kind]) -> tuple[tuple[str, str], ...]:
    by_line: dict[str, list[Kind]] = defaultdict(list)
    for kind in kinds:
        by_line[marks_line(rules, kind)].append(kind)
    if len(by_line) == 1:
        return tuple((line, "") for line in by_line)
    in_order = sorted(by_line.items(), key=lambda one: (-len(one[1]), one[0]))
    return tuple((line, ", ".join(str(KINDS[kind]) for kind in dict.fromkeys(found))) for line, found in in_order)
