"""A teacher has the answers of a test compared, in a real browser."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Page, expect

from tests.browser import conftest
from tests.browser import site as sites
from tests.browser.looking import look
from tests.browser.seed_alike import NAMES, TITLE
from tests.browser.seed_exams import number_of
from tests.browser.site import Site

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def institute(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    conftest._chromium()
    data_dir = tmp_path_factory.mktemp("alike")
    sites.seed(data_dir, "tests.browser.seed_alike")
    site = sites.Site(data_dir)
    yield site
    site.close()


def test_pairs_are_listed_with_a_caution_and_lead_to_what_was_noted(page: Page, institute: Site) -> None:
    conftest.through_the_door(page, institute, "teacher")
    page.goto(f"{institute.url}/exams/tests/{number_of(TITLE)}/results/alike/")
    look(page, "alike-before")
    page.get_by_role("button", name="Compare the answers").click()
    expect(page.get_by_role("heading", name="2 pairs")).to_be_visible()
    expect(page.get_by_text("A reason to look, never a proof.")).to_be_visible()
    first = page.locator(".pair").first
    expect(first).to_contain_text(NAMES[0])
    expect(first).to_contain_text("Same device")
    first.get_by_text("Which questions").click()
    look(page, "alike")
    first.get_by_role("link", name=NAMES[1]).click()
    expect(page.get_by_role("heading", level=1)).to_contain_text(NAMES[1])
