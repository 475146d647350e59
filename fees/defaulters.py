"""Who owes what was due before today: by student, with whom to call, and whom a reminder would reach."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from django.db.models import Count, Max, Min, QuerySet, Sum
from django.utils.translation import gettext as _

from accounts.models import Guardianship, User
from fees import ageing, reports
from fees.models import Due, Reminder, StudentAccount
from fees.reminders import may_be_reminded, of_hand
from fees.report_asked import AGES, Asked

ORDERS: dict[str, tuple[str, ...]] = {
    "oldest": ("oldest", "-paise", "account"),
    "amount": ("-paise", "oldest", "account"),
    "name": ("account__student__name", "account"),
}
SHOWN = 100
"""So many of those who would be told are named before it is done."""
AT_A_TIME = 500


@dataclass(frozen=True, slots=True)
class Defaulter:
    """A student with overdue dues: `paise` in all, `dues` of them, the oldest from `oldest`.

    `hindrance` says why he is not reminded, "" when he is; `batches` are those of the dues.
    """

    account: StudentAccount
    paise: int
    dues: int
    oldest: date
    days: int
    hindrance: str = ""
    batches: Sequence[str] = ()
    reminded_on: date | None = None
    guardians: Sequence[Guardianship] = ()

    @property
    def student(self) -> User:
        return self.account.student

    @property
    def age(self) -> Any:
        return AGES[self.bucket]

    @property
    def bucket(self) -> str:
        """How old the oldest is, as `ageing` counts."""
        return next(one.key for one in ageing.BUCKETS if one.until is None or self.days <= one.until)


@dataclass(frozen=True, slots=True)
class Told:
    """What a reminder would do: `students` are about whom, `people` who reads it, `left_out` whom it passes over.

    `shown` are the first of them, each with who reads it.
    """

    students: int
    people: int
    dues: int
    shown: list[tuple[User, list[str]]] = field(default_factory=list)
    left_out: list[tuple[User, str]] = field(default_factory=list)


def dues_of(asked: Asked, rows: QuerySet[Due]) -> QuerySet[Due]:
    """Overdue dues that are asked for; other states than ages of these do not count here."""
    return asked.dues(rows).filter(reports.overdue(asked.today))


def grouped(dues: QuerySet[Due], *, order: str, now: datetime) -> QuerySet[Any, Any]:
    """A row for each student, to be cut into pages and given to `with_names`."""
    rows = (
        dues.order_by()
        .values("account")
        .annotate(
            paise=Sum("balance__open_paise"),
            oldest=Min("due_on"),
            dues=Count("pk"),
            free=Count("pk", filter=may_be_reminded(now)),
        )
    )
    return rows.order_by(*ORDERS.get(order, ORDERS["oldest"]))


def sums_of(dues: QuerySet[Due]) -> tuple[int, int]:
    """How many students, and their overdue paise. One query."""
    found = dues.order_by().aggregate(
        students=Count("account", distinct=True), paise=Sum("balance__open_paise", default=0)
    )
    return found["students"], found["paise"]


def with_names(rows: Iterable[dict[str, Any]], dues: QuerySet[Due], *, today: date) -> list[Defaulter]:
    """Four queries, however many rows."""
    found = list(rows)
    pks = [row["account"] for row in found]
    accounts = StudentAccount.objects.filter(pk__in=pks).select_related("student").in_bulk()
    batches = _batches(pks, dues)
    reminded = dict(
        Reminder.objects.filter(due__account__in=pks).order_by().values_list("due__account").annotate(on=Max("on"))
    )
    guardians = _guardians(one.student_id for one in accounts.values())
    return [
        Defaulter(
            account=accounts[row["account"]],
            paise=row["paise"],
            dues=row["dues"],
            oldest=row["oldest"],
            days=(today - row["oldest"]).days,
            hindrance="" if row["free"] else _hindrance(accounts[row["account"]]),
            batches=batches.get(row["account"], []),
            reminded_on=reminded.get(row["account"]),
            guardians=guardians.get(accounts[row["account"]].student_id, []),
        )
        for row in found
    ]


def _batches(accounts: Sequence[int], dues: QuerySet[Due]) -> dict[int, list[str]]:
    """The names of the batches of these dues, by account."""
    rows = dues.filter(account__in=accounts, enrolment__isnull=False).order_by()
    found: dict[int, list[str]] = defaultdict(list)
    for account, name in sorted(set(rows.values_list("account", "enrolment__batch__name"))):
        found[account].append(name)
    return found


def _guardians(students: Iterable[int]) -> dict[int, list[Guardianship]]:
    found: dict[int, list[Guardianship]] = defaultdict(list)
    rows = Guardianship.objects.filter(student__in=list(students), guardian__is_active=True)
    for link in rows.select_related("guardian").order_by("pk"):
        found[link.student_id].append(link)
    return found


def _hindrance(account: StudentAccount) -> str:
    """Why none of his overdue dues is reminded of."""
    if account.is_disputed:
        return _("In dispute")
    return _("Left the batch") if account.student.is_active else _("Account closed")


# --- Before it is done ------------------------------------------------------------------------------------------------


def chosen(dues: QuerySet[Due], accounts: Sequence[Any], *, is_all: bool) -> QuerySet[Due]:
    """Of those whose uuids were ticked, or of all that the list has."""
    return dues if is_all else dues.filter(account__uuid__in=accounts)


def told(dues: QuerySet[Due], *, actor: User, now: datetime) -> Told:
    """What `reminders.remind` would do with these. A few queries, however many they are."""
    free = of_hand(dues, now=now)
    students = set(free.order_by().values_list("account__student", flat=True))
    links = _guardians(students) if students else {}
    named = User.objects.filter(pk__in=students).order_by("name", "pk")
    reading = {pk for pk in students if pk != actor.pk}
    reading |= {link.guardian_id for found in links.values() for link in found if link.guardian_id != actor.pk}
    return Told(
        students=len(students),
        people=len(reading),
        dues=free.count(),
        shown=[(one, [one.name, *(link.guardian.name for link in links.get(one.pk, ()))]) for one in named[:SHOWN]],
        left_out=_left_out(dues, students, now=now),
    )


def _left_out(dues: QuerySet[Due], students: set[int], *, now: datetime) -> list[tuple[User, str]]:
    rows = dues.exclude(account__student__in=students).order_by()
    free = Count("pk", filter=may_be_reminded(now))
    open_to = dict(rows.values_list("account").annotate(free=free))
    accounts = StudentAccount.objects.filter(pk__in=open_to).select_related("student").order_by("student__name", "pk")
    return [
        (one.student, _("Reminded today already") if open_to[one.pk] else _hindrance(one)) for one in accounts[:SHOWN]
    ]


# --- For a spreadsheet ------------------------------------------------------------------------------------------------


def header() -> list[str]:
    return [
        _("Admission number"),
        _("Student"),
        _("Batches"),
        _("Overdue"),
        _("Dues"),
        _("Oldest from"),
        _("Days"),
        _("Last reminded"),
        _("Not reminded because"),
        _("Phone"),
        _("Guardians"),
    ]


def cells(rows: Sequence[dict[str, Any]], dues: QuerySet[Due], *, today: date) -> Iterator[list[Any]]:
    """A row for each student, in the order of the list."""
    for start in range(0, len(rows), AT_A_TIME):
        for one in with_names(rows[start : start + AT_A_TIME], dues, today=today):
            calls = "; ".join(f"{link.guardian.name} {link.guardian.phone}".strip() for link in one.guardians)
            yield [
                one.student.admission_number or "",
                one.student.name,
                ", ".join(one.batches),
                reports.in_file(one.paise),
                one.dues,
                one.oldest.isoformat(),
                one.days,
                one.reminded_on.isoformat() if one.reminded_on else "",
                one.hindrance,
                one.student.phone,
                calls,
            ]
