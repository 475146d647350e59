"""Tests that go alike beside every server: `make test` runs them, `make test-services` leaves them out.

`pytest.mark.apart` says that a test uses neither the database nor the cache of its own process, and that the processes
it starts are on the embedded ones whatever the environment names. That is shown, not believed: while such a test runs,
the environment names servers that are nowhere and the cache refuses, and a test that asks for the database is no such.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from unittest import mock

import pytest
from django.core.cache.backends.base import BaseCache
from django.test import override_settings

MARK = "apart"
NOWHERE = {"DATABASE_URL": "postgres://nobody@127.0.0.1:1/nowhere", "REDIS_URL": "redis://127.0.0.1:1/0"}
OF_THE_DATABASE = {"db", "transactional_db", "django_db_setup", "live_server"}


class NoCache(BaseCache):
    """Whoever asks it for anything has not marked his test rightly. It may be emptied: that is done after each test."""

    def __init__(self, _location: str, parameters: dict[str, Any]) -> None:
        super().__init__(parameters)

    def _refuse(self, *_given: Any, **_more: Any) -> Any:
        raise AssertionError("A test that is marked `apart` used the cache, so it is not the same beside every server.")

    add = get = set = touch = delete = _refuse

    def clear(self) -> None:
        pass


def refuse_the_database(items: list[pytest.Item]) -> None:
    """Raises: pytest.UsageError when a marked test asks for the database; unasked, pytest-django lets nobody to it."""
    for item in items:
        asked = OF_THE_DATABASE & set(getattr(item, "fixturenames", ()))
        if is_apart(item) and (asked or item.get_closest_marker("django_db")):
            raise pytest.UsageError(f"{item.nodeid} is marked `{MARK}` and asks for the database.")


def is_apart(item: pytest.Item) -> bool:
    return item.get_closest_marker(MARK) is not None


@contextmanager
def from_servers() -> Iterator[None]:
    """Around a marked test and the fixtures made for it."""
    caches = {"default": {"BACKEND": "tests.apart.NoCache"}}
    with mock.patch.dict("os.environ", NOWHERE), override_settings(CACHES=caches):
        yield
