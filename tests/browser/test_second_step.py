"""The second step walked: an admin is led to set it up, signs in with codes; passkeys with a virtual device."""

import time
from collections.abc import Iterator
from typing import Any

import pytest
from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value
from playwright.sync_api import Page, expect

from tests.browser import site as sites
from tests.browser.conftest import SIGN_INS
from tests.browser.looking import look
from tests.people import PASSWORD

pytestmark = pytest.mark.browser
DEVICE = {
    "protocol": "ctap2",
    "transport": "internal",
    "hasResidentKey": True,
    "hasUserVerification": True,
    "isUserVerified": True,
    "automaticPresenceSimulation": True,
}


@pytest.fixture(scope="module")
def strict(browser: Any, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A site of its own that demands the second step of admins. By name: an address in numbers can have no passkeys."""
    data_dir = tmp_path_factory.mktemp("strict")
    sites.seed(data_dir)
    site = sites.Site(data_dir, more={"MFA_REQUIRED": "1"})
    yield site.url.replace("127.0.0.1", "localhost")
    site.close()


class Phone:
    """An authenticator app. Codes are of ever newer steps, at most one ahead of the clock: as the site takes them."""

    def __init__(self, secret: str) -> None:
        self.secret = secret
        self.step = 0

    def code(self) -> str:
        self.step = max(self.step + 1, int(time.time()) // 30)
        return str(format_hotp_value(hotp_value(self.secret, self.step)))


def password(page: Page, site: str, who: str) -> None:
    page.goto(f"{site}/accounts/login/")
    page.get_by_label("E-mail address or admission number").fill(SIGN_INS[who])
    page.get_by_label("Password", exact=True).fill(PASSWORD)
    page.get_by_role("button", name="Sign in", exact=True).click()


def sign_out(page: Page, site: str) -> None:
    page.goto(f"{site}/accounts/logout/")
    page.get_by_role("main").get_by_role("button", name="Sign out").click()
    page.wait_for_url("**/accounts/login/")


def keep_codes(page: Page, name: str = "") -> list[str]:
    page.wait_for_url("**/second-step/codes/")
    codes = page.locator(".codes > li").all_inner_texts()
    assert len(codes) == 10
    if name:
        look(page, name)
    page.get_by_role("button", name="I have kept them").click()
    page.wait_for_url("**/accounts/profile/")
    return codes


def test_an_admin_is_led_to_set_up_an_app_and_signs_in_with_its_codes(page: Page, strict: str) -> None:
    password(page, strict, "admin")
    page.wait_for_url("**/accounts/second-step/")
    look(page, "second-step-first")
    page.goto(f"{strict}/dashboard/")
    page.wait_for_url("**/accounts/second-step/")
    page.get_by_role("link", name="Set up Authenticator app").click()
    look(page, "second-step-app")
    page.get_by_text("It cannot be scanned?").click()
    phone = Phone("".join(page.locator(".groups > span").all_inner_texts()))
    page.get_by_label("The code the app shows now").fill(phone.code())
    page.get_by_role("button", name="Confirm").click()
    codes = keep_codes(page, "second-step-codes")
    look(page, "profile-second-step")
    page.goto(f"{strict}/dashboard/")
    expect(page.get_by_role("heading", level=1)).to_be_visible()
    sign_out(page, strict)

    password(page, strict, "admin")
    page.wait_for_url("**/second-step/sign-in/")
    look(page, "second-step-sign-in")
    page.get_by_label("Code").fill("000000")
    page.get_by_role("button", name="Sign in").click()
    expect(page.get_by_text("This code is not right")).to_be_visible()
    page.get_by_label("Code").fill(phone.code())
    page.get_by_role("button", name="Sign in").click()
    page.wait_for_url("**/dashboard/")
    sign_out(page, strict)

    password(page, strict, "admin")
    page.get_by_label("Code").fill(codes[0])
    page.get_by_role("button", name="Sign in").click()
    page.wait_for_url("**/dashboard/")
    page.goto(f"{strict}/accounts/profile/")
    expect(page.get_by_text("9 of 10 left")).to_be_visible()


def test_a_passkey_is_made_signs_in_alone_and_serves_as_second_step(page: Page, strict: str) -> None:
    device: Any = page.context.new_cdp_session(page)
    device.send("WebAuthn.enable")
    device.send("WebAuthn.addVirtualAuthenticator", {"options": DEVICE})
    password(page, strict, "teacher")
    page.wait_for_url("**/dashboard/")
    page.goto(f"{strict}/accounts/profile/")
    page.get_by_role("link", name="Add Passkey").click()
    look(page, "passkey-add")
    page.get_by_label("Name").fill("Redmi Note 13")
    page.get_by_role("button", name="Make the passkey").click()
    keep_codes(page)
    expect(page.locator("bdi", has_text="Redmi Note 13")).to_be_visible()
    sign_out(page, strict)

    look(page, "sign-in-passkey")
    page.get_by_role("button", name="Sign in with a passkey").click()
    page.wait_for_url("**/dashboard/")
    sign_out(page, strict)

    password(page, strict, "teacher")
    page.wait_for_url("**/second-step/sign-in/")
    look(page, "second-step-passkey")
    page.get_by_role("button", name="Use a passkey").click()
    page.wait_for_url("**/dashboard/")

    page.goto(f"{strict}/accounts/reauthenticate/passkey/?next=/accounts/profile/")
    look(page, "again-passkey")
    page.get_by_role("button", name="Use a passkey").click()
    page.wait_for_url("**/accounts/profile/")
    page.get_by_role("link", name="Remove Redmi Note 13").click()
    look(page, "passkey-remove")
    page.get_by_role("button", name="Remove").click()
    page.wait_for_url("**/accounts/profile/")
    expect(page.locator("bdi", has_text="Redmi Note 13")).to_have_count(0)


def test_a_passkey_that_was_cancelled_is_told_and_the_password_still_works(page: Page, strict: str) -> None:
    page.goto(f"{strict}/accounts/login/")
    page.evaluate("() => { navigator.credentials.get = () => Promise.reject(new DOMException('', 'NotAllowedError')) }")
    page.get_by_role("button", name="Sign in with a passkey").click()
    expect(page.get_by_text("That did not work, or it was cancelled.")).to_be_visible()
    password(page, strict, "student")
    page.wait_for_url("**/dashboard/")
