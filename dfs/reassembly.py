"""Reading a stored file: fetch sealed objects, rebuild what is missing, open segment by segment.

A healthy read touches one object per chunk. An object that is missing or whose tags fail is rebuilt from its stripe,
noted in the registry and queued for healing; the reader notices nothing. Where too much is gone, `FileDamaged` is
raised: never wrong bytes.

`open_file` reads everything from the database once; what it returns can be read from any thread without a query.
"""

import hashlib
import logging
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from functools import partial

from django.utils import timezone

from coaching.lib.errors import Unavailable
from dfs import deadlines, hedging, jobs, stripes
from dfs.cache import object_cache
from dfs.drives import NOT_NOW, DriveError, Trouble
from dfs.drives.opening import open_drive
from dfs.keys import KeyDestroyed, file_seal
from dfs.layout import HEADER_BYTES, TAG_BYTES, Layout, cut, steps
from dfs.models import Chunk, DriveAccount, Job, StoredFile
from dfs.sealing import FileSeal, Kind, SealBroken

log = logging.getLogger("dfs.reassembly")


class FileDamaged(Unavailable):
    """Too many objects of a stripe are gone: these bytes cannot be had now."""

    code = "file_damaged"


@dataclass(frozen=True, slots=True)
class Replica:
    """One verified object in the registry, and the Drive it lies on."""

    pk: int
    account: DriveAccount
    object_id: str
    size_bytes: int
    md5: str


