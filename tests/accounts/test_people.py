"""Who a person is: identity, role, what an admin enters, what a person chooses himself."""

import pytest
from allauth.account.models import EmailAddress
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.urls import reverse

from accounts.models import Activity, Role, User
from tests import people

pytestmark = pytest.mark.django_db
LOGIN = "/accounts/login/"


@pytest.mark.parametrize(
    "identity",
    [
        {"role": Role.TEACHER, "email": "MEERA@pragati.test"},
        {"role": Role.STUDENT, "admission_number": "a-1"},
        {"role": Role.TEACHER, "admission_number": "B-2"},
        {"role": Role.GUARDIAN},
        {"role": Role.STUDENT},
        {"role": Role.STUDENT, "admission_number": "a@b"},
        {"role": "OWNER", "email": "owner@pragati.test"},
    ],
    ids=[
        "address twice",
        "number twice",
        "teacher by number",
        "guardian by nothing",
        "student by nothing",
        "@",
        "role",
    ],
)
def test_identity_that_would_not_tell_people_apart_is_refused(identity):
    people.teacher()
    User.objects.create(name="A", role=Role.STUDENT, admission_number="A-1")
    with pytest.raises(IntegrityError), transaction.atomic():
        User.objects.bulk_create([User(name="Somebody", password="!", **identity)])
    with pytest.raises(ValidationError):
        User(name="Somebody", password="!", **identity).full_clean()


def test_many_students_live_without_an_address():
    for number in ("1", "2"):
        User.objects.create(name="A", role=Role.STUDENT, admission_number=number, email=" ")
    assert set(User.objects.values_list("email", flat=True)) == {None}


def test_django_rights_follow_the_role_alone():
    assert people.admin().is_staff
    assert people.admin().has_perm("accounts.change_user")
    assert not people.cashier().is_staff
    assert not people.cashier().has_perm("accounts.change_user")
    superuser = User.objects.create_superuser("root@pragati.test", people.PASSWORD, name="Root")
    assert superuser.role == Role.ADMIN


def test_password_is_hashed_as_tuned():
    assert people.teacher().password.startswith("argon2$argon2id$v=19$m=19456,t=2,p=1$")


def add_person(client, **fields):
    form = {"name": "", "email": "", "admission_number": "", "role": "STUDENT", "is_active": "on", "theme": "system"}
    return client.post(reverse("admin:accounts_user_add"), {**form, "language": "", **fields})


def test_admin_enters_a_student_who_sets_his_password_by_a_link(client):
    browser = people.signed_in(people.admin())
    assert add_person(browser, name="ओंकार पाटील", admission_number="2026-0195").status_code == 302
    person = User.objects.get(admission_number="2026-0195")
    assert not person.has_usable_password()
    chosen = {"action": "password_link", "_selected_action": [person.pk]}
    page = browser.post(reverse("admin:accounts_user_changelist"), chosen, follow=True).content.decode()
    path = page.split("http://127.0.0.1:8000", 1)[1].split("<")[0]
    form = client.get(path, follow=True).redirect_chain[-1][0]
    client.post(form, {"password1": "naya-shabd-4417", "password2": "naya-shabd-4417"})
    assert client.post(LOGIN, {"login": "2026-0195", "password": "naya-shabd-4417"}).status_code == 302
    events = Activity.objects.filter(subject=person).values_list("event", "actor__email")
    assert ("person.created", "rajendra@pragati.test") in events
    assert ("person.password_link_made", "rajendra@pragati.test") in events
    assert ("person.password_changed", None) in events


def test_admin_reads_at_the_form_why_a_person_is_refused():
    browser = people.signed_in(people.admin())
    people.student()
    twice = add_person(browser, name="X", admission_number="2026-0188").content.decode()
    assert "already" in twice
    nothing = add_person(browser, name="X", role="TEACHER").content.decode()
    assert "Give an e-mail address; a student may have an admission number instead." in nothing
    assert User.objects.count() == 2


def test_nobody_locks_himself_out_and_nobody_is_deleted():
    me, browser = people.admin(), people.signed_in(people.admin())
    url = reverse("admin:accounts_user_change", args=[me.pk])
    browser.post(url, {"name": "R. Bhosale", "email": me.email, "role": "STUDENT", "theme": "system", "language": ""})
    me.refresh_from_db()
    assert (me.name, me.role, me.is_active) == ("R. Bhosale", Role.ADMIN, True)
    assert browser.post(reverse("admin:accounts_user_delete", args=[people.student().pk])).status_code == 403


