"""Chromium, the site it walks through, and what counts as a fault: a console error, a CSP report, a script error.

Without Chromium the tests are skipped and say so; REQUIRE_BROWSER=1 makes that a failure.
"""

import os
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, ConsoleMessage, Page, expect, sync_playwright

from tests.browser import site as sites
from tests.people import PASSWORD

# The shell first: it draws no window around the page, which took a third of the CPU of a walk.
BINARIES = ("chromium-headless-shell", "chromium", "chromium-browser")
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
# A test that goes well waits for none of these; on a loaded machine it must not fail by them.
EXPECT_MS = 30_000
PAGE_MS = 60_000
expect.set_options(timeout=EXPECT_MS)
OF_A_SESSION = {"sessionid", "device"}
SIGN_INS = {
    "admin": "rajendra@pragati.test",
    "teacher": "meera@pragati.test",
    "student": "2026-0188",
    "guardian": "sunil@pragati.test",
    "long name": "2026-0999",
    "teacher with a child": "subramaniam@pragati.test",
    "staff": "lata@pragati.test",
    "newcomer": "2026-1000",  # signs in once in a run: a second browser would be news to him
}


def _chromium() -> str:
    found = os.environ.get("CHROMIUM") or next(filter(None, map(shutil.which, BINARIES)), None)
    if found:
        return found
    reason = "No Chromium here: `apt-get install chromium` (or set CHROMIUM) to run the browser tests."
    if os.environ.get("REQUIRE_BROWSER") == "1":
        pytest.fail(reason)
    pytest.skip(reason)


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """Debian's Chromium, without a window."""
    path = _chromium()
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=FLAGS, headless=True, timeout=2 * PAGE_MS)
        yield browser
        browser.close()


@pytest.fixture(scope="session")
def site_dir(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The data directory all servers of this run share, filled once."""
    _chromium()
    data_dir = tmp_path_factory.mktemp("site")
    sites.seed(data_dir)
    return data_dir


@pytest.fixture(scope="session")
def site(site_dir: Path) -> Iterator[sites.Site]:
    """The site as it is in production: DEBUG off."""
    site = sites.Site(site_dir)
    yield site
    site.close()


@pytest.fixture(scope="session")
def debug_site(site_dir: Path) -> Iterator[sites.Site]:
    """The same with DEBUG, where /styleguide/ is."""
    site = sites.Site(site_dir, is_debug=True)
    yield site
    site.close()


@pytest.fixture
def expected_faults() -> list[str]:
    """Parts of console messages a test brings about on purpose, e.g. "status of 404"."""
    return []


@pytest.fixture
def page(browser: Browser, expected_faults: list[str]) -> Iterator[Page]:
    """A phone-sized window with no cookies. The test fails on any console error, CSP report or script error."""
    context = browser.new_context(viewport={"width": 360, "height": 740}, locale="en-IN")
    page = context.new_page()
    faults: list[str] = []

    def note(message: ConsoleMessage) -> None:
        if message.type == "error" and not any(part in message.text for part in expected_faults):
            faults.append(f"{page.url}: {message.text}")

    page.on("console", note)
    page.on("pageerror", lambda error: faults.append(f"{page.url}: {error}"))
    page.set_default_timeout(PAGE_MS)
    yield page
    context.close()
    assert not faults, "\n".join(faults)


@pytest.fixture
def browser_without_script(browser: Browser, site: sites.Site) -> Iterator[Page]:
    """A desk-sized window with JavaScript off, a teacher signed in, at home."""
    context = browser.new_context(viewport={"width": 1280, "height": 800}, java_script_enabled=False)
    page = context.new_page()
    by_the_page(page, site, "teacher")
    yield page
    context.close()


def through_the_door(page: Page, site: sites.Site, who: str) -> Page:
    """Signed in and at home, for the site of one file: `by_the_page`, or still from a walk shortly before."""
    if site.is_still_in(who):
        page.context.add_cookies(site.entered[who].cookies)
        page.goto(f"{site.url}/dashboard/")
        if page.url == f"{site.url}/dashboard/":
            return page
        page.context.clear_cookies()  # that walk ended the session
    by_the_page(page, site, who)
    site.note_entered(who, [cookie for cookie in page.context.cookies() if cookie["name"] in OF_A_SESSION])
    return page


def by_the_page(page: Page, site: sites.Site, who: str) -> Page:
    """Through the sign-in page like a person; answers the page, now at home."""
    page.goto(f"{site.url}/accounts/login/")
    page.get_by_label("E-mail address or admission number").fill(SIGN_INS[who])
    page.get_by_label("Password", exact=True).fill(PASSWORD)
    page.get_by_role("button", name="Sign in").click()
    page.wait_for_url("**/dashboard/")
    return page


@pytest.fixture
def sign_in(page: Page, site: sites.Site) -> Callable[[str], Page]:
    """`sign_in("admin")` goes in `by_the_page`: on the site of all files, no test has the session of another."""
    return lambda who: by_the_page(page, site, who)
