"""Imports of questions: all of a file or nothing, once, and taken back whole while nothing uses them.

A question remembers the file it came from by its `source`: the file's mark and the line. Two imports into one
subject never run at the same time, so a double click, two teachers with the same file or a lost answer find what the
first one wrote.
"""

from collections.abc import Iterable

from django.db import transaction
from django.db.models import OuterRef, QuerySet, Subquery, Value
from django.db.models.functions import Concat, Substr
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts import activity
from accounts.models import User
from batches.models import Subject
from coaching.lib.errors import DomainError
from coaching.lib.pictures import NotAPicture
from coaching.lib.text import one_line
from exams import bank, images
from exams.content import Content, Kind
from exams.models import ExamQuestion, Question, QuestionVersion, Tag, Topic
from exams.question_file_plans import AT_A_TIME, Plan, Row, is_current
from exams.topics import topic_named

_DONE, _UNDONE = "file", "undone"


class ImportRefused(DomainError):
    """This import cannot be carried out. The message says why; nothing was written."""

    code = "question_import_refused"


class PlanOutdated(ImportRefused):
    """The bank changed since the plan was made, so the questions would meet another fate now."""

    code = "plan_outdated"


def imported(mark: str) -> QuerySet[Question]:
    """The questions a file brought, in its order, unless they were taken back."""
    return Question.objects.filter(source__startswith=f"{_DONE} {mark} ").order_by("pk")


def taken_back(mark: str) -> QuerySet[Question]:
    return Question.objects.filter(source__startswith=f"{_UNDONE} {mark} ").order_by("pk")


def apply_file(plan: Plan, *, leaves_out: bool, actor: User, request: HttpRequest | None = None) -> int:
    """Write what the plan adds, all or nothing; how many questions. The same file once more writes nothing.

    A question that does not fit stops it unless such are left out. Raises: PlanOutdated, ImportRefused.
    """
    mark = plan.source.mark
    if plan.bad_count and not leaves_out:
        raise ImportRefused(_("There are questions that do not fit. Correct the file, or choose to leave them out."))
    if already := imported(mark).count():
        return already
    if not plan.added:
        raise ImportRefused(_("There is no question to add."))
    pictures = _pictures(plan.added, actor=actor)  # outside: to make pictures anew takes long, and once is enough
    with transaction.atomic():
        _one_at_a_time({row.subject.pk for row in plan.added if row.subject})
        if already := imported(mark).count():
            return already
        if not is_current(plan):  # not the whole plan: on SQLite nobody else writes meanwhile
            raise PlanOutdated(_("The bank changed in the meantime. Look at the questions again."))
        _write(plan, pictures, actor=actor)
        count = len(plan.added)
        name = plan.source.file_name
        activity.record("bank.imported", actor=actor, request=request, name=name, mark=mark, added=count)
    return count


def undo_file(mark: str, *, actor: User, request: HttpRequest | None = None) -> int:
    """Put all questions of an import into the archive, and let the file come again; how many.

    Versions are never deleted, so the questions stay where nobody is offered them. Raises: ImportRefused.
    """
    with transaction.atomic():
        rows = imported(mark)
        _one_at_a_time(set(rows.values_list("subject", flat=True)))
        if not list(rows.select_for_update(no_key=True).values_list("pk")):  # whoever places one of them holds it
            raise ImportRefused(_("This import was taken back already."))
        if is_used(mark):
            raise ImportRefused(_("A test or a passage uses questions of this import by now, so it stays."))
        count = rows.update(
            archived_at=timezone.now(), source=Concat(Value(f"{_UNDONE} "), Substr("source", len(_DONE) + 2))
        )
        activity.record("bank.import_undone", actor=actor, request=request, mark=mark, removed=count)
    return count


def is_used(mark: str) -> bool:
    """Whether a test has one of its questions, or a question written since belongs to one of its passages."""
    own = imported(mark).values("pk")
    later = Question.objects.filter(passage__in=own).exclude(pk__in=own)
    return ExamQuestion.objects.filter(question__in=own).exists() or later.exists()


# --- How --------------------------------------------------------------------------------------------------------------


def _one_at_a_time(subjects: set[int]) -> None:
    """Of imports into the same subjects one runs, in the same order everywhere; who writes questions is not held up."""
    list(Subject.objects.select_for_update(no_key=True).filter(pk__in=subjects).order_by("pk").values_list("pk"))


