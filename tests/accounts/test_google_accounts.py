"""Google accounts of people who are in: connecting, disconnecting, confirming who one is."""

from typing import Any
from urllib.parse import quote

import pytest
from allauth.mfa.models import Authenticator
from allauth.socialaccount.models import SocialAccount
from django.contrib.auth.hashers import make_password
from django.test import Client
from django.utils import timezone

from accounts import google_accounts
from accounts.models import Activity, SessionSlot, User
from tests import people
from tests.accounts.google_visits import (
    CONFIRM,
    CONNECT,
    DISCONNECT,
    LOGIN,
    PROFILE,
    at_google,
    come_back,
    connected,
    imported,
    long_ago,
    person_of,
    to_google,
    words,
)
from tests.emulators.google import GoogleEmulator
from tests.racing import at_once, outcomes

pytestmark = pytest.mark.django_db
GMAIL = "meera.joshi@gmail.test"
AGAIN = "/accounts/reauthenticate/"


@pytest.fixture
def gmail(google: GoogleEmulator) -> str:
    google.account(GMAIL)
    return GMAIL


# --- Connecting -------------------------------------------------------------------------------------------------------


def test_google_account_is_connected_in_the_profile_and_lets_in(gmail: str) -> None:
    browser, other = people.signed_in(people.teacher()), people.signed_in(people.teacher())
    assert "Connect Google" in words(browser.get(PROFILE))
    assert come_back(browser, gmail, CONNECT).headers["Location"] == PROFILE
    page = words(browser.get(PROFILE))
    assert f"You can sign in with {gmail} now." in page
    assert "Disconnect Google" in page
    assert other.get(PROFILE).status_code == 200  # nobody was signed out
    line = Activity.objects.get(event="google.connected")
    assert (line.actor, line.subject, line.ip) == (people.teacher(), people.teacher(), "127.0.0.1")
    fresh = Client()
    come_back(fresh, gmail)
    assert person_of(fresh) == people.teacher()


@pytest.mark.parametrize("kind", ["admin", "cashier", "student"])
def test_everybody_may_connect_whatever_his_role(gmail: str, kind: str) -> None:
    who = people.EVERYBODY[kind]()
    come_back(people.signed_in(who), gmail, CONNECT)
    assert SocialAccount.objects.get().user == who


def test_d21_password_is_asked_before_an_account_is_connected_or_disconnected(
    google: GoogleEmulator, gmail: str
) -> None:
    browser = people.signed_in(people.teacher())
    long_ago(browser)
    answer = browser.post(CONNECT)
    assert answer.headers["Location"] == f"{AGAIN}?next={quote(CONNECT, safe='')}"
    # The button that was pressed is done once the person has confirmed.
    to = browser.post(AGAIN, {"password": people.PASSWORD, "next": CONNECT}).headers["Location"]
    assert to.startswith(google.root)
    assert browser.get(at_google(to, login=gmail)).headers["Location"] == PROFILE
    long_ago(browser)
    assert browser.post(DISCONNECT).headers["Location"] == f"{AGAIN}?next={quote(DISCONNECT, safe='')}"
    assert SocialAccount.objects.exists()
    browser.post(AGAIN, {"password": people.PASSWORD, "next": DISCONNECT})
    assert not SocialAccount.objects.exists()


def test_account_of_somebody_else_is_refused_and_stays_his(google: GoogleEmulator, gmail: str) -> None:
    connected(google, people.other_teacher(), gmail)
    browser = people.signed_in(people.teacher())
    answer = come_back(browser, gmail, CONNECT)
    assert answer.status_code == 409
    assert "connected with somebody else here" in words(answer)
    assert "Imran" not in words(answer)
    assert SocialAccount.objects.get().user == people.other_teacher()
    assert person_of(browser) == people.teacher()


def test_second_account_of_a_person_is_refused_and_the_same_one_twice_is_once(
    google: GoogleEmulator, gmail: str
) -> None:
    browser = people.signed_in(people.teacher())
    come_back(browser, gmail, CONNECT)
    assert come_back(browser, gmail, CONNECT).status_code == 302
    google.account("other@gmail.test")
    answer = come_back(browser, "other@gmail.test", CONNECT)
    assert answer.status_code == 409
    assert f"{gmail} is connected already" in words(answer)
    assert SocialAccount.objects.get().extra_data == {"email": gmail}
    assert Activity.objects.filter(event="google.connected").count() == 1


def test_unverified_account_is_not_connected(google: GoogleEmulator, gmail: str) -> None:
    google.account(gmail).email_verified = False
    browser = people.signed_in(people.teacher())
    answer = come_back(browser, gmail, CONNECT)
    assert answer.status_code == 403
    assert 'href="/accounts/profile/"' in answer.content.decode()
    assert not SocialAccount.objects.exists()
    assert not Activity.objects.filter(event="sign_in.failed").exists()


