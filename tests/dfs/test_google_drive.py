"""Reading, listing and signing in to a Google Drive, and what its misfortunes look like."""

import logging

import pytest

from dfs.drives import DriveError, Trouble
from dfs.drives.google.connection import Connection, Site
from dfs.drives.google.drive import GoogleDrive
from tests.dfs.conftest import content
from tests.dfs.googling import Waits, drive_of, md5_of, pieces, put
from tests.emulators.google import (
    Account,
    Drop,
    GoogleEmulator,
    Hide,
    IgnoreRange,
    Omit,
    Refuse,
    Truncate,
)
from tests.racing import at_once

BODY = content(300_000)


def trouble_of(act: object, *arguments: object) -> Trouble:
    with pytest.raises(DriveError) as caught:
        act(*arguments)  # type: ignore[operator]
    assert caught.value.__cause__ is None
    assert caught.value.__context__ is None or caught.value.__suppress_context__  # a traceback tells no address
    return caught.value.trouble


@pytest.mark.parametrize(
    ("effect", "more"),
    [
        pytest.param(Truncate(1_000), {}, id="cut off"),
        pytest.param(Truncate(1_000, silent=True), {}, id="cut short, and announced so"),
        pytest.param(IgnoreRange(), {}, id="200 instead of 206"),
        pytest.param(Drop(), {}, id="no answer"),
        pytest.param(Refuse(503), {"times": 2}, id="refused twice"),
        pytest.param(Refuse(502, html=True), {}, id="a page instead"),
        pytest.param(Refuse(401), {}, id="token ended"),
        pytest.param(Refuse(403, "userRateLimitExceeded", retry_after_s=3), {}, id="asked for patience"),
    ],
)
def test_a_download_that_goes_wrong_once_comes_back_equal(
    google: GoogleEmulator, drive: GoogleDrive, effect: object, more: dict
) -> None:
    """20, 21, 36: truncated, 200 instead of 206."""
    object_id = put(drive, BODY)
    fault = google.plan.add("download", effect, **more)
    assert drive.get(object_id) == BODY
    google.plan.clear()
    fault = google.plan.add("download", effect, **more)
    assert drive.get(object_id, 1_000, 200_000) == BODY[1_000:200_000]
    assert fault.struck >= 1


def test_a_reader_does_not_wait_long_for_one_drive(google: GoogleEmulator, drive: GoogleDrive, waits: Waits) -> None:
    object_id = put(drive, BODY)
    google.plan.add("download", Refuse(503), times=None)
    assert trouble_of(drive.get, object_id) is Trouble.UNREACHABLE
    assert sum(waits) <= 8


def test_what_googles_scanner_withholds_counts_as_missing(google: GoogleEmulator, drive: GoogleDrive) -> None:
    object_id = put(drive, BODY)
    google.plan.add("download", Refuse(403, "cannotDownloadAbusiveFile"))
    assert trouble_of(drive.get, object_id) is Trouble.MISSING


def test_no_token_address_or_name_is_ever_logged(
    google: GoogleEmulator, drive: GoogleDrive, meera: Account, caplog: pytest.LogCaptureFixture
) -> None:
    """Whatever goes wrong; and an upload session's address is a key to the Drive."""
    with caplog.at_level(logging.INFO):
        google.plan.add("put", Drop(100_000))
        google.plan.add("query", Refuse(503))
        google.plan.add("session", Refuse(500, html=True), nth=2)
        object_id = put(drive, BODY)
        google.plan.add("put", Refuse(400), times=None)
        google.plan.add("token", Refuse(400, "invalid_grant"))
        with pytest.raises(DriveError) as caught:
            put(drive, BODY)
        meera.expire_access_tokens()
        with pytest.raises(DriveError) as also_caught:
            drive.get(object_id)
    said = caplog.text + str(caught.value) + str(also_caught.value)
    for secret in (meera.refresh_token, google.client_secret, "upload_id", "Bearer", "ya29", google.root):
        assert secret not in said


def test_libraries_are_kept_from_logging_addresses() -> None:
    """Below these levels they write every address and header."""
    assert logging.getLogger("urllib3.connectionpool").getEffectiveLevel() >= logging.INFO
    assert logging.getLogger("google.auth.transport.requests").getEffectiveLevel() >= logging.INFO
    assert logging.getLogger("googleapiclient.http").getEffectiveLevel() >= logging.ERROR


