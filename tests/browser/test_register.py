"""A teacher takes the register in a real browser: by touch, by keyboard, without a connection, beside a colleague."""

import json
import time
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, Route, expect

from tests.browser import site as sites
from tests.browser.conftest import through_the_door
from tests.browser.looking import look
from tests.browser.seed_register import CLOSED, LIVE
from tests.browser.site import Site, meanwhile
from tests.people import PASSWORD

pytestmark = pytest.mark.browser
MOST_TAPS = 45
TWO_MINUTES_S = 120
SAYS = """
import json
from attendance.models import Record
rows = Record.objects.filter(class_session__topic={topic!r}).exclude(status="U").order_by("student__name", "student_id")
print(json.dumps([[row.student.name, row.status, row.version, row.late_min] for row in rows]))
"""
CHECK_IN = """
from django.test import Client
from accounts.models import User
from batches.models import ClassSession
from tests.attendance import checking_in, registers
held = ClassSession.objects.get(topic={topic!r})
browser = Client(SERVER_NAME="127.0.0.1")
browser.force_login(User.objects.get(name={name!r}))
answer = checking_in.send(held, checking_in.body(**checking_in.fix(registers.north_of({metres}))), browser=browser)
assert answer.status_code == 200, answer.content
"""
MARK = """
from accounts.models import User
from attendance.models import Record
from batches.models import ClassSession
from tests import people
from tests.attendance import registers
held = ClassSession.objects.get(topic={topic!r})
registers.mark(held, User.objects.get(name={name!r}), {status!r}, by=people.admin())
"""
SIGN_OUT = """
from django.contrib.sessions.models import Session
Session.objects.all().delete()
"""


