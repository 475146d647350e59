"""The institute's settings, everybody's own data, and the queue of those who ask to be forgotten."""

import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing
from uuid import UUID

import pytest
from playwright.sync_api import Page, expect

from tests.browser.looking import look
from tests.browser.site import Site, meanwhile

pytestmark = pytest.mark.browser
SignIn = Callable[[str], Page]
BORN = """
from datetime import date
from accounts.models import User
User.objects.filter(admission_number__in=["2026-0188", "2026-0999"]).update(date_of_birth={born})
"""


@pytest.fixture
def minors(site: Site) -> Iterator[None]:
    """Two of the guardian's three children are 14."""
    meanwhile(site, BORN.format(born="date(2012, 5, 1)"))
    yield
    meanwhile(site, BORN.format(born="None"))


@pytest.fixture
def person_address(site: Site) -> str:
    """The consents of the student with the longest name."""
    with closing(sqlite3.connect(site.data_dir / "classcrew.sqlite3")) as database:
        (found,) = database.execute("SELECT uuid FROM users WHERE admission_number = '2026-0999'").fetchone()
    return f"{site.url}/accounts/people/{UUID(found)}/consents/"


def test_institute_is_one_page_and_its_name_is_everywhere_at_once(sign_in: SignIn, site: Site) -> None:
    page = sign_in("admin")
    page.goto(f"{site.url}/accounts/institute/")
    page.get_by_label("Address", exact=True).fill("12 Laxmi Road\nPune 411030")
    page.get_by_label("State").select_option("Maharashtra")
    page.get_by_label("Phone", exact=True).fill("call me")
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_text("Only digits, spaces and a + in front.")).to_be_visible()
    look(page, "institute-wrong")
    page.get_by_label("Phone", exact=True).fill("+91 20 2445 1188")
    page.get_by_label("Short name").fill("Pragati")
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_text("Saved.")).to_be_visible()
    look(page, "institute")
    page.set_viewport_size({"width": 360, "height": 740})
    expect(page.get_by_role("banner").get_by_role("link", name="Pragati", exact=True)).to_be_visible()
    page.get_by_label("Short name").fill("")
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_text("Saved.")).to_be_visible()


@pytest.mark.usefixtures("minors")
def test_guardian_says_yes_and_no_and_takes_the_copy(sign_in: SignIn, site: Site) -> None:
    page = sign_in("guardian")
    page.goto(f"{site.url}/accounts/privacy/")
    look(page, "privacy-guardian")
    mine = page.get_by_role("region", name="What you agreed to")
    mine.get_by_role("button", name="Take back Photo, Sunil Kulkarni").click()
    expect(page.get_by_text("Noted. It counts from now on.")).to_be_visible()
    expect(mine.get_by_text("taken back")).to_be_visible()
    mine.get_by_role("button", name="Allow Photo, Sunil Kulkarni").click()
    expect(mine.get_by_role("button", name="Take back Photo, Sunil Kulkarni")).to_be_visible()
    child = page.get_by_role("region", name="Ananya Kulkarni")
    child.get_by_role("button", name="Allow Photo, Ananya Kulkarni").click()
    expect(child.get_by_role("button", name="Take back Photo, Ananya Kulkarni")).to_be_visible()
    with page.expect_download() as taken:
        mine.get_by_role("button", name="Take a copy of my data").click()
    assert taken.value.suggested_filename.endswith(".zip")


def test_request_is_asked_held_back_by_the_tick_and_refused(sign_in: SignIn, site: Site) -> None:
    page = sign_in("student")
    page.goto(f"{site.url}/accounts/privacy/")
    look(page, "privacy-student")
    page.locator("summary", has_text="Ask to be erased").click()
    page.get_by_label("Yes, I mean it").check()
    look(page, "privacy-ask")
    page.get_by_role("button", name="Ask the office").click()
    expect(page.get_by_text("The office has your request.")).to_be_visible()
    page.context.clear_cookies()
    page = sign_in("admin")
    page.goto(f"{site.url}/accounts/erasures/")
    look(page, "erasures")
    page.get_by_role("link", name="Ananya Kulkarni").click()
    look(page, "erasure")
    page.get_by_label("To make sure").fill("somebody else")
    page.get_by_role("button", name="Erase for good").click()
    expect(page.get_by_text("Nothing was erased.")).to_be_visible()
    page.get_by_label("Why not?").fill("You still write tests here; ask again in April.")
    page.get_by_role("button", name="Refuse").click()
    expect(page.get_by_text("The person was told why.")).to_be_visible()
    look(page, "erasure-refused")
    page.goto(f"{site.url}/accounts/erasures/?state=DONE")
    expect(page.get_by_text("Nothing fits")).to_be_visible()


def test_office_enters_a_paper(sign_in: SignIn, person_address: str) -> None:
    page = sign_in("admin")
    page.goto(person_address)
    page.get_by_label("Purpose").select_option("PHOTO")
    page.get_by_label("Which paper").fill("Signed at admission, folder 12")
    page.get_by_role("button", name="Enter", exact=True).click()
    expect(page.get_by_text("Signed at admission, folder 12")).to_be_visible()
    look(page, "person-consents")
