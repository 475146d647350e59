"""Tests made, changed, copied, archived and deleted. Publishing is `exams.tests_published`, the paper `exams.papers`.

Every change locks the test's row first.
"""

import uuid
from dataclasses import replace
from datetime import datetime
from typing import Any

from django.db import IntegrityError, transaction
from django.http import HttpRequest
from django.utils.translation import gettext as _

from accounts import activity
from accounts.models import User
from batches.models import Batch
from coaching.lib.errors import DomainError
from exams import news, paper_tests, test_details
from exams.models import BlueprintCell, CodeRules, ExamQuestion, Section, Test, TestBatch
from exams.models.tests import Release, new_seed
from exams.papers import locked_test, require_changeable
from exams.test_details import OF_PAPER, OF_WINDOW, TestDetails

TITLE_LENGTH = 160


class TestRefused(DomainError):
    """A rule stands against it; `field` names what was typed wrongly, "" for the whole."""

    __test__ = False
    code = "test_refused"

    def __init__(self, message: str, *, field: str = "") -> None:
        super().__init__(message)
        self.field = field


class TestChangedMeanwhile(DomainError):
    """Somebody else saved first. `now_is` is the test as it is now, `revision` its number."""

    __test__ = False
    code = "changed_meanwhile"

    def __init__(self, *, revision: int, now_is: TestDetails) -> None:
        super().__init__(_("Somebody else changed this test in the meantime. Nothing is saved yet: look, then save."))
        self.revision, self.now_is = revision, now_is


def make_test(
    to: TestDetails, *, actor: User, test_uuid: uuid.UUID | None = None, request: HttpRequest | None = None
) -> Test:
    """A draft; the same `test_uuid` again gives the one made with it. Raises: TestRefused."""
    number = test_uuid or uuid.uuid4()
    known = _of_actor(number, actor)
    if known:
        return known
    _require_fit(to)
    try:
        with transaction.atomic():
            test = Test(uuid=number, created_by=actor)
            test_details.put(test, to)
            test.save(force_insert=True)
            _put_batches(test, to.batches)
            activity.record("test.made", actor=actor, on=test, request=request, name=test.title)
            return test
    except IntegrityError:  # the same form, sent twice at the same moment
        twin = _of_actor(number, actor)
        if twin:
            return twin
        raise


@transaction.atomic
def change_test(
    test: Test,
    *,
    to: TestDetails,
    revision: int | None,
    actor: User,
    now: datetime,
    request: HttpRequest | None = None,
) -> list[str]:
    """Let it be as `to` says; `revision` is what the page showed, None takes `to` as it comes.

    Answers the names of what is otherwise now. Raises: TestChangedMeanwhile, TestRefused, PaperFixed.
    """
    locked = locked_test(test)
    was = test_details.of(locked)
    changed = test_details.differing(was, to)
    if not changed:
        return []
    if revision is not None and revision != locked.revision:
        raise TestChangedMeanwhile(revision=locked.revision, now_is=was)
    _require_fit(to)
    _require_allowed(locked, was, to, changed, now=now)
    test_details.put(locked, to)
    locked.revision += 1
    if not OF_PAPER.isdisjoint(changed):
        locked.paper_revision += 1
    locked.save()
    _put_batches(locked, to.batches)
    activity.record("test.changed", actor=actor, on=locked, request=request, name=locked.title, fields=changed)
    if locked.published_at:
        _tell(locked, was, changed, actor=actor, now=now)
    return changed


@transaction.atomic
def copy_test(
    test: Test, *, actor: User, test_uuid: uuid.UUID | None = None, request: HttpRequest | None = None
) -> Test:
    """A draft with the same paper and rules, without a window and with a seed of its own; twice the same number, one
    copy. Questions keep their version.
    """
    number = test_uuid or uuid.uuid4()
    source = locked_test(test)
    known = _of_actor(number, actor)
    if known:
        return known
    to = replace(
        test_details.of(source),
        title=_copied_title(source.title),
        opens_at=None,
        closes_at=None,
        access_code="",
        **_without_days(source),
    )
    to = replace(to, batches=_usable_batches(to.batches, actor))
    made = Test(uuid=number, created_by=actor, seed=new_seed())
    test_details.put(made, to)
    made.save(force_insert=True)
    _put_batches(made, to.batches)
    _copy_paper(source, made)
    activity.record("test.copied", actor=actor, on=made, request=request, name=made.title, source=str(source.uuid))
    return made


@transaction.atomic
def archive_test(test: Test, *, actor: User, now: datetime, request: HttpRequest | None = None) -> None:
    """Out of the lists; nothing is lost. Twice is once. Raises: TestRefused while it can be written."""
    locked = locked_test(test)
    if locked.archived_at:
        return
    if locked.attempts.open().exists() or (locked.published_at and locked.closes_at and locked.closes_at > now):
        raise TestRefused(_("It is not over yet. Take it back, or wait until everybody has handed in."))
    locked.archived_at = now
    locked.save(update_fields=["archived_at"])
    activity.record("test.archived", actor=actor, on=locked, request=request, name=locked.title)


@transaction.atomic
def restore_test(test: Test, *, actor: User, request: HttpRequest | None = None) -> None:
    """Out of the archive. Twice is once."""
    locked = locked_test(test)
    if locked.archived_at is None:
        return
    locked.archived_at = None
    locked.save(update_fields=["archived_at"])
    activity.record("test.restored", actor=actor, on=locked, request=request, name=locked.title)


