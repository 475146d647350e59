"""Files without a place on any disk, handed to the sandbox by number."""

import fcntl
import os
from typing import Self

_SEALS = fcntl.F_SEAL_SEAL | fcntl.F_SEAL_SHRINK | fcntl.F_SEAL_GROW | fcntl.F_SEAL_WRITE


def sealed(content: bytes, name: str = "file") -> int:
    """A number of a file with this content that nobody can change any more, to be read from its beginning."""
    number = os.memfd_create(name, os.MFD_CLOEXEC | os.MFD_ALLOW_SEALING)
    try:
        left = memoryview(content)
        while left:
            left = left[os.write(number, left) :]
        os.lseek(number, 0, os.SEEK_SET)
        fcntl.fcntl(number, fcntl.F_ADD_SEALS, _SEALS)
    except OSError:
        os.close(number)
        raise
    return number


class Descriptors:
    """The open numbers of one run; as a context it closes whatever is left."""

    def __init__(self) -> None:
        self._open: set[int] = set()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_error: object) -> None:
        for number in list(self._open):
            self.close(number)

    def keep(self, number: int) -> int:
        """Closes it at the end at the latest."""
        self._open.add(number)
        return number

    def close(self, number: int) -> None:
        """Closes it now; twice does nothing."""
        if number in self._open:
            self._open.discard(number)
            os.close(number)

    def pipe(self) -> tuple[int, int]:
        """The reading and the writing end."""
        reading, writing = os.pipe2(os.O_CLOEXEC)
        return self.keep(reading), self.keep(writing)
