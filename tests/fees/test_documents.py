"""Numbers of documents, and what their snapshots keep and their pages say."""

import json
from datetime import date
from typing import Any

import pytest
from django.db import DatabaseError, connection, transaction
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts.models import Institute, User
from fees import charging, cheques, credits, days, documents, reversals
from fees.models import Credit, Document, Due, DueLine, FeeHead, Mode, StudentAccount
from fees.tax import within
from tests import people
from tests.fees import made
from tests.fees.paid import pay, settings
from tests.fees.papers import HINDI, at, composition, give_back, page, snapshot

pytestmark = pytest.mark.django_db


def the(kind: str) -> Document:
    return Document.objects.get(kind=kind)


# --- Numbers ----------------------------------------------------------------------------------------------------------


def test_each_kind_counts_from_one_in_each_financial_year():
    for day in ("2027-03-31 23:59", "2027-03-31 23:59", "2027-04-01 00:01"):
        pay(5000, now=at(day), mode=Mode.CARD)
    numbers = Document.objects.order_by("pk").values_list("number", "dated_on")
    assert list(numbers) == [
        ("RCP/26-27/000001", date(2027, 3, 31)),
        ("RCP/26-27/000002", date(2027, 3, 31)),
        ("RCP/27-28/000001", date(2027, 4, 1)),
    ]


def test_dates_of_a_series_never_go_back():
    late, early = made.booking(at("2026-11-21 10:00")), made.booking(at("2026-11-20 10:00"))
    first = documents.receipt(made.payment(100), booking=late)
    second = documents.receipt(made.payment(100), booking=early)
    assert (second.serial, second.dated_on) == (first.serial + 1, first.dated_on)
    assert "Date Sat 21 Nov 2026 Received on" in page(second)  # without the time, which is another day's


def test_several_at_once_have_numbers_that_follow_one_another():
    made.registered()
    pay(6000, wanted={f"due:{made.due(1000, part=part, parts=6).uuid}": 1000 for part in range(1, 7)})
    assert list(Document.objects.filter(kind="INVOICE").values_list("serial", flat=True).order_by("due")) == [
        *range(1, 7)
    ]


# --- Snapshots --------------------------------------------------------------------------------------------------------


def test_a_document_is_what_was_hashed_and_no_row_of_it_changes():
    pay(11_800_00)
    row = the("RECEIPT")
    assert row.snapshot == documents.canonical(json.loads(row.snapshot))
    assert documents.is_intact(row)
    for change in ({"snapshot": row.snapshot.replace("1180000", "1180001")}, {"number": "RCP/26-27/000009"}):
        other = Document.objects.get(pk=row.pk)
        for name, value in change.items():
            setattr(other, name, value)
        assert not documents.is_intact(other)
        with pytest.raises(DatabaseError), transaction.atomic():
            other.save()


def test_a_page_says_what_was_so_when_it_was_issued_and_asks_nothing_about_it():
    Institute(pk=1, name="प्रगति अध्ययन मंडल", address="14, Ramdaspeth Road\nNagpur 440010", state="Maharashtra").save()
    made.registered(legal_name="Pragati Study Circle", receipt_note="Keep it.")
    due = made.due(11_800_00)
    pay(5_900_00, payer="Mohammed Yunus", mode=Mode.UPI, reference="4155 1234")
    before = page(the("RECEIPT"))
    User.objects.filter(pk=people.student().pk).update(name=HINDI)
    StudentAccount.objects.update(bill_to="Somebody")
    Institute(pk=1, name="Other").save()
    FeeHead.objects.update(name="Other")
    settings(legal_name="Other", receipt_note="Other")
    pay(5_900_00)
    after = page(Document.objects.filter(kind="RECEIPT").earliest("serial"))
    assert before.partition("Receipt ")[2] == after.partition("Receipt ")[2]
    for said in ("प्रगति अध्ययन मंडल Pragati Study Circle", "Nagpur 440010 Maharashtra", f"GSTIN {made.GSTIN}"):
        assert said in after
    for said in ("Roll 2026-0188, JEE", "Mohammed Yunus", "UPI, 41551234", "Maharashtra (27)", "Keep it."):
        assert said in after
    assert "1 Fee, part Tuition · INV/26-27/000001 999293 5,000.00 450.00 450.00 5,900.00 Together" in after
    assert "₹5,900.00 Five thousand nine hundred rupees only पाँच हज़ार नौ सौ रुपये मात्र" in after
    assert f"Fee, rest {due.due_on:%a} {due.due_on.day}" in after
    assert "Paid so far" not in after


