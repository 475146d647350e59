"""The day book: money of a day by cashier and way of paying, equal to the ledger, with what went back below nought."""

from datetime import timedelta

import pytest
from django.db import connection
from django.db.models import Sum
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from fees import reversals
from fees.day_book import cashiers_of, day_book
from fees.ledger import LIES_IN
from fees.models import LedgerEntry, Mode
from tests import people
from tests.fees import made
from tests.fees.paid import pay
from tests.fees.papers import give_back, text_of, words

pytestmark = pytest.mark.django_db
KINDS = ("PAYMENT", "REVERSAL", "PAYOUT")


def a_day() -> None:
    """Yesterday a payment that is taken back today; today money of every kind, and some of it given back."""
    now, admin = timezone.now(), people.admin()
    wrong = pay(7_000_00, now=now - timedelta(days=1), mode=Mode.UPI, reference="A1")
    pay(10_000_00, student=people.other_student())
    pay(3_000_00, actor=admin)
    pay(2_500_50, mode=Mode.UPI, reference="A2")
    pay(4_000_00, mode=Mode.CHEQUE, reference="004512", bank="SBI", instrument_on=timezone.localdate())
    reversals.undo(wrong, reason="Typed twice", actor=admin, now=now)
    give_back(1_000_00)


def of_ledger(mode: Mode) -> int:
    rows = LedgerEntry.objects.filter(kind__in=KINDS, on=timezone.localdate())
    came = rows.filter(debit=LIES_IN[mode]).aggregate(sum=Sum("amount_paise"))["sum"] or 0
    return came - (rows.filter(credit=LIES_IN[mode]).aggregate(sum=Sum("amount_paise"))["sum"] or 0)


def test_sums_by_way_of_paying_are_those_of_the_ledger():
    a_day()
    book = day_book(timezone.localdate())
    sums = {name: paise for name, _count, paise in book.by_mode}
    for mode in (Mode.CASH, Mode.UPI, Mode.CHEQUE):
        assert sums[str(mode.label)] == of_ledger(mode) != 0
    assert book.total == sum(sums.values()) == 10_000_00 + 3_000_00 + 2_500_50 + 4_000_00 - 7_000_00 - 1_000_00
    before = day_book(timezone.localdate() - timedelta(days=1))
    assert before.total == 7_000_00


def test_what_went_back_stands_as_a_line_with_its_paper_and_reason():
    a_day()
    went = {one.paise: (one.number[:3], one.why) for one in day_book(timezone.localdate()).lines if one.paise < 0}
    assert went == {-7_000_00: ("CAN", "Typed twice"), -1_000_00: ("RFV", "Advance given back: Leaves")}


def test_one_cashier_and_one_way_of_paying_can_be_asked_for():
    a_day()
    on, cashier = timezone.localdate(), made.the_cashier()
    assert day_book(on, cashier=cashier).total == 10_000_00 + 2_500_50 + 4_000_00
    assert day_book(on, cashier=people.admin(), mode=Mode.CASH).total == 2_000_00
    assert set(cashiers_of(on)) == {cashier, people.admin()}


def test_it_is_read_on_a_page_and_as_pdf():
    a_day()
    client = people.signed_in(made.the_cashier())
    text = words(client.get(reverse("day_book")).content.decode())
    for said in ("UPI 2 −₹4,499.50", "Together 6 ₹11,500.50", "Typed twice", "004512"):
        assert said in text
    asked = {"mode": "CASH", "cashier": str(people.admin().uuid), "on": timezone.localdate().isoformat()}
    assert "Together 2 ₹2,000.00" in words(client.get(reverse("day_book"), asked).content.decode())
    said = text_of(client.get(reverse("day_book_pdf")))
    for row in ("रितिका शर्मा", "−7,000.00", "11,500.50"):
        assert row in said
    for odd in ({"on": "2026-13-45"}, {"mode": "GOLD", "cashier": "x"}):
        assert client.get(reverse("day_book"), odd).status_code == 200
    assert people.signed_in(people.student()).get(reverse("day_book")).status_code == 403


def test_it_costs_the_same_for_few_lines_and_many():
    client, costs = people.signed_in(people.admin()), []
    for count in (3, 30):
        for number in range(count):
            pay(100, mode=Mode.UPI, reference=f"B{count}{number}")
        client.get(reverse("day_book"))
        with CaptureQueriesContext(connection) as captured:
            client.get(reverse("day_book"))
        costs.append(len(captured))
    assert costs[0] == costs[1]
