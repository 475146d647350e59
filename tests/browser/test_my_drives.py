"""My Drives with a mouse, a thumb and no script: linking at Google, lending more, taking it back."""

from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser import site as sites
from tests.browser.conftest import SIGN_INS
from tests.browser.looking import look
from tests.browser.site import Site, meanwhile
from tests.emulators.google import GoogleEmulator
from tests.people import PASSWORD

pytestmark = pytest.mark.browser
MINE = "meera.joshi.physics.department@gmail.test"
SHELVES = """
from datetime import timedelta
from django.utils import timezone
from dfs.models import *
from tests import people
now, gib, kinds = timezone.now(), 1024**3, DriveAccount.Kind
sizes = {"size_bytes": gib, "crc32": 0, "chunk_bytes": 1024**2, "segment_bytes": 65536}
kept = {"purpose": "mine", "owner": people.admin(), "state": "STORED", "k": 3, "p": 2, "wrapped_key": b"sealed"}
file = StoredFile.objects.create(name="Lecture.mp4", **kept, **sizes)
def place(account, first, n):
    return {"account": account, "index": first + n, "object_id": f"o{n}"}
def drive(label, owner, kind=kinds.GOOGLE, pieces=0, **more):
    fields = {"owner_key": label, "cap_bytes": 5 * gib, "checked_at": now - timedelta(minutes=11)} | more
    made = DriveAccount.objects.create(label=label, owner=owner, kind=kind, **fields)
    first = Chunk.objects.count()
    Chunk.objects.bulk_create(
        Chunk(file=file, generation=1, kind="DATA", state="VERIFIED", size_bytes=1, **place(made, first, n))
        for n in range(pieces)
    )
imran = people.other_teacher()
drive("imran.shaikh.physics@gmail.test", imran, pieces=1904, used_bytes=int(4.8 * gib))
drive("imran.s.old2019@gmail.test", imran, pieces=812, used_bytes=2 * gib, state="DRAINING", leaving_at=now)
drive("imran.class.recordings.backup.account@gmail.test", imran, pieces=130, used_bytes=gib, state="NEEDS_REAUTH")
drive("Staff room shelf", imran, kind=kinds.LOCAL, used_bytes=0, state="PAUSED")
drive("ritika@gmail.test", people.other_student(), used_bytes=gib, state="LOST")
drive("lata@gmail.test", people.cashier(), used_bytes=gib, state="SUSPECT")
"""


@pytest.fixture(scope="module")
def google() -> Iterator[GoogleEmulator]:
    with GoogleEmulator(port=0) as emulator:
        emulator.account(MINE, limit_bytes=15 * 10**9)
        yield emulator


