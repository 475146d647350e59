"""Students of a batch in a real browser: a code from the teacher's screen to the student's phone, a seat that frees."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser import site as sites
from tests.browser.conftest import through_the_door
from tests.browser.looking import look
from tests.browser.site import Site

pytestmark = pytest.mark.browser
FULL = "JEE 2027 A"


@pytest.fixture(scope="module")
def institute(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    data_dir: Path = tmp_path_factory.mktemp("students")
    sites.seed(data_dir, "tests.browser.seed_students")
    site = sites.Site(data_dir)
    yield site
    site.close()


def to_students_of(page: Page, site: Site, batch: str) -> None:
    """By the list of batches, as a person goes."""
    page.goto(f"{site.url}/batches/?q={batch}")
    href = page.get_by_role("link", name=batch).first.get_attribute("href")
    page.goto(f"{site.url}{href}students/")


def test_an_admin_lets_one_go_and_the_seat_is_offered(page: Page, browser: Browser, institute: Site) -> None:
    through_the_door(page, institute, "admin")
    to_students_of(page, institute, FULL)
    expect(page.get_by_text("0 of 6 seats free")).to_be_visible()
    look(page, "students")
    page.get_by_role("link", name="Waiting").click()
    look(page, "students-waiting")
    page.get_by_role("link", name="In the batch").click()
    page.get_by_role("checkbox", name="Choose Devansh Agrawal").check()
    page.get_by_role("button", name="Let them leave").click()
    look(page, "students-leave")
    page.get_by_label("Reason").fill("Moved to Pune")
    page.get_by_role("button", name="Let them leave").click()
    expect(page.get_by_text("1 student leaves the batch.")).to_be_visible()
    page.get_by_role("link", name="Waiting").click()
    expect(page.get_by_text("Has an offer")).to_be_visible()


def test_an_admin_adds_students_and_sees_what_collides(page: Page, institute: Site) -> None:
    through_the_door(page, institute, "admin")
    to_students_of(page, institute, FULL)
    page.get_by_role("link", name="Add students").first.click()
    page.get_by_role("searchbox").fill("वेंकट")
    page.get_by_role("button", name="Look").click()
    expect(page.get_by_text("at the same time").first).to_be_visible()
    look(page, "students-add")
    page.get_by_role("checkbox").first.check()
    page.get_by_role("button", name="Add those you ticked").click()
    expect(page.get_by_text("put them on the waiting list.")).to_be_visible()
    look(page, "students-full")
    to_students_of(page, institute, "Board 12")
    look(page, "students-none")
    page.get_by_role("link", name="Import").click()
    content = "Admission number,Joined\n2026-0188,2026-11-02\n2026-9999,\n2026-0290,31/02/2026\n2026-0290,\n"
    page.get_by_label("CSV or XLSX file").set_input_files(
        {"name": "roll.csv", "mimeType": "text/csv", "buffer": content.encode()}
    )
    page.get_by_role("button", name="Read the file").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("2 of 4 rows do not fit")
    look(page, "students-import")


def test_a_code_leads_a_student_into_the_batch(page: Page, browser: Browser, institute: Site) -> None:
    through_the_door(page, institute, "teacher")
    to_students_of(page, institute, "Board 12")
    page.get_by_role("link", name="Join codes").click()
    page.get_by_role("button", name="Make a code").click()
    code = page.locator(".join-code").first.inner_text()
    look(page, "join-codes")
    phone = browser.new_context(viewport={"width": 360, "height": 740}, locale="en-IN").new_page()
    through_the_door(phone, institute, "student")
    phone.goto(f"{institute.url}/batches/mine/")
    look(phone, "my-batches-none")
    phone.goto(f"{institute.url}/batches/join/")
    phone.get_by_label("Join code").fill("ABCD 2345")
    phone.get_by_role("button", name="Join", exact=True).click()
    expect(phone.get_by_text("This code does not work, or does not work any more.")).to_be_visible()
    look(phone, "join")
    phone.get_by_label("Join code").fill(code.lower())
    phone.get_by_role("button", name="Join", exact=True).click()
    expect(phone.get_by_text("Asked. A teacher of Board 12 decides, and you are told.")).to_be_visible()
    page.goto(f"{institute.url}/batches/requests/")
    look(page, "join-requests")
    page.get_by_role("checkbox", name="Choose Ananya Kulkarni").check()
    page.get_by_role("button", name="Approve").click()
    expect(page.get_by_text("1 student was added.")).to_be_visible()
    phone.reload()
    expect(phone.get_by_role("link", name="Board 12")).to_be_visible()
    look(phone, "my-batches")
    phone.context.close()
