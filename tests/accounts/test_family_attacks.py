"""Guardians, minors, links and erasure under attack: nobody decides, sees or comes back who may not."""

from datetime import date, timedelta

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts import consents, erasures, guardians, invitations, news, photos
from accounts.guardians import GuardianRefused
from accounts.invitees import Invitee
from accounts.models import Activity, Consent, GuardianPass, Guardianship, Institute, Invitation, Role, User
from coaching.lib.errors import NotAllowed
from coaching.pages.erasures import erase
from tests import people
from tests.accounts.importing import csv, imported, planned
from tests.accounts.passes import made
from tests.accounts.test_erasure import texts

pytestmark = pytest.mark.django_db
FAMILY = "Name,Roll no,Email,Birth date,Guardian's name,Guardian's e-mail address"


def minor(person: User) -> User:
    person.date_of_birth = date(timezone.localdate().year - 15, 1, 1)
    person.save()
    return person


# --- Minors -----------------------------------------------------------------------------------------------------------


def test_nobody_under_18_becomes_a_guardian():
    brother = minor(people.student())
    with pytest.raises(GuardianRefused, match="not 18 yet"):
        guardians.link_guardian(people.other_student(), guardian=brother, actor=people.admin())
    assert not Guardianship.objects.exists()


def test_guardian_who_turns_out_to_be_a_minor_decides_nothing():
    brother, sister = minor(people.student()), minor(people.other_student())
    Guardianship.objects.create(guardian=brother, student=sister)
    now = timezone.now()
    with pytest.raises(NotAllowed):
        consents.give(sister, purpose="PHOTO", actor=brother, now=now)
    with pytest.raises(NotAllowed):
        erasures.ask(sister, actor=brother)
    browser = people.signed_in(brother)
    form = {"purpose": "PHOTO", "do": "give"}
    assert browser.post(f"/accounts/privacy/{sister.uuid}/consents/", form).status_code == 403
    assert 'value="give"' not in browser.get("/accounts/privacy/").content.decode()
    assert "Say yes or no" not in browser.get("/dashboard/").content.decode()
    assert not Consent.objects.exists()


def test_import_makes_no_guardian_of_a_child():
    minor(people.other_student())
    this_year = timezone.localdate().year
    lines = (
        "Isha,1,,,Ritika,ritika@pragati.test",
        f"Om,2,om@x.in,01/01/{this_year - 14},,",
        "Kavya,3,,,Om,om@x.in",
    )
    plan = planned(csv(*lines, header=FAMILY))
    assert [(row.line, row.problems[0].words) for row in plan.bad] == [
        (2, "रितिका शर्मा is not 18 yet and cannot be a guardian."),
        (4, "Om is not 18 yet and cannot be a guardian."),
    ]


def test_minor_without_a_guardian_has_no_photo_until_the_office_has_a_paper():
    child = minor(people.student())
    with pytest.raises(photos.ConsentMissing):
        photos.put_photo(child, b"", actor=child)
    with pytest.raises(NotAllowed):
        consents.give(child, purpose="PHOTO", actor=child, now=timezone.now())
    consents.give_on_paper(child, purpose="PHOTO", evidence="Folder 3", actor=people.admin(), now=timezone.now())
    assert photos.may_have(child)


@pytest.mark.parametrize("policy", Institute.MinorLocation.values)
def test_a_no_to_the_position_holds_under_every_rule_of_the_institute(policy):
    Institute(pk=1, name="P", minor_location=policy).save()
    child = minor(people.student())
    Guardianship.objects.create(guardian=people.guardian(), student=child)
    consents.withdraw(child, purpose="LOCATION", actor=people.guardian(), now=timezone.now())
    for day in (timezone.localdate(), timezone.localdate() + timedelta(days=5 * 366)):
        assert not consents.may(child, "LOCATION", on=day)


def test_who_is_no_student_any_more_is_nobodys_child():
    child, guardian = people.student(), people.guardian()
    Guardianship.objects.create(guardian=guardian, student=child)
    User.objects.filter(pk=child.pk).update(role=Role.TEACHER, email="ananya@pragati.test")
    browser = people.signed_in(guardian)
    for name in ("person", "person_photo", "child"):
        assert browser.get(reverse(name, args=[child.uuid])).status_code == 404
    form = {"purpose": "PHOTO", "do": "give"}
    assert browser.post(f"/accounts/privacy/{child.uuid}/consents/", form).status_code == 404
    assert browser.post("/accounts/privacy/export/", {"person": str(child.uuid)}).status_code == 404


