"""Money at the counter: what it pays, what is refused, and that a form counts once."""

from datetime import date, timedelta
from uuid import uuid4

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts.models import Activity, Notification
from fees import advances, numbering, payable, payments, proving
from fees.models import (
    Allocation,
    Bill,
    CashierDay,
    DocSeries,
    Document,
    Due,
    LedgerEntry,
    Mode,
    Payment,
    StudentAccount,
)
from fees.payable import NotPayable
from fees.receiving import FormUsed, PaymentRefused, ReferenceUsed
from tests import people
from tests.fees import made
from tests.fees.paid import fined, pay, settings

pytestmark = pytest.mark.django_db


def opens() -> list[int]:
    return list(Due.objects.order_by("due_on", "pk").values_list("balance__open_paise", flat=True))


def test_money_pays_what_is_due_until_today_in_order_and_the_rest_is_advance() -> None:
    for days in (-40, -10, 30):
        made.due(10000, days=days)
    paid = pay(25000)
    assert opens() == [0, 0, 10000]
    assert advances.of(paid.account) == 5000
    assert paid.day is not None
    assert proving.broken() == []


def test_what_is_chosen_is_paid_whatever_its_day() -> None:
    early, late = made.due(10000, days=-10), made.due(10000, days=60)
    paid = pay(9000, wanted={f"due:{late.uuid}": 9000})
    assert opens() == [10000, 1000]
    assert [row.due for row in paid.allocations.all()] == [late]
    assert [row.key for row in payable.rows(paid.account, on=timezone.localdate())] == [
        f"due:{early.uuid}",
        f"due:{late.uuid}",
    ]


@pytest.mark.parametrize(
    ("wanted", "said"), [(10001, "Of Fee only ₹100.00 is left to pay"), (-5, "less than nothing"), (9000, "More was")]
)
def test_no_more_is_chosen_than_is_open_or_was_paid(wanted: int, said: str) -> None:
    due = made.due(10000)
    with pytest.raises(NotPayable, match=said):
        pay(8000, wanted={f"due:{due.uuid}": wanted})
    assert not Payment.objects.exists()


def test_somebody_elses_due_is_not_paid() -> None:
    other = made.due(10000, student=people.other_student())
    with pytest.raises(NotPayable):
        pay(10000, wanted={f"due:{other.uuid}": 10000})


def test_a_late_fine_is_issued_by_the_money_that_touches_what_is_late() -> None:
    late, later = fined(-10), fined(-3)
    account = late.account
    rows = payable.rows(account, on=timezone.localdate())
    assert [(row.is_fine, row.open_paise) for row in rows] == [
        (True, 1000),
        (False, 10000),
        (True, 300),
        (False, 10000),
    ]
    paid = pay(10500)
    fine = Due.objects.get(kind=Due.Kind.FINE)
    assert (fine.parent, fine.total_paise) == (late, 1000)
    assert {row.due_id: row.amount_paise for row in paid.allocations.all()} == {fine.pk: 1000, late.pk: 9500}
    again = payable.rows(account, on=timezone.localdate() + timedelta(days=1))
    assert [row.open_paise for row in again if row.is_accruing] == [100, 400]
    chosen = pay(500, wanted={f"due:{late.uuid}": 500})
    assert not Due.objects.filter(kind=Due.Kind.FINE, parent=later).exists()
    assert chosen.allocations.get().due == late
    assert proving.broken() == []


def test_a_fine_alone_can_be_paid_before_it_is_issued() -> None:
    late = fined(-10)
    paid = pay(1000, wanted={f"fine:{late.uuid}": 600})
    assert paid.allocations.get().due.parent == late
    assert [row.open_paise for row in payable.rows(late.account, on=timezone.localdate())] == [400, 10000]
    assert advances.of(paid.account) == 400


def test_fees_go_before_fines_when_the_institute_says_so() -> None:
    settings(allocation_order="PRINCIPAL_FIRST")
    fined(-10)
    pay(10200)
    assert sorted(Due.objects.values_list("kind", "balance__open_paise")) == [("FINE", 800), ("INSTALMENT", 0)]


def test_a_registered_institute_bills_what_money_touches_and_vouches_for_the_rest() -> None:
    made.registered()
    due, untouched = made.due(118000, heads=("Tuition", "Books")), made.due(118000, days=40)
    pay(200000, wanted={f"due:{due.uuid}": 50000})
    assert [one.due for one in Bill.objects.all()] == [due]
    assert sorted(Document.objects.values_list("kind", "amount_paise")) == [
        ("INVOICE", 118000),
        ("RECEIPT", 200000),
        ("VOUCHER", 150000),
    ]
    booked = LedgerEntry.objects.filter(kind="BILL").order_by("credit").values_list("credit", "amount_paise")
    assert [paise for _account, paise in booked] == [4500, 4500, 50000, 50000, 4500, 4500]
    assert not Bill.objects.filter(due=untouched).exists()
    assert proving.broken() == []


def test_a_form_sent_twice_is_one_payment() -> None:
    due, token = made.due(10000), uuid4()
    first = pay(4000, wanted={f"due:{due.uuid}": 4000}, form_token=token)
    assert pay(4000, wanted={f"due:{due.uuid}": 4000}, form_token=str(token)) == first
    assert Payment.objects.count() == Document.objects.count() == 1


