"""Setting up the second step, and signing in with it."""

from typing import Any

import pytest
from allauth.mfa.models import Authenticator
from django.contrib.auth import SESSION_KEY
from django.core import mail
from django.test import Client
from django.urls import reverse

from accounts.models import Activity, SessionSlot, User
from tests import people
from tests.accounts.second_steps import (
    LOGIN,
    STEP,
    TOLERANCE,
    enter,
    give_app,
    is_in,
    phone_of,
    recovery_codes_of,
    secret_on,
)

pytestmark = pytest.mark.django_db
APP, CODES = reverse("second_step_app"), reverse("second_step_codes")


@pytest.fixture(autouse=True)
def _patient_clock(settings: Any) -> None:
    settings.MFA_TOTP_TOLERANCE = TOLERANCE


def test_admin_without_a_second_step_gets_only_to_setting_it_up() -> None:
    browser = enter(people.admin())
    assert SessionSlot.objects.get().must_enrol
    for path in ("/dashboard/", "/admin/", "/accounts/activity/", "/accounts/profile/", reverse("dfs:console")):
        answer = browser.get(path)
        assert (answer.status_code, answer.headers["Location"]) == (302, reverse("second_step")), path
    assert browser.post("/accounts/theme/", {"theme": "dark"}).headers["Location"] == reverse("second_step")
    told = browser.get("/dashboard/", headers={"accept": "application/json"})
    assert (told.status_code, told.json()["error"]["code"]) == (403, "must_enrol")
    piece = browser.get("/dashboard/", headers={"HX-Request": "true"})
    assert (piece.status_code, piece.headers["HX-Redirect"]) == (403, reverse("second_step"))
    for name in ("second_step", "second_step_app", "passkey_add", "account_reauthenticate"):
        assert browser.get(reverse(name)).status_code == 200, name
    assert browser.post("/language/", {"language": "hi"}).status_code == 302
    assert browser.post("/accounts/logout/").headers["Location"] == LOGIN


@pytest.mark.parametrize("who", [people.teacher, people.student, people.guardian, people.cashier])
def test_others_are_not_asked_for_one(who: Any) -> None:
    assert is_in(enter(who()))


def test_without_the_demand_an_admin_is_asked_only_by_a_banner(settings: Any) -> None:
    settings.MFA_REQUIRED = False
    browser = enter(people.admin())
    assert "A real institute asks admins for a second step." in browser.get("/dashboard/").content.decode()
    give_app(people.admin())
    assert "A real institute" not in browser.get("/dashboard/").content.decode()


def set_up(browser: Client) -> Any:
    """The app is set up in this browser; answers the phone."""
    phone = phone_of(secret_on(browser.get(APP)))
    answer = browser.post(APP, {"code": phone.code()})
    assert (answer.status_code, answer.headers["Location"]) == (302, CODES), answer.content.decode()
    return phone


def test_d16_the_session_key_changes_at_sign_in_and_when_the_second_step_is_set_up() -> None:
    browser = Client()
    browser.cookies["sessionid"] = "chosenbysomebodyelse0000000000ab"
    browser.get(LOGIN)
    enter(people.admin(), client=browser)
    at_sign_in = browser.cookies["sessionid"].value
    assert at_sign_in != "chosenbysomebodyelse0000000000ab"
    phone = set_up(browser)
    freed = browser.cookies["sessionid"].value
    assert freed != at_sign_in
    stale = Client()
    stale.cookies["sessionid"] = at_sign_in
    assert not is_in(stale)
    assert is_in(browser)
    browser.post("/accounts/logout/")
    browser.post(LOGIN, {"login": people.admin().email, "password": people.PASSWORD})
    halfway = browser.cookies["sessionid"].value
    browser.post(STEP, {"code": phone.code()})
    assert browser.cookies["sessionid"].value != halfway
    stale.cookies["sessionid"] = halfway
    assert not is_in(stale)


