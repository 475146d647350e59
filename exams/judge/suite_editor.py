"""A suite written: its draft begun, tests, groups, solutions and rules changed, asked to be checked, taken back.

    suite = begin(question, actor=meera)                       # a draft: empty, or like the suite in use
    with changing(suite, seen=revision, actor=meera) as draft:  # locked, still a draft, nobody was faster
        add_test(draft, group, Written(b"2 3\\n", b"5\\n"))
    check(suite, seen=revision, actor=meera, now=now)           # to the judge

Only drafts change; what is in use is copied into the next one. Who changes says which revision he saw, so of two
people who change the same one, the second is told.
"""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.db import transaction
from django.db.models import Max
from django.http import HttpRequest
from django.utils.translation import gettext as _

from accounts import activity
from accounts.models import User
from coaching.lib.errors import DomainError
from exams.judge import queue, suites
from exams.judge.suite_checks import OPEN, problems_of, total_bytes
from exams.models import CodeGroup, CodeSolution, CodeSuite, CodeTest, Judgement, Question
from exams.papers import moved
from exams.sandbox.protocol import MOST_INPUT, MOST_INPUTS, MOST_TESTS

MOST_GROUPS, MOST_SOLUTIONS = 30, 20
MOST_POINTS = Decimal(1000)
_COPIED = (
    "style",
    "frames",
    "checker",
    "tolerance",
    "is_case_sensitive",
    "checker_language",
    "checker_source",
    "cpu_ms",
    "memory_mb",
)


class SuiteRefused(DomainError):
    """A suite cannot be like that (400); `field` names what was typed wrongly, "" for the whole."""

    code = "suite_refused"
    status = 400

    def __init__(self, message: str, *, field: str = "") -> None:
        super().__init__(message)
        self.field = field


class SuiteMoved(DomainError):
    """Somebody changed it since, or it is no draft any more: look again (409)."""

    code = "suite_moved"


@dataclass(frozen=True, slots=True)
class Written:
    """A test as it was written; `name` is for staff, `explanation` for students of a sample."""

    stdin: bytes
    answer: bytes
    points: Decimal = Decimal(1)
    name: str = ""
    explanation: str = ""


# --- A draft begins and ends ------------------------------------------------------------------------------------------


def begin(question: Question, *, actor: User, request: HttpRequest | None = None) -> CodeSuite:
    """The draft of the question: the one there is, else the next version, like the suite in use. Twice is once."""
    with transaction.atomic():
        Question.objects.select_for_update(of=("self",)).get(pk=question.pk)
        known = current_of(question)
        if known and known.state != CodeSuite.State.READY:
            return known
        draft = CodeSuite(question=question, number=known.number + 1 if known else 1, created_by=actor)
        for name in _COPIED if known else ():
            setattr(draft, name, getattr(known, name))
        draft.save()
        if known:
            _copy(known, draft)
        else:
            CodeGroup.objects.create(suite=draft, position=1, title=_("Samples"), is_sample=True)
            CodeGroup.objects.create(suite=draft, position=2, title=_("Hidden tests"))
        _record(draft, "begun", actor, request)
    return draft


def current_of(question: Question) -> CodeSuite | None:
    """The one that is worked on or, when none is, the one in use. One query."""
    return CodeSuite.objects.filter(question=question).order_by("-number").first()


def drop(suite: CodeSuite, *, seen: int, actor: User, request: HttpRequest | None = None) -> None:
    """The draft away for good; what is in use stays. Raises: SuiteMoved."""
    with transaction.atomic():
        draft = _locked(suite, seen)
        Judgement.objects.filter(suite=draft, solution__suite=draft).delete()
        _record(draft, "dropped", actor, request)
        draft.delete()


@contextmanager
def changing(suite: CodeSuite, *, seen: int, actor: User, request: HttpRequest | None = None) -> Iterator[CodeSuite]:
    """Around each change: the draft locked, a new revision after it. Raises: SuiteMoved, SuiteRefused."""
    with transaction.atomic():
        draft = _locked(suite, seen)
        yield draft
        _require_room(draft)
        draft.revision += 1
        draft.save()
        _record(draft, "changed", actor, request)
    suite.revision = draft.revision


def check(suite: CodeSuite, *, seen: int, actor: User, now: datetime, request: HttpRequest | None = None) -> None:
    """Let the judge run its solutions; `suites.decide` says what comes of it. Raises: SuiteMoved, SuiteRefused."""
    with transaction.atomic():
        draft = _locked(suite, seen)
        found = problems_of(draft)
        if found:
            raise SuiteRefused(" ".join(one.words for one in found))
        draft.state, draft.revision = CodeSuite.State.CHECKING, draft.revision + 1
        draft.save(update_fields=["state", "revision"])
        queue.ask_for_solutions(draft, now=now)
        _record(draft, "checked", actor, request)
    suite.state, suite.revision = draft.state, draft.revision


