"""Downloads over HTTP: ranges, validators, names, damage, and the state a file is in."""

import asyncio
from collections.abc import Callable
from typing import Any

import pytest
from asgiref.sync import async_to_sync, sync_to_async
from django.http import StreamingHttpResponse
from django.test import AsyncClient
from django.urls import reverse

from dfs import pool, reassembly, repair, store, streaming, work
from dfs.cache import object_cache
from dfs.drives.local import LocalDrive
from dfs.models import DriveAccount, Job, StoredFile
from tests import people
from tests.dfs.conftest import MIB, content, object_path, staged, stored

Lend = Callable[..., list[DriveAccount]]
pytestmark = pytest.mark.django_db(transaction=True)
DATA = content(4 * MIB + 321)


class Reader:
    """A signed-in person downloading."""

    def __init__(self, user: Any) -> None:
        self.client = AsyncClient()
        self.client.force_login(user)

    def get(self, file: StoredFile, method: str = "get", **headers: str) -> tuple[Any, bytes]:
        return async_to_sync(self._get)(file, method, headers)

    async def _get(self, file: StoredFile, method: str, headers: dict[str, str]) -> tuple[Any, bytes]:
        response = await getattr(self.client, method)(reverse("dfs:file_download", args=[file.uuid]), headers=headers)
        if isinstance(response, StreamingHttpResponse):
            body = b"".join([block async for block in response])
        else:
            body = response.content
        await sync_to_async(response.close)()
        return response, body


@pytest.fixture
def reader(db: None) -> Reader:
    return Reader(people.teacher())


@pytest.fixture
def file(drives: Lend) -> StoredFile:
    drives(5)
    return stored(DATA, name="Lecture 4.mp4", content_type="video/mp4", purpose="mine", owner=people.teacher())


def test_the_whole_file_comes_with_its_headers(reader: Reader, file: StoredFile) -> None:
    response, body = reader.get(file)
    assert response.status_code == 200
    assert body == DATA
    assert response.headers["Content-Length"] == str(len(DATA))
    assert response.headers["Accept-Ranges"] == "bytes"
    assert response.headers["ETag"] == f'"{file.uuid}-1"'
    assert response.headers["Content-Type"] == "video/mp4"
    assert response.headers["X-Content-Type-Options"] == "nosniff"
    assert "private" in response.headers["Cache-Control"]


@pytest.mark.parametrize(
    "span",
    [(0, 1), (0, 10), (100, 65_636), (MIB - 3, MIB + 3), (2 * MIB, 4 * MIB), (4 * MIB, 4 * MIB + 321), (5, 3 * MIB)],
)
def test_a_range_is_exactly_that_range(reader: Reader, file: StoredFile, span: tuple[int, int]) -> None:
    start, end = span
    for _cold_then_warm in range(2):
        response, body = reader.get(file, Range=f"bytes={start}-{end - 1}")
        assert response.status_code == 206
        assert body == DATA[start:end]
        assert response.headers["Content-Range"] == f"bytes {start}-{end - 1}/{len(DATA)}"
        assert response.headers["Content-Length"] == str(end - start)


def test_a_video_player_asks_from_the_middle_to_the_end(reader: Reader, file: StoredFile) -> None:
    response, body = reader.get(file, Range="bytes=3000000-")
    assert (response.status_code, body) == (206, DATA[3_000_000:])


def test_a_range_outside_is_416_with_the_size(reader: Reader, file: StoredFile) -> None:
    response, body = reader.get(file, Range=f"bytes={len(DATA)}-")
    assert (response.status_code, body) == (416, b"")
    assert response.headers["Content-Range"] == f"bytes */{len(DATA)}"


def test_head_tells_everything_but_the_body(reader: Reader, file: StoredFile) -> None:
    response, body = reader.get(file, "head", Range="bytes=0-9")
    assert (response.status_code, body) == (206, b"")
    assert response.headers["Content-Length"] == "10"


def test_validators(reader: Reader, file: StoredFile) -> None:
    assert reader.get(file, **{"If-None-Match": file.etag})[0].status_code == 304
    assert reader.get(file, Range="bytes=0-4", **{"If-Range": file.etag})[0].status_code == 206
    stale, body = reader.get(file, Range="bytes=0-4", **{"If-Range": '"older"'})
    assert (stale.status_code, body) == (200, DATA)


