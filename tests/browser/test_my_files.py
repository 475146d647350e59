"""My files with a mouse, a thumb, a broken network and no script."""

import os
import re
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.browser.looking import look
from tests.browser.pieces import PIECE, Pieces
from tests.browser.site import Site, meanwhile

pytestmark = pytest.mark.browser

SignIn = Callable[[str], Page]
MIB = 1024 * 1024
DROPPED = "net::ERR_INTERNET_DISCONNECTED"


def made(path: Path, size: int) -> Path:
    path.write_bytes(os.urandom(size))
    return path


@pytest.fixture
def files_page(sign_in: SignIn, site: Site) -> Page:
    """The page of a teacher."""
    page = sign_in("teacher")
    page.goto(f"{site.url}/dfs/files/")
    return page


def choose(page: Page, *paths: Path) -> None:
    page.locator("input[type=file]").set_input_files([str(path) for path in paths])


def row(page: Page, name: str):
    return page.locator("[data-uploads] .file", has_text=name)


def listed(page: Page, name: str):
    return page.locator("#files-list li", has_text=name)


def download(page: Page, name: str) -> bytes:
    with page.expect_download() as waiting:
        listed(page, name).get_by_role("link", name="Download").click()
    return Path(waiting.value.path()).read_bytes()


def test_several_files_go_up_with_progress_and_come_back_equal(files_page: Page, tmp_path: Path) -> None:
    big, small = made(tmp_path / "Wave optics, lecture 2.mp4", 20 * MIB), made(tmp_path / "प्रकाश.pdf", 1234)
    empty = made(tmp_path / "empty.txt", 0)
    had = files_page.locator("#files-list li").count()  # of other walks: the page came whole from the server
    choose(files_page, big, small, empty)
    for path in (big, small, empty):
        expect(row(files_page, path.name)).to_contain_text("Sent")
        expect(listed(files_page, path.name)).to_be_visible()
    expect(files_page.get_by_text(re.compile(rf"^{had + 3} files, \d+ MB of your 5 GB"))).to_be_visible()
    assert download(files_page, big.name) == big.read_bytes()
    assert download(files_page, small.name) == small.read_bytes()
    row(files_page, small.name).get_by_role("button", name="Remove").click()
    expect(row(files_page, small.name)).to_have_count(0)


def test_lost_connection_goes_on_by_itself(files_page: Page, tmp_path: Path, expected_faults: list[str]) -> None:
    expected_faults.append(DROPPED)
    path = made(tmp_path / "dropped.bin", 3 * PIECE)
    pieces = Pieces(files_page)
    pieces.drop_after(1)
    choose(files_page, path)
    expect(row(files_page, path.name)).to_contain_text("The connection dropped")
    pieces.let_pass()
    expect(row(files_page, path.name)).to_contain_text("Sent", timeout=120_000)
    assert pieces.passed == [0, PIECE, 2 * PIECE]
    assert set(pieces.dropped) == {PIECE}
    assert download(files_page, path.name) == path.read_bytes()


