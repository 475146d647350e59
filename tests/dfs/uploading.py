"""How tests speak tus, and how they let a file be stored."""

import base64
import uuid
from collections.abc import Iterable
from contextlib import AbstractContextManager, closing
from pathlib import Path
from typing import Any

from django.test import Client, TestCase
from django.urls import reverse
from django.utils import timezone

from dfs import pool, uploads, work
from dfs.models import Job, StoredFile, Upload

TUS = {"Tus-Resumable": "1.0.0"}
BODY = "application/offset+octet-stream"


def metadata(**values: str) -> str:
    return ",".join(f"{key} {base64.b64encode(value.encode()).decode()}" for key, value in values.items())


def committing() -> AbstractContextManager[Any]:
    """What waits for the commit is done at the end, though the test's transaction never commits."""
    return TestCase.captureOnCommitCallbacks(execute=True)


class Tus:
    """A signed-in browser that speaks the protocol and checks nothing by itself."""

    def __init__(self, client: Client) -> None:
        self.client = client

    def create(
        self, length: int | str, *, name: str = "Optics.pdf", headers: dict[str, str] | None = None, **about: str
    ) -> Any:
        own = {"Upload-Length": str(length), "Upload-Metadata": metadata(filename=name, **about)}
        with committing():
            return self.client.post(reverse("dfs:upload_create"), headers=TUS | own | (headers or {}))

    def begin(self, length: int, **about: Any) -> str:
        """The address of a new upload."""
        answer = self.create(length, **about)
        assert answer.status_code == 201, answer.content
        return answer.headers["Location"]

    def patch(self, url: str, body: bytes, offset: int, **headers: str) -> Any:
        own = {"Upload-Offset": str(offset)} | {name.replace("_", "-"): value for name, value in headers.items()}
        with committing():
            return self.client.generic("PATCH", url, body, headers=TUS | {"Content-Type": BODY} | own)

    def head(self, url: str) -> Any:
        with committing():
            return self.client.head(url, headers=TUS)

    def delete(self, url: str) -> Any:
        return self.client.delete(url, headers=TUS)

    def send(self, content: bytes, **about: Any) -> StoredFile:
        """A whole file in one piece."""
        url = self.begin(len(content), **about)
        answer = self.patch(url, content, 0) if content else self.head(url)
        return StoredFile.objects.get(uuid=answer.headers["X-File"])


def upload_of(url: str) -> Upload:
    return Upload.objects.get(uuid=uuid.UUID(url.rstrip("/").rpartition("/")[2]))


def spooled(data_dir: Path) -> list[str]:
    """The names of what lies in the spool."""
    return sorted(path.name for path in (data_dir / "spool").glob("*"))


def lend_drives(data_dir: Path, count: int = 5) -> None:
    for number in range(count):
        pool.add_local(f"drive-{number}", folder=data_dir / "drives" / str(number))


def store_all() -> None:
    """Do what the worker would: every job that is due, until none is."""
    for _round in range(20):
        due = list(Job.objects.due(timezone.now()).values_list("pk", flat=True))
        if not due:
            return
        for pk in due:
            with committing():
                work.perform(pk)
    raise AssertionError(f"still due: {list(Job.objects.open().values_list('state', 'reason'))}")


def append(upload: Upload, blocks: Iterable[bytes], *, offset: int, length: int) -> Upload:
    """What a request that sends `blocks` does to its upload, without HTTP."""
    with closing(uploads.Appending(upload, offset=offset, length=length)) as appending:
        for block in blocks:
            appending.write(block)
            if appending.is_due:
                appending.commit()
        return appending.finish()
