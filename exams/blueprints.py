"""Blueprints: how many questions of which sort a section is to have, and drawing them from the bank by a seed.

What stands in the section already counts, so drawing again fills up what is missing and no more. Cells may overlap;
which question serves which cell is a matching, so none is called short as long as there is a way to fill all.
"""

from collections.abc import Sequence
from dataclasses import dataclass, fields
from datetime import datetime

from django.db import transaction
from django.db.models import Max, Q
from django.http import HttpRequest
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts.models import User
from exams.content import Kind
from exams.matching import filled
from exams.models import BlueprintCell, ExamQuestion, Question, Section, Test
from exams.models.bank import KINDS, Difficulty
from exams.papers import PaperRefused, changing_paper, locked_test, require_changeable
from exams.placing import MOST_QUESTIONS, put_at_end
from exams.shuffling import shuffled

MOST_CELLS = 30


@dataclass(frozen=True, slots=True)
class Cell:
    """`count` questions of a sort; `subject`, `topic` and `tag` hold numbers of rows, and None or "" mean any."""

    count: int
    subject: int | None = None
    topic: int | None = None
    difficulty: str = ""
    kind: str = ""
    tag: int | None = None


@dataclass(frozen=True, slots=True)
class Short:
    """A cell for which there is too little: `wanted` 10, there `are` 7."""

    cell: BlueprintCell
    wanted: int
    are: int


@dataclass(frozen=True, slots=True)
class Picked:
    """What was placed, and what was missing."""

    placed: list[ExamQuestion]
    short: list[Short]


class TooFew(PaperRefused):
    """The bank has too few questions; nothing was placed. `short` says of what."""

    code = "too_few_questions"

    def __init__(self, short: list[Short]) -> None:
        super().__init__(" ".join(words(one) for one in short))
        self.short = short


def set_blueprint(
    section: Section, *, cells: Sequence[Cell], actor: User, now: datetime, request: HttpRequest | None = None
) -> None:
    """The section's blueprint is these lines. The paper itself stays as it is. Raises: PaperFixed, PaperRefused."""
    if len(cells) > MOST_CELLS or sum(cell.count for cell in cells) > MOST_QUESTIONS:
        raise PaperRefused(_("That is more than a test can have."))
    with transaction.atomic():
        test = locked_test(section.test)
        require_changeable(test, now=now)
        if [of(row) for row in section.blueprint.order_by("pk")] == list(cells):
            return
        section.blueprint.all().delete()
        BlueprintCell.objects.bulk_create(_row(section, cell) for cell in cells)


def pick(section: Section, *, seed: str, actor: User, now: datetime, request: HttpRequest | None = None) -> Picked:
    """Place what the blueprint still wants, all or nothing. Raises: TooFew, PaperFixed."""
    return _pick(section, seed=seed, actor=actor, now=now, request=request, may_be_short=False)


def pick_what_there_is(
    section: Section, *, seed: str, actor: User, now: datetime, request: HttpRequest | None = None
) -> Picked:
    """As `pick`, as far as the bank goes. Raises: PaperFixed."""
    return _pick(section, seed=seed, actor=actor, now=now, request=request, may_be_short=True)


def words(short: Short) -> str:
    """Physics, hard: wanted 10, there are 7."""
    given = {"sort": sort_words(short.cell), "wanted": short.wanted, "count": short.are}
    text = ngettext(
        "%(sort)s: wanted %(wanted)d, there is %(count)d.",
        "%(sort)s: wanted %(wanted)d, there are %(count)d.",
        short.are,
    )
    return text % given


def sort_words(cell: BlueprintCell) -> str:
    """Which questions the cell means, in words; its subject, topic and tag should be fetched along."""
    from_models = [cell.subject, cell.topic, cell.tag]
    named = [str(one) for one in from_models if one]
    named += [str(label) for label in (_difficulty(cell), _kind(cell)) if label]
    return ", ".join(named) or _("Any question")


def of(row: BlueprintCell) -> Cell:
    """A line as plain values."""
    return Cell(row.count, row.subject_id, row.topic_id, row.difficulty, row.kind, row.tag_id)


# --- Drawing ----------------------------------------------------------------------------------------------------------


