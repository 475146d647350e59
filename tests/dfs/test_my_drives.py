"""My Drives: what a person sees of what he lends, and what he may do with it."""

import re
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from accounts.models import Activity, User
from dfs import pool
from dfs.models import Chunk, DriveAccount
from tests import people
from tests.dfs.conftest import content, content_of, stored

pytestmark = pytest.mark.django_db
GIB = 1024**3
PAGE = "/dfs/drives/"


def folder(owner: User | None = None, label: str = "Staff room shelf", **more: Any) -> DriveAccount:
    return pool.add_local(label, cap_bytes=more.pop("cap_bytes", 2 * GIB), owner=owner or people.teacher())


def google(label: str = "meera.joshi@gmail.test", owner: User | None = None, **more: Any) -> DriveAccount:
    """A row as linking leaves it; nothing here asks Google."""
    fields = {"cap_bytes": 5 * GIB, "owner": owner or people.teacher(), "owner_key": f"id-of-{label}"}
    return DriveAccount.objects.create(kind=DriveAccount.Kind.GOOGLE, label=label, **fields | more)


@pytest.fixture
def with_google(settings: Any) -> None:
    settings.GOOGLE_CLIENT_ID, settings.GOOGLE_CLIENT_SECRET = "institute.apps.test", "a secret of the tests"


@pytest.fixture
def meera() -> Client:
    return people.signed_in(people.teacher())


def page(client: Client) -> str:
    """The page's words, one space between them."""
    response = client.get(PAGE)
    assert response.status_code == 200
    return words(response)


def words(response: Any) -> str:
    main = response.content.decode().split('id="main"')[1].split("</main>")[0]
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", main.replace("<wbr>", "")))


def action(client: Client, drive: DriveAccount, verb: str, **body: Any) -> Any:
    return client.post(f"{PAGE}{drive.uuid}/{verb}/", body)


@pytest.mark.parametrize("kind", sorted(people.EVERYBODY))
def test_page_is_there_for_every_role_and_says_what_a_drive_holds(kind: str) -> None:
    said = page(people.signed_in(people.EVERYBODY[kind]()))
    assert "You lend no Drive" in said
    assert "neither you nor Google can read one" in said
    assert "Unlink here before you disconnect at Google" in said


def test_without_google_the_page_says_so_and_offers_no_way_to_link(meera: Client) -> None:
    response = meera.get(PAGE)
    assert "Google Drives cannot be linked here yet" in words(response)
    assert "/dfs/drives/link/" not in response.content.decode()
    assert "GOOGLE_CLIENT_ID" not in words(response)
    assert "GOOGLE_CLIENT_ID" in page(people.signed_in(people.admin()))
    assert meera.get(f"{PAGE}link/").headers["Location"] == PAGE
    assert meera.post(f"{PAGE}link/", {"gigabytes": "5"}).headers["Location"] == PAGE


def test_page_counts_the_pieces_and_names_no_file(meera: Client, drives: Any) -> None:
    drive = folder()
    drives(1)
    file = stored(content(300_000), name="Salary slips.pdf", owner=people.admin())
    assert drive.chunks.filter(state=Chunk.State.VERIFIED).count() == 1
    drive.refresh_from_db()
    assert drive.used_bytes > 300_000
    said = page(meera)
    assert "Encrypted pieces 293 KB in 1 piece" in said
    assert "Salary" not in said
    assert str(file.uuid) not in meera.get(PAGE).content.decode()


def test_another_persons_drive_is_neither_shown_nor_changed(meera: Client) -> None:
    drive = folder(owner=people.other_teacher(), label="Imran's shelf")
    assert "Imran's shelf" not in page(meera)
    for verb in ("cap", "pause", "resume", "unlink"):
        assert action(meera, drive, verb, gigabytes="1").status_code == 404
    drive.refresh_from_db()
    assert (drive.cap_bytes, drive.state, drive.leaving_at) == (2 * GIB, "ACTIVE", None)


def test_cap_is_changed_and_written_down(meera: Client) -> None:
    drive = folder()
    assert action(meera, drive, "cap", gigabytes="7.5").status_code == 302
    drive.refresh_from_db()
    assert drive.cap_bytes == int(7.5 * GIB)
    line = Activity.objects.get(event="drive.cap")
    assert (line.actor, line.extra["cap_bytes"]) == (people.teacher(), int(7.5 * GIB))
    assert "Drive lent with another limit" in page(meera)


def test_cap_below_what_lies_there_is_refused_at_its_field(meera: Client) -> None:
    drive = folder()
    DriveAccount.objects.filter(pk=drive.pk).update(used_bytes=GIB)
    response = action(meera, drive, "cap", gigabytes="0.9")
    assert "1 GB lie there already" in words(response)
    assert 'value="0.9"' in response.content.decode()
    drive.refresh_from_db()
    assert drive.cap_bytes == 2 * GIB
    assert action(meera, drive, "cap", gigabytes="1").status_code == 302


