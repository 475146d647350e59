"""One question of a student's result, opened: as he saw it, with his answer, the key, the solution, and the marks
somebody gave it.
"""

import base64
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.utils import timezone
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from coaching.lib.uuids import uuid_of
from exams.asked import keys_of
from exams.content import Body, Key, Kind
from exams.grading import BY_HAND
from exams.judge.code_review import Reviewed, reviewed
from exams.models import ExamQuestion, KeyFix, ManualMark, QuestionImage
from exams.own_answers import key_words, said_words, tolerance_words
from exams.own_review import Said, Written, verdict_words
from exams.result_words import clock
from exams.rubrics import lines_of
from exams.scheme_words import number
from exams.schemes import Verdict
from exams.showing import Shown, ShownChoice, shown, words
from exams.sitting_page import page_language

WRITTEN = frozenset({Kind.SHORT, Kind.LONG, Kind.CODING, Kind.NUMERICAL})
NO_PICTURE = "data:,"


@dataclass(frozen=True, slots=True)
class Option:
    """An option as it is looked at again; `share` is how many chose it, "" where that is not known."""

    choice: ShownChoice
    is_yours: bool
    is_key: bool
    share: str


@dataclass(frozen=True, slots=True)
class Marked:
    """Marks by hand: for what of the rubric (text, marks, most), and what was said of the answer."""

    comment: str
    lines: tuple[tuple[str, str, str], ...]


@dataclass(frozen=True, slots=True)
class Opened:
    """All of a question. `wrote` is a written answer word for word, `program` what the judge said of the one that
    counts; `times` are (whose, time)."""

    number: int
    paper_number: int
    question: ExamQuestion
    verdict: str
    shown: Shown
    above: Shown | None
    options: tuple[Option, ...]
    wrote: str
    is_program: bool
    program: Reviewed | None
    you: str
    key: str
    around: str
    solution: SafeString | None
    times: tuple[tuple[str, str], ...]
    fix: KeyFix | None
    marked: Marked | None
    counts: bool


def opened(found: Written, count: int, question: ExamQuestion) -> Opened:
    """The question of that number with its row of `own_review.questions_of`. Three queries at most, some more of
    a program."""
    item, body = found.item(count), Body.from_json(question.version.body)
    key, letters = Key.from_json(question.version.key), found.letters(question, body)
    said, fix = found.said.get(question.pk, Said()), found.fixes.get(question.pk)
    keys = keys_of(key, fix)
    kind, language = letters.kind, page_language()
    above = Body.from_json(question.passage_version.body) if question.passage_version else None
    address = _addresses(one for one in (body, above) if one)
    program = _program(found, question) if kind is Kind.CODING else None
    look = shown(body, kind=kind, image_url=address, language=language, option_order=letters.order)
    return Opened(
        number=count,
        paper_number=item.place + 1,
        question=question,
        verdict=verdict_words(item.verdict),
        shown=look,
        above=shown(above, kind=Kind.PASSAGE, image_url=address, language=language) if above else None,
        options=_options(found, item.place, look, said.answer, keys),
        wrote=program.source if program else _wrote(kind, said.answer),
        is_program=kind is Kind.CODING,
        program=program,
        you=said_words(letters, said.answer),
        key=key_words(letters, keys),
        around="; ".join(filter(None, (tolerance_words(one) for one in keys))),
        solution=words(key.solution, (language,)) if key.solution else None,
        times=tuple(_times(found, item.place, said)),
        fix=fix,
        marked=_marked(found, question) if item.verdict is not Verdict.WAITING else None,
        counts=item.counts,
    )


def _options(found: Written, place: int, look: Shown, answer: Any, keys: list[Key]) -> tuple[Option, ...]:
    chosen = {answer} if isinstance(answer, str) else set(answer) if isinstance(answer, list) else set()
    right = {one for key in keys for one in key.right}
    stats = found.own.figures.questions
    counts = stats[place].chosen if place < len(stats) and found.own.has_others else {}
    everybody = found.own.figures.count

    def share(option: str) -> str:
        return _("%(percent)d %%") % {"percent": round(counts.get(option, 0) * 100 / everybody)} if counts else ""

    return tuple(Option(one, one.id in chosen, one.id in right, share(one.id)) for one in look.options)


def _wrote(kind: Kind, answer: Any) -> str:
    if kind not in WRITTEN or answer is None:
        return ""
    return str(answer.get("source", "")) if isinstance(answer, Mapping) else str(answer)


def _program(found: Written, question: ExamQuestion) -> Reviewed | None:
    """Who sees this question sees keys and solutions, so verdicts of hidden tests, too."""
    attempt = found.own.row.attempt_id
    return reviewed(attempt, question, now=timezone.now()) if attempt else None


def _times(found: Written, place: int, said: Said) -> Iterable[tuple[str, str]]:
    own = found.own
    if said.spent_s:
        yield (_("you") if own.seen.is_own else _("student")), clock(said.spent_s)
    stats = own.figures.questions
    if place < len(stats) and own.has_others:
        yield _("average"), clock(stats[place].mean_s) or "–"
        if not own.is_first:
            yield _("topper"), clock(stats[place].top_s) or "–"


def _marked(found: Written, question: ExamQuestion) -> Marked | None:
    """The marks by hand that are in this version."""
    if Kind(question.question.kind) not in BY_HAND:
        return None
    own = found.own
    marks = ManualMark.objects.filter(attempt=own.row.attempt_id, question=question, pk__lte=own.version.marks_upto)
    row = marks.order_by("-number").first()
    if row is None:
        return None
    known, _revision = lines_of(question)
    lines = [(one.text, number(Decimal(row.rubric[one.id])), number(one.most)) for one in known if one.id in row.rubric]
    return Marked(row.comment, tuple(lines)) if row.comment or lines else None


def _addresses(bodies: Iterable[Body]) -> Callable[[str], str]:
    """Images of these as addresses that hold their bytes: who looks back has no paper to fetch them from."""
    named = {picture.image for body in bodies for picture in body.pictures()}
    numbers = [found for one in named if (found := uuid_of(one))]
    rows = QuestionImage.objects.filter(uuid__in=numbers) if numbers else ()
    sources = {
        str(row.uuid): f"data:{row.content_type};base64,{base64.b64encode(row.bytes_small).decode()}" for row in rows
    }
    return lambda image: sources.get(image, NO_PICTURE)
