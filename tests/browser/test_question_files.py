"""A teacher takes a file of questions in, sees what does not fit, takes it back, and exports the bank."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import FilePayload, Page, expect

from tests.browser import site as sites
from tests.browser.conftest import through_the_door
from tests.browser.looking import look
from tests.browser.site import Site

pytestmark = pytest.mark.browser
FILES = Path(__file__).parent.parent / "exams" / "files"
LONG = "विद्युत धारा के चुम्बकीय प्रभाव " * 12
TABLE = (
    "kind,subject,topic,tags,text_en,text_hi,option_a,option_b,option_c,right,solution_en\n"
    'SINGLE,Physics,Units,"si, basics",A mass of 2 kg falls. What is $mg$?,2 kg का भार कितना है?,'
    "19.6 N,2 N,$\\frac{9.8}{2}$ N,a,$$mg = 2 \\cdot 9.8$$\n"
    f"LONG,Physics,Magnets,,{LONG},,,,,,\n"
    "SINGLE,Physics,,,Which unit has force?,,joule,newton,,b,\n"
    "SINGLE,Physics,Units,,Only one option,,alone,,,a,\n"
    "SINGLE,Fysics,Units,,Where does this belong?,,here,there,,a,\n"
)
CSV: FilePayload = {"name": "physics after the monsoon.csv", "mimeType": "text/csv", "buffer": TABLE.encode()}


@pytest.fixture(scope="module")
def institute(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    data_dir = tmp_path_factory.mktemp("question_files")
    sites.seed(data_dir, "tests.browser.seed_question_files")
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


def test_file_is_looked_at_taken_in_and_taken_back(enter: Callable[[str], Page]) -> None:
    page = enter("")
    page.get_by_role("link", name="Import", exact=True).click()
    look(page, "question-file")
    page.get_by_label("File of questions").set_input_files(CSV)
    page.get_by_role("button", name="Read the file").click()
    expect(page.get_by_role("heading", name="2 of 5 questions do not fit yet")).to_be_visible()
    expect(page.locator("math").first).to_be_visible()
    look(page, "question-file-preview")
    page.get_by_label("Take only the 2 that fit").check()
    page.get_by_role("button", name="Import 2 questions").click()
    expect(page.get_by_role("heading", name="2 questions are in the bank")).to_be_visible()
    look(page, "question-file-done")
    page.get_by_role("button", name="Take the import back").click()
    expect(page.get_by_role("heading", name="This import was taken back")).to_be_visible()


def test_export_of_moodle_is_read_with_its_image(enter: Callable[[str], Page]) -> None:
    page = enter("files/")
    page.get_by_label("File of questions").set_input_files(FILES / "moodle.xml")
    page.get_by_role("button", name="Read the file").click()
    expect(page.get_by_text("Questions of the kind “cloze” are not taken.")).to_be_visible()
    expect(page.get_by_role("img", name="A thin lens")).to_be_visible()
    look(page, "question-file-moodle")


def test_bank_is_exported(enter: Callable[[str], Page]) -> None:
    page = enter("")
    page.get_by_role("link", name="Export", exact=True).click()
    look(page, "question-export")
    with page.expect_download() as download:
        page.get_by_role("button", name="Export Moodle XML").click()
    assert b"Which unit has force?" in Path(download.value.path()).read_bytes()
