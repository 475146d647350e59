"""The bell and what stands behind it, what one chooses, the admins' log, and how the mails look."""

import re
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.browser.looking import look
from tests.browser.site import Site

pytestmark = pytest.mark.browser
SignIn = Callable[[str], Page]


def test_the_bell_leads_to_news_that_opening_marks_as_read(sign_in: SignIn, site: Site) -> None:
    page = sign_in("teacher")
    bell = page.locator("header").get_by_role("link", name=re.compile("^Notifications \\d+ unread$"))
    expect(bell).to_be_visible()
    look(page, "bell")
    page.set_viewport_size({"width": 360, "height": 740})
    bell.click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Notifications")
    look(page, "notifications")
    page.get_by_role("button", name="Room 4 is open again").first.click()
    expect(page).to_have_url(f"{site.url}/dfs/files/")
    page.goto(f"{site.url}/accounts/notifications/?show=unread")
    expect(page.get_by_role("button", name="Room 4 is open again")).to_have_count(0)
    page.get_by_role("button", name="Mark all as read").click()
    page.goto(f"{site.url}/accounts/notifications/?show=unread")
    expect(page.get_by_text("Nothing is unread")).to_be_visible()
    look(page, "notifications-none-unread")


def test_choices_are_kept(sign_in: SignIn, site: Site) -> None:
    page = sign_in("teacher")
    page.goto(f"{site.url}/accounts/profile/")
    page.get_by_role("link", name="What you are told").click()
    page.get_by_label("Drives that need somebody: E-mail").select_option("Once a day")
    page.get_by_label("Quiet from").fill("22:00")
    page.get_by_label("to", exact=True).fill("06:30")
    look(page, "notification-choices")
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_text("Kept.")).to_be_visible()
    expect(page.get_by_label("Drives that need somebody: E-mail")).to_have_value("DIGEST")
    expect(page.get_by_label("Quiet from")).to_have_value("22:00")


def test_a_student_without_news_sees_what_comes_here(sign_in: SignIn, site: Site) -> None:
    page = sign_in("newcomer")
    page.goto(f"{site.url}/accounts/notifications/")
    expect(page.get_by_text("Nothing yet")).to_be_visible()
    look(page, "notifications-empty")


def test_the_log_of_deliveries(sign_in: SignIn, site: Site) -> None:
    page = sign_in("admin")
    page.goto(f"{site.url}/accounts/deliveries/?state=FAILED")  # other walks send more than one page holds
    expect(page.get_by_text("550 mailbox unknown")).to_be_visible()
    look(page, "deliveries")


def test_news_is_read_without_script(browser_without_script: Page, site: Site) -> None:
    page = browser_without_script
    page.goto(f"{site.url}/accounts/notifications/?page=999")  # the last there is: other walks bring newer news
    page.get_by_role("button", name="Room 3 is closed on Tuesday").click()
    expect(page).to_have_url(f"{site.url}/dfs/files/")


@pytest.mark.parametrize("name", ["invitation", "notification", "digest"])
def test_a_mail_looks_like_ours(page: Page, site_dir: Path, name: str) -> None:
    page.set_content((site_dir / "mails" / f"{name}.html").read_text(encoding="utf-8"))
    expect(page.get_by_role("heading", level=1)).to_be_visible()
    look(page, f"mail-{name}")
