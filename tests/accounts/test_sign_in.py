"""Who gets in, with what, and what a refusal gives away."""

import pytest
from django.core.cache import cache
from django.test import Client
from django.urls import reverse

from accounts.models import Activity, User
from tests import people

pytestmark = pytest.mark.django_db
LOGIN = "/accounts/login/"


@pytest.fixture(autouse=True)
def _fresh_limits():
    cache.clear()


def sign_in(client, login, password=people.PASSWORD, **more):
    return client.post(LOGIN, {"login": login, "password": password, **more})


def test_teacher_signs_in_with_his_address_in_any_case(client):
    people.teacher()
    response = sign_in(client, " Meera@Pragati.TEST ")
    assert response.status_code == 302
    assert response["Location"] == reverse("dashboard")
    assert client.get(reverse("profile")).status_code == 200


def test_student_signs_in_with_his_admission_number(client):
    people.student()
    assert sign_in(client, "2026-0188").status_code == 302
    assert client.session["_auth_user_id"]


def test_student_with_both_may_use_either(client):
    people.other_student()
    assert sign_in(client, "ritika@pragati.test").status_code == 302
    client.logout()
    assert sign_in(client, "2026-0290").status_code == 302


def test_d24_known_and_unknown_people_get_the_same_refusal(client):
    people.teacher()
    people.student()
    answers = [
        sign_in(client, login, "not the password")
        for login in ("meera@pragati.test", "nobody@pragati.test", "2026-0188", "2026-9999")
    ]
    errors = {str(answer.context["form"].errors) for answer in answers}
    assert [answer.status_code for answer in answers] == [200] * 4
    assert len(errors) == 1


def test_d24_known_and_unknown_people_cost_the_same_hashing(client, monkeypatch):
    people.teacher()
    people.student()
    from accounts.hashers import TunedArgon2PasswordHasher as Hasher

    counted = {"n": 0}
    for name in ("encode", "verify"):
        real = getattr(Hasher, name)

        def counting(self, *args, real=real):
            counted["n"] += 1
            return real(self, *args)

        monkeypatch.setattr(Hasher, name, counting)
    costs = []
    for login in ("meera@pragati.test", "nobody@pragati.test", "2026-0188", "2026-9999"):
        counted["n"] = 0
        sign_in(client, login, "not the password")
        costs.append(counted["n"])
    assert len(set(costs)) == 1, costs


def test_d22_sixth_wrong_guess_is_refused_even_with_the_right_password(client):
    people.teacher()
    for _ in range(5):
        sign_in(client, "meera@pragati.test", "wrong guess 123")
    response = sign_in(client, "meera@pragati.test")
    assert response.status_code == 429
    assert 0 < int(response["Retry-After"]) <= 300
    assert "Too many tries. Wait 5 minutes" in response.content.decode()
    assert "csrfmiddlewaretoken" in response.content.decode()
    people.other_teacher()
    assert sign_in(client, "imran@pragati.test").status_code == 302


def test_deactivated_person_is_refused_and_his_session_ends(client):
    who = people.teacher()
    sign_in(client, who.email)
    assert client.get(reverse("profile")).status_code == 200
    User.objects.filter(pk=who.pk).update(is_active=False)
    assert client.get(reverse("profile")).status_code == 302
    browser = Client()
    assert sign_in(browser, who.email)["Location"] == reverse("account_inactive")
    assert browser.get(reverse("profile")).status_code == 302


@pytest.mark.parametrize(
    "target", ["https://evil.example/", "//evil.example/", "/\\evil.example", "javascript:alert(1)"]
)
def test_d32_next_never_leads_away(client, target):
    people.teacher()
    assert sign_in(client, "meera@pragati.test", next=target)["Location"] == reverse("dashboard")


def test_next_leads_back_to_where_one_wanted_to_go(client):
    people.teacher()
    wanted = reverse("profile")
    to_login = client.get(wanted)
    assert to_login["Location"] == f"{LOGIN}?next={wanted}"
    assert sign_in(client, "meera@pragati.test", next=wanted)["Location"] == wanted


def test_sign_out_needs_a_post(client):
    client.force_login(people.teacher())
    client.get(reverse("account_logout"))
    assert "_auth_user_id" in client.session
    assert client.post(reverse("account_logout"))["Location"] == LOGIN
    assert "_auth_user_id" not in client.session


def test_nobody_registers_himself(client):
    for answer in (
        client.get("/accounts/signup/"),
        client.post("/accounts/signup/", {"email": "x@y.in", "password1": "p" * 20}),
    ):
        assert answer.status_code == 403
        assert "Nobody registers here" in answer.content.decode()
    assert not User.objects.exists()


def test_pages_of_allauth_nobody_chose_are_not_there(client):
    client.force_login(people.student())
    for path in ("/accounts/email/", "/accounts/confirm-email/", "/accounts/login/code/", "/accounts/3rdparty/"):
        assert client.get(path).status_code == 404


def test_sign_in_refused_sign_in_and_sign_out_are_recorded(client):
    who = people.teacher()
    sign_in(client, who.email, "wrong guess 123")
    sign_in(client, "nobody@pragati.test", "wrong guess 123")
    sign_in(client, who.email)
    client.post(reverse("account_logout"))
    rows = list(Activity.objects.order_by("pk").values_list("event", "subject__email", "ip"))
    assert rows == [
        ("sign_in.failed", who.email, "127.0.0.1"),
        ("sign_in.failed", None, "127.0.0.1"),
        ("sign_in.succeeded", who.email, "127.0.0.1"),
        ("sign_out", who.email, "127.0.0.1"),
    ]
    assert "wrong guess" not in str(list(Activity.objects.values()))


def test_d34_forged_address_header_is_not_believed_without_a_proxy(client, settings):
    people.teacher()
    client.post(LOGIN, {"login": "meera@pragati.test", "password": "x"}, headers={"X-Forwarded-For": "203.0.113.9"})
    assert Activity.objects.latest("pk").ip == "127.0.0.1"
    settings.TRUSTED_PROXY_COUNT = 1
    client.post(
        LOGIN, {"login": "meera@pragati.test", "password": "x"}, headers={"X-Forwarded-For": "6.6.6.6, 203.0.113.9"}
    )
    assert Activity.objects.latest("pk").ip == "203.0.113.9"


def test_program_without_a_session_gets_401_and_not_a_page(client):
    answer = client.get(reverse("profile"), headers={"Accept": "application/json"})
    assert answer.status_code == 401
    assert answer.json()["error"]["code"] == "signed_out"
    assert client.get(reverse("profile"), headers={"HX-Request": "true"})["HX-Redirect"] == LOGIN


def test_form_sent_without_a_session_does_not_come_back_to_its_address(client):
    assert client.post(reverse("theme_set"), {"theme": "dark"})["Location"] == LOGIN


def test_language_of_the_person_follows_him_to_a_new_browser(client):
    who = people.teacher()
    User.objects.filter(pk=who.pk).update(language="hi")
    assert sign_in(client, who.email).cookies["django_language"].value == "hi"
