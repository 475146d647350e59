"""What answers keep and tell: private pages (D47), addresses (D48), error pages (D49), methods and paths (D50)."""

import json
import logging
import re
import socket
from typing import Any

import pytest
from allauth.mfa.models import Authenticator
from django.test import Client, RequestFactory
from django.urls import reverse

from accounts import password_links
from coaching.lib import logs
from coaching.pages import errors
from tests import people
from tests.security.conftest import HOST, Production, Visitor
from tests.test_access import TABLE

# A file its owner's browser may keep and must ask about; the log that is asked for often and rarely new; a paper nobody
# can read without the key that comes at the opening.
OWN_CACHING = {
    "dfs:file_download",
    "dfs:console_file",
    "dfs:console_log",
    "person_photo",
    "question_image",
    "sealed_paper",
}


@pytest.mark.django_db
@pytest.mark.parametrize("kind", ["student", "teacher", "admin"])
def test_d47_no_store_keeps_what_a_signed_in_person_was_shown(kind: str) -> None:
    client, kept = people.signed_in(people.EVERYBODY[kind]()), []
    addresses = {name: reverse(name, kwargs=row.kwargs()) for name, row in TABLE.items()}
    Authenticator.objects.all().delete()  # the table's passkey holds no key, so no page can ask for it
    for name, row in TABLE.items():
        answer = getattr(client, row.method)(addresses[name], row.body)
        caching = answer.headers.get("Cache-Control", "")
        assert "public" not in caching, name
        if name in OWN_CACHING:
            assert "private" in caching or "no-store" in caching, name
        elif "no-store" not in caching and (answer.streaming or answer.content):
            kept.append(f"{name} {answer.status_code}: {caching}")
    assert kept == []


@pytest.mark.django_db
def test_d47_file_may_be_kept_by_its_owners_browser_only() -> None:
    client = people.signed_in(people.student())
    answer = client.get(reverse("dfs:file_download", kwargs=TABLE["dfs:file_download"].kwargs()))
    assert answer.headers["Cache-Control"].startswith("private")


def test_d47_pages_and_errors_in_production_are_not_kept(production: Production) -> None:
    visitor = Visitor(production, ip="198.51.100.47")
    visitor.sign_in("meera@pragati.test", people.PASSWORD)
    for path in ("/dashboard/", "/accounts/profile/", "/accounts/activity/", "/no-such-page/"):
        assert visitor.ask("GET", path).headers["cache-control"] == "no-store", path


@pytest.mark.django_db
def test_d48_key_of_a_link_leaves_the_address_at_once() -> None:
    link = password_links.address_for(people.teacher())
    key = link.rstrip("/").rpartition("-")[2]
    client = Client()
    first = client.get(re.sub(r"^https?://[^/]+", "", link))
    assert first.status_code == 302
    assert key not in first["Location"]
    page = client.get(first["Location"])
    assert key not in page.content.decode()


@pytest.mark.django_db
def test_d48_key_of_a_link_is_not_in_the_access_log(caplog: pytest.LogCaptureFixture) -> None:
    link = password_links.address_for(people.teacher())
    with caplog.at_level(logging.INFO):
        Client().get(re.sub(r"^https?://[^/]+", "", link))
    assert link.rstrip("/").rpartition("-")[2] not in caplog.text
    assert "***" in caplog.text


def test_d48_nothing_of_a_visit_is_told_to_other_sites(production: Production) -> None:
    assert production.ask("GET", "/accounts/login/").headers["referrer-policy"] == "same-origin"


def test_d48_sign_in_form_posts(production: Production) -> None:
    page = production.ask("GET", "/accounts/login/").text
    assert [form for form in re.findall(r"<form[^>]*>", page) if 'method="post"' not in form] == []


BROKEN = {
    400: ("GET", "/accounts/login/", {"Host": "evil.example"}),
    403: ("POST", "/accounts/login/", {}),
    404: ("GET", "/no-such-page/", {}),
    405: ("GET", "/language/", {}),
    413: ("POST", "/accounts/login/", {"Content_Length": "99999999"}),
}
TELLING = (
    "Traceback",
    "django",
    "Django",
    "settings",
    "gunicorn",
    "uvicorn",
    "Python",
    "/coaching/",
    "sqlite",
    "Exception",
)


