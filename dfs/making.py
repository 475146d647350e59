"""Making a stripe's objects: sealed data, parity, digests. Nothing here knows of Drives or rows."""

import hashlib
from collections.abc import Collection, Sequence
from concurrent.futures import ThreadPoolExecutor
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
        """The sealed objects, headers included, of these chunks; they stay as they are until taken back."""

    def take_back(self, objects: Sequence[Sealed]) -> None:
        """Nobody needs these any more: their memory may be used for others."""


@dataclass(frozen=True, slots=True)
class Stripe:
    """Which objects: the stripe's number, its chunks, and the policy its parity is for."""

    number: int
    chunks: range
    policy: Policy

    @property
    def slots(self) -> list[Slot]:
        return slots(self.number, self.chunks, self.policy)


class Maker:
    """Makes stripes and holds them until they are let go. For one thread."""

    def __init__(self, seal: FileSeal, source: Source) -> None:
        self._seal, self._source = seal, source
        self._hashing = ThreadPoolExecutor(max_workers=5, thread_name_prefix="dfs-md5")
        self._held: dict[Stripe, tuple[Made, list[Sealed]]] = {}

    def close(self) -> None:
        self._hashing.shutdown(wait=True, cancel_futures=True)

    def make(self, stripe: Stripe, wanted: Collection[Slot]) -> Made:
        """The wanted objects, as they are until the stripe is let go. Raises: what the source raises."""
        held = self._held.get(stripe)
        if held is None or not held[0].keys() >= set(wanted):
            self.let_go(stripe)
            data = self._source.objects(stripe.chunks)
            held = self._held[stripe] = self._build(stripe, wanted, data), data
        return {slot: held[0][slot] for slot in wanted}

    def let_go(self, stripe: Stripe) -> None:
        """Nothing of the stripe is on its way or wanted any more."""
        _made, data = self._held.pop(stripe, ({}, []))
        self._source.take_back(data)

    def let_all_go(self) -> None:
        for stripe in list(self._held):
            self.let_go(stripe)

    def _build(self, stripe: Stripe, wanted: Collection[Slot], data: list[Sealed]) -> Made:
        """The digests of the data are taken, in other threads, while this one makes the parity."""
        parts: dict[Slot, list[Sealed]] = {
            slot: [block]
            for index, block in zip(stripe.chunks, data, strict=True)
            if (slot := Slot(Kind.DATA, index)) in wanted
        }
        digests = {slot: self._hashing.submit(_md5, parts[slot]) for slot in parts}
        for slot, block in self._parity(stripe, wanted, data):
            parts[slot] = block
            digests[slot] = self._hashing.submit(_md5, block)
        return {slot: (parts[slot], digests[slot].result()) for slot in parts}

    def _parity(self, stripe: Stripe, wanted: Collection[Slot], data: list[Sealed]) -> list[tuple[Slot, list[Sealed]]]:
        """The wanted parity objects, header and block."""
        rows = sorted(slot.row for slot in wanted if slot.kind is Kind.PARITY)
        if not rows:
            return []
        k, j = stripe.policy.k, len(data)
        blocks = stripes.parity([memoryview(block)[HEADER_BYTES:] for block in data], stripe.policy.p)
        made: list[tuple[Slot, list[Sealed]]] = []
        for row in rows:
            length = len(blocks[row])
            header = self._seal.header(Kind.PARITY, stripe.number, payload_bytes=length, k=k, j=j, row=row)
            made.append((Slot(Kind.PARITY, stripe.number, row), [header, blocks[row]]))
        return made


def _md5(parts: list[Sealed]) -> str:
    digest = hashlib.md5(usedforsecurity=False)
    for part in parts:
        digest.update(part)
    return digest.hexdigest()
