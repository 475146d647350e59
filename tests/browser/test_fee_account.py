"""The office looks at a student's fees, asks for and decides about concessions, and changes his plan, in a browser."""

from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Page, expect

from tests.browser import site as sites
from tests.browser.conftest import through_the_door
from tests.browser.looking import look
from tests.browser.seed_fee_account import NAMES
from tests.browser.site import Site

pytestmark = pytest.mark.browser
DESK = {"width": 1280, "height": 800}


@pytest.fixture(scope="module")
def institute(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    data_dir = tmp_path_factory.mktemp("account")
    sites.seed(data_dir, "tests.browser.seed_fee_account")
    site = sites.Site(data_dir)
    yield site
    site.close()


@pytest.fixture
def enter(page: Page, institute: Site) -> Callable[[str], Page]:
    return lambda who: through_the_door(page, institute, who)


def test_the_office_decides_about_a_concession_and_changes_a_plan(enter, institute):
    page = enter("admin")
    page.set_viewport_size(DESK)
    page.goto(f"{institute.url}/fees/concessions/")
    look(page, "concessions")
    page.set_viewport_size(DESK)
    page.get_by_role("link", name="Ananya Kulkarni").click()
    look(page, "concession")
    page.set_viewport_size(DESK)
    page.get_by_role("button", name="Approve").click()
    expect(page.get_by_text("less to pay.")).to_be_visible()
    look(page, "fee-account")
    page.set_viewport_size(DESK)
    page.get_by_role("link", name="Instalment 3 of 4", exact=True).click()
    look(page, "fee-due")
    page.set_viewport_size(DESK)
    waiver = page.locator("form").filter(has=page.get_by_role("button", name="Waive the late fine"))
    waiver.get_by_label("Reason").fill("The bank was closed")
    page.get_by_role("button", name="Waive the late fine").click()
    expect(page.get_by_text("Asked for. An admin approves it.")).to_be_visible()
    page.locator("section", has_text="JEE 2027 A").get_by_role("link", name="Another plan").click()
    page.get_by_role("radio", name=NAMES[1]).check()
    page.get_by_label("Reason").fill("Pays the rest at once")
    look(page, "fee-agree")
    page.set_viewport_size(DESK)
    page.get_by_role("button", name="Let it hold").click()
    expect(page.get_by_text(NAMES[1]).first).to_be_visible()
    page.get_by_text("were replaced or withdrawn").first.click()
    look(page, "fee-account-replaced")


def test_a_cashier_asks_and_charges_on_a_phone(enter, institute):
    page = enter("staff")
    page.set_viewport_size({"width": 360, "height": 740})
    page.goto(f"{institute.url}/fees/concessions/?show=decided")
    page.get_by_role("main").get_by_role("link", name="Ananya Kulkarni").first.click()
    page.get_by_label("Where").get_by_role("link", name="Ananya Kulkarni").click()
    page.get_by_role("link", name="Ask for a concession").first.click()
    page.get_by_label("Per cent").fill("101")
    page.get_by_label("Reason").fill("Two children here")
    look(page, "concession-ask")
    page.get_by_label("Per cent").fill("5")
    page.get_by_role("button", name="Ask for it").click()
    page.get_by_role("link", name="Another charge").click()
    look(page, "fee-charge")
