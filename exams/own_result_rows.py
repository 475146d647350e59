"""Which result of a student somebody may see, and what of it; what is said where there is none to be seen yet."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import Exists, OuterRef
from django.utils.translation import gettext as _

from accounts.models import User
from batches.models import Enrolment
from coaching.lib.clock import moment_text
from exams import releases
from exams.models import Attempt, Result, Test, TestBatch
from exams.models.attempts import State
from exams.models.tests import Release, Shown
from exams.result_words import marks_words

MOST_NUMBER = 2**63 - 1
"""No row has a higher one, and no database can be asked for it."""


@dataclass(frozen=True, slots=True)
class Seen:
    """A result with what the one who looks may see of it. `is_own`: it is his; `is_staff`: he may change the test, and
    sees all of it; `is_out`: the student sees it, `has_solutions`: with keys and solutions."""

    result: Result
    is_own: bool
    is_staff: bool
    is_out: bool
    has_solutions: bool

    @property
    def shows_questions(self) -> bool:
        """Verdicts one by one tell the key, so they come with the solutions."""
        return self.is_staff or self.has_solutions


def seen_by(user: User, *, test: UUID, student: int, now: datetime) -> Seen | None:
    """The counted result of the newest version; None where there is none, or he may not see it. One query."""
    if student > MOST_NUMBER:
        return None
    same = Result.objects.filter(pk=OuterRef("pk"))
    rows = Result.objects.for_user(user, now=now).newest().filter(version__test__uuid=test, student=student)
    rows = rows.select_related("version__test__scheme", "student", "attempt", "batch")
    row: Any = rows.annotate(
        is_editable=Exists(Test.objects.editable_by(user).filter(pk=OuterRef("version__test"))),
        is_out=Exists(same.shown(now)),
        has_solutions=Exists(same.with_solutions(now)),
    ).first()
    if row is None:
        return None
    return Seen(row, row.student_id == user.pk, row.is_editable, row.is_out, row.has_solutions)


def only_child_in(test: Test, guardian: User, *, now: datetime) -> int | None:
    """The one child of somebody whose result in a test is shown; None where there is none or several. One query."""
    rows = Result.objects.shown(now).filter(version__test=test, student__guardian_links__guardian=guardian)
    found = list(rows.order_by().values_list("student", flat=True)[:2])
    return found[0] if len(found) == 1 else None


def totals(tests: Sequence[Test], students: Sequence[int], *, now: datetime) -> dict[tuple[int, int], str]:
    """What is shown of these tests to these students: "198 of 300" by test and student. One query."""
    rows = Result.objects.shown(now).filter(version__test__in=tests, student__in=students).order_by()
    found = rows.values_list("version__test", "student", "total", "most")
    return {(test, student): marks_words(total, most) for test, student, total, most in found}


# --- Where there is none to be seen -----------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Waiting:
    """Why he sees no marks of a test: the whole in a few words, and a sentence. No number of anybody's."""

    title: str
    text: str


def waiting_for(student: User, test: Test, *, now: datetime) -> Waiting:
    """What stands in the place of marks for who the test concerns. Four queries at most."""
    attempts = list(Attempt.objects.filter(test=test, student=student).order_by().values_list("state", flat=True))
    if State.WRITING in attempts:
        return Waiting(_("You are writing it"), _("Marks come after it is handed in."))
    if now < test.window[1]:
        title = _("Handed in, marks come later") if State.SUBMITTED in attempts else _("No marks yet")
        return Waiting(title, when_said(test, _batch_of(test, student), now=now))
    if State.SUBMITTED not in attempts and not test.is_on_paper:
        return Waiting(_("No marks"), _("The test is over, and nothing of yours was handed in."))
    return _after(test, _batch_of(test, student), now=now)


def _after(test: Test, batch: TestBatch | None, *, now: datetime) -> Waiting:
    """On paper who was absent has no result; of who wrote it here, one that is missing is being reckoned."""
    said = releases.said_of(batch)
    if test.is_on_paper and releases.is_out(test, said, releases.MARKS, now=now):
        words = _("Marks of this test are out, and there are none of yours. If you wrote it, ask your teacher.")
        return Waiting(_("No marks"), words)
    return Waiting(_("No marks yet"), when_said(test, batch, now=now))


def when_said(test: Test, batch: TestBatch | None, *, now: datetime) -> str:
    """When marks are shown to a batch (None: by the rule of the test), in a sentence."""
    said = releases.said_of(batch)
    at = releases.comes_at(test, said, releases.MARKS)
    if at and at > now:
        follows_close = said.results == Shown.BY_RULE and test.results_release == Release.AT_CLOSE
        words = (
            _("Marks are shown when the test closes, %(time)s.")
            if follows_close
            else _("Marks are shown from %(time)s.")
        )
        return words % {"time": moment_text(at)}
    if at:
        return _("The test is over. Answers are being marked; the marks stand here as soon as they are done.")
    if said.results == Shown.BY_RULE and test.results_release == Release.NEVER:
        return _("Marks of this test are not shown here. Ask your teacher.")
    return _("Marks are shown when a teacher releases them. You are told then.")


def solutions_said(test: Test, batch: TestBatch | None, *, now: datetime) -> str:
    """When questions, keys and solutions are shown to who sees the marks already."""
    said = releases.said_of(batch)
    at = releases.comes_at(test, said, releases.SOLUTIONS)
    if at and at > now:
        return _("Questions with keys and solutions are shown from %(time)s.") % {"time": moment_text(at)}
    if at and test.attempts.filter(state=State.WRITING).exists():
        return _("Questions with keys and solutions are shown when nobody writes this test any more.")
    if said.solutions == Shown.BY_RULE and test.solutions_release == Release.NEVER:
        return _("Questions with keys and solutions are not shown here.")
    return _("Questions with keys and solutions are shown when a teacher releases them.")


def _batch_of(test: Test, student: User) -> TestBatch | None:
    """The batch of the test he was in while it was open; of several the first."""
    stays = Enrolment.objects.not_over(test.window[0]).filter(student=student, batch=OuterRef("batch"))
    return TestBatch.objects.filter(Exists(stays.order_by()), test=test).order_by("pk").first()
