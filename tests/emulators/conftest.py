"""Fixtures: Google on a free port, one account in it, and the real clients."""

from collections.abc import Iterator
from typing import Any

import pytest
from google.auth.transport.requests import AuthorizedSession

from tests import apart
from tests.emulators import google_clients
from tests.emulators.google import Account, GoogleEmulator


@pytest.fixture
def google() -> Iterator[GoogleEmulator]:
    with GoogleEmulator() as emulator:
        yield emulator


@pytest.fixture
def meera(google: GoogleEmulator) -> Account:
    return google.account("meera@example.org")


@pytest.fixture
def drive(google: GoogleEmulator, meera: Account) -> Iterator[Any]:
    """Meera's Drive through google-api-python-client."""
    service = google_clients.drive(google, meera)
    yield service
    service.close()


@pytest.fixture
def wire(google: GoogleEmulator, meera: Account) -> Iterator[AuthorizedSession]:
    """Meera's Drive through requests."""
    session = google_clients.session(google, meera)
    yield session
    session.close()


def pytest_itemcollected(item: pytest.Item) -> None:
    """An emulator knows nothing of the site: it is the same whatever that stands on."""
    item.add_marker(apart.MARK)
