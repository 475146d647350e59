"""What follows a change of the second step: other sessions end, it is logged and told, and who may do it."""

from io import StringIO
from typing import Any

import pytest
from allauth.mfa.models import Authenticator
from django.core import mail
from django.core.management import CommandError, call_command
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts import activity, deliveries, sessions
from accounts.models import Activity, SessionSlot, User
from tests import people
from tests.accounts.second_steps import TOLERANCE, enter, give_app, is_in, phone_of, recovery_codes_of, secret_on

pytestmark = pytest.mark.django_db
APP, CODES_NEW = reverse("second_step_app"), reverse("second_step_codes_new")
Reason = SessionSlot.EndReason


@pytest.fixture(autouse=True)
def _patient_clock(settings: Any) -> None:
    settings.MFA_TOTP_TOLERANCE = TOLERANCE


def set_up_app(browser: Client) -> None:
    browser.post(APP, {"code": phone_of(secret_on(browser.get(APP))).code()})


def remove_app(browser: Client) -> None:
    row = Authenticator.objects.get(type=Authenticator.Type.TOTP)
    browser.post(reverse("second_step_remove", args=[row.pk]))


def make_codes(browser: Client) -> None:
    assert browser.post(CODES_NEW).headers["Location"] == reverse("second_step_codes")


@pytest.mark.parametrize(
    ("change", "event"),
    [(set_up_app, "second_step.added"), (remove_app, "second_step.removed"), (make_codes, "second_step.codes_made")],
)
def test_d19_a_change_ends_the_other_sessions_is_logged_and_told(change: Any, event: str) -> None:
    phone = give_app(people.teacher())
    here, there = (enter(people.teacher(), phone=phone) for _n in range(2))
    change(here)
    deliveries.send_due(now=timezone.now())
    assert is_in(here)
    assert not is_in(there)
    ended = SessionSlot.objects.get(ended_at__isnull=False)
    assert ended.end_reason == Reason.MFA_CHANGE
    assert Activity.objects.filter(event=event, actor=people.teacher()).count() == 1
    assert mail.outbox[-1].to == [people.teacher().email]
    assert "tell the office at once" in mail.outbox[-1].body


def test_d19_a_change_that_fails_ends_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    phone = give_app(people.teacher())
    here, there = (enter(people.teacher(), phone=phone) for _n in range(2))
    here.raise_request_exception = False
    new = phone_of(secret_on(here.get(APP)))

    def fails(*_given: Any, **_named: Any) -> None:
        raise RuntimeError("the log does not answer")

    monkeypatch.setattr(activity, "record", fails)
    assert here.post(APP, {"code": new.code()}).status_code == 500
    monkeypatch.undo()
    assert is_in(there)
    assert Authenticator.objects.get(type=Authenticator.Type.TOTP).data["step"] == phone.step


def test_new_recovery_codes_kill_the_old() -> None:
    phone = give_app(people.teacher())
    before = recovery_codes_of(people.teacher())
    make_codes(enter(people.teacher(), phone=phone))
    assert not set(before) & set(recovery_codes_of(people.teacher()))


def test_recovery_codes_come_only_with_an_app_or_a_passkey() -> None:
    assert people.signed_in(people.teacher()).post(CODES_NEW).status_code == 409


def grow_old(who: User) -> None:
    """The person's last proof of who he is lies half an hour back."""
    from datetime import timedelta

    for slot in SessionSlot.objects.of(who):
        SessionSlot.objects.filter(pk=slot.pk).update(created_at=slot.created_at - timedelta(minutes=30))


def old_session(who: User) -> Client:
    browser = people.signed_in(who)
    grow_old(who)
    return browser


@pytest.mark.parametrize("name", ["second_step_app", "passkey_add"])
def test_d21_setting_up_asks_again_who_one_is(name: str) -> None:
    browser = old_session(people.teacher())
    answer = browser.get(reverse(name))
    assert answer.headers["Location"].startswith("/accounts/reauthenticate/?next=")


def test_d21_new_codes_wait_for_the_password_and_are_then_made() -> None:
    give_app(people.teacher())
    before = recovery_codes_of(people.teacher())
    browser = old_session(people.teacher())
    to_confirm = browser.post(CODES_NEW).headers["Location"]
    assert recovery_codes_of(people.teacher()) == before
    wrong = browser.post(to_confirm, {"password": "not the password"})
    assert wrong.status_code == 200
    assert recovery_codes_of(people.teacher()) == before
    done = browser.post(to_confirm, {"password": people.PASSWORD})
    assert done.headers["Location"] == reverse("second_step_codes")
    assert recovery_codes_of(people.teacher()) != before


