"""Questions of the bank placed in a section: in order, each in one version, what belongs to one passage together."""

from collections.abc import Callable, Iterable, Sequence
from datetime import datetime
from itertools import groupby

from django.db import transaction
from django.db.models import Max
from django.http import HttpRequest
from django.utils.translation import gettext as _

from accounts.models import User
from exams.content import Kind
from exams.models import ExamQuestion, Question, Section, Test
from exams.papers import PaperRefused, changing_paper, locked_test, moved, require_there

MOST_QUESTIONS = 300
"""Of one test. The longest papers known have 200."""
Block = list[ExamQuestion]
"""A question, or those that stand below one passage."""
Move = Callable[[list[Block]], list[Block]]


def place_questions(
    section: Section, *, questions: Iterable[Question], actor: User, now: datetime, request: HttpRequest | None = None
) -> list[ExamQuestion]:
    """At the end of the section, each in its newest version; of a passage all its questions, beside those there.

    What is in the test already stays where it is. Answers what is new. Raises: as `changing_paper`.
    """
    with transaction.atomic():
        test = locked_test(section.test)
        new = _new_ones(test, questions)
        if not new:
            return []
        with changing_paper(test, actor=actor, now=now, request=request, verb="questions placed", count=len(new)):
            return put_at_end(section, new)


def remove_question(placed: ExamQuestion, *, actor: User, now: datetime, request: HttpRequest | None = None) -> None:
    """Out of the test; it stays in the bank. Twice is once. Raises: as `changing_paper`."""
    with transaction.atomic():
        test = locked_test(placed.test)
        if not ExamQuestion.objects.filter(pk=placed.pk).exists():
            return
        with changing_paper(test, actor=actor, now=now, request=request, verb="question removed"):
            ExamQuestion.objects.filter(pk=placed.pk).delete()


def move_question(
    placed: ExamQuestion, *, to: int, actor: User, now: datetime, request: HttpRequest | None = None
) -> None:
    """Among the questions of its passage to the place `to` (0 is the first). Raises: as `changing_paper`."""

    def move(blocks: list[Block]) -> list[Block]:
        return [moved(block, placed, to=to) if placed in block else block for block in blocks]

    _arrange(placed, move, actor=actor, now=now, request=request)


def move_block(
    placed: ExamQuestion, *, to: int, actor: User, now: datetime, request: HttpRequest | None = None
) -> None:
    """With all of its passage to the place `to` (0 is the first) among single questions and passages."""

    def move(blocks: list[Block]) -> list[Block]:
        own = next(block for block in blocks if placed in block)
        return moved(blocks, own, to=to)

    _arrange(placed, move, actor=actor, now=now, request=request)


def take_newest(
    placed: ExamQuestion, *, actor: User, now: datetime, request: HttpRequest | None = None
) -> ExamQuestion:
    """The newest version of it, and of its passage for all who stand below that. Raises: as `changing_paper`."""
    with transaction.atomic():
        test = locked_test(placed.test)
        row = ExamQuestion.objects.select_related("question__passage").filter(pk=placed.pk).first()
        if row is None:
            raise PaperRefused(_("This question is not in the paper any more."))
        version, passage = row.question.newest_id, _newest_passage(row.question)
        if (row.version_id, row.passage_version_id) == (version, passage):
            return row
        with changing_paper(test, actor=actor, now=now, request=request, verb="newest version taken"):
            row.version_id, row.passage_version_id = version, passage  # type: ignore[assignment]  # placed ones have one
            row.save(update_fields=["version", "passage_version"])
            if row.question.passage_id:
                same = ExamQuestion.objects.filter(section=row.section_id, question__passage=row.question.passage_id)
                same.update(passage_version=passage)
            return row


def blocks_of(rows: Sequence[ExamQuestion]) -> list[Block]:
    """The questions of a section in their order, those of one passage together; `question` should be fetched along."""

    def together(row: ExamQuestion) -> int:
        return row.question.passage_id or -row.pk

    return [list(block) for _key, block in groupby(rows, key=together)]


