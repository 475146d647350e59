"""Where each byte of a file lies: segments, chunks and stripes. Pure arithmetic, in bytes.

A file of `size` bytes is cut into chunks of `chunk_bytes`, a chunk into segments of `segment_bytes`; each segment is
sealed by itself and grows by a 16-byte tag. An empty file has one chunk with one empty segment, so that even
emptiness is authenticated. `k` chunks in a row make a stripe; the last one may be shorter.
"""

from collections.abc import Iterator
from dataclasses import dataclass

TAG_BYTES = 16
HEADER_BYTES = 96
SEGMENT_BYTES = 256 * 1024
BLOCK_SEGMENTS = 4  # 1 MiB of plaintext a step


@dataclass(frozen=True, slots=True)
class Layout:
    """The shape of one file. Raises: ValueError when a chunk is not a whole number of segments."""

    size: int
    chunk_bytes: int
    segment_bytes: int = SEGMENT_BYTES

    def __post_init__(self) -> None:
        if self.size < 0 or self.segment_bytes < 1 or self.chunk_bytes < 1 or self.chunk_bytes % self.segment_bytes:
            raise ValueError("a chunk is a whole, positive number of segments")

    @property
    def chunks(self) -> int:
        return max(1, -(-self.size // self.chunk_bytes))

    @property
    def segments(self) -> int:
        return max(1, -(-self.size // self.segment_bytes))

    @property
    def segments_per_chunk(self) -> int:
        return self.chunk_bytes // self.segment_bytes

    def chunk_length(self, index: int) -> int:
        """Plaintext bytes of chunk `index`."""
        self._check(index)
        return min(self.chunk_bytes, self.size - index * self.chunk_bytes)

    def segments_in(self, index: int) -> range:
        """Global segment numbers of chunk `index`."""
        self._check(index)
        first = index * self.segments_per_chunk
        return range(first, min(first + self.segments_per_chunk, self.segments))

    def payload_length(self, index: int) -> int:
        """Sealed bytes of chunk `index`, without the object's header."""
        return self.chunk_length(index) + TAG_BYTES * len(self.segments_in(index))

    def segment_length(self, segment: int) -> int:
        """Plaintext bytes of global segment `segment`."""
        if not 0 <= segment < self.segments:
            raise ValueError(f"no segment {segment}")
        return min(self.segment_bytes, self.size - segment * self.segment_bytes)

    def is_last(self, segment: int) -> bool:
        return segment == self.segments - 1

    def chunk_of(self, segment: int) -> int:
        return segment // self.segments_per_chunk

    def payload_span(self, first: int, last: int) -> tuple[int, int]:
        """Where segments `first` to `last` of one chunk lie in its payload: [start, end)."""
        base = self.chunk_of(first) * self.segments_per_chunk
        sealed = self.segment_bytes + TAG_BYTES
        return (first - base) * sealed, (last - base) * sealed + self.segment_length(last) + TAG_BYTES

    def covering(self, start: int, end: int) -> range:
        """Global segments that hold bytes [start, end) of the file; one segment even for nothing of an empty file."""
        if not 0 <= start <= end <= self.size:
            raise ValueError("range outside the file")
        if start == end:
            return range(1) if self.size == 0 else range(0)
        return range(start // self.segment_bytes, (end - 1) // self.segment_bytes + 1)

    def stripes(self, k: int) -> int:
        return -(-self.chunks // k)

    def stripe(self, number: int, k: int) -> range:
        """Chunk numbers of stripe `number` under `k` data objects a stripe."""
        if not 0 <= number < self.stripes(k):
            raise ValueError(f"no stripe {number}")
        return range(number * k, min((number + 1) * k, self.chunks))

    def each_stripe(self, k: int) -> Iterator[tuple[int, range]]:
        for number in range(self.stripes(k)):
            yield number, self.stripe(number, k)

    def _check(self, index: int) -> None:
        if not 0 <= index < self.chunks:
            raise ValueError(f"no chunk {index}")


def steps(layout: Layout, start: int, end: int) -> Iterator[tuple[int, int]]:
    """Segment spans [first, last] that cover bytes [start, end), none crossing a chunk, BLOCK_SEGMENTS at most."""
    segments = layout.covering(start, end)
    first = segments.start
    while first < segments.stop:
        chunk_end = (layout.chunk_of(first) + 1) * layout.segments_per_chunk
        last = min(first + BLOCK_SEGMENTS, segments.stop, chunk_end) - 1
        yield first, last
        first = last + 1


def cut(layout: Layout, first: int, plain: list[bytes], start: int, end: int) -> Iterator[bytes]:
    """The opened segments from `first` on, without what lies outside [start, end)."""
    for base, block in enumerate(plain, first):
        at = base * layout.segment_bytes
        yield block if start <= at and at + len(block) <= end else block[max(0, start - at) : end - at]
