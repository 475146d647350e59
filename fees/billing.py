"""Billing: from its due date, or from its first money on, a due is income, its tax is owed and it has an invoice."""

from collections.abc import Iterable
from datetime import datetime

from django.db import transaction
from django.db.models import F, Q
from django.utils import timezone

from fees import charging, credits, documents, ledger
from fees.models import Bill, Due

BILL = Due._meta.get_field("bill")


def bill(dues: Iterable[Due], *, booking: ledger.Booking) -> None:
    """Bill what is left of each after credits, once; a due with nothing left is not billed. Accounts are locked."""
    wanted = _unbilled(dues)
    if not wanted:
        return
    lines = credits.lines_left(wanted.values())
    left = [due for due in wanted.values() if any(parts.total for _line, parts in lines[due.pk])]
    if not left:
        return
    bills = [Bill(due=due, billed_on=booking.on, at=booking.now) for due in left]
    Bill.objects.bulk_create(bills)
    ledger.billed([(one, [(line.head_id, parts) for line, parts in lines[one.due_id]]) for one in bills], booking)
    documents.invoices([(one, lines[one.due_id]) for one in bills], booking=booking)


def _unbilled(dues: Iterable[Due]) -> dict[int, Due]:
    """By number. Asks only about those that were not fetched with their bill."""
    wanted = {due.pk: due for due in dues}
    asked = []
    for number, due in list(wanted.items()):
        if not BILL.is_cached(due):
            asked.append(number)
        elif BILL.get_cached_value(due) is not None:
            del wanted[number]
    for number in Bill.objects.filter(due__in=asked).values_list("due_id", flat=True) if asked else ():
        del wanted[number]
    return wanted


def bill_due(*, now: datetime) -> int:
    """Bill everything whose day has come; says how many accounts were touched. Interrupted, the next round goes on."""
    today = timezone.localdate(now)
    waiting = Q(bill=None, due_on__lte=today, balance__credited_paise__lt=F("total_paise"))
    accounts = list(Due.objects.filter(waiting).order_by("account").values_list("account", flat=True).distinct())
    booking = ledger.Booking(by=None, source="task", on=today, now=now)
    for number in accounts:
        with transaction.atomic():
            account = charging.locked(number)
            bill(account.dues.filter(waiting).order_by("due_on", "pk"), booking=booking)
    return len(accounts)
