"""What happens around every view, under WSGI and under ASGI alike."""

import json
import logging

import pytest
from asgiref.sync import async_to_sync
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import AsyncClient, Client, override_settings

pytestmark = [pytest.mark.django_db, pytest.mark.urls("tests.serving.urls")]
JSON = {"accept": "application/json"}


@pytest.fixture(params=["wsgi", "asgi"])
def ask(request):
    """`ask(method, path, ...)` through either of Django's handlers, as the test client calls them."""

    def through(method: str, path: str, **arguments):
        if request.param == "wsgi":
            return getattr(Client(raise_request_exception=False), method)(path, **arguments)
        return async_to_sync(getattr(AsyncClient(raise_request_exception=False), method))(path, **arguments)

    return through


def test_each_answer_has_an_id_of_its_own(ask):
    assert len({ask("get", "/cookies/").headers["X-Request-ID"] for _ in range(3)}) == 3


def test_what_says_nothing_else_is_not_kept_by_a_shared_cache(ask):
    assert ask("get", "/cookies/").headers["Cache-Control"] == "private, no-cache"


@pytest.mark.parametrize(
    ("proxies", "given", "is_kept"),
    [(1, "proxy-made_id.42", True), (0, "proxy-made_id.42", False), (1, "short", False), (1, "line\\nbreak id", False)],
)
def test_id_of_a_trusted_proxy_is_kept_when_it_is_sane(ask, proxies, given, is_kept):
    with override_settings(TRUSTED_PROXY_COUNT=proxies):
        answer = ask("get", "/cookies/", headers={"x-request-id": given})
    assert (answer.headers["X-Request-ID"] == given) is is_kept


def test_access_line_has_path_and_status_and_no_query(ask, caplog):
    with caplog.at_level(logging.INFO, "coaching.access"):
        ask("get", "/cookies/?password=hunter2")
    fields = caplog.records[-1].fields
    assert (fields["method"], fields["path"], fields["status"], fields["user"]) == ("GET", "/cookies/", 200, None)
    assert "hunter2" not in caplog.text


def test_secret_in_the_path_is_not_logged(ask, caplog):
    with caplog.at_level(logging.INFO, "coaching.access"):
        ask("get", "/secret/abcdef123456/")
    assert "GET /secret/***/ 200" in caplog.text
    assert "abcdef123456" not in caplog.text


def test_line_break_in_the_path_does_not_start_a_line(ask, caplog):
    with caplog.at_level(logging.INFO, "coaching.access"):
        ask("get", "/nothing%0Aforged/")
    assert "/nothing%0Aforged/ 404" in caplog.text


@pytest.mark.parametrize("path", ["/refused/", "/async_refused/"])
def test_refusal_of_a_rule_has_its_status_and_reason(ask, path):
    answer = ask("get", path, headers=JSON)
    assert answer.status_code == 403
    assert json.loads(answer.content) == {"error": {"code": "not_allowed", "message": "Only on Sundays."}}
    page = ask("get", path, headers={"accept": "text/html,*/*"})
    assert page.status_code == 403
    assert "Only on Sundays." in page.content.decode()


def test_form_over_the_limit_is_413(ask):
    with override_settings(DATA_UPLOAD_MAX_MEMORY_SIZE=1000):
        answer = ask("post", "/form/", data={"text": "x" * 2000}, headers=JSON)
    assert answer.status_code == 413
    assert json.loads(answer.content)["error"]["code"] == "too_large"


def test_file_on_a_page_that_takes_none_is_413(ask):
    with override_settings(DATA_UPLOAD_MAX_MEMORY_SIZE=1000):
        answer = ask("post", "/form/", data={"file": SimpleUploadedFile("a.bin", b"x" * 2000)}, headers=JSON)
    assert answer.status_code == 413


def test_view_with_a_limit_of_its_own_takes_more():
    with override_settings(DATA_UPLOAD_MAX_MEMORY_SIZE=1000):
        answer = Client().patch("/upload/", b"x" * 5000, content_type="application/octet-stream")
    assert answer.status_code == 201


def test_text_over_the_limit_inside_a_multipart_form_is_413(ask):
    """Its length as a whole is within a view's own limit; only the parser finds out."""
    with override_settings(DATA_UPLOAD_MAX_MEMORY_SIZE=1000):
        answer = ask("post", "/large_form/", data={"text": "x" * 2000}, headers=JSON)
    assert answer.status_code == 413


def test_form_with_too_many_fields_is_400(ask):
    with override_settings(DATA_UPLOAD_MAX_NUMBER_FIELDS=5):
        answer = ask("post", "/form/", data={f"f{n}": "1" for n in range(9)}, headers=JSON)
    assert answer.status_code == 400
    assert json.loads(answer.content)["error"]["code"] == "too_many_fields"


def test_session_that_ended_meanwhile_leads_to_the_sign_in_page(ask):
    answer = ask("get", "/lost_session/")
    assert (answer.status_code, answer.headers["Location"]) == (302, "/accounts/login/")
    answer = ask("get", "/lost_session/", headers=JSON)
    assert answer.status_code == 401
    assert json.loads(answer.content)["error"]["code"] == "session_replaced"
