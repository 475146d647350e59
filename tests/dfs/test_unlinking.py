"""Taking a linked Google Drive back, and beginning anew in one whose folder was emptied, against the emulator."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.test import Client

from accounts.models import Activity
from dfs import lending, repair
from dfs.models import DriveAccount
from tests import people
from tests.dfs.conftest import content, content_of, finish, stored
from tests.dfs.linking_visits import LINK, confirmed, linked
from tests.dfs.test_my_drives import PAGE, action, words
from tests.emulators.google import GoogleEmulator

pytestmark = pytest.mark.django_db


@pytest.fixture
def google(settings: Any) -> Iterator[GoogleEmulator]:
    with GoogleEmulator(port=0) as emulator:
        for name, value in emulator.settings.items():
            setattr(settings, name, value)
        yield emulator


@pytest.fixture
def meera(google: GoogleEmulator) -> Client:
    google.account("meera.joshi@gmail.test", limit_bytes=15 * 10**9)
    return confirmed(people.teacher())


@pytest.mark.parametrize("state", ["NEEDS_REAUTH", "LOST"])
def test_drive_that_was_disconnected_at_google_begins_anew_and_can_go(
    state: str, google: GoogleEmulator, meera: Client, drives: Callable[..., list[DriveAccount]]
) -> None:
    drives(1)
    drive = linked(meera)
    file = stored(content(200_000))
    google.account("meera.joshi@gmail.test").disconnect()
    assert repair.check_drive(drive).state == DriveAccount.State.NEEDS_REAUTH
    DriveAccount.objects.filter(pk=drive.pk).update(state=state)
    back = linked(meera, address=f"{LINK}?drive={drive.uuid}")
    assert (back.pk, back.state) == (drive.pk, DriveAccount.State.ACTIVE)
    assert set(back.chunks.values_list("state", flat=True)) == {"MISSING"}
    assert content_of(file) == content(200_000)
    repair.queue_healing()
    finish(file)
    assert repair.verify().is_clean
    action(meera, back, "unlink")
    drives(1, prefix="late")
    repair.queue_healing()
    finish(file)
    lending.go_on_leaving()
    assert not DriveAccount.objects.filter(pk=drive.pk).exists()
    assert content_of(file) == content(200_000)


def asked_back(client: Client) -> DriveAccount:
    drive = linked(client)
    assert action(client, drive, "unlink").status_code == 302
    return drive


def test_empty_drive_gives_its_permission_back_and_goes(google: GoogleEmulator, meera: Client) -> None:
    asked_back(meera)
    assert lending.go_on_leaving() == 1
    assert not DriveAccount.objects.exists()
    assert len([one for one in google.requests if one.path == "/revoke"]) == 1
    assert Activity.objects.filter(event="drive.forget").exists()
    assert "You lend no Drive" in words(meera.get(PAGE))


def test_drive_stays_while_google_does_not_take_the_permission_back(meera: Client, settings: Any) -> None:
    asked_back(meera)
    place, settings.GOOGLE_REVOKE_URL = settings.GOOGLE_REVOKE_URL, "http://127.0.0.1:9/revoke"
    assert lending.go_on_leaving() == 0
    assert DriveAccount.objects.get().credentials
    settings.GOOGLE_REVOKE_URL = place
    assert lending.go_on_leaving() == 1


def test_drive_whose_owner_disconnected_first_goes_all_the_same(google: GoogleEmulator, meera: Client) -> None:
    drive = asked_back(meera)
    google.account("meera.joshi@gmail.test").disconnect()
    repair.check_drive(drive)
    assert lending.go_on_leaving() == 1
    assert not DriveAccount.objects.exists()


def test_pieces_move_out_before_the_permission_goes(
    google: GoogleEmulator, meera: Client, drives: Callable[..., list[DriveAccount]]
) -> None:
    drives(1)
    drive = linked(meera)
    file = stored(content(200_000))
    account = google.account("meera.joshi@gmail.test")
    assert drive.chunks.exists()
    assert action(meera, drive, "unlink").status_code == 302
    assert lending.go_on_leaving() == 0
    assert account.files
    drives(1, prefix="late")
    repair.queue_healing()
    finish(file)
    lending.go_on_leaving()
    assert not DriveAccount.objects.filter(pk=drive.pk).exists()
    assert content_of(file) == content(200_000)


def test_owners_word_stands_over_an_admins(meera: Client) -> None:
    """An admin who stops the draining does not hold a person's Drive."""
    drive = asked_back(meera)
    DriveAccount.objects.filter(pk=drive.pk).update(state=DriveAccount.State.ACTIVE)
    lending.go_on_leaving()
    assert not DriveAccount.objects.exists()
