"""A gigabyte through the browser: progress, no plaintext left, equal download, ranges, a video that seeks at once."""

import random
import shutil
import statistics
import time

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.player import seek, show
from tests.proof.conftest import Note
from tests.proof.material import MARK_EVERY_BYTES, Material, deleted_but_open, digest_of, find_plaintext
from tests.proof.running import ADMIN, PASSWORD, Admin, ProofSite

pytestmark = [pytest.mark.proof, pytest.mark.browser, pytest.mark.timeout(3_600)]
CHUNK_BYTES = 8 * 1024 * 1024
SEGMENT_BYTES = 256 * 1024


def test_a_big_file_goes_in_and_comes_back_through_chromium(
    site: ProofSite, admin: Admin, browser: Browser, video: Material, note: Note
) -> None:
    page = browser.new_page(viewport={"width": 1280, "height": 800})
    page.set_default_timeout(30_000)
    faults: list[str] = []
    page.on("pageerror", lambda error: faults.append(str(error)))
    page.on("console", lambda message: faults.append(message.text) if message.type == "error" else None)
    upload_with_progress(page, site, video, note)
    [file] = [one for one in site.dfs("ls") if one["name"] == video.path.name]
    began = time.monotonic()
    site.wait_until(lambda: site.dfs("status", file["uuid"])["state"] == "COMPLETE", within_s=900)
    note(distributed_after_upload_s=time.monotonic() - began)
    expect(page.locator("#queue")).not_to_contain_text(video.path.name, timeout=60_000)
    nothing_is_left(site, video, note)
    path = f"/dfs/console/{file['uuid']}/"
    began = time.monotonic()
    assert digest_of(admin.blocks(path)) == video.digest
    note(download_equal_s=time.monotonic() - began)
    ranges_are_right(admin, path, video)
    seeks(page, site, path, video, note)
    nothing_is_left(site, video, note)
    page.close()
    assert not faults


def upload_with_progress(page: Page, site: ProofSite, video: Material, note: Note) -> None:
    page.goto(f"{site.url}/accounts/login/")
    page.get_by_label("E-mail address or admission number").fill(ADMIN)
    page.get_by_label("Password", exact=True).fill(PASSWORD)
    page.get_by_role("button", name="Sign in").click()
    page.wait_for_url("**/dashboard/")
    page.goto(f"{site.url}/dfs/")
    began = time.monotonic()
    with page.expect_file_chooser() as chooser:
        page.locator("[data-choose]").click()
    chooser.value.set_files(video.path)
    row = page.locator("[data-rows] li", has_text=video.path.name)
    seen: list[float] = []

    def is_sent() -> bool:
        bar = row.locator("progress")
        value = float(bar.get_attribute("value") or bar.evaluate("bar => bar.value"))
        if not seen or value != seen[-1]:
            seen.append(value)
        return bool(bar.is_hidden())

    site.wait_until(is_sent, within_s=900)
    between = [value for value in seen if 0 < value < 100]
    assert seen == sorted(seen)
    assert len(between) >= 5, seen
    expect(row.locator("[data-state]")).to_contain_text("Sent")
    note(upload_s=time.monotonic() - began, steps_of_progress_seen=len(between), mib=video.size / 1024**2)


def nothing_is_left(site: ProofSite, video: Material, note: Note) -> None:
    """No byte of the plaintext in the data directory, by name or in a file kept open."""
    assert video.marks >= video.size // MARK_EVERY_BYTES
    found, looked = find_plaintext(site.home, [video.mark, video.sample])
    assert found == []
    assert list((site.home / "spool").iterdir()) == []
    assert deleted_but_open(site.pids()) == []
    note(plaintext_found=len(found), looked_at_mib=looked / 1024**2)


def ranges_are_right(admin: Admin, path: str, video: Material) -> None:
    head = admin.session.head(admin.site.url + path)
    assert (head.status_code, head.headers["Content-Length"]) == (200, str(video.size))
    assert head.headers["Accept-Ranges"] == "bytes"
    edges = [1, SEGMENT_BYTES, CHUNK_BYTES, 3 * CHUNK_BYTES, video.size // CHUNK_BYTES * CHUNK_BYTES, video.size]
    spans = [(max(0, at - before), min(video.size, at + after)) for at in edges for before in (0, 1, 70_000)
             for after in (1, 2 * SEGMENT_BYTES)]  # fmt: skip
    for start, end in spans:
        if start < end:
            answer = admin.session.get(admin.site.url + path, headers={"Range": f"bytes={start}-{end - 1}"})
            assert answer.status_code == 206
            assert answer.headers["Content-Range"] == f"bytes {start}-{end - 1}/{video.size}"
            assert answer.content == video.slice(start, end), (start, end)
    last = admin.session.get(admin.site.url + path, headers={"Range": "bytes=-1000"})
    assert last.content == video.slice(video.size - 1000, video.size)
    beyond = admin.session.get(admin.site.url + path, headers={"Range": f"bytes={video.size}-"})
    assert (beyond.status_code, beyond.headers["Content-Range"]) == (416, f"bytes */{video.size}")


def seeks(page: Page, site: ProofSite, path: str, video: Material, note: Note) -> None:
    """Twenty places of the video, against the same places of the same file on the browser's own disk."""
    shutil.rmtree(site.home / "cache", ignore_errors=True)
    rng = random.Random(7)
    places = [rng.randrange(2, video.seconds - 2) + 0.3 for _place in range(20)]
    show(page, f"{path}?view")
    ours = [seek(page, place) for place in places]
    again = [seek(page, place) for place in places]
    assert page.context.browser is not None
    local = page.context.browser.new_page()
    local.set_content('<input type="file">')
    local.locator("input").set_input_files(video.path)
    show(local, None)
    theirs = [seek(local, place) for place in places]
    local.close()
    note(
        seek_cold_median_ms=statistics.median(ours), seek_cold_worst_ms=max(ours),
        seek_warm_median_ms=statistics.median(again), local_disk_median_ms=statistics.median(theirs),
        local_disk_worst_ms=max(theirs),
    )  # fmt: skip
    assert statistics.median(ours) < 1_000
