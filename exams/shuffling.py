"""The order in which one student sees questions and options, made of seeds alone, so that it can be made again.

Fisher-Yates, drawing from SHA-256 of the seed and a counter without modulo bias: neither Python's version nor the
machine changes what a printed paper said.
"""

import hashlib
from collections.abc import Iterator, Sequence
from typing import TypeVar

Item = TypeVar("Item")


def shuffled(items: Sequence[Item], *seed: object) -> list[Item]:
    """The items in the order that this seed always gives."""
    mixed, draws = list(items), _draws("\x1f".join(str(part) for part in seed))
    for last in range(len(mixed) - 1, 0, -1):
        place = _below(last + 1, draws)
        mixed[last], mixed[place] = mixed[place], mixed[last]
    return mixed


def _below(limit: int, draws: Iterator[int]) -> int:
    """A number from 0 to limit - 1, each as likely."""
    whole = (2**32 // limit) * limit
    return next(drawn for drawn in draws if drawn < whole) % limit


def _draws(seed: str) -> Iterator[int]:
    counter = 0
    while True:
        block = hashlib.sha256(f"{seed}\x1f{counter}".encode()).digest()
        yield from (int.from_bytes(block[start : start + 4], "big") for start in range(0, 32, 4))
        counter += 1