def take_back(suite: CodeSuite, *, actor: User, now: datetime, request: HttpRequest | None = None) -> bool:
    """A draft again, whatever the judge is at; whether it was being checked."""
    with transaction.atomic():
        judged = Judgement.objects.filter(solution__suite=suite, state__in=OPEN).order_by("pk")
        list(judged.select_for_update(of=("self",)).values_list("pk", flat=True))  # before the suite, as workers do
        locked = CodeSuite.objects.select_for_update(of=("self",)).get(pk=suite.pk)
        if locked.state != CodeSuite.State.CHECKING:
            return False
        queue.cancel(judged, now=now)
        locked.state, locked.revision = CodeSuite.State.DRAFT, locked.revision + 1
        locked.save(update_fields=["state", "revision"])
        _record(locked, "taken back", actor, request)
    return True


# --- Groups and tests: within `changing` ------------------------------------------------------------------------------


def add_group(draft: CodeSuite, *, title: str, is_sample: bool, rule: str) -> CodeGroup:
    """At the end, samples behind the samples. Raises: SuiteRefused."""
    groups = list(draft.groups.order_by("position", "pk"))
    if len(groups) >= MOST_GROUPS:
        raise SuiteRefused(_("A question has %(most)d groups of tests at most.") % {"most": MOST_GROUPS})
    made = CodeGroup.objects.create(suite=draft, position=len(groups) + 1, title=title, is_sample=is_sample, rule=rule)
    arrange(draft)
    return made


def change_group(
    group: CodeGroup, *, title: str, is_sample: bool, rule: str, points_each: Decimal | None = None
) -> None:
    """`points_each` gives all its tests these points; None leaves them."""
    group.title, group.is_sample, group.rule = title, is_sample, rule
    group.save()
    if points_each is not None:
        group.tests.update(points=points_each)
    arrange(group.suite)


def remove_group(group: CodeGroup) -> None:
    """With its tests."""
    suite = group.suite
    group.delete()
    arrange(suite)


def move_group(group: CodeGroup, *, to: int) -> None:
    """To the place `to` (0 is the first); samples stay before the others."""
    groups = list(group.suite.groups.order_by("position", "pk"))
    _number(moved(groups, group, to=to))
    arrange(group.suite)


def add_test(draft: CodeSuite, group: CodeGroup, written: Written) -> CodeTest:
    """At the end of the group. Raises: SuiteRefused."""
    test = CodeTest(suite=draft, group=group, position=_last(draft) + 1)
    _write(test, written)
    arrange(draft)
    return test


def change_test(test: CodeTest, group: CodeGroup, written: Written) -> CodeTest:
    """Another input or output makes a new row in its place, so that no result of the judge is taken for its own."""
    before = (test.stdin_id, test.answer_id)
    if test.group_id != group.pk:
        test.group, test.position = group, _last(test.suite) + 1
    _write(test, written, saves=False)
    if (test.stdin_id, test.answer_id) != before:
        CodeTest.objects.filter(pk=test.pk).delete()
        test.pk = None
        test._state.adding = True
    test.save()
    arrange(test.suite)
    return test


def remove_test(test: CodeTest) -> None:
    suite = test.suite
    test.delete()
    arrange(suite)


def move_test(test: CodeTest, *, to: int) -> None:
    """Within its group to the place `to` (0 is the first)."""
    tests = list(test.group.tests.order_by("position", "pk"))
    _number(moved(tests, test, to=to))
    arrange(test.suite)


def arrange(suite: CodeSuite) -> None:
    """Groups and tests numbered from 1, samples first: the numbers people see. Two queries, and two when it changes."""
    groups = sorted(suite.groups.order_by("position", "pk"), key=lambda one: not one.is_sample)
    place = {one.pk: at for at, one in enumerate(groups)}
    tests = sorted(suite.tests.order_by("position", "pk"), key=lambda one: place[one.group_id])
    _number(groups)
    _number(tests)


def remove_all_tests(draft: CodeSuite) -> None:
    """With their groups, to be written anew."""
    draft.groups.all().delete()


def take_in(draft: CodeSuite, groups: Mapping[str, tuple[bool, str, list[Written]]]) -> None:
    """Groups with their tests by title, behind those there are; of a title that is there, into that group.

    Raises: SuiteRefused.
    """
    written = [one for _is_sample, _rule, tests in groups.values() for one in tests]
    data = suites.keep_many([*(one.stdin for one in written), *(one.answer for one in written)])
    kept = iter(zip(data[: len(written)], data[len(written) :], strict=True))
    known = {one.title: one for one in draft.groups.all()}
    at, rows = _last(draft), []
    for title, (is_sample, rule, tests) in groups.items():
        group = known.get(title) or add_group(draft, title=title, is_sample=is_sample, rule=rule)
        if group.is_sample != is_sample:
            raise mixed(title)
        for one in tests:
            stdin, answer = next(kept)
            values = {"points": one.points, "name": one.name, "explanation": one.explanation}
            at += 1
            rows.append(CodeTest(suite=draft, group=group, position=at, stdin_id=stdin, answer_id=answer, **values))
    CodeTest.objects.bulk_create(rows)
    arrange(draft)


