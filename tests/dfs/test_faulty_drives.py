"""Drives that misbehave while they are written to and read, keys that change, clocks that jump.

The Drives are real local ones; a plan makes one of them answer wrongly, as a far Drive would.
"""

import base64
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import time_machine
from django.utils import timezone

from dfs import distribution, jobs, repair, work
from dfs.drives import DriveError, DriveObject, Trouble, opening
from dfs.drives.local import LocalDrive
from dfs.models import Chunk, DriveAccount, Job
from tests.dfs.conftest import MIB, content, content_of, finish, object_path, staged, stored

Lend = Callable[..., list[DriveAccount]]
Answer = Callable[[DriveObject], DriveObject]
pytestmark = pytest.mark.django_db(transaction=True)
DATA = content(4 * MIB + 9)


class Weather:
    """What each account's Drive does wrong: a list of faults for its next puts; the last one stays when `for_ever`."""

    def __init__(self) -> None:
        self.faults: dict[str, list[Trouble | Answer]] = {}
        self.for_ever = False
        self.puts: list[str] = []

    def over(self, account: DriveAccount, *faults: Trouble | Answer, for_ever: bool = False) -> None:
        self.faults[str(account.uuid)] = list(faults)
        self.for_ever = for_ever

    def next_for(self, account: str) -> Trouble | Answer | None:
        self.puts.append(account)
        faults = self.faults.get(account, [])
        if not faults:
            return None
        return faults[0] if self.for_ever and len(faults) == 1 else faults.pop(0)


@pytest.fixture
def weather(monkeypatch: pytest.MonkeyPatch) -> Weather:
    told = Weather()

    class Weathered(LocalDrive):
        def put(self, object_id: str, name: str, parts: list[memoryview | bytes], md5: str) -> DriveObject:
            fault = told.next_for(self._account)
            if isinstance(fault, Trouble):
                raise DriveError(fault, f"made up: {fault.value}")
            there = super().put(object_id, name, parts, md5)
            return fault(there) if fault else there

    monkeypatch.setattr(opening, "LocalDrive", Weathered)
    monkeypatch.setattr(distribution.time, "sleep", lambda _seconds: None)
    return told


def assert_whole(file: Any) -> None:
    assert finish(file) == Job.State.COMPLETE
    assert content_of(file) == DATA
    assert repair.verify(deep=True).is_clean


@pytest.mark.parametrize(
    ("trouble", "state"),
    [
        (Trouble.FULL, DriveAccount.State.FULL),
        (Trouble.UNREACHABLE, DriveAccount.State.SUSPECT),
        (Trouble.AUTH, DriveAccount.State.NEEDS_REAUTH),
    ],
)
def test_a_drive_that_gives_up_in_the_middle_of_a_stripe_is_set_aside(
    drives: Lend, weather: Weather, trouble: Trouble, state: str
) -> None:
    """Faults 16 and 23: the object goes elsewhere, the row says what is wrong with the Drive."""
    lent = drives(6)
    weather.over(lent[2], trouble)
    file = staged(DATA)
    assert finish(file) == Job.State.COMPLETE
    lent[2].refresh_from_db()
    assert lent[2].state == state
    assert (file.k, file.p) == (3, 2)
    assert not lent[2].chunks.filter(state=Chunk.State.PLANNED).exists()
    assert content_of(file) == DATA


def test_a_passing_trouble_is_tried_again(drives: Lend, weather: Weather) -> None:
    lent = drives(5)
    weather.over(lent[0], Trouble.TRANSIENT, Trouble.TRANSIENT)
    file = staged(DATA)
    assert_whole(file)
    assert (file.k, file.p) == (3, 2)
    lent[0].refresh_from_db()
    assert lent[0].state == DriveAccount.State.ACTIVE


def test_a_trouble_that_does_not_pass_sends_the_object_elsewhere(drives: Lend, weather: Weather) -> None:
    lent = drives(6)
    weather.over(lent[0], Trouble.TRANSIENT, for_ever=True)
    file = staged(DATA)
    assert_whole(file)
    assert not lent[0].chunks.filter(state=Chunk.State.VERIFIED).exists()


