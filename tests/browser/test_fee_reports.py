"""The office looks at fees as a whole and reminds families, in a real browser."""

from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Page, expect

from tests.browser import site as sites
from tests.browser.conftest import through_the_door
from tests.browser.looking import look
from tests.browser.site import Site

pytestmark = pytest.mark.browser
DESK = {"width": 1280, "height": 800}


@pytest.fixture(scope="module")
def institute(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    data_dir = tmp_path_factory.mktemp("fee-reports")
    sites.seed(data_dir, "tests.browser.seed_fee_reports")
    site = sites.Site(data_dir)
    yield site
    site.close()


@pytest.fixture
def enter(page: Page, institute: Site) -> Callable[[str], Page]:
    return lambda who: through_the_door(page, institute, who)


def test_admin_follows_fees_up(enter, institute):
    page = enter("admin")
    page.goto(f"{institute.url}/fees/overview/")
    expect(page.get_by_role("heading", level=2, name="Twelve months")).to_be_visible()
    look(page, "fees-overview")
    page.set_viewport_size(DESK)
    page.get_by_text("The numbers").click()
    expect(page.get_by_role("columnheader", name="Expected")).to_be_visible()
    page.get_by_role("link", name="31 to 60 days").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Overdue")
    tabs = page.get_by_role("navigation", name="Fees")
    tabs.get_by_role("link", name="Dues").click()
    page.get_by_label("State").select_option("partly")
    page.get_by_role("button", name="Show").click()
    look(page, "fees-dues")
    page.set_viewport_size(DESK)
    with page.expect_download() as download:
        page.get_by_role("button", name="CSV").click()
    assert download.value.suggested_filename.startswith("dues-")
    for tab, name in (("By age", "ageing"), ("Collected", "collections"), ("GST", "gst"), ("Registers", "registers")):
        tabs.get_by_role("link", name=tab).click()
        expect(page.get_by_role("heading", level=1)).to_be_visible()
        if name == "gst":
            page.get_by_role("link", name="Month before").click()
        look(page, f"fees-{name}")
        page.set_viewport_size(DESK)
    page.get_by_role("link", name="Advances held").click()
    look(page, "fees-register")


def test_admin_reminds_those_he_ticks(enter, institute):
    page = enter("admin")
    page.goto(f"{institute.url}/fees/defaulters/")
    look(page, "fees-defaulters")
    page.set_viewport_size(DESK)
    page.get_by_label("Remind Ananya Kulkarni").check()
    page.get_by_role("button", name="Remind those ticked").click()
    expect(page.get_by_text("Ananya Kulkarni, Sunil Kulkarni")).to_be_visible()
    look(page, "fees-remind")
    page.set_viewport_size(DESK)
    page.get_by_role("button", name="Remind 1 family").click()
    expect(page.get_by_text("1 family is reminded.")).to_be_visible()
    page.get_by_role("link", name="Reminders").click()
    look(page, "fees-reminders")
