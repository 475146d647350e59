"""The code of a class on the screen of a hall, rules, frozen periods, flags and positions, in a real browser."""

import re
from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Page, expect

from tests.browser import site as sites
from tests.browser.conftest import through_the_door
from tests.browser.looking import look
from tests.browser.seed_class_code import LONG_BATCH
from tests.browser.site import Site

pytestmark = pytest.mark.browser
NEXT_CODE_MS = 25_000
"""A code lasts twenty seconds."""


@pytest.fixture(scope="module")
def institute(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    data_dir = tmp_path_factory.mktemp("class-code")
    sites.seed(data_dir, "tests.browser.seed_class_code")
    site = sites.Site(data_dir)
    yield site
    site.close()


@pytest.fixture(scope="module")
def held(institute: Site) -> str:
    """The number of the class that is held now."""
    return _asked(institute, "Register.objects.get().class_session.uuid")


@pytest.fixture
def enter(page: Page, institute: Site) -> Callable[[str, str], Page]:
    def opened(who: str, path: str) -> Page:
        through_the_door(page, institute, who)
        page.goto(f"{institute.url}{path}")
        return page

    return opened


def _asked(institute: Site, question: str) -> str:
    """What the database says, through a file beside it."""
    told = institute.data_dir / "answer.txt"
    code = f"from attendance.models import Register; open({str(told)!r}, 'w').write(str({question}))"
    sites.meanwhile(institute, code)
    return told.read_text()


def _show(page: Page) -> None:
    """Press the button, where this teacher has not done so before."""
    button = page.get_by_role("button", name="Show the code")
    if button.count():
        button.click()


def test_hall_sees_the_next_code_without_a_reload_and_who_has_come(enter, institute: Site, held: str):
    page = enter("teacher", f"/attendance/sessions/{held}/code/")
    look(page, "class-code-covered")
    page.get_by_role("button", name="Show the code").click()
    code = page.locator(".hall-code")
    first = code.inner_text()
    assert re.search(r"[A-Z2-7]{4}\s+[A-Z2-7]{4}", first)
    expect(page.get_by_text("31 of 40 checked in")).to_be_visible()
    look(page, "class-code")
    page.evaluate("window.wasHere = true")
    sites.meanwhile(
        institute,
        "from attendance.models import Record; from tests import people;"
        f"Record.objects.create(class_session_id=Record.objects.filter(class_session__uuid='{held}')"
        ".first().class_session_id, student=people.student(), status='L')",
    )
    expect(page.get_by_text("32 of 40 checked in")).to_be_visible()
    expect(code).not_to_have_text(first, timeout=NEXT_CODE_MS)
    assert page.evaluate("window.wasHere")
    page.get_by_role("link", name="Register").click()
    page.wait_for_url("**/register/")


def test_code_that_no_answer_renews_is_called_old_and_comes_back(enter, held: str, expected_faults: list[str]):
    expected_faults += ["ERR_INTERNET_DISCONNECTED", "ERR_FAILED"]
    page = enter("teacher", "/more/")
    page.clock.install()
    page.goto(page.url.replace("/more/", f"/attendance/sessions/{held}/code/"))
    _show(page)
    old = page.get_by_text("This code may be old.")
    page.context.set_offline(True)
    page.clock.run_for(10_000)
    page.clock.fast_forward(15_000)
    expect(old).to_be_visible()
    look(page, "class-code-old")
    page.context.set_offline(False)
    page.clock.fast_forward(20_000)
    expect(old).to_be_hidden()


def test_screen_whose_session_has_ended_says_so(enter, held: str):
    page = enter("teacher", f"/attendance/sessions/{held}/code/")
    _show(page)
    page.context.clear_cookies()
    expect(page.get_by_text("This page no longer gets codes.")).to_be_visible()


def test_screen_before_its_time_waits(enter, institute: Site):
    later = _asked(institute, "__import__('batches.models').models.ClassSession.objects.latest('starts_at').uuid")
    page = enter("teacher", f"/attendance/sessions/{later}/code/")
    _show(page)
    expect(page.get_by_text("Check-in opens at")).to_be_visible()
    look(page, "class-code-early")


def test_teacher_changes_how_one_class_checks_in(enter, held: str):
    page = enter("teacher", f"/attendance/sessions/{held}/mode/")
    look(page, "register-mode")
    page.get_by_label("Position and code").check()
    page.get_by_role("button", name="Change").click()
    page.wait_for_url("**/register/")
    page.goto(page.url.replace("/register/", "/mode/"))
    expect(page.get_by_label("Position and code")).to_be_checked()
    page.get_by_label("Position or code").check()
    page.get_by_role("button", name="Change").click()


def test_office_gives_a_batch_its_own_rule_and_takes_it_back(enter):
    page = enter("admin", "/attendance/rules/")
    look(page, "check-in-rules")
    page.get_by_role("link", name="Evening doubts").click()
    look(page, "check-in-rule-batch")
    page.get_by_label("The teacher takes it").check()
    page.get_by_role("button", name="Give it this rule").click()
    expect(page.get_by_text("Saved. It counts for registers")).to_be_visible()
    page.get_by_role("link", name="Evening doubts").click()
    page.get_by_role("button", name="Go by the institute’s rule").click()
    expect(page.get_by_text("Evening doubts goes by the institute’s rule.")).to_be_visible()
    page.get_by_role("region", name="The institute").get_by_role("link", name="Change").click()
    page.get_by_label("Positions are kept, days").fill("90")
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_text("Positions are deleted early.")).to_be_visible()
    page.get_by_role("link", name="Change").click()
    page.get_by_label("Closes after, minutes").fill("5")
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_text("Check-in closes before anybody is late.")).to_be_visible()
    look(page, "check-in-rule-refused")


