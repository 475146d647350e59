"""The question bank: questions written, changed in versions, put in their places, archived.

    question = write_question(content, subject=physics, difficulty="HARD", actor=meera)
    version = change_question(question, content=better, seen=1, note="Hindi", actor=imran)

A version is never changed: tests keep the one they were made with. Who changes says which version he saw, so of two
people who change the same one, the second is told; the numbers of versions are unique in the database besides.
"""

import json
import uuid
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from django.db import transaction
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts import activity
from accounts.models import User
from batches.models import Subject
from coaching.lib.errors import DomainError
from coaching.lib.text import composed, one_line
from exams import markup
from exams.content import Body, Content, Key, Kind, Text
from exams.content_checks import Problem, problems
from exams.content_words import words
from exams.models import Question, QuestionImage, QuestionVersion, Tag, Topic

MOST_TAGS, MOST_TAG = 12, 40
MOST_PLAIN = 20_000


class Unfit(DomainError):
    """The question cannot be asked like that (400); `problems` say why, each at its field."""

    code = "unfit"
    status = 400

    def __init__(self, found: Sequence[Problem]) -> None:
        super().__init__(" ".join(dict.fromkeys(words(one) for one in found)))
        self.problems = tuple(found)


class WrongPlace(DomainError):
    """Subject, topic and passage do not go together (400)."""

    code = "wrong_place"
    status = 400


class ChangedMeanwhile(DomainError):
    """Somebody made a newer version since; it is `newest`, and nothing was saved."""

    code = "changed_meanwhile"

    def __init__(self, newest: QuestionVersion, message: str) -> None:
        super().__init__(message)
        self.newest = newest


def write_question(
    content: Content,
    *,
    subject: Subject,
    topic: Topic | None = None,
    difficulty: str,
    tags: Iterable[str] = (),
    passage: Question | None = None,
    note: str = "",
    source: str = "",
    number: uuid.UUID | None = None,
    actor: User | None,
    request: HttpRequest | None = None,
) -> Question:
    """A new question with its first version. `number` is the uuid its form carries: sent twice, it is written once.

    Raises: Unfit, WrongPlace.
    """
    content = storable(content)
    require_fit(content)
    _require_place(subject, topic, content.kind, passage)
    public_id = _number_for(content, number) if number else uuid.uuid4()
    values: dict[str, Any] = {"kind": content.kind.value, "subject": subject, "topic": topic, "difficulty": difficulty}
    values |= {"passage": passage, "source": source, "created_by": actor}
    with transaction.atomic():
        question, is_new = Question.objects.get_or_create(uuid=public_id, defaults=values)
        if is_new:
            _keep(question, content, number=1, note=note, actor=actor)
            question.tags.set(tags_named(tags))
            activity.record("bank.made", actor=actor, on=question, request=request, name=str(question))
    return question


def change_question(
    question: Question,
    *,
    content: Content,
    seen: int,
    note: str,
    actor: User | None,
    request: HttpRequest | None = None,
) -> QuestionVersion:
    """The newest version that says this: a new one, unless the newest does already.

    `seen` is the number of the version the person had before him. Raises: Unfit, ChangedMeanwhile.
    """
    content = storable(content)
    require_fit(content)
    with transaction.atomic():
        locked = Question.objects.select_for_update().get(pk=question.pk)
        newest = locked.versions.select_related("created_by").first()
        if newest is None:
            raise RuntimeError(f"Question {question.pk} has no version")
        if content.kind != locked.kind:
            raise WrongPlace(_("A question stays of its kind. Write a new one."))
        if (newest.body, newest.key) == (content.body.to_json(), content.key.to_json()):
            return newest
        if newest.number != seen:
            raise ChangedMeanwhile(newest, _changed_words(newest))
        version = _keep(locked, content, number=newest.number + 1, note=note, actor=actor)
        activity.record(
            "bank.changed", actor=actor, on=locked, request=request, name=str(locked), version=version.number
        )
    question.newest = version
    return version


def place_question(
    question: Question,
    *,
    subject: Subject,
    topic: Topic | None,
    difficulty: str,
    tags: Iterable[str],
    actor: User | None,
    request: HttpRequest | None = None,
) -> bool:
    """Put it under a subject and topic, with a difficulty and tags; whether that changed anything. No new version.

    Raises: WrongPlace.
    """
    with transaction.atomic():
        locked = Question.objects.select_for_update().get(pk=question.pk)
        _require_place(subject, topic, Kind(locked.kind), locked.passage)
        wanted = _Place(subject.pk, topic.pk if topic else None, difficulty, tuple(tags_named(tags)))
        is_new = wanted != _place_of(locked)
        if is_new:
            locked.subject, locked.topic, locked.difficulty = subject, topic, difficulty
            locked.save(update_fields=["subject", "topic", "difficulty"])
            locked.tags.set(wanted.tags)
            activity.record("bank.placed", actor=actor, on=locked, request=request, name=str(locked))
    question.refresh_from_db(fields=["subject", "topic", "difficulty"])
    return is_new


