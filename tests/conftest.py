"""Fixtures for every test: nobody reaches the network, and a page costs the same at 3 and at 30 rows."""

import gc
import math
import os
import sys
from collections.abc import Callable, Generator, Iterator
from contextlib import nullcontext
from pathlib import Path
from typing import Any

import pytest
from django.core.cache import cache
from django.db import connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone, translation
from hypothesis import HealthCheck, settings

import tests.flush  # a flush must pass the append-only guards
import tests.page_contexts
import tests.static_table  # noqa: F401 - a test client need not look at every static file
from accounts.hashers import TunedArgon2PasswordHasher
from accounts.models import Institute, SessionSlot
from exams import paper_facts, running_tests, saving
from exams.judge import hosts, suite_facts
from tests import apart, migrated, people
from tests.services.servers import throw_away_valkey

_LOOPBACK = ("127.", "::1", "localhost")
# Files of few tests that take long, as they start servers, kill workers or walk long ways. Begun last, one process
# would work on them alone while the others have nothing left.
LONG_FILES = ("dfs/", "serving/", "services/", "security/", "test_runtime", "test_access", "test_hostile", "flows/")
# The longest of all and without a database: one process begins with it while the other makes one.
NEEDS_NO_DATABASE = "test_runtime_supervisor"
LONG_WALKS = (
    *("test_register", "test_sitting", "test_attendance_views", "test_code_walk", "test_batches", "test_check_in"),
    *("test_waiting_room", "test_class_code", "test_calendar", "test_my_drives"),
)
_HERE = Path(__file__).parent


def _refuse_the_world(event: str, arguments: tuple[Any, ...]) -> None:
    """Let sockets reach this machine only. An audit hook, because it also sees what threads and asyncio open."""
    if event == "socket.connect":
        address = arguments[1]
        if isinstance(address, tuple) and not str(address[0]).startswith(_LOOPBACK):
            raise AssertionError(f"A test reached for {address}; only this machine may be asked.")
    elif event == "socket.getaddrinfo":
        host = arguments[0]
        name = host.decode() if isinstance(host, bytes) else host or "127.0.0.1"
        if not name.startswith(_LOOPBACK):
            raise AssertionError(f"A test asked for the address of {name!r}; only this machine may be asked.")


sys.addaudithook(_refuse_the_world)


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_runtest_protocol(item: pytest.Item) -> Generator[None, bool | None, bool | None]:
    """Nobody reaches the servers of the run in a test that says so, nor in the fixtures made for it."""
    with apart.from_servers() if apart.is_apart(item) else nullcontext():
        return (yield)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """What takes long first, else as collected; the processes take files in this order."""
    apart.refuse_the_database(items)
    first = (*LONG_FILES, *(f"browser/{name}" for name in LONG_WALKS))

    def turn(item: pytest.Item) -> tuple[bool, bool]:
        path = item.path.relative_to(_HERE).as_posix()
        if item.get_closest_marker("browser") and not path.startswith(("browser/", "proof/")):
            raise pytest.UsageError(f"{item.nodeid} is a walk: make test looks for walks in tests/browser only.")
        return not path.startswith(NEEDS_NO_DATABASE), not path.startswith(first)

    items.sort(key=turn)


gc.set_threshold(20_000, 20, 20)


def pytest_collection_finish() -> None:
    """What has been imported stays: to look through it for garbage again and again took a twentieth of all the time."""
    gc.collect()
    gc.freeze()


# A slow machine is no failure (an example may take 200 ms else), and every run tries the same examples.
settings.register_profile(
    "even", deadline=None, derandomize=True, database=None, suppress_health_check=[HealthCheck.too_slow]
)
settings.load_profile("even")


@pytest.fixture(scope="session")
def django_db_modify_db_settings(django_db_modify_db_settings_parallel_suffix: None) -> None:
    """The test database is a copy of one that is migrated. Django migrates the copy and finds nothing to do."""
    own = connection.settings_dict["TEST"]
    if connection.vendor == "sqlite":
        migrated.copy_sqlite_to_migrate(Path(own["NAME"]))
    else:
        own["TEMPLATE"] = migrated.wait_for_postgres()


