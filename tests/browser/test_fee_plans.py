"""An owner says what a batch costs and how the institute bills, in a real browser."""

from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Page, expect

from tests.browser import site as sites
from tests.browser.conftest import through_the_door
from tests.browser.looking import look
from tests.browser.seed_fee_plans import LONG
from tests.browser.site import Site
from tests.fees.made import GSTIN

pytestmark = pytest.mark.browser
PHONE, DESK = {"width": 360, "height": 740}, {"width": 1280, "height": 800}


@pytest.fixture(scope="module")
def institute(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    data_dir = tmp_path_factory.mktemp("plans")
    sites.seed(data_dir, "tests.browser.seed_fee_plans")
    site = sites.Site(data_dir)
    yield site
    site.close()


@pytest.fixture
def enter(page: Page, institute: Site) -> Callable[[str], Page]:
    return lambda who: through_the_door(page, institute, who)


def test_an_owner_sets_a_fee_on_one_page(enter, institute):
    page = enter("admin")
    page.set_viewport_size(DESK)
    page.goto(f"{institute.url}/fees/plans/")
    look(page, "fee-plans")
    page.set_viewport_size(DESK)
    page.get_by_role("link", name="JEE 2027 A").click()
    look(page, "fee-batch-empty")
    page.set_viewport_size(DESK)
    page.get_by_role("link", name="Set the fee").click()
    first = page.get_by_role("group", name="Amount 1")
    first.get_by_label("For").select_option(label="Tuition · 18 % GST")
    first.get_by_label("Amount, ₹").fill("1,18,000")
    page.get_by_label("Equal instalments").check()
    page.get_by_label("How many").fill("4")
    page.get_by_label("Then").select_option(label="every 3 months")
    page.get_by_label("Late fine").select_option(label="For each week begun")
    page.get_by_label("Fine, ₹").fill("५०")
    page.get_by_label("Days of grace").fill("7")
    page.get_by_label("At most, ₹").fill("2,000")
    shown = page.get_by_role("region", name="What a student pays")
    expect(shown.get_by_text("₹1,18,000.00")).to_be_visible()
    expect(shown.get_by_text("270 days after joining")).to_be_visible()
    expect(shown.get_by_text("₹2,000.00 at most")).to_be_visible()
    look(page, "fee-plan-form")
    page.set_viewport_size(PHONE)
    page.get_by_role("button", name="Write them out").click()
    page.get_by_role("group", name="Instalment 4").get_by_label("Amount, ₹").fill("30,000")
    expect(shown.get_by_text("₹500.00 is too much.")).to_be_visible()
    look(page, "fee-plan-rows")
    page.set_viewport_size(PHONE)
    page.get_by_role("group", name="Instalment 1").get_by_label("Amount, ₹").fill("29,000")
    page.get_by_role("button", name="Save the plan").click()
    expect(page.get_by_role("heading", level=1, name="Full fee")).to_be_visible()


def test_an_owner_changes_a_fee_that_students_are_charged_by(enter, institute):
    page = enter("admin")
    page.set_viewport_size(DESK)
    page.goto(f"{institute.url}/fees/plans/")
    page.get_by_role("link", name=LONG).click()
    look(page, "fee-batch")
    page.set_viewport_size(DESK)
    page.get_by_role("link", name="पूर्ण शुल्क").click()
    look(page, "fee-plan")
    page.set_viewport_size(DESK)
    page.get_by_role("link", name="Change").click()
    look(page, "fee-plan-change")


def test_an_owner_gives_the_tax_profile(enter, institute):
    page = enter("admin")
    page.set_viewport_size(DESK)
    page.goto(f"{institute.url}/fees/settings/")
    page.get_by_label("GSTIN", exact=True).fill(GSTIN[:-1] + "6")
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_text("The last sign does not fit the others")).to_be_visible()
    look(page, "fee-settings")
    page.set_viewport_size(DESK)
    page.get_by_role("navigation", name="Setting up fees").get_by_role("link", name="Fee heads").click()
    look(page, "fee-heads")
    page.get_by_role("link", name="New head").click()
    look(page, "fee-head")
