"""Receipts: found by whatever one knows of them, as a file, and taken back while that is allowed."""

import csv
from collections.abc import Callable
from datetime import timedelta
from io import StringIO
from typing import Any
from uuid import uuid4

import pytest
from django.test import Client
from django.utils import timezone

from accounts.models import Role
from fees import days, proving
from fees.models import Document, Due, FeeSettings, Mode, Payment, Reversal
from tests import people
from tests.fees import made
from tests.fees.desk import line, take
from tests.fees.paid import pay, settings

pytestmark = pytest.mark.django_db
LIST = "/fees/receipts/"
PLACE = {"reason": "Typed for the wrong student"}


@pytest.fixture
def desk() -> Client:
    return people.signed_in(made.the_cashier())


def shown(desk: Client, **asked: str) -> list[int]:
    """Amounts on the page, in its order."""
    page = desk.get(LIST, asked)
    assert page.status_code == 200
    return [row[0].amount_paise for row in page.context["rows"]]


def undo(desk: Client, row: Payment, reason: str = "Typed for the wrong student") -> Any:
    return desk.post(f"{LIST}{row.uuid}/undo/", {"reason": reason})


def test_receipts_are_found_by_what_one_knows_of_them(desk: Client) -> None:
    now = timezone.now()
    first = pay(100, now=now - timedelta(days=40))
    pay(200, student=people.other_student(), mode=Mode.UPI, reference="UTR 4711", now=now)
    pay(300, actor=people.admin(), now=now + timedelta(seconds=1))
    assert shown(desk) == [300, 200, 100]
    number = Document.objects.get(kind="RECEIPT", payment=first).number
    today = timezone.localdate(now).isoformat()
    for asked, amounts in (
        ({"q": "ananya"}, [300, 100]),
        ({"q": number}, [100]),
        ({"q": "utr4711"}, [200]),
        ({"q": "2026-0290"}, [200]),
        ({"q": "nobody"}, []),
        ({"mode": "UPI"}, [200]),
        ({"since": today}, [300, 200]),
        ({"until": (timezone.localdate(now) - timedelta(days=1)).isoformat()}, [100]),
        ({"by": str(people.admin().uuid)}, [300]),
        ({"q": "ananya", "since": today, "mode": "CASH"}, [300]),
    ):
        assert shown(desk, **asked) == amounts, asked


@pytest.mark.parametrize(
    "asked", [{"since": "31/02"}, {"until": "2026-13-01"}, {"mode": "GOLD"}, {"by": "x"}, {"page": "x"}]
)
def test_what_cannot_be_read_is_as_if_it_were_not_asked(desk: Client, asked: dict[str, str]) -> None:
    pay(100)
    assert shown(desk, **asked) == [100]


def test_the_file_has_all_of_them_as_programs_read_them(desk: Client) -> None:
    name = "=HYPERLINK(1)"
    who = people.person(name, Role.STUDENT, admission_number="CSV-1")
    pay(11800000, student=who, mode=Mode.UPI, reference="1"), pay(100)
    undo(desk, Payment.objects.get(amount_paise=100))
    page = desk.post(f"{LIST}export/")
    rows = list(csv.reader(StringIO(b"".join(page.streaming_content).decode("utf-8-sig"))))  # type: ignore[attr-defined]
    assert [row[6] for row in rows] == ["Amount", "1.00", "118000.00"]
    assert rows[1][8] == rows[2][0] == timezone.localdate().isoformat()
    assert rows[2][2] != name
    assert name in rows[2][2]


def test_the_list_costs_the_same_at_3_and_at_30_receipts(desk: Client, same_queries: Callable[..., int]) -> None:
    def add(count: int) -> None:
        for _ in range(count):
            pay(100, mode=Mode.CHEQUE, reference=uuid4().hex[:8], bank="SBI", instrument_on=timezone.localdate())

    same_queries(lambda: desk.get(LIST), add=add, at_most=10)


# --- Taking back ------------------------------------------------------------------------------------------------------


def test_a_cashier_undoes_what_he_has_just_recorded(desk: Client) -> None:
    due = made.due(10000)
    take(desk, people.student())
    row = Payment.objects.get()
    address = f"{LIST}{row.uuid}/undo/"
    assert address in desk.get("/fees/counter/").content.decode()
    assert "Give ₹100.00 back." in desk.get(address).content.decode()
    assert undo(desk, row).headers["Location"] == f"/fees/counter/?student={people.student().uuid}"
    assert Due.objects.get(pk=due.pk).balance.open_paise == 10000
    page = desk.get("/fees/counter/")
    assert page.context["drawer"].should_be == 0
    assert address not in page.content.decode()
    assert Document.objects.filter(kind="CANCELLATION").count() == 1
    take(desk, people.student(), **{line(due): "100"})
    assert Payment.objects.count() == 2
    assert proving.broken() == []


@pytest.mark.parametrize("reason", ["", "  ", "x", "क" * 301])
def test_taking_back_needs_a_reason(desk: Client, reason: str) -> None:
    assert undo(desk, pay(100), reason).status_code == 422
    assert not Reversal.objects.exists()


def test_two_tabs_that_undo_the_same_payment_undo_it_once(desk: Client) -> None:
    row = pay(100)
    assert [undo(desk, row).status_code, undo(people.signed_in(people.admin()), row).status_code] == [302, 422]
    assert Reversal.objects.count() == 1


def test_after_a_while_only_an_admin_takes_back(desk: Client) -> None:
    settings(undo_minutes=15)
    row = pay(100, now=timezone.now() - timedelta(minutes=16))
    assert "An admin can take it back." in desk.get(f"{LIST}{row.uuid}/undo/").content.decode()
    assert undo(desk, row).status_code == 403
    assert undo(people.signed_in(people.admin()), row).status_code == 302
    assert FeeSettings.current().undo_minutes == 15


def test_what_another_recorded_or_a_closed_day_holds_is_no_cashiers_to_undo(desk: Client) -> None:
    his, mine = pay(100, actor=people.admin()), pay(200)
    assert undo(desk, his).status_code == 403
    day = days.today(people.cashier(), now=timezone.now())
    assert day is not None
    days.close_day(day, counted_paise=200, note="", actor=people.cashier(), now=timezone.now())
    assert undo(desk, mine).status_code == 403
    assert not Reversal.objects.exists()


def test_a_payment_nobody_knows_is_not_there(desk: Client) -> None:
    for name in ("undo", "bounce"):
        assert desk.get(f"{LIST}{uuid4()}/{name}/").status_code == 404
        assert desk.post(f"{LIST}{uuid4()}/{name}/", PLACE).status_code == 404
