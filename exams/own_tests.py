"""A student's own tests, and a guardian's children's: the list, and the page of one of them.

`exams.test_views` hands students and guardians here; staff have pages of their own.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.core.paginator import Page, Paginator
from django.db.models import Q, QuerySet
from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from accounts.access import SignedInRequest
from accounts.models import User
from batches.models import Enrolment
from exams.devices import Device
from exams.models import Attempt, Test
from exams.models.attempts import State
from exams.models.tests import WAITING_ROOM
from exams.own_result_rows import Waiting, totals, waiting_for
from exams.paper_outline import Outline, outline_of
from exams.room_forms import EnterForm
from exams.takeovers import is_here

PAGE_ROWS = 30
WORDS: dict[str, tuple[str, str | Promise]] = {
    "writing": ("run", gettext_lazy("You are writing it")),
    "ready": ("run", gettext_lazy("You are in the waiting room")),
    "waiting": ("due", gettext_lazy("Waiting room is open")),
    "open": ("due", gettext_lazy("Open now")),
    "stopped": ("off", gettext_lazy("Cannot be begun now")),
    "coming": ("off", gettext_lazy("To come")),
    "written": ("ok", gettext_lazy("Handed in")),
    "missed": ("off", gettext_lazy("Not written")),
    "on_paper": ("run", gettext_lazy("On paper, in the room")),
    "was_on_paper": ("off", gettext_lazy("On paper, over")),
}
"""How a test stands for one student: its tone, and the words."""
NOW = ("writing", "ready", "waiting", "open", "stopped", "on_paper")
OVER = ("written", "missed", "was_on_paper")


@dataclass(frozen=True, slots=True)
class Line:
    """A test as it stands for one student; `child` is set where a guardian looks, `result` is "198 of 300" as soon as
    it is shown."""

    test: Test
    state: str
    attempts: Sequence[Attempt]
    now: datetime
    child: User | None = None
    result: str = ""

    @property
    def tone(self) -> str:
        return WORDS[self.state][0]

    @property
    def words(self) -> str:
        return str(WORDS[self.state][1])

    @property
    def last(self) -> Attempt | None:
        return _last(self.attempts)

    @property
    def countdown(self) -> str:
        """today, tomorrow, in 5 days: until it opens."""
        days = (timezone.localdate(self.test.window[0]) - timezone.localdate(self.now)).days
        if days < 2:
            return _("tomorrow") if days == 1 else _("today")
        return ngettext("in %(count)d day", "in %(count)d days", days) % {"count": days}


def stands(test: Test, attempts: Sequence[Attempt], *, now: datetime) -> str:
    """How a test stands for who has these attempts at it, oldest first."""
    if test.is_on_paper:
        return _stands_on_paper(test, now=now)
    last = _last(attempts)
    if last and last.state == State.WRITING:
        return "writing"
    opens_at, closes_at = test.window
    may_begin = now < closes_at and (len(attempts) < test.most_attempts or _is_ready(last))
    if not may_begin:
        return "written" if last and last.state == State.SUBMITTED else "missed"
    if not test.is_active and now >= opens_at:
        return "stopped"
    if _is_ready(last):
        return "ready"
    if now >= opens_at:
        return "written" if last else "open"
    return "waiting" if now >= opens_at - WAITING_ROOM else "coming"


def _stands_on_paper(test: Test, *, now: datetime) -> str:
    opens_at, closes_at = test.window
    return "coming" if now < opens_at else "on_paper" if now < closes_at else "was_on_paper"


def _last(attempts: Sequence[Attempt]) -> Attempt | None:
    """The one that is open, else the newest: staff may have opened an older one again."""
    newest = attempts[-1] if attempts else None
    return next((one for one in attempts if one.state != State.SUBMITTED), newest)


def _is_ready(attempt: Attempt | None) -> bool:
    return attempt is not None and attempt.state == State.READY


@dataclass(frozen=True)
class OwnList:
    """The list: what is on now, what comes, and a page of what is over."""

    now: list[Line] = field(default_factory=list)
    coming: list[Line] = field(default_factory=list)
    over: list[Line] = field(default_factory=list)
    page: Page[Test] | None = None


def list_page(request: SignedInRequest) -> HttpResponse:
    """The tests of a student, or of a guardian's children."""
    return render(request, "exams/own_list.html", {"own": own_list(request.user, request.GET.get("page"))})


def own_list(user: User, number: str | None = None, *, now: datetime | None = None) -> OwnList:
    """Everything that is not over, and the page `number` of the rest."""
    now = now or timezone.now()
    mine = Test.objects.for_user(user, now=now).order_by("opens_at", "pk")
    writing = Attempt.objects.writing().filter(student__in=_students(user)).order_by().values("test")
    is_over = Q(closes_at__lte=now) & ~Q(pk__in=writing)
    page = Paginator(mine.filter(is_over).order_by("-opens_at", "-pk"), PAGE_ROWS).get_page(number)
    current = list(mine.filter(~is_over))
    lines = _lines([*current, *page.object_list], user, now=now)
    return OwnList(
        now=[one for one in lines if one.state in NOW],
        coming=[one for one in lines if one.state == "coming"],
        over=[one for one in lines if one.state in OVER],
        page=page,
    )


