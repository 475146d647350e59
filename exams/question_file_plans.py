"""What an import of questions would do, question by question. Nothing is written here.

Each question has one fate: it is added, or it is in the bank already, or it does not fit and says why. The same plan is
made for the preview and, under the lock, for the import itself.
"""

import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any

from accounts.import_sheets import sheet_lines
from accounts.import_tables import Unreadable
from batches.models import Subject
from coaching.lib.text import one_line
from exams import bank
from exams.content import Content, Kind
from exams.content_checks import problems
from exams.content_words import words
from exams.formats import MAX_BYTES, Item, LineProblem, Parsed, csv_file, gift, moodle_xml, refused
from exams.formats.csv_columns import knows
from exams.formats.decoding import Undecodable, decoded
from exams.formats.option_order import telling_nothing
from exams.models import Difficulty, Question
from exams.question_file_pictures import is_fit
from exams.question_file_words import note_words, problem_words
from exams.topics import MOST_NAME

AT_A_TIME = 500
_ZIP = b"PK\x03\x04"


@dataclass(frozen=True, slots=True)
class Source:
    """A file and where its questions belong that name no place themselves."""

    content: bytes
    file_name: str
    subject: int | None = None
    topic: str = ""
    difficulty: str = Difficulty.MEDIUM.value

    @property
    def mark(self) -> str:
        """The same for the same file taken in the same way."""
        how = json.dumps([self.subject, self.topic, self.difficulty]).encode()
        return hashlib.sha256(how + b"\0" + self.content).hexdigest()[:32]


@dataclass(slots=True)
class Row:
    """A question of the file with its place in the bank. `twin` is the same question, in the bank already; `twin_line`
    the line of the file that has it first."""

    item: Item
    content: Content
    subject: Subject | None
    topic: str
    difficulty: str
    problems: list[str] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    twin: int | None = None
    twin_line: int | None = None
    plain: str = ""

    @property
    def line(self) -> int:
        return self.item.line

    @property
    def fate(self) -> str:
        """bad, skip or add."""
        return "bad" if self.problems else "skip" if self.twin or self.twin_line else "add"


@dataclass(frozen=True)
class Plan:
    """The questions, the lines of the file that are none, and remarks on the file."""

    source: Source
    rows: tuple[Row, ...]
    unread: tuple[tuple[int, str], ...]
    remarks: tuple[tuple[int, str], ...]

    @cached_property
    def added(self) -> list[Row]:
        return [row for row in self.rows if row.fate == "add"]

    @cached_property
    def skipped(self) -> list[Row]:
        return [row for row in self.rows if row.fate == "skip"]

    @cached_property
    def bad(self) -> list[tuple[int, str]]:
        """Line and sentence of all that does not fit, in the order of the file."""
        unfit = [(row.line, sentence) for row in self.rows for sentence in row.problems]
        return sorted([*self.unread, *unfit])

    @cached_property
    def bad_count(self) -> int:
        return len(self.unread) + sum(row.fate == "bad" for row in self.rows)

    @cached_property
    def fingerprint(self) -> str:
        """Differs when any question's fate or place does."""
        told = [(row.line, row.fate, row.subject and row.subject.pk, row.topic, row.twin) for row in self.rows]
        return hashlib.sha256(json.dumps([told, self.unread]).encode()).hexdigest()


def read(content: bytes, file_name: str) -> Parsed:
    """The questions of a file of any format we know; which one it is, its content says."""
    if content.startswith(_ZIP):
        return _workbook(content)
    try:
        text = decoded(content[: MAX_BYTES + 1])
    except Undecodable as error:
        return refused("undecodable", line=error.line)
    begins = text.lstrip()[:10_000]
    if begins.startswith("<"):
        return moodle_xml.parse(content)
    first = begins.split("\n", 1)[0]
    is_table = any(sum(knows(one.strip('" ')) for one in first.split(sign)) >= 2 for sign in ",;\t")
    if is_table or file_name.casefold().endswith((".csv", ".tsv")):
        return replace(csv_file.parse(content), is_lettered=True)
    return gift.parse(content)


def _workbook(content: bytes) -> Parsed:
    if len(content) > MAX_BYTES:
        return refused("too_large")
    try:
        lines = list(sheet_lines(content))
    except Unreadable:
        return refused("workbook")
    rows = (LineProblem(one.number, "cell", one.problem) if one.problem else (one.number, one.cells) for one in lines)
    return replace(csv_file.parse_rows(rows), is_lettered=True)


