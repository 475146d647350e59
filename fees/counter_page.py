"""What the counter shows: who was found, what he can pay, the drawer and the last receipts."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from django.db.models import OuterRef, Prefetch, QuerySet, Subquery, Sum
from django.utils import timezone

from accounts.models import Guardianship, Role, User
from batches.models import Enrolment
from fees import days, payable, reversals
from fees.models import CashierDay, DocKind, Document, Due, FeeSettings, Payment

MOST_HITS, LAST = 8, 5
LEAST_LETTERS = 2


@dataclass(frozen=True, slots=True)
class Hit:
    """A student who was found, with his batches and what is open."""

    student: User
    batches: str
    open_paise: int


@dataclass(frozen=True, slots=True)
class Payer:
    """The student at the counter."""

    student: User
    batches: str
    guardians: Sequence[Guardianship]
    owes: int


@dataclass(frozen=True, slots=True)
class LastLine:
    """A payment in the list of the last ones."""

    payment: Payment
    receipt: Document | None
    undo_minutes: int
    """So long he who asks may still undo it; 0: not any more."""


def hits(words: str) -> list[Hit]:
    """Students whose name, number or phone has every word, also those who left, by name. Two queries."""
    if len(words.strip()) < LEAST_LETTERS:
        return []
    students = list(User.objects.filter(role=Role.STUDENT).search(words).order_by("name", "pk")[:MOST_HITS])
    numbers = [one.pk for one in students]
    opens = Due.objects.filter(account__student__in=numbers).order_by().values("account__student")
    owed = {row["account__student"]: row["sum"] for row in opens.annotate(sum=Sum("balance__open_paise"))}
    names = batches_of(students)
    return [Hit(one, names.get(one.pk, ""), owed.get(one.pk) or 0) for one in students]


def batches_of(students: Sequence[User], *, now: datetime | None = None) -> dict[int, str]:
    """Names of the batches each is in now. One query."""
    stays = Enrolment.objects.active_at(now or timezone.now()).filter(student__in=students).select_related("batch")
    found: dict[int, list[str]] = {}
    for stay in stays.order_by("batch__name"):
        found.setdefault(stay.student_id, []).append(stay.batch.name)
    return {number: ", ".join(names) for number, names in found.items()}


def payer(student: User, rows: Sequence[payable.Row]) -> Payer:
    guardians = list(student.guardian_links.select_related("guardian").order_by("pk")[:2])
    owes = sum(row.open_paise for row in rows)
    return Payer(student, batches_of([student]).get(student.pk, ""), guardians, owes)


def usual(rows: Sequence[payable.Row], *, today: date) -> dict[str, int]:
    """What most pay: all that is due; when nothing is, the next due."""
    late = {row.key: row.open_paise for row in rows if row.due_on <= today}
    return late or {row.key: row.open_paise for row in rows[:1]}


def last_lines(cashier: User, *, now: datetime) -> list[LastLine]:
    """The last payments this person recorded today."""
    settings = FeeSettings.current()
    rows = with_receipts(Payment.objects.filter(received_by=cashier, day__on=timezone.localdate(now)))
    found = []
    for row in rows.order_by("-received_at", "-pk")[:LAST]:
        left = 0
        if reversals.may_undo(row, cashier, now, settings=settings):
            left = max(1, int((reversals.undo_until(row, settings=settings) - now).total_seconds() // 60))
        found.append(LastLine(row, receipt_of(row), left))
    return found


def with_receipts(rows: QuerySet[Payment]) -> QuerySet[Payment]:
    """With student, day and receipt fetched along."""
    receipts = Document.objects.filter(kind=DocKind.RECEIPT).defer("snapshot")
    named = rows.select_related("account__student", "day", "received_by")
    return named.prefetch_related(Prefetch("documents", receipts, to_attr="receipts"))


def receipt_of(row: Payment) -> Document | None:
    """Of a row of `with_receipts`."""
    return next(iter(vars(row).get("receipts", ())), None)


def drawer_of(day: CashierDay | None) -> days.Drawer | None:
    return days.drawer(day) if day else None


def numbered(rows: QuerySet[Payment]) -> QuerySet[Payment]:
    """With the number of their receipt as `number`, to be searched by."""
    numbers = Document.objects.filter(kind=DocKind.RECEIPT, payment=OuterRef("pk")).values("number")[:1]
    return rows.annotate(number=Subquery(numbers))
