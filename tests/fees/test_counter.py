"""The counter: who is found, what is taken, and what is refused with everything typed still there."""

from collections.abc import Callable
from typing import Any
from uuid import uuid4

import pytest
from django.test import Client
from django.utils import timezone

from accounts.models import Grant, Guardianship, Role, User
from fees import advances, days, proving
from fees.models import Allocation, Document, Due, Mode, Payment
from tests import people
from tests.fees import made
from tests.fees.desk import COUNTER, fields_of, line, only, opened, send, take
from tests.fees.paid import fined, pay

pytestmark = pytest.mark.django_db
NO_AMOUNTS = ("12.345", "-1", "1e5", "1e30", "twelve", "1" * 30)
LAKH = ("1,18,000.00", "१,१८,०००.००", "₹ 118000")


@pytest.fixture
def desk() -> Client:
    return people.signed_in(made.the_cashier())


def errors(page: Any) -> dict[str, list[str]]:
    return dict(page.context["form"].errors)


# --- Finding ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("typed", ["anan kulk", "0188", "98220 11814", "ANANYA"])
def test_a_student_is_found_by_letters_number_or_phone(desk: Client, typed: str) -> None:
    User.objects.filter(pk=people.student().pk).update(phone="+91 98220 11814")
    people.other_student(), people.teacher(), made.due(250000)
    hits = desk.get(f"{COUNTER}find/", {"q": typed})
    assert b"Ananya Kulkarni" in hits.content
    assert "₹2,500.00" in hits.content.decode()
    assert desk.get(COUNTER, {"q": typed}).headers["Location"] == f"{COUNTER}?student={people.student().uuid}"


@pytest.mark.parametrize("typed", ["", "a", "Meera", "%", "_", "\x00", "x" * 5000, "<script>alert(1)</script>"])
def test_nobody_else_is_found_whatever_is_typed(desk: Client, typed: str) -> None:
    people.student(), people.teacher()
    for address in (COUNTER, f"{COUNTER}find/"):
        page = desk.get(address, {"q": typed})
        assert page.status_code == 200
        assert b"?student=" not in page.content
        assert b"<script>alert" not in page.content


def test_who_has_that_number_or_begins_so_stands_first(desk: Client) -> None:
    for number, name in enumerate(("Zara Anil", "Anil Deo", "Bina Anil")):
        people.person(name, Role.STUDENT, admission_number=f"F-{number}")
    people.person("Chitra", Role.STUDENT, admission_number="ANIL")
    hits = desk.get(f"{COUNTER}find/", {"q": "anil"}).context["found"].hits
    assert [hit.student.name for hit in hits] == ["Chitra", "Anil Deo", "Bina Anil", "Zara Anil"]


# --- Taking -----------------------------------------------------------------------------------------------------------


def test_the_usual_payment_is_the_page_sent_as_it_is(desk: Client) -> None:
    late, today, later = made.due(100000, days=-3), made.due(50000), made.due(70000, days=30)
    answer = take(desk, people.student(), tendered="2000")
    row = Payment.objects.get()
    assert answer.headers["Location"] == f"{COUNTER}?done={row.uuid}"
    assert (row.amount_paise, row.mode, row.received_by) == (150000, Mode.CASH, people.cashier())
    assert set(row.allocations.values_list("due", "amount_paise")) == {(late.pk, 100000), (today.pk, 50000)}
    page = desk.get(answer.headers["Location"])
    receipt = Document.objects.get(kind="RECEIPT", payment=row)
    for shown in (receipt.number, "₹1,500.00", "₹500.00", f"/fees/documents/{receipt.uuid}/?size=80"):
        assert shown in page.content.decode()
    assert page.context["drawer"].should_be == 150000
    assert opened(desk, people.student())["pick"] == [f"due:{later.uuid}"]
    assert proving.broken() == []


def test_a_fine_that_grows_is_taken_with_what_is_late(desk: Client) -> None:
    fined(-10)
    take(desk, people.student())
    assert Payment.objects.get().amount_paise == 11000
    assert sorted(Due.objects.values_list("kind", "balance__open_paise")) == [("FINE", 0), ("INSTALMENT", 0)]


def test_somebody_without_dues_pays_an_advance(desk: Client) -> None:
    assert take(desk, people.student()).status_code == 422
    assert take(desk, people.student(), advance="1,000").status_code == 302
    assert advances.of(Payment.objects.get().account) == 100000


def test_forty_dues_are_forty_lines_and_one_payment(desk: Client) -> None:
    stay = made.enrolment()
    for part in range(1, 41):
        made.due(10000, days=-part, part=part, parts=40, enrolled=stay)
    assert len(opened(desk, people.student())["pick"]) == 40
    take(desk, people.student())
    assert (Payment.objects.get().amount_paise, Allocation.objects.count()) == (400000, 40)


def test_a_name_of_two_hundred_hindi_signs_stands_whole_on_every_page(desk: Client) -> None:
    name = ("चन्द्रशेखरेन्द्रसरस्वती " * 9)[:200].strip()
    student = people.person(name, Role.STUDENT, admission_number="LONG")
    made.due(10000, student=student)
    done = take(desk, student).headers["Location"]
    for address in (f"{COUNTER}find/?q=LONG", f"{COUNTER}?student={student.uuid}", done, "/fees/receipts/"):
        assert name in desk.get(address).content.decode()


