"""`manage.py keys`: a new master key, everything sealed anew, the old one let go; the pieces are not touched."""

import base64
import io
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.core.exceptions import ImproperlyConfigured
from django.core.management import CommandError, call_command

from accounts.keys import mark_master_keys, verify_master_keys
from accounts.models import MasterKeyMark
from coaching.lib.sealing import ring
from dfs import manifests, recovery, sealed, snapshots
from dfs.drives.google.opening import PURPOSE
from dfs.models import DriveAccount, Snapshot, StoredFile
from tests.dfs.conftest import MIB, content, content_of, staged, stored
from tests.dfs.test_recovery import adopt, lose_the_database

pytestmark = pytest.mark.django_db
Lend = Callable[..., list[DriveAccount]]
NEW = "n2:" + base64.b64encode(b"a new master key of thirty-two b").decode()


def keys(*words: str) -> tuple[int, dict[str, Any]]:
    """(exit status, what it told)."""
    out = io.StringIO()
    try:
        call_command("keys", *words, "--json", stdout=out)
    except SystemExit as ended:
        return int(ended.code or 0), json.loads(out.getvalue())
    return 0, json.loads(out.getvalue())


@pytest.fixture
def rotated(settings: Any) -> Callable[[], None]:
    """Puts a new key before the old one."""

    def rotate() -> None:
        mark_master_keys()
        settings.MASTER_KEYS = f"{NEW},{settings.MASTER_KEYS}"

    return rotate


def objects_on_drives() -> dict[str, bytes]:
    folders = [Path(drive.location) for drive in DriveAccount.objects.all()]
    return {path.name: path.read_bytes() for folder in folders for path in folder.glob("??/*")}


def test_rotation_seals_keys_anew_and_touches_no_piece(drives: Lend, rotated: Callable[[], None]) -> None:
    drives(5)
    file, waiting = stored(content(3 * MIB)), staged(b"waits")
    manifests.tend()
    snapshots.tend()
    pieces = {row.object_id for row in file.chunks.content()}
    before = objects_on_drives()
    rotated()
    status, told = keys("status")
    assert (status, told["active"], told["sealed"]["file keys"]) == (0, "n2", {"t1": 2})
    status, told = keys("rotate")
    assert (status, told["left"]) == (0, {})
    nothing = {"second steps": 0, "photos": 0, "exam papers": 0}
    changed = {"file keys": 2, "Drives' sign-ins": 0, "manifests": 1, "snapshots": 1} | nothing
    assert told["changed"] == changed
    after = objects_on_drives()
    assert {name: after[name] for name in pieces} == {name: before[name] for name in pieces}
    for each in (file, waiting):
        each.refresh_from_db()
        assert ring().kid_of(bytes(each.wrapped_key or b"")) == "n2"
    assert content_of(file) == content(3 * MIB)
    assert keys("rotate")[1]["changed"]["file keys"] == 0
    held = {"file keys": 2, "Drives' sign-ins": 0, "manifests": 3, "snapshots": 3} | nothing
    assert keys("verify") == (0, {name: {"opened": count, "failed": []} for name, count in held.items()})


def test_after_retiring_the_old_key_is_needed_nowhere(drives: Lend, rotated: Callable[[], None], settings: Any) -> None:
    drives(5)
    file = stored(content(10))
    manifests.tend()
    snapshots.tend()
    rotated()
    status, told = keys("rotate", "--retire", "t1")
    assert (status, told["retired"]) == (0, "t1")
    settings.MASTER_KEYS = NEW
    verify_master_keys()
    file.refresh_from_db()
    assert content_of(file) == content(10)
    lose_the_database()
    adopt(*range(5))
    recovery.restore(recovery.look())
    assert content_of(StoredFile.objects.get()) == content(10)


