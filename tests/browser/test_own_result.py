"""A student's results in a real browser: opened question by question, read by his guardian, looked at on a phone."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.browser import site as sites
from tests.browser.conftest import through_the_door
from tests.browser.looking import MAX_PAGE_BYTES, look, page_bytes
from tests.browser.seed_exams import number_of
from tests.browser.seed_own_result import COMING, HELD, MIXED, PAPER, TITLE
from tests.browser.site import Site

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def institute(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    data_dir: Path = tmp_path_factory.mktemp("own_result")
    sites.seed(data_dir, "tests.browser.seed_own_result")
    site = sites.Site(data_dir)
    yield site
    site.close()


def address(institute: Site, title: str) -> str:
    return f"{institute.url}/exams/tests/{number_of(title)}/result/"


def test_a_student_reads_a_result_and_opens_its_questions(page: Page, institute: Site) -> None:
    through_the_door(page, institute, "student")
    page.goto(f"{institute.url}/exams/")
    page.get_by_role("link", name="Results", exact=True).click()
    expect(page.get_by_role("heading", name="Progress")).to_be_visible()
    look(page, "own-results")
    assert page_bytes(page, address(institute, TITLE)) < MAX_PAGE_BYTES
    first = page.locator(".review details").first
    first.locator("summary").click()
    expect(first.get_by_text("Because")).to_be_visible()
    look(page, "own-result")

    page.goto(f"{address(institute, MIXED)}?show=all")
    for one in page.locator(".review details").all():
        one.locator("summary").click()
        expect(one.locator(".rv-body")).to_be_visible()
    look(page, "own-result-kinds")


def test_what_is_held_back_and_what_is_not_out_is_not_there(page: Page, institute: Site) -> None:
    through_the_door(page, institute, "student")
    page.goto(address(institute, HELD))
    expect(page.get_by_text("shown when a teacher releases them")).to_be_visible()
    look(page, "own-result-held")
    page.goto(address(institute, PAPER))
    look(page, "own-result-paper")
    page.goto(address(institute, COMING))
    expect(page.get_by_text("Marks are shown from")).to_be_visible()
    look(page, "own-result-waiting")


def test_a_guardian_opens_a_question_without_scripts_and_staff_read_the_same_page(page: Page, institute: Site) -> None:
    through_the_door(page, institute, "guardian")
    page.route("**/own_result*.js", lambda route: route.fulfill(body="", content_type="text/javascript"))
    page.goto(f"{institute.url}/exams/results/")
    page.get_by_role("link", name=TITLE).click()
    first = page.locator(".review details").first
    first.locator("summary").click()
    first.get_by_role("link", name="Show the question").click()
    expect(page.locator(".review details[open]").get_by_text("Because")).to_be_visible()
    page.context.clear_cookies()
    through_the_door(page, institute, "teacher")
    page.goto(f"{institute.url}/exams/tests/{number_of(TITLE)}/results/ranks/")
    page.get_by_role("link", name="Ananya Kulkarni").click()
    expect(page.get_by_text("2026-0188")).to_be_visible()
    look(page, "own-result-staff")
