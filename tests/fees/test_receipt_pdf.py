"""Documents as PDF: the same words as the page, in both scripts, the same bytes again, for who may see them."""

import pytest
from django.urls import reverse
from django.utils import timezone

from accounts.limits import DOCUMENT_MAKING
from accounts.models import Guardianship, Institute, User
from fees import reversals
from fees.models import Document
from tests import people
from tests.fees import made
from tests.fees.paid import pay
from tests.fees.papers import HINDI, pdf

pytestmark = pytest.mark.django_db


@pytest.fixture
def receipt() -> Document:
    Institute(pk=1, name="प्रगति अध्ययन मंडल", address="14, Ramdaspeth Road", state="Maharashtra").save()
    made.registered(legal_name="Pragati Study Circle")
    User.objects.filter(pk=people.student().pk).update(name=HINDI)
    made.due(29_500_00, days=-1, part=1, parts=2)
    made.due(29_500_00, days=9, part=2, parts=2)
    pay(5_000_00)
    payment = pay(24_500_00, wanted=None)
    return payment.documents.get(kind="RECEIPT")


def test_everything_stands_on_it(receipt):
    text = pdf(receipt)
    for said in (
        "प्रगति अध्ययन मंडल",
        "Pragati Study Circle",
        f"GSTIN {made.GSTIN}",
        HINDI,
        "Roll 2026-0188",
        receipt.number,
        "Maharashtra (27)",
        "Instalment 1 of 2, balance",
        "999293 20,762.72 1,868.64 1,868.64 24,500.00",
        "Together 20,762.72 1,868.64 1,868.64 24,500.00",
        "Received: ₹24,500.00",
        "Twenty-four thousand five hundred rupees only",
        "चौबीस हज़ार पाँच सौ रुपये मात्र",
        "Instalment 2 of 2",
        "Together ₹29,500.00",
        "Paid so far in 2026–27",
        "Lata Gaikwad",
        "/fees/verify/",
        " ".join((receipt.code[:4], receipt.code[4:8], receipt.code[8:])),
    ):
        assert said in text, said


def test_it_is_the_same_bytes_until_it_is_cancelled(receipt):
    url, admin = reverse("fee_document_pdf", args=[receipt.uuid]), people.signed_in(people.admin())
    first = admin.get(url).content
    assert admin.get(url).content == first
    assert receipt.payment is not None
    reversals.undo(receipt.payment, reason="Wrong student", actor=people.admin(), now=timezone.now())
    assert "Rajendra Bhosale: Wrong student" in pdf(receipt)


def test_families_see_their_own_and_nobody_elses(receipt):
    Guardianship.objects.create(guardian=people.guardian_who_teaches(), student=people.student(), relation="Father")
    for name in ("fee_document", "fee_document_pdf"):
        url = reverse(name, args=[receipt.uuid])
        for who in (people.student(), people.guardian_who_teaches(), made.the_cashier()):
            assert people.signed_in(who).get(url).status_code == 200
        for who in (people.other_student(), people.guardian(), people.teacher()):
            assert people.signed_in(who).get(url).status_code == 404


def test_files_are_not_made_without_end(receipt):
    student = people.student()
    for _again in range(DOCUMENT_MAKING.tries):
        DOCUMENT_MAKING.take(student.pk)
    answer = people.signed_in(student).get(reverse("fee_document_pdf", args=[receipt.uuid]))
    assert answer.status_code == 429
