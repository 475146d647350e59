"""`manage.py dfs`: gc, recover, recovery-kit, adopting a folder, and what `status` tells of the care."""

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings as site
from django.utils import timezone

from dfs import manifests, orphans, removal, repair, snapshots, store
from dfs.models import DriveAccount, Orphan, StoredFile
from tests.dfs.conftest import MIB, content, finish, stored
from tests.dfs.test_dfs_command import dfs, status_of, told
from tests.dfs.test_orphans import leave_behind, looked_before
from tests.dfs.test_recovery import assert_all_equal, lose_the_database, some_files

pytestmark = pytest.mark.django_db
Lend = Callable[..., list[DriveAccount]]


def test_recover_looks_and_then_brings_everything_back(drives: Lend, data_dir: Path) -> None:
    drives(5)
    given = some_files()
    manifests.tend()
    snapshots.tend()
    lose_the_database()
    for number in range(5):
        dfs("add-local", f"drive-{number}", "--adopt", "--bytes", "1G")
    status, said = status_of("recover")
    assert status == 0
    assert "4 files to bring back, 0 of them not readable" in said
    assert StoredFile.objects.count() == 0
    answer = told("recover", "--apply")
    assert (answer["restored"], answer["verify"]["is_clean"]) == (4, True)
    assert_all_equal(given)
    assert told("recover", "--apply")["restored"] == 0


def test_recover_says_what_it_cannot_bring_back(drives: Lend) -> None:
    drives(5)
    stored(content(3 * MIB))
    manifests.tend()
    made = snapshots.tend()
    assert made is not None
    one, *others = sorted({drive.label for drive in DriveAccount.objects.all()},
                          key=lambda label: not made.copies.filter(account__label=label).exists())  # fmt: skip
    lose_the_database()
    dfs("add-local", one, "--adopt")
    status, said = status_of("recover", "--apply")
    assert status == 1
    assert all(f"not added yet: {label}" in said for label in others)
    assert "1 of them not readable yet" in said


def test_gc_counts_first_and_removes_with_apply(drives: Lend) -> None:
    drives(5)
    path = leave_behind(stored(content(3 * MIB)))
    assert told("gc")["ready"] == 0
    looked_before(0)
    Orphan.objects.update(first_seen_at=timezone.now() - orphans.APART)
    status, said = status_of("gc")
    assert (status, path.exists()) == (1, True)
    assert "1 of these seen before" in said
    assert told("gc", "--apply")["removed"] == 1
    assert not path.exists()
    assert status_of("gc")[0] == 0


def test_gc_cannot_run_while_a_drive_is_silent(drives: Lend) -> None:
    lent = drives(3)
    stored(b"x")
    Path(lent[0].location).rename(Path(lent[0].location).with_name("aside"))
    status, why = status_of("gc", "--apply")
    assert status == 2
    assert "drive-0" in why


def test_the_recovery_kit_names_keys_and_never_prints_them(drives: Lend) -> None:
    drives(2)
    stored(b"x")
    snapshots.tend()
    secret = site.MASTER_KEYS.split(":")[1]
    text = dfs("recovery-kit")
    assert re.search(r"t1  check value [0-9a-f]{32}", text)
    assert "dfs recover --apply" in text
    assert secret not in text
    kit = told("recovery-kit")
    assert secret not in str(kit)
    assert (kit["files"], len(kit["drives"]), kit["snapshot_at"] is not None) == (1, 2, True)
    assert secret in dfs("recovery-kit", "--with-keys")


def test_status_tells_how_the_store_is_kept(drives: Lend) -> None:
    drives(3)
    file = stored(b"x")
    before = told("status")["care"]
    assert (before["snapshot_at"], before["manifests_due"]) == (None, 1)
    manifests.tend()
    snapshots.tend()
    after = told("status")["care"]
    assert (after["snapshot_files"], after["manifests_due"]) == (1, 0)
    assert after["snapshot_age_hours"] < 1
    one = told("status", str(file.uuid))
    assert (one["manifests"], one["erasure"]) == (2, None)
    assert one["verified_at"]


def test_status_says_when_what_describes_the_files_lies_on_one_drive_alone(drives: Lend) -> None:
    drives(1)
    stored(b"x")
    assert told("status")["care"]["describing_drives"] == 1
    assert "each lies there once. Lend another Drive." in dfs("status")
    drives(1, prefix="second")
    assert "Lend another Drive" not in dfs("status")


def test_status_reports_an_erasure_to_its_end(drives: Lend) -> None:
    drives(2)
    file = stored(b"x")
    manifests.tend()
    snapshots.tend()
    asleep = file.chunks.content().select_related("account").earliest("pk").account
    aside = Path(asleep.location).with_name("aside")
    Path(asleep.location).rename(aside)
    store.erase(file, actor=None)
    finish(file)
    report: dict[str, Any] = told("status", str(file.uuid))["erasure"]
    assert (report["objects_left"], report["manifests_left"], report["snapshots_left"]) == (2, 1, 1)
    assert (report["drives_left"], report["objects_gone_at"]) == ([asleep.label], None)
    aside.rename(asleep.location)
    repair.check_drives()
    removal.sweep()
    report = told("status", str(file.uuid))["erasure"]
    assert report["objects_left"] == 0
    assert report["objects_gone_at"] > report["key_destroyed_at"]
    assert "still hold its sealed key" in dfs("status", str(file.uuid))


def test_repair_writes_manifests_that_are_missing(drives: Lend) -> None:
    drives(3)
    file = stored(b"x")
    manifests.tend()
    row = file.chunks.manifests().select_related("account").earliest("pk")
    (Path(row.account.location) / row.object_id[:2] / row.object_id).unlink()
    assert status_of("verify")[0] == 1
    status, said = status_of("verify", "--repair")
    assert status == 0, said
    assert file.chunks.manifests().live().count() == 2
