"""Who was granted it sees who has paid, as a word; amounts nobody sees there."""

import pytest

from accounts.models import Grant, User
from batches.models import Batch
from tests import people
from tests.fees import made
from tests.fees.papers import words

pytestmark = pytest.mark.django_db


@pytest.fixture
def batch() -> Batch:
    """Meera's, in which one student is late and one has paid."""
    late = made.due(1_234_500, days=-3)
    assert late.enrolment is not None
    found: Batch = late.enrolment.batch
    found.teachings.get_or_create(teacher=people.teacher())
    stay = made.enrolment(people.other_student(), found)
    paid = made.due(777_700, enrolled=stay)
    made.payment(777_700, (paid, 777_700))
    return found


def granted(person: User) -> User:
    Grant.objects.create(user=person, kind=Grant.Kind.FEE_STATUS)
    return person


def test_a_granted_teacher_reads_words_and_no_amounts(batch: Batch) -> None:
    client = people.signed_in(granted(people.teacher()))
    for address in (f"/fees/status/{batch.uuid}/", f"/batches/{batch.uuid}/"):
        page = client.get(address).content.decode()
        said = words(page)
        assert "Overdue" in said
        assert "Paid" in said
        assert "₹" not in said
        assert "12,345" not in page


def test_without_the_right_a_teacher_reads_nothing(batch: Batch) -> None:
    client = people.signed_in(people.teacher())
    assert client.get(f"/fees/status/{batch.uuid}/").status_code == 403
    assert "Overdue" not in words(client.get(f"/batches/{batch.uuid}/").content.decode())
    assert "No fees of yours" in client.get("/fees/").content.decode()


def test_a_granted_teacher_reads_of_his_own_batches_only(batch: Batch) -> None:
    client = people.signed_in(granted(people.other_teacher()))
    assert client.get(f"/fees/status/{batch.uuid}/").status_code == 404
    assert batch.name not in client.get("/fees/status/").content.decode()


def test_the_right_opens_neither_accounts_nor_papers(batch: Batch) -> None:
    client = people.signed_in(granted(people.teacher()))
    student = people.student().uuid
    addresses = {
        f"/fees/accounts/{student}/": 403,
        f"/fees/statement/{student}/": 404,
        f"/fees/of/{student}/": 404,
        "/fees/counter/": 403,
        "/fees/overview/": 403,
        "/fees/dues/": 403,
        "/fees/day-book/": 403,
    }
    assert {address: client.get(address).status_code for address in addresses} == addresses