# --- Lists ------------------------------------------------------------------------------------------------------------


def test_a_list_of_many_pages_tells_each_object_once(
    google: GoogleEmulator, drive: GoogleDrive, meera: Account
) -> None:
    """33: more than a thousand, some of one name."""
    ids = {meera.add_file(f"c1.piece.{number % 1_500}", b"x").file_id for number in range(2_100)}
    found = [there.object_id for there in drive.list()]
    assert len(found) == 2_100
    assert set(found) == ids
    assert len(google.requests.of("list")) == 3


def test_a_list_whose_page_token_ends_begins_again(google: GoogleEmulator, drive: GoogleDrive, meera: Account) -> None:
    """33: and still tells each object once."""
    ids = {meera.add_file(f"c1.piece.{number}", b"x").file_id for number in range(1_200)}
    google.plan.add("list", Refuse(400, "invalid"), nth=2)
    found = [there.object_id for there in drive.list()]
    assert len(found) == 1_200
    assert set(found) == ids


def test_strangers_are_neither_listed_nor_taken_for_ours(drive: GoogleDrive, meera: Account) -> None:
    """34: what somebody else put into the folder stays there."""
    stranger = meera.add_file("notes.txt", b"not ours")
    close = meera.add_file("c2.not.ours", b"nor this")
    object_id = put(drive, BODY)
    assert [there.object_id for there in drive.list()] == [object_id]
    assert {stranger.file_id, close.file_id} <= set(meera.files)


def test_an_object_the_list_does_not_tell_yet_is_there_when_asked_for(
    google: GoogleEmulator, drive: GoogleDrive
) -> None:
    """32."""
    google.plan.add("put", Hide(lists=1))
    object_id = put(drive, BODY)
    assert list(drive.list()) == []
    assert drive.stat(object_id).md5 == md5_of(BODY)
    assert [there.object_id for there in drive.list()] == [object_id]


def test_an_answer_without_a_digest_is_asked_for_again(google: GoogleEmulator, drive: GoogleDrive) -> None:
    """18."""
    object_id = put(drive, BODY)
    google.plan.add("get", Omit("md5Checksum", "size"))
    assert drive.stat(object_id).md5 == md5_of(BODY)
    google.plan.add("get", Omit("md5Checksum"), times=None)
    assert trouble_of(drive.stat, object_id) is Trouble.TRANSIENT


# --- Signing in -------------------------------------------------------------------------------------------------------


def test_a_token_that_ended_is_renewed_without_anybody_noticing(
    google: GoogleEmulator, drive: GoogleDrive, meera: Account
) -> None:
    """21."""
    meera.expire_access_tokens()
    object_id = put(drive, BODY)
    meera.expire_access_tokens()
    assert drive.get(object_id) == BODY
    assert len(google.requests.of("token")) == 3


def test_a_fresh_token_that_is_refused_is_renewed_once_and_then_it_is_the_owners_turn(
    google: GoogleEmulator, drive: GoogleDrive
) -> None:
    """22."""
    google.plan.add("about", Refuse(401))
    assert drive.check().used_bytes > 0
    fault = google.plan.add("about", Refuse(401), times=None)
    assert trouble_of(drive.check) is Trouble.AUTH
    assert fault.struck == 2


def test_a_revoked_sign_in_is_the_owners_to_renew(drive: GoogleDrive, meera: Account) -> None:
    """23: revoked, the password changed, or seven days over for a project in testing."""
    object_id = put(drive, BODY)
    meera.revoke()
    for act in (drive.check, lambda: drive.get(object_id), lambda: put(drive, BODY), lambda: list(drive.list())):
        assert trouble_of(act) is Trouble.AUTH


def test_a_sign_in_of_a_project_in_testing_ends_after_seven_days(
    google: GoogleEmulator, waits: Waits, meera: Account
) -> None:
    """23."""
    google.in_testing = True
    meera.refresh_token = google.link(meera)
    drive = drive_of(google, meera)
    google.clock.advance(8 * 86_400)
    assert trouble_of(drive.check) is Trouble.AUTH


