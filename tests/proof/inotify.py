"""Counting how often files are opened, by the kernel's own account (Linux). Source: inotify(7)."""

import ctypes
import os
import struct
from collections import Counter
from collections.abc import Iterable
from pathlib import Path

_OPEN = 0x20
_IS_DIRECTORY = 0x40000000
_EVENT = struct.Struct("iIII")


class Opens:
    """How often each file in these folders was opened since the object was made; only there, not below."""

    def __init__(self, folders: Iterable[Path]) -> None:
        libc = ctypes.CDLL(None, use_errno=True)
        self._handle = libc.inotify_init1(os.O_NONBLOCK | os.O_CLOEXEC)
        assert self._handle >= 0
        for folder in folders:
            assert libc.inotify_add_watch(self._handle, os.fsencode(folder), _OPEN) >= 0, ctypes.get_errno()
        self._counts: Counter[str] = Counter()

    def counts(self) -> Counter[str]:
        """By file name."""
        while True:
            try:
                events = os.read(self._handle, 1024 * 1024)
            except BlockingIOError:
                return self._counts
            at = 0
            while at < len(events):
                _watch, mask, _cookie, length = _EVENT.unpack_from(events, at)
                name = events[at + _EVENT.size : at + _EVENT.size + length].rstrip(b"\0").decode()
                at += _EVENT.size + length
                assert not mask & 0x4000, "the kernel's queue overflowed"
                if name and not mask & _IS_DIRECTORY:
                    self._counts[name] += 1

    def close(self) -> None:
        os.close(self._handle)
