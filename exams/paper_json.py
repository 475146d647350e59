"""A paper as phones get it: everything a student may see of it and nothing else, as one JSON document.

    {"test", "revision",
     "sections":  [{"uuid", "title": {"en", "hi"}, "minutes", "answers_count", "any_rule"}],
     "passages":  {uuid: {"html", "picture"}},
     "questions": {uuid: {"section", "kind", "passage", "html", "picture", "options", "rows", "columns", "unit",
                          "most_signs", "languages", "marks", "code"}},
     "pictures":  {uuid: {"src", "width", "height"}}}

Every `html` and `unit` is `{"en", "hi"}` without the languages nobody wrote; options, rows and columns are
`{"id", "html", "picture"}`; a `picture` is `{"image", "alt"}` and its bytes stand once in `pictures`, so that the page
needs nothing else when the connection is gone. `code` of a question the judge marks is what students may see of its
tests (`exams.judge.suites.student_view`). What says nothing is left out. Questions stand in the paper's own order: a
student's comes from `exams.paper_facts`. Keys are never loaded here.

The same paper always gives the same bytes: they are sealed, and compared by their digest.
"""

import base64
import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import lru_cache
from typing import Any
from uuid import UUID

from django.utils import translation
from django.utils.translation import gettext as _

from coaching.lib.errors import TooLarge
from coaching.lib.uuids import uuid_of
from exams import markup
from exams.content import FALSE, TRUE, Body, Choice, Kind, Picture, Text
from exams.judge.suites import student_views, suites_in_use
from exams.models import ExamQuestion, QuestionImage, Section, Test
from exams.scheme_words import marks_line
from exams.schemes import Rules
from exams.showing import LANGUAGES

MOST_BYTES = 16 * 1024 * 1024
"""So much a phone fetches before a test: pictures of a long paper, with room. Larger ones are not published."""
_KEPT = 4


class PaperTooLarge(TooLarge):
    """Its pictures are more than phones can fetch before a test."""

    code = "paper_too_large"


def paper_of(test: Test) -> bytes:
    """The paper as it now stands. Raises: PaperTooLarge."""
    placed = list(_placed(test))
    bodies = {one.pk: Body.from_json(one.version.body) for one in placed}
    passages = {one.passage_version.uuid: one.passage_version for one in placed if one.passage_version}
    above = {uuid: Body.from_json(version.body) for uuid, version in passages.items()}
    judged = _judged(placed)
    paper = {
        "test": str(test.uuid),
        "revision": test.paper_revision,
        "sections": [_section(one) for one in test.sections.order_by("position", "pk")],
        "passages": {str(uuid): _without_nothing(_text_and_picture(body)) for uuid, body in sorted(above.items())},
        "questions": {str(one.uuid): _question(one, bodies[one.pk], test, judged) for one in placed},
        "pictures": _pictures([*bodies.values(), *above.values()]),
    }
    written = json.dumps(paper, ensure_ascii=False, separators=(",", ":")).encode()
    if len(written) > MOST_BYTES:
        most = MOST_BYTES // 1024**2
        raise PaperTooLarge(
            _("The paper is too large: use fewer or smaller pictures, %(most)d MB fit.") % {"most": most}
        )
    return written


@lru_cache(maxsize=_KEPT)
def paper(test: UUID, revision: int) -> bytes:
    """The paper of that revision, kept by this process: a test's is asked for by all who write it.

    Raises: Test.DoesNotExist when the test has another revision by now.
    """
    return paper_of(Test.objects.select_related("scheme").get(uuid=test, paper_revision=revision))


@lru_cache(maxsize=_KEPT)
def read_paper(test: UUID, revision: int) -> dict[str, Any]:
    """The same document, read: what pages made here show one question of. Nobody may change it."""
    found: dict[str, Any] = json.loads(paper(test, revision))
    return found


def _placed(test: Test) -> Iterable[ExamQuestion]:
    named = ("version", "passage_version", "section__scheme", "question")
    hidden = ("version__key", "version__plain", "passage_version__key", "passage_version__plain")
    rows = ExamQuestion.objects.filter(test=test).select_related(*named).defer(*hidden)
    return rows.order_by("section__position", "section_id", "position", "pk")


