"""Billing: at the due date or with the first money, once, and what credits before left."""

from datetime import timedelta

import pytest
from django.utils import timezone

from coaching.recurring import SCHEDULE
from fees import billing, credits, proving, tasks
from fees.models import Bill, Document, Due, LedgerEntry
from tests.fees import made
from tests.fees.paid import pay

pytestmark = pytest.mark.django_db


def take_off(due: Due, paise: int) -> None:
    credits.credit(due, kind="CORRECTION", amount_paise=paise, reason="Agreed", booking=made.booking())


def booked(due: Due) -> dict[str, int]:
    rows = LedgerEntry.objects.filter(kind="BILL", due=due).order_by("pk").values_list("credit", "amount_paise")
    found: dict[str, int] = {}
    for account, paise in rows:
        found[account.partition(":")[0]] = found.get(account.partition(":")[0], 0) + paise
    return found


def test_a_due_is_billed_on_its_day_and_once() -> None:
    made.registered()
    due, later = made.due(118000, days=0), made.due(118000, days=3)
    now = timezone.now()
    assert (billing.bill_due(now=now), billing.bill_due(now=now)) == (1, 0)
    assert Bill.objects.get().due == due
    assert booked(due) == {"income": 100000, "cgst": 9000, "sgst": 9000}
    pay(1000, wanted={f"due:{later.uuid}": 1000})
    assert billing.bill_due(now=now + timedelta(days=3)) == 0
    assert list(Document.objects.filter(kind="INVOICE").values_list("due", flat=True)) == [later.pk, due.pk]
    assert proving.broken() == []


def test_what_was_credited_before_is_not_billed_and_after_it_is_a_credit_note() -> None:
    made.registered()
    due, whole = made.due(118000, heads=("Tuition", "Books"), days=-1), made.due(1000)
    take_off(due, 11801)
    take_off(whole, 1000)
    billing.bill_due(now=timezone.now())
    assert Document.objects.get(kind="INVOICE").amount_paise == sum(booked(due).values()) == 106199
    assert not Bill.objects.filter(due=whole).exists()
    take_off(due, 777)
    assert Document.objects.get(kind="CREDIT_NOTE").amount_paise == 777
    assert proving.broken() == []


@pytest.mark.parametrize(("mode", "paper"), [("UNREGISTERED", None), ("COMPOSITION", "BILL")])
def test_without_registration_there_is_no_invoice_and_no_tax(mode: str, paper: str | None) -> None:
    made.registered(gst_mode=mode, gstin="" if paper is None else made.GSTIN)
    due = made.due(118000, days=-1)
    billing.bill_due(now=timezone.now())
    assert booked(due) == {"income": 118000}
    assert list(Document.objects.values_list("kind", flat=True)) == ([paper] if paper else [])
    assert proving.broken() == []


def test_the_scheduler_charges_uses_advances_and_bills_in_rounds() -> None:
    made.registered()
    pay(200000)
    due = made.due(118000, days=0)
    for name in ("repair_charges", "use_advances", "bill_due"):
        entry = SCHEDULE[f"fees-{name.replace('_', '-')}"]
        assert entry == {"task": getattr(tasks, name).name, "schedule": 3600.0}
        getattr(tasks, name)()
    due.balance.refresh_from_db()
    assert due.balance.open_paise == 0
    assert proving.broken() == []
