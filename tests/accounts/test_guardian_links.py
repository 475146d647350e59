"""A link and a PIN: what they open, for how long, and that they open nothing else."""

import json
import logging
from datetime import timedelta
from functools import partial

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts import guardian_passes
from accounts.guardian_passes import PassClosed, PassRefused
from accounts.limits import GUARDIAN_PIN
from accounts.models import Activity, GuardianPass, Role, User
from accounts.models.guardian_passes import WRONG_PINS_AT_MOST
from coaching.pages.guardian_link import OPEN_S
from tests import people
from tests.accounts.passes import made, opened, path_of, typed, without_tokens, wrong
from tests.racing import outcomes
from tests.test_access import ANONYMOUS, TABLE

pytestmark = pytest.mark.django_db
NAME = "Ananya Kulkarni"


def events() -> list[str]:
    lines = Activity.objects.filter(event__startswith="guardian_link.").order_by("pk")
    return [event.removeprefix("guardian_link.") for event in lines.values_list("event", flat=True)]


def test_link_shows_nothing_before_the_pin_and_the_childs_day_after_it():
    one = made()
    page = Client().get(path_of(one.link)).content.decode()
    assert "Type the PIN" in page
    assert NAME not in page
    assert "2026-0188" not in page
    after = typed(one.link, one.pin)
    assert after.redirect_chain == [(path_of(one.link), 302)]
    assert NAME in after.content.decode()
    assert "<form" not in after.content.decode()
    assert GuardianPass.objects.get().last_used_at is not None
    assert events() == ["made", "opened"]
    assert set(Activity.objects.values_list("subject", flat=True)) == {people.student().pk}


def test_neither_page_is_kept_found_or_told_to_others():
    one = made()
    for answer in (Client().get(path_of(one.link)), typed(one.link, one.pin)):
        assert "no-store" in answer.headers["Cache-Control"]
        assert "noindex" in answer.headers["X-Robots-Tag"]
    assert answer.headers["Referrer-Policy"] == "no-referrer"
    assert Client().get(path_of(one.link)).headers["Referrer-Policy"] == "strict-origin"


@pytest.mark.parametrize(("is_https", "name"), [(False, "guardian"), (True, "__Secure-guardian")])
def test_what_opens_it_is_a_cookie_of_this_address_alone_for_half_an_hour(is_https, name, settings):
    settings.SESSION_COOKIE_SECURE = is_https
    one = made()
    answer = Client().post(path_of(one.link), {"pin": one.pin})
    cookie = answer.cookies[name]
    assert (cookie["path"], cookie["max-age"]) == (path_of(one.link), 1800)
    assert (cookie["httponly"], cookie["samesite"], bool(cookie["secure"])) == (True, "Strict", is_https)
    assert set(answer.cookies) <= {name, "csrftoken"}
    assert one.pin not in cookie.value


def test_after_half_an_hour_the_pin_is_asked_again(monkeypatch):
    one = made()
    phone = opened(one)
    later = timezone.now().timestamp() + OPEN_S + 1
    monkeypatch.setattr("django.core.signing.time.time", lambda: later)
    assert NAME not in phone.get(path_of(one.link)).content.decode()


def test_cookie_of_one_link_does_not_open_another_and_a_forged_one_none():
    one, other = made(), made(label="Father")
    phone = opened(one)
    assert NAME not in phone.get(path_of(other.link)).content.decode()
    forger = Client()
    forger.cookies["guardian"] = f"{one.row.uuid}:1abcde:forged"
    assert NAME not in forger.get(path_of(one.link)).content.decode()


def test_taken_back_it_closes_at_once_also_where_it_is_open():
    one = made()
    phone = opened(one)
    assert guardian_passes.revoke_pass(one.row, actor=people.admin())
    assert not guardian_passes.revoke_pass(one.row, actor=people.admin())
    assert NAME not in phone.get(path_of(one.link)).content.decode()
    with pytest.raises(PassRefused):
        guardian_passes.extend_pass(one.row, actor=people.admin())
    assert events() == ["made", "opened", "revoked"]


@pytest.mark.parametrize("change", [{"is_active": False}, {"role": Role.TEACHER, "email": "ananya@pragati.test"}])
def test_it_closes_when_the_student_leaves(change):
    one = made()
    phone = opened(one)
    User.objects.filter(pk=people.student().pk).update(**change)
    assert NAME not in phone.get(path_of(one.link)).content.decode()


def test_every_link_that_does_not_open_gets_the_same_answer():
    one = made()
    old, back, locked = made(), made(), made()
    GuardianPass.objects.filter(pk=old.row.pk).update(
        created_at=timezone.now() - timedelta(days=40), expires_at=timezone.now() - timedelta(seconds=1)
    )
    guardian_passes.revoke_pass(back.row, actor=people.admin())
    GuardianPass.objects.filter(pk=locked.row.pk).update(wrong_pins=WRONG_PINS_AT_MOST)
    pin = "123456"
    cases = [(one.link, wrong(one.pin)), (old.link, old.pin), (back.link, back.pin), (locked.link, locked.pin)]
    answers = [typed(link, pin) for link, pin in [*cases, ("/g/never-made/", pin)]]
    pages = [
        without_tokens(answer.content.decode()).replace(pin, "…")
        for answer, (_link, pin) in zip(answers, [*cases, ("", pin)], strict=True)
    ]
    assert {answer.status_code for answer in answers} == {200}
    assert len(set(pages)) == 1
    assert "This did not open." in pages[0]
    assert not any("guardian" in answer.cookies for answer in answers)


