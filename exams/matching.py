"""Which item serves which want, when items fit several. Pure: numbers in, numbers out.

Augmenting paths between wants: as many as possible are served, and an item that was taken stays taken.
"""

from collections import deque
from collections.abc import Collection, Hashable, Mapping, Sequence
from typing import TypeVar

Item = TypeVar("Item", bound=Hashable)


def filled(
    counts: Sequence[int], fitting: Sequence[Sequence[Item]], kept: Collection[Item] = frozenset()
) -> list[list[Item]]:
    """For each want its items: `counts[n]` of `fitting[n]`, or fewer when there is no way; no item twice.

    Earlier items are preferred. Of `kept` as many as can serve do, before any other.
    """
    known = set(kept)
    held: dict[Item, int] = {}
    among_kept = [[item for item in items if item in known] for items in fitting]
    # More than all wants together are never needed of one: the others take away fewer than the rest.
    enough = sum(counts)
    others = [[item for item in items if item not in known][:enough] for items in fitting]
    for offered in (among_kept, [[*own, *more] for own, more in zip(among_kept, others, strict=True)]):
        for want, count in enumerate(counts):
            while _served(held, want) < count and _augment(want, offered, held):
                pass
    return [[item for item in items if held.get(item) == want] for want, items in enumerate(fitting)]


def _served(held: Mapping[Item, int], want: int) -> int:
    return sum(one == want for one in held.values())


def _augment(want: int, offered: Sequence[Sequence[Item]], held: dict[Item, int]) -> bool:
    """One more item for this want, if need be by giving another want another item."""
    came: dict[int, tuple[int, Item]] = {}
    waiting, seen = deque([want]), {want}
    while waiting:
        at = waiting.popleft()
        for item in offered[at]:
            owner = held.get(item)
            if owner is None:
                _hand_on(at, item, came, held)
                return True
            if owner not in seen:
                seen.add(owner)
                came[owner] = (at, item)
                waiting.append(owner)
    return False


def _hand_on(at: int, item: Item, came: Mapping[int, tuple[int, Item]], held: dict[Item, int]) -> None:
    """The free item to the last want of the way, and what each had on the way to the one before it."""
    held[item] = at
    while at in came:
        at, item = came[at]
        held[item] = at
