"""An advance is given back on a page of its own, by an admin, once."""

from uuid import uuid4

import pytest

from fees.models import Document, Payout
from tests import people
from tests.fees import made

pytestmark = pytest.mark.django_db


def test_an_advance_is_given_back_once_with_a_voucher() -> None:
    made.payment(50_000)
    office = people.signed_in(people.admin())
    page = f"/fees/accounts/{people.student().uuid}/pay-out/"
    assert "500.00" in office.get(page).content.decode()
    form = {"token": str(uuid4()), "amount": "200.00", "mode": "UPI", "reference": "4326 1187", "reason": "Left"}
    for _again in range(2):
        assert office.post(page, form).status_code == 302
    assert Payout.objects.get().amount_paise == 20_000
    assert Document.objects.filter(kind="REFUND_VOUCHER").count() == 1
    more = office.post(page, {**form, "token": str(uuid4()), "amount": "300.01"})
    assert (more.status_code, Payout.objects.count()) == (422, 1)


def test_only_admins_give_money_back() -> None:
    made.payment(50_000)
    page = f"/fees/accounts/{people.student().uuid}/pay-out/"
    for who in (made.the_cashier(), people.teacher(), people.student()):
        assert people.signed_in(who).get(page).status_code == 403
