"""Attacks over HTTP: nonsense in addresses, formulas and marks in names, forms of somebody who may not send them."""

from typing import Any

import pytest
from django.urls import reverse
from django.utils import timezone

from fees import charging, concessions, proving
from fees.models import Concession, FeePlan
from tests import people
from tests.fees import made
from tests.fees.paid import pay

pytestmark = pytest.mark.django_db
HOSTILE = "=1+1<script>alert(1)</script>"


@pytest.mark.parametrize("day", ["0001-01-01", "9999-12-31", "2026-13-45"])
def test_the_day_book_takes_a_day_of_no_calendar_for_today(day: str) -> None:
    office = people.signed_in(people.admin())
    assert office.get(reverse("day_book"), {"on": day}).status_code == 200


def test_what_is_typed_is_text_on_pages_and_no_formula_in_files() -> None:
    student, office = people.student(), people.signed_in(people.admin())
    student.name = HOSTILE
    student.save()
    paid = pay(5000, payer=HOSTILE, note=HOSTILE, mode="UPI", reference="@1")
    charge: dict[str, Any] = {
        "head": made.head(),
        "label": HOSTILE,
        "amount_paise": 100,
        "due_on": timezone.localdate(),
    }
    charging.charge_other(paid.account, **charge, actor=people.admin(), now=timezone.now())
    for name in ("fee_account", "fee_statement"):
        shown = office.get(reverse(name, args=[student.uuid])).content.decode()
        assert "=1+1&lt;script&gt;" in shown
        assert "<script>alert" not in shown
    lines = b"".join(office.post(reverse("receipt_list_export"))).decode()
    assert ",'=1+1" in lines
    assert ",'@1," in lines


def test_a_cashier_neither_approves_his_own_request_nor_changes_what_decides_the_tax() -> None:
    due, cashier = made.due(10000), made.the_cashier()
    assert due.enrolment is not None
    desk, now = people.signed_in(cashier), timezone.now()
    asked = concessions.request(due.enrolment, type="OTHER", bp=10000, reason="x", actor=cashier, now=now)
    decide = reverse("concession_decide", args=[asked.uuid])
    assert desk.post(decide, {"do": "approve"}).status_code == 403
    assert desk.post(reverse("fee_plan_create", args=[due.enrolment.batch.uuid]), {}).status_code == 403
    hidden = {
        "note": "n",
        "gstin": made.GSTIN,
        "state_code": "29",
        "bill_to": "X",
        "student": people.other_student().pk,
    }
    desk.post(reverse("fee_account_change", args=[people.student().uuid]), hidden)
    account = made.account()
    assert (account.note, account.gstin, account.state_code, account.bill_to) == ("n", "", "", "")
    assert (Concession.objects.get().state, FeePlan.objects.exists()) == ("REQUESTED", False)
    assert proving.broken() == []
