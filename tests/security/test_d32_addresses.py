"""Where a redirect leads (D32), whose host is believed (D33), whose address counts (D34)."""

from typing import Any
from urllib.parse import urljoin, urlsplit

import pytest
from django.test import Client

from accounts import limits
from accounts.models import Activity
from tests import people
from tests.security.conftest import Production, Visitor

AWAY = [
    "//evil.example",
    "///evil.example",
    "/\\evil.example",
    "\\\\evil.example",
    "https:evil.example",
    "https:/evil.example",
    "https://evil.example/",
    "https://testserver@evil.example/",
    "http://testserver.evil.example/",
    "javascript:alert(1)",
    "data:text/html,x",
    "/%0d%0aLocation:%20https://evil.example",
    "\r\nLocation: https://evil.example",
    "\t//evil.example",
    " //evil.example",
    "/\t/evil.example",
    "//%65vil.example",
]
FORMS = {
    "sign-in": ("/accounts/login/", {"login": "meera@pragati.test", "password": people.PASSWORD}, False),
    "sign-out": ("/accounts/logout/", {}, True),
    "confirm": ("/accounts/reauthenticate/", {"password": people.PASSWORD}, True),
    "theme": ("/accounts/theme/", {"theme": "dark"}, True),
    "language": ("/language/", {"language": "hi"}, True),
}


def place(location: str) -> tuple[str, str]:
    """Scheme and host a browser would go to from this site, which strips tabs and reads backslashes as slashes."""
    cleaned = location.translate({9: None, 10: None, 13: None}).strip().replace("\\", "/")
    parts = urlsplit(urljoin("http://testserver/here/", cleaned))
    return parts.scheme, parts.netloc


@pytest.mark.django_db
@pytest.mark.parametrize("form", sorted(FORMS))
@pytest.mark.parametrize("target", AWAY)
def test_d32_next_stays_here(form: str, target: str) -> None:
    address, fields, is_inside = FORMS[form]
    people.teacher()
    client = people.signed_in(people.teacher()) if is_inside else Client()
    for answer in (
        client.post(address, {**fields, "next": target}, headers={"Referer": "https://evil.example/"}),
        client.post(f"{address}?next=x", {**fields, "next": target}),
    ):
        if answer.status_code in (301, 302, 303):
            assert place(answer["Location"]) == ("http", "testserver"), answer["Location"]
            assert "\n" not in answer["Location"]
        assert "Location: https" not in str(answer.headers)


@pytest.mark.django_db
def test_d32_page_for_signed_out_people_takes_no_other_host_along() -> None:
    page = Client().get("/accounts/login/", {"next": "https://evil.example/"}).content.decode()
    assert 'href="https://evil' not in page
    assert Client().get("//evil.example/accounts/profile/").status_code in (302, 404)


@pytest.mark.parametrize("host", ["evil.example", "pragati.example.evil.example", "pragati.example@evil", "", "[::1"])
def test_d33_other_host_is_refused(production: Production, host: str) -> None:
    answer = production.ask("GET", "/accounts/login/", Host=host or "-")
    assert answer.status == 400
    assert "evil" not in answer.text


def test_d33_forwarded_host_is_not_believed(production: Production) -> None:
    for header in ("X_Forwarded_Host", "X_Host", "Forwarded", "X_Original_URL", "X_Rewrite_URL"):
        answer = production.ask("GET", "/accounts/profile/", **{header: "evil.example"})
        assert answer.status == 302
        assert "evil" not in answer.headers["location"]
    assert production.ask("GET", "/", X_Forwarded_Host="evil.example").headers["location"] == "/accounts/login/?next=/"


@pytest.mark.django_db
def test_d34_invented_address_gives_no_further_tries_without_a_proxy(settings: Any) -> None:
    settings.TRUSTED_PROXY_COUNT = 0
    people.teacher()
    client = Client()
    tries = limits.WRONG_PER_BROWSER.tries

    def guess(number: int) -> int:
        spoof = dict.fromkeys(("X-Forwarded-For", "X-Real-IP", "Forwarded", "Client-IP"), f"203.0.113.{number}")
        form = {"login": "meera@pragati.test", "password": "wrong guess 123"}
        return client.post("/accounts/login/", form, headers=spoof).status_code

    assert [guess(number) for number in range(tries + 2)] == [200] * tries + [429] * 2
    assert set(Activity.objects.values_list("ip", flat=True)) == {"127.0.0.1"}


def test_d34_behind_one_proxy_only_its_own_word_counts(production: Production) -> None:
    """The client's own X-Forwarded-For stands to the left of what the proxy adds."""
    tries = limits.WRONG_PER_BROWSER.tries

    def guess(number: int) -> int:
        visitor = Visitor(production, ip=f"203.0.113.{number}, 198.51.100.34")
        return visitor.sign_in("nobody-34@pragati.test", "wrong guess 123").status

    assert [guess(number) for number in range(tries + 2)] == [200] * tries + [429] * 2


@pytest.mark.django_db
@pytest.mark.parametrize("nonsense", ["unknown", "1.2.3", "::ffff:x", "<script>", "", "127.0.0.1, , "])
def test_d34_nonsense_for_an_address_harms_nothing(settings: Any, nonsense: str) -> None:
    settings.TRUSTED_PROXY_COUNT = 1
    people.teacher()
    form = {"login": "meera@pragati.test", "password": people.PASSWORD}
    assert Client().post("/accounts/login/", form, headers={"X-Forwarded-For": nonsense}).status_code == 302


@pytest.mark.django_db
def test_d34_addresses_of_one_household_count_together(settings: Any) -> None:
    settings.TRUSTED_PROXY_COUNT = 1
    people.teacher()
    tries = limits.WRONG_PER_BROWSER.tries

    def guess(number: int) -> int:
        form = {"login": "meera@pragati.test", "password": "wrong guess 123"}
        forwarded = {"X-Forwarded-For": f"2001:db8:1:2::{number:x}"}
        return Client().post("/accounts/login/", form, headers=forwarded).status_code

    assert [guess(number) for number in range(tries + 1)] == [200] * tries + [429]