def _pictures(rows: Iterable[Row], *, actor: User) -> dict[str, str]:
    """Every picture taken into the bank: its number by the file's name for it. Raises: ImportRefused."""
    kept: dict[str, str] = {}
    for row in rows:
        for name, content in row.item.images.items():
            if name in kept:
                continue
            try:
                kept[name] = str(images.take_image(content, name=f"{name}.img", actor=actor).uuid)
            except NotAPicture as error:
                raise ImportRefused(_("Line %(line)s: %(why)s") % {"line": row.line, "why": error.message}) from error
    return kept


def _write(plan: Plan, pictures: dict[str, str], *, actor: User) -> None:
    topics = _topics(plan.added)
    passages = [row for row in plan.added if row.content.kind is Kind.PASSAGE]
    others = [row for row in plan.added if row.content.kind is not Kind.PASSAGE]
    made = _keep(passages, {}, plan, topics, actor=actor)
    above = {row.item.passage_ref: one for row, one in made if row.item.passage_ref}
    above |= _there_already(plan)
    made += _keep(others, above, plan, topics, actor=actor)
    versions = [
        QuestionVersion(question=question, number=1, plain=row.plain, created_by=actor, **_said(row.content, pictures))
        for row, question in made
    ]
    QuestionVersion.objects.bulk_create(versions, batch_size=AT_A_TIME)
    first = QuestionVersion.objects.filter(question=OuterRef("pk"), number=1).values("pk")[:1]
    imported(plan.source.mark).update(newest=Subquery(first))
    _tag(made)


def _topics(rows: Iterable[Row]) -> dict[tuple[int, str], Topic]:
    named = {(row.subject.pk, row.topic): row.subject for row in rows if row.subject and row.topic}
    return {place: topic_named(subject, place[1]) for place, subject in named.items()}


def _there_already(plan: Plan) -> dict[str, Question]:
    """Passages of the file that are in the bank: what belongs to them joins those."""
    twins = {row.item.passage_ref: row.twin for row in plan.skipped if row.item.passage_ref and row.twin}
    found = Question.objects.in_bulk([pk for pk in twins.values() if pk])
    return {name: found[pk] for name, pk in twins.items() if pk in found and found[pk].kind == Kind.PASSAGE}


def _keep(
    rows: list[Row],
    above: dict[str, Question],
    plan: Plan,
    topics: dict[tuple[int, str], Topic],
    *,
    actor: User,
) -> list[tuple[Row, Question]]:
    questions = [
        Question(
            kind=row.content.kind.value,
            subject=row.subject,
            topic=topics.get((row.subject.pk if row.subject else 0, row.topic)),
            difficulty=row.difficulty,
            passage=above.get(row.item.passage_ref) if row.item.passage_ref else None,
            source=f"{_DONE} {plan.source.mark} {row.line}",
            created_by=actor,
        )
        for row in rows
    ]
    Question.objects.bulk_create(questions, batch_size=AT_A_TIME)
    return list(zip(rows, questions, strict=True))


def _said(content: Content, pictures: dict[str, str]) -> dict[str, object]:
    def numbered(found: object) -> object:
        if isinstance(found, dict):
            return {
                name: pictures.get(str(value), value) if name == "image" else numbered(value)
                for name, value in found.items()
            }
        return [numbered(one) for one in found] if isinstance(found, list) else found

    return {"body": numbered(content.body.to_json()), "key": content.key.to_json()}


def _tag(made: list[tuple[Row, Question]]) -> None:
    wanted = {question.pk: _tags_of(row) for row, question in made}
    names = sorted({name for some in wanted.values() for name in some})
    Tag.objects.bulk_create([Tag(name=name) for name in names], ignore_conflicts=True, batch_size=AT_A_TIME)
    known: dict[str, int] = {}
    for start in range(0, len(names), AT_A_TIME):
        known |= dict(Tag.objects.filter(name__in=names[start : start + AT_A_TIME]).values_list("name", "pk"))
    through = Question.tags.through
    links = [through(question_id=pk, tag_id=known[name]) for pk, some in wanted.items() for name in some]
    through.objects.bulk_create(links, batch_size=AT_A_TIME)


def _tags_of(row: Row) -> list[str]:
    kept = (one_line(name, at_most=bank.MOST_TAG).lower()[: bank.MOST_TAG] for name in row.item.tags)
    return sorted({name for name in kept if name})[: bank.MOST_TAGS]
