"""Rows of the file store. Their states are the truth about every upload, object and Drive."""

from dfs.models.care import Orphan, Snapshot, SnapshotCopy
from dfs.models.chunks import Chunk
from dfs.models.drives import DriveAccount
from dfs.models.files import TRASH_KEPT, UPLOAD_KEPT, StoredFile, Upload
from dfs.models.jobs import Job, JobLine, VerifyRun

__all__ = [
    "TRASH_KEPT",
    "UPLOAD_KEPT",
    "Chunk",
    "DriveAccount",
    "Job",
    "JobLine",
    "Orphan",
    "Snapshot",
    "SnapshotCopy",
    "StoredFile",
    "Upload",
    "VerifyRun",
]