# --- Links ------------------------------------------------------------------------------------------------------------


def test_thirty_more_days_sent_twice_are_thirty():
    link, office = made().row, people.signed_in(people.admin())
    page = office.get(f"/accounts/people/{people.student().uuid}/guardian-links/").content.decode()
    until = link.expires_at.isoformat()
    assert f'name="until" value="{until}"' in page
    for _ in range(2):
        office.post(reverse("guardian_link_extend", args=[link.uuid]), {"until": until})
    assert GuardianPass.objects.get().expires_at == link.expires_at + timedelta(days=30)


@pytest.mark.parametrize("token", ["x" * 3_000, "%00", "%F0%9F%92%A5", "..%2f..%2fetc", "-"])
def test_token_that_is_none_gets_the_page_everybody_gets_or_nothing(token):
    assert Client().get(f"/g/{token}/").status_code in {200, 404}
    assert Client().post(f"/g/{token}/", {"pin": "123456"}).status_code in {200, 403, 404}


# --- Erasure ----------------------------------------------------------------------------------------------------------


def test_erased_guardian_is_named_by_no_record_and_no_news():
    person = User.objects.create(name="Ritika-Secret", role=Role.GUARDIAN, email="secret@pragati.test", password="!")
    child, office = people.student(), people.signed_in(people.admin())
    office.post(reverse("admin:accounts_guardianship_add"), {"guardian": person.pk, "student": child.pk})
    office.post(reverse("admin:accounts_user_change", args=[person.pk]), {"name": person.name, "role": "GUARDIAN"})
    invitations.invite(Invitee(Role.GUARDIAN, person.name, "secret@pragati.test"), actor=people.admin())
    news.of_acceptance(Invitation.objects.get(), person=person)
    guardians.link_guardian(child, guardian=person, relation="Aunt", actor=people.admin())
    guardians.unlink_guardian(child, guardian=person, actor=people.admin())
    log = {"event": "guardianship."}
    assert office.get("/accounts/activity/", log).content.decode().count("Ritika-Secret") == 3
    assert "Ritika-Secret" in office.post("/accounts/activity/export/", log).getvalue().decode()
    assert any("Ritika-Secret" in text for text in texts())
    erase(erasures.ask(person, actor=people.admin()), actor=people.admin())
    assert [text for text in texts() if "Secret" in text or "secret@" in text] == []
    assert not Activity.objects.filter(event__startswith="guardianship.", extra__icontains="secret").exists()
    assert office.get("/accounts/activity/", log).content.decode().count("Erased person") == 3


def test_erasing_whom_an_import_added_leaves_the_import_to_be_taken_back():
    done = imported(csv("Isha,1,isha@x.in,,Asha Secret,asha@x.in", header=FAMILY))
    guardian = User.objects.get(email="asha@x.in")
    erase(erasures.ask(guardian, actor=people.admin()), actor=people.admin())
    office = people.signed_in(people.admin())
    assert "Asha" not in office.get(f"/accounts/people/imports/{done.uuid}/").content.decode()
    office.post(f"/accounts/people/imports/{done.uuid}/undo/")
    done.refresh_from_db()
    guardian.refresh_from_db()
    assert (done.state, guardian.name, User.objects.filter(email="isha@x.in").exists()) == (
        "UNDONE",
        "Erased person",
        False,
    )


def test_two_requests_for_one_person_are_one_and_decided_once():
    child, office = minor(people.student()), people.signed_in(people.admin())
    Guardianship.objects.create(guardian=people.guardian(), student=child)
    rows = [erasures.ask(child, actor=actor) for actor in (child, people.guardian(), people.admin())]
    assert len({row.pk for row in rows}) == 1
    form = {"do": "erase", "typed": child.admission_number}
    answers = [office.post(f"/accounts/erasures/{rows[0].uuid}/", form).status_code for _ in range(2)]
    assert answers == [302, 409]
