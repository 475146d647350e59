"""One person's page, and what an admin changes there: identity, rights, guardians, the way in."""

import pytest
from django.test import Client

from accounts.models import Activity, Grant, Guardianship, Invitation, Role, User
from tests import people

pytestmark = pytest.mark.django_db


@pytest.fixture
def office() -> Client:
    return people.signed_in(people.admin())


def page_of(person: User) -> str:
    return f"/accounts/people/{person.uuid}/"


def form_of(person: User, **more: object) -> dict[str, object]:
    kept = {"name": person.name, "role": person.role, "email": person.email or "", "phone": person.phone}
    return {**kept, "admission_number": person.admission_number or "", "is_active": "on", **more}


def test_admin_sees_all_of_somebody_and_a_guardian_who_his_child_is(office):
    ananya, sunil = people.student(), people.guardian()
    Guardianship.objects.create(guardian=sunil, student=ananya, relation="Father")
    page = office.get(page_of(ananya)).content.decode()
    assert all(words in page for words in ("Sunil Kulkarni", "Father", "Can sign in", "2026-0188", "Lends none"))
    assert "Ananya Kulkarni" in office.get(page_of(sunil)).content.decode()
    his = people.signed_in(sunil).get(page_of(ananya)).content.decode()
    assert "Ananya Kulkarni" in his
    assert "Signing in" not in his
    assert people.signed_in(sunil).get(page_of(people.other_student())).status_code == 404
    assert people.signed_in(people.teacher()).get(page_of(ananya)).status_code == 404


def test_person_page_costs_the_same_with_many_guardians(office, same_queries):
    ananya = people.student()

    def add(count: int) -> None:
        for _ in range(count):
            number = User.objects.count()
            one = people.person(f"G {number}", Role.GUARDIAN, email=f"g{number}@pragati.test")
            Guardianship.objects.create(guardian=one, student=ananya)

    assert same_queries(lambda: office.get(page_of(ananya)), add=add) <= 20


def test_person_is_entered_without_a_password_and_invited_from_his_page(office):
    form = {"name": "Farhan Qureshi", "role": "STAFF", "email": "Farhan@pragati.test", "grants": ["CASHIER"]}
    answer = office.post("/accounts/people/new/", form)
    farhan = User.objects.get(email="farhan@pragati.test")
    assert answer["Location"] == page_of(farhan)
    assert not farhan.has_usable_password()
    assert Grant.objects.get(user=farhan).kind == "CASHIER"
    assert "Not invited yet" in office.get(page_of(farhan)).content.decode()
    assert office.post(f"{page_of(farhan)}invite/").status_code == 200
    assert Invitation.objects.get().person == farhan
    assert "Invited" in office.get(page_of(farhan)).content.decode()


@pytest.mark.parametrize(
    ("fields", "field"),
    [
        ({"email": "MEERA@pragati.test"}, "email"),
        ({"admission_number": "2026-0290"}, "admission_number"),
        ({"admission_number": "a@b"}, "admission_number"),
        ({"admission_number": ""}, "email"),
        ({"role": "TEACHER"}, "email"),
        ({"teaches": "on"}, "teaches"),
        ({"phone": "12345"}, "phone"),
        ({"name": " "}, "name"),
        ({"date_of_birth": "2200-01-01"}, "date_of_birth"),
        ({"role": "KING"}, "role"),
    ],
)
def test_what_does_not_fit_is_said_at_its_field(office, fields, field):
    people.teacher(), people.other_student()
    ananya = people.student()
    answer = office.post(f"{page_of(ananya)}edit/", form_of(ananya, **fields))
    assert answer.status_code == 200
    assert list(answer.context["form"].errors) == [field]
    ananya.refresh_from_db()
    assert (ananya.name, ananya.role) == ("Ananya Kulkarni", Role.STUDENT)


def test_change_is_kept_and_recorded_and_another_role_ends_sessions_and_rights(office):
    lata = people.cashier()
    Grant.objects.create(user=lata, kind="CASHIER")
    hers = people.signed_in(lata)
    office.post(f"{page_of(lata)}edit/", form_of(lata, phone="98230 41161", role="TEACHER"))
    lata.refresh_from_db()
    assert (lata.phone, lata.role) == ("98230 41161", "TEACHER")
    assert not lata.grants.exists()
    assert hers.get("/dashboard/").status_code == 302
    assert Activity.objects.get(event="person.changed").extra["fields"] == ["role", "phone"]


def test_nobody_changes_his_own_role_or_closes_himself(office):
    me = people.admin()
    office.post(f"{page_of(me)}edit/", form_of(me, role="TEACHER", is_active=""))
    me.refresh_from_db()
    assert (me.role, me.is_active) == ("ADMIN", True)


def test_guardians_are_looked_for_added_and_removed(office):
    ananya, sunil, meera = people.student(), people.guardian(), people.teacher()
    url = f"{page_of(ananya)}guardians/"
    assert [one.name for one in office.get(url, {"q": "meera"}).context["found"]] == ["Meera Joshi"]
    office.post(url, {"do": "add", "guardian": str(meera.uuid), "relation": "Mother"})
    office.post(url, {"do": "add", "guardian": str(sunil.uuid)})
    assert set(ananya.guardian_links.values_list("guardian__name", "relation")) == {
        ("Meera Joshi", "Mother"),
        ("Sunil Kulkarni", ""),
    }
    assert not office.get(url, {"q": "meera"}).context["found"]
    office.post(url, {"do": "remove", "guardian": str(sunil.uuid)})
    assert [link.guardian.name for link in ananya.guardian_links.all()] == ["Meera Joshi"]
    assert office.post(url, {"do": "x", "guardian": str(sunil.uuid)}).status_code == 400
    assert office.get(f"{page_of(meera)}guardians/").status_code == 404


def test_password_link_is_for_those_who_have_a_way_in(office):
    meera = people.teacher()
    answer = office.post(f"{page_of(meera)}password-link/")
    assert "/accounts/password/reset/key/" in answer.content.decode()
    assert "no-store" in answer["Cache-Control"]
    isha = User.objects.create(name="Isha", admission_number="2026-0500", password="!")
    assert "Invite this person instead" in office.post(f"{page_of(isha)}password-link/", follow=True).content.decode()


def test_a_teacher_may_be_allowed_to_see_who_has_paid_and_nothing_else_of_staff(office):
    meera = people.teacher()
    office.post(f"{page_of(meera)}edit/", form_of(meera, grants=["FEE_STATUS", "CASHIER"]))
    assert [grant.kind for grant in meera.grants.all()] == ["FEE_STATUS"]
    assert meera.may("FEE_STATUS")
    Grant.objects.create(user=meera, kind="CASHIER")  # of a time when he was staff
    assert not meera.may("CASHIER")