def test_a_client_that_goes_on_with_another_file_is_told_412(reader: Reader, file: StoredFile) -> None:
    refused, body = reader.get(file, Range="bytes=100-", **{"If-Match": '"another"'})
    assert (refused.status_code, body, refused.headers["ETag"]) == (412, b"", file.etag)
    assert reader.get(file, "head", **{"If-Match": '"another"'})[0].status_code == 412
    assert reader.get(file, Range="bytes=0-4", **{"If-Match": file.etag})[1] == DATA[:5]
    assert reader.get(file, **{"If-Match": '"another"', "If-None-Match": file.etag})[0].status_code == 412


def test_dates_count_where_no_tag_is_sent(reader: Reader, file: StoredFile) -> None:
    date, long_ago = reader.get(file, "head")[0].headers["Last-Modified"], "Sun, 06 Nov 1994 08:49:37 GMT"
    assert reader.get(file, "head", **{"If-Unmodified-Since": long_ago})[0].status_code == 412
    assert reader.get(file, "head", **{"If-Unmodified-Since": long_ago, "If-Match": "*"})[0].status_code == 200
    assert reader.get(file, "head", **{"If-Unmodified-Since": "no date"})[0].status_code == 200
    assert reader.get(file, "head", **{"If-Unmodified-Since": date})[0].status_code == 200
    assert reader.get(file, "head", **{"If-Modified-Since": date})[0].status_code == 304
    assert reader.get(file, Range="bytes=0-4", **{"If-Range": date})[1] == DATA[:5]
    assert reader.get(file, Range="bytes=0-4", **{"If-Range": long_ago})[0].status_code == 200


def test_an_empty_file_downloads(reader: Reader, drives: Lend) -> None:
    drives(3)
    empty = stored(b"", purpose="mine", owner=people.teacher())
    response, body = reader.get(empty)
    assert (response.status_code, body, response.headers["Content-Length"]) == (200, b"", "0")
    assert reader.get(empty, Range="bytes=0-")[0].status_code == 416


def test_a_file_can_be_read_while_it_is_still_being_stored(reader: Reader, db: None) -> None:
    file = staged(DATA, purpose="mine", owner=people.teacher())
    assert reader.get(file)[1] == DATA
    assert reader.get(file, Range="bytes=1000000-1000009")[1] == DATA[1_000_000:1_000_010]


@pytest.mark.parametrize("content_type", ["text/html", "image/svg+xml", "application/xhtml+xml", "text/xml"])
def test_what_could_carry_script_is_only_handed_over(reader: Reader, drives: Lend, content_type: str) -> None:
    drives(1)
    file = stored(b"<script>", name="x.html", content_type=content_type, purpose="mine", owner=people.teacher())
    response, _body = reader.get(file)
    assert response.headers["Content-Type"] == "application/octet-stream"
    assert response.headers["Content-Disposition"].startswith("attachment")
    assert "sandbox" in response.headers["Content-Security-Policy"]


@pytest.mark.parametrize(
    "name", ['a"b.pdf', "a\r\nX-Evil: 1.pdf", "अम्ल और क्षार.pdf", "x\u202efdp.exe", "ल" * 120 + ".pdf"]
)
def test_no_name_breaks_out_of_its_header(reader: Reader, drives: Lend, name: str) -> None:
    drives(1)
    file = stored(b"%PDF", name=name, content_type="application/pdf", purpose="mine", owner=people.teacher())
    header = reader.get(file)[0].headers["Content-Disposition"]
    assert "\r" not in header
    assert "\n" not in header
    assert "filename*=" in header or header.count('"') - header.count('\\"') == 2


def test_an_erased_file_is_gone(reader: Reader, file: StoredFile) -> None:
    store.erase(file, actor=None)
    assert reader.get(file)[0].status_code in (404, 410)


def test_too_much_damage_is_an_error_page_before_the_first_byte(reader: Reader, file: StoredFile) -> None:
    for row in file.chunks.select_related("account").filter(index=0):
        object_path(row).unlink()
    for row in file.chunks.select_related("account").filter(index=1, kind="DATA"):
        object_path(row).unlink()
    response, body = reader.get(file)
    assert response.status_code == 503
    assert DATA[:16] not in body


def test_damage_further_on_cuts_the_connection_instead_of_sending_wrong_bytes(reader: Reader, file: StoredFile) -> None:
    for row in file.chunks.select_related("account").filter(kind="DATA", index__in=(1, 2)):
        object_path(row).unlink()
    object_path(file.chunks.select_related("account").get(kind="PARITY", index=0, row=0)).unlink()
    with pytest.raises(reassembly.FileDamaged):
        reader.get(file)