@transaction.atomic
def delete_test(test: Test, *, actor: User, request: HttpRequest | None = None) -> None:
    """A draft nobody came in to, with its paper; its questions stay in the bank. Raises: TestRefused."""
    locked = locked_test(test)
    is_used = locked.attempts.exists() or locked.messages.exists() or paper_tests.has_marks(locked)
    if locked.published_at or is_used:
        raise TestRefused(_("Only a draft that nobody has written can be deleted. Archive it instead."))
    activity.record("test.deleted", actor=actor, on=locked, request=request, name=locked.title)
    locked.delete()


# --- Rules ------------------------------------------------------------------------------------------------------------


def _require_fit(to: TestDetails) -> None:
    """Raises: TestRefused over what can be said without the test."""
    if to.opens_at and to.closes_at and to.closes_at <= to.opens_at:
        raise TestRefused(_("A test closes after it opens."), field="closes_at")
    for name in ("results", "solutions"):
        if getattr(to, f"{name}_release") == Release.ON_DATE and not getattr(to, f"{name}_at"):
            raise TestRefused(_("Say from when they are shown."), field=f"{name}_at")


def _require_allowed(test: Test, was: TestDetails, to: TestDetails, changed: list[str], *, now: datetime) -> None:
    """Raises: TestRefused, PaperFixed over what cannot change any more."""
    if test.archived_at:
        raise TestRefused(_("The test is archived. Take it out of the archive first."))
    if not OF_PAPER.isdisjoint(changed):
        require_changeable(test, now=now)
    if "is_on_paper" in changed and (reason := paper_tests.why_way_stays(test)):
        raise TestRefused(reason, field="is_on_paper")
    is_written = test.attempts.exists() or paper_tests.has_marks(test)
    if test.attempts.exists() and "opens_at" in changed:
        raise TestRefused(_("Somebody has come in already: it opens when it was said."), field="opens_at")
    if is_written and was.batches - to.batches:
        raise TestRefused(_("Somebody has come in or has marks already: batches can only be added."), field="batches")
    if test.published_at:
        _require_announced(to, changed, now=now if not to.is_on_paper else None)


def _require_announced(to: TestDetails, changed: list[str], *, now: datetime | None) -> None:
    """`now` is None for a test on paper, whose hours may be noted afterwards."""
    if not to.batches:
        raise TestRefused(_("It is published: some batch must write it."), field="batches")
    if not (to.opens_at and to.closes_at):
        missing = "closes_at" if to.opens_at else "opens_at"
        raise TestRefused(_("It is published: it needs a time to open and one to close."), field=missing)
    if now and "closes_at" in changed and to.closes_at <= now:
        raise TestRefused(_("This time is over. To stop new beginners, switch beginning off."), field="closes_at")


def _tell(test: Test, was: TestDetails, changed: list[str], *, actor: User, now: datetime) -> None:
    """Who knew it learns the new window, and who is new that there is a test; of what is over nobody is told."""
    if test.closes_at is None or test.closes_at <= now:
        return
    if not OF_WINDOW.isdisjoint(changed):
        news.of_moving(test, actor=actor, now=now)
    elif "batches" in changed:
        new = set(test.test_batches.values_list("batch", flat=True)) - was.batches
        news.of_more_batches(test, new, actor=actor, now=now)


# --- Rows -------------------------------------------------------------------------------------------------------------


def _of_actor(number: uuid.UUID, actor: User) -> Test | None:
    return Test.objects.filter(uuid=number, created_by=actor).first()


def _put_batches(test: Test, batches: frozenset[int]) -> None:
    known = set(test.test_batches.values_list("batch_id", flat=True))
    test.test_batches.filter(batch__in=known - batches).delete()
    TestBatch.objects.bulk_create(TestBatch(test=test, batch_id=pk) for pk in sorted(batches - known))


def _usable_batches(batches: frozenset[int], actor: User) -> frozenset[int]:
    current = Batch.objects.editable_by(actor).current().filter(pk__in=batches)
    return frozenset(current.values_list("pk", flat=True))


def _copied_title(title: str) -> str:
    said = _("%(title)s, copy") % {"title": title}
    return said if len(said) <= TITLE_LENGTH else title


def _without_days(source: Test) -> dict[str, Any]:
    """A release on a day of the old test's would be wrong for the new one."""
    to: dict[str, Any] = {}
    for name in ("results", "solutions"):
        to[f"{name}_at"] = None
        if getattr(source, f"{name}_release") == Release.ON_DATE:
            to[f"{name}_release"] = Release.BY_HAND
    return to


def _copy_paper(source: Test, to: Test) -> None:
    sections = {one.pk: one for one in source.sections.all()}
    cells = list(BlueprintCell.objects.filter(section__test=source).order_by("pk"))
    placed = list(source.questions.order_by("pk"))
    for section in sections.values():
        section.pk, section.uuid, section.test = None, uuid.uuid4(), to
        section._state.adding = True
    Section.objects.bulk_create(sections.values())
    for cell in cells:
        cell.section, cell.pk = sections[cell.section_id], None
        cell._state.adding = True
    for row in placed:
        row.section, row.pk = sections[row.section_id], None
        row.uuid, row.test = uuid.uuid4(), to
        row._state.adding = True
    BlueprintCell.objects.bulk_create(cells)
    ExamQuestion.objects.bulk_create(placed)
    for rules in CodeRules.objects.filter(test=source):
        rules.pk, rules.test = None, to
        rules._state.adding = True
        rules.save()
