"""Billing: from its due date, or from its first money on, a due is income, its tax is owed and it has an invoice."""

from collections.abc import Iterable
from datetime import datetime

from django.db import transaction
from django.db.models import F, Q, Sum
from django.utils import timezone

from coaching.lib.money import spread
from fees import charging, documents, ledger
from fees.models import Bill, Credit, Due, DueLine, StudentAccount
from fees.tax import Parts, together

COLUMNS = ("taxable_paise", "cgst_paise", "sgst_paise", "igst_paise")


def parts_of(row: Due | DueLine | Credit) -> Parts:
    """What it is made of."""
    return Parts(*(getattr(row, column) for column in COLUMNS))


def bill(dues: Iterable[Due], *, booking: ledger.Booking) -> None:
    """Bill what is left of each after credits, once; a due with nothing left is not billed. Accounts are locked."""
    wanted = {due.pk: due for due in dues}
    for number in Bill.objects.filter(due__in=wanted).values_list("due_id", flat=True):
        del wanted[number]
    if not wanted:
        return
    lines = _left(wanted)
    bills = [Bill(due=due, billed_on=booking.on, at=booking.now) for due in wanted.values() if due.pk in lines]
    Bill.objects.bulk_create(bills)
    ledger.billed([(one, [(line.head_id, parts) for line, parts in lines[one.due_id]]) for one in bills], booking)
    for one in bills:
        documents.invoice(one, lines[one.due_id], booking=booking)


def _left(dues: dict[int, Due]) -> dict[int, list[tuple[DueLine, Parts]]]:
    """By due what credits left of each of its lines; dues credited whole are not in it. Two queries."""
    sums = Credit.objects.filter(due__in=dues).order_by().values("due").annotate(*(Sum(one) for one in COLUMNS))
    credited = {one["due"]: Parts(*(one[f"{column}__sum"] for column in COLUMNS)) for one in sums}
    lines: dict[int, list[DueLine]] = {}
    for line in DueLine.objects.filter(due__in=dues).select_related("head").order_by("pk"):
        lines.setdefault(line.due_id, []).append(line)
    return {
        number: list(zip(of_due, shrunk([parts_of(line) for line in of_due], gone), strict=True))
        for number, of_due in lines.items()
        if (gone := credited.get(number, Parts(0))).total < dues[number].total_paise
    }


def shrunk(lines: list[Parts], gone: Parts) -> list[Parts]:
    """What is left of each line when so much of all is gone: each column in proportion, to the paisa."""
    left = together(lines).minus(gone)
    taxable = _in_proportion(left.taxable, [one.taxable for one in lines])
    half = _in_proportion(left.cgst, [one.cgst for one in lines])
    igst = _in_proportion(left.igst, [one.igst for one in lines])
    return [Parts(*row) for row in zip(taxable, half, half, igst, strict=True)]


def _in_proportion(total: int, weights: list[int]) -> list[int]:
    return spread(total, weights) if total else [0] * len(weights)


def bill_due(*, now: datetime) -> int:
    """Bill everything whose day has come; says how many accounts were touched. Interrupted, the next round goes on."""
    today = timezone.localdate(now)
    waiting = Q(bill=None, due_on__lte=today, balance__credited_paise__lt=F("total_paise"))
    accounts = list(Due.objects.filter(waiting).order_by("account").values_list("account", flat=True).distinct())
    booking = ledger.Booking(by=None, source="task", on=today, now=now)
    for number in accounts:
        with transaction.atomic():
            account: StudentAccount = charging.locked(number)
            bill(Due.objects.filter(waiting, account=account).order_by("due_on", "pk"), booking=booking)
    return len(accounts)
