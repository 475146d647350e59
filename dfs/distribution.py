"""Laying a file down: sealed objects onto Drives, stripe by stripe, until the registry shows every one verified.

The same code stores a new file (the objects come from the spool), heals one (they come from the Drives) and lays one
down under another policy: look at what is there, choose a Drive for every position, make what is missing, put it,
see that the Drive's size and md5 are ours. Whatever was done stays done, so it may be cut off anywhere.

Two stripes are under way at once: while the slowest object of one is still being sent, the other goes on. Their
objects are all the memory a file takes. Rows are read and written by one thread alone, a stripe at a time.

Order that must not change: the row with the object's id and md5 is committed before the object leaves the process.
Sealing is deterministic, so a second run makes the same bytes, and if it does not, the plaintext was not the same:
then the file gets a new generation and a new key, and nothing sealed before is used again.
"""

import time
from collections.abc import Sequence
from concurrent.futures import FIRST_COMPLETED, wait
from dataclasses import dataclass

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from dfs.drives import DriveError
from dfs.jobs import Lease, SliceOver, Waiting
from dfs.layout import HEADER_BYTES, Layout
from dfs.making import Made, Maker, Source, Stripe
from dfs.models import Chunk
from dfs.placement import Candidate, Policy
from dfs.planning import Placement, PlacementShort, Slot, StripeState, object_name, target_policy
from dfs.sealing import FileSeal, Kind
from dfs.sending import Outcome, Sending
from dfs.writable import NO_ROOM, WritableDrives, lock_in_turn

SLICE_S = 20.0
STRIPES_AT_ONCE = 2
RENEW_S = 30.0
"""The lease is renewed so often while nothing but waiting is done."""
ANY_OWNERS = 1_000


class Chimera(Exception):
    """The same position sealed to other bytes than before: the plaintext changed under us."""


@dataclass(frozen=True, slots=True)
class UnderWay:
    """A stripe whose rows are committed: those that count for it, and what became of those that had to be sent."""

    stripe: Stripe
    rows: list[Chunk]
    outcomes: list[tuple[Chunk, Outcome]]

    @property
    def is_sent(self) -> bool:
        return all(outcome.done() for _row, outcome in self.outcomes)


