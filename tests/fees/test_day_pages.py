"""A cashier's day on its pages: opened, cash moved, closed by counting; and cheques until the bank has paid them."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.test import Client
from django.utils import timezone

from fees import days, proving
from fees.models import CashierDay, CashMove, ChequeStep, Document, LedgerEntry, Mode, Payment
from tests import people
from tests.fees import made
from tests.fees.paid import pay

pytestmark = pytest.mark.django_db
DAY = "/fees/counter/day/"
CHEQUES = "/fees/cheques/"
NO_AMOUNTS = ("12.345", "-1", "1e5", "1e30", "")


@pytest.fixture
def desk() -> Client:
    return people.signed_in(made.the_cashier())


@pytest.fixture
def day() -> CashierDay:
    return days.open_day(made.the_cashier(), opening_paise=50000, now=timezone.now())


def errors(page: Any, form: str) -> list[str]:
    return list(page.context[form].errors)


def move(desk: Client, day: CashierDay, **typed: Any) -> Any:
    fields = {"token": uuid4(), "kind": "TO_BANK", "amount": "100", "note": ""}
    return desk.post(f"{DAY}{day.uuid}/move/", fields | typed)


def close(desk: Client, day: CashierDay, counted: str, note: str = "") -> Any:
    return desk.post(f"{DAY}{day.uuid}/close/", {"counted": counted, "note": note})


# --- Opening and moving -----------------------------------------------------------------------------------------------


def test_a_day_begins_with_what_is_in_the_drawer(desk: Client) -> None:
    assert "Begin the day" in desk.get(DAY).content.decode()
    assert desk.post(f"{DAY}open/", {"opening": "१,५००"}).status_code == 302
    assert desk.get(DAY).context["drawer"].should_be == 150000
    refused = desk.post(f"{DAY}open/", {"opening": "2000"})
    assert refused.status_code == 422
    assert "Your counter was opened with ₹1,500.00." in refused.content.decode()


def test_a_day_the_first_payment_began_may_still_be_told_what_lay_in_the_drawer(desk: Client) -> None:
    pay(10000)
    desk.post(f"{DAY}open/", {"opening": "500"})
    assert desk.get(DAY).context["drawer"].should_be == 60000


def test_cash_that_leaves_and_comes_stands_in_the_drawer(desk: Client, day: CashierDay) -> None:
    pay(1000000)
    assert move(desk, day, amount="8,000.50", note="Slip 14").status_code == 302
    assert move(desk, day, kind="FROM_OFFICE", amount="20").status_code == 302
    assert desk.get(DAY).context["drawer"].should_be == 50000 + 1000000 - 800050 + 2000
    refused = move(desk, day, amount="5,000.00")
    assert (refused.status_code, errors(refused, "move")) == (422, ["amount"])
    assert proving.broken() == []


def test_a_move_sent_twice_is_one(desk: Client, day: CashierDay) -> None:
    token = uuid4()
    assert [move(desk, day, token=token).status_code for _ in range(2)] == [302, 302]
    assert CashMove.objects.count() == 1
    assert move(desk, day, token=token, amount="200").status_code == 422


@pytest.mark.parametrize("typed", NO_AMOUNTS)
def test_what_is_no_amount_is_said_at_its_field(desk: Client, day: CashierDay, typed: str) -> None:
    sent = {
        "opening": desk.post(f"{DAY}open/", {"opening": typed}),
        "move": move(desk, day, amount=typed),
        "closing": close(desk, day, typed),
    }
    fields = {"opening": "opening", "move": "amount", "closing": "counted"}
    assert {name: (page.status_code, errors(page, name)) for name, page in sent.items()} == {
        name: (422, [field]) for name, field in fields.items()
    }
    assert not CashMove.objects.exists()
    assert not CashierDay.objects.get().closed_at


# --- Closing ----------------------------------------------------------------------------------------------------------


def test_a_day_that_fits_closes_without_a_word(desk: Client, day: CashierDay) -> None:
    pay(10000), pay(7000, mode=Mode.CARD)
    assert close(desk, day, "600").status_code == 302
    paper = Document.objects.get(kind="DAY_CLOSE")
    page = desk.get(DAY).content.decode()
    assert paper.number in page
    assert f"{DAY}{day.uuid}/close/" not in page
    assert "You closed this day at" in desk.get("/fees/counter/").content.decode()


@pytest.mark.parametrize(("counted", "said"), [("490", "₹10.00 of the ₹500.00"), ("510.50", "₹10.50 more than")])
def test_a_difference_needs_a_note(desk: Client, day: CashierDay, counted: str, said: str) -> None:
    refused = close(desk, day, counted, note=" ")
    assert (refused.status_code, errors(refused, "closing")) == (422, ["note"])
    assert said in refused.content.decode()
    assert close(desk, day, counted, note="Change for the autorickshaw").status_code == 302
    assert LedgerEntry.objects.filter(kind="CLOSE").count() == 1
    assert "Change for the autorickshaw" in desk.get(DAY).content.decode()
    assert proving.broken() == []


def test_a_payment_from_another_tab_while_one_counts_makes_the_count_differ(desk: Client, day: CashierDay) -> None:
    desk.get(DAY)
    pay(10000)
    assert close(desk, day, "500").status_code == 422
    assert not CashierDay.objects.get().closed_at


def test_a_closed_day_takes_nothing_and_is_not_closed_again(desk: Client, day: CashierDay) -> None:
    close(desk, day, "500")
    refused = [move(desk, day), close(desk, day, "500"), desk.post(f"{DAY}open/", {"opening": "500"})]
    assert [page.status_code for page in refused] == [422, 422, 422]
    assert not CashMove.objects.exists()
    assert Document.objects.filter(kind="DAY_CLOSE").count() == 1


def test_a_day_that_was_forgotten_is_told_of_and_closed_later(desk: Client) -> None:
    yesterday = timezone.now() - timedelta(days=1)
    old = days.open_day(made.the_cashier(), opening_paise=50000, now=yesterday)
    pay(10000, now=yesterday)
    assert f"{DAY}{old.uuid}/" in desk.get("/fees/counter/").content.decode()
    assert close(desk, old, "600").status_code == 302
    assert f"{DAY}{old.uuid}/" not in desk.get("/fees/counter/").content.decode()


def test_nobody_touches_another_cashiers_day_but_an_admin(desk: Client) -> None:
    his = days.open_day(people.admin(), opening_paise=50000, now=timezone.now())
    assert desk.get(f"{DAY}{his.uuid}/").status_code == 404
    assert move(desk, his).status_code == close(desk, his, "500").status_code == 404
    assert str(his.uuid) not in desk.get(DAY).content.decode()
    mine = days.open_day(made.the_cashier(), opening_paise=0, now=timezone.now())
    admin = people.signed_in(people.admin())
    assert admin.get(f"{DAY}{mine.uuid}/").status_code == 200
    assert close(admin, mine, "0").status_code == 302


def test_the_day_costs_the_same_for_3_and_30_days_and_payments(
    desk: Client, day: CashierDay, same_queries: Callable[..., int]
) -> None:
    def add(count: int) -> None:
        past = CashierDay.objects.count()
        for number in range(past, past + count):
            made.payment(100, day=day)
            CashierDay.objects.create(cashier=people.cashier(), on=timezone.localdate() - timedelta(days=number + 1))

    same_queries(lambda: desk.get(DAY), add=add, at_most=16)


# --- Cheques ----------------------------------------------------------------------------------------------------------


def cheque(reference: str = "004512", **fields: Any) -> Payment:
    return pay(10000, mode=Mode.CHEQUE, reference=reference, bank="SBI", instrument_on=timezone.localdate(), **fields)


def step(desk: Client, row: Payment, name: str, on: str = "") -> int:
    return desk.post(f"{CHEQUES}{row.uuid}/{name}/", {"on": on or timezone.localdate().isoformat()}).status_code


def test_a_cheque_goes_to_the_bank_and_is_cleared(desk: Client) -> None:
    row = cheque()
    assert "In the office" in desk.get(CHEQUES).content.decode()
    assert step(desk, row, "clear") == 422
    assert [step(desk, row, "deposit"), step(desk, row, "deposit")] == [302, 422]
    assert "At the bank" in desk.get(CHEQUES).content.decode()
    assert [step(desk, row, "clear"), step(desk, row, "clear")] == [302, 422]
    assert "No cheque waits" in desk.get(CHEQUES).content.decode()
    assert list(ChequeStep.objects.values_list("kind", flat=True)) == ["DEPOSITED", "CLEARED"]
    assert proving.broken() == []


@pytest.mark.parametrize("on", ["1999-01-01", "2999-01-01", "31/02/2026", "x"])
def test_a_cheque_goes_to_the_bank_between_its_receipt_and_today(desk: Client, on: str) -> None:
    assert step(desk, cheque(), "deposit", on) == 422
    assert not ChequeStep.objects.exists()


def test_a_cheque_that_bounced_opens_its_due_and_costs_what_the_institute_takes(desk: Client) -> None:
    made.due(10000)
    row = cheque()
    step(desk, row, "deposit")
    address = f"/fees/receipts/{row.uuid}/bounce/"
    assert desk.post(address, {"reason": " "}).status_code == 422
    assert desk.post(address, {"reason": "Funds insufficient"}).status_code == 302
    assert desk.post(address, {"reason": "Funds insufficient"}).status_code == 422
    opens = desk.get("/fees/counter/", {"student": str(people.student().uuid)}).context["form"].rows
    assert 10000 in [line.open_paise for line in opens]
    assert "No cheque waits" in desk.get(CHEQUES).content.decode()
    assert desk.get(f"/fees/receipts/{pay(100).uuid}/bounce/").status_code == 404
    assert proving.broken() == []


def test_cheques_cost_the_same_at_3_and_at_30(desk: Client, same_queries: Callable[..., int]) -> None:
    def add(count: int) -> None:
        for _ in range(count):
            made.payment(100, mode=Mode.CHEQUE, reference=uuid4().hex[:8], bank="SBI")

    same_queries(lambda: desk.get(CHEQUES), add=add, at_most=8)
