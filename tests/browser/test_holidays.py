"""The office keeps holidays and reads them from a file, and a student reads the list, in a real browser."""

from collections.abc import Callable
from datetime import date, timedelta

import pytest
from playwright.sync_api import Page, expect

from tests.browser.looking import look
from tests.browser.site import Site

pytestmark = pytest.mark.browser
LONG = "दीपावली, गोवर्धन पूजा एवं भाई दूज का संयुक्त अवकाश तथा विद्यालय का वार्षिक स्थापना दिवस समारोह"
NEXT_YEAR = date.today().year + 1  # noqa: DTZ011 - any day next year will do


def test_office_adds_imports_and_removes_holidays(sign_in: Callable[[str], Page], site: Site) -> None:
    office = sign_in("admin")
    office.goto(f"{site.url}/batches/holidays/?year={NEXT_YEAR}")
    look(office, "holidays-empty")
    office.get_by_role("link", name="Add the first holiday").click()
    office.get_by_label("Name").fill(LONG)
    office.get_by_label("First day").fill(f"{NEXT_YEAR}-10-28")
    office.get_by_label("Last day").fill(f"{NEXT_YEAR}-10-20")
    office.get_by_role("button", name="Add", exact=True).click()
    expect(office.get_by_text("The last day is before the first.")).to_be_visible()
    look(office, "holiday-form")
    office.get_by_label("Last day").fill(f"{NEXT_YEAR}-10-31")
    office.get_by_role("button", name="Add", exact=True).click()
    expect(office.get_by_role("link", name=LONG)).to_be_visible()
    office.goto(f"{site.url}/batches/holidays/import/")
    look(office, "holiday-import")
    rows = [f"Holiday {number},{date(NEXT_YEAR, 1, 1) + timedelta(days=9 * number)}" for number in range(1, 20)]
    content = "\n".join(["Name,First day", *rows, f'"{LONG}",{NEXT_YEAR}-10-28', ""])
    table = {"name": "holidays.csv", "mimeType": "text/csv", "buffer": content.encode()}
    office.get_by_label("CSV, XLSX or ICS file").set_input_files(files=[table])  # type: ignore[list-item]
    office.get_by_role("button", name="Read the file").click()
    expect(office.get_by_role("heading", level=1, name="20 new holidays")).to_be_visible()
    look(office, "holiday-import-preview")
    office.get_by_role("button", name="Add 20 holidays").click()
    expect(office.get_by_text("20 holidays were added.")).to_be_visible()
    office.goto(f"{site.url}/batches/holidays/?year={NEXT_YEAR}")
    look(office, "holidays")
    office.get_by_role("link", name="Holiday 7", exact=True).click()
    look(office, "holiday-change")
    office.get_by_role("button", name="Remove").click()
    expect(office.get_by_text("Holiday 7 is removed.")).to_be_visible()


def test_student_reads_the_holidays(sign_in: Callable[[str], Page], site: Site) -> None:
    student = sign_in("student")
    student.goto(f"{site.url}/batches/holidays/")
    expect(student.get_by_role("heading", level=1, name="Holidays")).to_be_visible()
    expect(student.get_by_role("link", name="Add holiday")).to_have_count(0)
    look(student, "holidays-student")
