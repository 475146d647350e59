"""A teacher finds, reads and writes questions of the bank, on a desk and on a phone, in a real browser."""

from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Browser, FilePayload, Page, expect

from tests.browser import site as sites
from tests.browser.conftest import through_the_door
from tests.browser.looking import look
from tests.browser.site import Site

pytestmark = pytest.mark.browser
PIXEL = (
    b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR\x00\x00\x00\x01\x00\x00\x00\x01\x08\x02\x00\x00\x00\x90wS\xde\x00\x00\x00\x0cIDATx\x9c"
    b"c\xf8\xcf\xc0\x00\x00\x03\x01\x01\x00\xc9\xfe\x92\xef\x00\x00\x00\x00IEND\xaeB`\x82"
)
IMAGE: FilePayload = {"name": "rod.png", "mimeType": "image/png", "buffer": PIXEL}


@pytest.fixture(scope="module")
def institute(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """An institute with a bank of questions."""
    data_dir = tmp_path_factory.mktemp("bank")
    sites.seed(data_dir, "tests.browser.seed_bank")
    site = sites.Site(data_dir)
    yield site
    site.close()


@pytest.fixture
def enter(page: Page, institute: Site) -> Callable[[str], Page]:
    def opened(path: str) -> Page:
        through_the_door(page, institute, "teacher")
        page.goto(f"{institute.url}/exams/bank/{path}")
        return page

    return opened


def test_question_is_found_and_read(enter: Callable[[str], Page]) -> None:
    page = enter("")
    look(page, "bank-list")
    page.get_by_role("searchbox").fill("hinge")
    page.get_by_role("button", name="Show", exact=True).click()
    page.get_by_role("link", name="A uniform rod").click()
    expect(page.locator("math").first).to_be_visible()
    look(page, "bank-question")
    page.get_by_role("link", name="Compare").click()
    expect(page.get_by_role("heading", name="Version 1")).to_be_visible()
    look(page, "bank-compare")


def test_question_in_a_test_is_changed_into_a_version(enter: Callable[[str], Page]) -> None:
    page = enter("?q=hinge")
    page.get_by_role("link", name="A uniform rod").click()
    page.get_by_role("link", name="Change", exact=True).click()
    expect(page.get_by_text("Version 2 is in 1 test.")).to_be_visible()
    expect(page.locator(".bi-preview math").first).to_be_visible()
    look(page, "bank-edit")
    page.get_by_label("Text, English").fill("How fast is $\\omega_0$ when the rod is vertical?")
    expect(page.locator(".bi-preview").first.locator("msub")).to_be_visible()
    page.get_by_label("What is new").fill("Shorter")
    page.get_by_role("button", name="Save as version 3").first.click()
    expect(page.get_by_text("Saved as version 3. Tests that have version 2 keep it.")).to_be_visible()


def test_question_is_written_with_a_formula_and_an_image(enter: Callable[[str], Page]) -> None:
    page = enter("new/")
    look(page, "bank-new")
    page.get_by_label("Text, English").fill("The energy is $\\frac{1}{2}mv^2$. Its unit is")
    expect(page.locator(".bi-preview mfrac")).to_be_visible()
    page.get_by_label("Text, Hindi").fill("ऊर्जा $\\frac{1}{2}mv^2$ है। इसका मात्रक है")
    page.get_by_label("Image", exact=True).first.set_input_files(IMAGE)
    page.get_by_label("What the image shows, English").first.fill("A ball")
    page.get_by_label("Option A, English").fill("joule")
    page.get_by_label("Option B, English").fill("watt")
    page.get_by_role("button", name="Save").first.click()
    expect(page.get_by_text("Nothing is saved yet.")).to_be_visible()
    expect(page.get_by_text("Say which answer is right.").first).to_be_visible()
    expect(page.locator("img.bi-image")).to_have_js_property("complete", True)
    look(page, "bank-new-refused")
    page.get_by_role("radio", name="Option A is right").check()
    page.get_by_role("button", name="Save").first.click()
    expect(page.get_by_text("The question is in the bank.")).to_be_visible()
    expect(page.get_by_role("img", name="A ball").first).to_be_visible()


@pytest.mark.parametrize("kind", ["MATCH", "NUMERICAL", "CODING"])
def test_each_kind_has_its_form(enter: Callable[[str], Page], kind: str) -> None:
    look(enter(f"new/?kind={kind}"), f"bank-new-{kind.lower()}")


def test_topics_are_renamed(enter: Callable[[str], Page]) -> None:
    page = enter("topics/")
    look(page, "bank-topics")
    page.locator("summary").filter(has_text="Rotational motion").click()
    page.get_by_label("New name of Rotational motion").fill("Rotation")
    page.get_by_role("button", name="Rename").locator("visible=true").click()
    expect(page.get_by_text("Saved.")).to_be_visible()


def test_question_is_written_on_a_phone_without_script(browser: Browser, institute: Site) -> None:
    context = browser.new_context(viewport={"width": 360, "height": 740}, java_script_enabled=False)
    page = through_the_door(context.new_page(), institute, "teacher")
    page.goto(f"{institute.url}/exams/bank/new/?kind=TRUE_FALSE")
    page.get_by_label("Text, English").fill("Force is a vector.")
    page.get_by_label("Text, Hindi").fill("बल एक सदिश है।")
    page.get_by_label("True", exact=True).check()
    page.get_by_role("button", name="Save").first.click()
    expect(page.get_by_text("The question is in the bank.")).to_be_visible()
    context.close()