def _pick(
    section: Section, *, seed: str, actor: User, now: datetime, request: HttpRequest | None, may_be_short: bool
) -> Picked:
    with transaction.atomic():
        test = locked_test(section.test)
        require_changeable(test, now=now)
        cells = list(section.blueprint.select_related("subject", "topic", "tag").order_by("pk"))
        here = set(section.questions.values_list("question", flat=True))
        drawn = _drawn(section, cells, here, seed=seed)
        short = [
            Short(cell, cell.count, len(found))
            for cell, found in zip(cells, drawn, strict=True)
            if len(found) < cell.count
        ]
        if short and not may_be_short:
            raise TooFew(short)
        numbers = [number for found in drawn for number in found if number not in here]
        if not numbers:
            return Picked([], short)
        rows = Question.objects.select_related("passage").in_bulk(numbers)
        with changing_paper(test, actor=actor, now=now, request=request, verb="questions picked", count=len(numbers)):
            return Picked(put_at_end(section, [rows[number] for number in numbers]), short)


def _drawn(section: Section, cells: Sequence[BlueprintCell], here: set[int], *, seed: str) -> list[list[int]]:
    """Numbers of questions for each cell, those of the section among them."""
    candidates = _candidates(section, cells, here)
    used = _last_used(section.test, candidates)
    order = sorted(shuffled(sorted(candidates), seed, section.uuid), key=lambda number: used.get(number, ""))
    tagged = _tagged(cells)
    fitting = [
        [number for number in order if _fits(cell, candidates[number], tagged.get(cell.tag_id or 0, frozenset()))]
        for cell in cells
    ]
    return filled([cell.count for cell in cells], fitting, here)


@dataclass(frozen=True, slots=True)
class _Candidate:
    pk: int
    subject: int
    topic: int | None
    difficulty: str
    kind: str


def _candidates(section: Section, cells: Sequence[BlueprintCell], here: set[int]) -> dict[int, _Candidate]:
    """Questions that fit some cell and may stand in the section, and those that stand there. One query."""
    wanted = Q(pk__in=here)
    elsewhere = ExamQuestion.objects.filter(test=section.test_id).exclude(section=section).order_by()
    for cell in cells:
        wanted |= _condition(cell) & ~Q(pk__in=elsewhere.values("question"))
    of_other_passages = elsewhere.exclude(question__passage=None).values("question__passage")
    usable = Q(archived_at=None, passage__archived_at=None, newest__isnull=False) & ~Q(kind=Kind.PASSAGE)
    found = Question.objects.filter(wanted).filter(Q(pk__in=here) | usable & ~Q(passage__in=of_other_passages))
    rows = found.order_by().distinct().values_list("pk", "subject", "topic", "difficulty", "kind")
    return {row[0]: _Candidate(*row) for row in rows}


def _condition(cell: BlueprintCell) -> Q:
    """In the database, but for the tag, which would join."""
    said = {"subject": cell.subject_id, "topic": cell.topic_id, "difficulty": cell.difficulty, "kind": cell.kind}
    return Q(pk__isnull=False, **{name: value for name, value in said.items() if value})


def _fits(cell: BlueprintCell, one: _Candidate, tagged: frozenset[int]) -> bool:
    pairs = (
        (cell.subject_id, one.subject),
        (cell.topic_id, one.topic),
        (cell.difficulty, one.difficulty),
        (cell.kind, one.kind),
    )
    return all(not wanted or wanted == has for wanted, has in pairs) and (not cell.tag_id or one.pk in tagged)


def _tagged(cells: Sequence[BlueprintCell]) -> dict[int, frozenset[int]]:
    """Numbers of the questions by number of the tag. One query, or none."""
    tags = {cell.tag_id for cell in cells if cell.tag_id}
    found: dict[int, set[int]] = {tag: set() for tag in tags}
    if tags:
        for tag, question in Question.tags.through.objects.filter(tag__in=tags).values_list("tag", "question"):
            found[tag].add(question)
    return {tag: frozenset(questions) for tag, questions in found.items()}


def _last_used(test: Test, candidates: dict[int, _Candidate]) -> dict[int, str]:
    """When each was last asked in a test of the same batches, as text that sorts; not asked ones are left out."""
    batches = test.test_batches.order_by().values("batch")
    placed = ExamQuestion.objects.filter(test__test_batches__batch__in=batches).exclude(test=test).order_by()
    rows = placed.values("question").annotate(opened=Max("test__opens_at"), made=Max("test__created_at"))
    return {
        row["question"]: (row["opened"] or row["made"]).isoformat() for row in rows if row["question"] in candidates
    }


def _row(section: Section, cell: Cell) -> BlueprintCell:
    named = {one.name: getattr(cell, one.name) for one in fields(Cell)}
    for name in ("subject", "topic", "tag"):
        named[f"{name}_id"] = named.pop(name)
    return BlueprintCell(section=section, **named)


def _difficulty(cell: BlueprintCell) -> str:
    return str(Difficulty(cell.difficulty).label) if cell.difficulty else ""


def _kind(cell: BlueprintCell) -> str:
    return str(KINDS[Kind(cell.kind)]) if cell.kind else ""
