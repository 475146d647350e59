"""The office in a real browser: the list of people, a person's page, and a file of people from reading to undoing."""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.browser.looking import look
from tests.browser.site import Site, meanwhile

pytestmark = pytest.mark.browser
LONG = "श्रीमती विजयलक्ष्मी वेंकटसुब्रमण्यम राजराजेश्वरी अन्नपूर्णा महालक्ष्मी"
FILE = f"""Student's Name,Roll No.,D.O.B.,Mob. No.,Father's Name,Father's Email,Remarks
Isha Rao,2026-0601,12/03/2010,98230 41161,Sunil Rao,sunil.rao@home.test,
{LONG},2026-0602,31/02/2010,98450 221,,,shy
Kavya Ramanathan Iyer,2026-0603,1 Apr 2011,,Sunil Rao,sunil.rao@home.test,
Ananya Kulkarni,2026-0188,,,,,
Omkar,,,,,,
"""
PEOPLE = """
from accounts.models import Role, User
from dfs.models import DriveAccount
User.objects.bulk_create(
    User(name=f"Student {n:03}", role=Role.STUDENT, admission_number=f"L-{n:03}", phone="98230 41161", password="!")
    for n in range(200)
)
User.objects.filter(admission_number="L-007").update(is_active=False)
drive = DriveAccount.objects.get(label="Meera Joshi")
drive.owner = User.objects.get(email="meera@pragati.test")
drive.save()
"""


@pytest.fixture
def office(sign_in: Callable[[str], Page], site: Site) -> Page:
    """The admin at the list of people."""
    page = sign_in("admin")
    page.goto(f"{site.url}/accounts/people/")
    return page


def to_desk(page: Page) -> None:
    page.set_viewport_size({"width": 1280, "height": 800})


def test_list_is_searched_and_many_are_written_to(office, site):
    meanwhile(site, PEOPLE)
    office.reload()
    expect(office.get_by_text("1 to 50 of")).to_be_visible()
    expect(office.get_by_role("button", name="Message", exact=True)).to_be_hidden()
    look(office, "people")
    office.get_by_role("searchbox").fill("no such person")
    office.get_by_role("button", name="Show", exact=True).click()
    expect(office.get_by_role("heading", name="Nothing fits")).to_be_visible()
    look(office, "people-none")
    office.get_by_role("searchbox").fill("Student 00")
    office.get_by_role("button", name="Show", exact=True).click()
    office.get_by_label("Choose Student 003").check()
    expect(office.get_by_text("1 chosen")).to_be_visible()
    office.get_by_role("button", name="Clear").click()
    expect(office.get_by_text("1 chosen")).to_be_hidden()
    expect(office.get_by_label("Choose Student 003")).not_to_be_checked()
    office.get_by_label("Choose Student 001").check()
    office.get_by_label("Choose Student 007").check()
    expect(office.get_by_text("2 chosen")).to_be_visible()
    look(office, "people-chosen")
    office.get_by_role("button", name="Close accounts").click()
    expect(office.get_by_role("heading", name="Close 2 accounts?")).to_be_visible()
    look(office, "people-sure")
    office.get_by_role("link", name="Leave them").click()
    office.get_by_label("Choose Student 001").check()
    office.get_by_role("button", name="Message", exact=True).click()
    look(office, "people-message")
    office.get_by_label("In one line").fill("The office is closed on Monday")
    office.get_by_role("button", name="Send").click()
    expect(office.get_by_text("1 person was told.")).to_be_visible()
    meanwhile(site, "from accounts.models import User; User.objects.filter(admission_number='L-001').exists()")


def test_person_is_added_changed_and_given_a_guardian(office):
    office.get_by_role("link", name="Add person").click()
    office.get_by_label("Role", exact=True).select_option(label="Staff")
    expect(office.get_by_label("Takes payments and writes receipts")).to_be_visible()
    office.get_by_label("Role", exact=True).select_option(label="Student")
    expect(office.get_by_label("Takes payments and writes receipts")).to_be_hidden()
    look(office, "person-new")
    office.get_by_label("Name", exact=True).fill(LONG)
    office.get_by_label("Admission number").fill("2026-0290")
    office.get_by_role("button", name="Add person").click()
    expect(office.get_by_text("Somebody with this admission number is already here.")).to_be_visible()
    look(office, "person-new-wrong")
    office.get_by_label("Admission number").fill("2026-0700")
    office.get_by_label("Birth date").fill("2011-04-01")
    office.get_by_role("button", name="Add person").click()
    expect(office.get_by_role("heading", name=re.compile("विजयलक्ष्मी"))).to_be_visible()
    office.get_by_role("link", name="Add or remove").click()
    office.get_by_role("searchbox").fill("sunil kulkarni")
    office.get_by_role("button", name="Look", exact=True).click()
    look(office, "person-guardians")
    office.get_by_label("What Sunil Kulkarni is to the student").fill("Father")
    office.get_by_role("button", name="Add Sunil Kulkarni").click()
    office.get_by_role("link", name=re.compile("विजयलक्ष्मी")).click()
    expect(office.get_by_text("Father")).to_be_visible()
    look(office, "person")


def test_teacher_who_was_here_is_shown_with_his_devices_and_drives(office, site):
    to_desk(office)
    office.get_by_role("searchbox").fill("meera")
    office.get_by_role("button", name="Show", exact=True).click()
    office.get_by_role("link", name="Meera Joshi").click()
    expect(office.get_by_role("heading", name="Signing in")).to_be_visible()
    look(office, "person-teacher")


def test_file_is_read_put_right_taken_in_and_taken_back(office):
    office.get_by_role("link", name="Import", exact=True).click()
    look(office, "people-import")
    office.get_by_label("CSV or XLSX file").set_input_files(
        {"name": "students-nov-2026.csv", "mimeType": "text/csv", "buffer": FILE.encode()}
    )
    office.get_by_label("Add new people, and update").check()
    office.get_by_role("button", name="Read the file").click()
    expect(office.get_by_role("heading", name="2 of 5 rows do not fit yet")).to_be_visible()
    look(office, "people-import-wrong")
    office.get_by_label("Birth date, line 3").fill("28/02/2010")
    office.get_by_label("Phone, line 3").fill("98450 22134")
    office.get_by_label("Admission number, line 6").fill("2026-0605")
    office.get_by_role("button", name="Look again").click()
    expect(office.get_by_role("heading", name="5 rows, and all fit")).to_be_visible()
    look(office, "people-import-fits")
    office.get_by_role("button", name="Import 4 rows").click()
    expect(office.get_by_role("heading", name="5 added, 0 updated")).to_be_visible()
    look(office, "people-import-done")
    office.get_by_role("button", name="Take the import back").click()
    expect(office.get_by_role("heading", name="This import was taken back")).to_be_visible()
    look(office, "people-import-undone")
