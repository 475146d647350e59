"""Registers of money: taken back, given back, cheques under way, advances, days at the counter, documents."""

from collections.abc import Sequence
from typing import Any

from django.db.models import Exists, F, Min, OuterRef, Q, QuerySet, Sum
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from fees.models import (
    CashierDay,
    ChequeStep,
    DocKind,
    Document,
    Mode,
    Payment,
    Payout,
    Reversal,
    StudentAccount,
)
from fees.registers_shape import Link, Money, Register, Said, Value, name_of, student_link


def _reversals() -> QuerySet[Any]:
    return Reversal.objects.select_related("payment__account__student", "made_by").order_by("-at", "-pk")


def _reversal(row: Any) -> Sequence[Value]:
    payment = row.payment
    return (
        student_link(payment.account.student),
        timezone.localdate(row.at),
        Reversal.Kind(row.kind).label,
        Mode(payment.mode).label,
        payment.received_on,
        Money(payment.amount_paise),
        row.reason,
        name_of(row.made_by),
    )


REVERSALS = Register(
    key="reversals",
    title=gettext_lazy("Payments taken back"),
    lead=gettext_lazy("Recorded by mistake, or a cheque that bounced."),
    columns=(
        gettext_lazy("Student"),
        gettext_lazy("Day"),
        gettext_lazy("Why"),
        gettext_lazy("Mode"),
        gettext_lazy("Received on"),
        gettext_lazy("Amount"),
        gettext_lazy("Reason"),
        gettext_lazy("By"),
    ),
    rows=_reversals,
    row=_reversal,
    at="at",
    student="payment__account__student",
    paise=Sum("payment__amount_paise", default=0),
)


def _payouts() -> QuerySet[Any]:
    return Payout.objects.select_related("payment__account__student", "made_by").order_by("-at", "-pk")


def _payout(row: Any) -> Sequence[Value]:
    return (
        student_link(row.payment.account.student),
        timezone.localdate(row.at),
        Mode(row.mode).label,
        row.reference,
        Money(row.amount_paise),
        row.reason,
        name_of(row.made_by),
    )


PAYOUTS = Register(
    key="payouts",
    title=gettext_lazy("Money given back"),
    lead=gettext_lazy("Parts of advances that were paid back."),
    columns=(
        gettext_lazy("Student"),
        gettext_lazy("Day"),
        gettext_lazy("Mode"),
        gettext_lazy("Reference"),
        gettext_lazy("Amount"),
        gettext_lazy("Reason"),
        gettext_lazy("By"),
    ),
    rows=_payouts,
    row=_payout,
    at="at",
    student="payment__account__student",
    paise=Sum("amount_paise", default=0),
)


def cheques() -> QuerySet[Any]:
    """Standing cheques and drafts whose money is not in the bank yet, the oldest first."""
    steps = ChequeStep.objects.filter(payment=OuterRef("pk"))
    rows = Payment.objects.standing().filter(
        ~Exists(steps.filter(kind=ChequeStep.Kind.CLEARED)), mode__in=[Mode.CHEQUE, Mode.DD]
    )
    deposited = Exists(steps.filter(kind=ChequeStep.Kind.DEPOSITED))
    return rows.select_related("account__student").annotate(is_deposited=deposited).order_by("received_on", "pk")


def _cheque(row: Any) -> Sequence[Value]:
    state = Said("run", _("At the bank")) if row.is_deposited else Said("due", _("In the office"))
    return (
        student_link(row.account.student),
        row.received_on,
        Mode(row.mode).label,
        row.bank,
        row.reference,
        row.instrument_on,
        Money(row.amount_paise),
        state,
    )


