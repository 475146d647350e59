"""Files on Google Drives, whole ways: stored, read, healed, through the weather."""

import io
import subprocess
import sys
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest
import time_machine
from django.core.management import CommandError, call_command

from coaching.lib.sealing import SealBroken, ring
from dfs import pool, removal, repair, store
from dfs.drives.google import connection
from dfs.drives.google.opening import PURPOSE, open_google
from dfs.models import Chunk, DriveAccount, Job
from dfs.pool import DriveRefused
from tests.dfs.conftest import MIB, content, content_of, finish, staged, stored
from tests.dfs.googling import Waits, pieces
from tests.emulators.google import Delay, Drop, GoogleEmulator, Hide, Keep, Mangle, Refuse

Linked = Callable[..., list[DriveAccount]]
STATES = DriveAccount.State
GIB = 1024**3


def states() -> dict[str, str]:
    return dict(DriveAccount.objects.values_list("label", "state"))


def heal_all() -> None:
    repair.verify()
    for job in repair.queue_healing():
        assert finish(job.file) == Job.State.COMPLETE


def test_a_file_on_five_google_drives_survives_two_owners_and_heals(google: GoogleEmulator, linked: Linked) -> None:
    """31: two of five disconnect; every byte is read, and two new owners make it whole."""
    data = content(4 * MIB + 5)
    linked(5)
    file = stored(data)
    assert (file.k, file.p) == (3, 2)
    assert content_of(file) == data
    for name in ("owner0@example.org", "owner3@example.org"):
        google.account(name).disconnect()
    assert content_of(file) == data
    repair.check_drives()
    assert sorted(states().values()) == [STATES.ACTIVE] * 3 + [STATES.NEEDS_REAUTH] * 2
    linked(2, prefix="new")
    heal_all()
    file.refresh_from_db()
    assert (file.k, file.p) == (3, 2)
    assert content_of(file) == data
    assert not file.chunks.live().filter(account__state=STATES.NEEDS_REAUTH).exists()


def test_every_piece_lies_under_the_id_that_was_committed_before(google: GoogleEmulator, linked: Linked) -> None:
    accounts = linked(5)
    file = stored(content(3 * MIB))
    for account in accounts:
        held = pieces(google.account(account.label))
        committed = account.chunks.filter(file=file, state=Chunk.State.VERIFIED).values_list("object_id", flat=True)
        assert set(committed) <= set(held)


def test_a_lost_piece_is_rebuilt_and_laid_down_again(google: GoogleEmulator, linked: Linked) -> None:
    """27, 28: one gone, one damaged so that Drive's digest says so."""
    linked(5)
    data = content(3 * MIB)
    file = stored(data)
    gone, damaged = file.chunks.content().live().filter(kind=Chunk.Kind.DATA).select_related("account")[:2]
    google.account(gone.account.label).lose(gone.object_id)
    google.account(damaged.account.label).flip_bit(damaged.object_id, 5_000, noticed=True)
    found = repair.verify()
    assert (found.missing, found.corrupt) == (1, 1)
    assert content_of(file) == data
    heal_all()
    assert repair.verify().is_clean
    assert content_of(file) == data


def test_rot_that_drive_does_not_notice_is_found_by_reading(google: GoogleEmulator, linked: Linked) -> None:
    """28: the digest Drive states is still the old one; the tags tell."""
    linked(5)
    data = content(3 * MIB)
    file = stored(data)
    rotten = file.chunks.content().live().filter(kind=Chunk.Kind.DATA).select_related("account")[0]
    google.account(rotten.account.label).flip_bit(rotten.object_id, 5_000)
    assert content_of(file) == data
    rotten.refresh_from_db()
    assert rotten.state == Chunk.State.CORRUPT