def test_a_migrate_before_the_setting_follows_marks_the_retired_key_again(
    drives: Lend, rotated: Callable[[], None], settings: Any
) -> None:
    """As the operators' page says: the site then names the key it lacks, and retiring it once more works without it."""
    drives(2)
    file = stored(content(10))
    manifests.tend()
    rotated()
    assert keys("rotate", "--retire", "t1")[1]["retired"] == "t1"
    assert set(MasterKeyMark.objects.values_list("kid", flat=True)) == {"n2"}
    call_command("migrate", verbosity=0)
    assert set(MasterKeyMark.objects.values_list("kid", flat=True)) == {"n2", "t1"}
    assert keys("status")[1]["sealed"]["file keys"] == {"n2": 1}
    settings.MASTER_KEYS = NEW
    with pytest.raises(ImproperlyConfigured, match="lacks the key t1"):
        verify_master_keys()
    assert keys("rotate", "--retire", "t1")[1]["retired"] == "t1"
    verify_master_keys()
    call_command("migrate", verbosity=0)
    assert set(MasterKeyMark.objects.values_list("kid", flat=True)) == {"n2"}
    file.refresh_from_db()
    assert content_of(file) == content(10)


def test_a_key_in_use_is_not_retired(drives: Lend, rotated: Callable[[], None]) -> None:
    drives(2)
    stored(b"x")
    manifests.tend()
    rotated()
    DriveAccount.objects.update(state=DriveAccount.State.PAUSED)  # nowhere to write the manifest
    status, told = keys("rotate", "--retire", "t1")
    assert (status, told["retired"], told["left"]) == (1, "", {"manifests": {"t1": 1}})
    assert MasterKeyMark.objects.filter(kid="t1").exists()


def test_the_active_key_is_not_retired(db: None) -> None:
    with pytest.raises(CommandError, match="active"):
        keys("rotate", "--retire", "t1")


def test_a_key_taken_out_too_early_is_named(drives: Lend, rotated: Callable[[], None], settings: Any) -> None:
    drives(1)
    stored(b"x")
    rotated()
    settings.MASTER_KEYS = NEW
    status, told = keys("status")
    assert (status, told["missing"]) == (1, ["t1"])
    with pytest.raises(CommandError, match="lacks the key t1"):
        keys("rotate")
    with pytest.raises(CommandError, match="lacks the key t1"):
        keys("verify")


def test_rotation_cut_off_goes_on_where_it_was(
    drives: Lend, rotated: Callable[[], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    drives(1)
    for _number in range(3):
        stored(b"x")
    rotated()
    monkeypatch.setattr(sealed, "PAGE", 1)
    files = sealed.FileKeys._files
    monkeypatch.setattr(sealed.FileKeys, "_files", lambda self: [next(files(self))])
    assert sealed.FileKeys().rewrap() == 1
    monkeypatch.undo()
    assert sealed.FileKeys().count() == {"n2": 1, "t1": 2}
    assert sealed.FileKeys().rewrap() == 2
    assert StoredFile.objects.exclude(manifest_due_at=None).count() == 3


def test_a_key_that_does_not_open_is_told(drives: Lend) -> None:
    drives(1)
    file = stored(b"x")
    raw = bytearray(file.wrapped_key or b"")
    raw[-1] ^= 1
    StoredFile.objects.update(wrapped_key=bytes(raw))
    status, told = keys("verify")
    assert status == 1
    assert str(file.uuid) in told["file keys"]["failed"][0]


def test_a_far_drives_sign_in_follows_too(drives: Lend, rotated: Callable[[], None]) -> None:
    assert sealed.SIGN_IN == PURPOSE
    account = DriveAccount(kind="GOOGLE", label="g", owner_key="1", cap_bytes=1, state="PAUSED")
    account.credentials = ring().seal(PURPOSE, b"token", context=account.uuid.bytes)
    account.save()
    rotated()
    assert sealed.SignIns().rewrap() == 1
    account.refresh_from_db()
    assert ring().kid_of(bytes(account.credentials)) == "n2"
    assert sealed.SignIns().check(5).opened == 1
    assert Snapshot.objects.count() == 0
