"""A sign-in by itself: whose it is before a row has it, and what it is when a row gives it up."""

from coaching.lib.sealing import SealBroken, ring
from dfs.drives.google.connection import Connection
from dfs.drives.google.drive import GoogleDrive, Owner
from dfs.drives.google.opening import PURPOSE, site
from dfs.models import DriveAccount


def owner_of(refresh_token: str) -> Owner:
    """The Google account a sign-in opens. Raises: DriveError."""
    return GoogleDrive(Connection(site(), refresh_token), "linking", owner_key="", marker="").owner()


def sign_in_of(account: DriveAccount) -> str:
    """The account's own sign-in in clear, to be given back to Google; nothing when it does not open any more."""
    try:
        return ring().open(PURPOSE, bytes(account.credentials or b""), context=account.uuid.bytes).decode()
    except SealBroken:
        return ""
