"""What a person and a program get when something could not be shown."""

import json
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied
from django.db import OperationalError
from django.http import HttpRequest, HttpResponse
from django.test import Client, RequestFactory
from django.test.utils import override_settings
from django.urls import path

from accounts.access import public
from coaching.pages import errors
from coaching.pages.errors import SORRY, error_page
from tests import people


@public
def fail(request: HttpRequest) -> HttpResponse:
    raise RuntimeError("a secret detail")


@public
def locked(request: HttpRequest, token: str) -> HttpResponse:
    raise OperationalError("database is locked")


# The routes of the tests that need a page which fails.
urlpatterns = [path("fail/", fail), path("locked/<str:token>/", locked)]
handler500 = errors.server_error


@pytest.mark.parametrize("status", sorted(SORRY))
def test_each_page_says_what_to_do_next(rf: RequestFactory, status: int) -> None:
    answer = error_page(rf.get("/somewhere/"), status)
    text = answer.content.decode()
    assert answer.status_code == status
    assert str(SORRY[status].title) in text
    assert str(SORRY[status].advice) in text


@pytest.mark.parametrize("status", sorted(SORRY))
def test_a_program_gets_code_and_message(rf: RequestFactory, status: int) -> None:
    answer = error_page(rf.get("/somewhere/", headers={"accept": "application/json"}), status, "Because.")
    assert answer.status_code == status
    assert answer.headers["Content-Type"] == "application/json"
    assert errors_of(answer) == {"code": SORRY[status].code, "message": "Because."}


def errors_of(answer: Any) -> dict[str, str]:
    error: dict[str, str] = json.loads(answer.content)["error"]
    return error


def test_the_reason_is_escaped(rf: RequestFactory) -> None:
    text = errors.permission_denied(rf.get("/"), PermissionDenied("<script>alert(1)</script>")).content.decode()
    assert "<script>alert" not in text
    assert "&lt;script&gt;" in text


def test_a_missing_page_does_not_tell_which_addresses_there_are() -> None:
    answer = Client().get("/no/such/page/")
    assert answer.status_code == 404
    assert "no/such/page" not in answer.content.decode()


def test_a_failing_page_needs_no_database(rf: RequestFactory) -> None:
    """No django_db mark: a query here would fail the test."""
    answer = errors.server_error(rf.get("/dashboard/"))
    assert answer.status_code == 500
    assert "Try again" in answer.content.decode()


@override_settings(ROOT_URLCONF=__name__)
def test_d67_database_that_does_not_answer_is_said_and_no_token_is_written_down(
    caplog: pytest.LogCaptureFixture,
) -> None:
    answer = Client(raise_request_exception=False).get("/locked/the-token-that-lets-in/")
    assert answer.status_code == 503
    assert "Try again" in answer.content.decode()
    assert "Service Unavailable: /locked/***/" in [record.getMessage() for record in caplog.records]


def test_even_a_broken_template_gives_an_answer(rf: RequestFactory, caplog: pytest.LogCaptureFixture) -> None:
    with override_settings(TEMPLATES=[{"BACKEND": "django.template.backends.django.DjangoTemplates", "DIRS": []}]):
        answer = errors.server_error(rf.get("/dashboard/"))
    assert answer.status_code == 500
    assert "<h1>" in answer.content.decode()
    assert "failed itself" in caplog.text


@pytest.mark.django_db
def test_a_form_from_elsewhere_is_refused_in_plain_words() -> None:
    client = Client(enforce_csrf_checks=True)
    client.force_login(people.student())
    answer = client.post("/accounts/theme/", {"theme": "dark"})
    assert answer.status_code == 403
    assert "Go back, load the page again" in answer.content.decode()


@override_settings(ROOT_URLCONF=__name__)
def test_an_exception_in_a_view_becomes_the_page_for_it() -> None:
    answer = Client(raise_request_exception=False).get("/fail/")
    assert answer.status_code == 500
    assert "This page did not open" in answer.content.decode()
    assert "a secret detail" not in answer.content.decode()


def test_a_failed_page_can_be_tried_again_only_when_it_was_a_look(rf: RequestFactory) -> None:
    def offers_again(request: HttpRequest) -> bool:
        return 'href="/pay/?id=1"' in error_page(request, 500).content.decode()

    assert offers_again(rf.get("/pay/?id=1"))
    assert not offers_again(rf.post("/pay/?id=1"))


@pytest.mark.django_db
def test_too_many_requests_for_a_new_password_are_stopped_with_a_reason() -> None:
    client = Client()
    answers = [client.post("/accounts/password/reset/", {"email": f"n{n}@pragati.test"}).status_code for n in range(22)]
    assert answers[0] == 302
    assert answers[-1] == 429
    assert "Wait a minute" in client.post("/accounts/password/reset/", {"email": "n@pragati.test"}).content.decode()


@pytest.mark.django_db
def test_a_wrong_method_gets_a_page_that_names_the_right_ones(client: Client) -> None:
    client.force_login(people.student())
    answer = client.get("/accounts/theme/")
    assert answer.status_code == 405
    assert answer.headers["Allow"] == "POST"
    assert str(SORRY[405].title) in answer.content.decode()
    told = client.get("/accounts/theme/", headers={"accept": "application/json"})
    assert told.json()["error"]["code"] == "method_not_allowed"
