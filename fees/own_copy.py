"""What fees keep of a person: tables he can take with him, why he cannot be forgotten yet, and what an erasure takes.

Books and documents stay, as the law wants: a receipt names who paid for as long as it is kept.
"""

from collections.abc import Iterator
from typing import Any

from django.db.models import Sum
from django.utils.translation import gettext as _

from accounts.models import User
from coaching.lib.money import plain, rupees
from coaching.lib.offers import Hold, Section
from fees.models import Concession, Credit, Document, Due, Payment, PaymentBalance, StudentAccount
from fees.states import label_of

AT_ONCE = 500


def export(person: User) -> list[Section]:
    """His dues, what was credited, his payments, concessions asked for him, and documents by their numbers."""
    return [
        Section(
            "fees",
            _("Fees"),
            (_("What"), _("Due on"), _("Amount"), _("Paid"), _("Credited"), _("Open")),
            _dues(person),
        ),
        Section(
            "fee_credits",
            _("Credits"),
            (_("When"), _("Of"), _("Kind"), _("Amount"), _("Reason")),
            _credits(person),
        ),
        Section(
            "payments",
            _("Payments"),
            (_("When"), _("How"), _("Reference"), _("Amount"), _("Who paid"), _("Taken back")),
            _payments(person),
        ),
        Section(
            "fee_concessions",
            _("Concessions"),
            (_("When"), _("What for"), _("Reason"), _("State")),
            _concessions(person),
        ),
        Section(
            "fee_documents",
            _("Receipts and invoices"),
            (_("Number"), _("Kind"), _("Date"), _("Amount")),
            _documents(person),
        ),
    ]


def holds(person: User) -> list[Hold]:
    """Money is owed, by him or to him."""
    found = []
    owed = Due.objects.filter(account__student=person).aggregate(open=Sum("balance__open_paise"))["open"] or 0
    if owed:
        found.append(Hold(_("%(sum)s of fees is open. Collect or credit it first.") % {"sum": rupees(owed)}))
    standing = PaymentBalance.objects.filter(payment__account__student=person)
    free = standing.aggregate(free=Sum("free_paise"))["free"] or 0
    if free:
        found.append(Hold(_("An advance of %(sum)s is his. Use it or give it back first.") % {"sum": rupees(free)}))
    return found


def erase(person: User) -> None:
    """Before his name goes: the office's note, for whom bills are, and why a concession was asked for."""
    StudentAccount.objects.filter(student=person).update(note="", bill_to="", gstin="")
    Concession.objects.filter(account__student=person).update(reason="–", decision_note="")


def _dues(person: User) -> Iterator[tuple[Any, ...]]:
    rows = Due.objects.filter(account__student=person).select_related("balance", "parent").order_by("due_on", "pk")
    for row in rows.iterator(chunk_size=AT_ONCE):
        sums = row.balance
        yield (
            label_of(row),
            row.due_on.isoformat(),
            plain(row.total_paise),
            plain(sums.paid_paise),
            plain(sums.credited_paise),
            plain(sums.open_paise),
        )


def _credits(person: User) -> Iterator[tuple[Any, ...]]:
    rows = Credit.objects.filter(due__account__student=person).select_related("due__parent").order_by("at", "pk")
    for row in rows.iterator(chunk_size=AT_ONCE):
        yield row.at, label_of(row.due), str(row.get_kind_display()), plain(row.amount_paise), row.reason


def _payments(person: User) -> Iterator[tuple[Any, ...]]:
    rows = Payment.objects.filter(account__student=person).order_by("received_at", "pk")
    for row in rows.iterator(chunk_size=AT_ONCE):
        how = str(row.get_mode_display())
        yield row.received_at, how, row.reference, plain(row.amount_paise), row.payer, row.reversed_at


def _concessions(person: User) -> Iterator[tuple[Any, ...]]:
    for row in Concession.objects.filter(account__student=person).order_by("requested_at", "pk"):
        yield row.requested_at, str(row.get_type_display()), row.reason, str(row.get_state_display())


def _documents(person: User) -> Iterator[tuple[Any, ...]]:
    rows = Document.objects.filter(account__student=person).order_by("made_at", "pk")
    for row in rows.iterator(chunk_size=AT_ONCE):
        yield row.number, str(row.get_kind_display()), row.dated_on.isoformat(), plain(row.amount_paise)
