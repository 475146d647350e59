"""Receipts and other papers as they are read and printed, and verified by anybody, in a real browser."""

from collections.abc import Callable, Iterator
from io import BytesIO

import pytest
from playwright.sync_api import Page, expect
from pypdf import PdfReader

from tests.browser import site as sites
from tests.browser.conftest import through_the_door
from tests.browser.looking import look, take_picture
from tests.browser.seed_exams import number_of
from tests.browser.site import Site

pytestmark = pytest.mark.browser
DESK = {"width": 1280, "height": 800}


@pytest.fixture(scope="module")
def institute(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    data_dir = tmp_path_factory.mktemp("receipt")
    sites.seed(data_dir, "tests.browser.seed_receipt")
    site = sites.Site(data_dir)
    yield site
    site.close()


@pytest.fixture
def enter(page: Page, institute: Site) -> Callable[[str], Page]:
    return lambda who: through_the_door(page, institute, who)


def printed(page: Page, name: str, *, millimetres: float) -> None:
    """It comes out on one sheet of that width, without what only a screen has."""
    page.emulate_media(media="print")
    take_picture(page, f"{name}-print")
    for away in (".rail", ".topbar", ".desk-bar"):
        expect(page.locator(away).first).to_be_hidden()
    sheets = PdfReader(BytesIO(page.pdf(prefer_css_page_size=True))).pages
    page.emulate_media(media="screen")
    assert [round(float(sheet.mediabox.width) * 25.4 / 72) for sheet in sheets] == [millimetres]


def test_cashier_prints_a_receipt_and_anybody_verifies_it(enter, institute, expected_faults):
    expected_faults.append("status of 404")  # a code nothing has
    page = enter("staff")
    page.set_viewport_size(DESK)
    page.goto(f"{institute.url}/fees/day-book/")
    look(page, "day-book")
    page.set_viewport_size(DESK)
    row = page.get_by_role("row").filter(has_text="Mohammed Arshad Khan Siddiqui").filter(has_text="20,000.00")
    row.get_by_role("link", name="RCP/").click()
    expect(page.get_by_text("Twenty thousand rupees only")).to_be_visible()
    look(page, "receipt")
    page.set_viewport_size(DESK)
    printed(page, "receipt", millimetres=210)
    code = page.locator(".a4-code").inner_text()
    page.get_by_role("link", name="80 mm").click()
    expect(page.get_by_role("rowheader", name="Given back")).to_be_visible()
    look(page, "receipt-80")
    page.set_viewport_size({"width": 302, "height": 800})
    printed(page, "receipt-80", millimetres=80)
    page.context.clear_cookies()
    page.set_viewport_size(DESK)
    page.goto(f"{institute.url}/fees/verify/")
    page.get_by_label("Code of the receipt").fill(f" {code.lower()} ")
    page.get_by_role("button", name="Verify").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("This document is genuine")
    look(page, "receipt-verified")
    page.goto(f"{institute.url}/fees/verify/2222222222/")
    look(page, "receipt-unknown")


def test_office_reads_a_statement_and_every_kind_of_paper(enter, institute):
    page = enter("staff")
    page.set_viewport_size(DESK)
    page.goto(f"{institute.url}/fees/statement/{number_of('Arshad')}/")
    look(page, "fee-statement")
    page.set_viewport_size(DESK)
    page.get_by_role("link", name="RCP/26-27/000003").click()
    expect(page.get_by_role("status").first).to_contain_text("Typed for the wrong student")
    look(page, "receipt-cancelled")
    statement = f"{institute.url}/fees/statement/{number_of('Ritika')}/"
    for start, name in (("INV/", "invoice"), ("CRN/", "credit-note"), ("RFV/", "refund-voucher")):
        page.goto(statement)
        page.get_by_role("link", name=start).first.click()
        expect(page.get_by_text("Taxable, ₹")).to_be_visible()
        page.set_viewport_size(DESK)
        take_picture(page, name)


@pytest.mark.parametrize("who", ["student", "guardian"])
def test_family_reads_what_is_open_and_opens_a_receipt(enter, institute, who):
    page = enter(who)
    page.set_viewport_size({"width": 360, "height": 740})
    page.goto(f"{institute.url}/fees/")
    expect(page.locator(".owe-sum")).to_contain_text("₹")
    expect(page.get_by_text("Instalment 4 of 4")).to_be_visible()
    if who == "student":
        look(page, "own-fees")
    page.set_viewport_size({"width": 360, "height": 740})
    page.get_by_role("link", name="Instalment 1 of 4").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Receipt")
