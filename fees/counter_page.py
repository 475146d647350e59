"""What the counter shows: who was found, what he can pay, the drawer and the last receipts."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from django.db.models import BooleanField, Case, Prefetch, Q, QuerySet, Sum, When
from django.utils import timezone

from accounts.models import Role, User
from batches.models import Enrolment
from fees import advances, payable, reversals
from fees.models import DocKind, Document, Due, FeeSettings, Mode, Payment, StudentAccount

MOST_HITS, LAST = 8, 5
LEAST_LETTERS = 2
SHOWN_SIGNS = 5
"""So many of a phone number, with the last two, are enough to know whose it is."""


@dataclass(frozen=True, slots=True)
class Hit:
    """A student who was found, with his batches and what is open."""

    student: User
    batches: str
    open_paise: int


@dataclass(frozen=True, slots=True)
class Found:
    """Who has the letters: at most eight; `has_more` says whether there are others."""

    hits: list[Hit]
    has_more: bool = False


@dataclass(frozen=True, slots=True)
class Payer:
    """The student at the counter. `guardians` are told with as much of their phone as shows who they are."""

    student: User
    batches: str
    guardians: Sequence[str]
    owes: int
    advance: int


@dataclass(frozen=True, slots=True)
class Recorded:
    """A payment that was recorded, its receipt and what goes back over the counter."""

    payment: Payment
    receipt: Document | None
    change: int


@dataclass(frozen=True, slots=True)
class LastLine:
    """A payment in the list of the last ones."""

    payment: Payment
    receipt: Document | None
    undo_minutes: int
    """So long he who asks may still undo it; 0: not any more."""
    cheque: str
    """Where a cheque is, as `cheque_state` says it."""


# --- Finding ----------------------------------------------------------------------------------------------------------


def found(words: str) -> Found:
    """Students whose name, number or phone has every word, those who left too. Three queries.

    First whose admission number it is, then whose name begins so, then the others; closed accounts come last.
    """
    if len(words.strip()) < LEAST_LETTERS:
        return Found([])
    rows = User.objects.filter(role=Role.STUDENT).search(words)
    rows = rows.alias(is_it=_is(admission_number__iexact=words), begins=_is(name__istartswith=words))
    students = list(rows.order_by("-is_it", "-is_active", "-begins", "name", "pk")[: MOST_HITS + 1])
    shown = students[:MOST_HITS]
    opens = Due.objects.filter(account__student__in=[one.pk for one in shown]).order_by().values("account__student")
    owed = {row["account__student"]: row["sum"] for row in opens.annotate(sum=Sum("balance__open_paise"))}
    names = batches_of(shown)
    hits = [Hit(one, names.get(one.pk, ""), owed.get(one.pk) or 0) for one in shown]
    return Found(hits, len(students) > MOST_HITS)


def _is(**condition: str) -> Case:
    return Case(When(Q(**condition), then=True), default=False, output_field=BooleanField())


def batches_of(students: Sequence[User], *, now: datetime | None = None) -> dict[int, str]:
    """Names of the batches each is in now. One query."""
    stays = Enrolment.objects.active_at(now or timezone.now()).filter(student__in=students).select_related("batch")
    names: dict[int, list[str]] = {}
    for stay in stays.order_by("batch__name"):
        names.setdefault(stay.student_id, []).append(stay.batch.name)
    return {number: ", ".join(listed) for number, listed in names.items()}


# --- One student ------------------------------------------------------------------------------------------------------


def payer(student: User, account: StudentAccount | None, rows: Sequence[payable.Row]) -> Payer:
    """`account` is None while nothing was ever charged or paid."""
    links = student.guardian_links.select_related("guardian").order_by("pk")[:2]
    return Payer(
        student=student,
        batches=batches_of([student]).get(student.pk, ""),
        guardians=[_told(link.relation, link.guardian) for link in links],
        owes=sum(row.open_paise for row in rows),
        advance=advances.of(account) if account else 0,
    )


def _told(relation: str, guardian: User) -> str:
    name = f"{relation}: {guardian.name}" if relation else guardian.name
    return ", ".join(filter(None, (name, masked(guardian.phone))))


def masked(phone: str) -> str:
    """98220 •••14: enough to ask "is that you?", not enough to call from memory."""
    signs = "".join(phone.split())
    if len(signs) <= SHOWN_SIGNS + 2:
        return signs
    return f"{signs[:SHOWN_SIGNS]} •••{signs[-2:]}"


def usual(rows: Sequence[payable.Row], *, today: date) -> dict[str, int]:
    """What most pay: all that is due; when nothing is, the next due."""
    late = {row.key: row.open_paise for row in rows if row.due_on <= today}
    return late or {row.key: row.open_paise for row in rows[:1]}


# --- What was recorded ------------------------------------------------------------------------------------------------


def recorded(cashier: User, number: UUID) -> Recorded | None:
    """The payment with this public number, when he recorded it."""
    row = with_receipts(Payment.objects.filter(received_by=cashier, uuid=number)).first()
    if row is None:
        return None
    change = row.tendered_paise - row.amount_paise if row.tendered_paise is not None else 0
    return Recorded(row, receipt_of(row), change)


def last_lines(cashier: User, *, now: datetime) -> list[LastLine]:
    """The last payments this person recorded today."""
    settings = FeeSettings.current()
    rows = with_receipts(Payment.objects.filter(received_by=cashier, day__on=timezone.localdate(now)))
    lines = []
    for row in rows.order_by("-received_at", "-pk")[:LAST]:
        left = 0
        if reversals.may_undo(row, cashier, now, settings=settings):
            left = max(1, int((reversals.undo_until(row, settings=settings) - now).total_seconds() // 60))
        lines.append(LastLine(row, receipt_of(row), left, cheque_state(row)))
    return lines


def with_receipts(rows: QuerySet[Payment]) -> QuerySet[Payment]:
    """With student, day, receipt and the steps of a cheque fetched along."""
    receipts = Document.objects.filter(kind=DocKind.RECEIPT).defer("snapshot")
    named = rows.select_related("account__student", "day", "received_by")
    return named.prefetch_related(Prefetch("documents", receipts, to_attr="receipts"), "cheque_steps")


def receipt_of(row: Payment) -> Document | None:
    """Of a row of `with_receipts`."""
    return next(iter(vars(row).get("receipts", ())), None)


def cheque_state(row: Payment) -> str:
    """Of a cheque or draft of `with_receipts` that stands: OFFICE, DEPOSITED, CLEARED; "" of other money."""
    if row.mode not in {Mode.CHEQUE, Mode.DD} or row.reversed_at:
        return ""
    return max((step.kind for step in row.cheque_steps.all()), key=["DEPOSITED", "CLEARED"].index, default="OFFICE")