@dataclass
class OpenFile:
    """A stored file as the registry describes it. `damage` gathers (registry row, new state) while it is read."""

    file: StoredFile
    seal: FileSeal
    data: dict[int, list[Replica]]
    parity: dict[int, dict[int, Replica]]
    damage: dict[int, str] = field(default_factory=dict)
    silent: set[int] = field(default_factory=set)
    resting: set[int] = field(default_factory=set)  # told us not to ask now, which is nothing against them
    told: set[int] = field(default_factory=set)  # of the silent ones, those that were reported
    reporting: threading.Lock = field(default_factory=threading.Lock, repr=False)

    @property
    def layout(self) -> Layout:
        return self.seal.layout

    @property
    def has_news(self) -> bool:
        """Whether reading found something wrong that `report_damage` has not written down."""
        return bool(self.damage or self.silent - self.told)

    @property
    def rows(self) -> set[int]:
        """The registry rows it is read from."""
        held = [*self.data.values(), *(list(stripe.values()) for stripe in self.parity.values())]
        return {replica.pk for replicas in held for replica in replicas}

    def drive(self, index: int) -> int:
        """The Drive that is asked first for a data object, 0 where it has to be rebuilt."""
        return next((replica.account.pk for replica in self.data.get(index, ())), 0)

    def key(self, index: int) -> str:
        """The cache's name for a data object."""
        return f"{self.file.uuid}-{self.file.generation}-{index}"

    # --- whole objects ---

    def fetch(self, index: int, *, check: bool = False) -> bytes:
        """The sealed data object of chunk `index`, from a Drive or rebuilt; with `check` its tags are proved first.

        Raises: FileDamaged.
        """
        return self._fetch(index, self.data.get(index, []), check)

    def _fetch(self, index: int, replicas: list[Replica], check: bool) -> bytes:
        """From the first of these copies, else from the others or rebuilt; sooner so when its Drive is slow."""
        if not replicas:
            return self._rebuild(index)
        first = partial(self._get_opened, index, replicas[0], check)
        around = partial(self._fetch, index, replicas[1:], check)
        if len(replicas) > 1 or index // (self.file.k or 1) in self.parity:
            return hedging.soonest(replicas[0].account.pk, first, around)
        return first() or around()

    def _get_opened(self, index: int, replica: Replica, check: bool) -> bytes | None:
        sealed = self._get(replica)
        if sealed is None or not check or self._opens(index, sealed):
            return sealed
        self.damage[replica.pk] = Chunk.State.CORRUPT
        return None

    def fetch_exact(self, index: int) -> bytes:
        """The sealed data object, byte for byte what the registry's digest says. Raises: FileDamaged."""
        for replica in self.data.get(index, ()):
            sealed = self._get_exact(replica)
            if sealed is not None:
                return sealed
        return self._rebuild(index)

    def _get(self, replica: Replica, start: int = 0, end: int | None = None) -> bytes | None:
        """Bytes of an object, None when its Drive does not give them; the reason is noted."""
        if replica.account.pk in self.silent | self.resting:
            return None
        size_bytes = (replica.size_bytes if end is None else end) - start

        def read() -> bytes:
            return open_drive(replica.account).get(replica.object_id, start, end)

        try:
            found = deadlines.read(replica.account, read, size_bytes=size_bytes)
        except DriveError as error:
            log.warning("object %s on %s: %s", replica.pk, replica.account, error)
            if error.trouble is Trouble.MISSING:
                self.damage[replica.pk] = Chunk.State.MISSING
            else:
                (self.resting if error.trouble in NOT_NOW else self.silent).add(replica.account.pk)
            return None
        if len(found) != size_bytes:
            self.damage[replica.pk] = Chunk.State.CORRUPT
            return None
        return found

    def _get_exact(self, replica: Replica) -> bytes | None:
        found = self._get(replica)
        if found is not None and hashlib.md5(found, usedforsecurity=False).hexdigest() != replica.md5:
            self.damage[replica.pk] = Chunk.State.CORRUPT
            return None
        return found

    def _opens(self, index: int, sealed: bytes) -> bool:
        try:
            header = self.seal.check_header(sealed)
            self.seal.open_chunk(index, memoryview(sealed)[HEADER_BYTES:])
        except SealBroken:
            return False
        return (header.kind, header.index) == (Kind.DATA, index)

    def _rebuild(self, index: int) -> bytes:
        """The object from any j others of its stripe, proved by its tags."""
        k, p = self.file.k or 1, self.file.p or 0
        number = index // k
        chunks = self.layout.stripe(number, k)
        known = self._siblings(number, chunks, index)
        length = max(self.layout.payload_length(chunk) for chunk in chunks)
        try:
            block = stripes.recover(known, len(chunks), p, length, index - chunks[0])
        except ValueError:
            raise FileDamaged("Too many pieces of this file are missing.") from None
        payload = block[: self.layout.payload_length(index)]
        sealed = self.seal.header(Kind.DATA, index, payload_bytes=len(payload)) + payload
        if not self._opens(index, sealed):
            raise FileDamaged("A piece of this file could not be rebuilt.")
        return sealed

    def _siblings(self, number: int, chunks: range, index: int) -> dict[int, bytes]:
        """Payloads of the stripe by position, as many as are needed and can be had, several fetched at once."""
        j = len(chunks)
        sources: list[tuple[int, list[Replica]]] = [
            (chunk - chunks[0], self.data.get(chunk, [])) for chunk in chunks if chunk != index
        ]
        sources += [(j + row, [replica]) for row, replica in sorted(self.parity.get(number, {}).items())]
        known: dict[int, bytes] = {}
        with ThreadPoolExecutor(max_workers=max(1, min(j, 4))) as pool:
            while sources and len(known) < j:
                wanted, sources = sources[: j - len(known)], sources[j - len(known) :]
                for (position, _replicas), sealed in zip(wanted, pool.map(self._first_exact, wanted), strict=True):
                    if sealed is not None:
                        known[position] = sealed[HEADER_BYTES:]
        return known

    def _first_exact(self, source: tuple[int, list[Replica]]) -> bytes | None:
        return next(filter(None, (self._get_exact(replica) for replica in source[1])), None)

    # --- segments ---

    def keep(self, index: int, *, check: bool = False) -> bytes | None:
        """See that the cache holds the object; returns it when the cache has no room. Raises: FileDamaged."""
        cache, key = object_cache(), self.key(index)
        if not check and cache.has(key):
            return None
        with cache.lock(key):
            if check:
                cache.drop(key)
            elif cache.has(key):
                return None
            sealed = self.fetch(index, check=check)
            return None if cache.put(key, sealed) else sealed

    def open_cached(self, first: int, last: int, held: bytes | None) -> list[bytes] | None:
        """Plaintexts of segments `first` to `last` of one chunk, from `held` or the cache; None when not there.

        Raises: SealBroken.
        """
        index = self.layout.chunk_of(first)
        start, end = self.layout.payload_span(first, last)
        if held is not None:
            return self._open_span(first, last, held[HEADER_BYTES + start : HEADER_BYTES + end])
        sealed = object_cache().read(self.key(index), HEADER_BYTES + start, HEADER_BYTES + end)
        return None if sealed is None else self._open_span(first, last, sealed)

    def open_far(self, first: int, last: int) -> list[bytes] | None:
        """The same straight from a Drive, without fetching the whole object; None when that does not work out soon."""
        index = self.layout.chunk_of(first)
        start, end = self.layout.payload_span(first, last)
        for replica in self.data.get(index, ())[:1]:
            ask = partial(self._get, replica, HEADER_BYTES + start, HEADER_BYTES + end)
            sealed = hedging.in_time(replica.account.pk, ask)
            if sealed is not None:
                try:
                    return self._open_span(first, last, sealed)
                except SealBroken:
                    return None
        return None

    def _open_span(self, first: int, last: int, sealed: bytes) -> list[bytes]:
        """Segment by segment: joining them would cost more than opening them."""
        view, step = memoryview(sealed), self.layout.segment_bytes + TAG_BYTES
        return [
            self.seal.open_segment(segment, view[at * step : (at + 1) * step])
            for at, segment in enumerate(range(first, last + 1))
        ]


