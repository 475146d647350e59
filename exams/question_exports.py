"""Questions of the bank as a file: a table, GIFT or Moodle XML, and what each cannot carry."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.text import Truncator
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts import activity
from accounts.models import User
from coaching.lib.errors import DomainError
from exams.content import Kind
from exams.formats import MAX_QUESTIONS, Item, csv_file, gift, moodle_xml
from exams.formats.carried import Format, lost
from exams.models import Question, QuestionImage, QuestionVersion
from exams.question_file_words import LOST

FORMATS = {
    Format.XML: (moodle_xml.write, "xml", "application/xml"),
    Format.CSV: (csv_file.write, "csv", "text/csv; charset=utf-8"),
    Format.GIFT: (gift.write, "txt", "text/plain; charset=utf-8"),
}
_NAME_SIGNS = 60


class TooMany(DomainError):
    """More questions than a file is made of at once."""

    code = "too_many_questions"


NAMES = {
    Format.XML: (
        gettext_lazy("Moodle XML"),
        gettext_lazy(
            "For Moodle and other systems, with images inside. Formulas between dollar signs need a TeX filter."
        ),
        gettext_lazy("Export Moodle XML"),
    ),
    Format.CSV: (
        gettext_lazy("CSV table"),
        gettext_lazy("For a spreadsheet, one question in each row; can be imported again."),
        gettext_lazy("Export CSV"),
    ),
    Format.GIFT: (
        gettext_lazy("GIFT"),
        gettext_lazy("Plain text for Moodle and other systems, in one language."),
        gettext_lazy("Export GIFT"),
    ),
}


@dataclass(frozen=True, slots=True)
class Loss:
    """What does not go into a file: of how many questions, in words."""

    count: int
    words: str


@dataclass(frozen=True, slots=True)
class Offered:
    """A format on the page: its name, what it is good for, and what stays behind."""

    format: str
    name: str
    words: str
    button: str
    losses: list[Loss]


def items_of(questions: QuerySet[Question]) -> list[Item]:
    """The questions, with the passages of those that belong to one, oldest first. Raises: TooMany."""
    asked = list(questions.order_by("pk").values_list("pk", "passage")[: MAX_QUESTIONS + 1])
    if len(asked) > MAX_QUESTIONS:
        raise TooMany(
            _("A file holds at most %(most)s questions. Choose a subject or topic first.") % {"most": "5,000"}
        )
    passages = {passage for _pk, passage in asked if passage}
    wanted = {pk for pk, _passage in asked} | passages
    rows = Question.objects.filter(pk__in=wanted).select_related("newest", "subject", "topic").prefetch_related("tags")
    return [_item(one, one.newest) for one in rows.order_by("pk") if one.newest]


def offered(items: Iterable[Item]) -> list[Offered]:
    """The formats, each with what it cannot carry of these questions, the most frequent first."""
    counted: dict[Format, Counter[str]] = {into: Counter() for into in Format}
    for item in items:
        for into, counter in counted.items():
            counter.update(lost(item, into))
    return [
        Offered(
            format=into.value,
            name=str(NAMES[into][0]),
            words=str(NAMES[into][1]),
            button=str(NAMES[into][2]),
            losses=[Loss(count, str(LOST[code])) for code, count in counted[into].most_common()],
        )
        for into in FORMATS
    ]


def file_of(
    questions: QuerySet[Question], into: Format, *, actor: User, request: HttpRequest | None = None
) -> tuple[bytes, str, str]:
    """The file's bytes, ending and content type. Raises: TooMany."""
    items = items_of(questions)
    write, ending, content_type = FORMATS[into]
    if into is Format.XML:
        items = _with_images(items)
    activity.record("bank.exported", actor=actor, request=request, count=len(items), format=into.value)
    return write(items), ending, content_type


def _item(row: Question, version: QuestionVersion) -> Item:
    version.question = row
    passage = row.pk if row.kind == Kind.PASSAGE else row.passage_id
    return Item(
        line=row.pk,
        content=version.content,
        subject=row.subject.name,
        path=tuple(row.topic.name.split(" / ")) if row.topic else (),
        difficulty=row.difficulty,
        tags=tuple(tag.name for tag in row.tags.all()),
        name=f"{row.pk} · {Truncator(version.plain).chars(_NAME_SIGNS)}",
        passage_ref=f"p{passage}" if passage else "",
    )


def _with_images(items: list[Item]) -> list[Item]:
    named = {picture.image for item in items for picture in item.content.body.pictures()}
    held = _bytes_of(named)
    return [
        replace(item, images={one.image: held[one.image] for one in item.content.body.pictures() if one.image in held})
        for item in items
    ]


def _bytes_of(named: set[str]) -> Mapping[str, bytes]:
    rows = QuestionImage.objects.filter(uuid__in=named).values_list("uuid", "bytes_small")
    return {str(number): bytes(content) for number, content in rows}
