"""The console in a real browser: at rest, in trouble, in two widths and both themes."""

import zlib
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser import conftest
from tests.browser import site as sites
from tests.browser.looking import MAX_PAGE_BYTES, look

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def console_site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[sites.Site]:
    """A site of its own whose store has seen some trouble."""
    conftest._chromium()
    data_dir: Path = tmp_path_factory.mktemp("console")
    sites.seed(data_dir, "tests.browser.seed_console")
    site = sites.Site(data_dir)
    yield site
    site.close()


@pytest.fixture
def console(page: Page, console_site: sites.Site) -> Page:
    """The console, an admin signed in."""
    conftest.through_the_door(page, console_site, "admin")
    page.goto(f"{console_site.url}/dfs/")
    return page


def test_the_console_shows_trouble_first_and_fits(console: Page) -> None:
    expect(console.get_by_role("heading", level=1)).to_have_text("Files and Drives")
    expect(console.locator(".trouble")).to_contain_text("not answering")
    expect(console.locator(".files tbody tr")).to_have_count(8)
    look(console, "console")


def test_the_console_is_light_on_a_first_visit(console: Page, console_site: sites.Site) -> None:
    """Script and style are sent compressed on a real site; pages are not."""
    parts = console.locator("link[rel=stylesheet], script[src]").evaluate_all("all => all.map(e => e.href || e.src)")
    compressed = sum(len(zlib.compress(console.request.get(part).body())) for part in parts)
    document = len(console.request.get(f"{console_site.url}/dfs/").body())
    assert document + compressed <= MAX_PAGE_BYTES, (document, compressed)


def test_the_meter_answers_at_once(console: Page) -> None:
    console.set_viewport_size({"width": 1280, "height": 800})
    meter = console.locator(".part-what-if")
    for name in ("Rajendra", "Meera", "Imran"):
        meter.locator("label", has_text=name).click()
        expect(meter.get_by_label(name)).to_be_checked()
    expect(meter).to_contain_text("files lost")
    expect(meter.locator(".hollow")).to_have_count(3)
    look(console, "console-what-if")


def test_the_log_rests_and_goes_on(console: Page) -> None:
    log = console.locator(".part-log")
    log.get_by_role("button", name="Pause").click()
    expect(console.locator("#log-lines")).to_have_attribute("data-paused", "")
    with console.expect_response("**/dfs/log/"):
        log.get_by_role("button", name="Go on").click()


def test_the_queue_keeps_itself_up_to_date(console: Page) -> None:
    with console.expect_response("**/dfs/queue/") as answer:
        pass
    assert answer.value.ok
    expect(console.locator("#queue")).to_contain_text("failed")


def test_a_job_has_a_page_with_its_log(console: Page) -> None:
    console.locator("#queue").get_by_role("link", name="NEET mock 6 paper, sealed.pdf").first.click()
    expect(console.get_by_role("heading", level=1)).to_contain_text("NEET mock 6 paper")
    look(console, "console-job")
    console.go_back()
    console.locator("#queue").get_by_role("link", name="Cancel").first.click()
    look(console, "console-cancel")


def test_delete_and_undo(console: Page) -> None:
    row = console.locator(".files tr", has_text="Timetable.txt")
    row.get_by_role("button", name="Delete").click()
    expect(console.locator(".part-trash")).to_contain_text("Timetable.txt")
    look(console, "console-trash")
    console.get_by_role("status").get_by_role("button", name="Undo").click()
    expect(console.locator(".part-trash")).to_have_count(0)


def test_everything_can_be_done_without_script(browser: Browser, console_site: sites.Site) -> None:
    context = browser.new_context(viewport={"width": 360, "height": 740}, java_script_enabled=False)
    page = context.new_page()
    conftest.through_the_door(page, console_site, "admin")
    page.goto(f"{console_site.url}/dfs/")
    page.locator(".drives label").first.click()
    page.get_by_role("button", name="Show").click()
    expect(page.locator(".part-what-if")).to_contain_text("would")
    page.get_by_role("button", name="Pause: Meera Joshi").click()
    expect(page.locator(".pool")).to_contain_text("Paused")
    page.get_by_role("button", name="Resume: Meera Joshi").click()
    page.get_by_role("button", name="Verify all").click()
    expect(page.locator(".part-run")).to_contain_text("Waiting for a worker")
    context.close()


def test_history_in_pages(console: Page, console_site: sites.Site) -> None:
    console.goto(f"{console_site.url}/dfs/history/")
    look(console, "console-history")


def test_an_upload_goes_into_the_queue_without_a_reload(console: Page) -> None:
    file = {"name": "प्रवेश सूची.csv", "mimeType": "text/csv", "buffer": b"x" * 70_000}
    console.locator("input[type=file]").set_input_files(file)
    expect(console.locator("#queue")).to_contain_text("प्रवेश सूची.csv")
    expect(console.locator("#files-list")).to_contain_text("प्रवेश सूची.csv")
    look(console, "console-upload")
