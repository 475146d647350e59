"""What the office sees of a student's fees: plans and dues by batch, growing fines, payments and concessions."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime

from django.db.models import Prefetch
from django.utils import timezone

from accounts.models import User
from batches.enrolments import last_day
from batches.models import Enrolment
from fees import advances, fining, siblings, states
from fees.models import (
    Agreement,
    Concession,
    Credit,
    DocKind,
    Document,
    Due,
    FeeSettings,
    Mode,
    Payment,
    StudentAccount,
)
from fees.states import State

PAYMENTS_SHOWN = 12
OFF_KINDS = frozenset({Credit.Kind.REPLACED, Credit.Kind.WITHDRAWAL})
CONCESSION_TONES = {
    Concession.State.REQUESTED: "due",
    Concession.State.APPROVED: "ok",
    Concession.State.REJECTED: "bad",
    Concession.State.WITHDRAWN: "off",
    Concession.State.REVOKED: "off",
}


@dataclass(frozen=True, slots=True)
class Row:
    """A due with its sums in paise; `growing` is the fine nobody issued yet."""

    due: Due
    label: str
    state: State
    credited: int
    paid: int
    open: int
    growing: int = 0


@dataclass(slots=True)
class Stay:
    """An enrolment with the plan that holds and its dues; without an enrolment, charges beside batches."""

    enrolment: Enrolment | None
    agreement: Agreement | None
    last_day: date | None
    rows: list[Row] = field(default_factory=list)
    off: list[Row] = field(default_factory=list)

    @property
    def open(self) -> int:
        return sum(row.open for row in self.rows)


@dataclass(frozen=True, slots=True)
class Money:
    """A payment as a line: how it came, its receipt, and what of it is free."""

    payment: Payment
    mode: str
    receipt: Document | None


@dataclass(frozen=True, slots=True)
class Office:
    """All that the page shows, sums in paise."""

    student: User
    account: StudentAccount | None
    stays: Sequence[Stay]
    payments: Sequence[Money]
    concessions: Sequence[tuple[Concession, str]]
    siblings: Sequence[siblings.Found]
    due_now: int
    later: int
    growing: int
    paid: int
    advance: int


def of(student: User, *, now: datetime) -> Office:
    """As many queries for a student of many batches and dues as for one of few."""
    account = StudentAccount.objects.filter(student=student).first()
    today = timezone.localdate(now)
    if account is not None:
        account.student = student
    rows = rows_of(account, today=today) if account else []
    stays = _stays(student, account, rows)
    shown = [row for stay in stays for row in stay.rows]
    return Office(
        student=student,
        account=account,
        stays=stays,
        payments=_payments(account) if account else [],
        concessions=_concessions(account) if account else [],
        siblings=_siblings(account, now) if account else [],
        due_now=sum(row.open for row in shown if row.due.due_on <= today),
        later=sum(row.open for row in shown if row.due.due_on > today),
        growing=sum(row.growing for row in shown),
        paid=sum(row.paid for row in shown),
        advance=advances.of(account) if account else 0,
    )


def rows_of(account: StudentAccount, *, today: date) -> list[Row]:
    """Every due, a fine below what was late."""
    growing = fining.accruing_of(account, on=today)
    dues = Due.objects.filter(account=account).select_related("balance", "parent", "bill")
    rows = [
        Row(
            due=due,
            label=states.label_of(due),
            state=states.state_of(due, today=today),
            credited=due.balance.credited_paise,
            paid=due.balance.paid_paise,
            open=due.balance.open_paise,
            growing=growing.get(due.pk, 0),
        )
        for due in dues
    ]
    return sorted(rows, key=lambda row: (_day(row.due), (row.due.parent or row.due).pk, row.due.pk))


def _day(due: Due) -> date:
    return due.parent.due_on if due.parent else due.due_on


def _stays(student: User, account: StudentAccount | None, rows: Iterable[Row]) -> list[Stay]:
    enrolled = Enrolment.objects.filter(student=student).select_related("batch").order_by("-joined_at", "-pk")
    held = {one.enrolment_id: one for one in _agreements(account)}
    stays: dict[int | None, Stay] = {one.pk: Stay(one, held.get(one.pk), last_day(one)) for one in enrolled}
    stays[None] = Stay(None, None, None)
    taken_off = _taken_off(account)
    for row in rows:
        stay = stays[row.due.enrolment_id]
        (stay.off if _is_off(row, stay.agreement, taken_off) else stay.rows).append(row)
    return [stay for stay in stays.values() if stay.enrolment is not None or stay.rows or stay.off]


def _agreements(account: StudentAccount | None) -> Iterable[Agreement]:
    """The newest of an enrolment last."""
    if account is None:
        return []
    return Agreement.objects.filter(account=account).select_related("plan").order_by("revision")


def _taken_off(account: StudentAccount | None) -> set[int]:
    if account is None:
        return set()
    return set(Credit.objects.filter(due__account=account, kind__in=OFF_KINDS).values_list("due", flat=True))


def _is_off(row: Row, held: Agreement | None, taken_off: set[int]) -> bool:
    """Stands no more: nothing is open or paid of it, since it was replaced or withdrawn."""
    if row.open or row.paid:
        return False
    is_old = row.due.agreement_id is not None and held is not None and row.due.agreement_id != held.pk
    return row.due.pk in taken_off or is_old


def _payments(account: StudentAccount) -> list[Money]:
    receipts = Document.objects.filter(kind=DocKind.RECEIPT)
    rows = account.payments.select_related("balance", "received_by")
    found = rows.prefetch_related(Prefetch("documents", receipts, to_attr="receipts"))
    return [
        Money(one, str(Mode(one.mode).label), next(iter(vars(one)["receipts"]), None))
        for one in found.order_by("-received_at", "-pk")[:PAYMENTS_SHOWN]
    ]


def _concessions(account: StudentAccount) -> list[tuple[Concession, str]]:
    rows = account.concessions.select_related("enrolment__batch", "due__parent", "head", "requested_by")
    return toned(rows)


def toned(rows: Iterable[Concession]) -> list[tuple[Concession, str]]:
    """Each with the tone of its state."""
    return [(row, CONCESSION_TONES[Concession.State(row.state)]) for row in rows]


def _siblings(account: StudentAccount, now: datetime) -> list[siblings.Found]:
    """Stays that should have the sibling discount and were never put forward for it."""
    found = siblings.found(account, FeeSettings.current(), now=now)
    if not found:
        return []
    put_forward = account.concessions.filter(type=Concession.Type.SIBLING).values_list("enrolment", flat=True)
    asked = set(put_forward)
    return [one for one in found if one.enrolment.pk not in asked]
