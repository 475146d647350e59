"""Sixteen sign-ins of one person at the same moment, against the real site with its workers, twenty times over."""

import itertools
import re
from collections.abc import Iterator
from functools import partial
from ipaddress import ip_address
from pathlib import Path

import pytest
import requests

from tests.proof.conftest import Note
from tests.proof.running import PASSWORD, ProofSite
from tests.racing import at_once
from tests.services.servers import throw_away_postgres

pytestmark = pytest.mark.proof
AT_ONCE, RUNS, REQUESTS = 16, 20, 200
ALLOWED = {"2026-0188": 1, "meera@pragati.example": 3}  # a student, a teacher


@pytest.fixture(params=["sqlite", "postgresql"])
def any_site(request: pytest.FixtureRequest, folder: Path) -> Iterator[ProofSite]:
    site = ProofSite(folder / f"data-{folder.name}")
    site.environment["TRUSTED_PROXY_COUNT"] = "1"
    place = folder / "postgres"
    place.mkdir()
    folder.chmod(0o711)  # the server runs as nobody and must pass through
    servers = throw_away_postgres(place) if request.param == "postgresql" else None
    try:
        if servers is not None:
            site.environment["DATABASE_URL"] = servers.__enter__()
        site.begin()
        yield site
    finally:
        site.clean_up()
        if servers is not None:
            servers.__exit__(None, None, None)


class Visitor:
    """A browser at the door, each at an address of its own: one address may sign in only so often a minute."""

    numbers = itertools.count(1)

    def __init__(self, site: ProofSite) -> None:
        self.site, self.session = site, requests.Session()
        self.session.trust_env = False
        self.session.headers["X-Forwarded-For"] = str(ip_address("10.0.0.0") + next(self.numbers))
        page = self.session.get(f"{site.url}/accounts/login/", timeout=60).text
        self.token = re.search(r'name="csrfmiddlewaretoken" value="(\w+)"', page)[1]  # type: ignore[index]

    def enter(self, login: str) -> None:
        entry = {"login": login, "password": PASSWORD, "csrfmiddlewaretoken": self.token}
        answer = self.session.post(f"{self.site.url}/accounts/login/", entry, allow_redirects=False, timeout=120)
        assert answer.status_code == 302, f"{answer.status_code}: {answer.text[:500]}"

    def is_in(self) -> bool:
        answer = self.session.get(f"{self.site.url}/accounts/profile/", allow_redirects=False, timeout=60)
        assert answer.status_code in (200, 302), answer.status_code
        return answer.status_code == 200


def test_sixteen_sign_ins_at_once_leave_exactly_the_allowed_number(any_site: ProofSite, note: Note) -> None:
    for login, allowed in ALLOWED.items():
        alive = []
        for _ in range(RUNS):
            visitors = [Visitor(any_site) for _ in range(AT_ONCE)]
            at_once([partial(one.enter, login) for one in visitors])
            alive.append(sum(one.is_in() for one in visitors))
        note(login=login, runs=RUNS, at_once=AT_ONCE, alive=sorted(set(alive)))
        assert set(alive) == {allowed}


def test_dead_cookie_is_dead_in_every_worker_at_once(any_site: ProofSite, note: Note) -> None:
    first, second = Visitor(any_site), Visitor(any_site)
    first.enter("2026-0188")
    assert all(first.is_in() for _ in range(20))
    cookies = first.session.cookies.get_dict()
    second.enter("2026-0188")
    accepted = 0
    for _ in range(REQUESTS):
        answer = requests.get(f"{any_site.url}/accounts/profile/", cookies=cookies, allow_redirects=False, timeout=60)
        accepted += answer.status_code == 200
    note(requests=REQUESTS, accepted=accepted)
    assert accepted == 0