def test_what_the_receipt_will_say_is_shown_for_what_stands_in_the_form(desk: Client) -> None:
    due = made.due(118000)
    fields = opened(desk, people.student())
    page = desk.post(f"{COUNTER}of/{people.student().uuid}/preview/", fields | {line(due): "500", "advance": "१००"})
    assert page.context["preview"].total == 60000
    assert "Six hundred rupees only" in page.content.decode()
    page = desk.post(f"{COUNTER}of/{people.student().uuid}/preview/", {line(due): "1e5", "pick": ["x"], "mode": "?"})
    assert (page.status_code, page.context["preview"].total) == (200, 0)
    assert not Payment.objects.exists()


# --- What was typed ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("field", ["line", "advance", "tendered"])
def test_what_is_no_amount_is_said_at_its_field_and_kept(desk: Client, field: str) -> None:
    due = made.due(20000000)
    name = line(due) if field == "line" else field
    fields = opened(desk, people.student()) | {"note": "Typed", line(due): "10"}
    for typed in NO_AMOUNTS:
        page = send(desk, people.student(), fields, **{name: typed})
        assert page.status_code == 422, typed
        assert list(errors(page)) == [name], typed
        assert (fields_of(page)[name], fields_of(page)["note"]) == (typed, "Typed")
    assert not Payment.objects.exists()


@pytest.mark.parametrize("typed", LAKH)
def test_amounts_are_read_as_people_write_them(desk: Client, typed: str) -> None:
    due = made.due(20000000)
    take(desk, people.student(), **{line(due): typed, "advance": typed, "tendered": "२,५०,०००"})
    row = Payment.objects.get()
    assert (row.amount_paise, row.tendered_paise, row.allocations.get().amount_paise) == (23600000, 25000000, 11800000)


@pytest.mark.parametrize(
    ("typed", "field"),
    [
        ({"mode": "UPI"}, "reference"),
        ({"mode": "BANK"}, "reference"),
        ({"mode": "CHEQUE", "reference": "1", "instrument_on": "2026-11-20"}, "bank"),
        ({"mode": "DD", "reference": "1", "bank": "SBI"}, "instrument_on"),
        ({"mode": "CHEQUE", "reference": "1", "bank": "SBI", "instrument_on": "31/02/2026"}, "instrument_on"),
        ({"mode": "UPI", "reference": "1", "received_on": "2999-01-01"}, "received_on"),
        ({"mode": "UPI", "reference": "1", "received_on": "1999-01-01"}, "received_on"),
        ({"mode": "GATEWAY"}, "mode"),
        ({"mode": "GOLD"}, "mode"),
        ({"tendered": "99.99"}, "tendered"),
        ({"payer": "क" * 201}, "payer"),
        ({"token": "1"}, "token"),
        ({"pick": []}, "__all__"),
        ({"pick": ["due:0", "fine:x"]}, "__all__"),
    ],
)
def test_what_is_missing_is_said_at_its_field(desk: Client, typed: dict[str, Any], field: str) -> None:
    made.due(10000)
    page = take(desk, people.student(), **typed)
    assert (page.status_code, list(errors(page))) == (422, [field])
    assert not Payment.objects.exists()


def test_more_than_is_left_of_a_due_is_refused_as_an_advance_has_its_own_field(desk: Client) -> None:
    due = made.due(10000)
    page = take(desk, people.student(), **{line(due): "100.01"})
    assert errors(page) == {line(due): ["Only ₹100.00 is left to pay."]}


def test_a_reference_counts_once_however_it_is_written(desk: Client) -> None:
    pay(1000, student=people.other_student(), mode=Mode.UPI, reference="utr 4155 12")
    made.due(10000)
    page = take(desk, people.student(), mode="UPI", reference="UTR415512")
    assert page.status_code == 422
    assert people.other_student().name in errors(page)["reference"][0]
    assert fields_of(page)["reference"] == "UTR415512"


# --- Two tabs, two cashiers -------------------------------------------------------------------------------------------


def test_a_form_sent_twice_is_one_payment_and_leads_to_the_same_page(desk: Client) -> None:
    made.due(10000)
    fields = opened(desk, people.student())
    first, second = (send(desk, people.student(), fields) for _ in range(2))
    assert first.headers["Location"] == second.headers["Location"]
    assert Payment.objects.count() == Document.objects.count() == 1


@pytest.mark.parametrize("change", [{"note": "Another"}, {"mode": "CARD"}, {"advance": "5"}])
def test_a_used_form_with_something_else_in_it_records_nothing_but_gets_a_new_token(
    desk: Client, change: dict[str, str]
) -> None:
    made.due(10000), made.due(20000, days=30)
    fields = opened(desk, people.student())
    send(desk, people.student(), fields)
    page = send(desk, people.student(), fields, **change)
    assert (page.status_code, Payment.objects.count()) == (422, 1)
    assert fields_of(page)["token"] != fields["token"]


