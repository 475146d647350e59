"""What the pages of programs that are alike show: questions, pairs with their names, two programs side by side."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby
from typing import Any
from uuid import UUID

from django.db.models import Count, Q

from exams.content import CODE_LANGUAGES, Kind
from exams.judge import winnowing
from exams.judge.jobs import shown
from exams.models import CodeComparison, CodeSubmission, ExamQuestion, Test
from exams.paper_sheet import words_of

SHOWN_OF_A_GROUP = 30
SHOWN_PAIRS = 60


@dataclass(frozen=True, slots=True)
class QuestionLine:
    """A coding question of a test: its number in the paper, who submitted programs, what comparing them came to."""

    uuid: UUID
    number: int
    words: str
    students: int
    row: CodeComparison | None

    @property
    def count(self) -> int:
        """Pairs that were found."""
        return self.row.report.get("count", 0) if self.row and self.row.found_at else 0


@dataclass(frozen=True, slots=True)
class Author:
    """Whose program it is, and which: `program` is the number of the submission, `number` which of his it is."""

    name: str
    identifier: str
    program: UUID
    number: int | None
    language: str
    at: datetime


@dataclass(frozen=True, slots=True)
class PairLine:
    """`shares` in whole percent follow `authors`; `regions` is how many stretches go together, `rarest` how many
    programs have the rarest of what these share."""

    authors: tuple[Author, Author]
    shares: tuple[int, int]
    tokens: int
    regions: int
    rarest: int


@dataclass(frozen=True, slots=True)
class Group:
    """Some who hang together; `more` are not named."""

    authors: list[Author]
    count: int
    more: int


@dataclass(frozen=True, slots=True)
class Found:
    """A report in lines; `count` may be more than there are. `newer`: programs submitted since."""

    lines: list[PairLine]
    groups: list[Group]
    count: int
    programs: int
    compared: int
    short: int
    common: int
    newer: int
    least_tokens: int = winnowing.LEAST_TOKENS
    least_share: int = round(winnowing.LEAST_SHARE * 100)


@dataclass(frozen=True, slots=True)
class Block:
    """Lines of a program in the same stretches, with signs that nobody sees as ones that can be seen: `numbers` of
    these, none where it stands alone; `begins`: those of them that begin here. `lines` are their numbers, one below the
    other as the text's lines are."""

    numbers: tuple[int, ...]
    begins: tuple[int, ...]
    first: int
    last: int
    lines: str
    text: str


@dataclass(frozen=True, slots=True)
class Side:
    """One of two programs; `side` is "a" or "b", and `other` the other one, as ids of stretches begin."""

    side: str
    other: str
    author: Author
    share: int
    blocks: list[Block]


# --- A test -----------------------------------------------------------------------------------------------------------


def has_programs(test: Test) -> bool:
    """Whether anybody submitted a program in it. One query."""
    return CodeSubmission.objects.counting().filter(question__test=test).exists()


def lines_of(test: Test) -> list[QuestionLine]:
    """Its coding questions that somebody submitted a program for, in the paper's order. Three queries."""
    order = ("section__position", "section", "position", "pk")
    rows = list(test.questions.select_related("question", "version").order_by(*order))
    numbers = {row.pk: number for number, row in enumerate(rows, start=1)}
    coding = [row for row in rows if row.question.kind == Kind.CODING]
    students = _students(coding)
    known = {one.question_id: one for one in CodeComparison.objects.filter(question__in=coding)}
    return [
        QuestionLine(row.uuid, numbers[row.pk], words_of(row.version), students[row.pk], known.get(row.pk))
        for row in coding
        if students[row.pk]
    ]


def _students(questions: Iterable[ExamQuestion]) -> Counter[int]:
    counting = ~Q(code_submissions__kind=CodeSubmission.Kind.RUN)
    students = Count("code_submissions__attempt__student", filter=counting, distinct=True)
    rows = ExamQuestion.objects.filter(pk__in=[one.pk for one in questions]).order_by()
    return Counter(dict(rows.annotate(students=students).values_list("pk", "students")))


