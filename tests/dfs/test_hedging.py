"""A reader does not wait for one slow Drive when there is another way to the same bytes."""

import threading
from collections.abc import Callable, Iterator

import pytest

from dfs import hedging
from dfs.models import Chunk, DriveAccount
from dfs.reassembly import FileDamaged
from tests.dfs.conftest import MIB, content, content_of, stored
from tests.emulators.google import Delay, GoogleEmulator

Linked = Callable[..., list[DriveAccount]]
DRIVE = 7


@pytest.fixture(autouse=True)
def _fresh(monkeypatch: pytest.MonkeyPatch) -> None:
    """What other tests' Drives took is not these ones'; waiting is short."""
    hedging._took_s.clear()
    monkeypatch.setattr(hedging, "LEAST_S", 0.05)


@pytest.fixture
def hanging() -> Iterator[Callable[[], bytes | None]]:
    """A Drive that says nothing until the test is over, and then that it has the bytes."""
    over = threading.Event()

    def ask() -> bytes | None:
        over.wait(60)
        return b"late"

    yield ask
    over.set()
    while hedging._overdue[DRIVE]:
        over.wait(0.01)


def never() -> bytes:
    raise AssertionError("nobody had to be gone around")


def gone() -> bytes:
    raise FileDamaged("Too many pieces of this file are missing.")


def test_a_drive_that_answers_in_time_is_the_only_one_asked(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(hedging, "LEAST_S", 60.0)
    monkeypatch.setattr(hedging, "MOST_S", 60.0)
    assert hedging.soonest(DRIVE, lambda: b"bytes", never) == b"bytes"


def test_a_drive_that_has_nothing_is_gone_around(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(hedging, "LEAST_S", 60.0)
    monkeypatch.setattr(hedging, "MOST_S", 60.0)
    assert hedging.soonest(DRIVE, lambda: None, lambda: b"rebuilt") == b"rebuilt"
    with pytest.raises(FileDamaged):
        hedging.soonest(DRIVE, lambda: None, gone)


def test_a_drive_that_hangs_is_gone_around(hanging: Callable[[], bytes | None]) -> None:
    assert hedging.soonest(DRIVE, hanging, lambda: b"rebuilt") == b"rebuilt"


def test_a_slow_drive_is_waited_for_where_there_is_no_other_way() -> None:
    was_asked_around = threading.Event()

    def slow() -> bytes | None:
        was_asked_around.wait(60)
        return b"late"

    def around() -> bytes:
        was_asked_around.set()
        return gone()

    assert hedging.soonest(DRIVE, slow, around) == b"late"


def test_when_neither_has_it_the_reader_is_told() -> None:
    was_asked_around = threading.Event()

    def slow() -> bytes | None:
        was_asked_around.wait(60)
        return None

    def around() -> bytes:
        was_asked_around.set()
        return gone()

    with pytest.raises(FileDamaged):
        hedging.soonest(DRIVE, slow, around)


def test_a_drive_that_keeps_two_waiting_is_not_asked_by_a_third(hanging: Callable[[], bytes | None]) -> None:
    for _reader in range(hedging.OVERDUE):
        hedging.soonest(DRIVE, hanging, lambda: b"rebuilt")
    assert hedging.soonest(DRIVE, never, lambda: b"rebuilt") == b"rebuilt"
    assert hedging.soonest(DRIVE, lambda: b"after all", gone) == b"after all"
    assert hedging.soonest(DRIVE + 1, lambda: b"another Drive", never) == b"another Drive"


def test_what_is_not_there_in_time_is_had_another_way(hanging: Callable[[], bytes | None]) -> None:
    assert hedging.in_time(DRIVE, lambda: b"soon") == b"soon"
    assert [hedging.in_time(DRIVE, hanging) for _reader in range(hedging.OVERDUE)] == [None] * hedging.OVERDUE
    assert hedging.in_time(DRIVE, never) is None


def test_patience_follows_what_reading_takes(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(hedging, "LEAST_S", 2.0)
    hedging._took_s.extend([60.0] * (hedging.ENOUGH - 1))
    assert hedging.patience_s() == 2.0
    hedging._took_s.clear()
    hedging._took_s.extend([0.3] * 100)
    assert hedging.patience_s() == 2.0
    hedging._took_s.extend([5.0] * 100)
    assert hedging.patience_s() == 5.0
    hedging._took_s.extend([50.0] * 100)
    assert hedging.patience_s() == hedging.MOST_S


def test_a_stalled_google_drive_is_read_around_and_not_blamed(google: GoogleEmulator, linked: Linked) -> None:
    """36."""
    linked(5)
    data = content(3 * MIB)
    file = stored(data)
    parity = file.chunks.content().filter(kind=Chunk.Kind.PARITY).values_list("account__label", flat=True)
    slow = file.chunks.content().filter(kind=Chunk.Kind.DATA).select_related("account")[0].account
    google.plan.add("download", Delay(2.0, midway=True), account=slow.label, times=None)
    assert content_of(file) == data
    assert any(google.requests.of("download", account=label) for label in parity)
    slow.refresh_from_db()
    assert slow.state == DriveAccount.State.ACTIVE


def test_the_second_copy_of_a_small_file_is_read_while_the_first_hangs(google: GoogleEmulator, linked: Linked) -> None:
    linked(2)
    file = stored(content(1000))
    first = file.chunks.content().select_related("account").order_by("copy")[0].account
    google.plan.add("download", Delay(2.0, midway=True), account=first.label, times=None)
    assert content_of(file) == content(1000)
    assert len(google.requests.of("download")) >= 2


def test_a_seek_into_a_stalled_drive_is_answered_from_the_others(
    google: GoogleEmulator, linked: Linked, fetch: Callable[..., tuple[int, bytes]]
) -> None:
    linked(5)
    data = content(3 * MIB)
    file = stored(data)
    slow = file.chunks.content().filter(kind=Chunk.Kind.DATA, index=0).select_related("account")[0].account
    google.plan.add("download", Delay(2.0, midway=True), account=slow.label, times=None)
    status, part = fetch(f"/dfs/console/{file.uuid}/", range="bytes=1000-1999")
    assert (status, part) == (206, data[1000:2000])
    slow.refresh_from_db()
    assert slow.state == DriveAccount.State.ACTIVE