@pytest.mark.parametrize("status", sorted(BROKEN))
def test_d49_error_page_is_plain_and_names_the_request(production: Production, status: int) -> None:
    method, path, headers = BROKEN[status]
    page = production.ask(method, path, **headers)
    assert page.status == status
    assert page.headers["content-type"].startswith("text/html")
    assert re.fullmatch(r"[0-9a-f]{16}", page.headers["x-request-id"])
    assert [word for word in TELLING if word in page.text] == []
    told = production.ask(method, path, **{**headers, "Accept": "application/json"})
    assert (told.status, told.headers["content-type"]) == (status, "application/json")
    assert set(json.loads(told.text)["error"]) == {"code", "message"}


def test_d49_used_up_limit_is_such_a_page_too(production: Production) -> None:
    visitor = Visitor(production, ip="198.51.100.49")
    for _ in range(5):
        visitor.send("/accounts/password/reset/", email="nobody-49@pragati.test")
    page = visitor.send("/accounts/password/reset/", email="nobody-49@pragati.test")
    assert page.status == 429
    assert page.headers["x-request-id"]
    assert [word for word in TELLING if word in page.text] == []


def test_d49_failure_shows_its_request_so_that_the_office_can_tell_it(rf: RequestFactory) -> None:
    token = logs.request_id.set("0123456789abcdef")
    page = errors.server_error(rf.get("/dashboard/")).content.decode()
    logs.request_id.reset(token)
    assert "0123456789abcdef" in page
    assert [word for word in TELLING if word in page] == []


def test_d49_no_answer_names_its_software(production: Production) -> None:
    for path in ("/accounts/login/", "/no-such-page/", "/static/css/base.css"):
        assert not {"server", "x-powered-by"} & production.ask("GET", path).headers.keys()


def raw(production: Production, request: str) -> bytes:
    """Send a request as it is, which no client library would; the status line and what follows."""
    with socket.create_connection(("127.0.0.1", production.port), timeout=60) as wire:
        head = f"{request}\r\nHost: {HOST}\r\nX-Forwarded-Proto: https\r\nConnection: close\r\n\r\n"
        wire.sendall(head.encode("latin1"))
        received = b""
        while block := wire.recv(65536):
            received += block
    return received


@pytest.mark.parametrize("path", ["/", "/accounts/login/", "/healthz", "/static/css/base.css", "/no-such-page/"])
def test_d50_trace_is_refused(production: Production, path: str) -> None:
    answer = production.ask("TRACE", path, X_Secret="echo-me")
    assert answer.status == 405
    assert "echo-me" not in answer.text


def test_d50_unknown_methods_do_nothing(production: Production) -> None:
    for method in ("PROPFIND", "TRACK", "DEBUG", "FOO"):
        assert production.ask(method, "/accounts/profile/").status in (302, 400, 403, 405), method


@pytest.mark.django_db
def test_d50_wrong_method_is_405_with_the_right_ones() -> None:
    client = people.signed_in(people.admin())
    for name in ("theme_set", "activity_export", "set_language"):
        answer = client.get(reverse(name))
        assert (answer.status_code, answer["Allow"]) == (405, "POST")
    for name in ("activity", "dashboard", "more"):
        answer = client.post(reverse(name))
        assert answer.status_code == 405
        assert "GET" in answer["Allow"]


HIDDEN = [
    "/.git/config",
    "/.git/HEAD",
    "/.env",
    "/.env.example",
    "/manage.py",
    "/coaching/settings.py",
    "/requirements/base.txt",
]
HIDDEN += ["/static/", "/static/css/", "/static/../coaching/settings.py", "/static/..%2fsecrets%2fsecret_key"]
HIDDEN += ["/static/%2e%2e/classcrew.sqlite3", "/static/..%5c..%5cmanage.py", "/static//etc/passwd", "/static/%00"]
HIDDEN += ["/media/", "/var/classcrew.sqlite3", "/server-status", "/static/css/base.css/../../../manage.py"]


@pytest.mark.parametrize("path", HIDDEN)
def test_d50_hidden_path_is_not_there(production: Production, path: str) -> None:
    status, _, rest = raw(production, f"GET {path} HTTP/1.1").partition(b"\r\n")
    assert status.split(b" ")[1] in (b"404", b"400"), status
    for secret in (b"SECRET_KEY", b"root:", b"[core]", b"SQLite format", b"django=="):
        assert secret not in rest


def test_d50_static_file_itself_is_there(production: Production) -> None:
    page = production.ask("GET", "/accounts/login/").text
    found: Any = re.search(r'href="(/static/css/base[^"]*\.css)"', page)
    assert production.ask("GET", found[1]).status == 200
