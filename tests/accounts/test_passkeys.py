"""Passkeys: added, used alone and as the second step, refused when anything about them is not right."""

import json
from datetime import timedelta
from typing import Any
from urllib.parse import unquote

import pytest
from allauth.mfa.models import Authenticator
from django.test import Client
from django.urls import reverse

from accounts.models import Activity, SessionSlot
from tests import people
from tests.accounts.second_steps import LOGIN, STEP, enter, give_app, is_in
from tests.emulators.passkeys import FLAG, SoftPasskey

pytestmark = pytest.mark.django_db
ADD, SIGN_IN = reverse("passkey_add"), reverse("mfa_login_webauthn")
JSON = {"accept": "application/json"}


def sent(credential: Any) -> dict[str, str]:
    return {"credential": json.dumps(credential)}


def add(browser: Client, passkey: SoftPasskey, name: str = "Redmi Note 13") -> Any:
    options = json.loads(json.dumps(browser.get(ADD).context["options"], default=dict))
    return browser.post(ADD, {"name": name, **sent(passkey.create(options))})


def sign_in_with(passkey: SoftPasskey, browser: Client | None = None, **more: str) -> Any:
    browser = browser or Client()
    options = browser.get(SIGN_IN, headers=JSON).json()["request_options"]
    return browser.post(SIGN_IN, {**sent(passkey.get(options)), **more})


def test_passkey_frees_the_admin_and_alone_signs_him_in() -> None:
    browser, passkey = enter(people.admin()), SoftPasskey()
    assert add(browser, passkey).headers["Location"] == reverse("second_step_codes")
    assert is_in(browser)
    other = Client()
    assert sign_in_with(passkey, other, next="/accounts/sessions/").headers["Location"] == "/accounts/sessions/"
    slot = SessionSlot.objects.get(ended_at=None, method=SessionSlot.Method.PASSKEY)
    assert (slot.user, slot.must_enrol) == (people.admin(), False)
    assert is_in(other)


def test_passkey_is_a_second_step_after_the_password() -> None:
    passkey, browser = SoftPasskey(), people.signed_in(people.teacher())
    add(browser, passkey)
    other = enter(people.teacher())
    assert not is_in(other)
    options = json.loads(json.dumps(other.get(STEP).context["js_data"]["request_options"], default=dict))
    assert [known["id"] for known in options["publicKey"]["allowCredentials"]] == [passkey.get(options)["id"]]
    assert other.post(STEP, sent(passkey.get(options))).status_code == 302
    assert is_in(other)


def test_d21_a_passkey_confirms_who_one_is_and_what_waited_is_done() -> None:
    passkey, browser = SoftPasskey(), people.signed_in(people.teacher())
    add(browser, passkey)
    slot = SessionSlot.objects.get()
    SessionSlot.objects.filter(pk=slot.pk).update(created_at=slot.created_at - timedelta(minutes=30))
    codes = reverse("second_step_codes_new")
    before = Authenticator.objects.get(type=Authenticator.Type.RECOVERY_CODES).pk
    assert browser.post(codes).headers["Location"].startswith("/accounts/reauthenticate/")
    page = f"{reverse('mfa_reauthenticate_webauthn')}?next={codes}"
    refused = browser.post(page, {"credential": "{}", "next": codes})
    assert unquote(refused.headers["Location"]) == page
    assert Authenticator.objects.get(type=Authenticator.Type.RECOVERY_CODES).pk == before
    options = json.loads(json.dumps(browser.get(page).context["js_data"]["request_options"], default=dict))
    done = browser.post(page, {**sent(passkey.get(options)), "next": codes})
    assert done.headers["Location"] == reverse("second_step_codes")
    assert Authenticator.objects.get(type=Authenticator.Type.RECOVERY_CODES).pk != before


def test_passkeys_are_named_renamed_and_removed() -> None:
    browser = people.signed_in(people.teacher())
    add(browser, SoftPasskey(), name="Redmi Note 13")
    row = Authenticator.objects.get(type=Authenticator.Type.WEBAUTHN)
    assert "Redmi Note 13" in browser.get("/accounts/profile/").content.decode()
    browser.post(reverse("passkey_rename", args=[row.pk]), {"name": "Mother's phone"})
    assert "Mother&#x27;s phone" in browser.get("/accounts/profile/").content.decode()
    browser.post(reverse("second_step_remove", args=[row.pk]))
    assert not Authenticator.objects.exists()


