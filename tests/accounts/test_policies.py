"""The policy decorators, on sync and async views alike."""

import inspect

import pytest
from asgiref.sync import async_to_sync
from django.db import connection
from django.test import AsyncClient
from django.test.utils import CaptureQueriesContext

from accounts.access import policy_of
from accounts.models import Grant, Role, User
from tests import people
from tests.accounts import policy_urls

pytestmark = [pytest.mark.django_db, pytest.mark.urls("tests.accounts.policy_urls")]


@pytest.mark.parametrize("path", ["/teachers/", "/teachers-async/"])
def test_role_is_asked_of_sync_and_async_views(path):
    answers = {
        name: people.signed_in(who).get(path).status_code
        for name, who in {"nobody": None, "student": people.student(), "teacher": people.teacher()}.items()
    }
    assert answers == {"nobody": 302, "student": 403, "teacher": 200}


def test_role_is_asked_under_asgi_too():
    answers = {}
    for name, who in {"nobody": None, "student": people.student(), "teacher": people.teacher()}.items():
        browser = AsyncClient()
        browser.cookies = people.signed_in(who).cookies
        answers[name] = async_to_sync(browser.get)("/teachers-async/").status_code
    assert answers == {"nobody": 302, "student": 403, "teacher": 200}


def test_program_with_the_wrong_role_gets_json():
    answer = people.signed_in(people.student()).get("/teachers/", headers={"Accept": "application/json"})
    assert answer.status_code == 403
    assert answer.json()["error"]["code"] == "not_allowed"


def test_view_without_a_policy_is_closed_to_strangers(client):
    assert client.get("/forgotten/").status_code == 302
    assert client.get("/people-async/").status_code == 302
    assert people.signed_in(people.student()).get("/people-async/").status_code == 200


def test_public_view_costs_no_session_and_no_person():
    browser = people.signed_in(people.student())
    with CaptureQueriesContext(connection) as captured:
        assert browser.get("/open/").status_code == 200
    assert len(captured) == 0


def test_async_views_stay_async_and_say_their_policy():
    assert inspect.iscoroutinefunction(policy_urls.for_teachers_async)
    assert inspect.iscoroutinefunction(policy_urls.for_people_async)
    policy = policy_of(policy_urls.for_teachers_async)
    assert policy is not None
    assert policy.roles == {Role.TEACHER, Role.ADMIN}
    assert policy_of(policy_urls.forgotten) is None


@pytest.mark.parametrize("path", ["/cashiers/", "/cashiers-async/"])
def test_right_is_asked_of_staff_and_admins_have_every_right(path):
    def answers():
        asked = {"nobody": None, "cashier": people.cashier(), "teacher": people.teacher(), "admin": people.admin()}
        return {name: people.signed_in(who).get(path).status_code for name, who in asked.items()}

    Grant.objects.create(user=people.cashier(), kind=Grant.Kind.CASHIER)
    Grant.objects.create(user=people.teacher(), kind=Grant.Kind.CASHIER)  # a right is of use to staff only
    assert answers() == {"nobody": 302, "cashier": 200, "teacher": 403, "admin": 200}
    Grant.objects.filter(user=people.cashier()).update(kind=Grant.Kind.MODERATION)
    assert answers()["cashier"] == 403


def test_right_that_is_missing_is_named():
    answer = people.signed_in(people.cashier()).get("/cashiers/")
    assert "For this page you need the right: Cashier." in answer.content.decode()
    assert policy_of(policy_urls.for_cashiers).grant == Grant.Kind.CASHIER
    assert User.objects.get(pk=people.cashier().pk).may(Grant.Kind.CASHIER) is False