def test_upload_goes_on_after_the_page_was_closed(files_page: Page, tmp_path: Path, expected_faults: list[str]) -> None:
    expected_faults.append(DROPPED)
    path = made(tmp_path / "Electrochemistry, lecture 4.mp4", 5 * PIECE // 2)
    other = made(tmp_path / "another.mp4", 100)
    pieces = Pieces(files_page)
    pieces.hold_after(1)
    with pieces.asked_for(PIECE):
        choose(files_page, path)
    expect(row(files_page, path.name).locator("progress")).to_have_js_property("value", 40)
    address = files_page.url
    pieces.drop()  # what is still held when the page goes may be let go by the browser, and arrive
    files_page.goto("about:blank")
    files_page.goto(address)
    pieces.in_small_pieces()
    stopped = row(files_page, path.name)
    expect(stopped).to_contain_text("Stopped at 256 KB of 640 KB")
    with files_page.expect_file_chooser() as chooser:
        stopped.get_by_role("button", name="Resume").click()
    chooser.value.set_files(str(other))
    expect(stopped).to_contain_text("That is another file")
    pieces.let_pass()
    with files_page.expect_file_chooser() as chooser:
        stopped.get_by_role("button", name="Resume").click()
    chooser.value.set_files(str(path))
    expect(row(files_page, path.name)).to_contain_text("Sent")
    assert pieces.passed == [0, PIECE, 2 * PIECE]
    assert download(files_page, path.name) == path.read_bytes()


def test_pause_resume_and_cancel(files_page: Page, tmp_path: Path) -> None:
    path = made(tmp_path / "paused.bin", 5 * PIECE // 2)
    pieces = Pieces(files_page)
    pieces.hold_after(1)
    with pieces.asked_for(PIECE):
        choose(files_page, path)
    line = row(files_page, path.name)
    expect(line.locator("progress")).to_have_js_property("value", 40)
    line.get_by_role("button", name="Pause").click()
    expect(line).to_contain_text("Paused at 256 KB of 640 KB")
    pieces.let_pass()
    line.get_by_role("button", name="Resume").click()
    expect(line).to_contain_text("Sent")
    assert pieces.passed == [0, PIECE, 2 * PIECE]
    second = made(tmp_path / "cancelled.bin", 5 * PIECE // 2)
    pieces.hold_after(1)
    with pieces.asked_for(PIECE):
        choose(files_page, second)
    line = row(files_page, second.name)
    expect(line.locator("progress")).to_have_js_property("value", 40)
    with files_page.expect_request(lambda request: request.method == "DELETE"):
        line.get_by_role("button", name="Cancel").click()
    expect(line).to_have_count(0)
    pieces.drop()
    files_page.reload()
    expect(row(files_page, second.name)).to_have_count(0)


def test_files_are_dropped_anywhere_on_the_page(files_page: Page) -> None:
    files_page.evaluate(
        """() => {
            const transfer = new DataTransfer();
            transfer.items.add(new File(["dropped"], "Dropped here.txt", { type: "text/plain" }));
            const fire = (kind) => document.querySelector("h1").dispatchEvent(
                new DragEvent(kind, { dataTransfer: transfer, bubbles: true, cancelable: true }));
            fire("dragenter"); fire("dragover"); fire("drop");
        }"""
    )
    expect(row(files_page, "Dropped here.txt")).to_contain_text("Sent")
    assert download(files_page, "Dropped here.txt") == b"dropped"


def test_refusal_is_told_at_the_file(files_page: Page, tmp_path: Path) -> None:
    files_page.locator("[data-upload]").evaluate("form => { form.dataset.maxBytes = '1000' }")
    choose(files_page, made(tmp_path / "too big.heic", 2000))
    expect(row(files_page, "too big.heic")).to_contain_text("Not sent 2 KB is too big; a file may have 1 KB.")


def test_signing_out_meanwhile_is_told(files_page: Page, tmp_path: Path, expected_faults: list[str]) -> None:
    expected_faults += ["status of 413", "status of 403", "status of 405"]
    files_page.context.clear_cookies()
    choose(files_page, made(tmp_path / "alone.bin", 2 * PIECE))
    expect(row(files_page, "alone.bin")).to_contain_text("You are signed out.")


def test_an_admin_uploads_to_the_console(sign_in: SignIn, site: Site, tmp_path: Path) -> None:
    page = sign_in("admin")
    page.set_viewport_size({"width": 1280, "height": 800})
    page.goto(f"{site.url}/dfs/")
    path = made(tmp_path / "Institute film.mp4", 9 * MIB)
    with page.expect_file_chooser() as chooser:
        page.get_by_role("link", name="Upload").click()
    chooser.value.set_files(str(path))
    expect(row(page, path.name)).to_contain_text("Sent")
    page.reload()
    expect(page.get_by_text(path.name).first).to_be_visible()


def test_the_state_of_a_file_moves_without_a_reload(files_page: Page, site: Site, tmp_path: Path) -> None:
    choose(files_page, made(tmp_path / "moving.bin", 1000))
    line = listed(files_page, "moving.bin")
    expect(line).to_contain_text("Waiting its turn")
    jobs = "from dfs.models import Job; Job.objects.filter(file__name='moving.bin')"
    meanwhile(site, f"{jobs}.update(state='RUNNING', objects_done=3, objects_total=10)")
    expect(line).to_contain_text("Being stored 30 %")
    meanwhile(site, f"{jobs}.update(state='WAITING', reason='No Drive has room.')")
    expect(line).to_contain_text("Waiting No Drive has room.")
    meanwhile(site, f"{jobs}.update(state='FAILED', reason='The file is damaged.')")
    expect(line).to_contain_text("Not stored The file is damaged.")


def test_rename_delete_undo_and_erase(files_page: Page, tmp_path: Path) -> None:
    choose(files_page, made(tmp_path / "Old syllabus 2025.pdf", 2000))
    line = listed(files_page, "Old syllabus 2025.pdf")
    expect(line).to_be_visible()
    line.get_by_label("More for Old syllabus").click()
    look(files_page, "my-files-menu")
    files_page.keyboard.press("Escape")
    expect(line.get_by_role("link", name="Rename")).not_to_be_visible()
    line.get_by_label("More for Old syllabus").click()
    line.get_by_role("link", name="Rename").click()
    files_page.get_by_label("Name").fill("Syllabus, पुराना.pdf")
    look(files_page, "my-files-rename")
    files_page.set_viewport_size({"width": 360, "height": 740})
    files_page.get_by_role("button", name="Save the name").click()
    line = listed(files_page, "Syllabus, पुराना.pdf")
    line.get_by_label("More for Syllabus").click()
    line.get_by_role("button", name="Delete").click()
    expect(line).to_have_count(0)
    files_page.get_by_role("button", name="Undo").click()
    expect(line).to_be_visible()
    line.get_by_label("More for Syllabus").click()
    line.get_by_role("button", name="Delete").click()
    look(files_page, "my-files-toast")
    files_page.get_by_role("link", name=re.compile("Empty the trash")).click()
    look(files_page, "my-files-erase")
    files_page.get_by_label("Type “erase” to go on").fill("erase")
    files_page.get_by_role("button", name="Erase for good").click()
    expect(files_page.get_by_text("erased for good")).to_be_visible()
    expect(files_page.get_by_role("heading", name="Trash")).to_have_count(0)


def test_everything_works_without_script(browser_without_script: Page, site: Site, tmp_path: Path) -> None:
    page = browser_without_script
    page.goto(f"{site.url}/dfs/files/")
    path = made(tmp_path / "No script.pdf", 3 * MIB)
    choose(page, path)
    page.get_by_role("button", name="Send the chosen files").click()
    expect(page.get_by_text("No script.pdf is here and is being stored.")).to_be_visible()
    assert download(page, path.name) == path.read_bytes()
    line = listed(page, path.name)
    line.get_by_label("More for No script").click()
    line.get_by_role("button", name="Delete").click()
    page.get_by_role("button", name="Undo").click()
    expect(line).to_be_visible()


def test_the_page_looks_right_with_everything_on_it(
    files_page: Page, tmp_path: Path, expected_faults: list[str]
) -> None:
    expected_faults.append(DROPPED)
    done = made(tmp_path / "प्रकाश का अपवर्तन: कार्यपत्रक 3.pdf", 2_100_000)
    long = made(tmp_path / f"Rotational motion, problems with full solutions and marking notes {'x' * 90}.pdf", 300)
    choose(files_page, done, long)
    for path in (done, long):
        expect(row(files_page, path.name)).to_contain_text("Sent")
        row(files_page, path.name).get_by_role("button", name="Remove").click()
    pieces = Pieces(files_page)
    pieces.hold_after(1)
    with pieces.asked_for(PIECE):
        choose(files_page, made(tmp_path / "Wave optics, lecture 2.mp4", 3 * PIECE))
    expect(row(files_page, "Wave optics").locator("progress")).not_to_have_js_property("value", 0)
    choose(files_page, made(tmp_path / "Ray optics: numericals.pdf", 3 * PIECE))
    row(files_page, "Ray optics").get_by_role("button", name="Pause").click()
    files_page.locator("[data-upload]").evaluate("form => { form.dataset.maxBytes = '1000' }")
    choose(files_page, made(tmp_path / "IMG_20261121_board.heic", 3000))
    look(files_page, "my-files")
    pieces.drop()


def test_empty_page_says_what_to_do(sign_in: SignIn, site: Site) -> None:
    page = sign_in("guardian")
    page.goto(f"{site.url}/dfs/files/")
    expect(page.get_by_text("You have no files here yet")).to_be_visible()
    look(page, "my-files-empty")
    page.goto(f"{site.url}/dfs/files/?q=nothing")
    expect(page.get_by_text("No file is called “nothing”")).to_be_visible()