def put_at_end(section: Section, questions: Sequence[Question]) -> list[ExamQuestion]:
    """For services that hold the test's lock: these rows, and the section in order again. Raises: PaperRefused."""
    _require_there(section, questions)
    _require_room(section, questions)
    _require_passages_whole(section, questions)
    last = section.questions.aggregate(last=Max("position"))["last"] or 0
    shown = dict(section.questions.exclude(passage_version=None).values_list("question__passage", "passage_version"))
    made = [
        ExamQuestion(
            test_id=section.test_id,
            section=section,
            position=min(last + place, 32_000),
            question=one,
            version_id=_version(one),
            passage_version_id=shown.get(one.passage_id) or _newest_passage(one),
        )
        for place, one in enumerate(questions, start=1)
    ]
    ExamQuestion.objects.bulk_create(made)
    _number(section, [row for block in _gathered(_rows(section)) for row in block])
    return made


# --- Parts ------------------------------------------------------------------------------------------------------------


def _new_ones(test: Test, questions: Iterable[Question]) -> list[Question]:
    """Without what is in the test already and what is archived; instead of a passage its questions."""
    wanted = list(questions)
    passages = [one.pk for one in wanted if one.kind == Kind.PASSAGE]
    members = Question.objects.current().filter(passage__in=passages).order_by("passage", "pk")
    below: dict[int | None, list[Question]] = {}
    for one in members.select_related("passage"):
        below.setdefault(one.passage_id, []).append(one)
    opened = [one for row in wanted for one in (below.get(row.pk, []) if row.kind == Kind.PASSAGE else [row])]
    there = set(test.questions.values_list("question", flat=True))
    fresh = {one.pk: one for one in opened if one.pk not in there and not one.archived_at and one.newest_id}
    return list(fresh.values())


def _require_there(section: Section, questions: Sequence[Question]) -> None:
    """The section may have been taken out, and a question archived, while the test's row was waited for. Questions are
    held until they are placed: an import of theirs that is taken back at this moment finds them used."""
    require_there(section)
    rows = Question.objects.current().select_for_update(no_key=True).filter(pk__in=[one.pk for one in questions])
    if len(rows.order_by("pk").values_list("pk")) < len(questions):
        raise PaperRefused(_("One of these questions was archived meanwhile. Look at the bank again."))


def _require_room(section: Section, questions: Sequence[Question]) -> None:
    count = ExamQuestion.objects.filter(test=section.test_id).count()
    if count + len(questions) > MOST_QUESTIONS:
        raise PaperRefused(_("A test has %(count)d questions at most.") % {"count": MOST_QUESTIONS})


def _require_passages_whole(section: Section, questions: Sequence[Question]) -> None:
    passages = {one.passage_id for one in questions if one.passage_id}
    elsewhere = ExamQuestion.objects.filter(test=section.test_id, question__passage__in=passages)
    other = elsewhere.exclude(section=section).select_related("section").first()
    if other:
        text = _("Other questions of its passage are in %(section)s. Put them into one section.")
        raise PaperRefused(text % {"section": other.section.title})


def _version(question: Question) -> int:
    if question.newest_id is None:
        raise PaperRefused(_("This question has no text yet."))
    return question.newest_id


def _newest_passage(question: Question) -> int | None:
    return question.passage.newest_id if question.passage else None


def _arrange(placed: ExamQuestion, move: Move, *, actor: User, now: datetime, request: HttpRequest | None) -> None:
    with transaction.atomic():
        test = locked_test(placed.test)
        before = _gathered(_rows(placed.section))
        if not any(placed in block for block in before):
            raise PaperRefused(_("This question is not in the paper any more."))
        after = move(before)
        if after == before:
            return
        with changing_paper(test, actor=actor, now=now, request=request, verb="question moved"):
            _number(placed.section, [row for block in after for row in block])


def _rows(section: Section) -> list[ExamQuestion]:
    return list(section.questions.select_related("question").order_by("position", "pk"))


def _gathered(rows: Sequence[ExamQuestion]) -> list[Block]:
    """As `blocks_of`, after what was put at the end has gone to the others of its passage."""
    first: dict[int, int] = {}
    for place, row in enumerate(rows):
        first.setdefault(row.question.passage_id or -row.pk, place)
    return blocks_of(sorted(rows, key=lambda row: first[row.question.passage_id or -row.pk]))


def _number(section: Section, rows: Sequence[ExamQuestion]) -> None:
    for place, row in enumerate(rows, start=1):
        row.position = place
    ExamQuestion.objects.bulk_update(rows, ["position"])
