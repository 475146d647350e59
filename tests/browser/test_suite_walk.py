"""A teacher writes tests and solutions of a coding question in a real browser, and watches them being checked."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Page, expect

from tests.browser import conftest
from tests.browser import site as sites
from tests.browser.looking import look
from tests.browser.seed_suites import STATEMENT
from tests.browser.site import Site, meanwhile

pytestmark = pytest.mark.browser
JUDGED = "from tests.browser.seed_suites import judge_question; judge_question()"


@pytest.fixture(scope="module")
def institute(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    conftest._chromium()
    data_dir = tmp_path_factory.mktemp("suites")
    sites.seed(data_dir, "tests.browser.seed_suites")
    site = sites.Site(data_dir)
    yield site
    site.close()


def test_author_adds_a_test_and_has_all_of_it_checked(page: Page, institute: Site) -> None:
    page.set_viewport_size({"width": 1280, "height": 800})
    conftest.through_the_door(page, institute, "teacher")
    page.goto(f"{institute.url}/exams/bank/")
    page.get_by_role("link", name=STATEMENT).click()
    look(page, "suite-question")
    page.get_by_role("navigation", name="Parts of the question").get_by_role("link", name="Tests and solutions").click()
    expect(page.get_by_text("greedy.py should fail and passes all of them")).to_be_visible()
    look(page, "suite")
    page.set_viewport_size({"width": 360, "height": 740})
    page.get_by_role("link", name="Test", exact=True).click()
    page.get_by_role("textbox", name="Input", exact=True).fill("3 5\n4 2 3\n")
    page.get_by_role("textbox", name="Output that is right", exact=True).fill("2\n")
    page.get_by_label("Group").select_option(label="Small, n ≤ 1000")
    page.get_by_label("Name").fill("starting later is better")
    look(page, "suite-test")
    page.get_by_role("button", name="Save", exact=True).click()
    expect(page.get_by_text("starting later is better")).to_be_visible()
    page.get_by_role("button", name="Check and use").click()
    expect(page.get_by_text("It waits: nothing can be judged now.")).to_be_visible()
    look(page, "suite-checking")
    meanwhile(institute, JUDGED)
    expect(page.get_by_text("in use", exact=True)).to_be_visible()
    expect(page.get_by_role("button", name="Change")).to_be_visible()
    look(page, "suite-used")
    page.get_by_role("button", name="Change").click()
    expect(page.get_by_text("draft", exact=True)).to_be_visible()
    page.get_by_label("Checker", exact=True).select_option("custom")
    expect(page.get_by_label("Own checker", exact=True)).to_be_visible()
    page.get_by_role("link", name="greedy.py").click()
    look(page, "suite-solution")
    page.go_back()
    page.get_by_role("link", name="Change", exact=True).click()
    page.get_by_label("What is written").select_option("FUNCTION")
    look(page, "suite-style")
    page.go_back()
    page.get_by_role("link", name="Import").click()
    look(page, "suite-zip")