@pytest.fixture(scope="module")
def institute(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """An institute with a class of forty that is held now."""
    data_dir = tmp_path_factory.mktemp("register")
    sites.seed(data_dir, "tests.browser.seed_register")
    site = sites.Site(data_dir)
    yield site
    site.close()


@pytest.fixture
def hand(browser: Browser, institute: Site) -> Iterator[Page]:
    """A teacher's phone with a touch screen."""
    context = browser.new_context(viewport={"width": 360, "height": 740}, has_touch=True, is_mobile=True)
    page = context.new_page()
    faults: list[str] = []
    page.on("pageerror", lambda error: faults.append(str(error)))
    yield through_the_door(page, institute, "teacher")
    context.close()
    assert not faults


@pytest.fixture
def enter(page: Page, institute: Site) -> Callable[[str], Page]:
    return lambda who: through_the_door(page, institute, who)


def number_of(institute: Site, topic: str) -> str:
    rows = f"ClassSession.objects.filter(topic={topic!r})"
    return meanwhile(institute, f"from batches.models import ClassSession\nprint({rows}.latest('pk').uuid)")


def says(institute: Site, topic: str) -> dict[str, tuple[str, int, int | None]]:
    """Of each student's name what the register says: letter, version, minutes."""
    rows: list[list[Any]] = json.loads(meanwhile(institute, SAYS.format(topic=topic)))
    return {name: (status, version, late) for name, status, version, late in rows}


def open_register(page: Page, institute: Site, topic: str) -> None:
    page.goto(f"{institute.url}/attendance/sessions/{number_of(institute, topic)}/register/")
    expect(page.get_by_role("heading", level=1)).to_have_text(topic)
    expect(page.locator("[data-plain]:visible")).to_have_count(0)  # the script is there


def row(page: Page, name: str) -> Any:
    return page.locator(".pupil", has=page.get_by_text(name, exact=True).first).first


def test_forty_are_marked_by_touch_in_few_taps(hand, institute):
    """All present, then five who are not, and the register is closed."""
    began, taps = time.monotonic(), 0
    open_register(hand, institute, "By touch")

    def tap(target: Any) -> None:
        nonlocal taps
        target.tap()
        taps += 1

    tap(hand.get_by_role("button", name="All present"))
    expect(hand.locator("[data-show=P] [data-count]").first).to_have_text("39")
    told, dock = hand.locator(".toast").bounding_box(), hand.locator(".dock").bounding_box()
    assert told["y"] + told["height"] <= dock["y"]  # Undo hides no button
    for name, times in (("Ayaan Qureshi", 2), ("Farhan Akhtar Ansari", 2), ("Lavanya Reddy", 2), ("Rohit Meshram", 1)):
        for _time in range(times):
            tap(row(hand, name).locator(".cycle label:visible"))
    tap(row(hand, "Utkarsh Mishra").locator(".cycle label:visible"))
    tap(row(hand, "Utkarsh Mishra").get_by_role("button", name="More"))
    expect(hand.get_by_text("Saved", exact=False).first).to_be_visible()
    tap(hand.get_by_role("link", name="Close register"))
    expect(hand.get_by_role("heading", level=1)).to_have_text("Close register")
    tap(hand.get_by_role("button", name="Close register"))
    expect(hand.get_by_text("by Meera Joshi.")).to_be_visible()
    spent = time.monotonic() - began
    found = says(institute, "By touch")
    letters = [status for status, _version, _late in found.values()]
    assert {letter: letters.count(letter) for letter in "PLAE"} == {"P": 34, "L": 2, "A": 3, "E": 1}
    assert found["Jaideep Singh Rathore"][0] == "E"  # "All present" knows who has leave
    assert taps <= MOST_TAPS
    assert spent < TWO_MINUTES_S


def test_forty_are_marked_by_keyboard(enter, institute):
    """One key a student, in the order of the list."""
    page, began = enter("teacher"), time.monotonic()
    page.set_viewport_size({"width": 1280, "height": 800})
    open_register(page, institute, "By keyboard")
    keys = ["j", *("a" if n == 3 else "l" if n == 30 else "e" if n == 12 else "p" for n in range(40))]
    for key in keys:
        page.keyboard.press(key)
    expect(page.locator("[data-show=P] [data-count]").first).to_have_text("37")
    expect(page.get_by_text("Saved", exact=False).first).to_be_visible()
    spent = time.monotonic() - began
    letters = [status for status, _version, _late in says(institute, "By keyboard").values()]
    assert (letters[3], letters[12], letters[30]) == ("A", "E", "L")
    assert letters.count("P") == 37
    assert len(keys) <= MOST_TAPS
    assert spent < TWO_MINUTES_S
    page.keyboard.press("?")
    expect(page.get_by_role("dialog", name="Keys of the register")).to_be_visible()
    page.keyboard.press("Escape")
    page.keyboard.press("ArrowUp")
    page.keyboard.press("Space")
    expect(row(page, "ईशा वर्मा").get_by_role("radio", name="Late")).to_be_checked()


def test_marks_made_without_a_connection_survive_a_reload_and_are_sent_once(hand, institute):
    open_register(hand, institute, "Offline")
    name = "Aarav Deshpande"

    def cut(route: Route) -> None:
        route.abort("internetdisconnected")

    hand.route("**/marks/", cut)
    row(hand, name).locator(".cycle label:visible").tap()
    row(hand, name).locator(".cycle label:visible").tap()
    expect(hand.get_by_text("Kept on this phone")).to_be_visible()
    look(hand, "register-offline")
    assert says(institute, "Offline") == {}
    kept = hand.evaluate("Object.entries(localStorage)")
    assert [sorted(json.loads(text)) for _key, text in kept] == [["at", "id", "late", "seen", "status"]]
    hand.reload()
    expect(row(hand, name).get_by_role("radio", name="Late")).to_be_checked()
    expect(hand.get_by_text("Kept on this phone")).to_be_visible()
    hand.unroute("**/marks/", cut)
    hand.evaluate("window.dispatchEvent(new Event('online'))")
    expect(hand.locator("[data-dock]")).to_contain_text("Saved")
    assert says(institute, "Offline")[name][:2] == ("L", 1)
    assert hand.evaluate("localStorage.length") == 0


def test_two_tabs_send_what_waits_once(hand, institute):
    open_register(hand, institute, "Offline")
    name = "Bhavya Chandrakar"
    hand.context.route("**/marks/", lambda route: route.abort("internetdisconnected"))
    row(hand, name).locator(".cycle label:visible").tap()
    expect(hand.get_by_text("Kept on this phone")).to_be_visible()
    other = hand.context.new_page()
    open_register(other, institute, "Offline")
    expect(row(other, name).get_by_role("radio", name="Present")).to_be_checked()
    hand.context.unroute("**/marks/")
    for tab in (hand, other):
        tab.evaluate("window.dispatchEvent(new Event('online'))")
    for tab in (hand, other):
        expect(row(tab, name)).to_have_attribute("data-version", "0")
        expect(row(tab, name)).not_to_have_class("pupil is-kept")
    assert says(institute, "Offline")[name][:2] == ("P", 1)


def test_what_a_colleague_said_meanwhile_is_shown_and_not_overwritten(hand, institute):
    open_register(hand, institute, "In two tabs")
    hand.route("**/register/lines/**", lambda route: route.abort())  # the news does not come before the tap
    meanwhile(institute, MARK.format(topic="In two tabs", name="Omkar Jadhav", status="A"))
    row(hand, "Omkar Jadhav").locator(".cycle label:visible").tap()
    block = row(hand, "Omkar Jadhav").get_by_role("group", name="Omkar Jadhav").last
    expect(block).to_contain_text("Meanwhile: Absent, by Rajendra Bhosale")
    assert says(institute, "In two tabs")["Omkar Jadhav"][:2] == ("A", 1)
    look(hand, "register-conflict")
    block.get_by_role("button", name="Change to Present").tap()
    expect(hand.locator("[data-dock]")).to_contain_text("Saved")
    assert says(institute, "In two tabs")["Omkar Jadhav"][:2] == ("P", 2)


def test_overruling_a_check_in_asks_for_the_reason_once(hand, institute):
    open_register(hand, institute, LIVE)
    name = "Aditi Wankhede"
    for _time in range(2):
        row(hand, name).locator(".cycle label:visible").tap()
    expect(row(hand, name).get_by_text("This student has checked in.")).to_be_visible()
    look(hand, "register-reason")
    row(hand, name).get_by_role("button", name="Left early").tap()
    expect(hand.locator("[data-dock]")).to_contain_text("Saved")
    assert says(institute, LIVE)[name][0] == "A"


def test_check_ins_come_in_while_the_teacher_looks(hand, institute):
    open_register(hand, institute, "Called out")
    meanwhile(institute, CHECK_IN.format(topic="Called out", name="Sana Sheikh", metres=0))
    expect(row(hand, "Sana Sheikh").get_by_text("Checked in")).to_be_visible()
    expect(row(hand, "Sana Sheikh").get_by_role("radio", name="Present")).to_be_checked()
    hand.get_by_label("Heads in the room").fill("0")
    hand.get_by_label("Heads in the room").press("Enter")
    expect(hand.get_by_text("1 fewer than the register")).to_be_visible()
    hand.get_by_role("button", name="Call three names").tap()
    hand.get_by_role("button", name="No answer").tap()
    look(hand, "register-called")
    hand.get_by_role("button", name="Mark absent").tap()
    expect(hand.get_by_text("No answer, marked")).to_be_visible()
    assert says(institute, "Called out")["Sana Sheikh"][0] == "A"


def test_all_present_leaves_who_checked_in_from_elsewhere_also_while_the_teacher_looks(hand, institute):
    open_register(hand, institute, "From elsewhere")
    meanwhile(institute, CHECK_IN.format(topic="From elsewhere", name="Sana Sheikh", metres=240))
    expect(row(hand, "Sana Sheikh").get_by_text("Flagged:")).to_be_visible()
    everybody = hand.get_by_role("button", name="All present")
    everybody.tap()
    expect(hand.locator(".toast")).to_have_text("39 marked. 1 left: flagged.Undo")
    look(hand, "register-flagged")
    everybody.tap()
    expect(hand.locator(".toast")).to_have_text("1 left: flagged.")
    expect(hand.locator("[data-dock]")).to_contain_text("Saved")
    assert len(says(institute, "From elsewhere")) == 39
    assert "Sana Sheikh" not in says(institute, "From elsewhere")


def test_who_waits_is_accepted_with_one_tap_and_that_is_undone(hand, institute):
    open_register(hand, institute, LIVE)
    look(hand, "register")
    hand.get_by_role("button", name="Confirm all 2").tap()
    expect(hand.get_by_text("2 students confirmed.")).to_be_visible()
    hand.get_by_role("button", name="Undo").tap()
    expect(hand.get_by_role("button", name="Confirm all 2")).to_be_visible()


def test_marks_of_who_is_signed_out_stay_his(hand, institute, browser: Browser):
    open_register(hand, institute, "Signed out")
    meanwhile(institute, SIGN_OUT)
    row(hand, "Pooja Yadav").locator(".cycle label:visible").tap()
    expect(hand.locator("[data-dock]")).to_contain_text("You are signed out")
    assert hand.evaluate("localStorage.length") == 1
    hand.get_by_role("link", name="Sign in again").tap()
    hand.get_by_label("E-mail address or admission number").fill("rajendra@pragati.test")
    hand.get_by_label("Password", exact=True).fill(PASSWORD)
    hand.get_by_role("button", name="Sign in").click()
    open_register(hand, institute, "Signed out")
    expect(row(hand, "Pooja Yadav").get_by_role("radio", name="Mark")).to_be_checked()
    assert hand.evaluate("localStorage.length") == 1  # not the office's to send


def test_a_closed_register_is_corrected_with_a_reason(hand, institute):
    open_register(hand, institute, CLOSED)
    look(hand, "register-closed")
    row(hand, "Kavya Iyer").locator(".cycle label:visible").tap()
    row(hand, "Kavya Iyer").get_by_role("button", name="Marked by mistake").tap()
    expect(hand.locator("[data-dock]")).to_contain_text("Saved")
    assert says(institute, CLOSED)["Kavya Iyer"][0] == "L"


def test_without_a_script_it_is_a_form_with_one_button(browser: Browser, institute):
    context = browser.new_context(viewport={"width": 360, "height": 740}, java_script_enabled=False)
    page = through_the_door(context.new_page(), institute, "teacher")
    page.goto(f"{institute.url}/attendance/sessions/{number_of(institute, 'Signed out')}/register/")
    label = row(page, "Nikhil Raut").locator(".cycle label:visible")
    label.click()
    label.click()
    label.click()
    page.get_by_role("button", name="Save").last.click()
    expect(page.get_by_text("Saved.")).to_be_visible()
    assert says(institute, "Signed out")["Nikhil Raut"][0] == "A"
    context.close()


def test_classes_without_a_register_say_why(enter, institute):
    page = enter("teacher")
    for topic, text in (("To come", "Not open yet."), ("Nobody here", "Nobody was in this batch")):
        page.goto(f"{institute.url}/attendance/sessions/{number_of(institute, topic)}/register/")
        expect(page.get_by_text(text)).to_be_visible()
        look(page, f"register-{topic.lower().replace(' ', '-')}")