def mixed(title: str) -> SuiteRefused:
    """What is hidden would become a sample, or the other way round."""
    words = _("“%(title)s” is a group of samples and one of hidden tests. Give one of them another title.")
    return SuiteRefused(words % {"title": title})


# --- Solutions: within `changing` -------------------------------------------------------------------------------------


def put_solution(
    draft: CodeSuite, solution: CodeSolution | None, *, actor: User, to: Mapping[str, Any]
) -> CodeSolution:
    """A new one, or this one as `to` says. Another program forgets what the judge said of it. Raises: SuiteRefused."""
    others = draft.solutions.exclude(pk=solution.pk) if solution else draft.solutions.all()
    if others.filter(name=to["name"]).exists():
        raise SuiteRefused(_("There is a solution of this name already."), field="name")
    if solution is None and others.count() >= MOST_SOLUTIONS:
        raise SuiteRefused(_("A question has %(most)d solutions at most.") % {"most": MOST_SOLUTIONS})
    row = solution or CodeSolution(suite=draft, created_by=actor)
    is_another = (row.language, row.source) != (to["language"], to["source"])
    for name, value in to.items():
        setattr(row, name, value)
    row.save()
    if solution and is_another:
        Judgement.objects.filter(solution=row).delete()
    return row


def remove_solution(solution: CodeSolution) -> None:
    """With what the judge said of it."""
    Judgement.objects.filter(solution=solution).delete()
    solution.delete()


def forget_results(draft: CodeSuite) -> None:
    """Another checker or other frames: what the judge said before does not hold for them."""
    Judgement.objects.filter(suite=draft, solution__suite=draft).delete()


# --- Parts ------------------------------------------------------------------------------------------------------------


def _locked(suite: CodeSuite, seen: int) -> CodeSuite:
    """Raises: SuiteMoved."""
    locked = CodeSuite.objects.select_for_update(of=("self",)).filter(pk=suite.pk).first()
    if locked is None:
        raise SuiteMoved(_("Somebody discarded this draft meanwhile."))
    if locked.state == CodeSuite.State.CHECKING:
        raise SuiteMoved(_("It is being checked. Take it back first, or wait until the judge is done."))
    if locked.state == CodeSuite.State.READY:
        raise SuiteMoved(_("These tests are in use and stay as they are. Begin a new version to change them."))
    if locked.revision != seen:
        raise SuiteMoved(_("Somebody else changed these tests meanwhile. Look at them, then save again."))
    locked.question = suite.question
    return locked


def _require_room(draft: CodeSuite) -> None:
    if draft.tests.count() > MOST_TESTS:
        raise SuiteRefused(_("A question has %(most)d tests at most.") % {"most": MOST_TESTS})
    if total_bytes(draft) > MOST_INPUTS:
        raise SuiteRefused(_("All tests together are too large: 64 MB are the most."))


def _write(test: CodeTest, written: Written, *, saves: bool = True) -> None:
    if max(len(written.stdin), len(written.answer)) > MOST_INPUT:
        raise SuiteRefused(_("An input or output has 8 MB at most."))
    test.stdin_id, test.answer_id = suites.keep_many([written.stdin, written.answer])
    test.points, test.name, test.explanation = written.points, written.name, written.explanation
    if saves:
        test.save()


def _last(suite: CodeSuite) -> int:
    return suite.tests.aggregate(last=Max("position"))["last"] or 0


def _number(rows: list[Any]) -> None:
    """Positions from 1 in this order; one query when any is another."""
    changed = []
    for place, one in enumerate(rows, start=1):
        if one.position != place:
            one.position = place
            changed.append(one)
    if changed:
        type(changed[0]).objects.bulk_update(changed, ["position"], batch_size=200)


def _copy(source: CodeSuite, draft: CodeSuite) -> None:
    """Groups, tests (of the same bytes) and solutions; what the judge said stays with the old ones."""
    groups = {}
    for group in source.groups.order_by("position", "pk"):
        groups[group.pk] = CodeGroup.objects.create(
            suite=draft, position=group.position, title=group.title, is_sample=group.is_sample, rule=group.rule
        )
    names = ("position", "name", "points", "stdin_id", "answer_id", "explanation")
    CodeTest.objects.bulk_create(
        CodeTest(suite=draft, group=groups[one.group_id], **{name: getattr(one, name) for name in names})
        for one in source.tests.order_by("position", "pk")
    )
    names = ("name", "language", "source", "expects", "note", "created_by_id")
    CodeSolution.objects.bulk_create(
        CodeSolution(suite=draft, **{name: getattr(one, name) for name in names})
        for one in source.solutions.order_by("pk")
    )


def _record(suite: CodeSuite, verb: str, actor: User, request: HttpRequest | None) -> None:
    said: dict[str, Any] = {"name": str(suite.question), "version": suite.number, "verb": verb}
    activity.record("bank.tests_changed", actor=actor, on=suite.question, request=request, **said)