def test_a_receipt_says_what_was_paid_before_it():
    made.due(70_000)
    for _again in range(6):
        pay(10_000)
    wrong = pay(500)
    reversals.undo(wrong, reason="Wrong", actor=people.admin(), now=timezone.now())
    last = pay(10_000).documents.get()
    text = page(last)
    assert "1 receipt before" in text.partition("Paid so far in 20")[2]
    assert text.count("RCP/") == 1 + 5 + 1
    assert f"This receipt {last.number} 100.00" in text
    assert [one["amount"] for one in snapshot(last)["before"]] == [10_000] * 6


def test_pieces_of_a_due_of_two_rates_add_up_to_its_invoice():
    made.registered()
    due = _of_two_rates()
    pay(33_333)
    pay(33_333)
    pay(due.total_paise - 66_666)
    lines = [line for row in Document.objects.filter(kind="RECEIPT") for line in snapshot(row)["lines"]]
    wanted = snapshot(the("INVOICE"))["lines"]
    for rate in (1800, 500):
        for column in ("taxable", "cgst", "sgst", "igst", "amount"):
            pieces = sum(line[column] for line in lines if line["gst_bp"] == rate)
            assert pieces == sum(line[column] for line in wanted if line["gst_bp"] == rate), (rate, column)
    text = page(Document.objects.filter(kind="RECEIPT").earliest("serial"))
    assert "Taxable, ₹ CGST SGST Amount, ₹" in text
    assert "GST 18 %" in text
    assert "GST 5 %" in text


def _of_two_rates() -> Due:
    parts = {"Tuition": (1800, 77_777), "Books": (500, 22_223)}
    lines = {name: within(paise, gst_bp=bp, is_inter_state=False) for name, (bp, paise) in parts.items()}
    stay = made.enrolment()
    sums = {
        f"{column}_paise": sum(getattr(one, column) for one in lines.values())
        for column in ("taxable", "cgst", "sgst", "igst", "total")
    }
    row = Due.objects.create(
        account=made.account(), enrolment=stay, kind="INSTALMENT", seq=1, part=1, parts=1, supply_state="27",
        due_on=timezone.localdate(), source="test", **sums,
    )  # fmt: skip
    for name, one in lines.items():
        columns = {f"{column}_paise": getattr(one, column) for column in ("taxable", "cgst", "sgst", "igst", "total")}
        DueLine.objects.create(due=row, head=made.head(name), sac="999293", gst_bp=parts[name][0], **columns)
    return row


# --- Kinds ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("state", "heads"),
    [("27", "CGST 9 % SGST 9 %"), ("26", "CGST 9 % UTGST 9 %"), ("29", "IGST 18 %")],
)
def test_an_invoice_says_what_rule_46_asks(state, heads):
    gstin = made.GSTIN if state != "26" else "26AAXFP1842K1ZN"
    made.registered(state_code=gstin[:2], gstin=gstin)
    StudentAccount.objects.create(
        student=people.student(), state_code=state, gstin="29AAGCB7383J1Z4" if state == "29" else "", bill_to="Acme Ltd"
    )
    _issue_one(11_800_00)
    pay(11_800_00)
    text = page(the("INVOICE"))
    for said in ("Tax invoice", heads, "Reverse charge No", "Billed to Acme Ltd", "Tuition 999293 10,000.00"):
        assert said in text
    assert f"({state})" in text
    assert "Eleven thousand eight hundred rupees only" in text


def _issue_one(paise: int) -> None:
    """With the tax of the account as it is."""
    account, now = charging.account_of(people.student()), timezone.now()
    said: dict[str, Any] = {"label": "Course", "due_on": timezone.localdate(now)}
    charging.charge_other(account, head=made.head(), amount_paise=paise, actor=people.admin(), now=now, **said)


def test_unregistered_receipts_say_nothing_of_tax_and_have_no_invoice():
    made.due(10_000)
    pay(10_000)
    text = page(the("RECEIPT"))
    assert "1 Fee 100.00 Together 100.00" in text
    assert not any(word in text for word in ("GST", "Taxable", "SAC", "Place of supply", "INV/"))