@pytest.mark.parametrize("typed", ["", "0", "-1", "a lot", "NaN", "1e9", "99999999", "0.15", "\0"])
def test_cap_that_is_no_number_of_gigabytes_is_refused(meera: Client, typed: str) -> None:
    drive = folder()
    response = action(meera, drive, "cap", gigabytes=typed)
    assert response.status_code == 200
    assert "error" in response.content.decode()
    drive.refresh_from_db()
    assert drive.cap_bytes == 2 * GIB


def test_full_drive_takes_pieces_again_when_more_is_lent(meera: Client) -> None:
    drive = folder()
    DriveAccount.objects.filter(pk=drive.pk).update(used_bytes=2 * GIB, state="FULL")
    action(meera, drive, "cap", gigabytes="3")
    drive.refresh_from_db()
    assert drive.state == DriveAccount.State.ACTIVE


def test_pause_and_resume(meera: Client) -> None:
    drive = folder()
    for _twice in range(2):
        assert action(meera, drive, "pause").status_code == 302
    assert "No new pieces come." in page(meera)
    drive.refresh_from_db()
    assert drive.state == DriveAccount.State.PAUSED
    for _twice in range(2):
        assert action(meera, drive, "resume").status_code == 302
    drive.refresh_from_db()
    assert drive.state == DriveAccount.State.ACTIVE
    assert Activity.objects.filter(event="drive.pause").count() == 1


def test_owner_does_not_stop_what_the_office_moves_out(meera: Client) -> None:
    drive = folder()
    pool.empty_out(drive, actor=people.admin())
    assert "The office moves the pieces to other Drives." in page(meera)
    action(meera, drive, "resume")
    drive.refresh_from_db()
    assert drive.state == DriveAccount.State.DRAINING


def test_folder_of_the_institute_is_not_unlinked_by_its_owner(meera: Client) -> None:
    drive = folder()
    assert "/unlink/" not in meera.get(PAGE).content.decode()
    assert action(meera, drive, "unlink").status_code == 409
    drive.refresh_from_db()
    assert drive.leaving_at is None


@pytest.mark.usefixtures("with_google")
def test_drive_that_needs_a_sign_in_says_what_to_do_first(meera: Client) -> None:
    google("aaa@gmail.test")
    drive = google(state="NEEDS_REAUTH")
    response = meera.get(PAGE)
    said = words(response)
    assert "Sign in again with the same Google account" in said
    assert said.index(drive.label) < said.index("aaa@gmail.test")
    assert f"{PAGE}link/?drive={drive.uuid}" in response.content.decode()
    assert response.content.decode().count("btn-primary") == 1
    assert drive.label in meera.get("/dashboard/").content.decode()


def test_unlinking_moves_everything_out_and_can_be_stopped(meera: Client) -> None:
    drive = google()
    for _twice in range(2):
        assert action(meera, drive, "unlink").status_code == 302
    drive.refresh_from_db()
    assert drive.state == DriveAccount.State.DRAINING
    assert drive.leaving_at is not None
    assert Activity.objects.filter(event="drive.unlink").count() == 1
    assert "All pieces have moved." in page(meera)
    assert action(meera, drive, "pause").status_code == 409
    action(meera, drive, "resume")
    drive.refresh_from_db()
    assert drive.leaving_at is None
    assert drive.state != DriveAccount.State.DRAINING


def test_console_offers_no_way_to_hold_a_drive_its_owner_takes_back(meera: Client) -> None:
    drive = google()
    office = people.signed_in(people.admin())
    assert f"/dfs/pool/{drive.uuid}/pause/" in office.get("/dfs/").content.decode()
    action(meera, drive, "unlink")
    console = office.get("/dfs/").content.decode()
    assert "Its owner takes it back" in console
    assert f"/dfs/pool/{drive.uuid}/" not in console


def test_unlinking_says_how_many_pieces_are_still_here(meera: Client, drives: Any) -> None:
    drives(1)
    drive = folder()
    file = stored(content(200_000))
    DriveAccount.objects.filter(pk=drive.pk).update(
        kind="GOOGLE", state="DRAINING", leaving_at=timezone.now() - timedelta(minutes=3)
    )
    said = page(meera)
    assert "1 piece is still here." in said
    assert "You asked for it back 3 min ago" in said
    DriveAccount.objects.filter(pk=drive.pk).update(kind="LOCAL")
    assert content_of(file) == content(200_000)


def test_owners_own_room_getting_short_is_told(meera: Client) -> None:
    google(used_bytes=GIB, ceiling_bytes=3 * GIB)
    assert "2 GB of the 5 GB you lend is free. Your Google storage has less room left" in page(meera)


def test_page_costs_the_same_at_three_drives_as_at_thirty(meera: Client, same_queries: Any) -> None:
    made = iter(range(100))

    def add(count: int) -> None:
        for _number in range(count):
            google(f"drive-{next(made)}@gmail.test")

    assert same_queries(lambda: meera.get(PAGE), add=add) <= 8


def test_dashboard_asks_nothing_for_drives_that_are_well(meera: Client) -> None:
    google()
    page = meera.get("/dashboard/").content.decode()
    assert "Healthy" in page
    assert "Sign in again" not in page