def test_d21_a_code_confirms_as_well_as_the_password() -> None:
    phone = give_app(people.teacher())
    browser = old_session(people.teacher())
    browser.post(CODES_NEW)
    page = browser.get(reverse("mfa_reauthenticate") + f"?next={CODES_NEW}")
    assert "Use your password" in page.content.decode()
    assert browser.post(reverse("mfa_reauthenticate"), {"code": "000000", "next": CODES_NEW}).status_code == 200
    done = browser.post(reverse("mfa_reauthenticate"), {"code": phone.code(), "next": CODES_NEW})
    assert done.headers["Location"] == reverse("second_step_codes")


def test_d21_role_and_address_wait_in_the_records_until_the_admin_has_confirmed() -> None:
    admin = old_session(people.admin())
    who = people.teacher()
    url = reverse("admin:accounts_user_change", args=[who.pk])
    assert admin.get(url).status_code == 200
    typed = {"name": who.name, "email": "m.joshi@pragati.test", "role": "STUDENT", "is_active": "on", "theme": "system"}
    to_confirm = admin.post(url, {**typed, "language": ""}).headers["Location"]
    who.refresh_from_db()
    assert (who.role, who.email) == ("TEACHER", "meera@pragati.test")
    admin.post(to_confirm, {"password": people.PASSWORD})
    who.refresh_from_db()
    assert (who.role, who.email) == ("STUDENT", "m.joshi@pragati.test")


def test_a_waiting_form_still_needs_its_token_and_does_nothing_elsewhere() -> None:
    """What waits is done only at the address it was sent to; a forged form does not get as far as to wait."""
    strict = Client(enforce_csrf_checks=True)
    strict.force_login(people.admin())
    grow_old(people.admin())
    url = reverse("admin:accounts_user_change", args=[people.teacher().pk])
    assert strict.post(url, {"role": "ADMIN"}).status_code == 403
    browser = old_session(people.teacher())
    give_app(people.teacher())
    before = recovery_codes_of(people.teacher())
    browser.post(CODES_NEW)
    browser.post("/accounts/reauthenticate/?next=/dashboard/", {"password": people.PASSWORD})
    assert recovery_codes_of(people.teacher()) == before


def test_a_file_is_not_kept_for_later() -> None:
    from django.core.files.uploadedfile import SimpleUploadedFile

    give_app(people.teacher())
    browser = old_session(people.teacher())
    browser.post(CODES_NEW, {"file": SimpleUploadedFile("x.txt", b"the whole file")})
    assert "the whole file" not in str(dict(browser.session))


def test_another_admin_takes_a_lost_second_step_off() -> None:
    phone = give_app(people.teacher())
    lost = enter(people.teacher(), phone=phone)
    url = reverse("person_second_step_reset", args=[people.teacher().uuid])
    admin = people.signed_in(people.admin())
    assert (
        "take it off" in admin.get(reverse("admin:accounts_user_change", args=[people.teacher().pk])).content.decode()
    )
    assert admin.post(url).status_code == 302
    deliveries.send_due(now=timezone.now())
    assert not Authenticator.objects.exists()
    assert not is_in(lost)
    line = Activity.objects.get(event="second_step.reset")
    assert (line.actor, line.subject) == (people.admin(), people.teacher())
    assert mail.outbox[-1].to == [people.teacher().email]
    assert is_in(enter(people.teacher()))
    assert admin.post(url).status_code == 409


def test_d21_taking_one_off_asks_again_who_one_is() -> None:
    give_app(people.teacher())
    url = reverse("person_second_step_reset", args=[people.teacher().uuid])
    assert old_session(people.admin()).post(url).headers["Location"].startswith("/accounts/reauthenticate/")
    assert Authenticator.objects.exists()


def test_nobody_takes_his_own_off_and_only_admins_anothers() -> None:
    phone = give_app(people.admin())
    url = reverse("person_second_step_reset", args=[people.admin().uuid])
    assert enter(people.admin(), phone=phone).post(url).status_code == 403
    assert people.signed_in(people.cashier()).post(url).status_code == 403
    assert Authenticator.objects.count() == 2


def test_the_operator_takes_it_off() -> None:
    phone = give_app(people.admin())
    browser = enter(people.admin(), phone=phone)
    out = StringIO()
    call_command("reset_second_step", "Rajendra@pragati.test", stdout=out)
    assert "signed out everywhere" in out.getvalue()
    assert not is_in(browser)
    assert Activity.objects.get(event="second_step.reset").actor is None
    assert enter(people.admin()).get("/dashboard/").headers["Location"] == reverse("second_step")
    with pytest.raises(CommandError, match="has no second step"):
        call_command("reset_second_step", "rajendra@pragati.test")
    with pytest.raises(CommandError, match="Nobody is known"):
        call_command("reset_second_step", "nobody@pragati.test")


def test_the_sessions_of_others_are_untouched() -> None:
    phone = give_app(people.teacher())
    other = people.signed_in(people.other_teacher())
    make_codes(enter(people.teacher(), phone=phone))
    assert is_in(other)
    assert sessions.Reason.MFA_CHANGE not in set(
        SessionSlot.objects.of(people.other_teacher()).values_list("end_reason", flat=True)
    )
