"""Uploads into a Google Drive whose answers go wrong. Each docstring names the fault of the store's list."""

import pytest

from dfs.drives import DriveError, Trouble
from dfs.drives.google.body import Body
from dfs.drives.google.drive import GoogleDrive
from tests.dfs.conftest import content
from tests.dfs.googling import Waits, md5_of, pieces, put
from tests.emulators.google import (
    Account,
    Drop,
    EndSession,
    GoogleEmulator,
    Keep,
    Mangle,
    Omit,
    Refuse,
)

BODY = content(600_000)
"""Two blocks of 256 KiB and a bit, so that a session can keep a part."""


@pytest.mark.parametrize(
    ("operation", "effect", "more"),
    [
        pytest.param("session", Refuse(503), {}, id="1 session refused"),
        pytest.param("put", Refuse(503), {}, id="2 bytes refused"),
        pytest.param("put", Refuse(503), {"after_commit": True}, id="3 done and refused"),
        pytest.param("put", Drop(), {}, id="4 cut before anything was read"),
        pytest.param("session", Drop(), {}, id="4 session cut"),
        pytest.param("put", Drop(300_000), {}, id="5 cut in the middle"),
        pytest.param("put", Drop(), {"after_commit": True}, id="6 answer lost"),
        pytest.param("put", Keep(0), {}, id="7 nothing kept"),
        pytest.param("put", Keep(262_144), {}, id="7 less kept"),
        pytest.param("put", Keep(262_144), {"times": 3}, id="7 less kept, thrice"),
        pytest.param("put", Keep(262_144, moved=True), {}, id="8 session moved"),
        pytest.param("put", EndSession(404), {}, id="9 session gone, 404"),
        pytest.param("put", EndSession(410), {}, id="9 session gone, 410"),
        pytest.param("put", Refuse(403, "userRateLimitExceeded"), {"times": 3}, id="11 rate limit"),
        pytest.param("session", Refuse(403, "rateLimitExceeded", retry_after_s=7), {}, id="11 asked to wait"),
        pytest.param("session", Refuse(429), {"times": 2}, id="12 too many requests"),
        pytest.param("put", Refuse(403, "userRateLimitExceeded"), {"after_commit": True}, id="13 403, yet made"),
        pytest.param("put", Omit("md5Checksum", "size"), {}, id="18 no digest said"),
        pytest.param("put", Refuse(502, html=True), {}, id="20 a page instead of an answer"),
        pytest.param("put", Refuse(401), {}, id="21 token ended meanwhile"),
    ],
)
def test_an_upload_that_goes_wrong_once_arrives_all_the_same(
    google: GoogleEmulator, drive: GoogleDrive, meera: Account, operation: str, effect: object, more: dict
) -> None:
    """Faults 1-9, 11-13, 18, 20, 21: one object, and only one, with the bytes that were sent."""
    fault = google.plan.add(operation, effect, **more)
    object_id = put(drive, BODY)
    assert fault.struck >= 1
    assert pieces(meera) == {object_id: BODY}


def test_what_a_session_kept_is_not_sent_again(google: GoogleEmulator, drive: GoogleDrive) -> None:
    """5: a cut connection costs the rest, not the whole."""
    google.plan.add("put", Drop(300_000))
    put(drive, BODY)
    sent = [call.headers.get("content-range", "") for call in google.requests if call.operation == "put"]
    assert sent[-1] == f"bytes 262144-{len(BODY) - 1}/{len(BODY)}"


def test_a_session_that_never_keeps_anything_is_given_up(
    google: GoogleEmulator, drive: GoogleDrive, meera: Account
) -> None:
    """7: no endless loop; the next try begins anew under the same id."""
    fault = google.plan.add("put", Keep(0), times=None)
    object_id = drive.reserve_ids(1)[0]
    with pytest.raises(DriveError) as caught:
        drive.put(object_id, "c1.x", [BODY], md5_of(BODY))
    assert caught.value.trouble is Trouble.UNREACHABLE
    assert fault.struck <= 30
    google.plan.clear()
    drive.put(object_id, "c1.x", [BODY], md5_of(BODY))
    assert pieces(meera) == {object_id: BODY}


