"""A teacher has the programs of a lab compared and reads two of them side by side, in a real browser."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Page, expect

from tests.browser import conftest
from tests.browser import site as sites
from tests.browser.looking import look
from tests.browser.seed_exams import number_of
from tests.browser.seed_similar import NAMES, TITLE
from tests.browser.site import Site

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def institute(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    conftest._chromium()
    data_dir = tmp_path_factory.mktemp("similar")
    sites.seed(data_dir, "tests.browser.seed_similar")
    site = sites.Site(data_dir)
    yield site
    site.close()


def test_programs_that_are_alike_are_read_side_by_side(page: Page, institute: Site) -> None:
    conftest.through_the_door(page, institute, "teacher")
    page.goto(f"{institute.url}/exams/tests/{number_of(TITLE)}/results/")
    page.get_by_role("link", name="Programs alike").click()
    page.get_by_role("link", name="1. The library").click()
    page.get_by_role("button", name="Compare the programs").click()
    expect(page.get_by_role("heading", name="1 pair")).to_be_visible()
    expect(page.get_by_text("Alike is no proof.")).to_be_visible()
    look(page, "similar")
    page.get_by_role("link", name="Read both").click()
    for name in (NAMES["priyanka"], NAMES["harpreet"]):
        expect(page.get_by_role("heading", name=name)).to_be_visible()
    page.get_by_role("link", name="Stretch 2").first.click()
    assert page.url.endswith("#b2")
    look(page, "similar-pair")
