"""Everybody's first screen in a real browser: on an ordinary day, and on the first morning with nothing there yet."""

from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Page, expect

from tests.browser import site as sites
from tests.browser.conftest import through_the_door
from tests.browser.looking import look
from tests.browser.site import Site

pytestmark = pytest.mark.browser

SignIn = Callable[[str], Page]


@pytest.fixture(scope="module")
def empty_site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """An institute on its first morning."""
    data_dir = tmp_path_factory.mktemp("empty")
    sites.seed(data_dir, "tests.browser.seed_empty")
    site = sites.Site(data_dir)
    yield site
    site.close()


def test_a_teacher_sees_what_waits_his_files_his_child_and_his_drive(sign_in: SignIn) -> None:
    page = sign_in("teacher with a child")
    expect(page.get_by_role("navigation", name="Your children").get_by_role("link")).to_have_count(1)
    expect(page.get_by_role("heading", name="Waiting for you")).to_be_visible()
    drives = page.get_by_role("region", name="My Drives")
    expect(drives.get_by_role("link", name="Dr. Venkataraghavan Subramaniam")).to_be_visible()
    look(page, "dashboard-teacher")


def test_an_admin_goes_from_a_decision_to_its_rows(sign_in: SignIn) -> None:
    page = sign_in("admin")
    look(page, "dashboard-admin")
    decisions = page.get_by_role("region", name="Needs a decision")
    decisions.get_by_role("link", name="Look 1 message was not delivered").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Deliveries")


def test_all_that_waits_is_a_page_of_its_own(sign_in: SignIn) -> None:
    page = sign_in("admin")
    page.get_by_role("region", name="Needs a decision").get_by_role("link", name="All").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("To do")
    expect(page.get_by_role("region", name="Today").get_by_role("listitem")).not_to_have_count(0)
    look(page, "todo")


def test_news_are_read_from_the_first_screen(sign_in: SignIn, site: Site) -> None:
    page = sign_in("teacher with a child")
    told = page.get_by_role("region", name="From the institute").get_by_role("listitem")
    row = told.filter(has_text="Room 4 is open again")
    expect(row.get_by_text("(unread)")).to_have_count(1)
    row.get_by_role("button").click()
    page.wait_for_url("**/dfs/files/")
    page.goto(f"{site.url}/dashboard/")
    expect(row.get_by_role("button")).to_be_visible()
    expect(row.get_by_text("(unread)")).to_have_count(0)


@pytest.mark.parametrize("who", ["admin", "teacher", "staff", "student", "guardian"])
def test_the_first_morning_says_what_to_do_next(page: Page, empty_site: Site, who: str) -> None:
    through_the_door(page, empty_site, who)
    expect(page.get_by_role("heading", level=1)).to_have_count(1)
    look(page, f"dashboard-empty-{who}")
    if who == "guardian":
        page.goto(f"{empty_site.url}/todo/")
        expect(page.get_by_role("heading", name="All done")).to_be_visible()
        look(page, "todo-empty")
