"""A student writes, runs and submits programs in a real browser, and a sandbox judges them: at a desk, on a phone,
without a script, without a connection."""

import gzip
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, Response, expect

from tests.browser import site as sites
from tests.browser.looking import MAX_PAGE_BYTES, assert_fits, look, take_picture
from tests.browser.seed_code import RIGHT, START, TITLES, WRONG
from tests.browser.seed_exams import login_of, number_of
from tests.browser.site import Site, meanwhile
from tests.people import PASSWORD

pytestmark = pytest.mark.browser
PHONE: dict[str, Any] = {"viewport": {"width": 360, "height": 740}, "has_touch": True, "is_mobile": True}
DESK: dict[str, Any] = {"viewport": {"width": 1280, "height": 800}}
READY = "from exams.judge.judging import ready\nprint(ready().works)"
JUDGE = """
from exams.judge import hosts, judging
hosts.STARTED_AT = 0  # what READY found still holds
print(judging.judge_one())
"""
KEPT = """
from exams.models import Response
row = Response.objects.get(attempt__uuid={attempt!r}, question__position=2)
print((row.answer or {{}}).get("source", ""), end="")
"""


@pytest.fixture(scope="module")
def institute(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    data_dir = tmp_path_factory.mktemp("code")
    sites.seed(data_dir, "tests.browser.seed_code")
    site = sites.Site(data_dir)
    if meanwhile(site, READY) != "True":
        site.close()
        pytest.skip("No sandbox works here: `manage.py judge_selftest` says why.")
    yield site
    site.close()


Sit = Callable[..., Page]


@pytest.fixture
def sit(browser: Browser, institute: Site) -> Iterator[Sit]:
    """`sit("Coding phone")` is its student's browser at the second question; faults of a script fail."""
    faults: list[str] = []
    opened: list[BrowserContext] = []

    def begin(title: str, *, place: int = 2, **more: Any) -> Page:
        context = browser.new_context(**more, locale="en-IN")
        opened.append(context)
        page = context.new_page()
        page.on("pageerror", lambda error: faults.append(str(error)))
        page.on("console", lambda said: faults.append(said.text) if "Content Security" in said.text else None)
        page.goto(f"{institute.url}/accounts/login/")
        page.get_by_label("E-mail address or admission number").fill(login_of(TITLES.index(title)))
        page.get_by_label("Password", exact=True).fill(PASSWORD)
        page.get_by_role("button", name="Sign in").click()
        page.wait_for_url("**/dashboard/")
        page.goto(f"{institute.url}/exams/attempts/{number_of(f'attempt {title}')}/q/{place}/")
        return page

    yield begin
    for one in opened:
        one.close()
    assert not faults


def ready(page: Page) -> Page:
    page.wait_for_selector("#exam[data-ready]")
    page.wait_for_selector(".is-dressed", state="attached")
    return page


def judged(institute: Site) -> None:
    assert meanwhile(institute, JUDGE) == "True"


def kept(institute: Site, title: str) -> str:
    """The program the server has as the answer."""
    return meanwhile(institute, KEPT.format(attempt=str(number_of(f"attempt {title}"))))


def code(page: Page) -> Any:
    return page.get_by_role("textbox", name="Your code")


def test_wrong_program_is_run_mended_and_submitted_at_a_desk(sit, institute):
    page = ready(sit("Coding desk", **DESK))
    expect(code(page)).to_have_value(START)
    expect(page.locator(".ed-lines .c-w").first).to_have_text("import")
    page.get_by_label("Language", exact=True).select_option("cpp")
    expect(code(page)).to_have_value("#include <bits/stdc++.h>\nusing namespace std;\n")
    page.get_by_label("Language", exact=True).select_option("py")
    write_by_keyboard(page)
    code(page).fill(WRONG)
    page.get_by_label("Own input", exact=True).fill("8 12\n4 4 4 0 0 9 3 1\n")
    code(page).press("Control+Enter")
    expect(page.locator("[data-subs]")).to_contain_text("Next in the queue")
    judged(institute)
    run = page.locator(".sub", has_text="Run").first
    expect(run.locator(".judged")).to_contain_text("wrong answer")
    expect(run.locator(".diff mark").first).to_have_text("3")
    expect(page.locator("[data-own-ran] pre")).to_have_text("4")
    assert kept(institute, "Coding desk") == WRONG.rstrip("\n")
    page.get_by_role("button", name="Submit code").click()
    judged(institute)
    expect(page.get_by_role("heading", name="Submission 1")).to_be_visible()
    expect(page.locator(".vds")).to_have_count(2)
    code(page).fill(RIGHT)
    code(page).press("Control+Shift+Enter")
    expect(page.get_by_role("heading", name="Submission 2")).to_be_visible()
    look(page, "code-waits")
    page.set_viewport_size(DESK["viewport"])
    judged(institute)
    expect(page.locator(".sub-mark").first).to_contain_text("100")
    expect(page.locator("[data-left-words]")).to_have_text("28 of 30 submissions left")
    page.get_by_text("1 earlier submission").click()
    page.get_by_text("Submission 1").click()
    expect(page.locator(".sub-list .vds")).to_have_count(2)
    look(page, "code-judged")
    page.set_viewport_size(DESK["viewport"])
    over_the_paper(page)


def write_by_keyboard(page: Page) -> None:
    """Enter keeps what indents, brackets come in pairs, Escape and Tab lead out, and Undo takes it back."""
    field = code(page)
    field.fill("")
    field.press_sequentially("def f(x):\nreturn [x")
    expect(field).to_have_value("def f(x):\n    return [x]")
    field.press_sequentially("]\n")
    field.press("Shift+Tab")
    field.press_sequentially("print(f(1))")
    expect(field).to_have_value("def f(x):\n    return [x]\nprint(f(1))")
    field.press("Control+a")
    field.press("Tab")
    expect(field).to_have_value("    def f(x):\n        return [x]\n    print(f(1))")
    field.press("Control+z")
    expect(field).to_have_value("def f(x):\n    return [x]\nprint(f(1))")
    field.press("Escape")
    field.press("Tab")
    expect(field).not_to_be_focused()


def over_the_paper(page: Page) -> None:
    """To the question people mark and back: the page's script makes the same as the server."""
    page.get_by_role("button", name="Next", exact=True).click()
    expect(page.get_by_text("People read and mark this program.")).to_be_visible()
    expect(page.get_by_role("button", name="Submit code")).to_be_hidden()
    page.get_by_role("button", name="Previous question").click()
    expect(code(page)).to_have_value(RIGHT)
    expect(page.locator(".sub-mark").first).to_contain_text("100")
    expect(page.locator(".io")).to_have_count(2)
    look(page, "code-by-script")
    page.set_viewport_size(DESK["viewport"])
    page.context.grant_permissions(["clipboard-write"])  # a browser with a window gives it to whoever taps
    page.get_by_role("button", name="Copy input 1").click()
    expect(page.locator("[data-copy]").first).to_have_text("Copied")
    assert sent_bytes(page) < MAX_PAGE_BYTES


def sent_bytes(page: Page) -> int:
    """What a first visit is sent, pressed as a server does it: the page of a test is most of it scripts."""
    answers: list[Response] = []
    page.on("response", lambda one: answers.append(one))  # it asks for a function of Python
    page.reload(wait_until="networkidle")
    return sum(len(gzip.compress(one.body())) for one in answers if one.ok)


def test_on_a_phone_one_part_at_a_time(sit, institute):
    page = ready(sit("Coding phone", **PHONE))
    expect(code(page)).to_be_hidden()
    page.get_by_role("link", name="Code", exact=True).click()
    field = code(page)
    field.fill("print")
    page.locator("[data-key='(']").tap()
    page.locator("[data-key='\"']").tap()
    field.press_sequentially("hi")
    page.locator("[data-key=right]").tap()
    expect(field).to_have_value('print("hi)')
    page.get_by_role("button", name="Undo").tap()
    field.fill("while True\n")
    take_picture(page, "code-phone", whole=False)
    page.get_by_role("button", name="Submit code").click()
    expect(page.locator("#results")).to_be_visible()
    judged(institute)
    expect(page.locator(".sub").first).to_contain_text("does not compile")
    expect(page.locator(".compiler")).to_contain_text("SyntaxError")
    look(page, "code-compiler")
    page.set_viewport_size(PHONE["viewport"])
    page.get_by_role("link", name="Question", exact=True).click()
    expect(page.get_by_role("heading", name="Sample 2")).to_be_visible()
    expect(page.get_by_role("button", name="Submit code")).to_be_hidden()


def test_without_a_script_run_and_submit_are_forms(sit, institute):
    page = sit("Coding without script", java_script_enabled=False, **PHONE)
    code(page).fill(WRONG)
    assert_fits(page, "a coding question without a script")
    take_picture(page, "code-plain")
    page.get_by_role("button", name="Run").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Run")
    judged(institute)
    page.reload()  # or it does so by itself
    expect(page.get_by_text("wrong answer").first).to_be_visible()
    page.get_by_role("link", name="Back to the question").click()
    expect(code(page)).to_have_value(WRONG)
    code(page).fill(RIGHT)
    page.get_by_role("button", name="Submit code").click()
    judged(institute)
    page.reload()  # or it does so by itself
    expect(page.locator(".sub-mark")).to_contain_text("100")
    assert_fits(page, "a submission without a script")
    take_picture(page, "code-alone")
    assert kept(institute, "Coding without script") == RIGHT.rstrip("\n")


def test_without_a_connection_run_says_so_and_the_program_is_kept(sit, institute):
    page = ready(sit("Coding offline", **DESK))
    page.context.set_offline(True)
    code(page).fill(RIGHT)
    page.get_by_role("button", name="Run").click()
    expect(page.locator("[data-code-note]")).to_contain_text("need a connection")
    page.context.set_offline(False)
    expect(page.locator("[data-saved] .s-ok")).to_contain_text("Saved")
    assert kept(institute, "Coding offline") == RIGHT.rstrip("\n")
    page.get_by_role("button", name="Back to the starting code").click()
    expect(code(page)).to_have_value(START)