@pytest.fixture(scope="module")
def linking_site(google: GoogleEmulator, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """A site that is connected with Google."""
    data_dir = tmp_path_factory.mktemp("drives")
    sites.seed(data_dir)
    site = Site(data_dir, more=google.settings)
    try:
        meanwhile(site, SHELVES)
        yield site
    finally:
        site.close()


@pytest.fixture
def enter(page: Page, linking_site: Site) -> Callable[[str], Page]:
    """`enter("meera@pragati.test")` signs in; answers the page, at My Drives."""

    def through_the_door(who: str) -> Page:
        come_in(page, linking_site, who)
        page.goto(f"{linking_site.url}/dfs/drives/")
        return page

    return through_the_door


def come_in(page: Page, site: Site, who: str) -> None:
    page.goto(f"{site.url}/accounts/login/")
    page.get_by_label("E-mail address or admission number").fill(who)
    page.get_by_label("Password", exact=True).fill(PASSWORD)
    page.get_by_role("button", name="Sign in").click()
    page.wait_for_url("**/dashboard/")


def link_a_drive(page: Page, site: Site) -> None:
    page.goto(f"{site.url}/dfs/drives/")
    page.get_by_role("link", name="Link a Google Drive").click()
    page.get_by_label("Lend at most, in GB").fill("4.5")


def agree(page: Page) -> None:
    """At Google."""
    page.get_by_role("radio", name=MINE).check()
    page.get_by_role("button", name="Continue").click()


def test_drive_is_linked_changed_and_taken_back(
    enter: Callable[[str], Page], linking_site: Site, google: GoogleEmulator, expected_faults: list[str]
) -> None:
    expected_faults.append("status of 404")  # the emulator has no favicon
    page = enter(SIGN_INS["teacher"])
    expect(page.get_by_text("You lend no Drive")).to_be_visible()
    look(page, "drives-empty")
    link_a_drive(page, linking_site)
    look(page, "drives-link")
    page.get_by_role("button", name="Go on to Google").click()
    agree(page)
    page.wait_for_url("**/dfs/drives/")
    expect(page.get_by_text(f"{MINE} is linked.")).to_be_visible()
    expect(page.get_by_text("4.5 GB of the 4.5 GB you lend is free.")).to_be_visible()
    page.get_by_label("Lend at most, in GB").fill("6")
    page.get_by_role("button", name="Lend this much").click()
    expect(page.get_by_text("6 GB of the 6 GB you lend is free.")).to_be_visible()
    page.get_by_role("button", name=f"Pause {MINE}").click()
    expect(page.get_by_text("No new pieces come.").first).to_be_visible()
    page.get_by_role("button", name=f"Resume {MINE}").click()
    page.get_by_role("button", name=f"Unlink {MINE}").click()
    expect(page.get_by_text("All pieces have moved.")).to_be_visible()
    look(page, "drives-leaving")
    page.get_by_role("button", name=f"Keep {MINE}").click()
    expect(page.get_by_role("button", name=f"Unlink {MINE}")).to_be_visible()
    page.get_by_role("button", name=f"Unlink {MINE}").click()
    meanwhile(linking_site, "from dfs import lending; assert lending.go_on_leaving()")
    page.reload()
    expect(page.get_by_text("You lend no Drive")).to_be_visible()


def test_stopping_at_google_leads_back_with_a_word(
    enter: Callable[[str], Page], linking_site: Site, expected_faults: list[str]
) -> None:
    expected_faults.append("status of 404")
    page = enter(SIGN_INS["guardian"])
    link_a_drive(page, linking_site)
    page.get_by_role("button", name="Go on to Google").click()
    page.get_by_role("button", name="Cancel").click()
    expect(page.get_by_text("You stopped at Google, so nothing was linked.")).to_be_visible()


def test_page_of_somebody_with_every_kind_of_drive(enter: Callable[[str], Page]) -> None:
    page = enter("imran@pragati.test")
    expect(page.locator("section.sheet h2").first).to_have_text("imran.class.recordings.backup.account@gmail.test")
    look(page, "drives")
    physics = page.get_by_role("region", name="imran.shaikh.physics@gmail.test")
    physics.get_by_label("Lend at most, in GB").fill("2")
    physics.get_by_role("button", name="Lend this much").click()
    expect(page.get_by_text("4.8 GB lie there already.")).to_be_visible()
    look(page, "drives-refused")
    page.goto(page.url.split("/dfs/")[0] + "/dashboard/")
    expect(
        page.get_by_role("link", name="Your Drive imran.class.recordings.backup.account@gmail.test needs you")
    ).to_be_visible()
    look(page, "dashboard-drive-needs-you")


@pytest.mark.parametrize(("who", "name"), [("ritika@pragati.test", "lost"), ("lata@pragati.test", "silent")])
def test_page_of_a_drive_in_trouble(enter: Callable[[str], Page], who: str, name: str) -> None:
    page = enter(who)
    expect(page.get_by_role("button", name="Lend this much")).to_have_count(0)
    look(page, f"drives-{name}")


def test_everything_works_without_script(browser: Browser, linking_site: Site) -> None:
    context = browser.new_context(viewport={"width": 360, "height": 740}, java_script_enabled=False)
    page = context.new_page()
    come_in(page, linking_site, SIGN_INS["admin"])
    link_a_drive(page, linking_site)
    page.get_by_role("button", name="Go on to Google").click()
    agree(page)
    expect(page.get_by_text(f"{MINE} is linked.")).to_be_visible()
    page.get_by_role("button", name=f"Unlink {MINE}").click()
    expect(page.get_by_text("All pieces have moved.")).to_be_visible()
    context.close()


def test_page_in_hindi(enter: Callable[[str], Page], linking_site: Site) -> None:
    page = enter("imran@pragati.test")
    page.context.add_cookies([{"name": "django_language", "value": "hi", "url": linking_site.url}])
    page.reload()
    expect(page.locator("html")).to_have_attribute("lang", "hi")
    look(page, "drives-hindi")


def test_site_without_google_offers_nothing(sign_in: Callable[[str], Page], site: Site) -> None:
    page = sign_in("teacher")
    page.goto(f"{site.url}/dfs/drives/")
    expect(page.get_by_text("Google Drives cannot be linked here yet.")).to_be_visible()
    look(page, "drives-unconfigured")
