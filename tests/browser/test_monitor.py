"""Holding a test in a real browser: a link is lost, time is given, another device allowed, and all are told."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from tests.browser import conftest
from tests.browser import site as sites
from tests.browser.looking import look
from tests.browser.seed_exams import login_of, number_of
from tests.browser.seed_monitor import OTHER, TITLE
from tests.browser.site import Site, meanwhile

pytestmark = pytest.mark.browser
LOSE = """
from datetime import timedelta
from django.utils import timezone
from exams.models import Attempt
gone = timezone.now() - timedelta(minutes=7)
Attempt.objects.filter(test__uuid={test!r}, student__admission_number={login!r}).update(last_beat_at=gone)
"""
STATE = """
from exams.models import Attempt
row = Attempt.objects.get(test__uuid={test!r}, student__admission_number={login!r})
print(row.state, row.ended_by, row.credit_s)
"""


@pytest.fixture(scope="module")
def institute(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    conftest._chromium()
    data_dir = tmp_path_factory.mktemp("monitor")
    sites.seed(data_dir, "tests.browser.seed_monitor")
    site = sites.Site(data_dir)
    yield site
    site.close()


def monitor(page: Page, institute: Site, title: str = TITLE, *, ask: str = "?show=all", across: int = 1280) -> Page:
    page.set_viewport_size({"width": across, "height": 800 if across > 1000 else 740})
    conftest.through_the_door(page, institute, "teacher")
    page.goto(f"{institute.url}/exams/tests/{number_of(title)}/monitor/{ask}")
    return page


def seat(page: Page, name: str) -> Locator:
    """The row of the student whose name ends so."""
    return page.locator("tr.seat").filter(has=page.locator("th", has_text=name))


def state_of(institute: Site, number: int, title: str = TITLE) -> list[str]:
    return meanwhile(institute, STATE.format(test=str(number_of(title)), login=login_of(number))).split()


def test_a_hall_is_seen_at_a_glance_and_fits(page: Page, institute: Site) -> None:
    monitor(page, institute)
    expect(page.locator("tr.seat")).to_have_count(14)
    for name in ("वर्मा 1", "Sandhu 2"):
        seat(page, name).get_by_role("checkbox").check()
    expect(page.get_by_role("button", name="Give 10 min to 2 students")).to_be_enabled()
    look(page, "monitor")
    page.set_viewport_size({"width": 360, "height": 740})
    page.get_by_role("link", name="Act on 2").click()
    expect(page.locator("#act")).to_be_in_viewport()
    look(page, "monitor-act")


def test_who_loses_the_link_comes_up_by_himself_and_who_is_chosen_stays_so(page: Page, institute: Site) -> None:
    monitor(page, institute, ask="")
    expect(page.get_by_role("link", name="To look at, 10")).to_have_attribute("aria-current", "true")
    expect(seat(page, "Deshpande 0")).to_have_count(0)
    seat(page, "Sandhu 2").get_by_role("checkbox").check()
    meanwhile(institute, LOSE.format(test=str(number_of(TITLE)), login=login_of(0)))
    expect(seat(page, "Deshpande 0")).to_contain_text("Lost 7 min")
    expect(seat(page, "Sandhu 2").get_by_role("checkbox")).to_be_checked()
    expect(page.locator("[data-part=log]")).to_contain_text("Link lost: Aarohi Deshpande 0")


def test_time_is_given_to_one_on_a_phone(page: Page, institute: Site) -> None:
    monitor(page, institute, across=360)
    seat(page, "वर्मा 1").get_by_role("checkbox").check()
    page.get_by_role("link", name="Act on 1").click()
    page.get_by_label("Minutes").fill("12")
    page.get_by_label("One reason for all").fill("Power cut in Kothrud")
    page.get_by_role("button", name="Give 12 min to 1 student").click()
    expect(page.get_by_text("1 student has more time now.")).to_be_visible()
    assert state_of(institute, 1) == ["WRITING", "720"]


def test_what_an_outage_took_is_shown_and_given(page: Page, institute: Site, expected_faults: list[str]) -> None:
    expected_faults.append("status of 400")
    monitor(page, institute, OTHER)
    page.get_by_role("link", name="Extend for all").click()
    page.locator("label", has_text="Lost time").click()
    page.get_by_label("Lost from").fill("00:00")
    page.get_by_label("until", exact=True).fill("00:00")
    page.get_by_label("One reason for all").fill("Power cut")
    page.locator("[data-do-it]").click()
    expect(page.get_by_text("An outage ends after it begins.")).to_be_visible()
    for label, ago in (("Lost from", 30), ("until", 20)):
        clock = datetime.now(ZoneInfo("Asia/Kolkata")) - timedelta(minutes=ago)
        page.get_by_label(label, exact=label == "until").fill(f"{clock:%H:%M}")
    page.locator("[data-do-it]").click()
    expect(page.get_by_text("students get 10:00")).to_be_visible()
    look(page, "monitor-outage")
    page.get_by_role("button", name="Give it").click()
    expect(page.get_by_text("students have more time now.")).to_be_visible()
    assert state_of(institute, 0, OTHER) == ["WRITING", "600"]


def test_another_device_is_allowed_and_a_test_handed_in_by_staff(page: Page, institute: Site) -> None:
    monitor(page, institute)
    page.get_by_role("button", name="Approve").click()
    expect(page.get_by_text("can go on on the other device.")).to_be_visible()
    expect(page.get_by_role("button", name="Approve")).to_have_count(0)
    seat(page, "Deshpande 0").get_by_role("checkbox").check()
    page.locator("#act label", has_text="Hand in").click()
    page.get_by_label("One reason for all").fill("Left the room")
    page.get_by_role("button", name="Hand in 1 test").click()
    expect(page.get_by_text("1 test is handed in.")).to_be_visible()
    assert state_of(institute, 0)[:2] == ["SUBMITTED", "STAFF"]


def test_everybody_is_told_and_all_about_one_is_read(page: Page, institute: Site) -> None:
    monitor(page, institute)
    page.get_by_role("link", name="Tell everybody").click()
    page.get_by_label("Message").fill("Ten minutes left.")
    look(page, "monitor-tell")
    page.get_by_role("button", name="Send").click()
    expect(page.locator("[data-part=log]")).to_contain_text("Ten minutes left.")
    page.locator("#show-all").click()
    page.locator("tr.seat th").get_by_role("link", name="Peddireddy 3").click()
    expect(page.get_by_text("never a verdict")).to_be_visible()
    look(page, "attempt-audit")
    page.go_back()
    page.locator("#log-all").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("What happened")
    look(page, "monitor-log")


def test_without_script_forms_do_it(browser: Browser, institute: Site) -> None:
    context = browser.new_context(viewport={"width": 1280, "height": 800}, java_script_enabled=False)
    page = monitor(context.new_page(), institute, OTHER)
    seat(page, "Sandhu 2").get_by_role("checkbox").check()
    page.get_by_label("One reason for all").fill("Machine changed")
    page.get_by_role("button", name="Do this for the chosen").click()
    expect(page.get_by_text("1 student has more time now.")).to_be_visible()
    page.get_by_placeholder("Name or admission number").fill(login_of(3))
    page.keyboard.press("Enter")
    expect(page.locator("tr.seat")).to_have_count(1)
    context.close()
