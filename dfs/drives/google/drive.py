"""The Drive behind a linked Google account.

A marker lies among the objects. When it is not there our hidden folder was emptied, the app disconnected, or another
OAuth client asks: then the Drive counts as gone. It is neither filled again nor taken to have lost object by object,
and nothing is deleted.

Source: developers.google.com/workspace/drive/api/reference/rest/v3, guides/appdata.
"""

import builtins
import hashlib
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any, TypeVar

from dfs.drives import DriveError, DriveObject, DriveQuota, Trouble
from dfs.drives.backoff import CLOCK, Clock, Patience
from dfs.drives.google import spans
from dfs.drives.google.body import Body
from dfs.drives.google.budgets import Budgets, Limits, paced
from dfs.drives.google.connection import Api, Connection
from dfs.drives.google.errors import AGAIN, Means, Refusal
from dfs.drives.google.session import FIELDS, Upload
from dfs.drives.google.trouble import told_as_drive_errors

T = TypeVar("T")
SPACE = "appDataFolder"
PREFIX = "c1."
"""How the names of our objects begin; whatever else lies there is a stranger's."""
MARKER = "classcrew-drive"
IDS_AT_ONCE = 100
PAGE = 1_000
PUT_BUDGET_S = 40.0
"""Waiting in all tries of one put. With the sending itself it stays below a lease of 90 s."""
READ_BUDGET_S = 8.0
"""A reader rather rebuilds an object from the others than wait longer for one Drive."""
ASK_BUDGET_S = 15.0


@dataclass(frozen=True, slots=True)
class Owner:
    """Who a Drive belongs to, as Google says it."""

    permission_id: str
    email: str
    quota: DriveQuota


class _ListCut(Exception):
    """The list's next page cannot be had: its token ended."""


