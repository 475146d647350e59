"""Django's admin: behind the same door and the second step, its history read-only, no secret on any page (D29)."""

from typing import Any

import pytest
from allauth.mfa.models import Authenticator
from django.contrib import admin
from django.test import Client
from django.urls import NoReverseMatch, reverse

from accounts.models import Activity, Grant, Guardianship, SessionSlot
from tests import people
from tests.accounts.second_steps import STEP, TOLERANCE, enter, give_app, opened

pytestmark = pytest.mark.django_db
HISTORY = [("activity", Activity), ("sessionslot", SessionSlot)]


@pytest.fixture(autouse=True)
def _patient_clock(settings: Any) -> None:
    settings.MFA_TOTP_TOLERANCE = TOLERANCE


def test_d29_the_admin_site_opens_after_password_and_second_step_only() -> None:
    phone = give_app(people.admin())
    index = reverse("admin:index")
    assert enter(people.admin()).get(index, follow=True).redirect_chain[-1][0] == STEP
    assert enter(people.admin(), phone=phone).get(index).status_code == 200
    Authenticator.objects.all().delete()
    assert enter(people.admin()).get(index).headers["Location"] == reverse("second_step")


@pytest.mark.parametrize(("name", "model"), HISTORY)
def test_d29_history_is_read_and_never_written_whatever_is_sent(name: str, model: Any) -> None:
    browser = people.signed_in(people.admin())
    browser.get("/accounts/profile/")
    Activity.objects.create(event="person.changed", subject=people.teacher(), extra={"name": "kept"})
    row = model.objects.first()
    before = list(model.objects.values())
    listed, one = reverse(f"admin:accounts_{name}_changelist"), reverse(f"admin:accounts_{name}_change", args=[row.pk])
    assert browser.get(listed).status_code == 200
    assert browser.get(listed, {"q": "Meera"}).status_code == 200
    assert 'type="submit"' not in browser.get(one).content.decode().split('id="content"')[1]
    crafted = {"event": "forged", "device": "forged", "ended_at_0": "2026-01-01", "extra": "{}", "_save": "Save"}
    assert browser.post(one, crafted).status_code == 403
    assert browser.post(reverse(f"admin:accounts_{name}_add"), crafted).status_code == 403
    assert browser.post(reverse(f"admin:accounts_{name}_delete", args=[row.pk]), {"post": "yes"}).status_code == 403
    chosen = {"action": "delete_selected", "_selected_action": [row.pk], "post": "yes"}
    assert browser.post(listed, chosen).status_code in {200, 302}
    assert browser.post(listed, {"form-TOTAL_FORMS": 1, "form-0-id": row.pk, "_save": "Save"}).status_code in {200, 302}
    assert list(model.objects.values())[: len(before)] == before or model is Activity
    assert not model.objects.filter(device="forged").exists()
    assert model.objects.filter(pk=row.pk).exists()


def test_d29_no_page_shows_what_signs_people_in() -> None:
    phone = give_app(people.admin())
    browser = enter(people.admin(), phone=phone)
    slot = SessionSlot.objects.get()
    line = Activity.objects.first()
    shown = "".join(
        browser.get(url).content.decode()
        for url in (
            reverse("admin:index"),
            reverse("admin:accounts_user_change", args=[people.admin().pk]),
            reverse("admin:accounts_sessionslot_changelist"),
            reverse("admin:accounts_sessionslot_change", args=[slot.pk]),
            reverse("admin:accounts_activity_change", args=[line.pk if line else 0]),
        )
    )
    row = Authenticator.objects.get(type=Authenticator.Type.TOTP)
    for secret in (slot.key_hash, row.data["secret"], opened(row.data["secret"]), people.admin().password):
        assert secret not in shown


def test_d29_what_signs_people_in_is_not_among_the_records() -> None:
    labels = {model._meta.app_label for model in admin.site._registry}
    assert not labels & {"mfa", "socialaccount", "account", "auth", "sessions"}
    with pytest.raises(NoReverseMatch):
        reverse("admin:mfa_authenticator_changelist")


def test_grants_are_given_and_taken_on_the_page_of_a_member_of_staff_and_logged() -> None:
    who, browser = people.cashier(), people.signed_in(people.admin())
    url = reverse("admin:accounts_user_change", args=[who.pk])
    person = {
        "name": who.name,
        "email": who.email,
        "role": "STAFF",
        "is_active": "on",
        "theme": "system",
        "language": "",
    }
    rows = {"grants-TOTAL_FORMS": "1", "grants-INITIAL_FORMS": "0", "grants-0-kind": "CASHIER", "grants-0-user": who.pk}
    assert browser.post(url, person | rows).status_code == 302
    grant = Grant.objects.get()
    assert (grant.user, grant.kind, grant.given_by) == (who, "CASHIER", people.admin())
    assert who.may(Grant.Kind.CASHIER)
    gone = {"grants-TOTAL_FORMS": "1", "grants-INITIAL_FORMS": "1", "grants-0-id": grant.pk, "grants-0-user": who.pk}
    assert browser.post(url, person | gone | {"grants-0-DELETE": "on"}).status_code == 302
    assert not who.may(Grant.Kind.CASHIER)
    events = Activity.objects.filter(subject=who, actor=people.admin()).values_list("event", flat=True)
    assert {"grant.given", "grant.taken"} <= set(events)
    teachers = browser.get(reverse("admin:accounts_user_change", args=[people.teacher().pk])).content.decode()
    assert "grants-TOTAL_FORMS" not in teachers


def test_guardianships_are_made_and_ended_and_logged() -> None:
    browser = people.signed_in(people.admin())
    guardian, student = people.guardian(), people.student()
    add = reverse("admin:accounts_guardianship_add")
    assert browser.post(add, {"guardian": guardian.pk, "student": people.teacher().pk}).status_code == 200
    assert browser.post(add, {"guardian": guardian.pk, "student": student.pk, "relation": "father"}).status_code == 302
    link = Guardianship.objects.get()
    browser.post(reverse("admin:accounts_guardianship_delete", args=[link.pk]), {"post": "yes"})
    assert not Guardianship.objects.exists()
    events = Activity.objects.filter(subject=student).order_by("pk").values_list("event", flat=True)
    assert list(events) == ["guardianship.made", "guardianship.ended"]


@pytest.mark.parametrize("name", ["accounts_user_add", "accounts_guardianship_add"])
def test_d21_whoever_signed_in_long_ago_confirms_before_he_changes_records(name: str) -> None:
    from datetime import timedelta

    browser: Client = people.signed_in(people.admin())
    slot = SessionSlot.objects.get()
    SessionSlot.objects.filter(pk=slot.pk).update(created_at=slot.created_at - timedelta(minutes=30))
    url = reverse(f"admin:{name}")
    assert browser.get(url).status_code == 200
    assert browser.post(url, {"name": "x"}).headers["Location"].startswith("/accounts/reauthenticate/?next=")
