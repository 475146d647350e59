"""From a `drive_accounts` row to the Drive that does the work."""

from pathlib import Path

from dfs.drives import Drive, DriveError, Trouble
from dfs.drives.local import LocalDrive
from dfs.models import DriveAccount


def open_drive(account: DriveAccount) -> Drive:
    """The Drive behind the row; cheap, and safe to use from several threads. Raises: DriveError."""
    if account.kind == DriveAccount.Kind.LOCAL:
        return LocalDrive(Path(account.location), account.uuid)
    if account.kind == DriveAccount.Kind.GOOGLE:
        # Here, because the client library costs 0.7 s and memory that an institute without Google Drives need not pay.
        from dfs.drives.google.opening import open_google

        return open_google(account)
    raise DriveError(Trouble.UNREACHABLE, f"no client for {account.kind} Drives is installed")
