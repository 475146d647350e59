"""Questions to the office: asked once, answered once, seen by the two sides only, and told of."""

import uuid
from typing import Any

import pytest
from django.core import mail
from django.test import Client
from django.urls import reverse

from accounts import limits, questions
from accounts.models import Activity, Delivery, Notification, Role, Ticket, TicketMessage, User
from tests import people
from tests.racing import at_once

pytestmark = pytest.mark.django_db
LIST, ASK = "/accounts/questions/", "/accounts/questions/ask/"
TEXT = "My name is written with one k too few. Ananya Kulkarni, not Kulkarni."


def ask(who: User, *, subject: str = "My name is misspelt", key: uuid.UUID | None = None) -> Ticket:
    sent = {"subject": subject, "text": TEXT, "client_uuid": str(key or uuid.uuid4())}
    answer = people.signed_in(who).post(ASK, sent)
    assert answer.status_code == 302, answer.content.decode()
    return Ticket.objects.get(uuid=answer.headers["Location"].rstrip("/").rpartition("/")[2])


def write(who: User, ticket: Ticket, text: str = "It is put right.", *, key: uuid.UUID | None = None) -> Any:
    sent = {"text": text, "client_uuid": str(key or uuid.uuid4())}
    return people.signed_in(who).post(questions.url_of(ticket), sent)


def move(who: User, ticket: Ticket, do: str) -> Any:
    return people.signed_in(who).post(reverse("question_state", args=[ticket.uuid]), {"do": do})


def page(who: User, address: str = LIST) -> str:
    return people.signed_in(who).get(address).content.decode()


def state(ticket: Ticket) -> str:
    ticket.refresh_from_db()
    return ticket.state


def test_a_student_without_an_address_asks_and_reads_the_answer() -> None:
    people.admin()
    ticket = ask(people.student())
    assert (ticket.asked_by, ticket.state) == (people.student(), "OPEN")
    assert TEXT in page(people.admin(), questions.url_of(ticket))
    assert write(people.admin(), ticket).status_code == 302
    assert state(ticket) == "ANSWERED"
    told = Notification.objects.get(kind="question.answered")
    assert (told.title, told.url) == ("The office answered you", questions.url_of(ticket))
    assert Delivery.objects.get(notification=told).state == Delivery.State.SKIPPED
    assert "It is put right." in page(people.student(), questions.url_of(ticket))


@pytest.mark.parametrize("kind", sorted(set(people.EVERYBODY) - {"student"}))
def test_nobody_but_the_two_sides_sees_a_question(kind: str) -> None:
    ticket, who = ask(people.student()), people.EVERYBODY[kind]()
    browser = people.signed_in(who)
    seen = 200 if kind == "admin" else 404
    assert browser.get(questions.url_of(ticket)).status_code == seen
    assert ("misspelt" in browser.get(LIST).content.decode()) == (kind == "admin")
    assert "misspelt" not in browser.get(LIST, {"q": "nothing of it"}).content.decode()
    if kind != "admin":
        assert write(who, ticket).status_code == 404
        assert move(who, ticket, "close").status_code == 404
        assert browser.post(reverse("question_open", args=[ticket.uuid])).status_code == 404
        assert TicketMessage.objects.count() == 1


def test_a_form_sent_twice_asks_and_answers_once() -> None:
    people.admin()
    key = uuid.uuid4()
    ticket = ask(people.student(), key=key)
    assert ask(people.student(), key=key) == ticket
    assert ask(people.other_student(), key=key) != ticket
    for _time in range(2):
        assert write(people.admin(), ticket, key=uuid.UUID(int=7)).status_code == 302
    assert ticket.messages.count() == 2
    assert Notification.objects.filter(recipient=people.admin(), about=people.student()).count() == 1
    assert Notification.objects.filter(kind="question.answered").count() == 1
    assert Activity.objects.filter(event="question.answered").count() == 1


def test_the_number_of_anothers_form_is_refused() -> None:
    key = uuid.uuid4()
    ticket = ask(people.student(), key=key)
    assert write(people.admin(), ticket, key=key).status_code == 409
    assert ticket.messages.count() == 1


@pytest.mark.parametrize("key", ["", "no number"])
def test_a_form_without_its_number_counts_all_the_same(key: str) -> None:
    browser = people.signed_in(people.student())
    assert browser.post(ASK, {"subject": "Fees", "text": TEXT, "client_uuid": key}).status_code == 302


def test_writing_into_a_closed_question_opens_it_again() -> None:
    ticket = ask(people.student())
    for who, do, then in (
        (people.admin(), "close", "CLOSED"),
        (people.student(), "open", "OPEN"),
        (people.student(), "close", "CLOSED"),
        (people.student(), "close", "CLOSED"),
    ):
        assert move(who, ticket, do).status_code == 302
        assert state(ticket) == then
    assert "What you write opens it again." in page(people.student(), questions.url_of(ticket))
    write(people.student(), ticket, "One more thing.")
    assert state(ticket) == "OPEN"
    assert Activity.objects.filter(event="question.closed").count() == 2
    assert move(people.student(), ticket, "burn").status_code == 400


def test_what_is_new_is_marked_until_one_looks_and_looking_is_no_get() -> None:
    ticket = ask(people.student())
    people.admin()
    write(people.student(), ticket, "Please.")
    assert "(new)" in page(people.admin())
    page(people.admin(), questions.url_of(ticket))
    assert "(new)" in page(people.admin())
    opened = people.signed_in(people.admin()).post(reverse("question_open", args=[ticket.uuid]))
    assert opened.headers["Location"] == questions.url_of(ticket)
    assert "(new)" not in page(people.admin())
    write(people.admin(), ticket)
    assert "(new)" in page(people.student())
    write(people.student(), ticket, "Thank you.")
    assert "(new)" not in page(people.student())


