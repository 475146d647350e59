"""A ZIP file that is written while it is sent, so that a large one costs no memory and no disk."""

import io
from collections.abc import Iterable, Iterator
from typing import Any
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

from django.http import StreamingHttpResponse
from django.utils import timezone

from coaching.lib.text import content_disposition

Member = tuple[str, Iterable[bytes]]


class _Sink(io.RawIOBase):
    """What ZipFile writes to: keeps the bytes until they are taken. Not seekable, so sizes follow each member."""

    def __init__(self) -> None:
        self._kept = bytearray()

    def writable(self) -> bool:
        return True

    def write(self, part: Any) -> int:
        self._kept += part
        return len(part)

    def take(self) -> bytes:
        taken = bytes(self._kept)
        self._kept.clear()
        return taken


def zip_response(name: str, members: Iterable[Member]) -> StreamingHttpResponse:
    """A download named `name` of `members`: paths of at most 100 plain characters, and their bytes in parts."""
    response = StreamingHttpResponse(_written(members), content_type="application/zip")
    response.headers["Content-Disposition"] = content_disposition("attachment", name)
    response.headers["Cache-Control"] = "no-store"
    response.headers["X-Content-Type-Options"] = "nosniff"
    return response


def _written(members: Iterable[Member]) -> Iterator[bytes]:
    sink, made_at = _Sink(), timezone.localtime().timetuple()[:6]
    with ZipFile(sink, "w") as archive:
        for path, parts in members:
            entry = ZipInfo(path, date_time=made_at)
            entry.compress_type = ZIP_DEFLATED
            with archive.open(entry, "w") as file:
                for part in parts:
                    file.write(part)
                    yield sink.take()
    yield sink.take()
