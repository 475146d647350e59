"""The office enters a place from where it stands and makes, archives and deletes batches, in a real browser."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.conftest import through_the_door
from tests.browser.looking import look
from tests.browser.site import Site

pytestmark = pytest.mark.browser
LONG = "विज्ञान, गणित एवं कम्प्यूटर की विशेष सायंकालीन कक्षा २०२७ " * 2


@pytest.fixture
def office(sign_in: Callable[[str], Page]) -> Page:
    return sign_in("admin")


def test_position_is_taken_on_a_tap_and_says_how_near_it_is(office: Page, site: Site) -> None:
    office.context.grant_permissions(["geolocation"])
    office.goto(f"{site.url}/batches/places/venue/new/")
    office.get_by_label("Name").fill("College Road")
    for accuracy, said in ((212.4, "Only within 213 m"), (8.2, "within 9 m. Save to keep it.")):
        office.context.set_geolocation({"latitude": 20.00641239, "longitude": -73.5, "accuracy": accuracy})
        office.get_by_role("button", name="Take my position").click()
        expect(office.get_by_role("status").filter(has_text=said)).to_be_visible()
    expect(office.get_by_label("Latitude")).to_have_value("20.006412")
    expect(office.get_by_label("Longitude")).to_have_value("-73.500000")
    look(office, "venue-form")
    office.get_by_role("button", name="Add", exact=True).click()
    expect(office.get_by_role("link", name="College Road")).to_be_visible()
    look(office, "places")


def test_who_refuses_the_position_types_the_numbers(office: Page, site: Site) -> None:
    office.goto(f"{site.url}/batches/places/venue/new/")
    office.context.clear_permissions()
    office.get_by_role("button", name="Take my position").click()
    expect(office.get_by_text("The browser may not say where you are.")).to_be_visible()


def test_batch_is_made_put_away_taken_out_and_deleted(office: Page, site: Site) -> None:
    office.goto(f"{site.url}/batches/")
    look(office, "batch-list")
    office.goto(f"{site.url}/batches/new/")
    look(office, "batch-new")
    office.get_by_label("Name").first.fill(LONG.strip())
    office.get_by_label("First day").fill("2026-12-01")
    office.get_by_label("Other subjects").fill("भौतिकी, रसायन विज्ञान")
    office.get_by_text("Enter a new venue").click()
    office.locator("#id_place-name").fill("Gangapur Road")
    office.get_by_label("Latitude").fill("91")
    office.get_by_label("Longitude").fill("73.75")
    office.locator("form.batch-form").evaluate("form => form.noValidate = true")
    office.get_by_role("button", name="Add batch").click()
    expect(office.get_by_text("Nothing is saved yet.")).to_be_visible()
    look(office, "batch-new-refused")
    office.get_by_label("Latitude").fill("20.01")
    office.get_by_role("button", name="Add batch").click()
    expect(office.get_by_role("heading", level=1, name="विज्ञान, गणित")).to_be_visible()
    number = office.url.rstrip("/").rpartition("/")[2]
    office.goto(f"{site.url}/batches/{number}/change/")
    look(office, "batch-change")
    office.goto(f"{site.url}/batches/{number}/archive/")
    look(office, "batch-archive")
    office.locator("main").get_by_role("button", name="Archive").click()
    office.goto(f"{site.url}/batches/?state=archived")
    look(office, "batch-list-archived")
    office.get_by_role("link", name="विज्ञान, गणित").click()
    look(office, "batch-restore")
    office.get_by_role("button", name="Take out of the archive").click()
    office.goto(f"{site.url}/batches/{number}/delete/")
    look(office, "batch-delete")
    office.get_by_label("To make sure").fill(LONG)
    office.get_by_role("button", name="Delete for good").click()
    expect(office.get_by_text("is deleted.")).to_be_visible()


def test_second_admin_sees_what_the_first_changed(office: Page, site: Site, expected_faults: list[str]) -> None:
    expected_faults.append("status of 409")
    office.goto(f"{site.url}/batches/new/")
    office.get_by_label("Name").first.fill("NEET 2028")
    office.get_by_label("First day").fill("2026-12-01")
    office.get_by_role("button", name="Add batch").click()
    number = office.url.rstrip("/").rpartition("/")[2]
    other = office.context.new_page()
    for page in (office, other):
        page.goto(f"{site.url}/batches/{number}/change/")
    other.get_by_label("Name").first.fill("NEET 2028 Alpha")
    other.get_by_role("button", name="Save").click()
    other.wait_for_url(f"{site.url}/batches/{number}/")
    office.get_by_label("Seats").fill("40")
    office.get_by_role("button", name="Save").click()
    expect(office.get_by_role("alert")).to_contain_text("Name: now NEET 2028 Alpha")
    expect(office.get_by_label("Seats")).to_have_value("40")
    expect(office.get_by_label("Name").first).to_have_value("NEET 2028 Alpha")
    look(office, "batch-change-both")
    office.get_by_role("button", name="Save").click()
    office.wait_for_url(f"{site.url}/batches/{number}/")


def test_a_batch_is_made_without_script(browser: Browser, site: Site) -> None:
    context = browser.new_context(viewport={"width": 360, "height": 740}, java_script_enabled=False)
    page = through_the_door(context.new_page(), site, "admin")
    page.goto(f"{site.url}/batches/new/")
    page.get_by_label("Name").first.fill("Board 2028")
    page.get_by_label("First day").fill("2026-12-01")
    page.get_by_role("group", name="Teacher 1").get_by_label("Teacher").select_option("Meera Joshi")
    page.get_by_role("button", name="Add batch").click()
    expect(page.get_by_role("heading", level=1, name="Board 2028")).to_be_visible()
    context.close()
