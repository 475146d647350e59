"""Looking at attendance in a real browser: on the phones of students and guardians, at the desks of the others."""

from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Page, expect

from tests.browser import site as sites
from tests.browser.conftest import through_the_door
from tests.browser.looking import look, take_picture
from tests.browser.site import Site

pytestmark = pytest.mark.browser
LARGE = "NEET 2027 C, विज्ञान सायंकालीन कक्षा"


@pytest.fixture(scope="module")
def institute(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """An institute after ten weeks of classes."""
    data_dir = tmp_path_factory.mktemp("attendance-views")
    sites.seed(data_dir, "tests.browser.seed_attendance_views")
    site = sites.Site(data_dir)
    yield site
    site.close()


@pytest.fixture
def enter(page: Page, institute: Site) -> Callable[[str], Page]:
    def opened(who: str) -> Page:
        through_the_door(page, institute, who)
        page.goto(f"{institute.url}/attendance/")
        return page

    return opened


def test_student_sees_what_is_counted_and_opens_a_month_before(enter):
    page = enter("student")
    expect(page.get_by_role("heading", level=1)).to_have_text("Attendance")
    expect(page.get_by_text("Percentages are rounded down.").first).to_be_visible()
    look(page, "attendance-student-home")
    page.get_by_role("link", name="Months").click()
    expect(page.get_by_role("heading", name="Ananya Kulkarni")).to_be_visible()
    expect(page.get_by_role("heading", name="How it went")).to_be_visible()
    look(page, "attendance-of-student")
    page.get_by_role("link", name="Month before").click()
    expect(page.get_by_role("link", name="Month after")).to_be_visible()
    page.get_by_text("The numbers").click()
    expect(page.get_by_role("columnheader", name="Week from")).to_be_visible()


def test_guardian_switches_between_children(enter):
    page = enter("guardian")
    expect(page.get_by_text("Ananya Kulkarni").first).to_be_visible()
    page.get_by_role("navigation", name="Your children").get_by_role("link", name="रितिका शर्मा").click()
    expect(page.get_by_role("link", name="रितिका शर्मा")).to_have_attribute("aria-current", "page")
    look(page, "attendance-guardian-home")


def test_grid_of_two_hundred_scrolls_in_its_own_box_and_leads_on(enter):
    page = enter("teacher")
    look(page, "attendance-teacher-home")
    page.get_by_role("region", name="Batches").get_by_role("link", name=LARGE).click()
    box = page.get_by_role("region", name="Attendance of")
    expect(box.get_by_role("row")).to_have_count(203)
    look(page, "attendance-grid")
    page.set_viewport_size({"width": 360, "height": 740})
    box.evaluate("box => box.scrollTo(400, 900)")
    head = box.get_by_role("columnheader", name="Student")
    name = box.get_by_role("rowheader").nth(40)
    assert abs(head.bounding_box()["x"] - box.bounding_box()["x"]) < 3
    assert abs(name.bounding_box()["x"] - box.bounding_box()["x"]) < 3
    assert abs(head.bounding_box()["y"] - box.bounding_box()["y"]) < 3
    take_picture(page, "attendance-grid-scrolled-360", whole=False)
    page.set_viewport_size({"width": 1280, "height": 800})
    page.get_by_role("link", name="Aarohi Deshpande").first.click()
    expect(page.get_by_role("heading", name="Aarohi Deshpande")).to_be_visible()


def test_grid_fits_a_landscape_page_on_paper(enter):
    page = enter("teacher")
    page.get_by_role("region", name="Batches").get_by_role("link", name=LARGE).click()
    page.emulate_media(media="print")
    page.set_viewport_size({"width": 1062, "height": 733})  # A4 landscape within its margins, at 96 dpi
    table = page.get_by_role("table").bounding_box()
    assert table["x"] + table["width"] <= 1064
    page.pdf(path="tests/browser/screenshots/attendance-grid.pdf", prefer_css_page_size=True)


def test_office_finds_who_attends_too_little_and_who_is_absent_today(enter, institute):
    page = enter("admin")
    look(page, "attendance-admin-home")
    page.get_by_role("link", name="All", exact=False).filter(has_text="All ").first.click()
    expect(page.get_by_role("heading", name="Low attendance")).to_be_visible()
    page.get_by_label("Order").select_option("in_a_row")
    page.get_by_role("button", name="Show").click()
    look(page, "attendance-low")
    with page.expect_download() as download:
        page.get_by_role("button", name="CSV").click()
    assert download.value.suggested_filename.startswith("low-attendance-")
    page.goto(f"{institute.url}/attendance/absentees/")
    expect(page.get_by_role("heading", name="Absent today")).to_be_visible()
    expect(page.get_by_role("link", name="98230 41161")).to_be_visible()
    look(page, "attendance-absentees")
    page.goto(f"{institute.url}/attendance/absentees/?on=2020-01-01")
    look(page, "attendance-absentees-none")
