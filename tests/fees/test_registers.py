"""Registers say on a page and in a file the same, and say what a month had."""

import csv
import io
from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from accounts.models import Activity
from fees.models import Concession, DocKind, Document, Mode, StudentAccount
from fees.registers import REGISTERS
from fees.report_files import FEE_EXPORT
from fees.reports_chart import months_chart, pieces
from tests import people
from tests.fees import made
from tests.fees.test_reports import a_mixed_set, credit, give_back, take_back

pytestmark = pytest.mark.django_db


@pytest.fixture
def office(db):
    return people.signed_in(people.admin())


def page_of(client, kind, **asked):
    return client.get(reverse("fee_register", args=[kind]), asked)


def rows_of(client, kind, **asked):
    sent = client.post(reverse("fee_register_export", args=[kind]), asked)
    header, *rows = csv.reader(io.StringIO(b"".join(sent.streaming_content).decode("utf-8-sig")))
    return [dict(zip(header, row, strict=True)) for row in rows]


def a_document(number, kind=DocKind.RECEIPT, **fields):
    values = {"serial": number, "number": f"{kind[:3]}/26-27/{number:06}", "code": f"C{kind[:2]}{number:07}"}
    values |= {"year": "26-27", "dated_on": timezone.localdate(), "snapshot": "{}", "sha256": "x"}
    return Document.objects.create(kind=kind, amount_paise=100_00, account=made.account(), **values, **fields)


def test_every_register_opens_empty_and_full(office):
    for kind in REGISTERS:
        assert page_of(office, kind).status_code == 200, kind
    rows = a_mixed_set()
    ask = {"account": rows["old"].account, "enrolment": rows["old"].enrolment, "type": "SCHOLARSHIP"}
    Concession.objects.create(**ask, kind="PERCENT", bp=1250, reason="Marks", requested_by=people.admin())
    made.payment(5_00, student=people.student(), mode=Mode.CHEQUE, reference="000123", bank="SBI")
    a_document(1)
    for kind in set(REGISTERS) - {"reminders", "days"}:
        shown = page_of(office, kind)
        assert shown.context["shown"].rows, kind
        assert len(rows_of(office, kind)) == len(shown.context["shown"].rows), kind


def test_sums_below_a_register_are_of_all_its_rows(office):
    a_mixed_set()
    assert page_of(office, "advances").context["shown"].sum == 15_000_50
    assert page_of(office, "reversals").context["shown"].sum == 11_000_00
    assert page_of(office, "payouts").context["shown"].sum == 3_000_00
    assert page_of(office, "credits").context["shown"].sum == 4_005_00
    held = {one["Student"]: one["Amount"] for one in rows_of(office, "advances")}
    assert held == {"Ananya Kulkarni": "10000.50", "रितिका शर्मा": "5000.00"}


def test_a_document_that_another_cancels_says_so(office):
    first, _second = a_document(1), a_document(2)
    a_document(1, DocKind.CANCELLATION, cancels=first)
    states = {one["Number"]: one["State"] for one in rows_of(office, "documents")}
    assert states["REC/26-27/000001"] == "Cancelled by CAN/26-27/000001"
    assert states["REC/26-27/000002"] == "Valid"


def test_registers_are_narrowed_by_month_name_and_batch(office):
    rows = a_mixed_set()
    before = (timezone.localdate().replace(day=1) - timedelta(days=1)).strftime("%Y-%m")
    assert rows_of(office, "credits", month=before) == []
    assert len(rows_of(office, "credits", q="Ananya")) == 1
    assert len(rows_of(office, "credits", batch=rows["evening"].uuid)) == 1
    assert "Nothing fits" in page_of(office, "credits", month=before).content.decode()


def test_cheques_are_listed_until_they_are_cleared(office):
    paid = {"student": people.student(), "mode": Mode.CHEQUE, "bank": "SBI"}
    one, two, three = (made.payment(5_00, reference=f"{number}", **paid) for number in range(3))
    one.cheque_steps.create(kind="DEPOSITED", on=timezone.localdate(), made_by=people.admin())
    two.cheque_steps.create(kind="CLEARED", on=timezone.localdate(), made_by=people.admin())
    take_back(three)
    assert [(row["Number"], row["State"]) for row in rows_of(office, "cheques")] == [("0", "At the bank")]


def test_names_do_not_become_formulas_and_taking_a_list_away_is_noted(office):
    person = people.student()
    person.name = "=HYPERLINK(1)"
    person.save()
    due = made.due(10_00)
    credit(due, 5_00)
    give_back(made.payment(5_00, student=person), 1_00)
    assert rows_of(office, "credits")[0]["Student"] == "'=HYPERLINK(1)"
    assert Activity.objects.filter(event="fees.exported").count() == 1


def test_lists_are_not_taken_away_without_end(office):
    url = reverse("fee_register_export", args=["days"])
    answers = [office.post(url).status_code for _number in range(FEE_EXPORT.tries + 1)]
    assert answers[-2:] == [200, 429]


def test_a_student_reads_no_register():
    made.due(10_00)
    assert StudentAccount.objects.count() == 1
    assert page_of(people.signed_in(people.student()), "credits").status_code == 403


def test_chart_has_round_lines_and_bars_of_the_right_height():
    lakh = 100_000_00
    chart = months_chart(["Oct", "Nov"], [20 * lakh, 10 * lakh], [40 * lakh, 0])
    assert [one.label for one in chart.rules] == ["10", "20", "30", "40"]
    assert [(one.height, one.value) for one in chart.bars] == [("46.00%", "20"), ("23.00%", "10")]
    assert [one.mark_y for one in chart.bars] == ["8.00%", ""]
    assert [one.label for one in months_chart(["Nov"], [1_500_00], [0]).rules] == ["500", "1,000", "1,500"]
    assert months_chart(["Nov"], [-5], [0]).bars[0].height == "0.00%"
    assert [one.width for one in pieces([1, 0, 3])] == ["25.00%", "75.00%"]
