"""Cookies and headers of the production profile, as a browser behind the proxy gets them, and as the docs list them."""

import re
from pathlib import Path

import pytest

from tests import people
from tests.security.conftest import Answer, Production, Visitor

COOKIES = {"__Host-sessionid", "__Host-csrftoken", "__Host-device", "__Host-django_language", "__Host-messages"}


@pytest.fixture(scope="module")
def collected(production: Production) -> dict[str, str]:
    """Every Set-Cookie line of a visit: language, sign-in, a message, sign-out."""
    lines: dict[str, str] = {}
    visitor = Visitor(production, ip="198.51.100.8")

    def note(answer: Answer) -> Answer:
        lines.update({name: line for name, line in answer.cookies.items() if "Max-Age=0" not in line})
        return answer

    note(visitor.ask("GET", "/accounts/login/"))
    note(visitor.send("/accounts/login/", login="2026-0188", password=people.PASSWORD))
    token = re.search(r'name="csrfmiddlewaretoken" value="(\w+)"', visitor.ask("GET", "/more/").text)
    assert token
    body, kind = f"csrfmiddlewaretoken={token[1]}&language=hi", "application/x-www-form-urlencoded"
    note(visitor.ask("POST", "/language/", body=body, Content_Type=kind, Referer="https://pragati.example/more/"))
    other = Visitor(production, ip="198.51.100.9")
    assert other.sign_in("2026-0188", people.PASSWORD).status == 302  # a student has one device: the first is told
    note(visitor.ask("GET", "/dashboard/"))
    return lines


def test_d08_every_cookie_has_a_host_name_and_is_secure(collected: dict[str, str]) -> None:
    assert set(collected) == COOKIES
    for line in collected.values():
        parts = {part.strip().lower() for part in line.split(";")[1:]}
        assert {"secure", "httponly", "samesite=lax", "path=/"} <= parts, line
        assert not any(part.startswith("domain") for part in parts), line


def test_d08_table_in_the_docs_names_these_cookies_and_no_others(project_dir: Path) -> None:
    text = (project_dir / "docs" / "security.md").read_text()
    assert set(re.findall(r"^\| `(__Host-\w+)`", text, re.M)) == COOKIES


def documented(project_dir: Path) -> dict[str, str]:
    """The docs' table of headers: name → value, word for word."""
    text = (project_dir / "docs" / "security.md").read_text()
    return dict(re.findall(r"^\| `([A-Z][\w-]+)` \| `([^`]+)` \|", text, re.M))


def parts(value: str) -> list[str]:
    """A policy's directives come in any order."""
    return sorted(part.strip() for part in value.split(";"))


def test_d07_headers_of_every_page_are_those_in_the_docs(production: Production, project_dir: Path) -> None:
    table = documented(project_dir)
    assert len(table) == 7
    for path in ("/accounts/login/", "/no-such-page/", "/static/no-such-file"):
        answer = production.ask("GET", path)
        for name, value in table.items():
            assert parts(answer.headers.get(name.lower(), "")) == parts(value), f"{name} of {path}"


def test_d04_transport_is_pinned_for_a_year(production: Production) -> None:
    value = production.ask("GET", "/accounts/login/").headers["strict-transport-security"]
    assert int(re.search(r"max-age=(\d+)", value)[1]) >= 31_536_000  # type: ignore[index]
    assert "includeSubDomains" in value


def test_d05_plain_http_leads_to_https(production: Production) -> None:
    answer = production.ask("GET", "/accounts/login/", X_Forwarded_Proto="http")
    assert (answer.status, answer.headers["location"]) == (301, "https://pragati.example/accounts/login/")


def test_d17_sign_out_ends_the_session_and_clears_the_browser(production: Production) -> None:
    visitor = Visitor(production, ip="198.51.100.17")
    visitor.sign_in("meera@pragati.test", people.PASSWORD)
    old = dict(visitor.jar)
    assert visitor.ask("GET", "/accounts/profile/").status == 200
    answer = visitor.send("/accounts/logout/")
    assert answer.headers["clear-site-data"] == '"cache", "storage"'
    thief = Visitor(production, ip="198.51.100.17", jar=old)
    assert [thief.ask("GET", "/accounts/profile/").status for _ in range(8)] == [302] * 8  # in every worker
