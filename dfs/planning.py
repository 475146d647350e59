"""What a stripe wants and what it has: positions, the rows that fill them, the Drives for the rest."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.conf import settings

from dfs.models import Chunk, StoredFile
from dfs.placement import Candidate, Policy, choose, parse_policy, policy_for
from dfs.sealing import Kind


class PlacementShort(Exception):
    """Fewer owners with room than the policy needs."""


@dataclass(frozen=True, slots=True)
class Slot:
    """One position of a stripe under a policy. DATA: `index` is the chunk; PARITY: the stripe, and `row` the row."""

    kind: Kind
    index: int
    row: int = 0

    @property
    def registry_kind(self) -> str:
        return Chunk.Kind.PARITY if self.kind is Kind.PARITY else Chunk.Kind.DATA


def slots(number: int, chunks: range, policy: Policy) -> list[Slot]:
    """The positions of stripe `number`: its data, then parity; a stripe of one chunk has copies instead of parity."""
    data = [Slot(Kind.DATA, index) for index in chunks]
    if len(chunks) == 1:
        return data * (1 + policy.p)
    return data + [Slot(Kind.PARITY, number, row) for row in range(policy.p)]


def object_name(file: StoredFile, slot: Slot) -> str:
    """What an object is called on a Drive: `c1.<file>.<generation>.<d|p><index>.<row>`."""
    letter = "p" if slot.kind is Kind.PARITY else "d"
    return f"c1.{file.uuid}.{file.generation}.{letter}{slot.index}.{slot.row}"


class StripeState:
    """What the registry holds for one stripe, and what a policy still wants of it."""

    def __init__(self, wanted: Sequence[Slot], policy: Policy, rows: Sequence[Chunk]) -> None:
        self.wanted, self.policy = wanted, policy
        self._rows = {slot: [row for row in rows if self._fits(slot, row)] for slot in set(wanted)}

    def _fits(self, slot: Slot, row: Chunk) -> bool:
        if (row.kind, row.index, row.row) != (slot.registry_kind, slot.index, slot.row):
            return False
        return slot.kind is Kind.DATA or row.stripe_k == self.policy.k

    def place(self, candidates: Sequence[Candidate], size: int) -> "Placement":
        """Choose Drives, keeping what is there. Raises: PlacementShort."""
        accounts = choose(self._holders(candidates), candidates, size)
        left = {slot: list(rows) for slot, rows in self._rows.items()}
        kept: list[Chunk] = []
        missing: list[tuple[Slot, int]] = []
        for slot, account in zip(self.wanted, accounts, strict=True):
            row = next((row for row in left[slot] if row.account_id == account), None)
            if row is not None:
                left[slot].remove(row)
                kept.append(row)
            elif account is None:
                raise PlacementShort
            else:
                missing.append((slot, account))
        return Placement(kept, missing, [row for rows in left.values() for row in rows])

    def _holders(self, candidates: Sequence[Candidate]) -> list[set[int]]:
        """Who holds what, by position. Of a single owner each object counts for one position only, or a Drive that
        has one copy would seem to have both."""
        known = {candidate.account for candidate in candidates}
        held = {slot: [row.account_id for row in rows if row.account_id in known] for slot, rows in self._rows.items()}
        if len({candidate.owner for candidate in candidates}) > 1:
            return [set(held[slot]) for slot in self.wanted]
        return [{held[slot].pop(0)} if held[slot] else set() for slot in self.wanted]


@dataclass(frozen=True, slots=True)
class Placement:
    """`kept` rows stay, `missing` positions go to the Drives named, `spare` rows are no longer wanted."""

    kept: list[Chunk]
    missing: list[tuple[Slot, int]]
    spare: list[Chunk]

    @property
    def is_complete(self) -> bool:
        return not self.missing and all(row.state == Chunk.State.VERIFIED for row in self.kept)


def wanted_policy() -> Policy | None:
    """DFS_REDUNDANCY; None for auto."""
    return parse_policy(settings.DFS_REDUNDANCY)


def target_policy(owners: int, current: Policy | None = None) -> Policy:
    """What a file should have: never less than it has as long as the owners for that are there."""
    best = policy_for(owners, wanted_policy())
    if current is not None and current.owners <= owners and current.strength >= best.strength:
        return current
    return best
