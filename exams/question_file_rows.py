"""Questions of a file as the page before the import shows them, and the imports of before."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime
from functools import partial
from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from accounts.models import Activity
from exams import showing
from exams.bank_rows import KeyLine, key_lines
from exams.content import Content
from exams.models import Difficulty, Question
from exams.models.bank import KINDS
from exams.question_file_pictures import shown_before
from exams.question_file_plans import Row

TONES = {"add": "ok", "skip": "off", "bad": "bad"}


@dataclass(frozen=True, slots=True)
class Looked:
    """A question as it will look, with its place, its key and what becomes of it."""

    row: Row
    shown: showing.Shown
    keys: list[KeyLine]
    solution: Any
    kind: str
    difficulty: str
    tone: str
    fate: str


@dataclass(frozen=True, slots=True)
class Import:
    """An import of before, from the activity log."""

    at: datetime
    name: str
    mark: str
    added: int
    by: str


def looked(rows: Iterable[Row]) -> list[Looked]:
    words = {"add": _("New"), "skip": _("In the bank already"), "bad": _("Does not fit")}
    return [_looked(row, words[row.fate]) for row in rows]


def _looked(row: Row, fate: str) -> Looked:
    content = row.content
    address = partial(shown_before, row.item.images)
    return Looked(
        row=row,
        shown=showing.shown(content, kind=content.kind, image_url=address, both=True),
        keys=key_lines(_without_pictures(content)),
        solution=showing.words(content.key.solution, showing.LANGUAGES),
        kind=str(KINDS[content.kind]),
        difficulty=str(Difficulty(row.difficulty).label),
        tone=TONES[row.fate],
        fate=fate,
    )


def _without_pictures(content: Content) -> Content:
    """The key's letters name the options above, and pictures have no address before they are in the bank."""
    options = tuple(replace(one, picture=None) for one in content.body.options)
    rows = tuple(replace(one, picture=None) for one in content.body.rows)
    return replace(content, body=replace(content.body, picture=None, options=options, rows=rows))


def imports_of_before(count: int) -> list[Import]:
    """The last ones, newest first."""
    lines: QuerySet[Activity] = Activity.objects.filter(event="bank.imported").select_related("actor")
    return [_import(one) for one in lines.order_by("-pk")[:count]]


def import_of(mark: str) -> Import | None:
    line = Activity.objects.filter(event="bank.imported", extra__mark=mark).select_related("actor").last()
    return _import(line) if line else None


def _import(line: Activity) -> Import:
    told = line.extra
    by = line.actor.name if line.actor else ""
    return Import(line.at, str(told.get("name", "")), str(told.get("mark", "")), int(told.get("added", 0)), by)


def first_words(questions: Iterable[Question]) -> list[tuple[Question, str]]:
    """Questions with the words they begin with."""
    return [(one, (one.newest.plain if one.newest else "")[:160] or "…") for one in questions]
