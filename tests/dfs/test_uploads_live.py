"""Uploads over sockets: the real server, tuspy as the client, connections that break."""

import http.client
import os
import re
import socket
import time
from pathlib import Path
from urllib.parse import urlsplit

import pytest
import requests
from tusclient.client import TusClient
from tusclient.exceptions import TusUploadFailed
from tusclient.storage.filestorage import FileStorage

from tests.browser import site as sites
from tests.dfs.uploading import BODY, TUS, metadata
from tests.people import PASSWORD

# tuspy leaves the files that it reads open.
pytestmark = [
    pytest.mark.apart,
    pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning", "ignore::ResourceWarning"),
]
MIB = 1024 * 1024
LIMIT_BYTES = 40 * MIB
PATIENCE_S = 120  # what goes well waits for a fraction of it; a loaded machine is no failure


@pytest.fixture(scope="module")
def site(tmp_path_factory):
    """The server on a port, with people in it and a limit of 40 MiB."""
    data_dir = tmp_path_factory.mktemp("uploads")
    before, os.environ["DFS_MAX_UPLOAD_BYTES"] = os.environ.get("DFS_MAX_UPLOAD_BYTES"), str(LIMIT_BYTES)
    try:
        sites.seed(data_dir)
        running = sites.Site(data_dir)
    finally:
        os.environ.pop("DFS_MAX_UPLOAD_BYTES")
        if before is not None:
            os.environ["DFS_MAX_UPLOAD_BYTES"] = before
    yield running
    running.close()


class Person:
    """Somebody signed in over HTTP: the headers any client needs, and the files he has."""

    def __init__(self, site: sites.Site, login: str) -> None:
        self.site = site
        self.session = requests.Session()
        self.session.trust_env = False
        door = f"{site.url}/accounts/login/"
        form = {"login": login, "password": PASSWORD, "csrfmiddlewaretoken": self._token(self.session.get(door).text)}
        assert self.session.post(door, form).url.endswith("/dashboard/")
        self.token = self._token(self.session.get(f"{site.url}/dfs/files/").text)
        cookies = "; ".join(f"{cookie.name}={cookie.value}" for cookie in self.session.cookies)
        self.headers = {"Cookie": cookies, "X-CSRFToken": self.token}

    @staticmethod
    def _token(page: str) -> str:
        return re.search(r'name="csrfmiddlewaretoken" value="(\w+)"', page)[1]

    def client(self) -> TusClient:
        return TusClient(f"{self.site.url}/dfs/uploads/", headers=dict(self.headers))

    def ask(self, method: str, url: str, body=None, **headers: str) -> requests.Response:
        own = {name.replace("_", "-"): value for name, value in headers.items()}
        return requests.request(method, url, data=body, headers=TUS | self.headers | own, timeout=PATIENCE_S)

    def create(self, length: int) -> str:
        about = {"Upload_Length": str(length), "Upload_Metadata": metadata(filename="x.bin")}
        return self.site.url + self.ask("POST", f"{self.site.url}/dfs/uploads/", **about).headers["Location"]

    def head(self, url: str) -> requests.Response:
        return self.ask("HEAD", url)

    def patch(self, url: str, body, offset: int) -> requests.Response:
        return self.ask("PATCH", url, body, Content_Type=BODY, Upload_Offset=str(offset))

    def fetch(self, file: str) -> bytes:
        return self.session.get(f"{self.site.url}/dfs/files/{file}/").content

    def begin_patch(self, url: str, *, offset: int, announced: int, sent: bytes) -> socket.socket:
        """A connection on which only `sent` of `announced` bytes went out yet."""
        at = urlsplit(url)
        own = {"Host": at.netloc, "Content-Type": BODY, "Upload-Offset": str(offset), "Content-Length": str(announced)}
        lines = [
            f"PATCH {at.path} HTTP/1.1",
            *(f"{name}: {value}" for name, value in (TUS | self.headers | own).items()),
        ]
        connection = socket.create_connection((at.hostname, at.port), timeout=PATIENCE_S)
        connection.sendall("\r\n".join([*lines, "", ""]).encode() + sent)
        return connection

    def wait_for_bytes(self, url: str, count: int) -> None:
        """Until that many bytes of the upload lie in the server's spool."""
        part = self.site.data_dir / "spool" / f"{url.rstrip('/').rpartition('/')[2]}.part"
        wait_until(lambda: part.stat().st_size >= count)

    def offset_once_free(self, url: str) -> int:
        """What the server kept, once it has seen that the other connection is gone."""
        wait_until(lambda: self.patch(url, b"", 10**9).status_code != 423)
        return int(self.head(url).headers["Upload-Offset"])


def wait_until(is_so) -> None:
    end = time.monotonic() + PATIENCE_S
    while not is_so():
        assert time.monotonic() < end, "it did not happen"
        time.sleep(0.02)


@pytest.fixture(scope="module")
def meera(site) -> Person:
    return Person(site, "meera@pragati.test")


def make_file(path: Path, size: int) -> Path:
    path.write_bytes(os.urandom(size))
    return path


