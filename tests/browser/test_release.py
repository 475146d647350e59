"""A teacher releases results, and what a student then finds, in a real browser."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Page, expect

from tests.browser import conftest
from tests.browser import site as sites
from tests.browser.looking import look
from tests.browser.seed_exams import number_of
from tests.browser.seed_release import HELD, LONG, TITLE
from tests.browser.site import Site

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def institute(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    conftest._chromium()
    data_dir = tmp_path_factory.mktemp("release")
    sites.seed(data_dir, "tests.browser.seed_release")
    site = sites.Site(data_dir)
    yield site
    site.close()


def test_teacher_releases_marks_to_all_and_holds_them_back_from_one_batch(page: Page, institute: Site) -> None:
    conftest.through_the_door(page, institute, "teacher")
    page.goto(f"{institute.url}/todo/")
    page.get_by_role("link", name="Release").first.click()
    expect(page.get_by_role("heading", name="Who sees the results")).to_be_visible()
    look(page, "release")
    page.get_by_role("button", name="Release marks to all batches").click()
    expect(page.get_by_text("Every batch sees its marks")).to_be_visible()
    row = page.locator("details.release-batch", has_text=LONG)
    row.locator("summary").click()
    row.get_by_label("Marks", exact=True).select_option("NO")
    look(page, "release-batch")
    row.get_by_role("button", name="Save").click()
    expect(row.locator("summary")).to_contain_text("Held back")
    expect(page.get_by_role("heading", name="Who sees the results")).to_be_visible()


def test_student_finds_the_last_result_and_the_leaderboard(page: Page, institute: Site) -> None:
    conftest.through_the_door(page, institute, "student")
    page.goto(f"{institute.url}/dashboard/")
    expect(page.get_by_role("heading", name="Last result")).to_be_visible()
    look(page, "release-student-home")
    page.goto(f"{institute.url}/exams/tests/{number_of(TITLE)}/leaderboard/")
    expect(page.get_by_role("button", name="Do not name me")).to_be_visible()
    look(page, "release-leaderboard")


def test_office_sees_how_a_students_tests_went(page: Page, institute: Site) -> None:
    conftest.through_the_door(page, institute, "admin")
    page.goto(f"{institute.url}/exams/tests/{number_of(HELD)}/results/")
    page.goto(f"{institute.url}/students/")
    page.get_by_role("link", name="Ananya").first.click()
    expect(page.get_by_role("heading", name="Tests", exact=True)).to_be_visible()
    look(page, "release-person")
