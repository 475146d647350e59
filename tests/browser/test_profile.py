"""A person's own page and photo, and a question to the office, in a real browser."""

import io
from collections.abc import Callable

import pytest
from PIL import Image, ImageDraw
from playwright.sync_api import Browser, Page, expect

from tests.browser.looking import look
from tests.browser.site import Site
from tests.people import PASSWORD

pytestmark = pytest.mark.browser

SignIn = Callable[[str], Page]


def portrait() -> bytes:
    """Something like a face, as a phone takes it: upright by a mark only."""
    picture = Image.new("RGB", (1600, 1200), "#7aa2c8")
    draw = ImageDraw.Draw(picture)
    draw.ellipse((560, 250, 1040, 850), fill="#d9a77c")
    draw.pieslice((380, 800, 1220, 1700), 180, 360, fill="#5b3a8c")
    made = io.BytesIO()
    picture.save(made, "JPEG")
    return made.getvalue()


def test_a_teacher_puts_a_photo_and_takes_it_away(sign_in: SignIn, site: Site, expected_faults: list[str]) -> None:
    page = sign_in("teacher")
    page.goto(f"{site.url}/accounts/profile/")
    page.get_by_role("link", name="Add a photo").click()
    expected_faults.append("status of 400")
    no_picture = {"name": "me.png", "mimeType": "image/png", "buffer": b"<svg/>"}
    page.get_by_label("New picture").set_input_files(files=[no_picture])
    page.get_by_role("button", name="Use this picture").click()
    expect(page.get_by_text("This is not a picture we can read.")).to_be_visible()
    look(page, "photo-refused")
    page.get_by_label("New picture").set_input_files(
        files=[{"name": "me.jpg", "mimeType": "image/jpeg", "buffer": portrait()}]
    )
    page.get_by_role("button", name="Use this picture").click()
    page.wait_for_url("**/accounts/profile/")
    photo = page.locator("main img.avatar")
    expect(photo).to_be_visible()
    assert photo.evaluate("image => image.decode().then(() => image.naturalWidth)") == 256
    look(page, "profile")
    page.get_by_role("link", name="Change photo").click()
    look(page, "photo")
    page.get_by_role("button", name="Show no photo").click()
    page.wait_for_url("**/accounts/profile/")
    expect(page.locator("main img.avatar")).to_have_count(0)


def test_look_and_language_save_at_once(sign_in: SignIn, site: Site) -> None:
    page = sign_in("student")
    page.goto(f"{site.url}/accounts/profile/")
    dark = page.locator(".look", has_text="Dark")
    with page.expect_response("**/accounts/theme/"):
        dark.click()
    expect(dark).to_have_attribute("aria-pressed", "true")
    page.reload()
    expect(page.locator("html")).to_have_attribute("data-theme", "dark")
    page.locator(".look", has_text="Like the device").click()
    page.get_by_role("button", name="हिंदी").click()
    expect(page.locator("html")).to_have_attribute("lang", "hi")
    look(page, "profile-hindi")
    page.get_by_role("button", name="English").click()
    expect(page.locator("html")).to_have_attribute("lang", "en")


def test_a_long_name_wraps(site: Site, sign_in: SignIn) -> None:
    page = sign_in("long name")
    page.goto(f"{site.url}/accounts/profile/")
    look(page, "profile-long-name")


def test_without_script_the_look_is_saved_too(browser_without_script: Page, site: Site) -> None:
    page = browser_without_script
    page.goto(f"{site.url}/accounts/profile/")
    page.locator(".look", has_text="Light").click()
    expect(page.locator("html")).to_have_attribute("data-theme", "light")
    page.locator(".look", has_text="Like the device").click()
    expect(page.locator("html")).not_to_have_attribute("data-theme", "light")


def test_a_student_asks_and_the_office_answers(sign_in: SignIn, site: Site, browser: Browser) -> None:
    page = sign_in("student")
    page.goto(f"{site.url}/accounts/questions/")
    look(page, "questions-empty")
    page.get_by_role("link", name="Ask a question").first.click()
    page.get_by_label("What it is about").fill(
        "रसायन विज्ञान की किताब कब मिलेगी? And is my name spelt right on the card?"
    )
    page.get_by_label("Message").fill("नमस्ते,\n\nthe card says Ananya Kulkarn. Please put the i back.\n\nAnanya")
    look(page, "question-ask")
    page.get_by_role("button", name="Send").click()
    expect(page.get_by_text("Please put the i back.")).to_be_visible()
    address = page.url
    context = browser.new_context(viewport={"width": 1280, "height": 800}, locale="en-IN")
    office = context.new_page()
    _enter(office, site, "rajendra@pragati.test")
    office.goto(f"{site.url}/accounts/questions/")
    look(office, "questions-office")
    office.get_by_role("button", name="रसायन विज्ञान").click()
    expect(office.get_by_role("button", name="I have read it")).to_have_count(0)
    office.get_by_label("Message").fill("The new card lies at the office from Monday on.")
    office.get_by_role("button", name="Answer").click()
    expect(office.get_by_text("from Monday on")).to_be_visible()
    look(office, "question-office")
    context.close()
    page.goto(f"{site.url}/accounts/questions/")
    look(page, "questions")
    page.get_by_role("button", name="रसायन विज्ञान").click()
    expect(page).to_have_url(address)
    expect(page.get_by_text("from Monday on")).to_be_visible()
    look(page, "question")
    page.get_by_role("button", name="Close").click()
    expect(page.get_by_text("What you write opens it again.")).to_be_visible()


def _enter(page: Page, site: Site, name: str) -> None:
    page.goto(f"{site.url}/accounts/login/")
    page.get_by_label("E-mail address or admission number").fill(name)
    page.get_by_label("Password", exact=True).fill(PASSWORD)
    page.get_by_role("button", name="Sign in").click()
    page.wait_for_url("**/dashboard/")