def plan_file(source: Source) -> Plan:
    """Read the file and decide every question's fate, in as many queries for a thousand questions as for ten."""
    parsed = read(source.content, source.file_name)
    subjects = list(Subject.objects.all())
    rows = [_row(item, source, subjects) for item in parsed.items]
    by_line = {row.line: row for row in rows}
    remarks: list[tuple[int, str]] = []
    for note in parsed.notes:
        _note(note, by_line.get(note.line), remarks)
    _find_passages(rows)
    _find_twins([row for row in rows if not row.problems], is_lettered=parsed.is_lettered)
    unread = tuple((one.line, problem_words(one)) for one in parsed.problems)
    return Plan(source, tuple(rows), unread, tuple(remarks))


def _note(note: LineProblem, row: Row | None, remarks: list[tuple[int, str]]) -> None:
    """An image that is missing is no remark: the question would be another one without it."""
    if row and note.code == "image_missing":
        row.problems.append(problem_words(note))
    elif row:
        row.notes.append(note_words(note))
    else:
        remarks.append((note.line, note_words(note)))


def _row(item: Item, source: Source, subjects: Iterable[Subject]) -> Row:
    content = bank.storable(item.content)
    subject, topic, code = _place(item, source, subjects)
    row = Row(item, content, subject, one_line(topic, at_most=MOST_NAME), item.difficulty or source.difficulty)
    if code:
        row.problems.append(problem_words(LineProblem(item.line, code, item.subject)))
    row.problems += [words(one) for one in problems(content)]
    if not all(is_fit(held) for held in item.images.values()):
        row.problems.append(problem_words(LineProblem(item.line, "image_form")))
    return row


def _place(item: Item, source: Source, subjects: Iterable[Subject]) -> tuple[Subject | None, str, str]:
    """Subject, topic and what is wrong with them. Categories of other systems begin with the subject, or do not."""
    named = {one.name.casefold(): one for one in subjects}
    chosen = next((one for one in subjects if one.pk == source.subject), None)
    if item.subject:
        found = named.get(item.subject.casefold())
        return found, " / ".join(item.path), "" if found else "subject_unknown"
    first = named.get(item.path[0].casefold()) if item.path else None
    if first:
        return first, " / ".join(item.path[1:]), ""
    return chosen, " / ".join(item.path) or source.topic, "" if chosen else "no_subject"


def _find_passages(rows: list[Row]) -> None:
    fit = {row.item.passage_ref for row in rows if row.content.kind is Kind.PASSAGE and not row.problems}
    for row in rows:
        named = row.item.passage_ref
        if named and row.content.kind is not Kind.PASSAGE and named not in fit:
            row.problems.append(problem_words(LineProblem(row.line, "passage_missing", named)))


def _find_twins(rows: list[Row], *, is_lettered: bool) -> None:
    """The same question in the bank, as the file has it or as it would be taken, or in a line above."""
    _look_up(rows)
    new = [] if is_lettered else [row for row in rows if row.twin is None]
    for row in new:
        row.content = telling_nothing(row.content)
    _look_up(new)
    first: dict[str, int] = {}
    for row in rows:
        above = first.setdefault(told(row.content), row.line)
        row.twin_line = above if above != row.line else None


def _look_up(rows: list[Row]) -> None:
    for row in rows:
        row.plain = bank.plain_words(row.content)
    known = _in_bank({row.plain for row in rows})
    for row in rows:
        row.twin = known.get(told(row.content))


def _in_bank(plain: set[str]) -> dict[str, int]:
    """What the bank's questions with these words say, with their numbers."""
    found: dict[str, int] = {}
    wanted = sorted(plain)
    for start in range(0, len(wanted), AT_A_TIME):
        some = wanted[start : start + AT_A_TIME]
        for question in Question.objects.current().filter(newest__plain__in=some).select_related("newest"):
            if question.newest:
                question.newest.question = question
                found.setdefault(told(question.newest.content), question.pk)
    return found


def is_current(plan: Plan) -> bool:
    """Whether the bank still has those of the questions it had when the plan was made, and no others."""
    rows = [row for row in plan.rows if not row.problems]
    known = _in_bank({row.plain for row in rows})
    return all(known.get(told(row.content)) == row.twin for row in rows)


def told(content: Content) -> str:
    """All that makes a question this one: its kind, text and key. Images have another number in each bank."""
    return json.dumps(
        [content.kind, _without_images(content.body.to_json()), content.key.to_json()], sort_keys=True, default=str
    )


def _without_images(found: Any) -> Any:
    if isinstance(found, Mapping):
        return {name: True if name == "image" else _without_images(value) for name, value in found.items()}
    return [_without_images(one) for one in found] if isinstance(found, list) else found


def placed_anew(source: Source, *, subject: int | None, topic: str, difficulty: str) -> Source:
    """The same file with another place for what names none."""
    return replace(source, subject=subject, topic=topic, difficulty=difficulty)
