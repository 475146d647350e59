"""A student sits a test in a real browser: on a phone, without a connection, killed and come back, by keyboard."""

import json
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, Error, Page, expect

from tests.browser import site as sites
from tests.browser.looking import look
from tests.browser.seed_exams import login_of, number_of
from tests.browser.seed_sitting import TITLES
from tests.browser.site import Site, meanwhile
from tests.people import PASSWORD

pytestmark = pytest.mark.browser
PHONE: dict[str, Any] = {"viewport": {"width": 360, "height": 740}, "has_touch": True, "is_mobile": True}
DESK: dict[str, Any] = {"viewport": {"width": 1280, "height": 800}}
KEPT = """
import json
from exams.models import Attempt, Response
attempt = Attempt.objects.get(uuid={attempt!r})
rows = Response.objects.filter(attempt=attempt).order_by("question__section__position", "question__position")
said = [[row.question.section.title, row.question.position, row.answer, row.is_marked] for row in rows]
print(json.dumps([attempt.state, said]))
"""
MINE = """
from datetime import timedelta
from django.utils import timezone
from exams.models import Attempt
mine = Attempt.objects.filter(uuid={attempt!r})
"""
END_SOON = f"{MINE}mine.update(deadline_at=timezone.now() + timedelta(seconds=8))"
SILENT = f"{MINE}mine.update(last_beat_at=timezone.now() - timedelta(seconds=61))"
MORE_TIME_AND_SECTION_ENDS = """
import uuid
from datetime import timedelta
from django.utils import timezone
from exams import credits
from exams.models import Attempt
from tests import people
attempt = Attempt.objects.get(uuid={attempt!r})
now = timezone.now()
given = dict(seconds=600, reason="Power cut", action=uuid.uuid4(), actor=people.teacher(), now=now)
credits.give_time(attempt.test, [attempt], **given)
attempt.refresh_from_db()
attempt.section_ends[0] = (now + timedelta(seconds=7)).isoformat()
attempt.save(update_fields=["section_ends"])
"""