def test_address_a_person_no_longer_has_does_not_let_him_in(client):
    who = people.teacher()
    EmailAddress.objects.create(user=who, email=who.email, primary=True, verified=True)
    who.email = "meera.joshi@pragati.test"
    who.save()
    assert client.post(LOGIN, {"login": "meera@pragati.test", "password": people.PASSWORD}).status_code == 200
    assert client.post(LOGIN, {"login": who.email, "password": people.PASSWORD}).status_code == 302


def test_new_password_ends_the_other_sessions():
    here, there = people.signed_in(people.teacher()), people.signed_in(people.teacher())
    new = "naya-shabd-4417"
    asked = {"oldpassword": people.PASSWORD, "password1": new, "password2": new}
    assert here.post(reverse("account_change_password"), asked).status_code == 302
    assert here.get(reverse("profile")).status_code == 200
    assert there.get(reverse("profile")).status_code == 302
    assert Activity.objects.latest("pk").event == "person.password_changed"


def test_person_chooses_look_and_language_and_sees_what_he_did():
    browser = people.signed_in(people.student())
    page = browser.get(reverse("profile")).content.decode()
    assert "Ananya Kulkarni" in page
    assert "2026-0188" in page
    assert "Signed in" in page
    answer = browser.post(reverse("profile"), {"language": "hi"})
    assert answer.cookies["django_language"].value == "hi"
    assert browser.post(reverse("theme_set"), {"theme": "dark"})["Location"] == reverse("profile")
    person = people.student()
    assert (person.theme, person.language) == ("dark", "hi")
    as_browser = browser.post(reverse("profile"), {"language": ""})
    assert as_browser.cookies["django_language"].value == ""
    assert people.student().language == ""
    assert browser.post(reverse("profile"), {"language": "xx"}).status_code == 400


def test_language_chosen_on_one_device_reaches_the_others():
    phone, laptop = people.signed_in(people.student()), people.signed_in(people.student())
    laptop.post(reverse("set_language"), {"language": "en"})
    phone.post(reverse("set_language"), {"language": "hi"})
    page = laptop.get(reverse("profile"))
    assert '<html lang="hi"' in page.content.decode()
    assert page.cookies["django_language"].value == "hi"
    assert "django_language" not in laptop.get(reverse("profile")).cookies
    assert laptop.post(reverse("profile"), {"language": "en"}).cookies["django_language"].value == "en"
    assert '<html lang="en"' in phone.get(reverse("profile")).content.decode()


def test_language_of_the_browser_stays_while_the_person_chose_none():
    browser = people.signed_in(people.student())
    browser.cookies["django_language"] = "hi"
    page = browser.get(reverse("profile"))
    assert '<html lang="hi"' in page.content.decode()
    assert "django_language" not in page.cookies


def test_person_does_not_promote_himself_through_his_own_page():
    browser = people.signed_in(people.student())
    browser.post(reverse("profile"), {"theme": "dark", "language": "", "role": "ADMIN", "is_active": "", "name": "X"})
    person = people.student()
    assert (person.role, person.is_active, person.name) == (Role.STUDENT, True, "Ananya Kulkarni")


def test_look_is_switched_from_any_page_and_leads_back_there():
    browser = people.signed_in(people.student())
    url = reverse("theme_set")
    assert browser.post(url, {"theme": "dark", "next": "/more/"})["Location"] == "/more/"
    assert people.student().theme == "dark"
    assert browser.post(url, {"theme": "light", "next": "https://evil.example/"})["Location"] == reverse("profile")
    assert browser.post(url, {"theme": "pink"}).status_code == 400
    assert browser.get(url).status_code == 405
    assert people.student().theme == "light"


@pytest.mark.parametrize(
    "path", ["user/?password__startswith=argon2", "sessionslot/?key_hash__startswith=a", "activity/?actor__password=a"]
)
def test_addresses_of_the_admin_tell_no_hash_letter_by_letter(path):
    answer = people.signed_in(people.admin()).get(f"/admin/accounts/{path}")
    assert (answer.status_code, answer.get("Location", "/?e=1")[-4:]) in {(400, "?e=1"), (302, "?e=1")}


@pytest.mark.parametrize(
    "typed", [{"name": "Farhan\nBcc: all@pragati.test"}, {"name": "F \u202eq"}, {"admission_number": "2026-\u200b0188"}]
)
def test_name_or_number_with_signs_nobody_sees_is_refused_in_the_records(typed):
    form = {"name": "Farhan", "admission_number": "2026-0501", "role": "STUDENT", "theme": "system", **typed}
    answer = people.signed_in(people.admin()).post("/admin/accounts/user/add/", form)
    assert (answer.status_code, User.objects.filter(role=Role.STUDENT).exists()) == (200, False)
    assert set(answer.context["adminform"].form.errors) == set(typed)
