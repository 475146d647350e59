"""Two stripes under way at once: neither waits for the other's slowest object, and no more than two are ever held."""

import threading
import tracemalloc
from collections.abc import Callable

import pytest
from django.db import connection
from django.utils import timezone

from dfs import jobs, spool, work
from dfs.drives import DriveError, DriveObject, Trouble, opening
from dfs.drives.local import LocalDrive
from dfs.models import Chunk, DriveAccount, Job, StoredFile
from tests.dfs.conftest import MIB, content, content_of, finish, staged, stored
from tests.dfs.test_crashes import assert_books_balance, every_step

Lend = Callable[..., list[DriveAccount]]
pytestmark = pytest.mark.django_db(transaction=True)
LONG_S = 60.0
"""Nothing waits so long unless it would wait for ever."""


class Gate:
    """Sees every object before it is put, by its position: `d3.0` is chunk 3. `before_put` may hold it back."""

    def __init__(self) -> None:
        self.before_put: Callable[[str], None] = lambda _at: None
        self.most_at_once = 0
        self._come: set[str] = set()
        self._going: list[int] = []
        self._seen = threading.Condition()

    def enter(self, at: str) -> None:
        with self._seen:
            self._come.add(at)
            self._going.append(stripe_of(at))
            self.most_at_once = max(self.most_at_once, len(set(self._going)))
            self._seen.notify_all()
        self.before_put(at)

    def leave(self, at: str) -> None:
        with self._seen:
            self._going.remove(stripe_of(at))

    def wait_for(self, *positions: str) -> None:
        """Until one of these objects has come."""
        with self._seen:
            assert self._seen.wait_for(lambda: self._come & set(positions), LONG_S), self._come


def stripe_of(at: str) -> int:
    """The stripe an object belongs to under 3+2."""
    number = int(at[1:].split(".")[0])
    return number if at[0] == "p" else number // 3


@pytest.fixture
def gate(monkeypatch: pytest.MonkeyPatch) -> Gate:
    gate = Gate()

    class Gated(LocalDrive):
        def put(self, object_id: str, name: str, parts: list[memoryview | bytes], md5: str) -> DriveObject:
            at = name.split(".", 3)[3]
            gate.enter(at)
            try:
                return super().put(object_id, name, parts, md5)
            finally:
                gate.leave(at)

    monkeypatch.setattr(opening, "LocalDrive", Gated)
    return gate


def test_a_slow_object_does_not_hold_back_the_next_stripe(drives: Lend, gate: Gate) -> None:
    """The first piece is on its way until one of the second stripe has come."""
    drives(5)
    gate.before_put = lambda at: gate.wait_for("d3.0", "d4.0", "d5.0") if at == "d0.0" else None
    data = content(6 * MIB)
    assert content_of(stored(data)) == data


def test_a_slow_stripe_holds_back_only_itself(drives: Lend, gate: Gate) -> None:
    """The first stripe is done last of all; what follows it takes turns in the other place."""
    drives(5)
    gate.before_put = lambda at: gate.wait_for("d12.0") if at == "d0.0" else None
    data = content(13 * MIB)
    assert content_of(stored(data)) == data
    assert gate.most_at_once == 2


def test_memory_holds_two_stripes_however_long_the_file(drives: Lend, gate: Gate) -> None:
    drives(5)
    file = staged(content(24 * MIB))
    tracemalloc.start()
    try:
        assert finish(file) == Job.State.COMPLETE
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert gate.most_at_once <= 2
    assert peak < 2 * 5 * MIB + 4 * MIB


def test_a_worker_killed_anywhere_with_two_stripes_under_way_changes_nothing(drives: Lend) -> None:
    """Of two owners each chunk is a stripe. After one step is before the next, so every second is killed at."""
    drives(2)
    data = content(MIB + 77)

    def check(job: Job) -> None:
        assert job.state == Job.State.COMPLETE, job.reason
        assert content_of(job.file) == data
        assert_books_balance()
        jobs.erase_file(job.file, actor=None)
        finish(job.file)

    assert every_step(lambda: staged(data).jobs.get(), check, stride=2) > 40


def test_a_job_cancelled_with_two_stripes_under_way_leaves_nothing_behind(drives: Lend, gate: Gate) -> None:
    drives(5)
    file = staged(content(7 * MIB))
    job = file.jobs.get()

    def cancel(at: str) -> None:
        if at == "d3.0":
            jobs.cancel(job, actor=None)
            connection.close()

    gate.before_put = cancel
    assert work.perform(job.pk) == Job.State.CANCELLED
    assert set(file.chunks.values_list("state", flat=True)) == {Chunk.State.DELETING}
    file.chunks.update(created_at=timezone.now() - jobs.LEASE * 2)
    assert finish(file) == Job.State.COMPLETE
    assert_books_balance()
    assert not file.chunks.exists()


def test_what_is_on_its_way_is_noted_when_the_next_stripe_cannot_be_made(drives: Lend, gate: Gate) -> None:
    drives(5)
    file = staged(content(9 * MIB))

    def cut(at: str) -> None:
        if at == "d0.0":
            with spool.staged_path(file.uuid).open("rb+") as plaintext:
                plaintext.truncate(6 * MIB)

    gate.before_put = cut
    assert finish(file) == Job.State.FAILED
    assert "again" in file.jobs.get().reason
    assert set(file.chunks.values_list("state", flat=True)) == {Chunk.State.VERIFIED}
    assert file.chunks.count() == 10


def test_a_byte_changed_between_two_readings_of_one_run_is_noticed(drives: Lend, gate: Gate) -> None:
    """The Drive runs full, the file is laid down as 2+2, and its first chunk is read and sealed a second time."""
    drives(5)
    file = staged(content(6 * MIB))

    def change(at: str) -> None:
        if at == "d0.0":
            gate.before_put = lambda _at: None
            with spool.staged_path(file.uuid).open("rb+") as plaintext:
                plaintext.write(b"changed")
            raise DriveError(Trouble.FULL, "made up")

    gate.before_put = change
    assert finish(file) == Job.State.FAILED
    file = StoredFile.objects.get(pk=file.pk)
    assert file.state == StoredFile.State.STAGED
