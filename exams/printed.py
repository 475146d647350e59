"""A paper as it is read from top to bottom, in the staff's order or in that of one student, and its key apart."""

from collections.abc import Callable
from dataclasses import dataclass, field
from uuid import UUID

from django.urls import reverse
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from accounts.models import User
from exams.content import FALSE, TRUE, Body, Key, Kind
from exams.models import ExamQuestion, Section, Test
from exams.paper_facts import Order, facts_of
from exams.scheme_words import marks_line
from exams.schemes import Rules
from exams.showing import LANGUAGES, ROW_NAMES, Shown, letters, shown, words

MOST_WRITERS = 500


@dataclass(frozen=True, slots=True)
class PrintedQuestion:
    """`passage` is what stands above it where its passage begins, None elsewhere."""

    number: int
    uuid: UUID
    marks: str
    shown: Shown
    passage: Shown | None


@dataclass(frozen=True, slots=True)
class PrintedPart:
    """A section with its questions."""

    section: Section
    title: str
    questions: list[PrintedQuestion] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class PrintedKey:
    """What is right for the question of that number, and why."""

    number: int
    right: str
    solution: SafeString


def order_of(test: Test, student: User, number: int) -> Order:
    """The exact order of that student's attempt; made of seeds, so it is the same whenever it is asked."""
    facts = facts_of(test.pk, test.paper_revision)
    return facts.order_for(test.seed, student.pk, number, test.shuffles_questions, test.shuffles_options)


def parts_of(test: Test, *, language: str, order: Order | None = None) -> list[PrintedPart]:
    """Two queries, however long the paper is. `language`: en, hi or both."""
    sections = test.sections.select_related("scheme").order_by("position", "pk")
    parts = {one.pk: PrintedPart(one, _title(one, language)) for one in sections}
    rules = {pk: Rules.from_json((part.section.scheme or test.scheme).rules) for pk, part in parts.items()}
    above: int | None = None
    for number, row in enumerate(_rows(test, order), start=1):
        passage = row.passage_version
        is_first = passage is not None and passage.pk != above
        above = passage.pk if passage else None
        options = order.options.get(row.uuid) if order else None
        question = PrintedQuestion(
            number=number,
            uuid=row.uuid,
            marks=marks_line(rules[row.section_id], Kind(row.question.kind)),
            shown=_shown(Body.from_json(row.version.body), Kind(row.question.kind), language, options),
            passage=_shown(Body.from_json(passage.body), Kind.PASSAGE, language) if passage and is_first else None,
        )
        parts[row.section_id].questions.append(question)
    return list(parts.values())


def keys_of(test: Test, *, order: Order | None = None) -> list[PrintedKey]:
    """What is right, numbered as the paper is. For staff only. Two queries."""
    found = []
    for number, row in enumerate(_rows(test, order), start=1):
        kind, body, key = Kind(row.question.kind), Body.from_json(row.version.body), Key.from_json(row.version.key)
        ids = (order.options.get(row.uuid) if order else None) or [one.id for one in body.options]
        found.append(PrintedKey(number, _right(kind, body, key, ids), words(key.solution, LANGUAGES)))
    return found


def _rows(test: Test, order: Order | None) -> list[ExamQuestion]:
    rows = list(
        test.questions.select_related("question", "version", "passage_version", "section").order_by(
            "section__position", "section", "position", "pk"
        )
    )
    if order is None:
        return rows
    places = {number: place for place, number in enumerate(order.questions)}
    return sorted(rows, key=lambda row: places[row.uuid])


def _shown(body: Body, kind: Kind, language: str, options: list[str] | None = None) -> Shown:
    is_both = language == "both"
    return shown(
        body,
        kind=kind,
        image_url=image_address,
        language="en" if is_both else language,
        both=is_both,
        option_order=options,
    )


def image_address(image: str) -> str:
    return reverse("question_image", args=[image])


def _title(section: Section, language: str) -> str:
    if language == "hi":
        return section.title_hi or section.title
    return f"{section.title} · {section.title_hi}" if language == "both" and section.title_hi else section.title


def _right(kind: Kind, body: Body, key: Key, ids: list[str]) -> str:
    """As one says it: C; A and D; 5.237 ± 0.001; P–2."""
    named = dict(zip(ids, letters(), strict=False))
    said: dict[Kind, Callable[[], list[str]]] = {
        Kind.SINGLE: lambda: sorted(named.get(one, one) for one in key.right),
        Kind.MULTIPLE: lambda: sorted(named.get(one, one) for one in key.right),
        Kind.TRUE_FALSE: lambda: [{TRUE: _("True"), FALSE: _("False")}.get(one, one) for one in key.right],
        Kind.NUMERICAL: lambda: [f"{one.value} ± {one.tolerance}" for one in key.numbers],
        Kind.SHORT: lambda: list(key.accepted),
        Kind.MATCH: lambda: _pairs(body, key),
    }
    return ", ".join(said[kind]()) if kind in said else _("marked by hand")


def _pairs(body: Body, key: Key) -> list[str]:
    rows = {one.id: name for one, name in zip(body.rows, ROW_NAMES, strict=False)}
    columns = {one.id: str(place) for place, one in enumerate(body.columns, start=1)}
    return [
        f"{rows.get(row, row)}–{'/'.join(columns.get(one, one) for one in right)}" for row, right in key.pairs.items()
    ]
