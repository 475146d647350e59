"""A student waits for a test on a phone: his tests, the waiting room, the opening by itself, another device."""

import itertools
import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, Route, expect

from tests.browser import site as sites
from tests.browser.looking import look
from tests.browser.seed_exams import login_of, number_of
from tests.browser.seed_waiting_room import LONG_TITLE
from tests.browser.site import Site
from tests.people import PASSWORD

pytestmark = pytest.mark.browser
writers = itertools.count()
SEALED = "The paper is on this device, sealed"


@pytest.fixture(scope="module")
def institute(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    data_dir = tmp_path_factory.mktemp("waiting-room")
    sites.seed(data_dir, "tests.browser.seed_waiting_room")
    site = sites.Site(data_dir)
    yield site
    site.close()


@pytest.fixture
def expected_faults() -> list[str]:
    return ["status of 409", "status of 503"]  # asked a moment too early, as a clock may be; a busy server


@pytest.fixture
def student(page: Page, institute: Site) -> Page:
    """The phone of a student no other walk has."""
    return enter(page, institute, login_of(next(writers)))


def enter(page: Page, institute: Site, login: str) -> Page:
    page.goto(f"{institute.url}/accounts/login/?next=/exams/")
    page.get_by_label("E-mail address or admission number").fill(login)
    page.get_by_label("Password", exact=True).fill(PASSWORD)
    page.get_by_role("button", name="Sign in").click()
    page.wait_for_url("**/exams/")
    return page


def address(institute: Site, title: str) -> str:
    return f"{institute.url}/exams/tests/{number_of(title)}/"


def come_in(page: Page, institute: Site, title: str) -> None:
    page.goto(address(institute, title))
    page.get_by_label("I will write this paper alone").check()
    page.get_by_role("button", name=re.compile("waiting room|Begin")).click()


def opens_in(institute: Site, title: str, seconds: float) -> None:
    """The hour is moved, as if one had waited until then."""
    sites.meanwhile(
        institute,
        "from datetime import timedelta\nfrom django.utils import timezone\nfrom exams.models import Test\n"
        f"opens = timezone.now() + timedelta(seconds={seconds})\n"
        f"assert Test.objects.filter(uuid='{number_of(title)}').update(opens_at=opens)",
    )


def opened_paper(page: Page, title: str) -> object:
    """What the module that keeps sealed papers opens, in the page as it stands."""
    return page.evaluate(
        """async ([test, revision]) => {
            const module = await import("/static/js/sealed.js");
            return module.openedPaper(test, revision);
        }""",
        [str(number_of(title)), 1],
    )


def test_list_shows_what_is_now_what_comes_and_what_is_over(page: Page, institute: Site):
    enter(page, institute, "2026-0188")
    expect(page.get_by_role("link", name="Full mock 5")).to_be_visible()
    expect(page.get_by_text("in 5 days")).to_be_visible()
    look(page, "own-tests")
    page.get_by_role("link", name="Unit test 3").click()
    expect(page.get_by_text("0 of 12 questions answered")).to_be_visible()
    look(page, "own-test-written")
    page.goto(address(institute, "On another phone"))
    page.get_by_role("link", name="Go on").click()
    expect(page.get_by_role("heading", name="Open on another device")).to_be_visible()
    expect(page.get_by_role("button", name="Ask the invigilator")).to_be_visible()
    look(page, "takeover")
    page.get_by_role("button", name="Ask the invigilator").click()
    expect(page.get_by_text("The invigilator sees your request")).to_be_visible()
    sites.meanwhile(institute, "from exams.models import Attempt\nAttempt.objects.update(last_beat_at=None)")
    page.get_by_role("button", name="Go on here").click()
    page.wait_for_url("**/exams/attempts/**")


def test_page_of_a_test_says_the_rules_in_both_languages(student: Page, institute: Site):
    student.goto(address(institute, "Full mock 5"))
    expect(student.get_by_text("Read every question twice.")).to_be_visible()
    expect(student.get_by_text("never a verdict")).to_be_visible()
    look(student, "own-test")
    student.goto(address(institute, LONG_TITLE))
    expect(student.get_by_text("The waiting room opens")).to_be_visible()
    look(student, "own-test-coming")


def test_wrong_code_is_told_and_the_right_one_begins_at_once(student: Page, institute: Site):
    student.goto(address(institute, "With a code"))
    student.get_by_label("Access code").fill("lion")
    student.get_by_label("I will write this paper alone").check()
    student.get_by_role("button", name="Begin").click()
    expect(student.get_by_text("The access code is not right")).to_be_visible()
    student.get_by_label("Access code").fill("tiger7")
    student.get_by_label("I will write this paper alone").check()
    student.get_by_role("button", name="Begin").click()
    student.wait_for_url("**/exams/attempts/**")


def test_phone_waits_with_the_sealed_paper(student: Page, institute: Site):
    come_in(student, institute, "Full mock 5")
    student.wait_for_url("**/room/")
    expect(student.get_by_role("heading", name=SEALED)).to_be_visible()
    expect(student.locator("[data-left]")).to_have_text(re.compile(r"1\d:\d\d"))
    expect(student.locator("[data-check=network]").get_by_text("Enough")).to_be_visible()
    expect(student.get_by_role("button", name="Opens in")).to_be_disabled()
    assert opened_paper(student, "Full mock 5") is None
    look(student, "waiting")


def busy_once(page: Page) -> list[str]:
    """The server is overloaded when the test is begun first; how often it was asked."""
    asked: list[str] = []

    def answer(route: Route) -> None:
        asked.append(route.request.url)
        busy = {"status": 503, "headers": {"Retry-After": "1"}, "body": "{}"}
        return route.fulfill(**busy) if len(asked) == 1 else route.continue_()

    page.route("**/start/", answer)
    return asked


def test_paper_opens_by_itself_at_the_hour_though_the_server_is_busy(student: Page, institute: Site):
    asked = busy_once(student)
    opens_in(institute, "Opens by itself", 25)
    come_in(student, institute, "Opens by itself")
    expect(student.get_by_role("heading", name=SEALED)).to_be_visible()
    fetched: list[str] = []
    student.on("request", lambda request: fetched.append(request.url))
    student.wait_for_url("**/exams/attempts/**")
    paper = opened_paper(student, "Opens by itself")
    assert isinstance(paper, dict)
    assert len(paper["questions"]) == 12
    assert not [url for url in fetched if "/exams/papers/" in url]
    assert len(asked) >= 2


def test_room_fetches_a_paper_that_was_changed(student: Page, institute: Site):
    come_in(student, institute, "Changed while waiting")
    expect(student.get_by_role("heading", name=SEALED)).to_be_visible()
    changed = f"Test.objects.filter(uuid='{number_of('Changed while waiting')}').update(paper_revision=2)"
    with student.expect_response(re.compile("/exams/papers/")) as answer:
        sites.meanwhile(institute, f"from exams.models import Test\n{changed}")
        student.evaluate("document.querySelector('[data-check-again]')?.click()")  # if it has not looked by itself
    assert answer.value.ok


def switched(institute: Site, title: str, *, on: bool) -> None:
    """The teacher lets nobody begin, or all again."""
    row = f"Test.objects.filter(uuid='{number_of(title)}')"
    sites.meanwhile(institute, f"from exams.models import Test\nassert {row}.update(is_active={on})")


def test_who_is_refused_at_the_hour_begins_when_the_teacher_lets_him(student: Page, institute: Site):
    come_in(student, institute, "Stopped at the hour")
    student.wait_for_url("**/room/")
    switched(institute, "Stopped at the hour", on=False)
    opens_in(institute, "Stopped at the hour", -1)
    student.reload()
    expect(student.get_by_text("lets nobody begin this test right now")).to_be_visible()
    expect(student.get_by_role("button", name="Begin")).to_be_enabled()
    expect(student.get_by_role("button", name="Check again")).to_be_visible()
    switched(institute, "Stopped at the hour", on=True)
    student.evaluate("document.querySelector('[data-check-again]')?.click()")  # if it has not looked again by itself
    student.wait_for_url("**/exams/attempts/**")


def test_without_script_the_room_says_when_and_a_button_begins(browser: Browser, institute: Site):
    context = browser.new_context(viewport={"width": 360, "height": 740}, java_script_enabled=False)
    page = enter(context.new_page(), institute, login_of(next(writers)))
    come_in(page, institute, "Without script")
    expect(page.get_by_text("Load this page again to see how it stands.")).to_be_visible()
    page.get_by_role("button", name="Begin").click()
    expect(page.get_by_text("This test opens on")).to_be_visible()
    opens_in(institute, "Without script", -1)
    page.get_by_role("button", name="Begin").click()
    page.wait_for_url("**/exams/attempts/**")
    context.close()