def test_setting_up_the_app_frees_the_admin_and_shows_the_recovery_codes_once() -> None:
    browser = enter(people.admin())
    set_up(browser)
    page = browser.get(CODES)
    codes = page.context["codes"]
    assert (len(codes), page.headers["Cache-Control"].count("no-store")) == (10, 1)
    assert all(code in page.content.decode() for code in codes)
    file = browser.get(reverse("second_step_codes_download"))
    assert file.headers["Content-Disposition"] == 'attachment; filename="recovery-codes.txt"'
    assert all(code in file.content.decode() for code in codes)
    assert Client().get(CODES).status_code == 302
    assert browser.post(CODES).headers["Location"] == reverse("profile")
    assert browser.get(CODES).headers["Location"] == reverse("second_step")
    assert browser.get(reverse("second_step_codes_download")).headers["Location"] == reverse("second_step")
    profile = browser.get("/accounts/profile/").content.decode()
    assert "10 of 10 left" in profile
    assert not any(code in profile for code in codes)
    assert SessionSlot.objects.get(ended_at=None).must_enrol is False
    assert Activity.objects.filter(event="second_step.added", actor=people.admin()).count() == 1
    assert [sent.to for sent in mail.outbox] == []  # on commit, and this test's transaction never does


def test_a_wrong_code_sets_nothing_up_and_keeps_the_secret_shown() -> None:
    browser = enter(people.admin())
    before = secret_on(browser.get(APP))
    phone = phone_of(before)
    answer = browser.post(APP, {"code": phone.code_of(1)})
    assert "The app shows another code." in answer.content.decode()
    assert secret_on(answer) == before
    assert not Authenticator.objects.exists()


def test_whoever_has_an_app_is_asked_for_its_code() -> None:
    phone = give_app(people.teacher())
    browser = enter(people.teacher())
    assert SESSION_KEY not in browser.session
    assert browser.get("/dashboard/").headers["Location"].startswith(LOGIN)
    assert browser.get(LOGIN).headers["Location"] == STEP
    wrong = browser.post(STEP, {"code": phone.code_of(1)})
    assert "This code is not right" in wrong.content.decode()
    assert browser.post(STEP, {"code": phone.code()}).headers["Location"] == "/dashboard/"
    assert is_in(browser)
    assert list(Activity.objects.filter(event="second_step.failed").values_list("subject__email", flat=True)) == [
        people.teacher().email
    ]


def test_the_second_step_can_be_given_up() -> None:
    give_app(people.teacher())
    browser = enter(people.teacher())
    browser.post("/accounts/logout/")
    assert browser.get(LOGIN).status_code == 200


def test_d27_a_code_is_taken_once_and_so_is_every_older_one() -> None:
    phone = give_app(people.teacher())
    early, code = phone.code(), phone.code()
    browser = enter(people.teacher())
    assert browser.post(STEP, {"code": code}).status_code == 302
    for used in (code, early):
        again = enter(people.teacher())
        assert "used already" in again.post(STEP, {"code": used}).content.decode()
        assert not is_in(again)


def test_d27_the_code_that_set_the_app_up_does_not_sign_in() -> None:
    browser = enter(people.admin())
    phone = set_up(browser)
    again = enter(people.admin())
    assert again.post(STEP, {"code": phone.code_of(phone.step)}).status_code == 200
    assert again.post(STEP, {"code": phone.code()}).status_code == 302


def test_d27_a_code_out_of_its_time_is_refused(settings: Any) -> None:
    settings.MFA_TOTP_TOLERANCE = 1
    phone = give_app(people.teacher())
    browser = enter(people.teacher())
    for off in (-6, 26):  # the phone's first step is TOLERANCE / 2 before now
        assert browser.post(STEP, {"code": phone.code_of(phone.step + off)}).status_code == 200


