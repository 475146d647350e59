"""Every weather the store must survive can be declared; the numbers are those of the store's list of faults."""

import json
import time

import pytest
import requests

from tests.emulators.google import Delay, Drop, Flip, IgnoreRange, Mangle, Omit, Refuse, Replace, Truncate
from tests.emulators.google.accounts import md5_of
from tests.emulators.test_google_uploads import BYTES, asked, download, opened, send

pytestmark = pytest.mark.apart


def reason_of(answer):
    return answer.json()["error"]["errors"][0]["reason"]


def listing(wire, google):
    return wire.get(f"{google.root}/drive/v3/files?spaces=appDataFolder", allow_redirects=False)


def test_a_session_cannot_be_opened_for_a_moment(wire, google):
    """Fault 1: 503 on the POST that opens a session."""
    google.plan.add("session", Refuse(503))
    with pytest.raises(AssertionError, match="transientError"):
        opened(wire, google)
    assert opened(wire, google)


def test_bytes_are_refused_before_they_are_kept(wire, google, meera):
    """Fault 2: 503, nothing committed."""
    uri = opened(wire, google)
    google.plan.add("put", Refuse(503))
    assert send(wire, uri).status_code == 503
    assert meera.files == {}
    assert asked(wire, uri).status_code == 308


@pytest.mark.parametrize(("status", "reason"), [(503, "transientError"), (403, "userRateLimitExceeded")])
def test_bytes_are_kept_and_the_answer_denies_it(wire, google, meera, status, reason):
    """Faults 3 and 13: the file was created although the answer is an error."""
    uri = opened(wire, google)
    google.plan.add("put", Refuse(status), after_commit=True)
    answer = send(wire, uri)
    assert (answer.status_code, reason_of(answer)) == (status, reason)
    assert [file.md5 for file in meera.files.values()] == [md5_of(BYTES)]


@pytest.mark.parametrize(
    ("drop", "after_commit", "files"), [(Drop(), False, 0), (Drop(body_bytes=9), False, 0), (Drop(), True, 1)]
)
def test_a_connection_breaks(wire, google, meera, drop, after_commit, files):
    """Faults 4, 5 and 6: before the read, in the middle of the body, after the commit."""
    uri = opened(wire, google)
    google.plan.add("put", drop, after_commit=after_commit)
    with pytest.raises(requests.ConnectionError):
        send(wire, uri)
    assert len(meera.files) == files
    assert google.requests.of("put")[0].status == 0


@pytest.mark.parametrize("retry_after_s", [None, 7])
@pytest.mark.parametrize(
    ("status", "reason"), [(403, "userRateLimitExceeded"), (403, "rateLimitExceeded"), (429, "rateLimitExceeded")]
)
def test_rates_are_limited_for_a_while(wire, google, status, reason, retry_after_s):
    """Faults 11 and 12: n refusals, with and without Retry-After."""
    google.plan.add("list", Refuse(status, reason, retry_after_s=retry_after_s), times=3)
    for _ in range(3):
        answer = listing(wire, google)
        assert (answer.status_code, reason_of(answer)) == (status, reason)
        assert answer.headers.get("Retry-After") == (None if retry_after_s is None else "7")
    assert listing(wire, google).status_code == 200


def test_a_storm_lasts_as_long_as_the_clock_says(wire, google):
    listing(wire, google)  # fetches a token: google-auth itself waits when the token endpoint says 429
    google.plan.add("*", Refuse(429), for_s=600)
    google.clock.advance(599)
    assert listing(wire, google).status_code == 429
    google.clock.advance(2)
    assert listing(wire, google).status_code == 200


def test_storage_runs_out_at_the_nth_upload_of_one_account_only(wire, google, meera):
    """Fault 16: in the middle of a stripe."""
    fault = google.plan.add("session", Refuse(403, "storageQuotaExceeded"), account=meera.email, nth=2, times=None)
    google.plan.add("session", Refuse(500), account="somebody@else.example")
    opened(wire, google)
    with pytest.raises(AssertionError, match="storageQuotaExceeded"):
        opened(wire, google)
    assert (fault.seen, fault.struck) == (2, 1)


@pytest.mark.parametrize("mangle", [Mangle(), Mangle(cut_bytes=3)])
def test_bytes_are_damaged_on_arrival_and_the_md5_tells(wire, google, meera, mangle):
    """Fault 17: what Drive stores differs from what was sent."""
    uri = opened(wire, google)
    google.plan.add("put", mangle)
    told = send(wire, uri).json()
    assert told["md5Checksum"] != md5_of(BYTES)
    assert told["md5Checksum"] == md5_of(meera.files[told["id"]].content)


def test_an_answer_may_lack_md5_and_size(wire, google):
    """Fault 18."""
    uri = opened(wire, google)
    google.plan.add("put", Omit("md5Checksum", "size"))
    assert set(send(wire, uri).json()) == {"id"}


def test_a_front_end_may_answer_with_a_page(wire, google):
    """Fault 20: HTML with a 502."""
    google.plan.add("list", Refuse(502, html=True))
    answer = listing(wire, google)
    assert answer.status_code == 502
    assert answer.headers["Content-Type"].startswith("text/html")
    with pytest.raises(ValueError):
        answer.json()


def test_a_fresh_token_may_be_refused(wire, google):
    """Fault 22: 401 although the token is good; the client refreshes once and asks again."""
    google.plan.add("list", Refuse(401))
    assert listing(wire, google).status_code == 200
    assert [seen.operation for seen in google.requests] == ["token", "list", "token", "list"]


def test_the_token_endpoint_may_be_down(wire, google):
    """Fault 24."""
    google.plan.add("token", Refuse(503), times=None)
    raw = requests.post(f"{google.root}/token", data={"grant_type": "refresh_token"}, timeout=60)
    assert raw.status_code == 503
    google.plan.clear()
    assert listing(wire, google).status_code == 200


