"""Google for the tests of signing in."""

from collections.abc import Iterator
from typing import Any

import pytest

from tests.emulators.google import GoogleEmulator


@pytest.fixture
def google(settings: Any) -> Iterator[GoogleEmulator]:
    """Google on a port of this machine, and the settings pointing there."""
    with GoogleEmulator() as emulator:
        for name, value in emulator.settings.items():
            setattr(settings, name, value)
        yield emulator
