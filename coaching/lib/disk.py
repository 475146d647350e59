"""What is renamed into place stays there when the power fails."""

import os
from pathlib import Path


def sync_folder(folder: Path) -> None:
    """Make names in the folder durable. Source: fsync(2): syncing a file does not sync its directory."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
