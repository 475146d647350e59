"""Sending objects, several at once, until their Drive confirms size and md5. The threads here ask no database."""

import time
from collections.abc import Sequence
from concurrent.futures import Future, ThreadPoolExecutor

from dfs.drives import DriveError, DriveObject, Trouble
from dfs.drives.opening import open_drive
from dfs.making import Sealed
from dfs.models import Chunk, DriveAccount

PUT_TRIES = 3
PUTS_AT_ONCE = 10
"""Two stripes of five. A Google Drive itself takes two at once, as they have for it."""
ASKED_AT_ONCE = 5

Outcome = Future[DriveError | None]


class Sending:
    """Objects on their way."""

    def __init__(self) -> None:
        self._puts = ThreadPoolExecutor(max_workers=PUTS_AT_ONCE, thread_name_prefix="dfs-put")
        # Their own threads: ids for one stripe must not wait until another stripe is sent.
        self._asking = ThreadPoolExecutor(max_workers=ASKED_AT_ONCE, thread_name_prefix="dfs-ids")

    def close(self) -> None:
        """Wait for what is on its way; what did not begin stays undone."""
        self._puts.shutdown(wait=True, cancel_futures=True)
        self._asking.shutdown(wait=True, cancel_futures=True)

    def reserve_ids(self, accounts: Sequence[DriveAccount]) -> list[str | DriveError]:
        """One id on each of these Drives, asked for at once."""
        return list(self._asking.map(_reserve_id, accounts))

    def put(self, row: Chunk, account: DriveAccount, name: str, parts: list[Sealed]) -> Outcome:
        """Begin to send; the outcome is None when the Drive's size and md5 are the row's. `parts` stay as they are."""
        return self._puts.submit(_put, row, account, name, parts)


def _reserve_id(account: DriveAccount) -> str | DriveError:
    try:
        return open_drive(account).reserve_ids(1)[0]
    except DriveError as error:
        return error


def _put(row: Chunk, account: DriveAccount, name: str, parts: list[Sealed]) -> DriveError | None:
    error = DriveError(Trouble.TRANSIENT, "not tried")
    for attempt in range(PUT_TRIES):
        try:
            drive = open_drive(account)
            if _is_ours(drive.put(row.object_id, name, list(parts), row.md5), row):
                return None
            drive.delete(row.object_id)
            error = DriveError(Trouble.TRANSIENT, "the Drive kept other bytes than were sent")
        except DriveError as caught:
            error = caught
            if error.trouble is not Trouble.TRANSIENT:
                return error
        time.sleep(0.2 * 2**attempt)
    return error


def _is_ours(there: DriveObject, row: Chunk) -> bool:
    return (there.size_bytes, there.md5) == (row.size_bytes, row.md5)
