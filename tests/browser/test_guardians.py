"""A guardian's own view in a real browser: two children, and a link with a PIN on a phone without an account."""

from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.looking import look
from tests.browser.site import Site

pytestmark = pytest.mark.browser


@pytest.fixture
def phone(browser: Browser) -> Iterator[Page]:
    """A phone on which nobody is signed in."""
    context = browser.new_context(viewport={"width": 360, "height": 740}, locale="en-IN")
    yield context.new_page()
    context.close()


@pytest.fixture
def office(sign_in: Callable[[str], Page], site: Site) -> Page:
    """The admin at the guardian links of the guardian's first child."""
    page = sign_in("guardian")
    page.goto(f"{site.url}/children/")
    child = page.url.rstrip("/").rpartition("/")[2]
    page.goto(f"{site.url}/more/")
    page.get_by_role("button", name="Sign out").last.click()
    page.wait_for_url("**/accounts/login/**")
    sign_in("admin")
    page.goto(f"{site.url}/accounts/people/{child}/guardian-links/")
    return page


def make_link(office: Page, label: str) -> tuple[str, str]:
    """Through the form; the link and the PIN of the page that follows."""
    office.get_by_label("For whom").fill(label)
    office.get_by_role("button", name="Make link and PIN").click()
    return office.locator(".slip-link").inner_text(), office.locator(".slip-pin").inner_text()


def type_pin(phone: Page, pin: str) -> None:
    phone.get_by_label("PIN").fill(pin)
    with phone.expect_navigation():
        phone.get_by_role("button", name="Open").click()


def test_guardian_with_two_children_switches_between_them(sign_in, site):
    home = sign_in("guardian")
    look(home, "home-guardian")
    home.get_by_role("navigation", name="Your children").get_by_role("link").first.click()
    expect(home.get_by_role("heading", level=1, name="Ananya Kulkarni")).to_be_visible()
    home.go_back()
    home.set_viewport_size({"width": 360, "height": 740})
    home.get_by_role("navigation", name="Main, phone").get_by_role("link", name="Children").click()
    expect(home.get_by_role("heading", level=1, name="Ananya Kulkarni")).to_be_visible()
    look(home, "child")
    switch = home.get_by_role("navigation", name="Your children")
    switch.get_by_role("link", name="रितिका शर्मा").click()
    expect(home.get_by_role("heading", level=1, name="रितिका शर्मा")).to_be_visible()
    expect(switch.locator("[aria-current] b")).to_have_text("रितिका शर्मा")
    switch.get_by_role("link").last.click()
    look(home, "child-long-name")


def test_who_has_no_child_here_is_told_who_links_one(sign_in, site):
    page = sign_in("teacher")
    page.goto(f"{site.url}/children/")
    expect(page.get_by_role("heading", name="No child is linked to you yet")).to_be_visible()
    look(page, "children-none")


def test_link_and_pin_open_the_day_on_a_phone_until_they_are_taken_back(office, phone):
    look(office, "guardian-links-empty")
    link, pin = make_link(office, "Grandmother in Nashik, आजी")
    look(office, "guardian-link-made")
    phone.goto(link)
    expect(phone.get_by_role("heading", name="Type the PIN")).to_be_visible()
    assert "Ananya" not in phone.content()
    look(phone, "guardian-link-pin")
    type_pin(phone, f"{(int(pin) + 1) % 10**6:06}")
    expect(phone.get_by_text("This did not open.")).to_be_visible()
    look(phone, "guardian-link-wrong-pin")
    type_pin(phone, pin)
    expect(phone.get_by_role("heading", level=1, name="Ananya Kulkarni")).to_be_visible()
    expect(phone.locator("form")).to_have_count(0)
    look(phone, "guardian-link-open")
    phone.reload()
    expect(phone.get_by_role("heading", level=1, name="Ananya Kulkarni")).to_be_visible()
    phone.goto(link.partition("/g/")[0] + "/dashboard/")
    expect(phone.get_by_role("heading", name="Sign in")).to_be_visible()

    office.get_by_role("link", name="Guardian links of Ananya Kulkarni").click()
    expect(office.get_by_text("Last opened")).to_be_visible()
    look(office, "guardian-links")
    office.get_by_role("button", name="Take back").click()
    expect(office.get_by_text("The link was taken back.")).to_be_visible()
    phone.goto(link)
    type_pin(phone, pin)
    expect(phone.get_by_text("This did not open.")).to_be_visible()


def test_five_wrong_pins_lock_the_link_until_the_office_opens_it_again(office, phone):
    link, pin = make_link(office, "Uncle")
    phone.goto(link)
    for number in range(1, 6):
        type_pin(phone, f"{(int(pin) + number) % 10**6:06}")
    type_pin(phone, pin)
    expect(phone.get_by_text("This did not open.")).to_be_visible()
    office.get_by_role("link", name="Guardian links of Ananya Kulkarni").click()
    expect(office.get_by_text("Five wrong PINs.")).to_be_visible()
    look(office, "guardian-links-locked")
    office.get_by_role("button", name="Open again Uncle").click()
    expect(office.get_by_text("This link works until")).to_be_visible()
    type_pin(phone, pin)
    expect(phone.get_by_role("heading", level=1, name="Ananya Kulkarni")).to_be_visible()