def test_a_used_form_of_one_student_is_no_payment_of_another(desk: Client) -> None:
    made.due(10000), made.due(10000, student=people.other_student())
    fields = opened(desk, people.student())
    send(desk, people.student(), fields)
    mixed = opened(desk, people.other_student()) | {"token": fields["token"]}
    assert send(desk, people.other_student(), mixed).status_code == 422
    assert Payment.objects.get().account.student == people.student()


def test_dues_somebody_else_took_meanwhile_are_shown_as_they_are_with_all_that_was_typed(desk: Client) -> None:
    paid, half, untouched = made.due(10000, days=-3), made.due(10000, days=-2), made.due(10000, days=-1)
    other = people.signed_in(people.admin())
    fields = opened(desk, people.student()) | {"note": "From the uncle", "payer": "Uncle", "tendered": "500"}
    take(other, people.student(), **only(paid, half), **{line(half): "40"})
    page = send(desk, people.student(), fields)
    assert page.status_code == 422
    assert "The dues changed while this form was open" in page.content.decode()
    assert [(row.due, row.open_paise) for row in page.context["form"].rows] == [(half, 6000), (untouched, 10000)]
    again = fields_of(page)
    assert [again[name] for name in ("note", "payer", "tendered")] == ["From the uncle", "Uncle", "500"]
    assert again["token"] == fields["token"]
    sent = send(desk, people.student(), again, **only(half, untouched), **{line(half): "60"})
    assert (sent.status_code, Payment.objects.count()) == (302, 2)
    assert {due.balance.open_paise for due in Due.objects.select_related("balance")} == {0}
    assert proving.broken() == []


def test_a_closed_day_takes_nothing_and_says_until_when(desk: Client) -> None:
    made.due(10000)
    fields, now = opened(desk, people.student()), timezone.now()
    day = days.open_day(made.the_cashier(), opening_paise=0, now=now)
    days.close_day(day, counted_paise=0, note="", actor=made.the_cashier(), now=now)
    page = send(desk, people.student(), fields, note="Too late")
    assert (page.status_code, fields_of(page)["note"]) == (422, "Too late")
    assert "Your counter is closed for today." in page.content.decode()
    assert not Payment.objects.exists()


def test_two_cashiers_have_their_own_drawers_and_last_receipts(desk: Client) -> None:
    made.due(10000), made.due(20000, student=people.other_student())
    mine = take(desk, people.student()).headers["Location"]
    other = people.signed_in(people.admin())
    take(other, people.other_student())
    assert [page.context["drawer"].should_be for page in (desk.get(COUNTER), other.get(COUNTER))] == [10000, 20000]
    assert [one.payment.amount_paise for one in desk.get(COUNTER).context["last"]] == [10000]
    assert "recorded." not in other.get(mine).content.decode()


# --- Whose it is ------------------------------------------------------------------------------------------------------


def test_a_guessed_number_is_nobody(desk: Client) -> None:
    for number in (uuid4(), people.teacher().uuid):
        assert desk.get(COUNTER, {"student": str(number)}).status_code == 404
        assert desk.post(f"{COUNTER}of/{number}/", {"token": uuid4()}).status_code == 404
        assert desk.post(f"{COUNTER}of/{number}/preview/").status_code == 404
    for typed in ("1", "../x", "\x00"):
        assert desk.get(COUNTER, {"student": typed, "done": typed}).status_code == 200


@pytest.mark.parametrize("who", [people.teacher, people.student, people.guardian, people.cashier, None])
def test_others_neither_see_the_counter_nor_take_money(who: Callable[[], User] | None) -> None:
    made.due(10000)
    Guardianship.objects.create(guardian=people.guardian(), student=people.student())
    fields = opened(people.signed_in(made.the_cashier()), people.student())
    Grant.objects.filter(user=people.cashier()).update(kind=Grant.Kind.FEE_STATUS)
    other = people.signed_in(who() if who else None)
    refused = 403 if who else 302
    assert other.get(COUNTER, {"q": "Ananya"}).status_code == refused
    assert send(other, people.student(), fields).status_code == refused
    assert not Payment.objects.exists()


# --- What it costs ----------------------------------------------------------------------------------------------------


def test_the_counter_costs_the_same_for_3_and_30_dues_and_receipts(
    desk: Client, same_queries: Callable[..., int]
) -> None:
    pay(100, student=people.other_student())
    stay, day = made.enrolment(), days.today(people.cashier(), now=timezone.now())

    def add(count: int) -> None:
        for _ in range(count):
            made.due(10000, days=-1, enrolled=stay)
            made.payment(100, student=people.other_student(), day=day)

    same_queries(lambda: desk.get(COUNTER, {"student": str(people.student().uuid)}), add=add, at_most=24)


def test_finding_costs_the_same_for_3_and_30_students(desk: Client, same_queries: Callable[..., int]) -> None:
    def add(count: int) -> None:
        for _ in range(count):
            who = people.person("Same Name", Role.STUDENT, admission_number=uuid4().hex[:12])
            made.due(1000, student=who)

    same_queries(lambda: desk.get(f"{COUNTER}find/", {"q": "same"}), add=add, at_most=8)
