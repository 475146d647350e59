"""The sums of reports: the same on every page and in every file, and the same as the ledger's."""

import csv
import io
from datetime import timedelta

import pytest
from django.db.models import Sum
from django.urls import reverse
from django.utils import timezone

from accounts.models import Grant
from coaching.lib.money import rupees
from fees import ageing, collections, ledger, reports
from fees.models import (
    CashierDay,
    Credit,
    Due,
    LedgerEntry,
    Mode,
    Payout,
    Reversal,
    StudentAccount,
)
from fees.report_months import Month, last_months
from tests import people
from tests.batches.enrolling import batch as a_batch
from tests.fees import made

pytestmark = pytest.mark.django_db


def credit(due, paise, **fields):
    values = {"kind": Credit.Kind.WAIVER, "reason": "Asked", "source": "test", "taxable_paise": paise, **fields}
    row = Credit.objects.create(due=due, amount_paise=paise, **values)
    ledger.credited(row, is_billed=False, booking=made.booking())
    return row


def take_back(payment):
    """Whole, with its allocations."""
    for one in list(payment.allocations.filter(reverses=None)):
        back = payment.allocations.create(due=one.due, amount_paise=one.amount_paise, reverses=one, source="test")
        ledger.allocated([back], made.booking())
    row = Reversal.objects.create(payment=payment, kind="UNDO", reason="Typed wrongly", made_by=people.admin())
    ledger.taken_back(row, made.booking(), lay_in=ledger.LIES_IN[Mode(payment.mode)])
    return row


def give_back(payment, paise):
    row = Payout.objects.create(
        payment=payment, mode=Mode.CASH, amount_paise=paise, reason="Left", made_by=people.admin()
    )
    ledger.paid_out(row, made.booking())
    return row


def a_mixed_set():
    """Of two batches: paid, part paid, overdue, credited, taken back, an advance of which a part was given back."""
    evening = a_batch("NEET evening")
    ananya, ritika = people.student(), people.other_student()
    ours, theirs = made.enrolment(ananya), made.enrolment(ritika, evening)
    old = made.due(50_000_00, enrolled=ours, days=-100)
    part = made.due(30_000_01, enrolled=ours, days=-40)
    coming = made.due(20_000_00, enrolled=ours, days=20)
    late = made.due(11_000_00, enrolled=theirs, days=-3)
    free = made.due(4_000_00, enrolled=theirs, days=-2)
    made.payment(70_000_50, (old, 50_000_00), (part, 10_000_00))
    take_back(made.payment(11_000_00, (late, 11_000_00), mode=Mode.UPI, reference="U1"))
    give_back(made.payment(9_000_00, (late, 1_000_00), mode=Mode.UPI, reference="U2"), 3_000_00)
    credit(free, 4_000_00)
    credit(coming, 5_00)
    return {"old": old, "part": part, "coming": coming, "late": late, "free": free, "evening": evening}


def balance(account):
    """What the ledger says of an account."""
    rows = LedgerEntry.objects.all()
    into = rows.filter(debit=account).aggregate(sum=Sum("amount_paise", default=0))["sum"]
    return into - rows.filter(credit=account).aggregate(sum=Sum("amount_paise", default=0))["sum"]


def browser():
    return people.signed_in(people.admin())


def text_of(answer):
    return answer.content.decode()


def rows_of(answer):
    table = csv.reader(io.StringIO(b"".join(answer.streaming_content).decode("utf-8-sig")))
    header, *rows = table
    return [dict(zip(header, row, strict=True)) for row in rows]


def in_paise(text):
    rupees_, _point, rest = text.lstrip("-").partition(".")
    return (int(rupees_) * 100 + int(rest)) * (-1 if text.startswith("-") else 1)


def test_sums_are_those_of_the_ledger():
    a_mixed_set()
    accounts = list(StudentAccount.objects.all())
    sums, today = reports.sums_of(Due.objects.all()), timezone.localdate()
    assert sums.open == sum(balance(ledger.student(one.pk)) for one in accounts)
    assert reports.advances_held() == -sum(balance(ledger.advance(one.pk)) for one in accounts) == 15_000_50
    month = Month.of(today)
    collected = reports.collected_by_month([month])[month]
    assert collected == sum(balance(where) for where in set(ledger.LIES_IN.values()))
    assert collected == sums.paid + reports.advances_held()
    aged = ageing.aged(Due.objects.all(), today=today)
    assert aged.open == sums.open
    assert aged.overdue == sums.open - 19_995_00


def test_figures_are_the_same_on_every_page_and_in_every_file():
    rows, office, today = a_mixed_set(), browser(), timezone.localdate()
    month, overdue = Month.of(today), 30_000_01 - 10_000_00 + 10_000_00
    overview = text_of(office.get(reverse("fees_overview")))
    collected = 70_000_50 + 9_000_00 - 3_000_00
    for paise in (collected, overdue):
        assert reports.figure(paise) in overview
    assert rupees(collected) in text_of(office.get(reverse("fee_collections"))).replace("76,000.50", "₹76,000.50")
    listed = rows_of(office.post(reverse("due_list_export"), {"state": "overdue"}))
    assert sum(in_paise(one["Open"]) for one in listed) == overdue
    aged = rows_of(office.post(reverse("fee_ageing_export")))
    assert sum(in_paise(one["Overdue"]) for one in aged) == overdue
    owing = rows_of(office.post(reverse("fee_defaulters_export")))
    assert sum(in_paise(one["Overdue"]) for one in owing) == overdue
    money = rows_of(office.post(reverse("fee_collections_export"), {"month": str(month)}))
    assert sum(in_paise(one["Amount"]) for one in money) == collected
    panel = reports.office_panel(people.admin(), now=timezone.now())
    assert [one.value for one in panel.figures] == [reports.figure(collected)] * 2 + [reports.figure(overdue)]
    narrowed = text_of(office.get(reverse("due_list"), {"batch": rows["evening"].uuid}))
    assert "11,000.00" in narrowed
    assert "50,000.00" not in narrowed


