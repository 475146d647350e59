"""Google's way through Chromium: in, refused in every way that must be, connected, disconnected."""

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, Response, expect

from tests.accounts.google_visits import at_google
from tests.browser import site as sites
from tests.browser.conftest import PAGE_MS
from tests.browser.looking import look
from tests.browser.site import ROOT, Site, environment
from tests.emulators.google import GoogleEmulator
from tests.people import PASSWORD

pytestmark = pytest.mark.browser
TEACHER, STUDENT = "meera.joshi.physics.department@gmail.test", "kavya.nair@pragati.test"
STRANGER, GUARDIAN = "stranger@gmail.test", "sunil.kulkarni@gmail.test"
ENTERED = f"""
from allauth.socialaccount.models import SocialAccount
from django.contrib.auth.hashers import make_password
from accounts.models import User
from tests import people
User.objects.create(name="Kavya Nair", role="STUDENT", email="{STUDENT}", password=make_password(None))
"""


@pytest.fixture(scope="module")
def google() -> Iterator[GoogleEmulator]:
    with GoogleEmulator() as emulator:
        for email in (TEACHER, STUDENT, STRANGER, GUARDIAN):
            emulator.account(email)
        yield emulator


@pytest.fixture(scope="module")
def data_dir(google: GoogleEmulator, tmp_path_factory: pytest.TempPathFactory) -> str:
    """People, of whom some sign in with Google."""
    data_dir = tmp_path_factory.mktemp("google")
    sites.seed(data_dir)
    code = ENTERED
    for who, email in (("teacher", TEACHER), ("guardian", GUARDIAN)):
        fields = f"provider='google', uid='{google.account(email).sub}', extra_data={{'email': '{email}'}}"
        code += f"SocialAccount.objects.create(user=people.{who}(), {fields})\n"
    command = [sys.executable, "manage.py", "shell", "-v0", "-c", code]
    done = subprocess.run(command, cwd=ROOT, env=environment(data_dir), capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    return str(data_dir)


@pytest.fixture(scope="module")
def door(google: GoogleEmulator, data_dir: str) -> Iterator[Site]:
    """A site that is connected with Google."""
    site = Site(Path(data_dir), more=google.settings)
    yield site
    site.close()


@pytest.fixture
def other(browser: Browser) -> Iterator[BrowserContext]:
    """Another browser."""
    context = browser.new_context(viewport={"width": 360, "height": 740})
    context.set_default_timeout(PAGE_MS)
    yield context
    context.close()


@pytest.fixture(autouse=True)
def _no_icon_at_google(expected_faults: list[str]) -> None:
    expected_faults += ["status of 404", "status of 403", "status of 409"]


def to_google(page: Page, site: Site) -> Page:
    page.goto(f"{site.url}/accounts/login/")
    page.get_by_role("button", name="Continue with Google").click()
    expect(page.get_by_role("heading", name="Choose an account")).to_be_visible()
    return page


def agree(page: Page, email: str) -> None:
    """At Google."""
    page.get_by_role("radio", name=email).check()
    page.get_by_role("button", name="Continue").click()


def is_out(page: Page, site: Site) -> None:
    """Nobody is signed in in this browser."""
    page.goto(f"{site.url}/accounts/profile/")
    expect(page.get_by_role("heading", name="Sign in")).to_be_visible()


def test_person_signs_in_connects_nothing_twice_and_disconnects(page: Page, door: Site, google: GoogleEmulator) -> None:
    page.goto(f"{door.url}/accounts/login/?next=/accounts/profile/")
    look(page, "sign-in-google")
    page.get_by_role("button", name="Continue with Google").click()
    agree(page, TEACHER)
    page.wait_for_url("**/accounts/profile/")
    expect(page.get_by_text(TEACHER)).to_be_visible()
    look(page, "profile-google")
    page.goto(f"{door.url}/accounts/reauthenticate/")
    expect(page.get_by_role("button", name="Confirm with Google")).to_be_visible()
    look(page, "reauthenticate-google")
    page.get_by_role("button", name="Confirm with Google").click()
    agree(page, TEACHER)
    page.wait_for_url("**/dashboard/")


def test_imported_student_gets_in_the_first_time_and_confirms_with_google(page: Page, door: Site) -> None:
    agree(to_google(page, door), STUDENT)
    page.wait_for_url("**/dashboard/")
    page.goto(f"{door.url}/accounts/profile/")
    expect(page.get_by_role("link", name="Set a password")).to_be_visible()
    page.goto(f"{door.url}/accounts/reauthenticate/google/?next=/accounts/password/set/")
    look(page, "confirm-google")
    page.get_by_role("button", name="Confirm with Google").click()
    agree(page, STUDENT)
    page.wait_for_url("**/accounts/password/set/")


def test_stopping_at_google_leads_back_to_the_door(page: Page, door: Site) -> None:
    to_google(page, door).get_by_role("button", name="Cancel").click()
    expect(page.get_by_text("You stopped at Google, so you are not signed in.")).to_be_visible()
    expect(page.get_by_role("button", name="Continue with Google")).to_be_visible()


def test_unknown_account_learns_what_to_do(page: Page, door: Site) -> None:
    agree(to_google(page, door), STRANGER)
    expect(page.get_by_text("This Google account is not connected with anybody here.")).to_be_visible()
    look(page, "google-refused")
    page.get_by_role("link", name="Go back").click()
    expect(page.get_by_role("heading", name="Sign in")).to_be_visible()


def test_unverified_address_is_refused(page: Page, door: Site, google: GoogleEmulator) -> None:
    google.account(GUARDIAN).email_verified = False
    try:
        agree(to_google(page, door), GUARDIAN)
        expect(page.get_by_text("Google has not verified this account's e-mail address.")).to_be_visible()
    finally:
        google.account(GUARDIAN).email_verified = True
    is_out(page, door)


def test_account_of_another_domain_is_refused(page: Page, google: GoogleEmulator, data_dir: str) -> None:
    more = {**google.settings, "ALLOWED_GOOGLE_DOMAINS": "pragati.test"}
    strict = Site(Path(data_dir), more=more)
    try:
        agree(to_google(page, strict), GUARDIAN)
        expect(page.get_by_text("Choose the Google account that ends in @pragati.test.")).to_be_visible()
        is_out(page, strict)
    finally:
        strict.close()


def come_back_as(page: Page, door: Site, email: str) -> str:
    """Sign in; the address at which Google's answer came back."""
    back: list[str] = []

    def note(response: Response) -> None:
        if "/google/login/callback/" in response.url:
            back.append(response.url)

    page.on("response", note)
    agree(to_google(page, door), email)
    page.wait_for_url("**/dashboard/")
    return back[0]


def test_answer_counts_once(page: Page, door: Site) -> None:
    back = come_back_as(page, door, GUARDIAN)
    page.context.clear_cookies()
    page.goto(back)
    expect(page.get_by_text("is not for this browser window, or it was used already")).to_be_visible()
    is_out(page, door)


def test_answer_counts_in_the_browser_that_asked_only(page: Page, door: Site, other: BrowserContext) -> None:
    to_google(page, door)
    back = f"{door.url}{at_google(page.url, login=GUARDIAN)}"
    thief = other.new_page()
    to_google(thief, door)
    thief.goto(back)
    expect(thief.get_by_text("is not for this browser window, or it was used already")).to_be_visible()
    is_out(thief, door)
    page.goto(back)
    page.wait_for_url("**/dashboard/")


def test_changed_address_is_the_same_person(page: Page, door: Site, google: GoogleEmulator) -> None:
    google.rename(google.account(GUARDIAN), "sunil.new@gmail.test")
    try:
        agree(to_google(page, door), "sunil.new@gmail.test")
        page.wait_for_url("**/dashboard/")
        page.goto(f"{door.url}/accounts/profile/")
        expect(page.get_by_role("heading", name="Sunil Kulkarni")).to_be_visible()
        expect(page.get_by_text("sunil@pragati.test").first).to_be_visible()
        expect(page.get_by_text("sunil.new@gmail.test")).to_be_visible()
    finally:
        google.rename(google.account("sunil.new@gmail.test"), GUARDIAN)


def test_account_is_connected_disconnected_and_opens_nothing_then(
    page: Page, door: Site, google: GoogleEmulator, other: BrowserContext
) -> None:
    page.goto(f"{door.url}/accounts/login/")
    page.get_by_label("E-mail address or admission number").fill("imran@pragati.test")
    page.get_by_label("Password", exact=True).fill(PASSWORD)
    page.get_by_role("button", name="Sign in", exact=True).click()
    page.wait_for_url("**/dashboard/")
    page.goto(f"{door.url}/accounts/profile/")
    page.get_by_role("button", name="Connect Google").click()
    agree(page, STRANGER)
    expect(page.get_by_text(f"You can sign in with {STRANGER} now.")).to_be_visible()
    page.get_by_role("button", name="Disconnect Google").click()
    expect(page.get_by_text("Google is disconnected.")).to_be_visible()
    look(page, "profile-google-disconnected")
    stranger = other.new_page()
    agree(to_google(stranger, door), STRANGER)
    expect(stranger.get_by_text("This Google account is not connected with anybody here.")).to_be_visible()
    is_out(stranger, door)