def test_an_answer_by_one_admin_leaves_nothing_new_for_the_others() -> None:
    other = people.person("Sulochana Patil", Role.ADMIN, email="sulochana@pragati.test")
    people.admin()
    ticket = ask(people.student())
    assert questions.new_to(other, [ticket]) == questions.new_to(people.admin(), [ticket]) == {ticket.pk}
    write(people.admin(), ticket)
    assert questions.new_to(other, [ticket]) == set()
    assert questions.new_to(people.student(), [ticket]) == {ticket.pk}


def test_neither_log_nor_mail_holds_what_was_written(django_capture_on_commit_callbacks: Any) -> None:
    people.admin()
    with django_capture_on_commit_callbacks(execute=True):
        ticket = ask(people.guardian())
        write(people.admin(), ticket)
        move(people.guardian(), ticket, "close")
    lines = list(Activity.objects.filter(event__startswith="question.").order_by("pk"))
    assert [line.event for line in lines] == ["question.asked", "question.answered", "question.closed"]
    assert [line.actor for line in lines] == [people.guardian(), people.admin(), people.guardian()]
    assert {line.subject for line in lines} == {people.guardian()}
    said = "".join(str(line.extra) for line in lines) + "".join(letter.body for letter in mail.outbox)
    said += "".join(f"{one.title}{one.body}" for one in Notification.objects.all())
    assert "one k too few" not in said
    assert "put right" not in said


def test_admins_see_first_who_has_waited_longest_and_find_by_name() -> None:
    first, second, third = (ask(make()) for make in (people.student, people.guardian, people.teacher))
    write(people.admin(), first)
    shown = people.signed_in(people.admin()).get(LIST).context["rows"]
    assert [row for row, _tone, _new in shown] == [second, third, first]
    found = people.signed_in(people.admin()).get(LIST, {"q": "kulkarni misspelt", "state": "OPEN"}).context["rows"]
    assert [row for row, _tone, _new in found] == [second]
    assert people.signed_in(people.admin()).get(LIST, {"q": "\0", "state": "no state"}).status_code == 200


def test_wrong_forms_keep_what_was_typed_and_say_what_is_missing() -> None:
    browser = people.signed_in(people.student())
    refused = browser.post(ASK, {"subject": "x" * 200, "text": "kept <b>text</b>"}).content.decode()
    assert "kept &lt;b&gt;text&lt;/b&gt;" in refused
    assert 'aria-invalid="true"' in refused
    assert "Write something first." in browser.post(ASK, {"subject": "Fees", "text": "  "}).content.decode()
    assert browser.post(ASK, {"subject": "Fees", "text": "x" * 4001}).status_code == 200
    assert not Ticket.objects.exists()


def test_what_is_written_is_text_and_no_markup() -> None:
    ticket = ask(people.student(), subject="<script>alert(1)</script>")
    write(people.student(), ticket, "<img src=x onerror=alert(1)>")
    shown = page(people.admin(), questions.url_of(ticket))
    assert "<script>alert" not in shown
    assert "<img src=x" not in shown


def test_writing_is_limited() -> None:
    browser, statuses = people.signed_in(people.student()), []
    for _time in range(limits.QUESTION_WRITING.tries + 1):
        statuses.append(browser.post(ASK, {"subject": "Fees", "text": TEXT}).status_code)
    assert statuses[-2:] == [302, 429]


@pytest.mark.parametrize("kind", ["student", "admin"])
def test_the_list_costs_the_same_at_3_and_at_30(same_queries: Any, kind: str) -> None:
    browser = people.signed_in(people.EVERYBODY[kind]())

    def add(count: int) -> None:
        for _number in range(count):
            for who in (people.student(), people.guardian()):
                questions.ask(who, subject="Fees", text=TEXT, client_uuid=uuid.uuid4())

    same_queries(lambda: browser.get(LIST), add=add)


def test_a_long_talk_costs_the_same_and_shows_its_end(same_queries: Any) -> None:
    ticket = ask(people.student())
    browser = people.signed_in(people.admin())

    def add(count: int) -> None:
        for _number in range(count):
            for who in (people.student(), people.admin()):
                questions.write(ticket, author=who, text="…", client_uuid=uuid.uuid4())

    same_queries(lambda: browser.get(questions.url_of(ticket)), add=add)
    questions.write(ticket, author=people.student(), text="the last word", client_uuid=uuid.uuid4())
    assert "the last word" in page(people.admin(), questions.url_of(ticket))


@pytest.mark.django_db(transaction=True)
def test_eight_times_the_same_form_at_once_is_one_question_and_one_message() -> None:
    student, admin = people.student(), people.admin()
    key, answer = uuid.uuid4(), uuid.uuid4()
    at_once([lambda: questions.ask(student, subject="Fees", text=TEXT, client_uuid=key)] * 8)
    ticket = Ticket.objects.get()
    at_once([lambda: questions.write(ticket, author=admin, text="Paid.", client_uuid=answer)] * 8)
    assert list(ticket.messages.values_list("author", flat=True)) == [student.pk, admin.pk]
    assert Notification.objects.count() == 2


def test_a_stranger_is_led_to_the_door() -> None:
    assert Client().get(LIST).status_code == 302
