"""A teacher corrects a wrong key in a real browser, and an older scorecard is verified after it."""

from collections.abc import Iterator
from io import BytesIO

import pytest
from playwright.sync_api import Page, expect
from pypdf import PdfReader

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
    data_dir = tmp_path_factory.mktemp("key_fix")
    sites.seed(data_dir, "tests.browser.seed_results")
    site = sites.Site(data_dir)
    yield site
    site.close()


def code_of(page: Page, address: str) -> str:
    """The code on the first of these scorecards."""
    card = PdfReader(BytesIO(page.request.get(address).body())).pages[0].extract_text()
    return next(line for line in card.splitlines() if line.count("-") == 3)


def test_key_is_corrected_and_the_older_scorecard_says_so(page: Page, institute: Site) -> None:
    page.set_viewport_size({"width": 1280, "height": 800})
    conftest.through_the_door(page, institute, "teacher")
    page.goto(f"{institute.url}/exams/tests/{number_of(TITLE)}/results/questions/{BAD_KEY + 1}/")
    code = code_of(page, f"{institute.url}/exams/tests/{number_of(TITLE)}/results/scorecards.pdf")
    page.get_by_role("link", name="Correct the key").click()
    page.get_by_role("radio", name="Another key").check()
    page.get_by_role("checkbox").nth(1).uncheck()
    page.get_by_role("checkbox").nth(2).check()
    page.get_by_role("textbox", name="Why").fill("Option C is the right one")
    look(page, "key-fix")
    page.set_viewport_size({"width": 1280, "height": 800})
    page.get_by_role("button", name="Look at who is concerned").click()
    expect(page.get_by_role("heading", name="Who is concerned")).to_be_visible()
    look(page, "key-fix-preview")
    page.set_viewport_size({"width": 360, "height": 740})
    page.get_by_role("button", name="Apply the correction").click()
    expect(page.get_by_text("version 2 of the results counts now")).to_be_visible()
    page.goto(f"{institute.url}/exams/verify/")
    page.get_by_label("Code of the scorecard").fill(code.lower())
    page.get_by_role("button", name="Verify").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("A genuine scorecard, but not the newest")
    look(page, "scorecard-verified")