class Laying:
    """Lays one file down under one policy at a time, on behalf of a lease."""

    def __init__(self, lease: Lease, seal: FileSeal, source: Source) -> None:
        self.lease, self.file, self.layout = lease, lease.job.file, seal.layout
        self._maker, self._sending = Maker(seal, source), Sending()
        self._drives = WritableDrives(lease)
        self._rows = list(self.file.chunks.content().live().filter(generation=self.file.generation))
        self._under_way: list[UnderWay] = []
        self._kept: list[int] = []
        self._total = 0
        self._has_put = False
        self._until = time.monotonic() + SLICE_S

    def run(self) -> tuple[Policy, list[int]]:
        """Lay every stripe; returns the policy and the registry rows that make up the file.

        Raises: Waiting when no Drive has room, SliceOver, LeaseLost, Chimera.
        """
        try:
            return self._run()
        finally:
            self._sending.close()
            self._maker.close()

    def _run(self) -> tuple[Policy, list[int]]:
        ceiling = ANY_OWNERS
        while True:
            owners = min(self._drives.owners(self._holders()), ceiling)
            current = Policy(self.file.k, self.file.p) if self.file.k and self.file.p else None
            policy = target_policy(owners, current)
            try:
                return policy, self._lay_all(policy)
            except PlacementShort:
                ceiling = min(owners, policy.owners) - 1
                self._drives.is_alone = ceiling == 1
                if ceiling < 1:
                    if not self._drives.ask_full():
                        raise Waiting(str(NO_ROOM)) from None
                    ceiling, self._drives.is_alone = ANY_OWNERS, False

    def _holders(self) -> set[int]:
        return {row.account_id for row in self._rows}

    def _lay_all(self, policy: Policy) -> list[int]:
        """What is on its way is seen to its end whatever happens, so that the registry knows of it."""
        try:
            self._lay_each(policy)
        except Exception:
            while self._under_way:
                self._settle(self._under_way[0])
            self._write()
            raise
        finally:
            self._maker.let_all_go()
        return self._kept

    def _lay_each(self, policy: Policy) -> None:
        stripes = [Stripe(number, chunks, policy) for number, chunks in self.layout.each_stripe(policy.k)]
        self._kept, self._total = [], sum(len(stripe.slots) for stripe in stripes)
        for stripe, held in zip(stripes, self._held(stripes), strict=True):
            self._finish_all_but(STRIPES_AT_ONCE - 1)
            if self._has_put and time.monotonic() > self._until:  # never before this slice got something further
                self._finish_all_but(0)
                raise SliceOver
            if not held:
                self._maker.make(stripe, stripe.slots)
            if self._has_one_owner():
                self._finish_all_but(0)  # a stripe's copies are as many as its Drive takes at once
            self._begin(stripe, held)
        self._finish_all_but(0)

    def _held(self, stripes: Sequence[Stripe]) -> list[list[Chunk]]:
        """The rows there are for each of these stripes; parity under another policy is not theirs."""
        by_chunk: dict[int, list[Chunk]] = {}
        by_stripe: dict[int, list[Chunk]] = {}
        for row in self._rows:
            if row.kind == Chunk.Kind.DATA:
                by_chunk.setdefault(row.index, []).append(row)
            elif row.stripe_k == stripes[0].policy.k:
                by_stripe.setdefault(row.index, []).append(row)
        return [
            [row for index in stripe.chunks for row in by_chunk.get(index, [])] + by_stripe.get(stripe.number, [])
            for stripe in stripes
        ]

    def _candidates(self, size: int) -> list[Candidate]:
        return self._drives.candidates(size, self._holders())

    def _has_one_owner(self) -> bool:
        return len({candidate.owner for candidate in self._candidates(0)}) == 1

    def _write(self) -> None:
        """Renew the lease, tell how far it is. Raises: LeaseLost."""
        self.lease.write(objects_done=len(self._kept), objects_total=self._total)

    # --- one stripe ---

    def _begin(self, stripe: Stripe, held: Sequence[Chunk]) -> None:
        """Send what the stripe lacks; when that is nothing, it is done. Raises: PlacementShort, Chimera, LeaseLost."""
        size = HEADER_BYTES + max(self.layout.payload_length(index) for index in stripe.chunks)
        placement = StripeState(stripe.slots, stripe.policy, held).place(self._candidates(size), size)
        if placement.is_complete:
            self._kept += [row.pk for row in placement.kept]
            self._maker.let_go(stripe)
            return
        made = self._maker.make(stripe, _to_be_put(placement))
        rows = self._commit_plan(stripe.policy, placement, made)
        self._has_put = True
        planned = [row for row in rows if row.state == Chunk.State.PLANNED]
        self._under_way.append(UnderWay(stripe, rows, [(row, self._put(row, made)) for row in planned]))

    def _put(self, row: Chunk, made: Made) -> Outcome:
        slot = _slot(row)
        return self._sending.put(row, self._drives.rows[row.account_id], object_name(self.file, slot), made[slot][0])

    def _finish_all_but(self, count: int) -> None:
        """Wait until no more than `count` stripes are under way. What a Drive refused begins anew elsewhere."""
        while len(self._under_way) > count:
            first = self._first_sent()
            self._settle(first)
            self._begin(first.stripe, [row for row in first.rows if row.state in Chunk.LIVE])

    def _first_sent(self) -> UnderWay:
        """The first stripe of which nothing is on its way any more. Raises: LeaseLost."""
        while True:
            for one in self._under_way:
                if one.is_sent:
                    return one
            going = [outcome for one in self._under_way for _row, outcome in one.outcomes if not outcome.done()]
            if going and not wait(going, timeout=RENEW_S, return_when=FIRST_COMPLETED).done:
                self._write()

    def _commit_plan(self, policy: Policy, placement: Placement, made: Made) -> list[Chunk]:
        """Reserve room and commit the rows before any object leaves. Raises: Chimera, LeaseLost."""
        for row in placement.kept:
            if row.state == Chunk.State.PLANNED and row.md5 != made[_slot(row)][1]:
                raise Chimera(f"{row}")
        ids = self._reserve_ids([account for _slot, account in placement.missing])
        rows = list(placement.kept)
        with transaction.atomic():
            self._write()
            lock_in_turn(account for _slot, account in placement.missing)
            stale = [row for row in placement.spare if row.state == Chunk.State.PLANNED]
            for row in stale:
                row.state = Chunk.State.DELETING
            Chunk.objects.filter(pk__in=[row.pk for row in stale]).update(state=Chunk.State.DELETING)
            for (slot, account), object_id in zip(placement.missing, ids, strict=True):
                new = self._new_row(policy, slot, account, object_id, made, rows + placement.spare)
                if new is not None:
                    rows.append(new)
        self._drives.look()
        return rows + [row for row in placement.spare if row.state in Chunk.LIVE]

    def _reserve_ids(self, accounts: Sequence[int]) -> list[str]:
        """One id on each of these Drives; "" where it failed."""
        answers = self._sending.reserve_ids([self._drives.rows[account] for account in accounts])
        for account, answer in zip(accounts, answers, strict=True):
            if isinstance(answer, DriveError):
                self._drives.blame(account, answer)
        return [answer if isinstance(answer, str) else "" for answer in answers]

    def _new_row(
        self, policy: Policy, slot: Slot, account: int, object_id: str, made: Made, rows: Sequence[Chunk]
    ) -> Chunk | None:
        """A PLANNED row with its bytes reserved; None when another job took the room meanwhile."""
        parts, md5 = made[slot]
        size = sum(len(part) for part in parts)
        if not object_id or not self._drives.reserve(account, size):
            return None
        taken = {row.copy for row in rows if _slot(row) == slot and row.state in Chunk.LIVE}
        return Chunk.objects.create(
            file=self.file, generation=self.file.generation, kind=slot.registry_kind, index=slot.index, row=slot.row,
            stripe_k=policy.k if slot.kind is Kind.PARITY else 0, account_id=account, object_id=object_id,
            copy=next(n for n in range(1_000) if n not in taken), size_bytes=size, md5=md5,
        )  # fmt: skip

    def _settle(self, one: UnderWay) -> None:
        """Commit what the Drives answered about a stripe, when all of them have. Raises: LeaseLost."""
        self._under_way.remove(one)
        answers = [(row, outcome.result()) for row, outcome in one.outcomes]
        good = [row for row, error in answers if error is None]
        bad = [(row, error) for row, error in answers if error is not None]
        now = timezone.now()
        for row in good:
            row.state, row.verified_at = Chunk.State.VERIFIED, now
            label = self._drives.rows[row.account_id].label
            self.lease.say("put", f"{self._slot_text(row)}, {row.size_bytes} B", drive=label)
        with transaction.atomic():
            self._write()  # the job's row before its objects', as whoever erases the file takes them
            Chunk.objects.filter(pk__in=[row.pk for row in good]).update(state=Chunk.State.VERIFIED, verified_at=now)
            Chunk.objects.filter(pk__in=[row.pk for row, _error in bad]).update(state=Chunk.State.DELETING)
            if bad:
                self._note_refused(bad)
        self._remember(one.rows)

    def _note_refused(self, bad: Sequence[tuple[Chunk, DriveError]]) -> None:
        lock_in_turn(row.account_id for row, _error in bad)
        for row, error in bad:
            row.state = Chunk.State.DELETING
            self._drives.blame(row.account_id, error)
        self._write()

    def _remember(self, rows: Sequence[Chunk]) -> None:
        """Keep the picture of the registry in step with what a stripe changed."""
        known = {row.pk for row in self._rows}
        self._rows = [row for row in self._rows if row.state in Chunk.LIVE] + [
            row for row in rows if row.pk not in known and row.state in Chunk.LIVE
        ]

    def _slot_text(self, row: Chunk) -> str:
        if row.kind == Chunk.Kind.PARITY:
            return _("parity %(row)s of stripe %(number)s") % {"row": row.row + 1, "number": row.index + 1}
        return _("piece %(number)s of %(total)s") % {"number": row.index + 1, "total": self.layout.chunks}


def _slot(row: Chunk) -> Slot:
    return Slot(Kind.PARITY if row.kind == Chunk.Kind.PARITY else Kind.DATA, row.index, row.row)


def _to_be_put(placement: Placement) -> set[Slot]:
    """Positions whose object has to be there to be sent: new ones, and planned ones of an attempt cut off."""
    planned = {_slot(row) for row in placement.kept if row.state == Chunk.State.PLANNED}
    return planned | {slot for slot, _account in placement.missing}


def data_object(seal: FileSeal, layout: Layout, index: int, plaintext: memoryview, into: memoryview) -> memoryview:
    """Seal one chunk with its header into `into`; returns the object's bytes as a view of it."""
    length = layout.payload_length(index)
    into[:HEADER_BYTES] = seal.header(Kind.DATA, index, payload_bytes=length)
    sealed = seal.seal_chunk(index, plaintext, into[HEADER_BYTES:])
    return into[: HEADER_BYTES + sealed]
