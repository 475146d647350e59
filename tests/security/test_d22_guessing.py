"""Thirty wrong passwords over four workers stop at the limit (D22); what can be tried often is counted (D23, D24)."""

from functools import partial
from pathlib import Path
from urllib.parse import urlencode

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from accounts import limits
from coaching.lib.limits import Limit
from tests import people
from tests.accounts.browsers import enter, is_in
from tests.racing import at_once
from tests.security.conftest import HOST, Production, Visitor

LOGIN = "/accounts/login/"
FORM = {"Content_Type": "application/x-www-form-urlencoded", "Referer": f"https://{HOST}{LOGIN}"}


def guess_at_once(site: Production, login: str, ips: list[str]) -> list[int]:
    """One wrong password from each address at the same moment; the statuses, sorted: 200 was looked at, 429 was not."""
    door = Visitor(site, ip=ips[0])
    page = door.ask("GET", LOGIN).text
    token = page.partition('name="csrfmiddlewaretoken" value="')[2].partition('"')[0]

    def guess(number: int, ip: str) -> int:
        body = urlencode({"login": login, "password": f"wrong guess {number}", "csrfmiddlewaretoken": token})
        visitor = Visitor(site, ip=ip, jar=dict(door.jar))
        return visitor.ask("POST", LOGIN, body=body, **FORM).status

    return sorted(at_once([partial(guess, number, ip) for number, ip in enumerate(ips)]))


def test_d22_thirty_wrong_passwords_over_four_workers_stop_at_the_limit(production: Production) -> None:
    at_home = Visitor(production, ip="198.51.100.220")
    assert at_home.sign_in("meera@pragati.test", people.PASSWORD).status == 302
    tries = limits.WRONG_PER_BROWSER.tries
    statuses = guess_at_once(production, "meera@pragati.test", ["198.51.100.221"] * 30)
    assert statuses == [200] * tries + [429] * (30 - tries)
    # Not even the right password from there; the person's own session and browser are not touched.
    refused = Visitor(production, ip="198.51.100.221").sign_in("Meera@Pragati.test", people.PASSWORD)
    assert refused.status == 429
    assert 0 < int(refused.headers["retry-after"]) <= limits.WRONG_PER_BROWSER.per_s
    assert at_home.ask("GET", "/accounts/profile/").status == 200
    assert Visitor(production, ip="198.51.100.222").sign_in("meera@pragati.test", people.PASSWORD).status == 302


def test_d22_many_addresses_get_no_more_than_the_name_has(production: Production) -> None:
    tries = limits.WRONG_PER_NAME.tries
    known = Visitor(production, ip="198.51.100.230")
    assert known.sign_in("rajendra@pragati.test", people.PASSWORD).status == 302
    statuses = guess_at_once(production, "rajendra@pragati.test", [f"203.0.113.{n}" for n in range(30)])
    assert statuses == [200] * tries + [429] * (30 - tries)
    assert Visitor(production, ip="203.0.113.99").sign_in("rajendra@pragati.test", people.PASSWORD).status == 429
    device = {"__Host-device": known.jar["__Host-device"]}
    own_browser = Visitor(production, ip="203.0.113.98", jar=device)
    assert own_browser.sign_in("rajendra@pragati.test", people.PASSWORD).status == 302


@pytest.mark.django_db
def test_d22_browser_of_somebody_else_is_no_way_round_the_limit() -> None:
    people.teacher()
    thief = Client()
    enter(people.student(), thief)
    thief.post("/accounts/logout/")
    for _ in range(5):
        enter(people.teacher(), thief, password="wrong guess 123")
    assert not is_in(enter(people.teacher(), Client()))


@pytest.mark.django_db
def test_d22_both_names_of_a_person_share_a_count() -> None:
    who, client = people.other_student(), Client()
    for login in [str(who.email), str(who.admission_number)] * 3:
        client.post(LOGIN, {"login": login, "password": "wrong guess 123"})
    assert client.post(LOGIN, {"login": who.email, "password": people.PASSWORD}).status_code == 429


@pytest.mark.django_db
def test_d22_good_sign_ins_use_nothing_up() -> None:
    for _ in range(12):
        assert is_in(enter(people.teacher(), Client()))


@pytest.mark.django_db
def test_d22_reauthentication_shares_the_count_of_its_own_browser() -> None:
    who, client = people.teacher(), Client()
    enter(who, client)
    answers = [client.post("/accounts/reauthenticate/", {"password": "wrong guess 123"}).status_code for _ in range(6)]
    assert answers == [200] * 5 + [429]
    assert is_in(client)
    assert is_in(enter(who, Client()))


TRIED: dict[str, tuple[Limit, str, dict[str, str], bool]] = {
    "sign-in": (limits.WRONG_PER_BROWSER, LOGIN, {"login": "a@b.in", "password": "x" * 12}, False),
    "password link": (limits.RESET_PER_NAME_HERE, "/accounts/password/reset/", {"email": "a@b.in"}, False),
    "password change": (limits.PASSWORD_CHANGE, "/accounts/password/change/", {"oldpassword": "x" * 12}, True),
    "use of a link": (limits.RESET_TRIES, "/accounts/password/reset/key/1-no-key/", {"password1": "x" * 12}, False),
}


@pytest.mark.django_db
@pytest.mark.parametrize("name", sorted(TRIED))
def test_d23_what_can_be_tried_often_is_counted(name: str) -> None:
    limit, address, body, is_inside = TRIED[name]
    client = people.signed_in(people.teacher() if is_inside else None)
    answers = [client.post(address, body) for _ in range(limit.tries + 1)]
    assert 429 not in [answer.status_code for answer in answers[:-1]]
    assert answers[-1].status_code == 429
    assert int(answers[-1]["Retry-After"]) > 0


def test_d23_numbers_in_the_docs_are_those_that_count(project_dir: Path) -> None:
    text = (project_dir / "docs" / "security.md").read_text()
    ours = [value for value in vars(limits).values() if isinstance(value, Limit)]
    assert len(ours) > 10
    for limit in ours:
        spoken = f"{limit.per_s // 3600} h" if limit.per_s % 3600 == 0 else f"{limit.per_s // 60} min"
        assert f"| {limit.name} | {limit.tries} | {spoken} |" in text


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("known", "unknown"), [("meera@pragati.test", "nobody@pragati.test"), ("2026-0188", "2026-9999")]
)
def test_d24_sign_in_costs_as_many_queries_for_known_and_unknown_names(known: str, unknown: str) -> None:
    people.teacher()
    people.student()
    client = Client()
    client.post(LOGIN, {"login": "warming@pragati.test", "password": "wrong guess 123"})
    costs = []
    for login in (known, unknown):
        with CaptureQueriesContext(connection) as captured:
            client.post(LOGIN, {"login": login, "password": "wrong guess 123"})
        costs.append(len(captured))
    assert costs[0] == costs[1]
