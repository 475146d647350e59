"""A stored file's key: made at random, kept only wrapped by the master key ring."""

import secrets

from coaching.lib import sealing as ring
from dfs.layout import Layout
from dfs.models import StoredFile
from dfs.sealing import KEY_BYTES, FileSeal

PURPOSE = "dfs-file-key"


class KeyDestroyed(Exception):
    """The file was erased: nothing can open it any more."""


def wrap_new_key(file: StoredFile) -> None:
    """Give this generation of the file a key nobody has seen. The caller saves the row."""
    file.wrapped_key = ring.ring().seal(PURPOSE, secrets.token_bytes(KEY_BYTES), context=file_context(file))


def file_seal(file: StoredFile) -> FileSeal:
    """What seals and opens this file. Raises: KeyDestroyed, coaching.lib.sealing.SealBroken."""
    if file.wrapped_key is None:
        raise KeyDestroyed(str(file.uuid))
    key = ring.ring().open(PURPOSE, bytes(file.wrapped_key), context=file_context(file))
    return FileSeal(key, file.uuid, file.generation, file_layout(file))


def file_layout(file: StoredFile) -> Layout:
    return Layout(file.size_bytes, file.chunk_bytes, file.segment_bytes)


def file_context(file: StoredFile) -> bytes:
    return file.uuid.bytes + file.generation.to_bytes(4, "big")
