"""A teacher marks long answers on a phone and enters the marks of a test on paper at a desk, in a real browser."""

from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Page, expect

from tests.browser import site as sites
from tests.browser.conftest import through_the_door
from tests.browser.looking import look
from tests.browser.seed_exams import number_of
from tests.browser.seed_marking import ESSAY, PAPER
from tests.browser.site import Site

pytestmark = pytest.mark.browser
PHONE, DESK = {"width": 360, "height": 740}, {"width": 1280, "height": 800}


@pytest.fixture(scope="module")
def institute(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    data_dir = tmp_path_factory.mktemp("marking")
    sites.seed(data_dir, "tests.browser.seed_marking")
    site = sites.Site(data_dir)
    yield site
    site.close()


@pytest.fixture
def enter(page: Page, institute: Site) -> Callable[[str], Page]:
    return lambda who: through_the_door(page, institute, who)


def test_answers_are_marked_on_a_phone(enter, institute, expected_faults):
    expected_faults.append("status of 422")  # marks that are too many
    page = enter("teacher")
    page.set_viewport_size(PHONE)
    page.goto(f"{institute.url}/exams/marking/")
    page.get_by_role("link", name=ESSAY).click()
    look(page, "marking-test")
    page.set_viewport_size(PHONE)
    page.get_by_role("link", name="Mark answers").click()
    look(page, "marking-answer")
    page.set_viewport_size(PHONE)
    page.get_by_label("Names the law").fill("1.5")
    page.get_by_label("Mass as the measure").fill("2")
    page.get_by_role("button", name="Save and next").click()
    expect(page.get_by_text("At most 1.5.")).to_be_visible()
    page.get_by_label("Mass as the measure").fill("1")
    expect(page.get_by_label("Marks", exact=True)).to_have_value("2.5")
    page.get_by_label("To the student").fill("Say it with your own example.")
    page.get_by_role("button", name="Save and next").click()
    expect(page.get_by_role("link", name="1 marked")).to_be_visible()
    page.get_by_role("heading", level=1).click()
    page.keyboard.press("2")
    expect(page.get_by_label("Marks", exact=True)).to_have_value("2")
    page.keyboard.press("Enter")
    page.get_by_role("link", name="2 marked").click()
    look(page, "marking-marked")
    page.get_by_role("main").get_by_role("listitem").first.get_by_role("link").click()
    expect(page.get_by_role("heading", name="Marks so far")).to_be_visible()
    page.goto(f"{institute.url}/exams/tests/{number_of(ESSAY)}/marking/")
    page.get_by_role("link", name="Print the first ten primes").click()
    look(page, "marking-code")
    page.get_by_role("link", name="Rubric").click()
    page.get_by_role("group", name="Line 1").get_by_label("For what").fill("It runs")
    page.get_by_role("group", name="Line 1").get_by_label("Marks").fill("3")
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_text("Rubric of 1 line")).to_be_visible()


def test_marks_of_a_paper_test_are_entered_at_a_desk(enter, institute, expected_faults):
    expected_faults.append("status of 422")  # a cell that cannot be read
    page = enter("teacher")
    page.set_viewport_size(DESK)
    page.goto(f"{institute.url}/exams/tests/{number_of(PAPER)}/")
    look(page, "marking-paper-test")
    page.set_viewport_size(DESK)
    page.get_by_role("link", name="Enter marks").click()
    fields = page.locator(".marks-grid tbody tr").first.locator("input")
    for place, typed in enumerate(("३१.५", "28", "44")):
        fields.nth(place).fill(typed)
    fields.nth(1).press("ArrowDown")
    page.keyboard.type("A")
    page.get_by_role("button", name="Save this page").click()
    expect(page.get_by_text("At most 20.")).to_be_visible()
    look(page, "marking-grid")
    page.set_viewport_size(DESK)
    page.locator("[aria-invalid]").fill("14.25")
    expect(page.locator("[data-sum]").first).to_have_text("73.75")
    page.get_by_role("button", name="Save this page").click()
    expect(page.get_by_text("1 cell is saved.")).to_be_visible()
    page.get_by_role("link", name="From a file").click()
    look(page, "marking-file")
    page.set_viewport_size(DESK)
    table = (
        b"Admission number,Name,Physics,Remarks\n2026-0188,Ananya,22,good\n2026-0290,,51,\n2020-1,Somebody else,3,\n"
    )
    page.get_by_label("File with marks").set_input_files({"name": "marks.csv", "mimeType": "text/csv", "buffer": table})
    page.get_by_role("button", name="Look at it").click()
    look(page, "marking-preview")
    page.set_viewport_size(DESK)
    page.get_by_label("Leave out the lines that do not fit").check()
    page.get_by_role("button", name="Save 1 cell").click()
    expect(page.get_by_text("1 cell is saved.")).to_be_visible()