def _lines(tests: Sequence[Test], user: User, *, now: datetime) -> list[Line]:
    """A line for each test and student it concerns, in the order of the tests; four queries at most."""
    students = {one.pk: one for one in _students(user).order_by("name", "pk")}
    attempts: Mapping[tuple[int, int], list[Attempt]] = _attempts(tests, students)
    results = totals(tests, list(students), now=now) if any(_is_over(one, now) for one in tests) else {}
    concerned = _concerned(tests, students) | set(attempts) | set(results)
    return [
        Line(
            test,
            stands(test, attempts.get((test.pk, student), []), now=now),
            attempts.get((test.pk, student), []),
            now,
            child=None if student == user.pk else person,
            result=results.get((test.pk, student), ""),
        )
        for test in tests
        for student, person in students.items()
        if (test.pk, student) in concerned
    ]


def concerns(test: Test, student: User) -> bool:
    """Whether he was in one of its batches while it could be written, or wrote it."""
    wrote = Attempt.objects.filter(test=test, student=student).exists()
    return wrote or (test.pk, student.pk) in _concerned([test], [student.pk])


def _is_over(test: Test, now: datetime) -> bool:
    return test.closes_at is not None and test.closes_at <= now


def _students(user: User) -> QuerySet[User]:
    """Whose tests he sees: his own, and his children's."""
    found: QuerySet[User] = User.objects.filter(Q(pk=user.pk) | Q(guardian_links__guardian=user))
    return found.distinct()


def _attempts(tests: Sequence[Test], students: Iterable[int]) -> Mapping[tuple[int, int], list[Attempt]]:
    found: dict[tuple[int, int], list[Attempt]] = defaultdict(list)
    for one in Attempt.objects.filter(test__in=tests, student__in=list(students)).order_by("number"):
        found[one.test_id, one.student_id].append(one)
    return found


def _concerned(tests: Sequence[Test], students: Iterable[int]) -> set[tuple[int, int]]:
    opens = {one.pk: one.opens_at for one in tests}
    stays = Enrolment.objects.filter(student__in=list(students), batch__tests__in=tests).order_by()
    rows = stays.values_list("batch__tests", "student", "left_at")
    return {(test, student) for test, student, left in rows if test in opens and _was_in(left, opens[test])}


def _was_in(left_at: datetime | None, opens_at: datetime | None) -> bool:
    return left_at is None or (opens_at is not None and left_at > opens_at)


@dataclass(frozen=True, slots=True)
class OwnTest:
    """The page of a test: a line for each student it concerns, and what the one who looks can do."""

    test: Test
    lines: list[Line]
    mine: Line | None
    outline: Outline
    answered: int | None
    form: EnterForm
    is_here: bool
    waiting: Waiting | None = None

    @property
    def room_opens_at(self) -> datetime:
        return self.test.window[0] - WAITING_ROOM

    @property
    def may_enter(self) -> bool:
        """Whether the form that leads in is shown: to whom the service would let in, but for the code."""
        if self.mine is None or self.mine.state in {"waiting", "open"}:
            return self.mine is not None
        is_open = self.test.is_active and self.room_opens_at <= self.mine.now < self.test.window[1]
        return is_open and self.mine.state == "written" and len(self.mine.attempts) < self.test.most_attempts

    @property
    def children(self) -> list[Line]:
        return [one for one in self.lines if one.child]


def test_page(request: SignedInRequest, test: Test) -> HttpResponse:
    """The page of a test for who writes it, and for his guardians. `test` is one of `Test.objects.for_user`."""
    now = timezone.now()
    lines = _lines([test], request.user, now=now)
    mine = next((one for one in lines if one.child is None), None)
    last = mine.last if mine else None
    page = OwnTest(
        test=test,
        lines=lines,
        mine=mine,
        outline=outline_of(test),
        answered=_answered(last),
        form=EnterForm(),
        is_here=last is None or is_here(last, Device.of(request)),
        waiting=_waiting(mine, request.user),
    )
    context: dict[str, Any] = {"page": page, "now": now}
    return render(request, "exams/own_test.html", context)


def _waiting(mine: Line | None, student: User) -> Waiting | None:
    """When marks come, for who handed in or wrote on paper and sees none."""
    if mine is None or mine.result or mine.state not in {"written", "was_on_paper"}:
        return None
    return waiting_for(student, mine.test, now=mine.now)


def _answered(attempt: Attempt | None) -> int | None:
    if attempt is None or attempt.state != State.SUBMITTED:
        return None
    return attempt.responses.filter(is_answered=True).count()