def test_a_passkey_of_an_unverified_owner_is_not_taken() -> None:
    browser = people.signed_in(people.teacher())
    answer = add(browser, SoftPasskey(is_verified=False))
    assert answer.status_code == 200
    assert not Authenticator.objects.exists()


def test_a_passkey_for_another_site_is_not_taken() -> None:
    browser = people.signed_in(people.teacher())
    answer = add(browser, SoftPasskey("https://testserver.evil.example"))
    assert "could not be checked" in answer.content.decode()
    assert not Authenticator.objects.exists()


@pytest.mark.parametrize("fault", ["replayed", "other browser", "unverified", "forged", "unknown"])
def test_sign_in_with_a_passkey_that_is_not_right_is_refused(fault: str) -> None:
    passkey = SoftPasskey()
    add(people.signed_in(people.teacher()), passkey)
    browser = Client()
    options = browser.get(SIGN_IN, headers=JSON).json()["request_options"]
    if fault == "unverified":
        passkey.flags = FLAG.UP
    if fault == "forged":
        passkey.key = SoftPasskey().key
    if fault == "unknown":
        passkey.id = SoftPasskey().id
    credential = passkey.get(options)
    if fault == "replayed":
        assert browser.post(SIGN_IN, sent(credential)).status_code == 302
        browser.post("/accounts/logout/")
        browser.get(SIGN_IN, headers=JSON)
    if fault == "other browser":
        browser = Client()
        browser.get(SIGN_IN, headers=JSON)
    assert browser.post(SIGN_IN, sent(credential)).headers["Location"] == LOGIN
    assert "could not be checked" in browser.get(LOGIN).content.decode()
    assert not is_in(browser)


@pytest.mark.parametrize(
    "junk", ["", "x", "[]", "1", '"x"', "null", "{}", '{"response": []}', '{"id": "é"}', "[" * 500, "[" * 50_000]
)
def test_nonsense_instead_of_a_passkey_is_refused_and_breaks_nothing(junk: str) -> None:
    browser = Client()
    browser.get(SIGN_IN, headers=JSON)
    assert browser.post(SIGN_IN, {"credential": junk}).status_code == 302
    inside = people.signed_in(people.teacher())
    inside.get(ADD)
    assert inside.post(ADD, {"name": "x", "credential": junk}).status_code == 200
    give_app(people.student())
    assert enter(people.student()).post(STEP, {"credential": junk}).status_code == 200
    assert not Authenticator.objects.filter(type=Authenticator.Type.WEBAUTHN).exists()


def test_a_deactivated_person_does_not_come_in_with_his_passkey() -> None:
    passkey, who = SoftPasskey(), people.teacher()
    add(people.signed_in(who), passkey)
    who.is_active = False
    who.save()
    browser = Client()
    assert sign_in_with(passkey, browser).headers["Location"] == reverse("account_inactive")
    assert not is_in(browser)


def test_the_only_way_in_is_not_removed() -> None:
    who, passkey = people.teacher(), SoftPasskey()
    browser = people.signed_in(who)
    add(browser, passkey)
    who.set_unusable_password()
    who.save()
    inside = Client()
    sign_in_with(passkey, inside)
    row = Authenticator.objects.get(type=Authenticator.Type.WEBAUTHN)
    answer = inside.post(reverse("second_step_remove", args=[row.pk]))
    assert answer.status_code == 403
    assert Authenticator.objects.filter(pk=row.pk).exists()
    assert not Activity.objects.filter(event="second_step.removed").exists()


def test_no_more_than_ten_passkeys() -> None:
    browser = people.signed_in(people.teacher())
    kind = Authenticator.Type.WEBAUTHN
    first = SoftPasskey()
    add(browser, first)
    data = Authenticator.objects.get(type=kind).data
    Authenticator.objects.bulk_create(Authenticator(user=people.teacher(), type=kind, data=data) for _n in range(9))
    assert add(browser, SoftPasskey()).status_code == 403
