"""The bytes of an object on their way out: sent from where they lie, never joined."""

from collections.abc import Iterator, Sequence


class Body:
    """Parts as one body of known length that may be read from any place, and again. For requests as `data`."""

    def __init__(self, parts: Sequence[memoryview | bytes], start: int = 0) -> None:
        self._parts = [memoryview(part).cast("B") for part in parts]
        self._start = start

    def __len__(self) -> int:
        return max(0, sum(len(part) for part in self._parts) - self._start)

    def __iter__(self) -> Iterator[memoryview]:
        skip = self._start
        for part in self._parts:
            if skip < len(part):
                yield part[skip:]
            skip = max(0, skip - len(part))

    def rest(self, start: int) -> "Body":
        """What comes after the first `start` bytes."""
        return Body(self._parts, start)
