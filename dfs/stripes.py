"""Parity over the payloads of a stripe: any `j` of `j + p` objects give the rest back. Pure.

Payloads of a stripe may differ in length (the last chunk of a file is short); the code works on payloads filled up
with zeros to the longest, and the caller cuts what it gets back to the length the layout says.

Source: Reed–Solomon over GF(2⁸) by zfec (Rizzo's code). zfec's low-level decoder permutes the caller's sequence in
place, so it is always handed a fresh list.
"""

from collections.abc import Mapping, Sequence

import zfec

Block = bytes | memoryview


def parity(data: Sequence[Block], p: int) -> list[bytes]:
    """`p` parity blocks, each as long as the longest data block. Releases the GIL while it works."""
    if not data or p < 1:
        raise ValueError("parity needs data and at least one row")
    length = max(len(block) for block in data)
    j = len(data)
    blocks = [_filled(block, length) for block in data]
    return list(zfec.Encoder(j, j + p).encode(blocks, list(range(j, j + p))))


def recover(known: Mapping[int, Block], j: int, p: int, length: int, wanted: int) -> bytes:
    """Block `wanted` (0 to j−1 data, j to j+p−1 parity) from any `j` of the others, `length` bytes long each.

    Raises: ValueError when fewer than `j` blocks are known.
    """
    if wanted in known:
        return bytes(_filled(known[wanted], length))
    if len(known) < j:
        raise ValueError(f"{j} blocks are needed, {len(known)} are there")
    numbers = sorted(known)[:j]
    data = zfec.Decoder(j, j + p).decode([_filled(known[n], length) for n in numbers], list(numbers))
    if wanted < j:
        return bytes(data[wanted])
    return bytes(zfec.Encoder(j, j + p).encode([bytes(block) for block in data], [wanted])[0])


def _filled(block: Block, length: int) -> Block:
    return block if len(block) == length else bytes(block) + bytes(length - len(block))
