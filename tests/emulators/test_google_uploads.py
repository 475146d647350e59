"""Resumable uploads and downloads on the wire, driven by google-auth's AuthorizedSession (requests)."""

import json

import pytest
import requests

from tests.emulators.google import Drop, EndSession, Keep
from tests.emulators.google.accounts import md5_of

pytestmark = pytest.mark.apart

CHUNK = 256 * 1024
BYTES = bytes(range(251)) * 3000
SIZE = len(BYTES)
DAY_S = 86_400


def opened(wire, google, *, size=SIZE, file_id="", fields="id,md5Checksum,size"):
    """The session URI of a new upload."""
    body = {"name": "c1.a", "parents": ["appDataFolder"], **({"id": file_id} if file_id else {})}
    headers = {"X-Upload-Content-Type": "application/octet-stream"}
    headers |= {"X-Upload-Content-Length": str(size)} if size is not None else {}
    address = f"{google.root}/upload/drive/v3/files?uploadType=resumable&fields={fields}"
    answer = wire.post(address, json=body, headers=headers)
    assert answer.status_code == 200, answer.text
    return answer.headers["Location"]


def send(wire, uri, content=BYTES, start=None, total=None, method="PUT"):
    """Bytes for a session, whole (no `start`) or a part of `total`."""
    headers = {}
    if start is not None:
        headers["Content-Range"] = f"bytes {start}-{start + len(content) - 1}/{total or '*'}"
    return wire.request(method, uri, data=content, headers=headers, allow_redirects=False)


def asked(wire, uri, total=SIZE):
    """How much the session has."""
    return wire.put(uri, data=b"", headers={"Content-Range": f"bytes */{total}"}, allow_redirects=False)


def download(wire, google, file_id, span=None):
    headers = {"Range": span} if span else {}
    return wire.get(f"{google.root}/drive/v3/files/{file_id}?alt=media", headers=headers)


@pytest.mark.parametrize("method", ["PUT", "POST"])
def test_a_whole_body_finishes_a_session(wire, google, meera, method):
    answer = send(wire, opened(wire, google), method=method)
    assert answer.status_code == 200
    assert answer.json()["md5Checksum"] == md5_of(BYTES)
    assert meera.files[answer.json()["id"]].content == BYTES


def test_a_file_appears_only_when_its_upload_is_complete(wire, google, meera):
    uri = opened(wire, google)
    answer = send(wire, uri, BYTES[:CHUNK], 0, len(BYTES))
    assert (answer.status_code, answer.headers["Range"]) == (308, f"bytes=0-{CHUNK - 1}")
    assert meera.files == {}
    assert send(wire, uri, BYTES[CHUNK:], CHUNK, len(BYTES)).status_code == 200
    assert [file.content for file in meera.files.values()] == [BYTES]


def test_a_new_session_has_nothing_and_says_so_without_a_range(wire, google):
    answer = asked(wire, opened(wire, google))
    assert answer.status_code == 308
    assert "Range" not in answer.headers


def test_parts_are_kept_in_multiples_of_256_kib(wire, google):
    uri = opened(wire, google)
    answer = send(wire, uri, BYTES[: CHUNK + 1000], 0, len(BYTES))
    assert answer.headers["Range"] == f"bytes=0-{CHUNK - 1}"
    assert "Range" not in send(wire, opened(wire, google), BYTES[:1000], 0, len(BYTES)).headers


def test_a_length_may_be_unknown_until_the_last_part(wire, google, meera):
    uri = opened(wire, google, size=None)
    assert send(wire, uri, BYTES[: 2 * CHUNK], 0).status_code == 308
    answer = send(wire, uri, BYTES[2 * CHUNK :], 2 * CHUNK, len(BYTES))
    assert answer.json()["md5Checksum"] == md5_of(BYTES)


def test_what_is_sent_twice_counts_once_and_a_gap_is_refused(wire, google):
    uri = opened(wire, google)
    send(wire, uri, BYTES[:CHUNK], 0, len(BYTES))
    assert send(wire, uri, BYTES[2 * CHUNK :], 2 * CHUNK, len(BYTES)).status_code == 400
    answer = send(wire, uri, BYTES, 0, len(BYTES))
    assert answer.json()["md5Checksum"] == md5_of(BYTES)


def test_a_finished_session_answers_the_same_again(wire, google, meera):
    uri = opened(wire, google)
    told = send(wire, uri).json()
    assert asked(wire, uri).json() == told
    assert send(wire, uri).json() == told
    assert len(meera.files) == 1


def test_an_empty_file_is_finished_by_the_question(wire, google):
    assert asked(wire, opened(wire, google, size=0), total=0).json()["size"] == "0"


def test_a_session_lives_a_week(wire, google):
    uri = opened(wire, google)
    google.clock.advance(6 * DAY_S)
    assert asked(wire, uri).status_code == 308
    google.clock.advance(1.1 * DAY_S)
    assert asked(wire, uri).status_code == 404


def test_the_session_uri_alone_is_enough_but_a_stale_token_is_not(wire, google, meera):
    uri = opened(wire, google)
    stale = {"Authorization": "Bearer stale"}
    assert requests.put(uri, data=BYTES, headers=stale, timeout=60).status_code == 401
    assert requests.put(uri, data=BYTES, timeout=60).status_code == 200
    assert google.requests[-1].account == meera.email