def test_expected_is_what_is_due_in_the_month_less_credits():
    first = timezone.localdate().replace(day=1)
    due = made.due(10_000_00, due_on=first)
    made.due(3_000_00, due_on=first - timedelta(days=1))
    credit(due, 1_500_00)
    months = last_months(2, until=Month.of(first))
    assert reports.expected_by_month(months) == {months[0]: 3_000_00, months[1]: 8_500_00}


def test_collected_of_a_batch_is_what_went_to_its_dues():
    rows = a_mixed_set()
    month = Month.of(timezone.localdate())
    assert reports.collected_by_month([month], batch=rows["evening"])[month] == 1_000_00
    assert reports.collected_by_month([month], batch=rows["old"].enrolment.batch)[month] == 60_000_00


def test_what_was_taken_back_counts_on_the_day_it_was():
    now, due = timezone.now(), made.due(5_000_00, days=-50)
    received = timezone.localdate() - timedelta(days=40)
    take_back(made.payment(5_000_00, (due, 5_000_00), received_on=received))
    found = collections.collected(collections.Span(received, timezone.localdate(now)))
    assert found.whole.net == 0
    assert [(day, flow.net) for day, flow in found.by_day] == [
        (timezone.localdate(now), -5_000_00),
        (received, 5_000_00),
    ]


@pytest.mark.parametrize(
    ("state", "labels"),
    [
        ("pending", {"late", "coming"}),
        ("partly", {"part", "other"}),
        ("paid", {"old"}),
        ("overdue", {"part", "other"}),
        ("30", {"other"}),
        ("60", {"part"}),
        ("90", set()),
        ("coming", {"coming"}),
    ],
)
def test_dues_are_listed_by_state(state, labels):
    rows = a_mixed_set()
    names = {rows["late"].pk: "other"} | {row.pk: name for name, row in rows.items() if name not in {"late", "evening"}}
    page = browser().get(reverse("due_list"), {"state": state})
    wanted = labels - {"late"}
    assert {names[line.due.pk] for line in page.context["lines"]} == wanted


def test_dues_are_found_by_name_and_by_month():
    rows, office = a_mixed_set(), browser()
    found = office.get(reverse("due_list"), {"q": "रितिका"}).context["lines"]
    assert {line.due.pk for line in found} == {rows["late"].pk, rows["free"].pk}
    month = str(Month.of(rows["old"].due_on))
    found = office.get(reverse("due_list"), {"month": month}).context["lines"]
    assert {line.due.pk for line in found} == {
        one.pk for one in Due.objects.all() if str(Month.of(one.due_on)) == month
    }


def test_nonsense_in_the_address_asks_for_nothing():
    a_mixed_set()
    for page in ("due_list", "fees_overview", "fee_defaulters", "fee_collections", "fee_gst"):
        given = {"batch": "x\0", "state": "DROP", "month": "2026-13", "on": "2026-02-30", "q": "\0", "page": "-1"}
        assert browser().get(reverse(page), given).status_code == 200, page


def test_overview_says_what_needs_somebody():
    rows = a_mixed_set()
    StudentAccount.objects.filter(pk=rows["part"].account_id).update(is_disputed=True)
    CashierDay.objects.create(cashier=people.admin(), on=timezone.localdate() - timedelta(days=1))
    made.payment(
        1_00,
        student=people.other_student(),
        mode=Mode.CHEQUE,
        reference="1",
        bank="SBI",
        received_on=timezone.localdate() - timedelta(days=9),
    )
    said = text_of(browser().get(reverse("fees_overview")))
    for words in (
        "1 student is in dispute and owes",
        "1 day at the counter is not closed",
        "1 cheque is under way for over a week",
        "2 students have an advance and overdue dues",
        "2 enrolments are not charged",
    ):
        assert words in said
    assert [one.url for one in reports.todo(people.admin(), now=timezone.now())] == ["/fees/registers/days/"]
    assert reports.todo(people.cashier(), now=timezone.now()) == []


def test_an_institute_without_fees_has_an_overview():
    said = text_of(browser().get(reverse("fees_overview")))
    assert "Nothing is overdue" in said
    assert "Nothing needs you" in said


def test_a_cashier_reads_reports_and_other_staff_do_not():
    client = people.signed_in(people.cashier())
    assert client.get(reverse("fees_overview")).status_code == 403
    assert reverse("fees_overview") not in text_of(client.get(reverse("dashboard")))
    Grant.objects.create(user=people.cashier(), kind=Grant.Kind.CASHIER)
    assert client.get(reverse("fees_overview")).status_code == 200
    assert reverse("fees_overview") in text_of(client.get(reverse("dashboard")))
    assert client.get(reverse("fee_register", args=["nothing"])).status_code == 404


def test_nine_digit_rupees_and_chart_without_money():
    made.due(10**12, days=2)
    said = text_of(browser().get(reverse("fees_overview")))
    assert "₹1,000,00,00,000" in said or "₹10,00,00,00,000" in said
