"""Senders on a bad line: they hold no thread, stop nobody, and what they sent is kept."""

import socket
import threading
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.utils import timezone

from dfs import uploads
from dfs.models import Upload
from tests import people
from tests.browser import site as sites
from tests.dfs.test_uploads_live import MIB, Person, wait_until

PHONES = 60


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[sites.Site]:
    data_dir = tmp_path_factory.mktemp("slow")
    sites.seed(data_dir)
    running = sites.Site(data_dir)
    yield running
    running.close()


def threads_of(site: sites.Site) -> int:
    return len(list(Path(f"/proc/{site.process.pid}/task").iterdir()))


@contextmanager
def dripping(phones: list[socket.socket]) -> Iterator[None]:
    """Each phone sends a thousand bytes a second, until the block ends."""
    is_over = threading.Event()

    def drip() -> None:
        while not is_over.wait(1.0):
            for phone in phones:
                phone.sendall(b"d" * 1000)

    dripper = threading.Thread(target=drip)
    dripper.start()
    try:
        yield
    finally:
        is_over.set()
        dripper.join()


@pytest.mark.apart
@pytest.mark.skipif(not Path("/proc/self/task").is_dir(), reason="counts threads in /proc")
def test_sixty_dripping_phones_hold_no_thread_and_stop_neither_an_upload_nor_a_page(site: sites.Site) -> None:
    meera, other = Person(site, "meera@pragati.test"), Person(site, "meera@pragati.test")
    other.patch(other.create(1), b"x", 0)  # whatever starts with the first upload has started
    before = threads_of(site)
    urls = [meera.create(MIB) for _phone in range(PHONES)]
    with ExitStack() as open_phones:
        phones = [
            open_phones.enter_context(meera.begin_patch(url, offset=0, announced=MIB, sent=b"d" * 1000)) for url in urls
        ]
        with dripping(phones):
            for url in urls:
                meera.wait_for_bytes(url, 1000)
            wait_until(lambda: threads_of(site) <= before + 16)
            url = other.create(20 * MIB)
            assert other.patch(url, bytes(20 * MIB), 0).headers["Upload-Offset"] == str(20 * MIB)
            assert other.session.get(f"{site.url}/dfs/files/").status_code == 200
            for url in urls:
                assert meera.patch(url, b"", 0).status_code == 423  # none of them has ended
    assert all(meera.offset_once_free(url) >= 1000 for url in urls[::20])


@pytest.mark.apart
def test_refusals_come_before_a_byte_of_the_body(site: sites.Site) -> None:
    meera = Person(site, "meera@pragati.test")
    url = meera.create(10 * MIB)
    for offset, headers, status in [
        (5, {}, b"409"),
        (0, {"X-CSRFToken": "x" * 32}, b"403"),
        (0, {"Cookie": ""}, b"403"),
        (0, {"Upload-Checksum": "sha1 AAAA"}, b"400"),
        (0, {"Tus-Resumable": "0.1"}, b"412"),
    ]:
        kept, meera.headers = meera.headers, meera.headers | headers | {"Expect": "100-continue"}
        with meera.begin_patch(url, offset=offset, announced=MIB, sent=b"") as connection:
            assert connection.recv(65536).split(b" ")[1] == status
        meera.headers = kept
    assert meera.head(url).headers["Upload-Offset"] == "0"


@pytest.mark.apart
def test_accepted_request_is_told_to_go_on(site: sites.Site) -> None:
    meera = Person(site, "meera@pragati.test")
    url = meera.create(4)
    meera.headers |= {"Expect": "100-continue"}
    with meera.begin_patch(url, offset=0, announced=4, sent=b"") as connection:
        assert connection.recv(100).startswith(b"HTTP/1.1 100 ")
        connection.sendall(b"abcd")
        assert b" 204 " in connection.recv(65536)[:20]


@pytest.fixture
def upload(db: None, settings: Any, tmp_path: Path) -> Upload:
    settings.DATA_DIR = tmp_path
    return uploads.create_upload(people.teacher(), name="a.bin", content_type="", purpose="mine", length_bytes=100)


@pytest.mark.django_db
def test_bytes_of_a_slow_request_are_committed_when_they_are_old(upload: Upload) -> None:
    appending = uploads.Appending(upload, offset=0, length=100)
    appending.write(b"0123456789")
    assert not appending.is_due
    upload.touched_at = timezone.now() - uploads.SLICE_AGE - timedelta(seconds=1)
    assert appending.is_due
    appending.commit()
    appending.close()
    assert Upload.objects.get().offset_bytes == 10
