"""Inviting in a real browser: from the empty list to somebody who stands on his own page."""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.browser.looking import look, take_picture
from tests.browser.site import Site, meanwhile

pytestmark = pytest.mark.browser
NEW = "quiet-monsoon-ledger-7"


@pytest.fixture
def office(sign_in: Callable[[str], Page], site: Site) -> Page:
    """The admin at the list of invitations."""
    page = sign_in("admin")
    page.goto(f"{site.url}/accounts/invitations/")
    return page


def invite(page: Page, role: str, name: str, **fields: str) -> str:
    """Through the form; answers the link on the page that follows."""
    page.get_by_role("link", name="Invite", exact=True).click()
    page.get_by_label("Role", exact=True).select_option(label=role)
    page.get_by_label("Name", exact=True).fill(name)
    for label, text in fields.items():
        page.get_by_label(label.replace("_", " ").capitalize()).fill(text)
    page.get_by_role("button", name="Invite", exact=True).click()
    return page.locator(".slip-link").inner_text()


def test_from_the_empty_list_to_a_teacher_on_his_own_page(office, site, browser):
    meanwhile(site, "from accounts.models import Invitation; Invitation.objects.all().delete()")
    office.reload()
    expect(office.get_by_role("heading", name="Nobody is invited yet")).to_be_visible()
    look(office, "invitations-empty")
    office.get_by_role("link", name="Invite", exact=True).click()
    look(office, "invitation-new")
    office.get_by_label("Role", exact=True).select_option(label="Staff")
    expect(office.get_by_label("Takes payments and writes receipts")).to_be_visible()
    expect(office.get_by_label("Admission number")).to_be_hidden()
    look(office, "invitation-new-staff")
    office.go_back()

    link = invite(office, "Teacher", "Dr. Farhan Qureshi", **{"e-mail_address": "farhan@pragati.test"})
    expect(office.get_by_role("heading", name="Dr. Farhan Qureshi is invited")).to_be_visible()
    look(office, "invitation-link")

    context = browser.new_context(viewport={"width": 360, "height": 740}, locale="en-IN")
    his = context.new_page()
    his.goto(link)
    expect(his).to_have_url(f"{site.url}/accounts/invitation/")
    expect(his.get_by_label("Your name")).to_have_value("Dr. Farhan Qureshi")
    look(his, "invitation-accept")
    his.get_by_label("New password", exact=True).fill("short")
    his.get_by_label("New password again").fill("short")
    his.get_by_role("button", name="Come in").click()
    expect(his.get_by_text("Use at least 12 characters")).to_be_visible()
    look(his, "invitation-accept-weak")
    his.get_by_label("New password", exact=True).fill(NEW)
    his.get_by_label("New password again").fill(NEW)
    his.get_by_role("button", name="Come in").click()
    his.wait_for_url("**/dashboard/")
    context.close()

    late = browser.new_context(viewport={"width": 360, "height": 740}, locale="en-IN")
    page = late.new_page()
    page.goto(link)
    expect(page.get_by_role("heading", name="This invitation does not work")).to_be_visible()
    look(page, "invitation-closed")
    late.close()


def test_list_of_many_is_put_right_invited_and_printed(office):
    office.get_by_role("link", name="Invite many").click()
    look(office, "invitation-many")
    people = office.get_by_label("People")
    people.fill("Isha Rao, 2026-0500\nश्रेयस कुलकर्णी, shreyas@home.test\nKabir, not-an-address, 2026-1\nTara, 2026-0501")
    office.get_by_role("button", name="Look at the list").click()
    expect(office.get_by_role("heading", name="1 of 4 lines does not fit yet")).to_be_visible()
    look(office, "invitation-many-wrong")
    people = office.get_by_label("People")
    people.fill("Isha Rao, 2026-0500\nश्रेयस कुलकर्णी, shreyas@home.test\nTara, 2026-0501")
    office.get_by_role("button", name="Look at the list").click()
    look(office, "invitation-many-fits")
    office.get_by_role("button", name="Invite 3 people").click()
    look(office, "invitation-many-made")
    office.get_by_role("button", name="Show the slips").click()
    expect(office.locator(".slip")).to_have_count(2)
    look(office, "invitation-slips")
    office.emulate_media(media="print")
    expect(office.locator(".rail")).to_be_hidden()
    take_picture(office, "invitation-slips-print")
    office.emulate_media(media="screen")

    office.get_by_role("navigation", name=re.compile("^Main$")).get_by_role("link", name="Invitations").click()
    expect(office.get_by_role("row", name=re.compile("Isha Rao"))).to_be_visible()
    look(office, "invitations")
    office.get_by_label("Choose Tara").check()
    office.get_by_role("button", name="Take back").click()
    expect(office.get_by_text("1 invitation was taken back.")).to_be_visible()
    expect(office.get_by_role("row", name=re.compile("Tara"))).to_contain_text("Taken back")
