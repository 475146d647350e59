"""What the pages of marking show. Of whom an answer is stands on none of them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.core.paginator import Page, Paginator
from django.utils.safestring import SafeString
from django.utils.translation import get_language

from accounts.models import User
from exams import marking_queue, rubrics
from exams.content import CODE_LANGUAGES, Body, Key, Kind
from exams.judge import jobs
from exams.judge.marked_programs import Programs, Verdict, briefly
from exams.marking_queue import Answer, Counts
from exams.models import ExamQuestion, ManualMark, Response, Test
from exams.models.bank import KINDS
from exams.paper_facts import facts_of
from exams.paper_sheet import words_of
from exams.printed import image_address
from exams.scheme_words import number
from exams.showing import Shown, shown, words

PAGE_ROWS = 50
MOST_WORDS = 90
FETCHED = ("question", "version", "passage_version", "section__scheme", "test__scheme")


@dataclass(frozen=True, slots=True)
class ToMark:
    """A question with what it is marked by; `number` counts through the paper."""

    row: ExamQuestion
    number: int
    kind: str
    full: str
    shown: Shown
    passage: Shown | None
    guide: SafeString
    solution: SafeString
    accepted: tuple[str, ...]


def to_mark(row: ExamQuestion) -> ToMark:
    """Its words in the language of the page. `row` comes with FETCHED."""
    kind, key, language = Kind(row.question.kind), Key.from_json(row.version.key), get_language() or "en"
    passage = row.passage_version

    def read(body: dict[str, Any], of: Kind) -> Shown:
        return shown(Body.from_json(body), kind=of, image_url=image_address, language=language)

    return ToMark(
        row=row,
        number=number_of(row),
        kind=str(KINDS[kind]),
        full=number(rubrics.full_marks(row)),
        shown=read(row.version.body, kind),
        passage=read(passage.body, Kind.PASSAGE) if passage else None,
        guide=words(key.guide, [language]),
        solution=words(key.solution, [language]),
        accepted=key.accepted,
    )


def number_of(row: ExamQuestion) -> int:
    """From 1, in the paper's order."""
    facts = facts_of(row.test_id, row.test.paper_revision)
    return next((place for place, one in enumerate(facts.questions, 1) if one.pk == row.pk), 0)


@dataclass(frozen=True, slots=True)
class Said:
    """What was answered, as text and nothing else; `language` is that of a program."""

    text: str
    language: str = ""
    is_code: bool = False

    @property
    def beginning(self) -> str:
        line = " ".join(self.text.split())
        return line if len(line) <= MOST_WORDS else f"{line[:MOST_WORDS]} …"


def said_of(kind: str, answer: Any) -> Said:
    if kind == Kind.CODING and isinstance(answer, dict):
        language = str(answer.get("language", ""))
        return Said(jobs.shown(str(answer.get("source", ""))), CODE_LANGUAGES.get(language, language), is_code=True)
    return Said(answer if isinstance(answer, str) else "" if answer is None else str(answer))


def said_in(question: ExamQuestion, programs: Programs | None, response: Response) -> Said:
    """What somebody marks: of programs that were submitted the one that is shown, else what stands in the answer."""
    if programs:
        return Said(programs.source, programs.language, is_code=True)
    return said_of(question.question.kind, response.answer)


@dataclass(frozen=True, slots=True)
class TestLine:
    """A test with answers that wait."""

    __test__ = False

    test: Test
    waiting: int


def tests_of(user: User) -> list[TestLine]:
    """Those he may change in which answers wait, the oldest first. Two queries."""
    waiting = marking_queue.waiting_of(user)
    rows = Test.objects.filter(pk__in=waiting).order_by("closes_at", "pk")
    return [TestLine(one, waiting[one.pk]) for one in rows]


@dataclass(frozen=True, slots=True)
class QuestionLine:
    """A question of a test with how many of its answers wait; `lines` is how many its rubric has."""

    row: ExamQuestion
    number: int
    kind: str
    words: str
    full: str
    counts: Counts
    lines: int

    @property
    def percent(self) -> int:
        return 100 * self.counts.marked // self.counts.answers if self.counts.answers else 0


