"""Leave and corrections in a real browser: asked on a phone, decided with one tap, read by the family."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser import site as sites
from tests.browser.conftest import through_the_door
from tests.browser.looking import look
from tests.browser.site import Site

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def institute(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    data_dir: Path = tmp_path_factory.mktemp("asks")
    sites.seed(data_dir, "tests.browser.seed_asks")
    site = sites.Site(data_dir)
    yield site
    site.close()


def test_a_student_asks_for_a_correction_a_teacher_grants_it_and_all_of_it_stands_in_the_history(
    page: Page, browser: Browser, institute: Site
) -> None:
    through_the_door(page, institute, "student")
    page.goto(f"{institute.url}/accounts/notifications/")
    page.get_by_role("button", name="Absent: JEE 2027 A, Physics").click()
    expect(page.get_by_role("heading", name="Your attendance")).to_be_visible()
    look(page, "record-student")
    page.get_by_label("Reason").fill("I sat in the third row beside Zoya")
    page.get_by_role("button", name="Ask for a correction").click()
    expect(page.get_by_text("A request about this class waits already.")).to_be_visible()
    look(page, "record-asked")

    teachers = browser.new_context()
    desk = teachers.new_page()
    through_the_door(desk, institute, "teacher")
    desk.goto(f"{institute.url}/attendance/requests/")
    look(desk, "asks")
    desk.get_by_role("button", name="Grant: Ananya Kulkarni").click()
    expect(desk.get_by_text("Granted: Ananya Kulkarni.")).to_be_visible()
    desk.get_by_label("Refuse: रितिका शर्मा").first.click()
    look(desk, "asks-refuse")
    desk.get_by_label("Why not").first.fill("परीक्षा उसी सप्ताह है। कार्यालय से बात कीजिए।")
    desk.get_by_role("button", name="Refuse with this answer").first.click()
    expect(desk.get_by_text("Refused: रितिका शर्मा.")).to_be_visible()
    look(desk, "asks-answered")
    desk.get_by_role("link", name="JEE 2027 A, Physics").first.click()
    look(desk, "record-teacher")
    teachers.close()

    page.reload()
    expect(page.get_by_text("Request for a correction", exact=False).first).to_be_visible()
    look(page, "record-granted")


def test_a_guardian_asks_for_leave_of_one_of_two_children(page: Page, institute: Site) -> None:
    through_the_door(page, institute, "guardian")
    page.goto(f"{institute.url}/attendance/leave/")
    look(page, "leave-family")
    page.get_by_role("link", name="Ask for leave").click()
    look(page, "leave-ask")
    page.get_by_label("For").select_option(label="Ananya Kulkarni")
    page.get_by_label("First day").fill("2031-01-01")
    page.get_by_label("Reason").fill("Cousin's wedding in Satara")
    page.get_by_role("button", name="Ask for leave").click()
    expect(page.get_by_text("Leave is taken 90 days ahead at most.")).to_be_visible()
    look(page, "leave-ask-refused")


def test_the_office_enters_leave_and_sees_who_is_away(page: Page, institute: Site) -> None:
    through_the_door(page, institute, "admin")
    page.goto(f"{institute.url}/attendance/leave/")
    look(page, "leave-office")
    page.get_by_role("link", name="Enter leave").click()
    page.get_by_label("Student").fill("2026-0188")
    today = page.evaluate("new Date().toISOString().slice(0, 10)")
    page.get_by_label("First day").fill(today)
    page.get_by_label("Reason").fill("Fever, told by telephone")
    page.get_by_role("button", name="Enter leave").click()
    expect(page.get_by_text("Entered. The family is told.")).to_be_visible()
    page.goto(f"{institute.url}/attendance/leave/?show=past")
    look(page, "leave-nobody")
