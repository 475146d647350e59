"""From a `drive_accounts` row to the Google Drive behind it: settings, sealed sign-in, one Drive an account."""

import hashlib
import threading

from django.conf import settings

from coaching.lib.sealing import SealBroken, ring
from dfs.drives import DriveError, Trouble, backoff
from dfs.drives.google.connection import Connection, Site
from dfs.drives.google.drive import GoogleDrive
from dfs.models import DriveAccount

PURPOSE = "dfs-google"

_open: dict[str, tuple[bytes, GoogleDrive]] = {}
_lock = threading.Lock()


def site() -> Site:
    """Google as the settings name it. Raises: DriveError when the institute has no project there."""
    if not settings.GOOGLE_CLIENT_ID or not settings.GOOGLE_CLIENT_SECRET:
        raise DriveError(Trouble.PROJECT, "GOOGLE_CLIENT_ID and GOOGLE_CLIENT_SECRET are not set")
    return Site(
        settings.GOOGLE_API_ROOT, settings.GOOGLE_TOKEN_URL, settings.GOOGLE_CLIENT_ID, settings.GOOGLE_CLIENT_SECRET
    )


def seal_sign_in(account: DriveAccount, refresh_token: str) -> None:
    """Set the account's sign-in, sealed for this account alone; the row is not saved."""
    account.credentials = ring().seal(PURPOSE, refresh_token.encode(), context=account.uuid.bytes)


def _unsealed(account: DriveAccount) -> str:
    try:
        return ring().open(PURPOSE, bytes(account.credentials or b""), context=account.uuid.bytes).decode()
    except SealBroken as error:
        raise DriveError(Trouble.AUTH, f"the sealed sign-in does not open: {error}") from None


def open_google(account: DriveAccount) -> GoogleDrive:
    """The account's Drive, the same one until its sign-in, marker or the settings change. Raises: DriveError."""
    where, sealed = site(), bytes(account.credentials or b"")
    parts = [sealed, account.owner_key.encode(), account.location.encode(), repr(where).encode()]
    fingerprint = hashlib.sha256(b"\0".join(parts)).digest()
    with _lock:
        known = _open.get(str(account.uuid))
        if known and known[0] == fingerprint:
            return known[1]
        drive = GoogleDrive(
            Connection(where, _unsealed(account), backoff.CLOCK),
            str(account.uuid),
            owner_key=account.owner_key,
            marker=account.location,
            clock=backoff.CLOCK,
        )
        _open[str(account.uuid)] = (fingerprint, drive)
        return drive
