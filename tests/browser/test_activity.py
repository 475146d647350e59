"""The activity log and the way out, in a real browser."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.browser.looking import look
from tests.browser.site import Site

pytestmark = pytest.mark.browser

SignIn = Callable[[str], Page]


def test_an_admin_narrows_the_log_and_takes_it_away(sign_in: SignIn, site: Site) -> None:
    page = sign_in("admin")
    page.goto(f"{site.url}/accounts/activity/")
    look(page, "activity")
    page.get_by_label("What").select_option(label="Signed in")
    page.get_by_role("button", name="Show", exact=True).click()
    expect(page.get_by_role("row").nth(1)).to_contain_text("Signed in")
    with page.expect_download() as coming:
        page.get_by_role("button", name="Export these lines as CSV").click()
    assert coming.value.suggested_filename.startswith("activity-")
    table = coming.value.path().read_text(encoding="utf-8-sig")
    assert table.startswith("Time,Event,")
    assert "sign_in.succeeded" in table
    page.get_by_text("Day, address, device").click()
    page.get_by_label("IP address").fill("203.0.113.250")
    page.get_by_role("button", name="Show", exact=True).click()
    expect(page.get_by_text("Nothing fits")).to_be_visible()
    look(page, "activity-nothing")


def test_d47_back_after_signing_out_shows_the_sign_in_page(sign_in: SignIn, site: Site) -> None:
    page = sign_in("student")
    page.goto(f"{site.url}/accounts/profile/")
    name = page.get_by_role("heading", level=1)
    expect(name).to_contain_text("Ananya")
    page.evaluate("localStorage.setItem('left', 'behind')")
    page.goto(f"{site.url}/accounts/logout/")
    page.get_by_role("button", name="Sign out").click()
    expect(page).to_have_url(f"{site.url}/accounts/login/")
    assert page.evaluate("localStorage.getItem('left')") is None
    for _ in range(2):  # past the page that asked, to the one that was private
        page.go_back()
        expect(page.get_by_role("heading", name="Sign in")).to_be_visible()
        expect(page.get_by_text("Ananya")).to_have_count(0)


def test_browser_knows_every_name_in_the_permissions_policy(page: Page, site: Site) -> None:
    said: list[str] = []
    page.on("console", lambda message: said.append(message.text))
    page.goto(f"{site.url}/accounts/login/")
    assert [text for text in said if "Permissions-Policy" in text] == []
    allowed = page.evaluate("document.featurePolicy.allowedFeatures()")
    assert "geolocation" in allowed
    assert not {"camera", "microphone", "payment", "usb", "midi"} & set(allowed)


def test_password_fields_can_be_shown_and_pasted_into(sign_in: SignIn, site: Site) -> None:
    page = sign_in("student")
    page.goto(f"{site.url}/accounts/password/change/")
    look(page, "password-change")
    field = page.get_by_label("New password", exact=True)
    field.evaluate("element => element.focus()")
    page.keyboard.insert_text("naya shabd 4417")
    expect(field).to_have_value("naya shabd 4417")
    page.get_by_role("button", name="Show").nth(1).click()
    expect(field).to_have_attribute("type", "text")
    page.get_by_label("Current password").fill("wrong")
    page.get_by_label("New password again").fill("something else 55")
    page.get_by_role("button", name="Change your password").click()
    expect(page.locator(".error-text").first).to_be_visible()
    look(page, "password-change-refused")