def questions_of(test: Test) -> list[QuestionLine]:
    """Those that people mark, in the paper's order. Two queries, and two more for a paper this process has not met."""
    rows = list(marking_queue.questions_to_mark([test]).select_related(*FETCHED, "rubric"))
    return _lines(rows, marking_queue.counts_of([one.pk for one in rows]))


def _lines(rows: Sequence[ExamQuestion], counts: Mapping[int, Counts]) -> list[QuestionLine]:
    made = [
        QuestionLine(
            row=one,
            number=number_of(one),
            kind=str(KINDS[Kind(one.question.kind)]),
            words=words_of(one.version),
            full=number(rubrics.full_marks(one)),
            counts=counts.get(one.pk, Counts()),
            lines=len(one.rubric.lines) if hasattr(one, "rubric") else 0,
        )
        for one in rows
    ]
    return sorted(made, key=lambda one: one.number)


def short_ones_of(test: Test) -> list[QuestionLine]:
    """Questions with short answers which no key accepts, in the paper's order: `waiting` is how many nobody has looked
    at. Three queries."""
    rows = list(ExamQuestion.objects.filter(test=test, question__kind=Kind.SHORT).select_related(*FETCHED, "rubric"))
    counts = marking_queue.short_counts_of(rows)
    return _lines([one for one in rows if one.pk in counts], counts)


@dataclass(frozen=True, slots=True)
class MarkedLine:
    """An answer that was marked, by its token; `marks` are those of people, else a program's points."""

    token: str
    said: Said
    mark: ManualMark | None
    marks: str
    verdict: Verdict | None = None


def marked_page(question: ExamQuestion, answers: Sequence[Answer], number_typed: str | None) -> Page[Any]:
    """The marked ones by token, of programs all that wait for nobody. Five queries at most."""
    is_code = question.question.kind == Kind.CODING
    rows = [one for one in answers if one.number or (is_code and not one.waits)]
    page: Page[Any] = Paginator(rows, PAGE_ROWS).get_page(number_typed)
    attempts = [one.attempt for one in page]
    marks, judged = _newest(question, attempts), briefly(question, attempts) if is_code else {}
    wrote = Response.objects.filter(question=question, attempt__in=attempts).order_by()
    said = {pk: said_of(question.question.kind, answer) for pk, answer in wrote.values_list("attempt", "answer")}
    page.object_list = [_marked_line(one, said[one.attempt], marks, judged) for one in page]
    return page


def _marked_line(
    one: Answer, said: Said, marks: Mapping[int, ManualMark], judged: Mapping[int, tuple[Verdict, str, str]]
) -> MarkedLine:
    mark, (verdict, points, source) = marks.get(one.attempt), judged.get(one.attempt, (None, "", ""))
    shown = Said(source, is_code=True) if source else said
    return MarkedLine(one.token, shown, mark, number(mark.marks) if mark else points, verdict)


def _newest(question: ExamQuestion, attempts: Sequence[int]) -> dict[int, ManualMark]:
    rows = ManualMark.objects.filter(question=question, attempt__in=attempts).select_related("by").order_by("number")
    return {one.attempt_id: one for one in rows}


def history_of(question: ExamQuestion, attempt: int) -> list[tuple[ManualMark, str]]:
    """All marks the answer was ever given, the newest first. One query."""
    rows = ManualMark.objects.filter(question=question, attempt=attempt).select_related("by").order_by("-number")
    return [(one, number(one.marks)) for one in rows]


def last_of(question: ExamQuestion, user: User, answers: Sequence[Answer]) -> str:
    """The token of what he marked last, "" for nothing yet. One query."""
    last = (
        ManualMark.objects.filter(question=question, by=user).order_by("-pk").values_list("attempt", flat=True).first()
    )
    return next((one.token for one in answers if one.attempt == last), "")