@pytest.mark.parametrize("change", [{"paise": 4001}, {"mode": Mode.CARD}, {"note": "Hello"}, {"student": 1}, {"w": 1}])
def test_a_form_sent_again_with_other_content_is_refused(change: dict[str, object]) -> None:
    due, token = made.due(10000), uuid4()
    pay(4000, wanted={f"due:{due.uuid}": 4000}, form_token=token)
    student = people.other_student() if change.pop("student", None) else None
    wanted = {f"due:{due.uuid}": 3000} if change.pop("w", None) else {f"due:{due.uuid}": 4000}
    with pytest.raises(FormUsed, match=r"₹40\.00 of Ananya Kulkarni already"):
        pay(change.pop("paise", 4000), wanted=wanted, form_token=token, student=student, **change)  # type: ignore[arg-type]
    assert Payment.objects.count() == 1


def test_a_form_with_a_fine_sent_again_is_the_same() -> None:
    late, token = fined(-10), uuid4()
    wanted = {f"fine:{late.uuid}": 1000, f"due:{late.uuid}": 2000}
    first = pay(3000, wanted=wanted, form_token=token)
    assert pay(3000, wanted=wanted, form_token=token) == first


@pytest.mark.parametrize(
    ("fields", "field"),
    [
        ({"mode": "GATEWAY"}, "mode"),
        ({"mode": "BARTER"}, "mode"),
        ({"paise": 0}, "amount"),
        ({"paise": -100}, "amount"),
        ({"paise": 10**12 + 1}, "amount"),
        ({"mode": Mode.UPI}, "reference"),
        ({"mode": Mode.CHEQUE, "reference": "123456"}, "bank"),
        ({"mode": Mode.CHEQUE, "reference": " ", "bank": "SBI"}, "reference"),
        ({"mode": Mode.UPI, "reference": "1" * 61}, "reference"),
        ({"tendered_paise": 999}, "tendered"),
        ({"received_on": date(2020, 1, 1)}, "received_on"),
        ({"received_on": timezone.localdate() + timedelta(days=2)}, "received_on"),
        ({"received_on": timezone.localdate() - timedelta(days=2)}, "received_on"),
        ({"form_token": "nonsense"}, ""),
    ],
)
def test_money_typed_wrongly_is_refused_at_its_field(fields: dict[str, object], field: str) -> None:
    values = {"paise": 1000, **fields}
    with pytest.raises(PaymentRefused) as refused:
        pay(values.pop("paise"), **values)  # type: ignore[arg-type]
    assert refused.value.field == field
    assert not Payment.objects.exists()


def test_a_reference_stands_once_however_it_is_typed() -> None:
    paid = pay(1000, mode=Mode.UPI, reference="ab 1234 c")
    assert paid.reference == "AB1234C"
    with pytest.raises(ReferenceUsed, match=r"Ananya Kulkarni, ₹10\.00"):
        pay(2000, mode=Mode.UPI, reference="AB1234C", student=people.other_student())
    pay(2000, mode=Mode.BANK, reference="AB1234C", received_on=timezone.localdate() - timedelta(days=3))


def test_the_family_is_told_and_the_log_says_who_took_it() -> None:
    pay(1000)
    assert Notification.objects.get(recipient=people.student()).body.startswith("₹10.00, receipt RCP/")
    line = Activity.objects.get(event="fees.paid")
    assert (line.actor, line.subject) == (made.the_cashier(), people.student())


def test_nothing_is_kept_of_a_payment_that_fails_at_its_end() -> None:
    """Its receipt is the last but what is told: the series is full, everything before was written."""
    made.due(10000)
    entries = LedgerEntry.objects.count()
    year = numbering.financial_year(timezone.localdate())
    DocSeries.objects.create(kind="RECEIPT", year=year, prefix="RCP", next=10**7)
    with pytest.raises(ValueError, match="series is full"):
        pay(10000)
    for model in (Payment, Allocation, Bill, Document, Notification, CashierDay):
        assert not model._default_manager.exists()
    assert (opens(), LedgerEntry.objects.count()) == ([10000], entries)


def test_recording_costs_few_queries_however_many_dues_it_pays() -> None:
    made.registered()
    costs = []
    for count, student in ((3, people.student()), (6, people.other_student())):
        for part in range(count):
            made.due(10000, student=student, days=-part, part=part + 1, parts=count)
        pay(1, student=student)  # opens the day and the series
        account, cashier, now = made.account(student), made.the_cashier(), timezone.now()
        with CaptureQueriesContext(connection) as captured:
            payments.record(
                account, mode=Mode.CASH, amount_paise=10000 * count - 1, actor=cashier, now=now, form_token=uuid4()
            )
        asked = [one["sql"][:150] for one in captured.captured_queries if "SAVEPOINT" not in one["sql"]]
        costs.append(len(asked))
    assert costs[0] == costs[1] <= 33, "\n".join(asked)


def test_an_account_is_seen_by_its_family_only() -> None:
    pay(1000)
    assert list(StudentAccount.objects.for_user(people.student())) == [made.account()]
    assert not Payment.objects.for_user(people.other_student()).exists()
