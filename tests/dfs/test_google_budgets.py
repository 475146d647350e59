"""How much is asked of Google: writes paced, units and bytes counted, and counted on without the cache."""

import logging
from typing import Any

import pytest

from dfs.drives import DriveError, Trouble
from dfs.drives.backoff import Clock
from dfs.drives.google.budgets import Budgets, Limits, OverBudget, paced
from tests.dfs.conftest import content
from tests.dfs.googling import Waits, drive_of, pieces, put
from tests.emulators.google import Account, GoogleEmulator


class Time:
    """Seconds that pass when somebody sleeps."""

    def __init__(self) -> None:
        self.now = 1_800_000_000.0
        self.clock = Clock(lambda: self.now, self._sleep, lambda: 0.0)

    def _sleep(self, seconds: float) -> None:
        self.now += seconds

    def pause(self, seconds: float) -> bool:
        self._sleep(seconds)
        return True


def test_writes_keep_to_two_and_a_half_a_second() -> None:
    time = Time()
    budgets = Budgets("a", clock=time.clock)
    begun = time.now
    for _number in range(100):
        paced(budgets.write, time.pause)
    assert 30 <= time.now - begun <= 40  # 25 in each of four windows of 10 s, the last not waited for


def test_another_process_spends_from_the_same_purse() -> None:
    time = Time()
    mine, theirs = Budgets("a", clock=time.clock), Budgets("a", clock=time.clock)
    for _number in range(25):
        mine.write()
    with pytest.raises(OverBudget):
        theirs.write()
    Budgets("b", clock=time.clock).write()  # another owner's Drive has its own


def test_a_drive_that_asks_for_less_gets_half_and_later_all_again() -> None:
    time = Time()
    budgets = Budgets("a", clock=time.clock)

    def writes_in_a_window() -> int:
        time.now += 10
        for number in range(100):
            try:
                budgets.write()
            except OverBudget:
                return number
        return 100

    assert writes_in_a_window() == 25
    budgets.slow_down()
    assert writes_in_a_window() == 12
    budgets.slow_down()
    assert writes_in_a_window() == 6
    time.now += 60
    assert writes_in_a_window() == 12
    time.now += 60
    assert writes_in_a_window() == 25


def test_the_projects_units_are_counted_over_all_drives() -> None:
    time, limits = Time(), Limits(project_units_a_minute=300)
    one, two = Budgets("a", limits, time.clock), Budgets("b", limits, time.clock)
    one.spend("download")
    two.spend("list")
    with pytest.raises(OverBudget) as caught:
        two.spend("get")
    assert 0 < caught.value.wait_s <= 60
    time.now += caught.value.wait_s
    two.spend("get")


def test_one_drive_cannot_spend_the_whole_project() -> None:
    time, limits = Time(), Limits(account_units_a_minute=200)
    budgets = Budgets("a", limits, time.clock)
    budgets.spend("download")
    with pytest.raises(OverBudget):
        budgets.spend("get")
    Budgets("b", limits, time.clock).spend("download")


def test_the_day_of_an_account_ends_at_its_limit(
    google: GoogleEmulator, waits: Waits, meera: Account, drive: Any
) -> None:
    """19: below Google's own 750 GB, which is never met."""
    careful = drive_of(google, meera, clock=waits.clock, limits=Limits(upload_bytes_a_day=1_000_000))
    put(careful, content(600_000))
    with pytest.raises(DriveError) as caught:
        put(careful, content(600_000, seed=8))
    assert caught.value.trouble is Trouble.BUSY
    assert 0 < caught.value.wait_s <= 86_400
    assert len(pieces(meera)) == 1
    google.clock.advance(86_400)
    put(careful, content(600_000, seed=8))
    assert len(pieces(meera)) == 2


def test_reading_warns_at_four_fifths_of_the_day_and_ends_at_the_limit(
    google: GoogleEmulator, waits: Waits, meera: Account, caplog: pytest.LogCaptureFixture
) -> None:
    limited = drive_of(google, meera, clock=waits.clock, limits=Limits(egress_bytes_a_day=1_000_000))
    object_id = put(limited, content(300_000))
    with caplog.at_level(logging.WARNING, logger="dfs.google"):
        limited.get(object_id)
        limited.get(object_id)
        assert not caplog.records
        limited.get(object_id)
        limited.get(object_id)
    assert [record.getMessage().split(" of ")[0] for record in caplog.records] == ["four fifths"]
    with pytest.raises(DriveError) as caught:
        limited.get(object_id)
    assert caught.value.trouble is Trouble.BUSY


def test_counts_go_on_in_this_process_without_the_cache(settings: Any) -> None:
    settings.CACHES = {
        "default": {
            "BACKEND": "django.core.cache.backends.redis.RedisCache",
            "LOCATION": "redis://127.0.0.1:1",
            "OPTIONS": {"socket_connect_timeout": 0.2},
        }
    }
    time = Time()
    budgets = Budgets("alone", Limits(writes_per_window=3), time.clock)
    for _number in range(3):
        budgets.write()
    with pytest.raises(OverBudget):
        budgets.write()
