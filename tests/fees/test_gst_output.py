"""GST for a month: what the ledger's tax accounts moved by, by recipient, place and rate."""

import csv
import io
from datetime import timedelta

import pytest
from django.db.models import Sum
from django.urls import reverse
from django.utils import timezone

from fees import gst_output, ledger
from fees.models import Bill, Credit, FeeHead, LedgerEntry, StudentAccount
from fees.report_months import Month
from fees.tax import Parts
from tests import people
from tests.fees import made

pytestmark = pytest.mark.django_db


def billed(due, on=None):
    bill = Bill.objects.create(due=due, billed_on=on or timezone.localdate())
    lines = [
        (line.head_id, Parts(line.taxable_paise, line.cgst_paise, line.sgst_paise, line.igst_paise))
        for line in due.lines.all()
    ]
    ledger.billed([(bill, lines)], ledger.Booking(by=None, source="test", on=bill.billed_on, now=timezone.now()))
    return bill


def credited(due, parts):
    row = Credit.objects.create(
        due=due,
        kind=Credit.Kind.WAIVER,
        reason="Asked",
        source="test",
        taxable_paise=parts.taxable,
        cgst_paise=parts.cgst,
        sgst_paise=parts.sgst,
        igst_paise=parts.igst,
        amount_paise=parts.total,
    )
    ledger.credited(row, is_billed=hasattr(due, "bill"), booking=made.booking())


def of_now():
    return gst_output.of_month(Month.of(timezone.localdate()))


def moved(account):
    rows = LedgerEntry.objects.all()
    out = rows.filter(credit=account).aggregate(sum=Sum("amount_paise", default=0))["sum"]
    return out - rows.filter(debit=account).aggregate(sum=Sum("amount_paise", default=0))["sum"]


def test_lines_are_what_the_tax_accounts_moved_by():
    made.registered()
    ours, theirs = made.due(118_000_00), made.due(11_800_01, student=people.other_student())
    business = StudentAccount.objects.get(student=people.other_student())
    business.gstin, business.bill_to = made.GSTIN, "Sharma Traders"
    business.save()
    billed(ours)
    billed(theirs)
    credited(ours, Parts(10_000_00, 900_00, 900_00))
    credited(made.due(5_000_00), Parts(4_237_28, 381_36, 381_36))  # not billed: no tax was owed
    output = of_now()
    b2b, b2c = output.lines
    assert (b2b.supply.gstin, b2b.supply.bill_to, b2b.net.tax) == (made.GSTIN, "Sharma Traders", 180_000)
    assert b2c.supply.rate == "18 %"
    assert b2c.supply.place_name == "27 Maharashtra"
    assert b2c.net == Parts(90_000_00, 8_100_00, 8_100_00)
    for name in ("cgst", "sgst", "igst"):
        assert getattr(output.whole.net, name) == moved(name)
    concession = moved(ledger.CONCESSION)
    income = moved(ledger.income(FeeHead.objects.get().pk))
    assert output.whole.net.taxable == income + concession


def test_each_rate_and_head_has_its_line_and_months_are_apart():
    made.registered()
    due = made.due(20_000_00, heads=("Tuition", "Books"))
    billed(due, on=timezone.localdate() - timedelta(days=40))
    assert of_now().lines == []
    other = gst_output.of_month(Month.of(timezone.localdate() - timedelta(days=40)))
    assert [one.billed.total for one in other.lines] == [20_000_00]


def test_a_credit_is_spread_over_the_rates_of_its_due():
    rates = {1800: Parts(100_00, 9_00, 9_00), 0: Parts(300_00)}
    assert list(gst_output._by_rate(rates, "concession", 40_01)) == [(1800, 10_00), (0, 30_01)]
    assert list(gst_output._by_rate(rates, "cgst", 90)) == [(1800, 90), (0, 0)]


def test_page_and_file_say_the_same():
    made.registered()
    billed(made.due(118_000_00))
    client = people.signed_in(people.admin())
    page = client.get(reverse("fee_gst")).content.decode()
    assert "1,00,000.00" in page
    assert "9,000.00" in page
    month = str(Month.of(timezone.localdate()))
    sent = client.post(reverse("fee_gst_export"), {"month": month})
    header, row = csv.reader(io.StringIO(b"".join(sent.streaming_content).decode("utf-8-sig")))
    assert dict(zip(header, row, strict=True))["Tax"] == "18000.00"
    assert "not set up to collect GST" not in page


def test_an_institute_without_tax_is_told_so():
    said = people.signed_in(people.admin()).get(reverse("fee_gst")).content.decode()
    assert "The institute is not set up to collect GST." in said
