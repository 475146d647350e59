"""Where a form's file goes while it arrives: straight into the spool, never to a temporary file elsewhere."""

import uuid
from typing import Any

from django.core.files.uploadedfile import UploadedFile
from django.core.files.uploadhandler import FileUploadHandler
from django.http import HttpRequest

from dfs import spool


class SpooledFile(UploadedFile):  # type: ignore[type-arg]  # not generic when it runs
    """A form's file that lies complete in the part file of `key`; it has no stream to read."""

    def __init__(self, key: uuid.UUID, name: str, content_type: str, arrived_bytes: int, crc32: int) -> None:
        super().__init__(None, name, content_type, arrived_bytes)
        self.key = key
        self.arrived_bytes = arrived_bytes
        self.crc32 = crc32

    def close(self) -> None:
        """Nothing is open."""


class SpoolUploadHandler(FileUploadHandler):
    """Writes each file of a form to a part file of its own. `discard` removes those nobody took.

    The part files grow while they arrive, so that the spool's sweep, which spares what changed lately, leaves them be.
    """

    chunk_size = 4 * 1024 * 1024  # one fsync each

    def __init__(self, request: HttpRequest) -> None:
        super().__init__(request)
        self._keys: list[uuid.UUID] = []
        self._offset = self._crc32 = 0

    def new_file(self, *args: Any, **kwargs: Any) -> None:
        super().new_file(*args, **kwargs)
        self._keys.append(uuid.uuid4())
        self._offset, self._crc32 = spool.write(spool.part_path(self._keys[-1]), ())

    def receive_data_chunk(self, raw_data: bytes, start: int) -> None:
        """Raises: spool.SpoolFull."""
        path = spool.part_path(self._keys[-1])
        self._offset, self._crc32 = spool.write(path, (raw_data,), offset=self._offset, crc32=self._crc32)

    def file_complete(self, file_size: int) -> SpooledFile:
        return SpooledFile(self._keys[-1], self.file_name or "", self.content_type or "", self._offset, self._crc32)

    def discard(self) -> None:
        """Remove what arrived and was not taken: after a refusal, an error, a client that went away."""
        for key in self._keys:
            spool.part_path(key).unlink(missing_ok=True)