def _section(row: Section) -> dict[str, Any]:
    said = {
        "uuid": str(row.uuid),
        "title": {"en": row.title, "hi": row.title_hi},
        "minutes": row.duration_min,
        "answers_count": row.answers_count,
        "any_rule": row.any_rule if row.answers_count else "",
    }
    return _without_nothing(said)


def _judged(placed: Sequence[ExamQuestion]) -> Mapping[int, Mapping[str, Any]]:
    """What is seen of the tests of programs, by question of the bank; no query where nothing is to be programmed."""
    ids = {one.question_id for one in placed if one.question.kind == Kind.CODING}
    suites = suites_in_use(ids) if ids else {}
    seen = student_views(list(suites.values())) if suites else {}
    return {question: seen[suite.pk] for question, suite in suites.items()}


def _question(row: ExamQuestion, body: Body, test: Test, judged: Mapping[int, Mapping[str, Any]]) -> dict[str, Any]:
    kind = Kind(row.question.kind)
    options = _true_and_false() if kind is Kind.TRUE_FALSE else _choices(body.options)
    rules = Rules.from_json((row.section.scheme or test.scheme).rules)
    said = {
        "section": str(row.section.uuid),
        "kind": kind.value,
        "passage": str(row.passage_version.uuid) if row.passage_version else "",
        **_text_and_picture(body),
        "options": options,
        "rows": _choices(body.rows),
        "columns": _choices(body.columns),
        "unit": _in_line(_html(body.unit)),
        "most_signs": body.most_signs or None,
        "languages": list(body.languages),
        "marks": marks_line(rules, kind),
        "code": judged.get(row.question_id),
    }
    return _without_nothing(said)


def _text_and_picture(body: Body) -> dict[str, Any]:
    return {"html": _html(body.text), "picture": _picture(body.picture)}


def _choices(choices: Iterable[Choice]) -> list[dict[str, Any]]:
    found = ({"id": one.id, "html": _in_line(_html(one.text)), "picture": _picture(one.picture)} for one in choices)
    return [_without_nothing(one) for one in found]


def _in_line(html: dict[str, str]) -> dict[str, str]:
    """One paragraph without its frame: it stands in a label, behind a letter."""
    only = {language: said.removeprefix("<p>").removesuffix("</p>") for language, said in html.items()}
    return {language: html[language] if "<p>" in said else said for language, said in only.items()}


def _true_and_false() -> list[dict[str, Any]]:
    said: dict[str, dict[str, str]] = {TRUE: {}, FALSE: {}}
    for language in LANGUAGES:
        with translation.override(language):
            said[TRUE][language], said[FALSE][language] = _("True"), _("False")
    return [{"id": name, "html": words} for name, words in said.items()]


def _html(text: Text) -> dict[str, str]:
    return {language: str(markup.html(said)) for language, said in (("en", text.en), ("hi", text.hi)) if said.strip()}


def _picture(picture: Picture | None) -> dict[str, Any]:
    if picture is None:
        return {}
    return {"image": picture.image, "alt": {"en": picture.alt.en, "hi": picture.alt.hi}}


def _pictures(bodies: Iterable[Body]) -> dict[str, dict[str, Any]]:
    """The bytes of every image these show, small as they are kept for this; one query."""
    named = sorted({picture.image for body in bodies for picture in body.pictures()})
    numbers = [number for one in named if (number := uuid_of(one))]
    rows = QuestionImage.objects.filter(uuid__in=numbers) if numbers else ()
    return dict(sorted(_read(rows)))


def _read(rows: Iterable[QuestionImage]) -> Iterator[tuple[str, dict[str, Any]]]:
    for row in rows:
        encoded = base64.b64encode(row.bytes_small).decode()
        source = f"data:{row.content_type};base64,{encoded}"
        yield str(row.uuid), {"src": source, "width": row.width, "height": row.height}


def images_of(test: UUID, revision: int) -> frozenset[UUID]:
    """The images this paper shows: who writes it may fetch them."""
    return frozenset(UUID(one) for one in read_paper(test, revision)["pictures"])


def _without_nothing(said: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in said.items() if value not in ("", None, [], {})}
