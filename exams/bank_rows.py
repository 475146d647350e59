"""Questions of the bank as lists and pages show them."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.db.models import Count, OuterRef, QuerySet, Subquery
from django.db.models.functions import Coalesce
from django.urls import reverse
from django.utils.safestring import SafeString
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from accounts.models import User
from exams import markup, showing
from exams.content import FALSE, TRUE, Content, Kind, Text
from exams.models import ExamQuestion, Question, QuestionVersion, Test
from exams.models.bank import QuestionQuerySet
from exams.showing import LANGUAGES, words

MOST_WORDS = 220
PASSAGE_ROWS = 100


@dataclass(frozen=True, slots=True)
class Row:
    """A question in the list: its first words, and in how many tests it is."""

    question: Question
    words: str
    tags: list[str]
    tests: int
    has_hindi: bool


def found_by(asked: dict[str, Any], questions: QuestionQuerySet, *, is_archived: bool) -> QuestionQuerySet:
    """Those that fit what a `FindForm` asks, newest first."""
    found = questions.exclude(archived_at=None) if is_archived else questions.filter(archived_at=None)
    for name in ("subject", "topic", "kind", "difficulty"):
        if asked.get(name):
            found = found.filter(**{name: asked[name]})
    if asked.get("tag"):
        found = found.filter(tags=asked["tag"])
    return found.search(asked.get("q") or "")


def listed(questions: QuerySet[Question]) -> QuerySet[Question]:
    """With what a row shows."""
    placed = ExamQuestion.objects.filter(question=OuterRef("pk")).order_by().values("question")
    rows = questions.select_related("newest", "subject", "topic").prefetch_related("tags")
    return rows.annotate(test_count=Coalesce(Subquery(placed.annotate(count=Count("*")).values("count")), 0))


def rows_of(questions: Any) -> list[Row]:
    return [_row(one) for one in questions]


def _row(one: Any) -> Row:
    body = one.newest.body if one.newest else {}
    text = Text.from_json(body.get("text"))
    said = markup.plain(text.in_language((get_language() or "en")[:2]))
    short = said if len(said) <= MOST_WORDS else f"{said[:MOST_WORDS].rsplit(' ', 1)[0]} …"
    return Row(one, short, [tag.name for tag in one.tags.all()], one.test_count, bool(text.hi))


# --- One question -----------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class KeyLine:
    """What is right: the letter of a choice and its text, or a text alone."""

    letter: str
    html: SafeString | str


@dataclass(frozen=True, slots=True)
class Side:
    """A version of a question in one language, with its key and solution."""

    lang: str
    name: str
    shown: showing.Shown
    solution: SafeString
    guide: SafeString
    is_missing: bool


@dataclass(frozen=True, slots=True)
class VersionLine:
    """A version in the history, with the number of tests it is in."""

    version: QuestionVersion
    tests: int


def image_address(number: str) -> str:
    """Where staff fetch an image; one whose number is none has no address."""
    try:
        return reverse("question_image", args=[number])
    except ValueError:
        return ""


def sides(content: Content, *, image_url: Callable[[str], str] = image_address) -> list[Side]:
    """The question in English and in Hindi."""
    names = {"en": "English", "hi": "हिन्दी"}
    return [_side(content, tongue, names[tongue], image_url) for tongue in LANGUAGES]


def _side(content: Content, tongue: str, name: str, image_url: Callable[[str], str]) -> Side:
    text = content.body.text
    return Side(
        lang=tongue,
        name=name,
        shown=showing.shown(content, kind=content.kind, language=tongue, image_url=image_url),
        solution=words(content.key.solution, [tongue]),
        guide=words(content.key.guide, [tongue]),
        is_missing=not (text.hi if tongue == "hi" else text.en).strip(),
    )


def key_lines(content: Content) -> list[KeyLine]:
    """What is right, for who may know it."""
    shown = showing.shown(content, kind=content.kind, image_url=image_address)
    key = content.key
    match content.kind:
        case Kind.TRUE_FALSE:
            return [KeyLine("", {TRUE: _("True"), FALSE: _("False")}[one]) for one in key.right]
        case Kind.SINGLE | Kind.MULTIPLE:
            return [KeyLine(one.letter, one.html) for one in shown.options if one.id in key.right]
        case Kind.NUMERICAL:
            return [KeyLine("", f"{one.value} ± {one.tolerance}") for one in key.numbers]
        case Kind.SHORT:
            return [KeyLine("", one) for one in key.accepted]
        case Kind.MATCH:
            names = {one.id: one.letter for one in shown.columns}
            pairs = [(row.letter, [names.get(one, one) for one in key.pairs.get(row.id, ())]) for row in shown.rows]
            return [KeyLine(letter, f"→ {', '.join(columns)}") for letter, columns in pairs]
    return []


def history(question: Question) -> list[VersionLine]:
    """Its versions, newest first."""
    versions = question.versions.select_related("created_by").annotate(test_count=Count("placed", distinct=True))
    return [VersionLine(one, one.test_count) for one in versions.order_by("-number")]


def tests_with(question: Question, *, viewer: User) -> list[tuple[Test, int, bool]]:
    """The tests it is in, with the number of the version each keeps and whether the viewer may open it."""
    rows = question.placed.select_related("test", "version").order_by("-test__opens_at", "-test__pk")
    placed = list(rows[:PASSAGE_ROWS])
    open_to = Test.objects.for_user(viewer).filter(pk__in=[one.test_id for one in placed])
    numbers = set(open_to.values_list("pk", flat=True))
    return [(one.test, one.version.number, one.test_id in numbers) for one in placed]


def members_of(question: Question) -> list[Row]:
    """The questions under a passage."""
    if question.kind != Kind.PASSAGE:
        return []
    members = Question.objects.filter(passage=question, archived_at=None).order_by("pk")
    return rows_of(listed(members)[:PASSAGE_ROWS])
