"""What a password must be, what a refusal says, and the link with which somebody sets a new one."""

import re
import unicodedata
from typing import Any

import pytest
from celery import current_app
from django.contrib.auth.password_validation import validate_password
from django.core import mail
from django.core.exceptions import ValidationError
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts import password_links, tasks
from accounts.models import Activity, User
from tests import people
from tests.accounts.browsers import browser, enter, is_in

pytestmark = pytest.mark.django_db
NEW = "naya-shabd-4417"
ASK, CHANGE = "/accounts/password/reset/", "/accounts/password/change/"


def refusal(password: str, who: User | None = None) -> str:
    """What is said against a password, "" when it is taken."""
    try:
        validate_password(password, who)
    except ValidationError as error:
        return " ".join(error.messages)
    return ""


def ask(identifier: str, client: Client | None = None, **headers: str) -> Any:
    return (client or Client()).post(ASK, {"email": identifier}, headers=headers)


@pytest.fixture
def told(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """The numbers of people that workers were told of, instead of a worker."""
    numbers: list[int] = []

    def send(name: str, args: list[int]) -> None:
        assert name == tasks.send_password_link.name
        numbers.extend(args)

    monkeypatch.setattr(current_app, "send_task", send)
    return numbers


@pytest.mark.parametrize(
    "password",
    [
        "correct-horse-battery-9",
        "मेरी नीली साइकिल",
        "x" * 119 + "abcdefghi",
        "only lowercase words",
        "😀🌊🔭 moon rise 17",
    ],
)
def test_d25_any_twelve_characters_will_do(password: str) -> None:
    assert refusal(password) == ""


@pytest.mark.parametrize(
    ("password", "reason"),
    [
        ("elevenchars", "Use at least 12 characters; this has 11"),
        ("ab" + "c" * 127, "Use at most 128 characters; this has 129"),
        ("1q2w3e4r5t6y", "Many people use this password"),
        ("passwordpassword", "Many people use this password"),
        ("aaaaaaaaaaaaaaaa", "Many people use this password"),
        ("456789012345", "Many people use this password"),
        ("lkjhgfdsapoiuytrewq", "Many people use this password"),
        ("ClassCrew-2026", "little more than a name"),
        ("ananya.kulkarni1", "little more than a name"),
        ("2026-0188-2026-0188", "little more than a name"),
    ],
)
def test_d25_password_that_is_guessed_first_is_refused_with_words(password: str, reason: str) -> None:
    assert reason in refusal(password, people.student())


def test_d25_institutes_name_is_refused_but_not_within_other_words(settings: Any) -> None:
    settings.INSTITUTE_NAME = "Pragati Coaching Classes"
    assert "little more than a name" in refusal("Pragati@12345")
    assert "little more than a name" in refusal("coachingclasses1")
    assert refusal("pragati is near the old mango tree") == ""


def test_d25_same_word_from_another_keyboard_is_the_same_password(client: Client) -> None:
    composed = "na\u00efve caf\u00e9 17"
    who = people.teacher()
    who.set_password(composed)
    who.save()
    assert is_in(enter(who, client, password=unicodedata.normalize("NFD", composed)))


def test_d25_every_character_counts_as_it_is() -> None:
    who = people.teacher()
    spaced = "  Two Spaces Before  "
    who.set_password(spaced)
    who.save()
    assert not is_in(enter(who, browser(), password=spaced.strip()))
    assert not is_in(enter(who, browser(), password=spaced.lower()))
    assert is_in(enter(who, browser(), password=spaced))


def test_d25_current_password_is_asked_for_a_change() -> None:
    who, client = people.teacher(), people.signed_in(people.teacher())
    wrong = {"oldpassword": "not the password", "password1": NEW, "password2": NEW}
    assert client.post(CHANGE, wrong).status_code == 200
    assert client.post(CHANGE, {"password1": NEW, "password2": NEW}).status_code == 200
    who.refresh_from_db()
    assert who.check_password(people.PASSWORD)
    assert client.post(CHANGE, {**wrong, "oldpassword": people.PASSWORD}).status_code == 302
    who.refresh_from_db()
    assert who.check_password(NEW)


def test_d25_refused_password_is_told_at_its_field_and_not_shown_again() -> None:
    client = people.signed_in(people.teacher())
    asked = {"oldpassword": people.PASSWORD, "password1": "meera joshi 1", "password2": "meera joshi 1"}
    page = client.post(CHANGE, asked).content.decode()
    assert "little more than a name" in page
    assert "meera joshi 1" not in page


def test_d25_password_fields_can_be_filled_pasted_and_shown() -> None:
    page = people.signed_in(people.teacher()).get(CHANGE).content.decode()
    fields = re.findall(r"<input[^>]*type=\"password\"[^>]*>", page)
    assert [re.search(r'autocomplete="([\w-]+)"', field)[1] for field in fields] == [  # type: ignore[index]
        "current-password",
        "new-password",
        "new-password",
    ]
    assert page.count("data-reveals=") == 3
    assert not any("maxlength" in field or "onpaste" in field for field in fields)


def test_d24_answer_to_a_wish_for_a_link_is_the_same_for_everybody(told: list[int]) -> None:
    people.teacher()
    people.student()
    gone = people.other_teacher()
    User.objects.filter(pk=gone.pk).update(is_active=False)
    typed = ("meera@pragati.test", "nobody@pragati.test", "2026-0188", "2026-9999", str(gone.email))
    pages = [Client().post(ASK, {"email": one}, follow=True) for one in typed]
    assert {page.redirect_chain[0] for page in pages} == {(reverse("account_reset_password_done"), 302)}
    texts = {re.sub(r'csrfmiddlewaretoken" value="\w+"', "", page.content.decode()) for page in pages}
    assert len(texts) == 1
    assert "ask the office" in texts.pop()
    assert len(told) == 5
    assert mail.outbox == []


def test_d24_work_behind_a_wish_for_a_link_is_the_same_for_everybody(told: list[int]) -> None:
    people.teacher()
    ask("warming@pragati.test")
    costs = set()
    for typed in ("meera@pragati.test", "nobody@pragati.test"):
        with CaptureQueriesContext(connection) as captured:
            ask(typed)
        costs.add(len(captured))
    assert len(costs) == 1
    lines = Activity.objects.filter(event="person.password_link_asked")
    assert sorted(str(line.subject) for line in lines) == ["Meera Joshi", "None", "None"]


def test_mail_comes_from_the_worker_in_the_persons_language_and_holds_one_address(told: list[int]) -> None:
    who = people.teacher()
    User.objects.filter(pk=who.pk).update(language="hi")
    ask(" Meera@Pragati.Test ")
    assert told == [who.pk]
    tasks.send_password_link(told[0])
    (message,) = mail.outbox
    assert message.to == [who.email]
    assert len(re.findall(r"https?://\S+", message.body)) == 1
    assert "\n" not in message.subject


@pytest.mark.parametrize("who", ["nobody", "student without an address", "deactivated"])
def test_nobody_else_gets_a_mail(who: str, told: list[int]) -> None:
    if who == "student without an address":
        told.append(people.student().pk)
    elif who == "deactivated":
        gone = people.teacher()
        User.objects.filter(pk=gone.pk).update(is_active=False)
        told.append(gone.pk)
    else:
        told.append(password_links.NOBODY)
    tasks.send_password_link(told[0])
    assert mail.outbox == []


def follow(link: str, password: str = NEW, client: Client | None = None) -> Any:
    """Open a link and set the password there."""
    client = client or Client()
    page = client.get(re.sub(r"^https?://[^/]+", "", link), follow=True)
    if "password1" not in page.content.decode():
        return page
    return client.post(page.request["PATH_INFO"], {"password1": password, "password2": password})


def test_d26_link_works_once() -> None:
    who = people.teacher()
    link = password_links.address_for(who)
    assert follow(link).status_code == 302
    assert is_in(enter(who, browser(), password=NEW))
    again = follow(link, "yet-another-word-5")
    assert "This link does not work any more" in again.content.decode()
    who.refresh_from_db()
    assert who.check_password(NEW)


def test_d26_link_lives_for_an_hour_at_most(settings: Any) -> None:
    assert settings.PASSWORD_RESET_TIMEOUT <= 3600
    link = password_links.address_for(people.teacher())
    settings.PASSWORD_RESET_TIMEOUT = -1
    assert "This link does not work any more" in follow(link).content.decode()


def test_d26_link_dies_with_a_sign_in_and_with_the_address() -> None:
    who = people.teacher()
    links = [password_links.address_for(who)]
    enter(who)
    who.refresh_from_db()
    links.append(password_links.address_for(who))
    who.email = "meera.joshi@pragati.test"
    who.save()
    for link in links:
        assert "This link does not work any more" in follow(link).content.decode()


def test_d26_link_does_not_sign_in_and_ends_the_sessions() -> None:
    who, client = people.teacher(), Client()
    old = enter(who)
    assert follow(password_links.address_for(User.objects.get(pk=who.pk)), client=client).status_code == 302
    assert not is_in(client)
    assert not is_in(old)


def test_d33_host_of_the_link_is_the_sites_own_whatever_the_request_says(told: list[int], settings: Any) -> None:
    settings.ALLOWED_HOSTS = ["*"]
    settings.BASE_URL = "https://pragati.example"
    people.teacher()
    ask("meera@pragati.test", Client(SERVER_NAME="evil.example"), **{"X-Forwarded-Host": "evil.example"})
    tasks.send_password_link(told[0])
    assert "https://pragati.example/accounts/password/reset/key/" in mail.outbox[0].body
    assert "evil" not in mail.outbox[0].body


def test_new_password_opens_a_door_that_guessing_had_closed() -> None:
    who, thief = people.teacher(), Client()
    for _ in range(6):
        enter(who, thief, password="wrong guess 123")
    assert not is_in(enter(who, Client()))
    assert follow(password_links.address_for(who)).status_code == 302
    assert is_in(enter(who, Client(), password=NEW))