@pytest.mark.parametrize(
    ("operation", "effect", "more"),
    [
        pytest.param("put", Mangle(), {}, id="17 damaged on arrival"),
        pytest.param("session", Refuse(409, "fileIdInUse"), {}, id="14 id used"),
        pytest.param("session", Refuse(400, "invalid"), {}, id="15 id not usable"),
        pytest.param("put", Drop(), {"after_commit": True}, id="6 answer lost"),
        pytest.param("put", Keep(0, moved=True), {}, id="8 session moved"),
    ],
)
def test_a_position_gets_another_id_on_the_same_drive_when_it_must(
    google: GoogleEmulator, linked: Linked, operation: str, effect: object, more: dict
) -> None:
    """6, 8, 14, 15, 17: the file is laid down in full, on all five owners."""
    linked(5)
    fault = google.plan.add(operation, effect, **more)
    data = content(3 * MIB)
    file = stored(data)
    assert fault.struck == 1
    assert (file.k, file.p) == (3, 2)
    assert file.chunks.content().live().values("account").distinct().count() == 5
    assert content_of(file) == data


def test_a_drive_that_runs_full_in_the_middle_is_left_and_the_file_is_laid_elsewhere(
    google: GoogleEmulator, linked: Linked
) -> None:
    """16: in the middle of a stripe."""
    linked(6)
    full = google.account("owner2@example.org")
    google.plan.add("put", Refuse(403, "storageQuotaExceeded"), account=full.email, times=None)
    data = content(6 * MIB)
    file = stored(data)
    assert (file.k, file.p) == (3, 2)
    assert content_of(file) == data
    assert pieces(full) == {}
    assert states()[full.email] in (STATES.FULL, STATES.ACTIVE)


def test_an_owners_last_gigabyte_is_never_taken(google: GoogleEmulator, linked: Linked) -> None:
    """Mail and photos share the storage; a tenth of it, and a GiB at least, stays the owner's."""
    accounts = linked(3)
    tight = google.account("owner1@example.org", 15 * 10**9)
    tight.used_elsewhere_bytes = 15 * 10**9 - GIB - 100_000
    repair.check_drives()
    stored(content(2 * MIB))
    assert pieces(tight) == {}
    accounts[1].refresh_from_db()
    assert (accounts[1].free_bytes, accounts[1].state) == (0, STATES.FULL)
    tight.used_elsewhere_bytes = 0
    repair.check_drives()
    accounts[1].refresh_from_db()
    assert accounts[1].state == STATES.ACTIVE
    assert accounts[1].free_bytes > 10 * GIB


def test_a_sign_in_revoked_while_a_job_runs_sets_the_drive_aside(google: GoogleEmulator, linked: Linked) -> None:
    """23."""
    linked(6)
    file = staged(content(4 * MIB))
    leaving = google.account("owner4@example.org")
    leaving.revoke()
    assert finish(file) == Job.State.COMPLETE
    assert not file.chunks.content().live().filter(account__label=leaving.email).exists()
    repair.check_drives()
    assert states()[leaving.email] == STATES.NEEDS_REAUTH


def test_a_lagging_list_makes_nothing_missing(google: GoogleEmulator, linked: Linked) -> None:
    """32: absent from the list, there when asked for."""
    linked(2)
    google.plan.add("put", Hide(lists=3), times=None)
    stored(content(2 * MIB))
    assert repair.verify().is_clean