def archive_question(question: Question, *, actor: User, request: HttpRequest | None = None) -> None:
    """Offer it for no more tests; those it is in keep it. Archived already: nothing."""
    _put_away(question, is_away=True, event="bank.archived", actor=actor, request=request)


def restore_question(question: Question, *, actor: User, request: HttpRequest | None = None) -> None:
    """Offer it again. Not archived: nothing."""
    _put_away(question, is_away=False, event="bank.restored", actor=actor, request=request)


def require_fit(content: Content) -> None:
    """Raises: Unfit when something keeps the question from being asked, an image that is not there included."""
    found = problems(content)
    named = {one.image for one in content.body.pictures()}
    if named and QuestionImage.objects.filter(uuid__in=_uuids(named)).count() != len(named):
        found.append(Problem("text", "no_image"))
    if found:
        raise Unfit(found)


def storable(content: Content) -> Content:
    """The question in letters every database keeps: composed, without NUL, halves of characters or carriage returns."""
    body, key = _storable(content.body.to_json()), _storable(content.key.to_json())
    return Content(content.kind, Body.from_json(body), Key.from_json(key))


def tags_named(names: Iterable[str]) -> list[Tag]:
    """Tags of these names in small letters, each once and in order, made where there are none. In a transaction."""
    kept = (one_line(name, at_most=MOST_TAG).lower()[:MOST_TAG] for name in names)
    wanted = sorted({name for name in kept if name})[:MOST_TAGS]
    Tag.objects.bulk_create([Tag(name=name) for name in wanted], ignore_conflicts=True)
    return list(Tag.objects.filter(name__in=wanted))


def plain_words(content: Content) -> str:
    """What a question says in both languages, without markup: its text, and what can be chosen."""
    body = content.body
    texts: list[Text] = [body.text, *(one.text for one in (*body.options, *body.rows, *body.columns))]
    said = (markup.plain(one) for text in texts for one in (text.en, text.hi) if one.strip())
    return " ".join(dict.fromkeys(one for one in said if one))[:MOST_PLAIN]


# --- How --------------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Place:
    subject: int
    topic: int | None
    difficulty: str
    tags: tuple[Tag, ...]


def _place_of(question: Question) -> _Place:
    return _Place(question.subject_id, question.topic_id, question.difficulty, tuple(question.tags.all()))


def _keep(question: Question, content: Content, *, number: int, note: str, actor: User | None) -> QuestionVersion:
    version = QuestionVersion.objects.create(
        question=question,
        number=number,
        body=content.body.to_json(),
        key=content.key.to_json(),
        plain=plain_words(content),
        note=one_line(note, at_most=200),
        created_by=actor,
    )
    question.newest = version
    question.save(update_fields=["newest"])
    return version


def _storable(found: Any) -> Any:
    if isinstance(found, str):
        kept = found.replace("\r\n", "\n").replace("\r", "\n").replace("\0", "")
        return composed(kept.encode("utf-8", "replace").decode())
    if isinstance(found, dict):
        return {name: _storable(value) for name, value in found.items()}
    return [_storable(one) for one in found] if isinstance(found, list) else found


def _number_for(content: Content, number: uuid.UUID) -> uuid.UUID:
    """The form's number; another one for other words, when somebody went back to the form and wrote anew."""
    first = QuestionVersion.objects.filter(question__uuid=number, number=1).values_list("body", "key").first()
    said = (content.body.to_json(), content.key.to_json())
    return number if first in (None, said) else uuid.uuid5(number, json.dumps(said, sort_keys=True))


def _changed_words(newest: QuestionVersion) -> str:
    said = _("%(name)s saved version %(number)d meanwhile, so yours was not saved.")
    return said % {"name": newest.created_by or _("Somebody"), "number": newest.number}


def _put_away(question: Question, *, is_away: bool, event: str, actor: User, request: HttpRequest | None) -> None:
    with transaction.atomic():
        rows = Question.objects.filter(pk=question.pk, archived_at__isnull=is_away)
        if rows.update(archived_at=timezone.now() if is_away else None):
            activity.record(event, actor=actor, on=question, request=request, name=str(question))
    question.refresh_from_db(fields=["archived_at"])


def _require_place(subject: Subject, topic: Topic | None, kind: Kind, passage: Question | None) -> None:
    if topic and topic.subject_id != subject.pk:
        raise WrongPlace(_("The topic belongs to another subject."))
    if passage and (kind is Kind.PASSAGE or passage.kind != Kind.PASSAGE):
        raise WrongPlace(_("Only a passage stands above questions, and none above a passage."))


def _uuids(named: Iterable[str]) -> list[uuid.UUID]:
    """Those that are numbers at all; the others are of no image."""
    found = []
    for one in named:
        try:
            found.append(uuid.UUID(one))
        except ValueError:
            continue
    return found