CHEQUES = Register(
    key="cheques",
    title=gettext_lazy("Cheques under way"),
    lead=gettext_lazy("Cheques and drafts whose money is not in the bank yet. They count as paid until they bounce."),
    columns=(
        gettext_lazy("Student"),
        gettext_lazy("Received on"),
        gettext_lazy("Mode"),
        gettext_lazy("Bank"),
        gettext_lazy("Number"),
        gettext_lazy("Dated"),
        gettext_lazy("Amount"),
        gettext_lazy("State"),
    ),
    rows=cheques,
    row=_cheque,
    at="received_on",
    is_instant=False,
    student="account__student",
    paise=Sum("amount_paise", default=0),
)


def _advances() -> QuerySet[Any]:
    free = Q(payments__balance__free_paise__gt=0)
    rows = StudentAccount.objects.filter(free).select_related("student")
    held = {"held": Sum("payments__balance__free_paise"), "since": Min("payments__received_on")}
    return rows.annotate(**held).order_by("student__name", "pk")


def _advance(row: Any) -> Sequence[Value]:
    return student_link(row.student), Money(row.held), row.since


ADVANCES = Register(
    key="advances",
    title=gettext_lazy("Advances held"),
    lead=gettext_lazy("Money that no due took yet, as it stands now."),
    columns=(gettext_lazy("Student"), gettext_lazy("Amount"), gettext_lazy("Since")),
    rows=_advances,
    row=_advance,
    at="",
    student="student",
    paise=Sum("held", default=0),
)


def _days() -> QuerySet[Any]:
    over = F("counted_paise") - F("expected_paise")
    return CashierDay.objects.select_related("cashier").annotate(over=over).order_by("-on", "cashier__name", "pk")


def _day(row: Any) -> Sequence[Value]:
    state = Said("due", _("Open"))
    if row.closed_at:
        state = Said("bad", _("Closed with a difference")) if row.over else Said("ok", _("Closed"))
    return (
        row.cashier.name,
        row.on,
        Money(row.opening_paise),
        Money(row.expected_paise),
        Money(row.counted_paise),
        Money(row.over),
        state,
        row.note,
    )


DAYS = Register(
    key="days",
    title=gettext_lazy("Days at the counter"),
    lead=gettext_lazy("Who counted how much cash, and what was too much or too little."),
    columns=(
        gettext_lazy("Cashier"),
        gettext_lazy("Day"),
        gettext_lazy("Opened with"),
        gettext_lazy("Should be"),
        gettext_lazy("Counted"),
        gettext_lazy("Difference"),
        gettext_lazy("State"),
        gettext_lazy("Note"),
    ),
    rows=_days,
    row=_day,
    at="on",
    is_instant=False,
    paise=Sum("over", default=0),
    has_numbers=False,
)


def _documents() -> QuerySet[Any]:
    rows = Document.objects.select_related("account__student", "cancelled_by", "cancels")
    return rows.order_by("-dated_on", "-pk")


def _document(row: Any) -> Sequence[Value]:
    by = getattr(row, "cancelled_by", None)
    state = Said("bad", _("Cancelled by %(number)s") % {"number": by.number}) if by else Said("ok", _("Valid"))
    return (
        Link(row.number, reverse("fee_document", args=[row.uuid])),
        row.dated_on,
        DocKind(row.kind).label,
        row.account.student.name if row.account else "",
        Money(row.amount_paise),
        state,
        row.cancels.number if row.cancels else "",
    )


DOCUMENTS = Register(
    key="documents",
    title=gettext_lazy("Documents"),
    lead=gettext_lazy("Every number that was given, with those that another document cancelled."),
    columns=(
        gettext_lazy("Number"),
        gettext_lazy("Dated"),
        gettext_lazy("Kind"),
        gettext_lazy("Student"),
        gettext_lazy("Amount"),
        gettext_lazy("State"),
        gettext_lazy("Cancels"),
    ),
    rows=_documents,
    row=_document,
    at="dated_on",
    is_instant=False,
    student="account__student",
    has_numbers=False,
)

OF_MONEY = (REVERSALS, PAYOUTS, ADVANCES, CHEQUES, DAYS, DOCUMENTS)