class GoogleDrive:
    """See `dfs.drives.Drive`. One for an account in a process, used by all threads."""

    def __init__(
        self,
        connection: Connection,
        account: str,
        *,
        owner_key: str,
        marker: str,
        limits: Limits | None = None,
        clock: Clock = CLOCK,
    ) -> None:
        self._connection, self._clock = connection, clock
        self._owner_key, self._marker = owner_key, marker
        self._budgets = Budgets(account, limits, clock)
        self._ids: list[str] = []
        self._ids_lock = threading.Lock()

    # --- the protocol ---

    def check(self) -> DriveQuota:
        owner = self.owner()
        if owner.permission_id != self._owner_key:
            raise DriveError(Trouble.UNREACHABLE, "another Google account answers")
        self._prove_marked()
        return owner.quota

    def reserve_ids(self, count: int) -> list[str]:
        """From a stock of ids fetched a hundred at a time; one that is never used costs nothing."""
        with self._ids_lock:
            while len(self._ids) < count:
                wanted = min(PAGE, max(IDS_AT_ONCE, count - len(self._ids)))
                fresh = self._generate(wanted)
                if not fresh:
                    raise DriveError(Trouble.TRANSIENT, "Google gave no ids")
                self._ids += fresh
            handed, self._ids = self._ids[:count], self._ids[count:]
            return handed

    def put(self, object_id: str, name: str, parts: list[memoryview | bytes], md5: str) -> DriveObject:
        body = Body(parts)
        patience = Patience(PUT_BUDGET_S, self._clock)
        with self._budgets.uploading(), told_as_drive_errors(patience):
            paced(lambda: self._budgets.spend("write"), patience.pause)
            paced(self._budgets.write, patience.pause)
            self._budgets.upload(len(body))
            found = self._upload(object_id, name, body, patience)
        if (found.size_bytes, found.md5) == (len(body), md5):
            return found
        self.delete(object_id)
        raise DriveError(Trouble.TAKEN, "Google keeps other bytes under this id than were sent")

    def get(self, object_id: str, start: int = 0, end: int | None = None) -> bytes:
        if end is not None and end <= start:
            return b""
        patience = Patience(READ_BUDGET_S, self._clock)

        def once() -> bytes:
            self._budgets.may_read()
            paced(lambda: self._budgets.spend("download"), patience.pause)
            status, headers, body = self._connection.download(object_id, spans.asked(start, end))
            self._budgets.egress(len(body))
            return spans.given(status, headers, body, start, end)

        try:
            with self._budgets.downloading(), told_as_drive_errors(patience):
                return self._persist(patience, once)
        except DriveError as error:
            raise self._absent(error) from None

    def stat(self, object_id: str) -> DriveObject:
        try:
            return self._told(object_id)
        except DriveError as error:
            raise self._absent(error) from None

    def delete(self, object_id: str) -> None:
        """An object already gone is success only while the marker is there."""
        if object_id == self._marker:
            raise DriveError(Trouble.MISSING, "the marker is none of the objects")
        try:
            self._ask("write", lambda drive: drive.files.delete(fileId=object_id))
        except DriveError as error:
            if error.trouble is not Trouble.MISSING:
                raise
            self._prove_marked()

    def list(self) -> Iterator[DriveObject]:
        """Page by page; a list whose next page token has ended begins again, and each object is told once."""
        self._prove_marked()
        told: set[str] = set()
        for _try in range(3):
            try:
                for found in self._pages():
                    if found["id"] not in told:
                        told.add(found["id"])
                        yield _object(found)
                return
            except _ListCut:
                continue
        raise DriveError(Trouble.TRANSIENT, "Google's list ended before its last page, again and again")

    # --- besides the protocol ---

    def owner(self) -> Owner:
        """Whose Drive answers, and how much room it has. Raises: DriveError."""
        fields = "storageQuota(limit,usage),user(permissionId,emailAddress)"
        told = self._ask("about", lambda drive: drive.about.get(fields=fields))
        user, storage = told.get("user", {}), told.get("storageQuota", {})
        limit = storage.get("limit")
        quota = DriveQuota(int(storage.get("usage", 0)), int(limit) if limit is not None else None)
        return Owner(str(user.get("permissionId", "")), str(user.get("emailAddress", "")), quota)

    def place_marker(self) -> str:
        """Put the marker and answer its id; done once, when the Drive is linked. Raises: DriveError."""
        marker, body = self.reserve_ids(1)[0], b"This folder holds encrypted pieces of an institute's files.\n"
        self.put(marker, MARKER, [body], hashlib.md5(body, usedforsecurity=False).hexdigest())
        self._marker = marker
        return marker

    def is_marked(self) -> bool:
        """Whether our folder is what it was. Raises: DriveError when that cannot be told."""
        try:
            self._ask("get", lambda drive: drive.files.get(fileId=self._marker, fields="id"))
        except DriveError as error:
            if error.trouble is not Trouble.MISSING:
                raise
            return False
        return True

    def remove_marker(self) -> None:
        """Let go of the Drive. Raises: DriveError."""
        marker, self._marker = self._marker, ""
        self._ask("write", lambda drive: drive.files.delete(fileId=marker))

    # --- parts ---

    def _generate(self, count: int) -> "builtins.list[str]":
        told = self._ask("generate", lambda drive: drive.files.generateIds(count=count, space=SPACE, fields="ids"))
        return [str(one) for one in told.get("ids", ())]

    def _upload(self, object_id: str, name: str, body: Body, patience: Patience) -> DriveObject:
        """What lies under the id afterwards; also when an earlier try, whose answer was lost, put it there."""
        metadata = {"id": object_id, "name": name, "parents": [SPACE], "mimeType": "application/octet-stream"}
        try:
            found = Upload(self._connection, metadata, body, patience, self._budgets.slow_down).run()
        except Refusal as refusal:
            if refusal.means is not Means.TAKEN:
                raise
        else:
            if found.get("md5Checksum") and found.get("size"):
                return _object(found)
        try:
            return self._told(object_id)
        except DriveError as error:
            if error.trouble is not Trouble.MISSING:
                raise
            raise DriveError(Trouble.TAKEN, "the id cannot be used") from None

    def _told(self, object_id: str) -> DriveObject:
        """Size and md5 as Google says them, asked again when it leaves them out. Raises: DriveError."""
        for _try in range(2):
            found = self._ask("get", lambda drive: drive.files.get(fileId=object_id, fields=FIELDS))
            if found.get("md5Checksum") and found.get("size"):
                return _object(found)
        raise DriveError(Trouble.TRANSIENT, "Google does not say what it stored")

    def _pages(self) -> Iterator[dict[str, Any]]:
        """Raises: DriveError, _ListCut."""
        token: str | None = None
        while True:
            told = self._page(token)
            yield from (found for found in told.get("files", ()) if str(found.get("name", "")).startswith(PREFIX))
            token = told.get("nextPageToken")
            if not token:
                return

    def _page(self, token: str | None) -> dict[str, Any]:
        what = {
            "spaces": SPACE,
            "q": f"name contains '{PREFIX}'",
            "pageSize": PAGE,
            "fields": f"nextPageToken,files(name,createdTime,{FIELDS})",
        }
        patience = Patience(ASK_BUDGET_S, self._clock)
        with told_as_drive_errors(patience):
            try:
                return self._answer("list", lambda drive: drive.files.list(**what, pageToken=token), patience)
            except Refusal as refusal:
                if token and refusal.means in (Means.REFUSED, Means.MISSING):
                    raise _ListCut from None
                raise

    def _prove_marked(self) -> None:
        """Raises: DriveError, UNREACHABLE when our folder is not what it was."""
        if not self.is_marked():
            said = "the app's folder was emptied, or another OAuth client asks"
            raise DriveError(Trouble.UNREACHABLE, said) from None

    def _absent(self, error: DriveError) -> DriveError:
        """An object that is not there, or a Drive that is not there? Raises: DriveError when it is the Drive."""
        if error.trouble is Trouble.MISSING:
            self._prove_marked()
        return error

    def _ask(self, kind: str, build: Callable[[Api], Any]) -> dict[str, Any]:
        """The answer to a metadata call, asked for with patience. Raises: DriveError."""
        patience = Patience(ASK_BUDGET_S, self._clock)
        with told_as_drive_errors(patience):
            return self._answer(kind, build, patience)

    def _answer(self, kind: str, build: Callable[[Api], Any], patience: Patience) -> dict[str, Any]:
        """Raises: Refusal, OverBudget."""

        def once() -> dict[str, Any]:
            paced(lambda: self._budgets.spend(kind), patience.pause)
            return self._connection.call(build)

        return self._persist(patience, once)

    def _persist(self, patience: Patience, once: Callable[[], T]) -> T:
        """Try again what is only the moment's trouble. Raises: Refusal, and what `once` raises."""
        while True:
            try:
                return once()
            except Refusal as refusal:
                if refusal.means is Means.SLOW_DOWN:
                    self._budgets.slow_down()
                if refusal.means not in AGAIN or not patience.wait(refusal.reply.retry_after_s):
                    raise


def _object(told: dict[str, Any]) -> DriveObject:
    made_at = datetime.fromisoformat(told["createdTime"]) if told.get("createdTime") else None
    size, md5 = int(told.get("size", -1)), str(told.get("md5Checksum", ""))
    return DriveObject(str(told["id"]), size, md5, str(told.get("name", "")), made_at)
