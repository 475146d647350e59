"""A teacher makes a test in a real browser: a section by hand and one by blueprint, published; desk and phone."""

from collections.abc import Callable, Iterator
from datetime import timedelta

import pytest
from django.utils import timezone
from playwright.sync_api import Page, expect

from tests.browser import site as sites
from tests.browser.conftest import through_the_door
from tests.browser.looking import look, take_picture
from tests.browser.site import Site

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def institute(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    data_dir = tmp_path_factory.mktemp("papers")
    sites.seed(data_dir, "tests.browser.seed_papers")
    site = sites.Site(data_dir)
    yield site
    site.close()


@pytest.fixture
def enter(page: Page, institute: Site) -> Callable[[str], Page]:
    return lambda who: through_the_door(page, institute, who)


def fill_draft(page: Page, title: str) -> None:
    day = (timezone.localdate() + timedelta(days=3)).isoformat()
    page.get_by_label("Title", exact=True).fill(title)
    page.get_by_label("JEE 2027 A").check()
    page.get_by_label("Opens").fill(f"{day}T10:00")
    page.get_by_label("Closes").fill(f"{day}T13:00")
    page.get_by_label("Minutes to write").fill("180")
    page.get_by_label("Marking scheme").select_option("Four and minus one")
    page.get_by_role("button", name="Make the draft").click()


def at_a_desk(page: Page) -> None:
    """After a look the page has its last size."""
    page.set_viewport_size({"width": 1280, "height": 800})


def add_section(page: Page, title: str) -> None:
    page.get_by_role("link", name="Add a section").click()
    page.get_by_label("Title", exact=True).fill(title)
    page.get_by_role("button", name="Add the section").click()


def place_by_hand(page: Page, count: int) -> None:
    for box in page.get_by_role("checkbox", name="Choose question").all()[:count]:
        box.check()
    page.get_by_role("button", name="Place those you ticked").click()
    expect(page.get_by_text(f"{count} questions are placed.")).to_be_visible()


def draw_chemistry(page: Page) -> None:
    """By a blueprint that asks for more than there is."""
    add_section(page, "Chemistry")
    page.get_by_role("link", name="By a blueprint").last.click()
    line = page.get_by_role("group", name="Line 1")
    line.get_by_label("How many").fill("40")
    line.get_by_label("Subject").select_option("Chemistry")
    page.get_by_role("button", name="Save and draw").click()
    expect(page.get_by_text("The bank has too few questions.")).to_be_visible()
    look(page, "test-blueprint")
    at_a_desk(page)
    page.get_by_role("button", name="Place what there is").click()
    expect(page.get_by_text("14 questions are placed.")).to_be_visible()


def test_teacher_makes_and_publishes_a_test_at_a_desk(enter, institute, expected_faults):
    expected_faults.append("status of 409")  # the shortage
    page = enter("teacher")
    at_a_desk(page)
    page.get_by_role("link", name="Tests", exact=True).first.click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Tests")
    look(page, "tests")
    at_a_desk(page)
    page.get_by_role("link", name="Make a test").click()
    look(page, "test-form")
    fill_draft(page, "Full mock 5")
    add_section(page, "Physics")
    page.get_by_role("link", name="From the bank").click()
    page.get_by_text("Narrow down").click()
    page.get_by_label("Subject").select_option("Physics")
    page.get_by_role("button", name="Look").click()
    place_by_hand(page, 3)
    look(page, "test-bank")
    page.get_by_role("link", name="Back to the paper").click()
    at_a_desk(page)
    page.get_by_role("button", name="Question 3 up").click()
    draw_chemistry(page)
    look(page, "test-paper")
    at_a_desk(page)
    page.get_by_role("link", name="Done").click()
    look(page, "test-ready")
    at_a_desk(page)
    page.get_by_role("link", name="As a student").click()
    look(page, "test-preview")
    page.go_back()
    page.get_by_role("button", name="Publish").click()
    expect(page.get_by_text("Students and their guardians are told.")).to_be_visible()
    look(page, "test-published")


def test_student_gets_extra_time(enter, institute):
    page = enter("teacher")
    page.goto(f"{institute.url}/exams/?show=coming")
    page.get_by_role("link", name="अर्धवार्षिक परीक्षा").click()
    page.get_by_role("link", name="Extra time").click()
    page.get_by_role("searchbox").fill("Ananya")
    page.get_by_role("button", name="Look").click()
    page.get_by_label("Ananya Kulkarni").check()
    page.get_by_label("Minutes more").fill("20")
    page.get_by_label("Why").fill("Writes with a scribe")
    page.get_by_role("button", name="Give the time").click()
    expect(page.get_by_text("20 min more")).to_be_visible()
    look(page, "test-extra-time")


def test_teacher_makes_and_publishes_a_test_on_a_phone(enter, institute):
    page = enter("teacher")
    page.goto(f"{institute.url}/more/")
    page.get_by_role("main").get_by_role("link", name="Tests", exact=True).click()
    page.get_by_role("link", name="Make a test").click()
    fill_draft(page, "Weekly test 14")
    expect(page.get_by_role("heading", name="The paper is empty")).to_be_visible()
    add_section(page, "भौतिकी और गणित")
    page.get_by_role("link", name="From the bank").click()
    place_by_hand(page, 2)
    page.get_by_role("link", name="Back to the paper").click()
    page.get_by_role("button", name="Question 2 up").click()
    page.get_by_role("link", name="Done").click()
    page.get_by_role("button", name="Publish").click()
    expect(page.get_by_text("Students and their guardians are told.")).to_be_visible()


def test_paper_is_printed_with_its_key(enter, institute):
    page = enter("teacher")
    page.goto(f"{institute.url}/exams/?q=mock+4")
    page.get_by_role("link", name="Full mock 4").click()
    page.get_by_role("link", name="Print").click()
    page.get_by_label("With the key").check()
    page.get_by_role("button", name="Show").click()
    expect(page.get_by_role("heading", name="Key")).to_be_visible()
    look(page, "test-print")
    page.emulate_media(media="print")
    page.set_viewport_size({"width": 760, "height": 1000})
    expect(page.get_by_role("link", name="Home")).to_be_hidden()
    take_picture(page, "test-print-paper")
