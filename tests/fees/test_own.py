"""What a student and his guardians read of his fees, and where else they stand for them."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from accounts import guardians
from accounts.models import User
from coaching.pages import dashboards, todo
from coaching.pages.calendar import entries_of
from fees import documents, own_copy
from fees.models import Credit, Reversal
from tests import people
from tests.fees import made, papers

pytestmark = pytest.mark.django_db


def read(who: User, address: str = "/fees/") -> str:
    answer = people.signed_in(who).get(address, follow=True)
    assert answer.status_code == 200
    return papers.words(answer.content.decode())


def link(*, child: User, guardian: User) -> None:
    guardians.link_guardian(child, guardian=guardian, actor=people.admin())


def test_a_student_sees_what_is_open_in_the_order_it_is_due_and_what_was_paid() -> None:
    late = made.due(1_000_000, days=-9, part=1, parts=3)
    made.due(2_000_000, days=20, part=3, parts=3)
    made.due(1_500_000, days=3, part=2, parts=3)
    paid = made.payment(400_000, (late, 400_000))
    receipt = documents.receipt(paid, booking=made.booking())
    said = read(people.student())
    places = [said.index(f"Instalment {part} of 3") for part in (1, 2, 3)]
    assert places == sorted(places)
    assert "₹41,000.00" in said
    assert "₹6,000.00 of it is overdue" in said
    assert "Overdue 9 days" in said
    assert "Due in 3 days" in said
    assert receipt.number in said


def test_who_was_never_charged_reads_so_and_has_no_statement() -> None:
    assert "No fees yet" in read(people.student())
    assert people.signed_in(people.student()).get(f"/fees/statement/{people.student().uuid}/").status_code == 404


def test_when_all_is_paid_it_says_so_and_an_advance_is_named() -> None:
    made.payment(700_000, (made.due(500_000), 500_000))
    said = read(people.student())
    assert "Nothing is open" in said
    assert "₹2,000.00 was paid in advance" in said


def test_what_was_taken_back_is_struck_and_a_concession_stands_with_what_it_took() -> None:
    due = made.due(500_000, days=5)
    paid = made.payment(100_000)
    Reversal.objects.create(payment=paid, kind="UNDO", reason="Another student", made_by=people.admin())
    Credit.objects.create(due=due, kind="CORRECTION", amount_paise=50_000, taxable_paise=50_000, reason="x", source="t")
    page = people.signed_in(people.student()).get("/fees/").content.decode()
    assert "<s class" in page
    assert "taken back" in page
    assert "−₹500.00" in page


def test_a_guardian_reads_of_each_child_and_of_nobody_elses() -> None:
    made.due(100_000)
    made.due(200_000, student=people.other_student())
    link(child=people.student(), guardian=people.guardian())
    assert "Fees of Ananya Kulkarni" in read(people.guardian())
    stranger = reverse("fees_of", args=[people.other_student().uuid])
    assert people.signed_in(people.guardian()).get(stranger).status_code == 404
    link(child=people.other_student(), guardian=people.guardian())
    assert "₹2,000.00" in read(people.guardian(), stranger)


def test_a_guardian_who_teaches_comes_to_his_childs_fees() -> None:
    made.due(100_000)
    link(child=people.student(), guardian=people.guardian_who_teaches())
    assert "Fees of Ananya Kulkarni" in read(people.guardian_who_teaches())


def test_the_page_costs_the_same_however_much_was_paid(same_queries) -> None:
    client = people.signed_in(people.student())

    def pay(count: int) -> None:
        for _one in range(count):
            due = made.due(1_000, days=4)
            documents.receipt(made.payment(600, (due, 600)), booking=made.booking())

    same_queries(lambda: client.get("/fees/"), add=pay, at_most=20)


# --- Elsewhere --------------------------------------------------------------------------------------------------------


def test_first_screens_to_do_and_calendar_name_what_is_due() -> None:
    made.due(100_000, days=-1)
    made.due(200_000, days=40)
    link(child=people.student(), guardian=people.guardian())
    now = timezone.now()
    for who in (people.student(), people.guardian()):
        lines = dashboards.panels_of(who, now=now)["fees"].lines
        assert [line.word for line in lines] == ["Overdue 1 day", "Later"]
        [waits] = [one for one in todo.waiting(who, now=now) if one.kind == "fees.due"]
        assert waits.meta == "₹1,000.00"
    days = [timezone.localdate(now) + timedelta(days=number) for number in (-3, 60)]
    assert [one.meta for one in entries_of(people.student(), days) if one.kind == "due"] == ["₹1,000.00", "₹2,000.00"]
    assert not [one for one in entries_of(people.other_student(), days) if one.kind == "due"]


def test_the_person_page_shows_fees_to_whom_they_concern() -> None:
    made.due(300_000, days=-2)
    link(child=people.student(), guardian=people.guardian())
    address = f"/accounts/people/{people.student().uuid}/"
    for who in (people.admin(), people.guardian()):
        assert "₹3,000.00" in read(who, address)


def test_a_copy_holds_dues_and_payments_and_open_money_holds_an_erasure() -> None:
    due = made.due(100_000)
    made.payment(150_000, (due, 40_000))
    sections = {one.key: list(one.rows) for one in own_copy.export(people.student())}
    assert sections["fees"][0][2:] == ("1000.00", "400.00", "0.00", "600.00")
    assert sections["payments"][0][3] == "1500.00"
    said = " ".join(one.reason for one in own_copy.holds(people.student()))
    assert "₹600.00" in said
    assert "₹1,100.00" in said
    assert own_copy.holds(people.other_student()) == []