def test_tuspy_sends_a_file_in_checked_pieces(meera, tmp_path):
    path = make_file(tmp_path / "Lecture.mp4", 12 * MIB + 345)
    about = {"filename": path.name, "filetype": "video/mp4"}
    uploader = meera.client().uploader(str(path), chunk_size=5 * MIB, metadata=about, upload_checksum=True)
    uploader.upload()
    assert meera.fetch(meera.head(uploader.url).headers["X-File"]) == path.read_bytes()


@pytest.mark.parametrize("size", [0, 1, 10 * MIB])
def test_tuspy_sends_files_of_edge_sizes(meera, tmp_path, size):
    path = make_file(tmp_path / "edge.bin", size)
    uploader = meera.client().uploader(str(path), chunk_size=5 * MIB)
    uploader.upload()
    assert meera.fetch(meera.head(uploader.url).headers["X-File"]) == path.read_bytes()


def test_broken_upload_goes_on_in_a_new_client_where_it_stopped(meera, tmp_path):
    path = make_file(tmp_path / "Lecture.mp4", 20 * MIB)
    storage = str(tmp_path / "urls.json")
    first = meera.client().uploader(str(path), chunk_size=4 * MIB, store_url=True, url_storage=FileStorage(storage))
    first.upload_chunk()
    piece = path.read_bytes()[4 * MIB : 7 * MIB + 777]
    with meera.begin_patch(first.url, offset=4 * MIB, announced=16 * MIB, sent=piece):
        meera.wait_for_bytes(first.url, 7 * MIB)
    # The network is gone. All whole blocks are kept, and of the last one what had been taken in.
    offset = meera.offset_once_free(first.url)
    assert 7 * MIB <= offset <= 7 * MIB + 777
    second = meera.client().uploader(str(path), chunk_size=4 * MIB, store_url=True, url_storage=FileStorage(storage))
    assert (second.url, second.offset) == (first.url, offset)
    second.upload()
    assert meera.fetch(meera.head(second.url).headers["X-File"]) == path.read_bytes()


def test_second_window_waits_until_the_first_is_gone(meera):
    url = meera.create(3 * MIB)
    with meera.begin_patch(url, offset=0, announced=3 * MIB, sent=b"a" * MIB):
        meera.wait_for_bytes(url, MIB)
        assert meera.patch(url, b"b" * MIB, 0).status_code == 423
    offset = meera.offset_once_free(url)
    assert offset == MIB
    last = meera.patch(url, b"b" * 2 * MIB, offset)
    assert meera.fetch(last.headers["X-File"]) == b"a" * MIB + b"b" * 2 * MIB


def test_shorter_body_than_announced_leaves_the_upload_free(meera):
    url = meera.create(MIB)
    with meera.begin_patch(url, offset=0, announced=MIB, sent=b"a" * 1000) as connection:
        meera.wait_for_bytes(url, 1000)  # else the next request may come before it
        connection.shutdown(socket.SHUT_WR)
    offset = meera.offset_once_free(url)
    assert offset <= 1000
    last = meera.patch(url, b"a" * (MIB - offset), offset)
    assert meera.fetch(last.headers["X-File"]) == b"a" * MIB


def test_content_length_beyond_the_upload_is_refused_before_the_body(meera):
    url = meera.create(1000)
    with meera.begin_patch(url, offset=0, announced=2 * MIB, sent=b"") as connection:
        assert b" 413 " in connection.recv(65536)[:20]
    assert meera.head(url).headers["Upload-Offset"] == "0"


def test_chunked_body_is_refused_with_411(meera):
    url = meera.create(1000)
    assert meera.patch(url, iter([b"a" * 100]), 0).status_code == 411


def test_upload_over_the_limit_is_refused_by_tus(meera, tmp_path):
    path = make_file(tmp_path / "big.bin", LIMIT_BYTES + 1)
    with pytest.raises(Exception, match="413") as refused:
        meera.client().uploader(str(path), chunk_size=5 * MIB).upload()
    assert not isinstance(refused.value, TusUploadFailed)  # refused at its creation, before a byte of it


def test_form_over_the_limit_is_answered_while_its_body_is_still_outside(meera, site):
    at = urlsplit(site.url)
    connection = http.client.HTTPConnection(at.hostname, at.port, timeout=PATIENCE_S)
    connection.putrequest("POST", "/dfs/files/")
    headers = {"Content-Type": "multipart/form-data; boundary=b", "Content-Length": str(LIMIT_BYTES * 2)}
    for name, value in (meera.headers | headers).items():
        connection.putheader(name, value)
    connection.endheaders(b"--b\r\n")
    answer = connection.getresponse()
    assert answer.status == 413
    assert b"over the limit" in answer.read()
    connection.close()


def test_form_arrives_whole_through_the_server(meera, site):
    content = os.urandom(9 * MIB)
    form = {"form_key": "7e2ad6d9-1f6a-4b0b-8b6e-6a3f4f3cf001", "csrfmiddlewaretoken": meera.token}
    page = meera.session.post(f"{site.url}/dfs/files/", form, files={"file": ("board.heic", content)})
    assert "board.heic is here and is being stored." in page.text
    file = re.search(r"/dfs/files/([0-9a-f-]{36})/\?view[^>]*><bdi class=\"name\">board.heic", page.text)[1]
    assert meera.fetch(file) == content