def test_stopping_at_google_connects_nothing(gmail: str) -> None:
    browser = people.signed_in(people.teacher())
    answer = browser.get(at_google(to_google(browser, CONNECT), deny=1), follow=True)
    assert "You stopped at Google, so nothing was connected." in words(answer)


def test_way_begun_by_one_person_connects_nothing_for_the_next(gmail: str) -> None:
    browser = people.signed_in(people.teacher())
    back = at_google(to_google(browser, CONNECT), login=gmail)
    session = dict(browser.session)
    browser.logout()
    browser.force_login(people.other_teacher())
    kept = browser.session
    kept["socialaccount_states"] = session["socialaccount_states"]
    kept.save()
    assert browser.get(back).status_code == 409
    assert not SocialAccount.objects.exists()


def test_way_is_cut_when_the_session_ends_meanwhile(gmail: str) -> None:
    browser = people.signed_in(people.teacher())
    back = at_google(to_google(browser, CONNECT), login=gmail)
    SessionSlot.objects.update(idle_until=timezone.now())
    assert browser.get(back).headers["Location"] == "/accounts/login/"
    assert person_of(browser) is None
    assert not SocialAccount.objects.exists()


def test_sign_in_button_does_not_connect_and_connecting_needs_a_session(gmail: str) -> None:
    stranger = Client()
    come_back(stranger, gmail, process="connect")
    assert person_of(stranger) is None
    assert stranger.post(CONNECT).headers["Location"] == "/accounts/login/"
    assert people.signed_in(people.teacher()).post(LOGIN, {"process": "connect"}).headers["Location"] == "/dashboard/"
    assert not SocialAccount.objects.exists()


# --- Disconnecting ----------------------------------------------------------------------------------------------------


def test_disconnecting_ends_no_session_and_is_in_the_log(google: GoogleEmulator, gmail: str) -> None:
    connected(google, people.teacher(), gmail)
    browser = Client()
    come_back(browser, gmail)
    assert browser.post(DISCONNECT).headers["Location"] == PROFILE
    assert "Google is disconnected." in words(browser.get(PROFILE))
    assert Activity.objects.get(event="google.disconnected").subject == people.teacher()
    assert browser.post(DISCONNECT).status_code == 302  # twice is once
    assert Activity.objects.filter(event="google.disconnected").count() == 1


def test_last_way_in_is_not_taken_away(google: GoogleEmulator, gmail: str, settings: Any) -> None:
    who = connected(google, imported(), gmail)
    browser = Client()
    come_back(browser, gmail)
    answer = browser.post(DISCONNECT)
    assert answer.status_code == 409
    assert "Set a password first" in words(answer)
    Authenticator.objects.create(user=who, type=Authenticator.Type.TOTP, data={})
    assert browser.post(DISCONNECT).status_code == 409  # a second step is no way in
    User.objects.filter(pk=who.pk).update(password=make_password(people.PASSWORD))
    settings.AUTH_LOCAL = False
    with pytest.raises(google_accounts.ConnectionRefused):
        google_accounts.disconnect(who, request=answer.wsgi_request)
    settings.AUTH_LOCAL = True
    google_accounts.disconnect(who, request=answer.wsgi_request)
    assert not SocialAccount.objects.exists()


def test_passkey_is_another_way_in(google: GoogleEmulator, gmail: str) -> None:
    who = connected(google, imported(), gmail)
    Authenticator.objects.create(user=who, type=Authenticator.Type.WEBAUTHN, data={})
    browser = people.signed_in(who)
    assert browser.post(DISCONNECT).status_code == 302
    assert not SocialAccount.objects.exists()


def test_person_who_came_with_google_may_set_a_password_later(google: GoogleEmulator, gmail: str) -> None:
    who = connected(google, imported(), gmail)
    browser = Client()
    come_back(browser, gmail)
    assert 'href="/accounts/password/set/"' in browser.get(PROFILE).content.decode()
    new = "seven-quiet-rivers"
    assert browser.post("/accounts/password/set/", {"password1": new, "password2": new}).status_code == 302
    assert User.objects.get(pk=who.pk).check_password(new)
    assert browser.get(PROFILE).status_code == 200
    assert browser.post(DISCONNECT).status_code == 302


# --- Confirming -------------------------------------------------------------------------------------------------------


@pytest.fixture
def kavya(google: GoogleEmulator, gmail: str) -> Client:
    """Somebody without a password, who came in with Google long ago."""
    connected(google, imported(), gmail)
    browser = Client()
    come_back(browser, gmail)
    long_ago(browser)
    return browser


@pytest.mark.parametrize("path", ["/accounts/password/set/", "/dfs/drives/link/"])
def test_d21_person_without_a_password_confirms_with_google(kavya: Client, gmail: str, path: str) -> None:
    """allauth alone would let him through, as he has nothing it could ask for."""
    assert kavya.get(path).headers["Location"] == f"{CONFIRM}?next={path.replace('/', '%2F')}"
    page = kavya.get(f"{CONFIRM}?next={path}")
    assert "Confirm with Google" in words(page)
    to = to_google(kavya, CONFIRM, next=path)
    assert "login_hint=meera.joshi%40gmail.test" in to
    assert kavya.get(at_google(to, login=gmail)).headers["Location"] == path
    assert kavya.get(path).status_code == 200