def test_another_oauth_client_makes_drives_suspect_and_nothing_is_given_up(
    google: GoogleEmulator, linked: Linked, settings: object
) -> None:
    """26: every object answers 404; no row is marked, no delete is believed, and with the old client all is well."""
    accounts = linked(3)
    data = content(2 * MIB)
    kept, erased = stored(data), stored(content(MIB, seed=9))
    other = google.add_client()
    for account in accounts:
        token = google.link(google.account(account.label), other)
        account.credentials = ring().seal(PURPOSE, token.encode(), context=account.uuid.bytes)
        account.save()
    settings.GOOGLE_CLIENT_ID, settings.GOOGLE_CLIENT_SECRET = other.client_id, other.client_secret  # type: ignore[attr-defined]
    found = repair.verify()
    assert (found.missing, found.corrupt, len(found.silent_drives)) == (0, 0, 3)
    assert set(states().values()) == {STATES.SUSPECT}
    store.erase(erased, actor=None)
    assert removal.remove_objects(erased.chunks.all()) == erased.chunks.count() > 0
    settings.GOOGLE_CLIENT_ID, settings.GOOGLE_CLIENT_SECRET = google.client_id, google.client_secret  # type: ignore[attr-defined]
    for account in accounts:
        token = google.account(account.label).refresh_token
        account.credentials = ring().seal(PURPOSE, token.encode(), context=account.uuid.bytes)
        account.save()
    assert repair.verify().missing == 0
    assert content_of(kept) == data


def test_an_emptied_folder_makes_the_drive_suspect_and_is_not_filled_again(
    google: GoogleEmulator, linked: Linked
) -> None:
    """30."""
    linked(3)
    stored(content(2 * MIB))
    wiped = google.account("owner0@example.org")
    wiped.wipe()
    repair.check_drives()
    assert states()[wiped.email] == STATES.SUSPECT
    stored(content(2 * MIB, seed=3))
    assert wiped.files == {}


def test_trouble_of_the_project_leaves_every_drive_its_state(google: GoogleEmulator, linked: Linked) -> None:
    """Nothing is healed away from Drives that are well; jobs wait and go on."""
    linked(2)
    data = content(MIB)
    file = staged(data)
    google.plan.add("session", Refuse(403, "accessNotConfigured"), times=None)
    assert finish(file) == Job.State.WAITING
    assert set(states().values()) == {STATES.ACTIVE}
    google.plan.clear()
    with time_machine.travel(timedelta(minutes=10)):
        Job.objects.filter(file=file).update(state=Job.State.PENDING)
        assert finish(file) == Job.State.COMPLETE
    assert content_of(file) == data


def test_a_storm_of_ten_minutes_loses_nothing_and_does_not_spin(
    google: GoogleEmulator, linked: Linked, waits: Waits
) -> None:
    """11, 12: everything is rate-limited for ten minutes of the clock."""
    linked(5)
    data = content(3 * MIB)
    file = staged(data)
    google.requests.clear()
    with time_machine.travel(timedelta(0), tick=True) as traveller:
        google.plan.add("*", Refuse(403, "userRateLimitExceeded"), for_s=600)
        state = finish(file)
        for _minute in range(30):
            if state == Job.State.COMPLETE:
                break
            assert state == Job.State.WAITING
            traveller.shift(timedelta(seconds=61))
            Job.objects.filter(file=file, state=Job.State.WAITING).update(state=Job.State.PENDING)
            state = finish(file)
        refused = len(google.requests.of(status=403))
        assert state == Job.State.COMPLETE
        heal_all()
        assert content_of(file) == data
    assert refused < 200
    assert len(file.chunks.live().filter(state=Chunk.State.VERIFIED)) >= 5


def test_a_drive_that_asks_for_rest_is_not_given_the_next_file(google: GoogleEmulator, linked: Linked) -> None:
    """11, 19."""
    linked(4)
    tired = google.account("owner1@example.org")
    google.plan.add("session", Refuse(403, "dailyLimitExceeded"), account=tired.email, times=None)
    stored(content(4 * MIB))
    asked = len(google.requests.of("session", account=tired.email))
    stored(content(4 * MIB, seed=4))
    assert len(google.requests.of("session", account=tired.email)) == asked
    assert states()[tired.email] == STATES.ACTIVE
    assert pieces(tired) == {}