def test_a_sign_in_office_that_is_closed_is_asked_again(
    google: GoogleEmulator, drive: GoogleDrive, meera: Account
) -> None:
    """24."""
    meera.expire_access_tokens()
    fault = google.plan.add("token", Refuse(503), times=2)
    object_id = put(drive, BODY)
    assert fault.struck == 2
    assert pieces(meera) == {object_id: BODY}


@pytest.mark.parametrize(
    ("operation", "effect"),
    [
        ("token", Refuse(401, "invalid_client")),
        ("about", Refuse(403, "accessNotConfigured")),
        ("about", Refuse(403, "domainPolicy")),
    ],
)
def test_trouble_of_the_project_is_no_drives_fault(
    google: GoogleEmulator, drive: GoogleDrive, meera: Account, operation: str, effect: object
) -> None:
    meera.expire_access_tokens()
    google.plan.add(operation, effect, times=None)
    assert trouble_of(drive.check) is Trouble.PROJECT


def test_threads_that_start_at_once_fetch_one_token(google: GoogleEmulator, waits: Waits, meera: Account) -> None:
    drive = drive_of(google, meera)
    object_id = put(drive, BODY)
    site = Site(f"{google.root}/", f"{google.root}/token", google.client_id, google.client_secret)
    cold = GoogleDrive(Connection(site, meera.refresh_token), "cold", owner_key=meera.permission_id, marker="")
    google.requests.clear()
    assert at_once([lambda: cold.get(object_id)] * 4) == [BODY] * 4
    assert len(google.requests.of("token")) == 1


# --- A folder that is gone --------------------------------------------------------------------------------------------


def test_an_emptied_folder_is_a_lost_drive_and_not_many_lost_objects(drive: GoogleDrive, meera: Account) -> None:
    """30: and it is not filled again, nor is a delete said to be done."""
    object_id = put(drive, BODY)
    meera.wipe()
    for act in (drive.get, drive.stat, drive.delete):
        assert trouble_of(act, object_id) is Trouble.UNREACHABLE
    assert trouble_of(drive.check) is Trouble.UNREACHABLE
    assert trouble_of(lambda: list(drive.list())) is Trouble.UNREACHABLE


def test_another_oauth_client_sees_a_drive_that_is_gone(
    google: GoogleEmulator, drive: GoogleDrive, meera: Account
) -> None:
    """26: everything is 404; nothing is taken for lost object by object."""
    object_id = put(drive, BODY)
    other = google.add_client()
    site = Site(f"{google.root}/", f"{google.root}/token", other.client_id, other.client_secret)
    connection = Connection(site, google.link(meera, other))
    strange = GoogleDrive(connection, "x", owner_key=meera.permission_id, marker=drive._marker)
    assert trouble_of(strange.check) is Trouble.UNREACHABLE
    assert trouble_of(strange.get, object_id) is Trouble.UNREACHABLE
    assert trouble_of(strange.delete, object_id) is Trouble.UNREACHABLE
    assert drive.get(object_id) == BODY


def test_a_delete_right_after_a_look_is_not_believed_in_an_emptied_folder(drive: GoogleDrive, meera: Account) -> None:
    """26, 30: 404 is success only while the marker is there."""
    object_id = put(drive, BODY)
    assert drive.check().used_bytes > 0
    meera.wipe()
    assert trouble_of(drive.delete, object_id) is Trouble.UNREACHABLE


def test_one_lost_object_is_just_that(drive: GoogleDrive, meera: Account) -> None:
    """27."""
    object_id, other = put(drive, BODY), put(drive, BODY)
    meera.lose(object_id)
    assert trouble_of(drive.get, object_id) is Trouble.MISSING
    assert trouble_of(drive.stat, object_id) is Trouble.MISSING
    drive.delete(object_id)
    assert drive.get(other) == BODY


def test_another_accounts_answer_is_not_the_drive(google: GoogleEmulator, drive: GoogleDrive, meera: Account) -> None:
    vikram = google.account("vikram@example.org")
    site = Site(f"{google.root}/", f"{google.root}/token", google.client_id, google.client_secret)
    mixed = GoogleDrive(
        Connection(site, vikram.refresh_token), "y", owner_key=meera.permission_id, marker=drive._marker
    )
    assert trouble_of(mixed.check) is Trouble.UNREACHABLE