def test_another_oauth_client_finds_nothing(google, meera):
    """Fault 26: the client was replaced; everything is 404 and lists are empty."""
    file_id = meera.add_file("c1.a", BYTES).file_id
    other = google.add_client()
    headers = {"Authorization": f"Bearer {google.access_token(meera, other)}"}
    one = requests.get(f"{google.root}/drive/v3/files/{file_id}", headers=headers, timeout=60)
    every = requests.get(f"{google.root}/drive/v3/files?spaces=appDataFolder", headers=headers, timeout=60)
    assert (one.status_code, every.json()["files"]) == (404, [])


def test_things_happen_at_rest(wire, google, meera):
    """Faults 27 to 30: deleted, rotten, replaced, wiped."""
    files = [meera.add_file(f"c1.{number}", BYTES) for number in range(4)]
    meera.lose(files[0].file_id)
    assert download(wire, google, files[0].file_id).status_code == 404
    meera.flip_bit(files[1].file_id, 7)
    rotten = download(wire, google, files[1].file_id).content
    assert (rotten != BYTES, files[1].md5 == md5_of(BYTES)) == (True, True)
    meera.flip_bit(files[1].file_id, 8, noticed=True)
    assert files[1].md5 == md5_of(files[1].content)
    meera.put_content(files[2].file_id, b"another valid object")
    assert download(wire, google, files[2].file_id).content == b"another valid object"
    meera.wipe()
    assert listing(wire, google).json()["files"] == []


def test_a_listed_object_may_be_hidden_for_some_lists(wire, google, meera):
    """Fault 32."""
    file_id = meera.add_file("c1.a", BYTES).file_id
    meera.hide([file_id], lists=1)
    assert listing(wire, google).json()["files"] == []
    assert download(wire, google, file_id).content == BYTES
    assert len(listing(wire, google).json()["files"]) == 1


def test_a_download_breaks_off(wire, google, meera):
    """Fault 36: a truncated body, with the length announced and without."""
    file_id = meera.add_file("c1.a", BYTES).file_id
    google.plan.add("download", Truncate(1000))
    with pytest.raises(requests.RequestException):
        download(wire, google, file_id)
    google.plan.add("download", Truncate(1000, silent=True))
    assert download(wire, google, file_id).content == BYTES[:1000]


def test_a_ranged_download_is_answered_whole(wire, google, meera):
    """Fault 36: 200 instead of 206."""
    file_id = meera.add_file("c1.a", BYTES).file_id
    google.plan.add("download", IgnoreRange())
    answer = download(wire, google, file_id, "bytes=5-9")
    assert (answer.status_code, answer.content) == (200, BYTES)


def test_a_download_is_damaged_on_the_way_or_is_not_the_file(wire, google, meera):
    file_id = meera.add_file("c1.a", BYTES).file_id
    google.plan.add("download", Flip())
    assert len(download(wire, google, file_id).content) == len(BYTES)
    assert meera.files[file_id].content == BYTES
    google.plan.add("download", Replace(b"Service Unavailable"))
    answer = download(wire, google, file_id)
    assert (answer.status_code, answer.content) == (200, b"Service Unavailable")


@pytest.mark.parametrize("midway", [False, True])
def test_a_download_stalls(wire, google, meera, midway):
    """Fault 36: long enough for a reader to give up; the emulator can still be closed at once."""
    file_id = meera.add_file("c1.a", BYTES).file_id
    google.plan.add("download", Delay(60, midway=midway))
    address = f"{google.root}/drive/v3/files/{file_id}?alt=media"
    with pytest.raises(requests.RequestException):
        wire.get(address, timeout=0.2)
    begun = time.monotonic()
    google.close()
    assert time.monotonic() - begun < 30


def test_several_faults_may_befall_one_request_and_path_and_method_pick_it(wire, google):
    uri = opened(wire, google)
    google.plan.add("put", Mangle(), method="PUT", path="upload_id=")
    google.plan.add("put", Omit("size"))
    google.plan.add("*", Refuse(500), method="DELETE")
    told = send(wire, uri).json()
    assert "size" not in told
    assert told["md5Checksum"] != md5_of(BYTES)


def test_a_fault_for_nothing_that_is_served_is_refused(google):
    with pytest.raises(ValueError, match="No operation is called 'uplaod'"):
        google.plan.add("uplaod", Refuse(503))


def test_latency_is_waited_for_every_request(wire, google):
    listing(wire, google)
    google.latency_s = 0.1
    begun = time.monotonic()
    listing(wire, google)
    assert time.monotonic() - begun >= 0.1


def test_errors_look_as_the_guide_shows_them(wire, google):
    answer = wire.get(f"{google.root}/drive/v3/files/nothing")
    assert json.loads(answer.text) == {
        "error": {
            "code": 404,
            "message": "File not found: nothing.",
            "errors": [
                {
                    "domain": "global",
                    "reason": "notFound",
                    "message": "File not found: nothing.",
                    "locationType": "parameter",
                    "location": "fileId",
                }
            ],
        }
    }


def test_a_refusal_may_say_anything(wire, google):
    google.plan.add("list", Refuse(403, body=b'{"error": {"code": 403, "status": "PERMISSION_DENIED"}}'))
    answer = listing(wire, google)
    assert (answer.status_code, answer.json()["error"]["status"]) == (403, "PERMISSION_DENIED")


def test_a_clock_may_go_back(wire, google, meera):
    google.clock.advance(-86_400)
    uri = opened(wire, google)
    google.clock.advance(86_400)
    assert send(wire, uri).status_code == 200
