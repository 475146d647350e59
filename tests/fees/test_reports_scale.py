"""Reports cost the same number of queries, however many rows there are."""

import pytest
from django.urls import reverse
from django.utils import timezone

from accounts.models import Guardianship
from fees import reports
from fees.models import FeeHead, Mode
from tests import people
from tests.batches.enrolling import batch as a_batch
from tests.batches.enrolling import students
from tests.fees import made
from tests.fees.test_gst_output import billed
from tests.fees.test_reports import credit, take_back

pytestmark = pytest.mark.django_db


@pytest.fixture
def add(db):
    """Students with an overdue due, one to come, a payment, a credit, an advance, a guardian: each in a batch."""
    made.registered()
    FeeHead.objects.get_or_create(name="Tuition")
    made_so_far = []

    def more(count):
        for student in students(count, first=len(made_so_far) + 1):
            number = len(made_so_far)
            stay = made.enrolment(student, a_batch(f"Batch {number}"))
            late, coming = made.due(1_000_00, enrolled=stay, days=-9 - number), made.due(900_00, enrolled=stay, days=9)
            billed(late)
            credit(coming, 10_00)
            made.payment(500_00, (late, 100_00))
            take_back(made.payment(300_00, (late, 300_00), mode=Mode.UPI, reference=f"U{number}"))
            Guardianship.objects.create(guardian=people.guardian(), student=student)
            made_so_far.append(student)

    return more


PAGES = {
    "fees_overview": 16,
    "due_list": 9,
    "fee_ageing": 9,
    "fee_defaulters": 13,
    "fee_collections": 13,
    "fee_gst": 10,
}


def test_each_page_costs_the_same_at_3_and_at_30_rows(same_queries, add):
    client = people.signed_in(people.admin())
    addresses = [reverse(name) for name in PAGES]
    addresses += [reverse("fee_register", args=[kind]) for kind in ("credits", "advances", "reversals", "uncharged")]

    def visit():
        for address in addresses:
            assert client.get(address).status_code == 200

    same_queries(visit, add=add, at_most=sum(PAGES.values()) + 4 * 9)


def test_files_and_the_preview_cost_the_same_too(same_queries, add):
    client = people.signed_in(people.admin())

    def visit():
        assert client.post(reverse("fee_remind"), {"all": "1"}).status_code == 200
        for name in ("due_list_export", "fee_defaulters_export", "fee_collections_export"):
            assert len(b"".join(client.post(reverse(name)).streaming_content).splitlines()) > 3

    same_queries(visit, add=add, at_most=60)


def test_first_screen_asks_once(django_assert_num_queries, add):
    add(2)
    admin = people.admin()
    with django_assert_num_queries(1):
        figures = reports.office_panel(admin, now=timezone.now()).figures
    assert [one.value for one in figures] == ["₹1,000", "₹1,000", "₹1,800"]