def test_a_download_that_stalls_is_cut_off_and_rebuilt_from_the_others(
    google: GoogleEmulator, linked: Linked, monkeypatch: pytest.MonkeyPatch
) -> None:
    """36: a reader does not wait for a Drive that says nothing any more."""
    linked(5)
    data = content(3 * MIB)
    file = stored(data)
    monkeypatch.setattr(connection, "BYTES_TIMEOUT_S", (1.0, 0.2))
    row = file.chunks.content().live().filter(kind=Chunk.Kind.DATA).select_related("account")[0]
    google.plan.add("download", Delay(1.0, midway=True), account=row.account.label, times=None)
    assert content_of(file) == data


# --- Lending ----------------------------------------------------------------------------------------------------------


def test_the_same_google_account_is_not_lent_twice(google: GoogleEmulator, linked: Linked) -> None:
    """25."""
    linked(1)
    again = google.account("owner0@example.org")
    with pytest.raises(DriveRefused):
        pool.add_google(again.email, google.link(again))
    assert DriveAccount.objects.count() == 1
    assert sum(held.name == "classcrew-drive" for held in again.files.values()) == 1


def test_a_sign_in_of_somebody_else_is_refused(google: GoogleEmulator, linked: Linked) -> None:
    vikram = google.account("vikram@example.org")
    with pytest.raises(DriveRefused, match="vikram"):
        pool.add_google("meera@example.org", vikram.refresh_token)
    assert vikram.files == {}


def test_a_sign_in_without_the_right_to_the_folder_is_refused(google: GoogleEmulator, linked: Linked) -> None:
    vikram = google.account("vikram@example.org")
    with pytest.raises(DriveRefused):
        pool.add_google(vikram.email, google.link(vikram, scope="openid email"))
    assert not DriveAccount.objects.exists()


def test_the_sign_in_is_sealed_for_its_own_row(google: GoogleEmulator, linked: Linked) -> None:
    one, two = linked(2)
    token = google.account(one.label).refresh_token.encode()
    assert token not in bytes(one.credentials)
    assert ring().open(PURPOSE, bytes(one.credentials), context=one.uuid.bytes) == token
    with pytest.raises(SealBroken):
        ring().open(PURPOSE, bytes(one.credentials), context=two.uuid.bytes)


def test_a_drive_is_forgotten_with_its_marker(google: GoogleEmulator, linked: Linked) -> None:
    (account,) = linked(1)
    pool.forget(account, actor=None)
    assert google.account("owner0@example.org").files == {}
    assert not DriveAccount.objects.exists()


def test_an_operator_lends_a_google_drive_by_a_file(
    db: None, google: GoogleEmulator, waits: Waits, tmp_path: Path
) -> None:
    meera = google.account("meera@example.org")
    token_file = tmp_path / "token"
    token_file.write_text(meera.refresh_token + "\n")
    said = io.StringIO()
    call_command("dfs", "add-google", meera.email, "--refresh-token-file", str(token_file), "--json", stdout=said)
    assert '"state": "ACTIVE"' in said.getvalue()
    assert meera.refresh_token not in said.getvalue()
    account = DriveAccount.objects.get()
    assert (account.owner_key, account.kind) == (meera.permission_id, DriveAccount.Kind.GOOGLE)
    assert open_google(account) is open_google(DriveAccount.objects.get())
    with pytest.raises(CommandError) as caught:
        call_command("dfs", "add-google", meera.email, "--refresh-token-file", str(tmp_path / "nowhere"))
    assert caught.value.returncode == 2


def test_nothing_of_google_is_loaded_before_a_google_drive_is_opened(project_dir: Path) -> None:
    """The client library costs 0.7 s and memory."""
    program = (
        "import django, sys; django.setup(); import coaching.urls, dfs.tasks, dfs.store;"
        "print([name for name in ('googleapiclient', 'google.auth', 'httplib2') if name in sys.modules])"
    )
    told = subprocess.run([sys.executable, "-c", program], cwd=project_dir, capture_output=True, text=True, check=True)
    assert told.stdout.strip() == "[]"