@pytest.fixture(scope="session")
def django_db_keepdb(django_db_keepdb: bool) -> bool:
    """On SQLite the copy lies there before Django looks; it goes with the directory of the run."""
    return django_db_keepdb or connection.vendor == "sqlite"


@pytest.fixture(autouse=True)
def _empty_cache() -> Iterator[None]:
    """Rate limits, signs of life and the language of one test are not the next one's."""
    yield
    cache.clear()
    for kept in (paper_facts, running_tests, saving, hosts, suite_facts):
        kept.forget()
    translation.deactivate()


@pytest.fixture(autouse=True)
def _fresh_institute(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """The institute of one test is not the next one's, nor does a slow test read its row twice."""
    monkeypatch.setattr("accounts.models.institute.STALE_AFTER_S", math.inf)
    Institute.forget()
    yield
    Institute.forget()
    timezone.deactivate()


@pytest.fixture
def cheap_hashes(monkeypatch: pytest.MonkeyPatch) -> None:
    """Passwords hashed by the same function with the least of work: a demo has one for each of its nineteen people."""
    people.hashed()  # everybody else's, which is kept, with all of it
    monkeypatch.setattr(TunedArgon2PasswordHasher, "memory_cost", 8)
    monkeypatch.setattr(TunedArgon2PasswordHasher, "time_cost", 1)


@pytest.fixture(scope="module")
def _cookies(django_db_setup: None, django_db_blocker: Any) -> Iterator[dict[str, dict[str, str]]]:
    """Everybody of `tests.people` signs in once for all tests of a module, around whose transactions this one lies."""
    with django_db_blocker.unblock(), transaction.atomic():
        signed_in = {kind: people.signed_in(person()).cookies for kind, person in people.EVERYBODY.items()}
        yield {kind: {name: one.value for name, one in cookies.items()} for kind, cookies in signed_in.items()}
        transaction.set_rollback(True)


@pytest.fixture
def browser_of(_cookies: dict[str, dict[str, str]], db: None) -> Callable[[str], Client]:
    """`browser_of("admin")`: a browser in which he has just signed in, for modules that need very many of them.

    `people.EVERYBODY` names whom; of anybody else it is a browser without cookies.

    No test of such a module may be transactional. What a test changes is taken back as ever, the sign-ins too.
    """
    now = timezone.now()
    SessionSlot.objects.update(created_at=now, last_seen_at=now)

    def open_browser(kind: str) -> Client:
        browser = Client()
        browser.cookies.load(_cookies.get(kind, {}))
        return browser

    return open_browser


@pytest.fixture
def same_queries(db: None) -> Callable[..., int]:
    """`same_queries(visit, add=add_rows, at_most=20)`: the page costs as many queries at 3 rows as at 30.

    `visit()` fetches the page, `add(n)` makes n more rows. Answers the number of queries.
    """

    def assert_same(visit: Callable[[], Any], *, add: Callable[[int], Any], at_most: int = 20) -> int:
        add(3)
        visit()  # fills what is cached for good: content types, compiled templates
        at_3 = _queries(visit)
        add(27)
        at_30 = _queries(visit)
        more = "\n".join(query for query in at_30 if query not in at_3)
        assert len(at_30) == len(at_3), f"{len(at_3)} queries at 3 rows, {len(at_30)} at 30; new ones:\n{more}"
        assert len(at_3) <= at_most, "\n".join(at_3)
        return len(at_3)

    return assert_same


def _queries(visit: Callable[[], Any]) -> list[str]:
    with CaptureQueriesContext(connection) as captured:
        visit()
    return [query["sql"] for query in captured.captured_queries]


@pytest.fixture(scope="session")
def valkey_url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of a real server of the Redis protocol: the one of `make test-services`, else one of our own."""
    given = os.environ.get("REDIS_URL")
    if given:
        yield given
        return
    with throw_away_valkey(tmp_path_factory.mktemp("valkey")) as url:
        yield url


@pytest.fixture(scope="session")
def project_dir() -> Path:
    """Where manage.py lies."""
    return Path(__file__).resolve().parent.parent