def test_a_drive_that_keeps_other_bytes_than_were_sent_is_not_believed(drives: Lend, weather: Weather) -> None:
    """Fault 17."""
    lent = drives(6)
    weather.over(lent[1], lambda there: DriveObject(there.object_id, there.size_bytes, "0" * 32), for_ever=True)
    file = staged(DATA)
    assert_whole(file)
    assert not lent[1].chunks.filter(state=Chunk.State.VERIFIED).exists()


def test_when_every_drive_fails_the_job_waits_and_says_why(drives: Lend, weather: Weather) -> None:
    for account in drives(5):
        weather.over(account, Trouble.UNREACHABLE)
    file = staged(DATA)
    assert finish(file) == Job.State.WAITING
    assert file.jobs.get().reason
    repair.check_drives()
    assert_whole_after_retry(file)


def assert_whole_after_retry(file: Any) -> None:
    jobs.retry(file.jobs.get(), actor=None)
    assert_whole(file)


def test_when_every_drive_is_full_the_job_waits_and_goes_on_when_there_is_room(drives: Lend, weather: Weather) -> None:
    for account in drives(5):
        weather.over(account, Trouble.FULL)
    file = staged(DATA)
    assert finish(file) == Job.State.WAITING
    assert "room" in file.jobs.get().reason
    assert set(DriveAccount.objects.values_list("state", flat=True)) == {DriveAccount.State.FULL}
    repair.check_drives()
    assert_whole_after_retry(file)


def test_a_key_ring_that_grew_still_opens_and_one_that_lost_a_key_says_so(drives: Lend, settings: Any) -> None:
    """Fault 36: the master key is rotated in the middle, or missing."""
    drives(3)
    before = staged(DATA)
    old = settings.MASTER_KEYS
    new = "t2:" + base64.b64encode(b"a second master key of 32 bytes!").decode()
    settings.MASTER_KEYS = f"{new},{old}"
    assert_whole(before)
    after = stored(DATA)
    settings.MASTER_KEYS = new
    assert content_of(after) == DATA
    lost = staged(DATA)
    settings.MASTER_KEYS = old
    assert finish(lost) == Job.State.FAILED
    assert "key" in lost.jobs.get().reason


@pytest.mark.parametrize("jump", [timedelta(days=1), timedelta(days=-1)])
def test_a_clock_that_jumps_harms_nothing(drives: Lend, jump: timedelta) -> None:
    """Fault 36: a lease may end too early; then the token fences the first worker."""
    drives(3)
    file = staged(DATA)
    first = jobs.Lease.claim(file.jobs.get().pk)
    assert first is not None
    with time_machine.travel(timezone.now() + jump, tick=True):
        outcome = work.perform(first.job.pk)
        if jump > timedelta(0):
            assert outcome == Job.State.COMPLETE
            with pytest.raises(jobs.LeaseLost):
                first.write(objects_done=1)
        else:
            assert outcome == ""
            first.write(objects_done=1)


def test_a_drive_that_comes_back_with_old_objects_counts_again_without_doubling(drives: Lend) -> None:
    lent = drives(6)
    file = stored(DATA)
    row = file.chunks.select_related("account").filter(kind="DATA").first()
    assert row is not None
    home, aside = Path(row.account.location), Path(row.account.location).with_name("aside")
    home.rename(aside)
    repair.verify()
    repair.queue_healing()
    finish(file)
    assert repair.verify(deep=True).is_clean
    aside.rename(home)
    repair.verify()
    repair.queue_healing()
    finish(file)
    assert repair.verify(deep=True).is_clean
    for account in lent:
        account.refresh_from_db()
        rows = list(account.chunks.all())
        assert account.used_bytes == sum(chunk.size_bytes for chunk in rows)
        assert {path.name for path in Path(account.location).glob("??/*")} == {chunk.object_id for chunk in rows}
    assert all(object_path(chunk).exists() for chunk in file.chunks.select_related("account"))