def test_a_bill_of_supply_says_that_no_tax_is_collected():
    composition()
    made.due(10_000)
    pay(10_000)
    text = page(the("BILL"))
    assert "Bill of supply" in text
    assert "not eligible to collect tax on supplies" in text
    assert "CGST" not in text


def test_an_advance_by_cheque_has_a_voucher_and_what_is_given_back_a_refund_voucher():
    made.registered()
    made.due(5_900_00)
    on = timezone.localdate()
    cheque = pay(17_700_00, mode=Mode.CHEQUE, reference="004512", bank="SBI", instrument_on=on)
    receipt, voucher = page(the("RECEIPT")), page(the("VOUCHER"))
    assert "Advance, for what is due next 11,800.00" in receipt
    assert "Subject to realisation" in receipt
    assert "Subject to realisation" in voucher
    assert "999293 10,000.00 900.00 900.00 11,800.00" in voucher
    assert "Reverse charge No" in voucher
    for step in (cheques.deposit, cheques.clear):
        step(cheque, on=on, actor=people.admin(), now=timezone.now())
    give_back(1_180_00)
    text = page(the("REFUND_VOUCHER"))
    assert f"Of the receipt voucher {the('VOUCHER').number} of" in text
    assert "999293 1,000.00 90.00 90.00 1,180.00" in text


def test_a_credit_note_names_its_invoice_and_what_is_less():
    made.registered()
    due = made.due(11_800_00)
    pay(1_000_00)
    credits.credit(due, kind=Credit.Kind.WAIVER, amount_paise=1_180_00, reason="Hardship", booking=made.booking())
    text = page(the("CREDIT_NOTE"))
    for said in (f"Of the invoice {the('INVOICE').number} of", "Why Hardship", "Tuition 999293 1,000.00 90.00 90.00"):
        assert said in text


def test_what_was_cancelled_says_by_what_whom_and_why():
    made.registered()
    made.due(5_900_00)
    payment = pay(10_000_00)
    reversals.undo(payment, reason="Wrong student", actor=people.admin(), now=timezone.now())
    notes = {row.cancels.kind: row for row in Document.objects.filter(kind="CANCELLATION") if row.cancels}
    assert set(notes) == {"RECEIPT", "VOUCHER"}
    for kind, note in notes.items():
        text = page(the(kind))
        assert f"Cancelled by {note.number} of" in text
        assert "Rajendra Bhosale: Wrong student" in text
        assert f"Cancels {the(kind).number}" in page(note)
    assert "Cancelled by" not in page(the("INVOICE"))


def test_narrow_paper_says_the_change_and_the_tax_in_a_line():
    made.registered()
    made.due(11_800_00)
    made.due(5_900_00, days=9)
    pay(11_800_00, tendered_paise=12_000_00)
    text = page(the("RECEIPT"), size="80")
    for said in ("Cash handed over 12,000.00 Given back 200.00", "Received ₹11,800.00", "Still to pay ₹5,900.00"):
        assert said in text
    assert "GST included: taxable 10,000.00, CGST 9 % 900.00, SGST 9 % 900.00 · SAC 999293" in text


def test_a_closed_day_is_for_the_counter_only():
    pay(10_000)
    day = days.today(made.the_cashier(), now=timezone.now())
    assert day is not None
    days.close_day(day, counted_paise=9_000, note="Short", actor=made.the_cashier(), now=timezone.now())
    text = page(the("DAY_CLOSE"), who=made.the_cashier())
    for said in ("Opening 0.00", "Cash 1 100.00", "Cash that should be there 100.00", "Missing 10.00", "Short"):
        assert said in text
    assert not Document.objects.filter(kind="DAY_CLOSE").for_user(people.student()).exists()


def test_a_document_costs_few_queries_however_much_stands_on_it():
    costs = []
    admin = people.signed_in(people.admin())
    for count in (3, 30):
        for part in range(count):
            made.due(1000, part=part + 1, parts=count)
        receipt = pay(1000 * count).documents.get(kind="RECEIPT")
        admin.get(f"/fees/documents/{receipt.uuid}/")
        with CaptureQueriesContext(connection) as captured:
            admin.get(f"/fees/documents/{receipt.uuid}/")
        costs.append(len(captured))
    assert costs[0] == costs[1]
