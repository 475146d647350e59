"""Google Drives for tests: the emulator, Drives in it, and a clock on which waiting takes no time."""

import hashlib
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from dfs import pool
from dfs.drives import backoff
from dfs.drives.backoff import Clock
from dfs.drives.google.connection import Connection, Site
from dfs.drives.google.drive import GoogleDrive
from dfs.models import DriveAccount
from tests.emulators.google import Account, GoogleEmulator


class Waits(list[float]):
    """Every wait the product asked for, in seconds; they pass on the emulator's clock, at once."""

    def __init__(self, google: GoogleEmulator) -> None:
        super().__init__()
        self._google = google
        self.clock = Clock(google.clock.now, self._sleep, lambda: 0.5)

    def _sleep(self, seconds: float) -> None:
        self.append(seconds)
        self._google.clock.advance(seconds)


@pytest.fixture
def google(settings: Any) -> Iterator[GoogleEmulator]:
    """Google, and the settings pointing there."""
    with GoogleEmulator() as emulator:
        for name, value in emulator.settings.items():
            setattr(settings, name, value)
        yield emulator


@pytest.fixture
def waits(google: GoogleEmulator, monkeypatch: pytest.MonkeyPatch) -> Waits:
    waits = Waits(google)
    monkeypatch.setattr(backoff, "CLOCK", waits.clock)
    return waits


@pytest.fixture
def meera(google: GoogleEmulator) -> Account:
    return google.account("meera@example.org")


def drive_of(google: GoogleEmulator, account: Account, **more: Any) -> GoogleDrive:
    """A Drive as linking leaves it, its marker in place; `clock` and `limits` may be given."""
    site = Site(f"{google.root}/", f"{google.root}/token", google.client_id, google.client_secret)
    clock = more.pop("clock", backoff.CLOCK)
    connection = Connection(site, account.refresh_token, clock)
    drive = GoogleDrive(connection, account.email, owner_key=account.permission_id, marker="", clock=clock, **more)
    drive.place_marker()
    return drive


@pytest.fixture
def drive(google: GoogleEmulator, waits: Waits, meera: Account) -> GoogleDrive:
    """Meera's Drive."""
    return drive_of(google, meera)


@pytest.fixture
def linked(db: None, google: GoogleEmulator, waits: Waits) -> Callable[..., list[DriveAccount]]:
    """`linked(5)` lends five Google Drives, each one owner's."""

    def link(count: int, *, limit_bytes: int = 15 * 10**9, prefix: str = "owner") -> list[DriveAccount]:
        people = [google.account(f"{prefix}{number}@example.org", limit_bytes) for number in range(count)]
        return [pool.add_google(person.email, person.refresh_token) for person in people]

    return link


def md5_of(data: bytes) -> str:
    return hashlib.md5(data, usedforsecurity=False).hexdigest()


def put(drive: GoogleDrive, data: bytes, name: str = "c1.name") -> str:
    """Store it and answer its id."""
    object_id = drive.reserve_ids(1)[0]
    there = drive.put(object_id, name, [data], md5_of(data))
    assert (there.object_id, there.size_bytes, there.md5) == (object_id, len(data), md5_of(data))
    return object_id


def pieces(account: Account) -> dict[str, bytes]:
    """What lies in the app's folder, the marker left out."""
    return {key: held.content for key, held in account.files.items() if held.name.startswith("c1.")}