def test_a_session_older_than_a_week_is_begun_anew(google: GoogleEmulator, drive: GoogleDrive, meera: Account) -> None:
    """10: sessions are not kept beyond a put; one that ends while it is used is replaced."""
    google.plan.add("put", Drop(300_000))
    google.plan.add("query", EndSession(404))
    object_id = put(drive, BODY)
    assert pieces(meera) == {object_id: BODY}
    assert sum(call.operation == "session" for call in google.requests) == 3  # the marker's, and two


def test_google_is_left_alone_for_as_long_as_it_asks(google: GoogleEmulator, drive: GoogleDrive, waits: Waits) -> None:
    """11: Retry-After is a floor."""
    google.plan.add("session", Refuse(429, retry_after_s=23))
    put(drive, BODY)
    assert max(waits) >= 23


def test_a_drive_that_asks_for_too_much_patience_is_left_for_later(
    google: GoogleEmulator, drive: GoogleDrive, waits: Waits, meera: Account
) -> None:
    """11: a put waits less than a lease lasts, and says for how long the Drive wants rest."""
    google.plan.add("session", Refuse(403, "userRateLimitExceeded", retry_after_s=300), times=None)
    with pytest.raises(DriveError) as caught:
        put(drive, BODY)
    assert caught.value.trouble is Trouble.BUSY
    assert caught.value.wait_s == 300
    assert sum(waits) <= 40
    assert pieces(meera) == {}


def test_equal_bytes_under_the_id_are_success(google: GoogleEmulator, drive: GoogleDrive, meera: Account) -> None:
    """14: a put done before, whose answer nobody saw."""
    object_id = put(drive, BODY)
    assert drive.put(object_id, "c1.name", [BODY], md5_of(BODY)).md5 == md5_of(BODY)
    assert pieces(meera) == {object_id: BODY}


def test_other_bytes_under_the_id_ask_for_another_id(
    google: GoogleEmulator, drive: GoogleDrive, meera: Account
) -> None:
    """14: and what was there is not ours to keep."""
    object_id = put(drive, BODY)
    other = content(600_000, seed=8)
    with pytest.raises(DriveError) as caught:
        drive.put(object_id, "c1.name", [other], md5_of(other))
    assert caught.value.trouble is Trouble.TAKEN


def test_an_id_google_did_not_give_cannot_be_used(drive: GoogleDrive) -> None:
    """15."""
    with pytest.raises(DriveError) as caught:
        drive.put("madeupbyourselves", "c1.name", [BODY], md5_of(BODY))
    assert caught.value.trouble is Trouble.TAKEN


def test_a_body_of_parts_is_read_from_any_place_and_again() -> None:
    body = Body([b"abc", memoryview(b"defg"), b"", b"h"])
    for start in range(9):
        rest = body.rest(start)
        assert len(rest) == 8 - start
        assert b"".join(rest) == b"".join(rest) == b"abcdefgh"[start:]


@pytest.mark.parametrize("operation", ["session", "put"])
def test_a_full_drive_says_so_and_is_not_asked_again(
    google: GoogleEmulator, drive: GoogleDrive, waits: Waits, operation: str
) -> None:
    """16: at the start or when the bytes come."""
    fault = google.plan.add(operation, Refuse(403, "storageQuotaExceeded"), times=None)
    with pytest.raises(DriveError) as caught:
        put(drive, BODY)
    assert caught.value.trouble is Trouble.FULL
    assert fault.struck == 1
    assert not waits


def test_bytes_that_were_damaged_on_the_way_do_not_stay(
    google: GoogleEmulator, drive: GoogleDrive, meera: Account
) -> None:
    """17: Drive's own digest tells; what lies there goes and the position gets another id."""
    google.plan.add("put", Mangle())
    with pytest.raises(DriveError) as caught:
        put(drive, BODY)
    assert caught.value.trouble is Trouble.TAKEN
    assert pieces(meera) == {}


def test_the_day_is_over_when_google_says_so(google: GoogleEmulator, drive: GoogleDrive) -> None:
    """19: the Drive rests until tomorrow."""
    google.plan.add("session", Refuse(403, "dailyLimitExceeded"))
    with pytest.raises(DriveError) as caught:
        put(drive, BODY)
    assert caught.value.trouble is Trouble.BUSY
    assert 0 < caught.value.wait_s <= 86_400