def test_a_token_that_expires_mid_upload_is_refreshed_and_the_upload_goes_on(wire, google, meera):
    uri = opened(wire, google)
    send(wire, uri, BYTES[:CHUNK], 0, len(BYTES))
    meera.expire_access_tokens()
    assert send(wire, uri, BYTES[CHUNK:], CHUNK, len(BYTES)).status_code == 200
    assert [seen.status for seen in google.requests.of("put")] == [308, 401, 200]
    assert len(google.requests.of("token")) == 2


@pytest.mark.parametrize("status", [404, 410])
def test_a_session_may_be_gone(wire, google, status):
    uri = opened(wire, google)
    google.plan.add("put", EndSession(status))
    assert send(wire, uri).status_code == status
    assert asked(wire, uri).status_code == 404


@pytest.mark.parametrize("kept", [0, 1000, CHUNK])
def test_a_308_may_acknowledge_less_than_was_sent(wire, google, kept):
    uri = opened(wire, google)
    google.plan.add("put", Keep(kept))
    answer = send(wire, uri)
    assert answer.status_code == 308
    assert answer.headers.get("Range") == (f"bytes=0-{kept - 1}" if kept else None)
    assert send(wire, uri, BYTES[kept:], kept, len(BYTES)).json()["md5Checksum"] == md5_of(BYTES)


def test_a_308_may_move_the_session(wire, google):
    uri = opened(wire, google)
    google.plan.add("put", Keep(CHUNK, moved=True))
    answer = send(wire, uri)
    assert answer.headers["Location"] != uri
    assert asked(wire, uri).status_code == 404
    assert send(wire, answer.headers["Location"], BYTES[CHUNK:], CHUNK, len(BYTES)).status_code == 200


def test_what_arrived_before_a_break_stays_in_whole_granules(wire, google):
    uri = opened(wire, google)
    google.plan.add("put", Drop(body_bytes=CHUNK + 5000))
    with pytest.raises(requests.ConnectionError):
        send(wire, uri)
    assert asked(wire, uri).headers["Range"] == f"bytes=0-{CHUNK - 1}"


def test_two_sessions_for_one_id_make_one_file(wire, google, meera):
    (file_id,) = meera.generate_ids(1, google.client_id)
    first, second = opened(wire, google, file_id=file_id), opened(wire, google, file_id=file_id)
    assert send(wire, first).status_code == 200
    assert send(wire, second).status_code == 409
    assert len(meera.files) == 1


@pytest.mark.parametrize("line_end", [b"\n", b"\r\n"])
def test_multipart_bodies_may_end_lines_either_way(wire, google, meera, line_end):
    metadata = json.dumps({"name": "c1.a", "parents": ["appDataFolder"]}).encode()
    body = line_end.join(
        [
            b"--x",
            b"Content-Type: application/json",
            b"",
            metadata,
            b"--x",
            b"Content-Type: a/b",
            b"",
            BYTES,
            b"--x--",
            b"",
        ]
    )
    address = f"{google.root}/upload/drive/v3/files?uploadType=multipart&fields=id,mimeType,md5Checksum"
    told = wire.post(address, data=body, headers={"Content-Type": "multipart/related; boundary=x"}).json()
    assert told == {"id": told["id"], "mimeType": "a/b", "md5Checksum": md5_of(BYTES)}


@pytest.mark.parametrize(
    ("span", "start", "end"),
    [
        ("bytes=0-0", 0, 1),
        ("bytes=1000-1999", 1000, 2000),
        ("bytes=752000-", 752_000, None),
        ("bytes=-7", -7, None),
        ("bytes=752999-999999999", 752_999, None),
    ],
)
def test_a_range_gives_exactly_those_bytes(wire, google, meera, span, start, end):
    file_id = meera.add_file("c1.a", BYTES).file_id
    answer = download(wire, google, file_id, span)
    assert (answer.status_code, answer.content) == (206, BYTES[start:end])
    first = start if start >= 0 else len(BYTES) + start
    assert answer.headers["Content-Range"] == f"bytes {first}-{first + len(answer.content) - 1}/{len(BYTES)}"


def test_a_range_beyond_the_end_is_416(wire, google, meera):
    file_id = meera.add_file("c1.a", BYTES).file_id
    answer = download(wire, google, file_id, "bytes=753000-")
    assert (answer.status_code, answer.headers["Content-Range"]) == (416, "bytes */753000")


def test_a_range_that_cannot_be_read_is_ignored(wire, google, meera):
    file_id = meera.add_file("c1.a", BYTES).file_id
    assert download(wire, google, file_id, "bytes=5-3").status_code == 200
    assert download(wire, google, file_id, "lines=1-2").content == BYTES


def test_a_file_called_abusive_comes_only_when_that_is_acknowledged(wire, google, meera):
    file = meera.add_file("c1.a", BYTES)
    file.abusive = True
    answer = download(wire, google, file.file_id)
    assert (answer.status_code, answer.json()["error"]["errors"][0]["reason"]) == (403, "cannotDownloadAbusiveFile")
    address = f"{google.root}/drive/v3/files/{file.file_id}?alt=media&acknowledgeAbuse=true"
    assert wire.get(address).content == BYTES