@pytest.fixture(scope="module")
def institute(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    data_dir = tmp_path_factory.mktemp("sitting")
    sites.seed(data_dir, "tests.browser.seed_sitting")
    site = sites.Site(data_dir)
    yield site
    site.close()


Sit = Callable[..., Page]


@pytest.fixture
def sit(browser: Browser, institute: Site) -> Iterator[Sit]:
    """`sit("All kinds")` is the phone of the student who writes that test, on its page; faults of a script fail."""
    faults: list[str] = []
    opened: list[BrowserContext] = []

    def begin(title: str, *, context: BrowserContext | None = None, **more: Any) -> Page:
        held = context or browser.new_context(**(PHONE | more), locale="en-IN")
        opened.append(held)
        page = held.new_page()
        page.on("pageerror", lambda error: faults.append(str(error)))
        page.on("console", lambda said: faults.append(said.text) if "Content Security" in said.text else None)
        if context is None:
            page.goto(f"{institute.url}/accounts/login/")
            page.get_by_label("E-mail address or admission number").fill(login_of(TITLES.index(title)))
            page.get_by_label("Password", exact=True).fill(PASSWORD)
            page.get_by_role("button", name="Sign in").click()
            page.wait_for_url("**/dashboard/")
        page.goto(f"{institute.url}/exams/attempts/{number_of(f'attempt {title}')}/")
        return page

    yield begin
    for one in opened:
        one.close()
    assert not faults


def ready(page: Page) -> Page:
    """The script has the paper."""
    page.wait_for_selector("#exam[data-ready]")
    return page


def kept(institute: Site, title: str) -> tuple[str, dict[tuple[str, int], tuple[Any, bool]]]:
    attempt = str(number_of(f"attempt {title}"))
    state, rows = json.loads(meanwhile(institute, KEPT.format(attempt=attempt)))
    return state, {(part, place): (answer, marked) for part, place, answer, marked in rows}


def heading(page: Page, place: int) -> None:
    expect(page.get_by_role("heading", level=1)).to_contain_text(f"Question {place} ")


def option(page: Page, letter: str) -> Any:
    return page.locator(".option", has=page.locator(".letter", has_text=letter))


def after(page: Page) -> None:
    page.get_by_role("button", name="Next", exact=True).click()


def saved(page: Page) -> None:
    expect(page.locator("[data-saved] .s-ok")).to_contain_text("Saved")


def nothing_waits(page: Page) -> None:
    """All that was answered on this page is at the server."""
    for _look in range(100):  # the policy of the page lets nothing wait inside it
        if not page.evaluate("Object.keys(localStorage).some((key) => key.includes('|q|'))"):
            return
        page.wait_for_timeout(100)
    raise AssertionError("answers still wait")


def go_to(page: Page, place: int) -> None:
    """By the palette, which on a phone is opened first."""
    opener = page.locator("[data-palette-open]")
    if opener.is_visible():
        opener.click()
    page.locator(f"#palette [data-place='{place}']").click()
    heading(page, place)


ANSWERED = {
    ("Physics", 1): ("c", False),
    ("Physics", 2): (["a", "c"], True),
    ("Physics", 3): ("true", False),
    ("Physics", 4): ("5.237", False),
    ("Physics", 5): ("Newton", False),
    ("Chemistry", 1): ("Two\nlines", False),
    ("Chemistry", 2): ({"p": ["a"], "q": ["c", "d"]}, False),
    ("Chemistry", 3): ({"language": "cpp", "source": "int main() {}"}, False),
    ("Chemistry", 4): (None, False),
}


def answer_all(page: Page, *, mark_leads_on: bool = False) -> None:
    """Without its script the page goes on to the next question with the mark."""
    option(page, "C").click()
    after(page)
    option(page, "A").click()
    option(page, "C").click()
    page.get_by_role("button", name="Mark").click()
    if not mark_leads_on:
        after(page)
    option(page, "A").click()
    after(page)
    page.get_by_label("Answer", exact=True).fill("5.237")
    after(page)
    page.get_by_label("Answer", exact=True).fill("Newton")
    after(page)
    page.get_by_label("Answer", exact=True).fill("Two\nlines")
    after(page)
    for row, columns in (("p", "a"), ("q", "cd")):
        for column in columns:
            page.locator(f".match-mark:has([name=row-{row}][value={column}])").click()
    after(page)
    page.get_by_label("Language", exact=True).select_option("cpp")
    page.get_by_label("Program", exact=True).fill("int main() {}")
    after(page)
    option(page, "B").click()
    page.get_by_role("button", name="Clear").click()


def test_all_kinds_are_answered_marked_cleared_reloaded_and_handed_in(sit, institute):
    page = ready(sit("All kinds"))
    answer_all(page)
    saved(page)
    assert kept(institute, "All kinds") == ("WRITING", ANSWERED)
    page.reload()
    ready(page)
    heading(page, 9)
    for place, check in (
        (2, "input[value=c]:checked"),
        (7, "[name=row-q][value=d]:checked"),
        (1, "input[value=c]:checked"),
    ):
        go_to(page, place)
        expect(page.locator(f"[data-body] {check}")).to_have_count(1)
    go_to(page, 4)
    expect(page.get_by_label("Answer", exact=True)).to_have_value("5.237")
    page.locator("[data-palette-open]").click()
    expect(page.locator("[data-place='2']")).to_have_attribute("aria-label", "Question 2, answered and marked")
    expect(page.locator("[data-place='9']")).to_have_attribute("aria-label", "Question 9, not answered")
    page.locator("#palette [data-review]").click()
    expect(page.locator("#exam-review")).to_be_visible()
    page.get_by_role("button", name="Hand in").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Handed in")
    expect(page.get_by_text("8 of 9")).to_be_visible()
    assert kept(institute, "All kinds") == ("SUBMITTED", ANSWERED)
    page.wait_for_function("() => Object.keys(localStorage).every((key) => !key.startsWith('exam|'))")


def test_answers_given_without_a_connection_arrive_when_it_is_back(sit, institute):
    page = ready(sit("Without connection"))
    option(page, "A").click()
    saved(page)
    page.context.set_offline(True)
    after(page)
    option(page, "B").click()
    after(page)
    option(page, "B").click()
    expect(page.locator("[data-saved]")).to_contain_text("Kept on this device: 2")
    assert ("Physics", 2) not in kept(institute, "Without connection")[1]
    page.context.set_offline(False)
    saved(page)
    answers = kept(institute, "Without connection")[1]
    assert answers["Physics", 2] == (["b"], False)
    assert answers["Physics", 3] == ("false", False)
    expect(page.locator("[data-notes]")).to_contain_text("no connection")


def test_killed_page_leaves_nothing_behind_that_the_next_one_does_not_send(sit, institute):
    page = ready(sit("Killed"))
    context = page.context
    context.set_offline(True)
    option(page, "D").click()
    after(page)
    option(page, "A").click()
    expect(page.locator("[data-saved]")).to_contain_text("Kept on this device")
    with pytest.raises(Error, match="crash"):  # a page that is closed may still send, whatever the line
        page.goto("chrome://crash")
    page.close()
    assert kept(institute, "Killed")[1] == {}
    context.set_offline(False)
    page = ready(sit("Killed", context=context))
    saved(page)
    answers = kept(institute, "Killed")[1]
    assert answers["Physics", 1] == ("d", False)
    assert answers["Physics", 2] == (["a"], False)


def test_hand_in_pressed_without_a_connection_outlives_a_reload(sit, institute):
    page = ready(sit("Handed in offline"))
    option(page, "B").click()
    saved(page)
    page.route("**/finish/", lambda route: route.abort())
    page.locator("[data-palette-open]").click()
    page.locator("#palette [data-review]").click()
    page.get_by_role("button", name="Hand in").click()
    expect(page.locator("[data-notes]")).to_contain_text("handed in as soon as there is one")
    page.unroute("**/finish/")
    page.reload()
    expect(page.get_by_role("heading", level=1)).to_have_text("Handed in")
    assert kept(institute, "Handed in offline")[0] == "SUBMITTED"


def go_on_here(page: Page, institute: Site, title: str) -> Page:
    expect(page.get_by_text("on every device")).to_be_visible()
    expect(page.get_by_role("button", name="Go on here")).to_have_count(0)
    meanwhile(institute, SILENT.format(attempt=str(number_of(f"attempt {title}"))))
    page.reload()
    page.get_by_role("button", name="Go on here").click()
    return ready(page)


def test_answers_go_from_device_to_device_and_who_comes_back_is_told_which_were_not_taken(sit, institute):
    phone = ready(sit("Moved"))
    option(phone, "A").click()
    saved(phone)
    phone.context.set_offline(True)
    after(phone)
    for letter in "AB":
        option(phone, letter).click()
    after(phone)
    option(phone, "B").click()
    expect(phone.locator("[data-saved]")).to_contain_text("Kept on this device: 2")
    tablet = go_on_here(sit("Moved"), institute, "Moved")
    heading(tablet, 2)
    option(tablet, "C").click()
    nothing_waits(tablet)
    phone.context.set_offline(False)
    phone.get_by_role("link", name="Sign in and go on").click()
    phone.get_by_label("E-mail address or admission number").fill(login_of(TITLES.index("Moved")))
    phone.get_by_label("Password", exact=True).fill(PASSWORD)
    phone.get_by_role("button", name="Sign in").click()
    go_on_here(phone, institute, "Moved")
    expect(phone.locator("[data-notes]")).to_contain_text("Look again at question 2.")
    nothing_waits(phone)
    answers = kept(institute, "Moved")[1]
    assert answers["Physics", 1] == ("a", False)
    assert answers["Physics", 2] == (["c"], False)
    assert answers["Physics", 3] == ("false", False)
    tablet.close()


def test_sections_in_turn_with_more_time_and_a_message(sit, institute):
    page = ready(sit("In turn"))
    notes = page.locator("[data-notes]")
    expect(notes).to_contain_text("Use <b>blue</b> ink")
    page.locator("[data-part='1']").dispatch_event("click")
    expect(notes).to_contain_text("That section is not open now")
    heading(page, 1)
    meanwhile(institute, MORE_TIME_AND_SECTION_ENDS.format(attempt=str(number_of("attempt In turn"))))
    option(page, "B").click()
    expect(notes).to_contain_text("You have more time", timeout=10_000)
    expect(page.get_by_role("heading", level=1)).to_contain_text("Question 3 ", timeout=10_000)
    expect(notes).to_contain_text("The next section is open now")
    option(page, "C").click()
    nothing_waits(page)
    page.locator("[data-part='0']").dispatch_event("click")
    heading(page, 3)
    answers = kept(institute, "In turn")[1]
    assert answers["Physics", 1] == ("b", False)
    assert answers["Chemistry", 1] == ("c", False)


def test_whole_test_by_keyboard(sit, institute):
    page = ready(sit("By keyboard", **DESK, has_touch=False, is_mobile=False))
    for key in ("c", "ArrowRight", "1", "c", "m", "n", "b", "ArrowLeft", "ArrowRight"):
        page.keyboard.press(key)
    heading(page, 3)
    assert page.evaluate("document.activeElement.id") == "q"
    page.keyboard.press("p")
    page.keyboard.press("Shift+C")
    saved(page)
    page.keyboard.press("?")
    expect(page.get_by_role("heading", name="Keys")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.locator("[data-saved]")).to_contain_text("Saved")
    nothing_waits(page)
    answers = kept(institute, "By keyboard")[1]
    assert answers["Physics", 1] == ("c", False)
    assert answers["Physics", 2] == (None, True)
    assert answers["Physics", 3] == ("false", False)


def test_without_script_every_question_is_a_page(sit, institute):
    page = sit("Without script", java_script_enabled=False)
    answer_all(page, mark_leads_on=True)
    expect(page.get_by_role("heading", level=1)).to_contain_text("Question 9")
    page.goto(page.url.split("/q/")[0] + "/review/")
    expect(page.get_by_role("heading", level=1)).to_have_text("Review and hand in")
    page.get_by_role("button", name="Hand in").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Handed in")
    state, answers = kept(institute, "Without script")
    assert state == "SUBMITTED"
    assert answers["Physics", 1] == ("c", False)
    assert answers["Chemistry", 3] == ({"language": "cpp", "source": "int main() {}"}, False)


def test_test_is_handed_in_when_time_is_over(sit, institute):
    page = ready(sit("Time is over"))
    option(page, "B").click()
    saved(page)
    meanwhile(institute, END_SOON.format(attempt=str(number_of("attempt Time is over"))))
    page.reload()
    expect(page.get_by_role("heading", level=1)).to_have_text("Handed in")
    state, answers = kept(institute, "Time is over")
    assert state == "SUBMITTED"
    assert answers["Physics", 1] == ("b", False)


def test_looks(sit):
    page = ready(sit("Looks", has_touch=False, is_mobile=False))
    option(page, "A").click()
    for place in (3, 4, 12, 20):
        go_to(page, place)
    option(page, "B").click()
    page.get_by_role("button", name="Mark").click()
    go_to(page, 13)
    page.get_by_role("button", name="Mark").click()
    go_to(page, 1)
    option(page, "C").click()
    saved(page)
    page.evaluate("window.scrollTo(0, 0)")
    look(page, "exam")
    page.set_viewport_size({"width": 360, "height": 740})
    page.locator("[data-palette-open]").click()
    look(page, "exam-palette")
    page.set_viewport_size({"width": 360, "height": 740})
    page.locator("[data-palette-close]").click()
    for place, name in ((7, "match"), (9, "wide")):
        go_to(page, place)
        look(page, f"exam-{name}")
        page.set_viewport_size({"width": 360, "height": 740})
    page.locator("[data-palette-open]").click()
    page.locator("#palette [data-review]").click()
    look(page, "exam-review")
    page.get_by_role("button", name="Hand in").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Handed in")
    look(page, "exam-receipt")
    page.get_by_role("link", name="What was noted").click()
    look(page, "exam-log")