def test_d27_a_recovery_code_lets_in_once() -> None:
    give_app(people.teacher())
    code = recovery_codes_of(people.teacher())[3]
    assert enter(people.teacher()).post(STEP, {"code": f"{code[:4]} {code[4:]}"}).status_code == 302
    again = enter(people.teacher())
    assert "used already" in again.post(STEP, {"code": code}).content.decode()
    assert len(recovery_codes_of(people.teacher())) == 9
    assert Activity.objects.filter(event="second_step.code_used", actor=people.teacher()).count() == 1


def test_five_wrong_codes_close_the_second_step_for_the_right_one_too() -> None:
    phone = give_app(people.teacher())
    for _n in range(5):
        assert enter(people.teacher()).post(STEP, {"code": "000000"}).status_code == 200
    told = enter(people.teacher()).post(STEP, {"code": phone.code()}).content.decode()
    assert "Too many tries" in told
    other = give_app(people.other_teacher())
    assert is_in(enter(people.other_teacher(), phone=other))


def test_right_codes_do_not_use_tries_up() -> None:
    phone = give_app(people.teacher())
    for _n in range(8):
        assert is_in(enter(people.teacher(), phone=phone))


def test_d26_a_password_link_does_not_go_round_the_second_step() -> None:
    from accounts.services import make_password_link

    give_app(people.teacher())
    browser = Client()
    path = make_password_link(people.teacher()).split("8000", 1)[1]
    form = browser.get(path, follow=True).redirect_chain[-1][0]
    browser.post(form, {"password1": "naya-shabd-4417", "password2": "naya-shabd-4417"})
    assert not is_in(browser)
    answer = browser.post(LOGIN, {"login": people.teacher().email, "password": "naya-shabd-4417"})
    assert answer.headers["Location"] == STEP
    assert not is_in(browser)


def test_new_phone_replaces_the_old_and_keeps_the_recovery_codes() -> None:
    old = give_app(people.teacher())
    codes = recovery_codes_of(people.teacher())
    browser = enter(people.teacher(), phone=old)
    new = phone_of(secret_on(browser.get(APP)))
    assert browser.post(APP, {"code": new.code()}).headers["Location"] == reverse("profile")
    assert recovery_codes_of(people.teacher()) == codes
    assert enter(people.teacher()).post(STEP, {"code": old.code()}).status_code == 200
    assert is_in(enter(people.teacher(), phone=new))


def test_an_admin_who_removes_his_last_one_is_confined_again() -> None:
    browser = enter(people.admin(), phone=give_app(people.admin()))
    row = Authenticator.objects.get(type=Authenticator.Type.TOTP)
    url = reverse("second_step_remove", args=[row.pk])
    assert "admins need one" in browser.get(url).content.decode()
    browser.post(url)
    assert not Authenticator.objects.exists()
    assert browser.get("/dashboard/").headers["Location"] == reverse("second_step")


def test_nobody_touches_anothers_second_step() -> None:
    give_app(people.teacher())
    row = Authenticator.objects.get(type=Authenticator.Type.TOTP)
    codes = Authenticator.objects.get(type=Authenticator.Type.RECOVERY_CODES)
    for who in (people.other_teacher(), people.admin()):
        assert people.signed_in(who).post(reverse("second_step_remove", args=[row.pk])).status_code == 404
    own = people.signed_in(people.teacher())
    assert own.post(reverse("second_step_remove", args=[codes.pk])).status_code == 404
    assert Authenticator.objects.count() == 2


def test_the_profile_costs_as_many_queries_with_ten_passkeys(same_queries: Any) -> None:
    browser = people.signed_in(people.teacher())

    def add(count: int) -> None:
        kind, who = Authenticator.Type.WEBAUTHN, User.objects.get(pk=people.teacher().pk)
        Authenticator.objects.bulk_create(Authenticator(user=who, type=kind, data={"name": "x"}) for _n in range(count))

    same_queries(lambda: browser.get("/accounts/profile/"), add=add)
