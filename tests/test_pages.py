"""The pages composed at the top: home, More, the style guide, and who sees what of the navigation."""

from collections.abc import Callable
from html.parser import HTMLParser
from typing import Any

import pytest
from django.core.cache import cache
from django.test import Client

from accounts.models import Grant, Role, User
from coaching.pages.shell import NAVIGATION
from dfs.models import DriveAccount, Job, StoredFile
from tests import people

pytestmark = pytest.mark.django_db


class Outline(HTMLParser):
    """Headings, links of the rail, and the attributes of <html>."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.headings: list[str] = []
        self.root: dict[str, str | None] = {}
        self.inline: list[str] = []
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        names = dict(attrs)
        if tag in {"h1", "h2", "h3"}:
            self.headings.append(tag)
        if tag == "html":
            self.root = names
        if tag == "style" or "style" in names or any(name.startswith("on") for name in names):
            self.inline.append(tag)
        if tag == "script" and "src" not in names:
            self.inline.append(tag)


def outline(client: Client, path: str) -> Outline:
    return Outline(client.get(path).content.decode())


def put_file(owner: User, name: str = "Optics.pdf") -> StoredFile:
    """A file still waiting in the spool; enough for lists."""
    return StoredFile.objects.create(
        name=name, size_bytes=1, crc32=0, purpose=StoredFile.MINE, owner=owner, chunk_bytes=1024, segment_bytes=64
    )


def signed_in(person: User) -> Client:
    client = Client()
    client.force_login(person)
    return client


def test_the_bare_address_leads_home() -> None:
    assert signed_in(people.student()).get("/").headers["Location"] == "/dashboard/"


def test_nobody_gets_home_without_signing_in() -> None:
    answer = Client().get("/dashboard/")
    assert (answer.status_code, answer.headers["Location"]) == (302, "/accounts/login/?next=/dashboard/")


@pytest.mark.parametrize("make", [make for make in people.EVERYBODY.values() if make is not None])
@pytest.mark.parametrize("path", ["/dashboard/", "/more/"])
def test_every_page_has_one_h1_and_nothing_inline(make: Callable[[], User], path: str) -> None:
    page = outline(signed_in(make()), path)
    assert page.headings.count("h1") == 1
    assert page.inline == []


def test_the_store_is_shown_to_admins_only() -> None:
    assert "Healthy Drives" in signed_in(people.admin()).get("/dashboard/").content.decode()
    assert "Healthy Drives" not in signed_in(people.teacher()).get("/dashboard/").content.decode()


def test_an_admin_is_told_which_drive_and_which_job_need_him() -> None:
    file = put_file(people.admin(), "Marks.csv")
    Job.objects.create(file=file, state=Job.State.FAILED, reason="The spool was full.")
    DriveAccount.objects.create(label="Meera’s folder", owner_key="m", cap_bytes=1, state=DriveAccount.State.LOST)
    home = signed_in(people.admin()).get("/dashboard/").content.decode()
    assert "Meera’s folder: Lost" in home
    assert "Store failed: Marks.csv" in home
    assert "The spool was full." in home


def test_a_cleared_failure_is_no_longer_a_decision() -> None:
    file = put_file(people.admin())
    Job.objects.create(file=file, state=Job.State.FAILED, reason="Old trouble.", cleared_at=file.created_at)
    assert "Old trouble." not in signed_in(people.admin()).get("/dashboard/").content.decode()


def test_home_shows_the_five_newest_of_ones_own_files() -> None:
    for number in range(6):
        put_file(people.student(), f"paper-{number}.pdf")
    put_file(people.teacher(), "key.pdf")
    home = signed_in(people.student()).get("/dashboard/").content.decode()
    assert "key.pdf" not in home
    assert [number for number in range(6) if f"paper-{number}.pdf" in home] == [1, 2, 3, 4, 5]


def test_home_of_an_admin_costs_the_same_at_3_and_at_30_failures(same_queries: Callable[..., int]) -> None:
    client = signed_in(people.admin())

    def add(count: int) -> None:
        for _ in range(count):
            file = put_file(people.admin())
            Job.objects.create(file=file, state=Job.State.FAILED, reason="Full.")

    same_queries(lambda: client.get("/dashboard/"), add=add, at_most=20)


@pytest.mark.parametrize("who", [people.student, people.teacher, people.cashier])
def test_the_navigation_offers_nothing_a_person_may_not_open(who: Callable[[], User]) -> None:
    client = signed_in(who())
    shell = client.get("/more/").context["shell"]
    urls = [link.url for group in shell.groups for link in group.links]
    assert urls
    assert {url: client.get(url).status_code for url in urls} == dict.fromkeys(urls, 200)


def ways(who: User) -> list[str]:
    """Addresses of fees in his navigation, in order."""
    shell = signed_in(who).get("/more/").context["shell"]
    return [link.url for group in shell.groups for link in group.links if link.url.startswith("/fees/")]


@pytest.mark.parametrize(
    ("make", "grant", "shown"),
    [
        (people.admin, None, ["/fees/counter/", "/fees/receipts/", "/fees/"]),
        (people.cashier, Grant.Kind.CASHIER, ["/fees/counter/", "/fees/receipts/", "/fees/overview/"]),
        (people.cashier, Grant.Kind.MODERATION, []),
        (people.cashier, None, []),
        (people.teacher, Grant.Kind.FEE_STATUS, ["/fees/status/"]),
        (people.teacher, Grant.Kind.CASHIER, []),
        (people.teacher, None, []),
        (people.student, None, ["/fees/"]),
        (people.guardian, None, ["/fees/"]),
    ],
)
def test_the_navigation_leads_to_fees_as_far_as_somebody_was_granted(
    make: Callable[[], User], grant: Grant.Kind | None, shown: list[str]
) -> None:
    who = make()
    if grant:
        Grant.objects.create(user=who, kind=grant)
    assert ways(who) == shown
    assert {signed_in(who).get(url, follow=True).status_code for url in shown} <= {200}


def test_a_grant_taken_away_takes_the_counter_out_of_the_tabs() -> None:
    client, grant = signed_in(people.cashier()), Grant.objects.create(user=people.cashier(), kind=Grant.Kind.CASHIER)
    assert "/fees/counter/" in [tab.url for tab in client.get("/more/").context["shell"].tabs]
    grant.delete()
    assert "/fees/counter/" not in [tab.url for tab in client.get("/more/").context["shell"].tabs]


def test_the_current_page_is_marked_once() -> None:
    shell = signed_in(people.student()).get("/accounts/profile/").context["shell"]
    assert [link.label for group in shell.groups for link in group.links if link.is_current] == ["Profile"]


def test_a_phone_has_five_tabs_at_most_and_more_is_the_last() -> None:
    tabs = signed_in(people.admin()).get("/dashboard/").context["shell"].tabs
    assert len(tabs) <= 5
    assert tabs[-1].url == "/more/"


def test_every_role_has_a_place_in_the_navigation() -> None:
    assert all(entry.roles <= frozenset(Role) for entry in NAVIGATION)


@pytest.mark.parametrize(("theme", "shown"), [("system", None), ("light", "light"), ("dark", "dark")])
def test_the_chosen_look_is_on_the_page(theme: str, shown: str | None) -> None:
    person = people.student()
    User.objects.filter(pk=person.pk).update(theme=theme)
    assert outline(signed_in(person), "/dashboard/").root.get("data-theme") == shown


def test_the_language_is_kept_in_the_browser_and_on_the_person() -> None:
    client, person = signed_in(people.teacher()), people.teacher()
    answer = client.post("/language/", {"language": "hi", "next": "/more/"})
    assert answer.headers["Location"] == "/more/"
    assert outline(client, "/dashboard/").root["lang"] == "hi"
    person.refresh_from_db()
    assert person.language == "hi"


def test_an_unknown_language_changes_nothing() -> None:
    client, person = signed_in(people.teacher()), people.teacher()
    client.post("/language/", {"language": "xx", "next": "/more/"})
    person.refresh_from_db()
    assert person.language == ""
    assert outline(client, "/dashboard/").root["lang"] == "en"


def test_the_language_switch_leads_to_no_other_site() -> None:
    answer = Client().post("/language/", {"language": "hi", "next": "https://elsewhere.example/"})
    assert "elsewhere" not in answer.headers["Location"]


def test_the_style_guide_is_not_there_in_production() -> None:
    assert Client().get("/styleguide/").status_code == 404


def test_the_style_guide_shows_everything_in_debug(settings: Any) -> None:
    settings.DEBUG = True
    assert outline(Client(), "/styleguide/").inline == []


def test_the_institutes_name_is_said_in_one_place(settings: Any) -> None:
    settings.INSTITUTE_NAME = "प्रगति स्टडी सर्कल"
    cache.clear()
    page = Client().get("/accounts/login/").content.decode()
    assert page.count("प्रगति स्टडी सर्कल") == 2  # title and door
    assert '<span class="mark" aria-hidden="true">प्र</span>' in page