def open_file(file: StoredFile) -> OpenFile:
    """Everything needed to read the file, in one query.

    Raises: dfs.keys.KeyDestroyed, coaching.lib.sealing.SealBroken.
    """
    rows = file.chunks.content().readable().filter(generation=file.generation).select_related("account")
    data: dict[int, list[Replica]] = {}
    parity: dict[int, dict[int, Replica]] = {}
    order = (DriveAccount.State.ACTIVE, DriveAccount.State.FULL, DriveAccount.State.PAUSED, DriveAccount.State.DRAINING)
    for row in sorted(rows, key=lambda row: (row.account.state not in order, row.copy)):
        replica = Replica(row.pk, row.account, row.object_id, row.size_bytes, row.md5)
        if row.kind == Chunk.Kind.DATA:
            data.setdefault(row.index, []).append(replica)
        elif row.stripe_k == file.k:
            parity.setdefault(row.index, {}).setdefault(row.row, replica)
    return OpenFile(file, file_seal(file), data, parity)


def reopen(opened: OpenFile) -> OpenFile | None:
    """The file as it lies now, for a reader whose pieces were moved by healing; None when it lies nowhere new."""
    report_damage(opened)
    file = StoredFile.objects.get(pk=opened.file.pk)
    try:
        again = open_file(file)
    except KeyDestroyed:
        return None
    return again if again.rows - opened.rows else None


def report_damage(opened: OpenFile) -> None:
    """Write what reading found wrong into the registry and queue the healing. Once per finding."""
    with opened.reporting:
        found = {pk: opened.damage.pop(pk) for pk in list(opened.damage)}
        silent = opened.silent - opened.told
        opened.told |= silent
    verified = Chunk.objects.filter(state=Chunk.State.VERIFIED)
    changed = sum(verified.filter(pk=pk).update(state=state) for pk, state in found.items())
    if changed and opened.file.state == StoredFile.State.STORED:
        log.warning("file %s: %d objects missing or damaged, healing queued", opened.file.uuid, changed)
        jobs.enqueue(opened.file, Job.Kind.REPAIR)
    if silent:
        DriveAccount.objects.filter(pk__in=silent, state=DriveAccount.State.ACTIVE).update(
            state=DriveAccount.State.SUSPECT, state_reason="It did not answer a reader.", checked_at=timezone.now()
        )


def read(opened: OpenFile, start: int, end: int) -> Iterator[bytes]:
    """Plaintext of [start, end) in blocks, the next object fetched ahead. For commands and workers.

    Raises: FileDamaged.
    """
    while True:
        try:
            for block in _read(opened, start, end):
                yield block
                start += len(block)
            return
        except FileDamaged:
            again = reopen(opened)
            if again is None:
                raise
            opened = again


def _read(opened: OpenFile, start: int, end: int) -> Iterator[bytes]:
    layout = opened.layout
    indexes = sorted({layout.chunk_of(segment) for segment in layout.covering(start, end)})
    try:
        with ThreadPoolExecutor(max_workers=1) as ahead:
            coming = ahead.submit(opened.fetch, indexes[0]) if indexes else None
            for at, index in enumerate(indexes):
                sealed = coming.result() if coming else b""
                coming = ahead.submit(opened.fetch, indexes[at + 1]) if at + 1 < len(indexes) else None
                low = max(start, index * layout.chunk_bytes)
                high = min(end, index * layout.chunk_bytes + layout.chunk_length(index))
                yield from _blocks(opened, index, sealed, low, high)
    finally:
        report_damage(opened)


def _blocks(opened: OpenFile, index: int, sealed: bytes, start: int, end: int) -> Iterator[bytes]:
    for first, last in steps(opened.layout, start, end):
        try:
            plain = opened.open_cached(first, last, sealed)
        except SealBroken:
            sealed = opened.fetch(index, check=True)
            plain = opened.open_cached(first, last, sealed)
        yield from cut(opened.layout, first, plain or [], start, end)
