"""A cashier at the counter, by keyboard, for a whole morning; and the pages around it, in a real browser."""

import sys
from collections.abc import Callable, Iterator
from statistics import median
from time import monotonic

import pytest
from playwright.sync_api import Page, expect

from coaching.lib.money import rupees
from tests.browser import site as sites
from tests.browser.conftest import through_the_door
from tests.browser.looking import look
from tests.browser.seed_counter import EACH_PAISE, LONG, PAYERS, WHO, code
from tests.browser.seed_exams import number_of
from tests.browser.site import Site, meanwhile

pytestmark = pytest.mark.browser
DESK = {"width": 1280, "height": 800}
TOLD = """
from fees.models import DocSeries, Document
serials = sorted(Document.objects.filter(kind="RECEIPT").values_list("serial", flat=True))
print(serials == list(range(1, len(serials) + 1)), len(serials))
"""


@pytest.fixture(scope="module")
def institute(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    data_dir = tmp_path_factory.mktemp("counter")
    sites.seed(data_dir, "tests.browser.seed_counter")
    site = sites.Site(data_dir)
    yield site
    site.close()


@pytest.fixture
def enter(page: Page, institute: Site) -> Callable[[str], Page]:
    return lambda who: through_the_door(page, institute, who)


def type_payment(page: Page, letters: str) -> None:
    """F2, letters, Enter, Enter."""
    page.keyboard.press("F2")
    page.keyboard.type(letters)
    page.keyboard.press("Enter")
    page.wait_for_url("**/counter/?student=*")
    expect(page.locator("[data-record]")).to_be_focused()
    page.keyboard.press("Enter")
    page.wait_for_url("**/counter/?done=*")


def test_fifty_payments_are_typed_and_the_drawer_holds_them(enter, institute, capsys):
    page = enter("staff")
    page.set_viewport_size(DESK)
    page.goto(f"{institute.url}/fees/counter/")
    look(page, "counter-empty")
    page.set_viewport_size(DESK)
    took = []
    for number in range(PAYERS):
        begun = monotonic()
        type_payment(page, code(number))
        took.append((monotonic() - begun) * 1000)
    with capsys.disabled():
        sys.stdout.write(f" {PAYERS} payments at the counter, median {median(took):.0f} ms, most {max(took):.0f} ms\n")
    expect(page.get_by_role("row").filter(has_text="Should be in it")).to_contain_text(rupees(PAYERS * EACH_PAISE))
    expect(page.get_by_text(f"{rupees(EACH_PAISE)} of Payer {PAYERS - 1} recorded.")).to_be_visible()
    assert meanwhile(institute, TOLD) == f"True {PAYERS + 1}"
    look(page, "counter-done")


def test_a_part_is_paid_with_change_and_undone(enter, institute, expected_faults):
    expected_faults.append("status of 422")  # less handed over than is paid
    page = enter("staff")
    page.set_viewport_size(DESK)
    page.goto(f"{institute.url}/fees/counter/")
    page.keyboard.type("moha")
    expect(page.get_by_role("option", name=WHO)).to_be_visible()
    look(page, "counter-found")
    page.set_viewport_size(DESK)
    page.get_by_label("Student: name, number or phone").press("Enter")
    page.wait_for_url("**/counter/?student=*")
    lines = page.locator("[data-row]")
    expect(lines.filter(has_text="Late fine")).to_contain_text("Until today")
    last = lines.last
    expect(last.get_by_role("checkbox")).not_to_be_checked()
    last.get_by_role("textbox").fill("१,०००")
    expect(last.get_by_role("checkbox")).to_be_checked()
    page.get_by_label("Handed over").fill("1")
    expect(page.get_by_text(WHO).first).to_be_visible()
    page.get_by_label("Handed over").press("Enter")
    expect(page.get_by_text("Less was handed over").first).to_be_visible()
    expect(page.get_by_label("Handed over")).to_be_focused()
    look(page, "counter-refused")
    page.set_viewport_size(DESK)
    page.get_by_label("Handed over").fill("50000")
    expect(page.locator("[data-back]")).to_contain_text("₹")
    back = page.locator("[data-back]").inner_text()
    page.keyboard.press("Enter")
    expect(page.locator(".counter-change")).to_contain_text(back)
    page.get_by_role("link", name="Undo").first.click()
    look(page, "counter-undo")
    page.set_viewport_size(DESK)
    page.get_by_label("Why").fill("Wrong student")
    page.get_by_role("button", name="Take it back").click()
    expect(page.get_by_role("listitem").filter(has_text="taken back").first).to_be_visible()


def test_ways_of_paying_ask_their_own_and_long_names_fit(enter, institute):
    page = enter("staff")
    page.goto(f"{institute.url}/fees/counter/?q=LONG")
    expect(page.locator("#who")).to_have_text(LONG)
    page.get_by_text("Cheque", exact=True).click()
    expect(page.get_by_text("Number on it")).to_be_visible()
    expect(page.get_by_text("Reference (UTR, slip)")).to_be_hidden()
    expect(page.get_by_label("Handed over")).to_be_hidden()
    look(page, "counter-cheque")
    page.set_viewport_size(DESK)
    page.locator("[name=reference]").fill("004512")
    page.locator("[name=bank]").fill("State Bank of India")
    page.get_by_label("Date on it").fill("2026-11-20")
    page.get_by_role("button", name="Record").click()
    page.wait_for_url("**/counter/?done=*")
    for path, name in (("cheques", "counter-cheques"), ("receipts", "receipts"), ("counter/day", "counter-day")):
        page.goto(f"{institute.url}/fees/{path}/")
        look(page, name)


def test_a_day_is_closed_and_the_counter_says_so(enter, institute, expected_faults):
    expected_faults.append("status of 422")  # a difference without a note
    page = enter("staff")
    page.goto(f"{institute.url}/fees/counter/day/")
    page.get_by_label("Cash counted").fill("1")
    page.get_by_role("button", name="Close the day").click()
    expect(page.get_by_label("Note").first).to_be_focused()
    page.get_by_label("Cash counted").fill("1")
    page.get_by_label("Note").first.fill("Counted in a hurry")
    page.get_by_role("button", name="Close the day").click()
    expect(page.get_by_role("status").first).to_contain_text("Closed at")
    look(page, "counter-day-closed")
    page.goto(f"{institute.url}/fees/counter/?student={number_of('Arshad')}")
    expect(page.locator("[data-record]")).to_be_disabled()
    look(page, "counter-closed")
