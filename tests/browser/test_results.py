"""A teacher reads the results of a test in a real browser, the same evening."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Page, expect

from tests.browser import conftest
from tests.browser import site as sites
from tests.browser.looking import look
from tests.browser.seed_exams import number_of
from tests.browser.seed_results import BAD_KEY, TITLE
from tests.browser.site import Site

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def institute(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    conftest._chromium()
    data_dir = tmp_path_factory.mktemp("results")
    sites.seed(data_dir, "tests.browser.seed_results")
    site = sites.Site(data_dir)
    yield site
    site.close()


def test_results_lead_from_the_overview_to_a_question_and_to_a_student(page: Page, institute: Site) -> None:
    page.set_viewport_size({"width": 1280, "height": 800})
    conftest.through_the_door(page, institute, "teacher")
    page.goto(f"{institute.url}/exams/tests/{number_of(TITLE)}/")
    page.get_by_role("link", name="Results").click()
    expect(page.get_by_role("heading", level=1)).to_have_text(TITLE)
    expect(page.get_by_role("alert")).to_contain_text(f"Question {BAD_KEY + 1}: the key is probably wrong.")
    expect(page.get_by_role("img", name="Histogram of marks")).to_be_visible()
    look(page, "results")
    page.set_viewport_size({"width": 1280, "height": 800})
    page.locator(".item-table").get_by_role("link", name="Rotational motion").first.click()
    expect(page.get_by_role("heading", level=1)).to_have_text(f"Question {BAD_KEY + 1}")
    look(page, "results-question")
    page.set_viewport_size({"width": 1280, "height": 800})
    page.go_back()
    page.get_by_role("link", name="All 40").click()
    page.get_by_label("Batch").select_option("JEE 27 B")
    page.get_by_role("button", name="Look").click()
    expect(page.locator(".rank-table tbody tr")).to_have_count(10)
    expect(page.get_by_role("columnheader", name="In the batch")).to_be_visible()
    look(page, "results-ranks")
    with page.expect_download() as downloaded:
        page.get_by_role("button", name="Excel").click()
    assert downloaded.value.suggested_filename == f"{TITLE}, ranks, JEE 27 B.xlsx"