@pytest.mark.parametrize("change", ["drained", "risen"])
def test_a_reader_goes_on_when_the_pieces_move_away_under_him(reader: Reader, drives: Lend, change: str) -> None:
    lent = drives(5 if change == "drained" else 2)
    data = content(9 * MIB + 5)
    file = stored(data, purpose="mine", owner=people.teacher())

    def move() -> None:
        drives(5 if change == "drained" else 3, prefix="new")
        for drive in lent if change == "drained" else []:
            pool.empty_out(drive, actor=None)
        for job in repair.queue_healing():
            assert work.perform(job.pk) == Job.State.COMPLETE

    async def read_while_it_moves() -> bytes:
        response = await reader.client.get(reverse("dfs:file_download", args=[file.uuid]))
        assert isinstance(response, StreamingHttpResponse)
        blocks = aiter(response)
        first = await anext(blocks)
        await sync_to_async(move)()
        rest = b"".join([block async for block in blocks])
        await sync_to_async(response.close)()
        return first + rest

    command = store.read(file)
    begun = next(command)
    assert async_to_sync(read_while_it_moves)() == data
    assert begun + b"".join(command) == data


def test_many_viewers_fetch_each_object_once(reader: Reader, file: StoredFile, monkeypatch: pytest.MonkeyPatch) -> None:
    """Counted at the Drives; the Drives themselves are the real ones."""
    fetched: list[str] = []
    get = LocalDrive.get

    def counted(drive: LocalDrive, object_id: str, start: int = 0, end: int | None = None) -> bytes:
        fetched.append(object_id)
        return get(drive, object_id, start, end)

    monkeypatch.setattr(LocalDrive, "get", counted)
    opened = reassembly.open_file(file)

    async def view() -> bytes:
        return b"".join([block async for block in streaming.stream(opened, 0, len(DATA))])

    async def everybody() -> list[bytes]:
        return await asyncio.gather(*(view() for _viewer in range(20)))

    assert all(body == DATA for body in async_to_sync(everybody)())
    assert len(fetched) == len(set(fetched)) == 5


def test_a_viewer_who_leaves_does_not_stop_the_others(file: StoredFile) -> None:
    opened = reassembly.open_file(file)

    async def leave_early() -> None:
        stream = streaming.stream(opened, 0, len(DATA))
        await anext(stream)
        await stream.aclose()

    async def stay() -> bytes:
        return b"".join([block async for block in streaming.stream(opened, 0, len(DATA))])

    async def both() -> bytes:
        leaving = asyncio.create_task(leave_early())
        staying = asyncio.create_task(stay())
        await asyncio.sleep(0)
        leaving.cancel()
        return await staying

    assert async_to_sync(both)() == DATA


def test_a_full_cache_disk_does_not_stop_a_reader(reader: Reader, file: StoredFile, data_dir: Any) -> None:
    """Fault 36: where nothing can be kept, objects are read straight through."""
    (data_dir / "cache").write_text("a file where the folder should be")
    assert reader.get(file)[1] == DATA


def test_a_cache_too_small_for_its_readers_stops_nobody(drives: Lend, settings: Any) -> None:
    settings.DFS_CACHE_BYTES = 3 * MIB // 2
    drives(5)
    contents = [content(5 * MIB + number, number) for number in range(3)]
    opened = [reassembly.open_file(stored(data)) for data in contents]

    async def view(file: reassembly.OpenFile, data: bytes) -> bool:
        return b"".join([block async for block in streaming.stream(file, 0, len(data))]) == data

    async def everybody() -> list[bool]:
        return await asyncio.gather(*(view(*pair) for pair in list(zip(opened, contents, strict=True)) * 5))

    assert all(async_to_sync(everybody)())


def test_the_cache_keeps_to_its_limit_and_drops_the_oldest(data_dir: Any, settings: Any) -> None:
    settings.DFS_CACHE_BYTES = 10_000
    cache = object_cache()
    for number in range(30):
        assert cache.put(f"key-{number}", bytes(1_000))
    kept = sum(path.stat().st_size for path in cache.folder.glob("[0-9a-f][0-9a-f]/*"))
    assert kept <= 10_000 + 1_000
    assert cache.has("key-29")
    assert not cache.has("key-0")
    assert not cache.put("too big", bytes(20_000))


def test_the_cache_holds_no_plaintext(reader: Reader, drives: Lend) -> None:
    drives(5)
    marker = b"wave optics, lecture two, " * 40
    file = stored(content(MIB) + marker + content(2 * MIB), purpose="mine", owner=people.teacher())
    reader.get(file)
    entries = list(object_cache().folder.glob("[0-9a-f][0-9a-f]/*"))
    assert entries
    assert not any(marker[:26] in path.read_bytes() for path in entries)
