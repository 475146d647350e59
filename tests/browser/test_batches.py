"""A batch in a real browser: the office makes it, its teacher writes to it, a student's phone shows what changes."""

from collections.abc import Callable, Iterator
from datetime import timedelta

import pytest
from django.utils import timezone
from playwright.sync_api import Browser, Page, expect

from tests.browser import site as sites
from tests.browser.conftest import through_the_door
from tests.browser.looking import look
from tests.browser.seed_batches import LONG_NAME
from tests.browser.site import Site, meanwhile

pytestmark = pytest.mark.browser
CHANGE = """
from datetime import timedelta
from django.utils import timezone
from batches.models import Batch
from tests.batches import timetables
batch = Batch.objects.get(name="Crash course")
still_today = timetables.at(timezone.localdate(), 23, 59)
begins = min(timezone.now() + timedelta(hours=1), still_today)
timetables.class_session(batch, begins, topic="First steps")
"""

JOIN = """
from batches.models import Batch
from tests import people
from tests.batches import timetables
timetables.enrol(people.student(), Batch.objects.get(name="Evening doubts"))
"""


@pytest.fixture(scope="module")
def institute(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """An institute with batches, whose day goes on."""
    data_dir = tmp_path_factory.mktemp("batches")
    sites.seed(data_dir, "tests.browser.seed_batches")
    site = sites.Site(data_dir)
    yield site
    site.close()


@pytest.fixture
def enter(page: Page, institute: Site) -> Callable[[str], Page]:
    return lambda who: through_the_door(page, institute, who)


def open_batch(page: Page, institute: Site, name: str = "JEE 2027 A") -> None:
    page.goto(f"{institute.url}/batches/")
    page.get_by_role("link", name=name).first.click()
    expect(page.get_by_role("heading", level=1)).to_contain_text(name)


def test_batch_is_made_filled_and_seen_on_a_students_phone(enter, institute, browser: Browser):
    page = enter("admin")
    page.set_viewport_size({"width": 1280, "height": 800})
    page.goto(f"{institute.url}/batches/new/")
    page.get_by_label("Name", exact=True).first.fill("Crash course")
    page.get_by_label("First day").fill("2026-06-01")
    page.get_by_role("button", name="Add batch").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Crash course")
    expect(page.get_by_role("heading", name="Nobody is in this batch yet")).to_be_visible()
    look(page, "batch-empty")
    page.get_by_role("link", name="Add students").click()
    page.get_by_role("searchbox").fill("Ananya")
    page.get_by_role("searchbox").press("Enter")
    page.get_by_role("checkbox", name="Choose Ananya Kulkarni").check()
    page.get_by_role("button", name="Add those you ticked").click()
    expect(page.get_by_role("link", name="Ananya Kulkarni")).to_be_visible()
    meanwhile(institute, CHANGE)
    phone = browser.new_context(viewport={"width": 360, "height": 740}).new_page()
    through_the_door(phone, institute, "student")
    now_or_next = phone.get_by_role("region", name="Electrochemistry 5")
    expect(now_or_next.get_by_text("Now", exact=True)).to_be_visible()
    # Late in the evening its check-in is to do already and names it a second time.
    expect(phone.get_by_role("listitem").filter(has_text="First steps").first).to_be_visible()
    look(phone, "dashboard-classes-student")
    phone.context.close()


def test_class_of_a_weekly_slot_is_moved_and_the_phone_shows_it(enter, institute, browser: Browser):
    page, tomorrow = enter("admin"), timezone.localdate() + timedelta(days=1)
    open_batch(page, institute, "Evening doubts")
    page.get_by_role("link", name="Make the timetable").click()
    page.get_by_role("link", name="Add weekly slot").first.click()
    page.get_by_label("Day", exact=True).select_option(str(tomorrow.weekday()))
    page.get_by_label("From", exact=True).fill("21:00")
    page.get_by_label("To", exact=True).fill("22:00")
    page.get_by_role("button", name="Add weekly slot").click()
    meanwhile(institute, JOIN)
    open_batch(page, institute, "Evening doubts")
    page.get_by_role("region", name="Classes").get_by_role("link", name="Evening doubts").first.click()
    page.get_by_role("link", name="Change", exact=True).click()
    page.get_by_label("From", exact=True).fill("20:30")
    page.get_by_label("To", exact=True).fill("21:30")
    page.get_by_label("Reason").fill("The last bus leaves at ten")
    page.get_by_role("button", name="Save", exact=True).click()
    expect(page.get_by_text("Whom it concerns is told.")).to_be_visible()
    phone = browser.new_context(viewport={"width": 360, "height": 740}).new_page()
    through_the_door(phone, institute, "student")
    open_batch(phone, institute, "Evening doubts")
    first = phone.get_by_role("region", name="Classes").get_by_role("listitem").first
    expect(first.get_by_text("8:30 pm")).to_be_visible()
    expect(first.get_by_text("Moved")).to_be_visible()
    expect(first.get_by_text("The last bus leaves at ten")).to_be_visible()
    phone.context.close()


def test_teacher_writes_to_the_batch_with_one_tap_and_in_own_words(enter, institute, browser: Browser):
    page = enter("teacher")
    today = page.get_by_role("region", name="Today’s classes")
    expect(today.get_by_role("link", name="JEE 2027 A · Electrochemistry 5", exact=True)).to_be_visible()
    look(page, "dashboard-classes-teacher")
    open_batch(page, institute)
    look(page, "batch-teacher")
    page.get_by_label("Bring your textbook").check()
    page.get_by_role("button", name="Send to 10").click()
    expect(page.get_by_text("10 students were told. 1 guardian, too.")).to_be_visible()
    page.get_by_role("link", name="Write another").click()
    look(page, "batch-message")
    page.get_by_label("Message", exact=True).fill("कल कैलकुलेटर लाएँ।")
    page.get_by_role("button", name="Send").click()
    phone = browser.new_context(viewport={"width": 360, "height": 740}).new_page()
    through_the_door(phone, institute, "student")
    told = phone.get_by_role("region", name="From the institute")
    expect(told.get_by_role("button", name="JEE 2027 A: message from Meera Joshi")).to_be_visible()
    expect(told.get_by_role("button", name="JEE 2027 A: Bring your textbook")).to_be_visible()
    phone.context.close()


def test_each_sees_the_batch_as_far_as_it_is_his(enter, institute, browser: Browser):
    page = enter("admin")
    open_batch(page, institute)
    look(page, "batch-admin")
    page.goto(f"{institute.url}/dashboard/")
    expect(page.get_by_role("link", name="NEET 2027 C").first).to_be_visible()
    look(page, "dashboard-classes-admin")
    phone = browser.new_context(viewport={"width": 360, "height": 740}).new_page()
    through_the_door(phone, institute, "student")
    open_batch(phone, institute)
    expect(phone.get_by_text("Zoya Ansari")).to_have_count(0)
    look(phone, "batch-student")
    open_batch(phone, institute, LONG_NAME[:30])
    look(phone, "batch-long")
    phone.goto(f"{institute.url}/more/")
    phone.locator("button[name=language][value=hi]").first.click()
    open_batch(phone, institute)
    look(phone, "batch-hindi")
    phone.context.close()


def test_guardian_sees_the_day_of_each_child(enter, institute):
    page = enter("guardian")
    today = page.get_by_role("region", name="Today", exact=True)
    expect(today.get_by_role("link", name="Electrochemistry 5", exact=True)).to_be_visible()
    look(page, "dashboard-classes-guardian")
    page.get_by_role("navigation", name="Your children").get_by_role("link", name="Ananya Kulkarni").click()
    look(page, "child-classes")


def test_teacher_finds_a_student_and_reaches_the_guardian(enter, institute):
    page = enter("teacher")
    page.goto(f"{institute.url}/students/")
    look(page, "students-of-a-teacher")
    page.get_by_role("searchbox").fill("ananya")
    page.get_by_role("button", name="Show", exact=True).click()
    page.get_by_role("link", name="Ananya Kulkarni").click()
    expect(page.get_by_role("link", name="98230 41161")).to_be_visible()
    expect(page.get_by_text("Signing in")).to_have_count(0)
    look(page, "person-of-a-teacher")


def test_office_finds_the_classes_that_lack_something(enter, institute):
    page = enter("admin")
    page.goto(f"{institute.url}/batches/classes/gaps/")
    expect(page.get_by_role("heading", level=1)).to_have_text("Classes without a teacher or a room")
    look(page, "class-gaps")