def test_five_wrong_pins_in_all_lock_it_until_the_office_opens_it_again():
    one = made()
    for _ in range(WRONG_PINS_AT_MOST - 1):
        typed(one.link, wrong(one.pin))
    assert NAME in typed(one.link, one.pin).content.decode()
    typed(one.link, wrong(one.pin))
    assert NAME not in typed(one.link, one.pin).content.decode()
    assert events() == ["made", *["failed"] * 4, "opened", "failed", "locked"]
    guardian_passes.extend_pass(one.row, actor=people.admin())
    assert NAME in typed(one.link, one.pin).content.decode()


def test_what_is_no_pin_costs_no_try_and_digits_of_any_script_are_digits():
    one = made()
    for nothing in ("", "12345", "1234567", "abcdef", "²²²²²²"):
        assert NAME not in typed(one.link, nothing).content.decode()
    assert GuardianPass.objects.get().wrong_pins == 0
    devanagari = "".join(chr(0x0966 + int(digit)) for digit in one.pin)
    assert NAME in typed(one.link, f" {devanagari[:3]} {devanagari[3:]} ").content.decode()
    assert GuardianPass.objects.get().wrong_pins == 0


def test_pins_of_one_address_are_counted():
    for number in range(GUARDIAN_PIN.tries):
        assert Client().post(f"/g/never-made-{number}/", {"pin": "1"}).status_code == 200
    refused = Client().post("/g/never-made/", {"pin": "1"})
    assert refused.status_code == 429
    assert int(refused.headers["Retry-After"]) > 0
    assert Client().get("/g/never-made/").status_code == 200


def test_more_days_never_reach_further_than_half_a_year():
    one = made(days=180)
    longer = guardian_passes.extend_pass(one.row, actor=people.admin())
    assert timedelta(days=179) < longer.expires_at - timezone.now() <= timedelta(days=180)
    GuardianPass.objects.update(created_at=timezone.now() - timedelta(days=9), expires_at=timezone.now())
    again = guardian_passes.extend_pass(one.row, actor=people.admin())
    assert timedelta(days=29) < again.expires_at - timezone.now() <= timedelta(days=30)


def test_link_is_made_for_students_and_for_at_most_half_a_year():
    for days in (0, 181):
        with pytest.raises(PassRefused):
            made(days=days)
    with pytest.raises(PassRefused):
        guardian_passes.make_pass(people.teacher(), label="Mother", actor=people.admin())
    assert not GuardianPass.objects.exists()


def test_it_is_no_session_and_opens_no_other_page():
    """The test's browser sends the cookie everywhere, which a real one does not."""
    phone = opened(made())
    for name, row in TABLE.items():
        url = reverse(name, kwargs=row.kwargs())
        answer = getattr(phone, row.method)(url, row.body)
        assert answer.status_code == row.statuses[ANONYMOUS], name
        if name != "result_verify":  # whoever has the code of a scorecard is told whose it is
            assert NAME not in getattr(answer, "content", b"").decode(errors="replace"), name
    assert "sessionid" not in phone.cookies


def test_neither_token_nor_pin_is_in_the_log_or_in_the_table(caplog):
    one = made()
    token = path_of(one.link).split("/")[2]
    with caplog.at_level(logging.INFO):
        typed(one.link, wrong(one.pin))
        phone = opened(one)
        Client().get(f"/g/{token}")
        phone.delete(f"/g/{token}/")
        Client(enforce_csrf_checks=True).post(f"/g/{token}/", {"pin": one.pin})
    assert "/g/***/" in caplog.text
    kept = json.dumps([*Activity.objects.values(), *GuardianPass.objects.values()], default=str)
    for secret in (token, one.pin):
        assert secret not in kept
        assert secret not in caplog.text


def test_cut_address_finds_its_slash_again():
    assert Client().get("/g/never-made").headers["Location"] == "/g/never-made/"


@pytest.mark.django_db(transaction=True)
def test_of_sixteen_wrong_pins_at_once_five_are_looked_at():
    one = made()
    token = path_of(one.link).split("/")[2]
    guess = partial(guardian_passes.open_with_pin, token, pin=wrong(one.pin), now=timezone.now())
    assert all(isinstance(outcome, PassClosed) for outcome in outcomes([guess] * 16))
    assert GuardianPass.objects.get().wrong_pins == WRONG_PINS_AT_MOST
    assert events().count("failed") == WRONG_PINS_AT_MOST
    assert "locked" in events()