# --- What was found ---------------------------------------------------------------------------------------------------


def found_of(row: CodeComparison) -> Found:
    """Two queries, however many pairs there are."""
    report = row.report
    pairs = report["pairs"][:SHOWN_PAIRS]
    named = {one for pair in pairs for one in pair["programs"]}
    named |= {one for group in report["groups"] for one in group[:SHOWN_OF_A_GROUP]}
    authors = _authors(row.question_id, named)
    since = CodeSubmission.objects.counting().filter(question=row.question_id, asked_at__gt=row.asked_at)
    return Found(
        lines=[_line(pair, authors) for pair in pairs if set(pair["programs"]) <= authors.keys()],
        groups=[_group(group, authors) for group in report["groups"]],
        count=report["count"],
        programs=report["programs"],
        compared=report["compared"],
        short=report["short"],
        common=report["common"],
        newer=since.count(),
    )


def _authors(question: int, programs: Iterable[str]) -> dict[str, Author]:
    """By the uuid of the submission, as text."""
    rows = CodeSubmission.objects.filter(question=question, uuid__in=list(programs)).order_by()
    return {str(one.uuid): author_of(one) for one in rows.select_related("attempt__student").defer("source", "stdin")}


def author_of(one: CodeSubmission) -> Author:
    """Of a submission with its attempt and student."""
    student, language = one.attempt.student, CODE_LANGUAGES.get(one.language, one.language)
    return Author(student.name, student.identifier, one.uuid, one.number, language, one.asked_at)


def _line(pair: Mapping[str, Any], authors: Mapping[str, Author]) -> PairLine:
    first, second = pair["programs"]
    return PairLine(
        authors=(authors[first], authors[second]),
        shares=_percent(pair),
        tokens=pair["tokens"],
        regions=len(pair["regions"]),
        rarest=pair["rarest"],
    )


def _percent(pair: Mapping[str, Any]) -> tuple[int, int]:
    first, second = (int(share * 100) for share in pair["shares"])
    return first, second


def _group(programs: Sequence[str], authors: Mapping[str, Author]) -> Group:
    named = [authors[one] for one in programs[:SHOWN_OF_A_GROUP] if one in authors]
    return Group(named, len(programs), len(programs) - len(named))


# --- Side by side -----------------------------------------------------------------------------------------------------


def pair_of(row: CodeComparison, first: UUID, second: UUID) -> Mapping[str, Any] | None:
    """As the report has it; None when it does not list the two."""
    wanted = {str(first), str(second)}
    return next((one for one in row.report.get("pairs", ()) if set(one["programs"]) == wanted), None)


def sides_of(row: CodeComparison, pair: Mapping[str, Any]) -> list[Side]:
    """Both programs in blocks; fewer than two when one is gone. One query."""
    rows = CodeSubmission.objects.filter(question=row.question_id, uuid__in=pair["programs"])
    known = {str(one.uuid): one for one in rows.select_related("attempt__student").order_by()}
    percent = _percent(pair)
    return [
        Side("ab"[at], "ba"[at], author_of(known[program]), percent[at], _blocks(known[program].source, pair, at))
        for at, program in enumerate(pair["programs"])
        if program in known
    ]


def _blocks(source: str, pair: Mapping[str, Any], side: int) -> list[Block]:
    lines = source.rstrip("\n").split("\n")
    within: list[tuple[int, ...]] = [()] * len(lines)
    regions = {number: region[side] for number, region in enumerate(pair["regions"], start=1)}
    for number, (first, last) in regions.items():
        for at in range(first - 1, min(last, len(lines))):
            within[at] = (*within[at], number)
    blocks = []
    for numbers, group in groupby(range(len(lines)), key=within.__getitem__):
        places = list(group)
        first, last = places[0] + 1, places[-1] + 1
        blocks.append(
            Block(
                numbers=numbers,
                begins=tuple(one for one in numbers if first <= regions[one][0] <= last),
                first=first,
                last=last,
                lines="\n".join(str(place + 1) for place in places),
                text=shown("\n".join(lines[first - 1 : last])),
            )
        )
    return blocks
