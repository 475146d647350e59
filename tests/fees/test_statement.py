"""A student's statement: every change of what he owes, in its year, equal to the ledger."""

from datetime import timedelta

import pytest
from django.db import connection
from django.db.models import Sum
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from fees import credits, reversals, statements
from fees.ledger import advance, student
from fees.models import Credit, LedgerEntry, Mode, StudentAccount
from fees.numbering import financial_year
from tests import people
from tests.fees import made
from tests.fees.paid import pay
from tests.fees.papers import give_back, text_of, words

pytestmark = pytest.mark.django_db


def owed(account: StudentAccount) -> int:
    """By the ledger: his account less his advance."""

    def sum_of(**where: object) -> int:
        return LedgerEntry.objects.filter(**where).aggregate(sum=Sum("amount_paise"))["sum"] or 0

    owners = [student(account.pk), advance(account.pk)]
    return sum_of(debit__in=owners) - sum_of(credit__in=owners)


def a_story() -> StudentAccount:
    """Two years ago a due and money; now more of each, a credit, a payment taken back, an advance partly given back."""
    made.registered()
    now, admin = timezone.now(), people.admin()
    made.due(10_000_00)
    pay(4_000_00, now=now - timedelta(days=730))
    due = made.due(5_900_00, part=2, parts=2)
    pay(1_000_00, wanted={f"due:{due.uuid}": 1_000_00})
    wrong = pay(2_000_00, mode=Mode.CARD)
    reversals.undo(wrong, reason="Wrong", actor=admin, now=now)
    credits.credit(due, kind=Credit.Kind.WAIVER, amount_paise=90_01, reason="Hardship", booking=made.booking())
    pay(20_000_00)
    give_back(50_00)
    return made.account()


def test_a_year_goes_on_from_the_one_before_and_ends_at_what_the_ledger_says():
    account = a_story()
    years = statements.years_of(account, today=timezone.localdate())
    assert (len(years), years[0]) == (3, financial_year(timezone.localdate()))
    closing = 0
    for year in reversed(years):
        found = statements.statement(account, year=year)
        assert found.opening == closing
        closing = found.entries[-1].balance if found.entries else closing
        assert found.closing == closing
    assert closing == owed(account) == 10_000_00 + 5_900_00 - 4_000_00 - 1_000_00 - 90_01 - 20_000_00 + 50_00


def test_what_was_taken_back_and_given_back_are_lines_of_their_own_with_their_papers():
    account = a_story()
    found = statements.statement(account, year=financial_year(timezone.localdate()))
    lines = {(one.label, one.charged, one.paid): one.document.number[:3] for one in found.entries if one.document}
    assert lines[("Payment, Card", 0, 2_000_00)] == "RCP"
    assert lines[("Payment taken back, Card", 2_000_00, 0)] == "CAN"
    assert lines[("Given back of what was paid by Cash", 50_00, 0)] == "RFV"
    assert lines[("Waived: Instalment 2 of 2", 0, 90_01)] == "CRN"


def test_it_is_read_on_a_page_and_as_pdf_by_the_family_and_the_counter():
    a_story()
    url = reverse("fee_statement", args=[people.student().uuid])
    text = words(people.signed_in(people.student()).get(url).content.decode())
    for said in ("Brought forward −4,000.00", "Payment taken back, Card", "−9,140.01"):
        assert said in text
    client = people.signed_in(made.the_cashier())
    said = text_of(client.get(reverse("fee_statement_pdf", args=[people.student().uuid])))
    for row in ("Ananya Kulkarni", "Waived: Instalment 2 of 2", "−9,140.01"):
        assert row in said
    assert client.get(url, {"year": "19-20"}).status_code == 404
    assert people.signed_in(people.other_student()).get(url).status_code == 404


def test_it_costs_the_same_for_few_lines_and_many():
    client, costs = people.signed_in(people.admin()), []
    for count in (3, 30):
        for part in range(count):
            made.due(1000, part=part + 1, parts=count)
        pay(100)
        url = reverse("fee_statement", args=[people.student().uuid])
        client.get(url)
        with CaptureQueriesContext(connection) as captured:
            client.get(url)
        costs.append(len(captured))
    assert costs[0] == costs[1]
