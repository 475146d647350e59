"""What anybody learns who has the code of a document, and who has none."""

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.limits import DOCUMENT_LOST
from fees import documents, reversals, verifying
from fees.models import Document, Payment
from tests import people
from tests.fees import made
from tests.fees.paid import pay
from tests.fees.papers import words

pytestmark = pytest.mark.django_db


@pytest.fixture
def payment() -> Payment:
    made.due(12_345_67)
    return pay(12_345_67)


def told(code: str, status: int = 200) -> str:
    answer = Client().get(reverse("fee_verify", args=[code]))
    assert answer.status_code == status
    assert (answer["Referrer-Policy"], answer["X-Robots-Tag"]) == ("same-origin", "noindex, nofollow")
    return words(answer.content.decode())


def receipt_of(payment: Payment) -> Document:
    return payment.documents.get(kind="RECEIPT")


def test_a_code_as_it_is_printed_says_little_and_enough(payment):
    row = receipt_of(payment)
    for typed in (row.code, row.code.lower(), f" {row.code[:4]} {row.code[4:8].lower()}-{row.code[8:]}"):
        text = told(typed)
        assert "This document is genuine" in text
        for said in ("Receipt", row.number, "₹12,345.67", "Student AK"):
            assert said in text
        for hidden in ("Ananya", "Kulkarni", "2026-0188", "Tuition", "Lata"):
            assert hidden not in text


def test_the_form_takes_a_code_in_any_shape(payment):
    code = receipt_of(payment).code
    url = reverse("fee_verify_form")
    assert Client().post(url, {"code": f"{code[:5].lower()} {code[5:]}"}).headers["Location"].endswith(f"{code}/")
    answer = Client().post(url, {"code": "ABC"})
    assert "A code has 10 signs; these are 3." in answer.content.decode()


def test_a_cancelled_one_says_so(payment):
    row = receipt_of(payment)
    reversals.undo(payment, reason="Secret reason", actor=people.admin(), now=timezone.now())
    text = told(row.code)
    assert "Genuine, but cancelled" in text
    assert "CAN/" in text
    assert "Secret reason" not in text


def test_codes_that_are_none_are_counted(payment):
    assert "No such document" in told("2222222222", 404)
    assert "No such document" in told(payment.documents.get().number.replace("/", ""), 404)
    for _again in range(DOCUMENT_LOST.tries - 2):
        DOCUMENT_LOST.take("127.0.0.1")
    assert Client().get(reverse("fee_verify", args=["3333333333"])).status_code == 429
    assert "genuine" in told(receipt_of(payment).code)


def test_codes_are_long_and_of_signs_nobody_mistakes(payment):
    assert (len(documents.CODE_SIGNS), documents.CODE_LENGTH) == (30, 10)
    assert not set(documents.CODE_SIGNS) & set("01IOLZ")
    assert verifying.verify("") is None
