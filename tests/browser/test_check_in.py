"""A student's phone checks in: inside, outside, inaccurate, denied, unavailable, too late, offline, by link."""

import itertools
import re
from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect

from tests.attendance.registers import THERE, north_of
from tests.browser import site as sites
from tests.browser.conftest import through_the_door
from tests.browser.looking import look
from tests.browser.seed_check_in import LONG_TOPIC, login_of, number_of
from tests.browser.site import Site
from tests.people import PASSWORD

pytestmark = pytest.mark.browser
numbers = itertools.count()
CODE = re.compile(r"[A-Z2-7]{4}[\s-]?[A-Z2-7]{4}")


@pytest.fixture(scope="module")
def institute(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """An institute in which a class of each kind is held now."""
    data_dir = tmp_path_factory.mktemp("check-in")
    sites.seed(data_dir, "tests.browser.seed_check_in")
    site = sites.Site(data_dir)
    yield site
    site.close()


@pytest.fixture
def expected_faults() -> list[str]:
    return ["ERR_INTERNET_DISCONNECTED", "status of 403"]


@pytest.fixture
def student(page: Page, institute: Site) -> Page:
    """The phone of a student no other walk has, whose browser may use the position."""
    stand(page.context)
    enter(page, institute, login_of(next(numbers)))
    return page


def enter(page: Page, institute: Site, login: str, url: str = "") -> None:
    """Through the door, and on to where he wanted."""
    page.goto(f"{institute.url}/accounts/login/?next={url.removeprefix(institute.url) or '/dashboard/'}")
    page.get_by_label("E-mail address or admission number").fill(login)
    page.get_by_label("Password", exact=True).fill(PASSWORD)
    page.get_by_role("button", name="Sign in").click()
    page.wait_for_url("**/check-in/" if url else "**/dashboard/")


@pytest.fixture
def teacher(browser: Browser, institute: Site) -> Iterator[Page]:
    context = browser.new_context(viewport={"width": 1280, "height": 800})
    yield through_the_door(context.new_page(), institute, "teacher")
    context.close()


def stand(context: BrowserContext, place: tuple[float, float] = THERE, *, accuracy: float = 12) -> None:
    """The phone is there from now on, and is so sure of it."""
    context.grant_permissions(["geolocation"])
    context.set_geolocation({"latitude": place[0], "longitude": place[1], "accuracy": accuracy})


def without_position(page: Page, code: int) -> None:
    """As the browser answers when the position is unavailable (2) or does not come in time (3)."""
    page.add_init_script(
        "navigator.geolocation.getCurrentPosition = (_found, failed) =>"
        f" setTimeout(() => failed({{ code: {code}, PERMISSION_DENIED: 1 }}))"
    )


def address(institute: Site, topic: str) -> str:
    return f"{institute.url}/attendance/sessions/{number_of(topic)}/check-in/"


def open_class(page: Page, institute: Site, topic: str) -> str:
    url = address(institute, topic)
    page.goto(url)
    expect(page.get_by_role("heading", level=1)).to_contain_text(topic[:20])
    return url


def press(page: Page) -> None:
    page.get_by_role("button", name=re.compile("Check in")).click()


def result(page: Page, title: str) -> None:
    expect(page.locator("[data-result]").get_by_role("heading")).to_have_text(title)


def code_on_the_screen(teacher: Page, url: str) -> str:
    """As the hall reads it."""
    teacher.goto(url.replace("/check-in/", "/code/"))
    show, code = teacher.get_by_role("button", name="Show the code"), teacher.locator(".hall-code")
    expect(show.or_(code).first).to_be_visible()
    if show.is_visible():
        show.click()
    expect(code).to_be_visible()
    found = CODE.search(code.inner_text())
    assert found
    return "".join(found[0].split())


def test_one_tap_inside_checks_in_and_a_second_tap_changes_nothing(student: Page, institute: Site):
    open_class(student, institute, "Rotational motion")
    look(student, "check-in")
    stand(student.context, north_of(18))
    student.get_by_role("button", name=re.compile("Check in")).dblclick()
    result(student, "You are checked in")
    expect(student.get_by_text("You are 18 m from College Road")).to_be_visible()
    look(student, "check-in-inside")
    student.reload()
    result(student, "You are checked in")


def test_outside_says_how_far_and_how_to_go_on(student: Page, institute: Site):
    open_class(student, institute, "Gravitation")
    stand(student.context, north_of(240))
    press(student)
    result(student, "Too far from the class")
    look(student, "check-in-outside")
    student.get_by_role("button", name="Tell my teacher I am here").click()
    result(student, "Your teacher confirms it")
    look(student, "check-in-waiting")
    stand(student.context)
    press(student)
    result(student, "You are checked in")


def test_position_that_is_not_sure_enough_leads_to_the_code(student: Page, teacher: Page, institute: Site):
    url = open_class(student, institute, "Electrostatics")
    stand(student.context, accuracy=900)
    press(student)
    result(student, "Your position is not exact enough")
    look(student, "check-in-inaccurate")
    student.get_by_label("Code on the screen").fill(code_on_the_screen(teacher, url).lower())
    student.get_by_role("button", name="Use code").click()
    result(student, "You are checked in")


def test_uncertain_position_waits_and_says_why(student: Page, institute: Site):
    open_class(student, institute, "Kinematics")
    stand(student.context, north_of(55), accuracy=40)
    press(student)
    result(student, "Your teacher confirms it")
    expect(student.get_by_text("That leaves open whether you are within 50 m.")).to_be_visible()
    look(student, "check-in-uncertain")


def test_denied_position_offers_the_code_and_the_teacher(student: Page, institute: Site):
    open_class(student, institute, "Ray optics")
    student.context.clear_permissions()
    press(student)
    expect(student.get_by_text("Your browser may not use your position")).to_be_visible()
    expect(student.get_by_label("Code on the screen")).to_be_focused()
    look(student, "check-in-denied")
    student.get_by_role("button", name="Tell my teacher I am here").click()
    result(student, "Your teacher confirms it")


@pytest.mark.parametrize(
    ("code", "words"),
    [(2, "Your phone cannot find its position"), (3, "Your phone did not find its position in time")],
)
def test_position_that_does_not_come_is_said(student: Page, institute: Site, code, words):
    without_position(student, code)
    open_class(student, institute, "Semiconductors")
    press(student)
    expect(student.get_by_text(words)).to_be_visible()
    look(student, f"check-in-trouble-{code}")


def test_link_brings_the_code_and_one_tap_checks_in(student: Page, teacher: Page, institute: Site):
    link = f"{institute.url}/a/{number_of('Thermodynamics')}/"
    student.goto(f"{link}#ABCD2345")
    expect(student.get_by_label("Code on the screen")).to_have_value("ABCD2345")
    assert "#" not in student.url
    look(student, "check-in-linked")
    code = code_on_the_screen(teacher, address(institute, "Thermodynamics"))  # after the pictures: it changes soon
    student.goto(f"{link}#{code}")
    expect(student.get_by_label("Code on the screen")).to_have_value(code)
    student.get_by_role("button", name="Check in").click()
    result(student, "You are checked in")


def test_code_of_a_link_stays_with_who_has_to_sign_in_first(page: Page, institute: Site):
    login = login_of(next(numbers))
    page.goto(f"{institute.url}/a/{number_of('Thermodynamics')}/#ABCD2345")
    for password in ("not this one", PASSWORD):
        page.get_by_label("E-mail address or admission number").fill(login)
        page.get_by_label("Password", exact=True).fill(password)
        page.get_by_role("button", name="Sign in", exact=True).click()
        page.wait_for_load_state()
    page.wait_for_url("**/check-in/")
    expect(page.get_by_label("Code on the screen")).to_have_value("ABCD2345")
    assert "#" not in page.url


def test_both_are_wanted_and_a_wrong_code_waits(student: Page, teacher: Page, institute: Site):
    url = open_class(student, institute, "Wave optics")
    look(student, "check-in-both")
    student.get_by_label("Code on the screen").fill("AAAA AAAA")
    press(student)
    result(student, "Your teacher confirms it")
    expect(student.get_by_text("The code is wrong or no longer on the screen")).to_be_visible()
    student.get_by_label("Code on the screen").fill(code_on_the_screen(teacher, url))
    student.keyboard.press("Enter")
    result(student, "You are checked in")


def test_without_connection_it_is_kept_and_sent_by_itself(student: Page, institute: Site):
    open_class(student, institute, "Magnetism")
    student.context.set_offline(True)
    press(student)
    expect(student.get_by_text("No connection")).to_be_visible()
    look(student, "check-in-kept")
    student.context.set_offline(False)
    result(student, "You are checked in")
    assert student.evaluate("localStorage.length") == 0


def test_what_was_kept_for_long_waits_for_the_teacher(student: Page, institute: Site):
    open_class(student, institute, "Fluids")
    student.context.set_offline(True)
    press(student)
    expect(student.get_by_text("No connection")).to_be_visible()
    student.evaluate(
        """() => {
            const name = Object.keys(localStorage)[0];
            const kept = JSON.parse(localStorage.getItem(name));
            kept.pressedAt -= 90_000;
            localStorage.setItem(name, JSON.stringify(kept));
        }"""
    )
    student.context.set_offline(False)
    result(student, "Your teacher confirms it")
    expect(student.get_by_text("It was kept on your phone")).to_be_visible()
    look(student, "check-in-offline")


@pytest.mark.parametrize(
    ("topic", "title", "name"),
    [
        ("Later today", re.compile("Check-in opens at"), "early"),
        ("Over", "Check-in is closed", "over"),
        ("Cancelled", "Cancelled", "cancelled"),
        ("Work and energy", "Your teacher takes the register", "teacher"),
    ],
)
def test_class_nobody_checks_in_to_now_says_why(student: Page, institute: Site, topic, title, name):
    open_class(student, institute, topic)
    expect(student.locator("[data-result]").get_by_role("heading")).to_have_text(title)
    look(student, f"check-in-{name}")


def test_late_one_is_told_by_how_much(student: Page, institute: Site):
    open_class(student, institute, "Late today")
    press(student)
    expect(student.locator("[data-result]").get_by_role("heading")).to_have_text(re.compile("minutes late"))
    look(student, "check-in-late")


def test_page_with_the_longest_topic_fits(student: Page, institute: Site):
    open_class(student, institute, LONG_TOPIC)
    look(student, "check-in-long")


def test_two_students_on_one_phone_are_flagged(student: Page, institute: Site, sign_out: Callable[[Page], None]):
    url = open_class(student, institute, LONG_TOPIC)
    stand(student.context, north_of(3))
    press(student)
    result(student, "You are checked in")
    sign_out(student)
    enter(student, institute, "2026-0290", url)
    stand(student.context, north_of(4), accuracy=13)
    press(student)
    result(student, "You are checked in")
    sites.meanwhile(institute, FLAGGED)


FLAGGED = """
from attendance.models import Flag
flags = Flag.objects.filter(kind="SAME_DEVICE").select_related("attempt__student", "other__student")
[flag] = [one for one in flags if one.attempt.student.admission_number == "2026-0290"]
assert flag.other.student.admission_number.startswith("2026-07")
"""


@pytest.fixture
def sign_out(institute: Site) -> Callable[[Page], None]:
    def out(page: Page) -> None:
        page.goto(f"{institute.url}/accounts/logout/")
        page.locator("main form, form[action*=logout]").get_by_role("button", name="Sign out").first.click()
        page.wait_for_url("**/accounts/login/**")

    return out


def test_code_works_without_javascript(browser: Browser, teacher: Page, institute: Site):
    context = browser.new_context(viewport={"width": 360, "height": 740}, java_script_enabled=False)
    page = context.new_page()
    enter(page, institute, login_of(next(numbers)))
    url = address(institute, "Semiconductors")
    page.goto(url)
    expect(page.get_by_role("button", name="Check in")).to_have_count(0)
    page.get_by_label("Code on the screen").fill(code_on_the_screen(teacher, url))
    page.get_by_role("button", name="Use code").click()
    result(page, "You are checked in")
    context.close()
