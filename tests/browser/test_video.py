"""A lecture in the browser: it plays where it stands and goes to any place at once."""

from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.browser.player import seek, show
from tests.browser.site import Site
from tests.proof import webm

pytestmark = pytest.mark.browser
SECONDS = 16


def test_lecture_plays_in_a_page_and_by_itself_and_goes_to_any_second(
    sign_in: Callable[[str], Page], site: Site, tmp_path: Path
) -> None:
    page = sign_in("teacher")
    lecture = tmp_path / "Wave optics, lecture 3.webm"
    webm.write(lecture, webm.frames(page), SECONDS * webm.CLUSTER_BYTES, b"", webm.CLUSTER_BYTES)
    page.goto(f"{site.url}/dfs/files/")
    page.locator("input[type=file]").set_input_files(lecture)
    link = page.locator("#files-list li", has_text=lecture.name).get_by_role("link", name=lecture.name, exact=True)
    expect(link).to_be_visible()
    address = str(link.get_attribute("href"))
    show(page, address)
    for second in (13, 2, 9):
        seek(page, second + 0.3)  # which knows the second by the colour of its picture
    page.goto(f"{site.url}{address}")
    player = page.locator("video")
    expect(player).to_have_js_property("error", None)
    page.wait_for_function("() => document.querySelector('video').readyState >= 2")
    assert player.evaluate("video => Math.round(video.duration)") == SECONDS
