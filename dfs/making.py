"""Making a stripe's objects: sealed data, parity, digests; the next stripe while the one before is on its way.

Nothing here knows of Drives or rows. Sealing, coding and hashing leave the interpreter's lock, so a thread makes one
stripe while others wait for the network with the last.
"""

import hashlib
from collections.abc import Collection
from concurrent.futures import Future, ThreadPoolExecutor, wait
from dataclasses import dataclass
from typing import Protocol

from dfs import stripes
from dfs.layout import HEADER_BYTES
from dfs.placement import Policy
from dfs.planning import Slot, slots
from dfs.sealing import FileSeal, Kind

Sealed = bytes | memoryview
Made = dict[Slot, tuple[list[Sealed], str]]
"""Objects by position: their parts and md5."""


class Source(Protocol):
    """Where sealed data objects come from."""

    def objects(self, chunks: range) -> list[Sealed]:
        """The sealed objects, headers included, of these chunks; valid until the next call but one."""


@dataclass(frozen=True, slots=True)
class Stripe:
    """Which objects: the stripe's number, its chunks, and the policy its parity is for."""

    number: int
    chunks: range
    policy: Policy


class Maker:
    """Makes stripes one after the other, one ahead if told to. For one thread."""

    def __init__(self, seal: FileSeal, source: Source) -> None:
        self._seal, self._source = seal, source
        self._ahead = ThreadPoolExecutor(max_workers=1, thread_name_prefix="dfs-make")
        self._hashing = ThreadPoolExecutor(max_workers=2, thread_name_prefix="dfs-md5")
        self._held: tuple[Stripe, Made] | None = None
        self._coming: tuple[Stripe, Future[Made]] | None = None

    def close(self) -> None:
        """Wait for what is being made; nobody wants it any more."""
        self._ahead.shutdown(wait=True, cancel_futures=True)
        self._hashing.shutdown(wait=True, cancel_futures=True)

    def make(self, stripe: Stripe, wanted: Collection[Slot]) -> Made:
        """The wanted objects, valid until another stripe is made. Raises: what the source raises."""
        coming, self._coming = self._coming, None
        if coming is not None and coming[0] == stripe:
            self._held = (stripe, coming[1].result())
        elif coming is not None and self._holds(stripe, wanted):
            self._coming = coming  # a second try of the stripe before it
        elif coming is not None:
            wait([coming[1]])  # its buffers are about to be used again
        if not self._holds(stripe, wanted):
            self._held = (stripe, self._build(stripe, wanted))
        made = self._held[1] if self._held else {}
        return {slot: made[slot] for slot in wanted}

    def make_ahead(self, stripe: Stripe) -> None:
        """Begin with every object of the stripe that is wanted next; what that raises comes out of `make`."""
        if self._coming is None:
            every = set(slots(stripe.number, stripe.chunks, stripe.policy))
            self._coming = (stripe, self._ahead.submit(self._build, stripe, every))

    def _holds(self, stripe: Stripe, wanted: Collection[Slot]) -> bool:
        return self._held is not None and self._held[0] == stripe and self._held[1].keys() >= set(wanted)

    def _build(self, stripe: Stripe, wanted: Collection[Slot]) -> Made:
        number, chunks, policy = stripe.number, stripe.chunks, stripe.policy
        data = self._source.objects(chunks)
        parts: dict[Slot, list[Sealed]] = {Slot(Kind.DATA, index): [data[at]] for at, index in enumerate(chunks)}
        rows = sorted(slot.row for slot in wanted if slot.kind is Kind.PARITY)
        if rows:
            blocks = stripes.parity([memoryview(block)[HEADER_BYTES:] for block in data], policy.p)
            for row in rows:
                header = self._seal.header(
                    Kind.PARITY, number, payload_bytes=len(blocks[row]), k=policy.k, j=len(chunks), row=row
                )
                parts[Slot(Kind.PARITY, number, row)] = [header, blocks[row]]
        asked = [slot for slot in parts if slot in wanted]
        digests = self._hashing.map(_md5, [parts[slot] for slot in asked])
        return {slot: (parts[slot], digest) for slot, digest in zip(asked, digests, strict=True)}


def _md5(parts: list[Sealed]) -> str:
    digest = hashlib.md5(usedforsecurity=False)
    for part in parts:
        digest.update(part)
    return digest.hexdigest()
