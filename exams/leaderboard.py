"""The best of a test by name: only of tests that have one, in an institute that shows them, and only who agreed.

Named is who asked for it himself (`LeaderboardChoice`), may be named (`accounts.consents`: for a minor his guardian
says yes) and sees his own marks; who is under 18, or whose birth date nobody entered, by initials. Of all others
nothing is said, nor of any place below the last one.
"""

from dataclasses import dataclass
from datetime import date, datetime

from django.db import transaction
from django.http import HttpRequest

from accounts import activity, consents
from accounts.models import Consent, Institute, User
from coaching.templatetags.figures import initials
from exams.models import LeaderboardChoice, Result, Test
from exams.models.results import ResultQuerySet
from exams.result_words import marks_words

MOST = 200
"""So many are listed at most: of a test everybody had full marks in, all share the first place."""
RESULTS = Consent.Purpose.RESULTS


@dataclass(frozen=True, slots=True)
class Place:
    """A line; `is_mine` is that of who looks, or of his child, with the whole name; `is_private`: nobody else sees it
    so."""

    rank: int
    name: str
    marks: str
    is_mine: bool = False
    is_private: bool = False


@dataclass(frozen=True, slots=True)
class Board:
    """The best, and the lines of who looks that are not among them. `is_out`: he sees marks of the test at all."""

    best: tuple[Place, ...]
    mine: tuple[Place, ...]
    is_out: bool


def has_one(test: Test) -> bool:
    return bool(test.leaderboard_size and Institute.current().leaderboards)


def board_of(test: Test, viewer: User, *, is_staff: bool, now: datetime) -> Board:
    """As this person sees it: staff as soon as anybody does, others once they see their own or their child's marks."""
    shown = Result.objects.shown(now).filter(version__test=test)
    own = {row.pk: row for row in _own(shown, viewer)}
    if not own and not is_staff:
        return Board((), (), is_out=False)
    rows = shown.filter(rank__lte=test.leaderboard_size or 0, student__leaderboard_choice__is_shown=True)
    best = list(rows.select_related("student").order_by("rank", "student__name", "pk")[:MOST])
    today = consents.day_of(now)
    named = consents.who_may([row.student for row in best], RESULTS, on=today)
    listed = [row for row in best if row.student_id in named and row.student.is_active]
    others = [row for pk, row in own.items() if pk not in {one.pk for one in listed}]
    return Board(
        tuple(_place(row, today, is_mine=row.pk in own) for row in listed),
        tuple(_place(row, today, is_mine=True, is_listed=False) for row in others),
        is_out=bool(own) or shown.exists(),
    )


def _own(shown: ResultQuerySet, viewer: User) -> list[Result]:
    mine = consents.own_and_children(viewer).order_by().values("pk")
    return list(shown.filter(student__in=mine).select_related("student"))


def _place(row: Result, today: date, *, is_mine: bool, is_listed: bool = True) -> Place:
    public = public_name(row.student, on=today)
    name = row.student.name if is_mine else public
    is_private = is_mine and not (is_listed and public == name)
    return Place(row.rank or 0, name, marks_words(row.total, row.most), is_mine, is_private)


def public_name(student: User, *, on: date) -> str:
    """What others read: initials of who is under 18, and of who may be, as nobody entered his birth date."""
    is_adult = student.date_of_birth is not None and not student.is_minor(on=on)
    return student.name if is_adult else ". ".join(initials(student.name)) + "."


# --- The choice -------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Standing:
    """Whether a student wants to be named, and whether he may be: `waits` for a guardian's yes."""

    is_shown: bool
    may_be: bool

    @property
    def waits(self) -> bool:
        return self.is_shown and not self.may_be


def standing_of(student: User, *, now: datetime) -> Standing:
    wants = LeaderboardChoice.objects.filter(student=student, is_shown=True).exists()
    return Standing(wants, consents.may(student, RESULTS, on=consents.day_of(now)))


@transaction.atomic
def choose(student: User, *, is_shown: bool, now: datetime, request: HttpRequest | None = None) -> None:
    """His own choice, for all leaderboards from now on. An adult's is his consent, too; twice is once."""
    row, made = LeaderboardChoice.objects.select_for_update().get_or_create(
        student=student, defaults={"is_shown": is_shown, "chosen_at": now}
    )
    if made or row.is_shown != is_shown:
        row.is_shown, row.chosen_at = is_shown, now
        row.save(update_fields=["is_shown", "chosen_at"])
        event = "leaderboard.joined" if is_shown else "leaderboard.left"
        activity.record(event, actor=student, subject=student, on=row, request=request)
    if not student.is_minor(on=consents.day_of(now)):
        say = consents.give if is_shown else consents.withdraw
        say(student, purpose=RESULTS, actor=student, now=now, request=request)