def test_teacher_reads_the_rule_of_his_batch(enter):
    page = enter("teacher", "/attendance/rules/")
    page.get_by_role("link", name=LONG_BATCH).click()
    expect(page.get_by_text("Admins change it.")).to_be_visible()
    look(page, "check-in-rule-read")


def test_office_freezes_a_period_and_opens_it_again(enter):
    page = enter("admin", "/attendance/freezes/")
    look(page, "freezes")
    page.get_by_role("link", name="Freeze a period").click()
    page.get_by_label("First day").fill("2026-01-01")
    page.get_by_label("Last day").fill("2026-01-31")
    page.get_by_label("Reason").fill("Salaries of January are paid")
    look(page, "freeze-create")
    page.get_by_role("button", name="Freeze").click()
    expect(page.get_by_text("Frozen: 1 Jan 2026 to 31 Jan 2026.")).to_be_visible()
    page.get_by_role("link", name="Open again 1 Jan 2026").click()
    look(page, "freeze-lift")
    page.get_by_label("Reason").fill("A class was forgotten")
    page.get_by_role("button", name="Open again").click()
    expect(page.get_by_text("Open again: 1 Jan 2026 to 31 Jan 2026.")).to_be_visible()


def test_teacher_reviews_a_flag_and_sees_no_coordinates(enter):
    page = enter("teacher", "/attendance/flags/")
    expect(page.get_by_text("checked in to this class with one phone or browser").first).to_be_visible()
    expect(page.get_by_role("link", name="Position of")).to_have_count(0)
    look(page, "flags")
    page.get_by_label("Kind").select_option("SAME_DEVICE")
    page.get_by_role("button", name="Show").click()
    page.get_by_label("What you found").fill("They share a phone, both were in the room")
    page.get_by_role("button", name="Reviewed").click()
    expect(page.get_by_text("Noted. The register is as it was.")).to_be_visible()
    page.get_by_role("link", name="Reviewed").click()
    expect(page.get_by_text("They share a phone, both were in the room")).to_be_visible()
    look(page, "flags-reviewed")


def test_admin_looks_at_a_position_and_is_told_that_it_is_logged(enter):
    page = enter("admin", "/attendance/flags/?kind=OUTSIDE&state=all")
    page.get_by_role("link", name="Position of").first.click()
    expect(page.get_by_text("20.00")).to_have_count(0)
    look(page, "check-in-position-covered")
    page.get_by_role("button", name="Show the position").click()
    expect(page.get_by_text("is logged, with your name")).to_be_visible()
    expect(page.get_by_role("img", name="The position, 240 m from the middle of College Road")).to_be_visible()
    look(page, "check-in-position")
