"""Signed in on two devices: who is told what, and where one sees and ends it."""

from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.conftest import PAGE_MS, SIGN_INS
from tests.browser.looking import look
from tests.browser.site import Site
from tests.people import PASSWORD

pytestmark = pytest.mark.browser
SignIn = Callable[[str], Page]


@pytest.fixture
def other_device(browser: Browser, site: Site) -> Iterator[Callable[[str], Page]]:
    """`other_device("student")` signs in in a browser of its own, a desk-sized one."""
    contexts = []

    def enter(who: str) -> Page:
        context = browser.new_context(viewport={"width": 1280, "height": 800}, locale="en-IN")
        contexts.append(context)
        page = context.new_page()
        page.set_default_timeout(PAGE_MS)
        page.goto(f"{site.url}/accounts/login/")
        page.get_by_label("E-mail address or admission number").fill(SIGN_INS[who])
        page.get_by_label("Password", exact=True).fill(PASSWORD)
        page.get_by_role("button", name="Sign in", exact=True).click()
        page.wait_for_load_state()
        return page

    yield enter
    for context in contexts:
        context.close()


def test_the_phone_is_told_that_the_student_signed_in_elsewhere(
    sign_in: SignIn, other_device: Callable[[str], Page], site: Site
) -> None:
    phone = sign_in("student")
    expect(other_device("student")).to_have_url(f"{site.url}/dashboard/")
    phone.goto(f"{site.url}/dfs/files/")
    expect(phone.get_by_text("because you signed in on Chrome, Linux at")).to_be_visible()
    look(phone, "session-replaced")
    phone.reload()
    expect(phone.get_by_text("because you signed in")).to_have_count(0)


def test_my_devices_ends_another_one(sign_in: SignIn, other_device: Callable[[str], Page], site: Site) -> None:
    phone, desk = sign_in("teacher"), other_device("teacher")
    phone.goto(f"{site.url}/accounts/profile/")
    phone.get_by_role("link", name="My devices").first.click()
    expect(phone.get_by_role("heading", level=1)).to_have_text("My devices")
    look(phone, "my-devices")
    phone.get_by_role("button", name="End all others").click()
    expect(phone.get_by_text("was ended.").or_(phone.get_by_text("were ended."))).to_be_visible()
    expect(phone.get_by_role("button", name="End", exact=True)).to_have_count(0)
    desk.goto(f"{site.url}/dashboard/")
    expect(desk.get_by_text("Ended by you")).to_be_visible()


def test_policies_of_all_roles_are_one_page(sign_in: SignIn, site: Site) -> None:
    page = sign_in("admin")
    page.goto(f"{site.url}/accounts/sessions/policies/")
    expect(page.get_by_role("heading", level=2)).to_have_count(5)
    look(page, "session-policies")