def test_suspended_form_is_done_after_confirming_with_google(kavya: Client, gmail: str) -> None:
    User.objects.update(password=make_password(people.PASSWORD))
    long_ago(kavya)
    who = User.objects.get()
    kavya.force_login(who)
    long_ago(kavya)
    assert kavya.post(DISCONNECT).headers["Location"].startswith(AGAIN)
    assert "Confirm with Google" in words(kavya.get(f"{AGAIN}?next={DISCONNECT}"))
    answer = kavya.get(at_google(to_google(kavya, CONFIRM, next=DISCONNECT), login=gmail))
    assert answer.headers["Location"] == PROFILE
    assert not SocialAccount.objects.exists()


def test_another_google_account_confirms_nothing(kavya: Client, google: GoogleEmulator) -> None:
    google.account("other@gmail.test")
    answer = come_back(kavya, "other@gmail.test", CONFIRM, next=PROFILE)
    assert answer.status_code == 403
    assert "not the Google account you sign in with" in words(answer)
    connected(google, people.teacher(), "other@gmail.test")
    assert come_back(kavya, "other@gmail.test", CONFIRM, next=PROFILE).status_code == 403
    assert person_of(kavya) != people.teacher()
    assert kavya.get("/accounts/password/set/").status_code == 302


def test_stopping_while_confirming_leads_back_to_the_question(kavya: Client) -> None:
    answer = kavya.get(at_google(to_google(kavya, CONFIRM, next="/dfs/drives/link/"), deny=1), follow=True)
    assert "Confirm that it is you to go on." in words(answer)
    assert answer.redirect_chain[-1][0].startswith(CONFIRM)
    assert "next=%2Fdfs%2Fdrives%2Flink%2F" in answer.redirect_chain[-1][0]


def test_confirming_does_not_lead_away(kavya: Client, gmail: str) -> None:
    assert come_back(kavya, gmail, CONFIRM, next="https://evil.example/").headers["Location"] == "/dashboard/"


def test_person_without_google_confirms_with_his_password(gmail: str) -> None:
    browser = people.signed_in(people.teacher())
    assert browser.get(CONFIRM).headers["Location"] == AGAIN
    assert "Confirm with Google" not in words(browser.get(AGAIN))


def test_person_who_has_nothing_left_to_confirm_with_is_not_sent_in_circles(kavya: Client, settings: Any) -> None:
    settings.GOOGLE_CLIENT_ID = settings.GOOGLE_CLIENT_SECRET = ""
    answer = kavya.get("/accounts/password/set/", follow=True)
    assert answer.redirect_chain[-1][0].startswith("/accounts/logout/")
    assert "Sign out" in words(answer)


def test_pages_that_ask_for_a_second_step_offer_google_too(google: GoogleEmulator, gmail: str) -> None:
    who = connected(google, people.teacher(), gmail)
    Authenticator.objects.create(user=who, type=Authenticator.Type.TOTP, data={"secret": "x"})
    page = people.signed_in(who).get("/accounts/reauthenticate/code/")
    assert "Confirm with Google" in words(page)
    assert google.root in page.headers["Content-Security-Policy"]


# --- Races ------------------------------------------------------------------------------------------------------------


@pytest.mark.django_db(transaction=True)
def test_of_eight_accounts_connected_at_once_a_person_has_one(rf: Any) -> None:
    who, request = people.teacher(), rf.get("/")

    def connecting(number: int) -> Any:
        return lambda: google_accounts.connect(who, uid=str(number), email=f"{number}@gmail.test", request=request)

    given = outcomes([connecting(number) for number in range(8)])
    assert SocialAccount.objects.filter(user=who).count() == 1
    assert sum(isinstance(one, google_accounts.ConnectionRefused) for one in given) == 7


@pytest.mark.django_db(transaction=True)
def test_of_people_who_connect_one_account_at_once_one_has_it(rf: Any) -> None:
    everybody, request = [make() for make in people.EVERYBODY.values()], rf.get("/")

    def connecting(who: User) -> Any:
        return lambda: google_accounts.connect(who, uid="1", email="1@gmail.test", request=request)

    given = outcomes([connecting(who) for who in everybody])
    assert SocialAccount.objects.count() == 1
    assert sum(isinstance(one, google_accounts.ConnectionRefused) for one in given) == len(everybody) - 1


@pytest.mark.django_db(transaction=True)
def test_imported_person_who_comes_in_two_tabs_at_once_is_connected_once(rf: Any) -> None:
    who, request = imported(), rf.get("/")
    given = at_once([lambda: google_accounts.adopt("1", email=who.email or "", request=request)] * 4)
    assert [one.user for one in given] == [who] * 4
    assert SocialAccount.objects.count() == 1
    assert Activity.objects.filter(event="google.connected").count() == 1
