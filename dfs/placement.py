"""Which redundancy, and which Drive for which object. Pure.

What counts is owners, not Drives: a person who leaves takes all of hers, so no two objects of a stripe may lie with
the same owner as long as there are owners enough.
"""

import random
import re
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True, order=True)
class Policy:
    """`k` data objects a stripe, `p` parity objects: any `p` owners of a stripe may vanish."""

    k: int
    p: int

    @property
    def owners(self) -> int:
        return self.k + self.p

    @property
    def strength(self) -> tuple[int, int]:
        """What makes one policy better than another: how many owners may vanish, then over how many it lies."""
        return self.p, self.owners

    def __str__(self) -> str:
        return f"{self.k}+{self.p}"


@dataclass(frozen=True, slots=True)
class Candidate:
    """A Drive that may hold an object. `takes_new` is false when it only keeps what it has."""

    account: int
    owner: str
    free_bytes: int
    takes_new: bool = True


def parse_policy(text: str) -> Policy | None:
    """None for `auto`. Raises: ValueError unless `auto` or `k+p` with k from 1 to 16 and p from 1 to 8."""
    if text.strip().lower() == "auto":
        return None
    match = re.fullmatch(r"\s*(\d+)\s*\+\s*(\d+)\s*", text)
    if match and 1 <= int(match[1]) <= 16 and 1 <= int(match[2]) <= 8:
        return Policy(int(match[1]), int(match[2]))
    raise ValueError("DFS_REDUNDANCY is auto or k+p, like 3+2")


def policy_for(owners: int, wanted: Policy | None = None) -> Policy:
    """The best policy that `owners` allow, never above `wanted`. One owner or none: a second copy beside the first."""
    if wanted is not None and owners >= wanted.owners:
        return wanted
    best = Policy(3, 2) if owners >= 5 else Policy(2, 2) if owners == 4 else Policy(1, 1)
    return best if wanted is None or best.owners <= wanted.owners else Policy(1, 1)


def choose(
    holders: Sequence[Collection[int]],
    candidates: Iterable[Candidate],
    size: int,
    *,
    rng: random.Random | None = None,
) -> list[int | None]:
    """An account for each position of a stripe; None where there is none left.

    `holders[i]` are accounts that already hold a good object for position i: as many of these as possible stay
    (a maximum matching), the others go to the owners with the most room. Owners are distinct, unless there is only
    one; then it takes everything.
    """
    known = {candidate.account: candidate for candidate in candidates}
    owners = {candidate.owner for candidate in known.values()}
    if len(owners) == 1:
        return _beside_each_other(holders, list(known.values()), size)
    kept = _matching([{known[a].owner: a for a in sorted(accounts) if a in known} for accounts in holders])
    used = {known[account].owner for account in kept.values()}
    free = [c for c in known.values() if c.takes_new and c.free_bytes >= size and c.owner not in used]
    (rng or random.SystemRandom()).shuffle(free)
    free.sort(key=lambda candidate: candidate.free_bytes)
    chosen: list[int | None] = []
    for position in range(len(holders)):
        if position in kept:
            chosen.append(kept[position])
            continue
        taken = next((c for c in reversed(free) if c.owner not in used), None)
        if taken is not None:
            used.add(taken.owner)
        chosen.append(taken.account if taken else None)
    return chosen


def _beside_each_other(holders: Sequence[Collection[int]], drives: list[Candidate], size: int) -> list[int | None]:
    room = {drive.account: drive.free_bytes if drive.takes_new else 0 for drive in drives}
    chosen: list[int | None] = []
    for accounts in holders:
        held = next((account for account in sorted(accounts) if account in room), None)
        if held is None:
            best = max(room, key=lambda account: room[account])
            held = best if room[best] >= size else None
            if held is not None:
                room[held] -= size
        chosen.append(held)
    return chosen


def _matching(edges: Sequence[dict[str, int]]) -> dict[int, int]:
    """Maximum matching of positions to owners along `edges[position] = {owner: account}`; position → account."""
    owner_of: dict[str, int] = {}

    def settle(position: int, seen: set[str]) -> bool:
        for owner in edges[position]:
            if owner in seen:
                continue
            seen.add(owner)
            if owner not in owner_of or settle(owner_of[owner], seen):
                owner_of[owner] = position
                return True
        return False

    for position in range(len(edges)):
        settle(position, set())
    return {position: edges[position][owner] for owner, position in owner_of.items()}
