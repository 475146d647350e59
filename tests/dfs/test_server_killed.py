"""The server dies while it sends a file: the reader sees that something is missing, and what came is right."""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
import requests

from tests.browser import site as sites
from tests.dfs.test_uploads_live import Person

MIB = 1024 * 1024


def keep(blocks: Iterator[bytes], got: bytearray) -> None:
    for block in blocks:
        got += block


@pytest.mark.apart
@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning", "ignore::ResourceWarning")
def test_reader_of_a_killed_server_gets_a_short_body_and_no_wrong_bytes(tmp_path: Path) -> None:
    sites.seed(tmp_path)
    site = sites.Site(tmp_path)
    try:
        meera, sent = Person(site, "meera@pragati.test"), os.urandom(30 * MIB)
        file = meera.patch(meera.create(len(sent)), sent, 0).headers["X-File"]
        with meera.session.get(f"{site.url}/dfs/files/{file}/", stream=True, timeout=120) as answer:
            assert int(answer.headers["Content-Length"]) == len(sent)
            blocks, got = answer.iter_content(64 * 1024), bytearray()
            got += next(blocks)
            site.process.kill()
            with pytest.raises(requests.exceptions.ChunkedEncodingError):
                keep(blocks, got)
        meera.session.close()
    finally:
        site.close()
    assert 0 < len(got) < len(sent)
    assert sent.startswith(bytes(got))
