"""The calendar in a real browser: a student's ordinary month, an admin's full one, the keyboard and the printer."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.browser import site as sites
from tests.browser.conftest import through_the_door
from tests.browser.looking import MAX_PAGE_BYTES, look, page_bytes, take_picture
from tests.browser.site import Site

pytestmark = pytest.mark.browser
DESK = {"width": 1280, "height": 800}


@pytest.fixture(scope="module")
def busy_site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """An institute in the middle of its year."""
    data_dir: Path = tmp_path_factory.mktemp("calendar")
    sites.seed(data_dir, "tests.browser.seed_calendar")
    site = sites.Site(data_dir)
    yield site
    site.close()


def test_a_student_sees_his_month_and_what_was_cancelled(page: Page, busy_site: Site) -> None:
    through_the_door(page, busy_site, "student")
    page.goto(f"{busy_site.url}/calendar/")
    expect(page.get_by_role("heading", level=1)).to_have_count(1)
    look(page, "calendar-month")
    assert page_bytes(page, f"{busy_site.url}/calendar/") <= MAX_PAGE_BYTES
    page.get_by_role("navigation", name="View").get_by_role("link", name="Week").click()
    look(page, "calendar-week")
    page.get_by_role("navigation", name="View").get_by_role("link", name="Agenda").click()
    expect(page.get_by_text("Cancelled").first).to_be_visible()
    expect(page.get_by_text("Holiday, no classes.").first).to_be_visible()
    look(page, "calendar-agenda")


def test_arrow_keys_go_from_day_to_day(page: Page, busy_site: Site) -> None:
    through_the_door(page, busy_site, "student")
    page.set_viewport_size(DESK)
    page.goto(f"{busy_site.url}/calendar/?on=2026-11-18")
    focused = "document.activeElement.getAttribute('href')"
    page.locator("td.is-chosen a.d").focus()
    for key, day in [("ArrowRight", "19"), ("ArrowUp", "12"), ("Home", "09"), ("End", "15"), ("ArrowLeft", "14")]:
        page.keyboard.press(key)
        assert f"on=2026-11-{day}" in page.evaluate(focused)
    page.keyboard.press("PageDown")
    expect(page.get_by_role("heading", level=1)).to_have_text("December 2026")


def test_an_admin_with_a_hundred_classes_a_day_gets_to_the_rest(page: Page, busy_site: Site) -> None:
    through_the_door(page, busy_site, "admin")
    page.goto(f"{busy_site.url}/calendar/")
    look(page, "calendar-full")
    page.set_viewport_size(DESK)
    page.locator("td.is-today .ev-more").click()
    expect(page.get_by_role("listitem").filter(has_text="Lesson")).not_to_have_count(0)
    page.get_by_text("Narrow", exact=True).click()
    page.get_by_label("Batch").select_option("Batch 7")
    page.get_by_role("button", name="Show").click()
    expect(page.locator(".agenda").get_by_text("Batch 7").first).to_be_visible()
    expect(page.locator(".agenda").get_by_text("Batch 8")).to_have_count(0)
    look(page, "calendar-narrowed")


def test_a_month_prints_on_one_landscape_page(page: Page, busy_site: Site) -> None:
    through_the_door(page, busy_site, "student")
    page.goto(f"{busy_site.url}/calendar/")
    page.emulate_media(media="print")
    printed = page.pdf(prefer_css_page_size=True, print_background=True)
    page.set_viewport_size({"width": 1047, "height": 718})
    take_picture(page, "calendar-printed", whole=False)
    assert printed.count(b"/Type /Page\n") + printed.count(b"/Type /Page ") == 1


def test_hindi_month(page: Page, busy_site: Site) -> None:
    through_the_door(page, busy_site, "guardian")
    page.context.add_cookies([{"name": "django_language", "value": "hi", "url": busy_site.url}])
    page.goto(f"{busy_site.url}/calendar/")
    expect(page.locator("html")).to_have_attribute("lang", "hi")
    look(page, "calendar-hindi")


def test_an_address_for_the_phone_is_shown_once(page: Page, busy_site: Site) -> None:
    through_the_door(page, busy_site, "student")
    page.goto(f"{busy_site.url}/calendar/")
    page.get_by_role("link", name="Add to your phone").click()
    look(page, "calendar-feed-none")
    page.get_by_role("button", name="Make an address").click()
    address = page.locator(".feed-link").inner_text()
    assert page.request.get(address).ok
    look(page, "calendar-feed-made")
    page.goto(f"{busy_site.url}/calendar/link/")
    assert address not in page.content()
    page.get_by_role("button", name="Take it back").click()
    expect(page.get_by_role("heading", name="Your calendar has no address yet")).to_be_visible()
    assert page.request.get(address).status == 404


def test_somebody_without_classes_has_an_empty_month(page: Page, busy_site: Site) -> None:
    through_the_door(page, busy_site, "staff")
    page.goto(f"{busy_site.url}/calendar/")
    expect(page.get_by_text("Nothing on this day.")).to_be_visible()
    look(page, "calendar-empty")


def test_clashes_are_listed_with_both_classes(page: Page, busy_site: Site) -> None:
    through_the_door(page, busy_site, "admin")
    page.goto(f"{busy_site.url}/batches/clashes/")
    expect(page.get_by_role("heading", name="One teacher in two classes")).to_be_visible()
    look(page, "clashes")
