"""Laying a file down: sealed objects onto Drives, stripe by stripe, until the registry shows every one verified.

The same code stores a new file (the objects come from the spool), heals one (they come from the Drives) and lays one
down under another policy: look at what is there, choose a Drive for every position, make what is missing, put it,
see that the Drive's size and md5 are ours. Whatever was done stays done, so it may be cut off anywhere.

Order that must not change: the row with the object's id and md5 is committed before the object leaves the process.
Sealing is deterministic, so a second run makes the same bytes, and if it does not, the plaintext was not the same:
then the file gets a new generation and a new key, and nothing sealed before is used again.
"""

import time
from collections import Counter
from collections.abc import Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

from django.db import transaction
from django.db.models import F
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _l

from dfs import removal
from dfs.drives import DriveError, DriveObject, Trouble
from dfs.drives.opening import open_drive
from dfs.jobs import Lease, SliceOver, Waiting
from dfs.layout import HEADER_BYTES, Layout
from dfs.making import Made, Maker, Sealed, Source, Stripe
from dfs.models import Chunk, DriveAccount
from dfs.placement import Candidate, Policy
from dfs.planning import Placement, PlacementShort, Slot, StripeState, object_name, slots, target_policy
from dfs.sealing import FileSeal, Kind

SLICE_S = 20.0
PUT_TRIES = 3
IDS_TAKEN = 3
"""So many ids of one Drive may turn out to be used up in one run."""
NO_ROOM = _l("No Drive has room for it. Add a Drive or raise what a Drive lends.")
ASKED_TO_REST = _l("The Drives asked to be left alone for a while. It goes on by itself.")
LEAST_WAIT = timedelta(seconds=60)
NO_DRIVE = _l("No Drive can be written to. Link one, or bring one back.")


class Chimera(Exception):
    """The same position sealed to other bytes than before: the plaintext changed under us."""


class Laying:
    """Lays one file down under one policy at a time, on behalf of a lease."""

    def __init__(self, lease: Lease, seal: FileSeal, source: Source) -> None:
        self.lease, self.file, self.layout = lease, lease.job.file, seal.layout
        self._maker = Maker(seal, source)
        self.accounts: dict[int, DriveAccount] = {}
        self._shunned: set[int] = set()
        self._ids_taken: Counter[int] = Counter()
        self._alone = self._has_put = self._has_asked_full = False
        self._rows = list(self.file.chunks.content().live().filter(generation=self.file.generation))
        self._until = time.monotonic() + SLICE_S
        self._pool = ThreadPoolExecutor(max_workers=5, thread_name_prefix="dfs-put")

    def run(self) -> tuple[Policy, list[int]]:
        """Lay every stripe; returns the policy and the registry rows that make up the file.

        Raises: Waiting when no Drive has room, SliceOver, LeaseLost, Chimera.
        """
        try:
            return self._run()
        finally:
            self._pool.shutdown(wait=True, cancel_futures=True)
            self._maker.close()

    def _run(self) -> tuple[Policy, list[int]]:
        ceiling = 1_000
        while True:
            owners = min(self._owners(), ceiling)
            current = Policy(self.file.k, self.file.p) if self.file.k and self.file.p else None
            policy = target_policy(owners, current)
            try:
                return policy, self._lay_all(policy)
            except PlacementShort:
                ceiling = min(owners, policy.owners) - 1
                self._alone = ceiling == 1
                if ceiling < 1:
                    if self._ask_full():
                        ceiling, self._alone = 1_000, False
                        continue
                    raise Waiting(str(NO_ROOM)) from None

    def _owners(self) -> int:
        """Owners whose Drives may hold objects of this file. Raises: Waiting when there is none."""
        self._read_accounts()
        owners = {candidate.owner for candidate in self._candidates(0)}
        if not owners and self._ask_full():
            return self._owners()
        if not owners:
            raise self._nowhere()
        return len(owners)

    def _nowhere(self) -> Waiting:
        """Why there is no Drive to write to, and when to look again."""
        states, now = DriveAccount.State, timezone.now()
        resting = [a.rests_until - now for a in self.accounts.values() if a.is_resting and a.rests_until]
        if resting:
            return Waiting(str(ASKED_TO_REST), max(min(resting), LEAST_WAIT))
        is_full = any(account.state == states.FULL for account in self.accounts.values())
        return Waiting(str(NO_ROOM if is_full else NO_DRIVE))

    def _ask_full(self) -> bool:
        """Give Drives that once ran full another try, once a run; whether there are any.

        Room is made on a disk without telling us, and a put finds out. Drives that failed in this very run are out.
        """
        if self._has_asked_full:
            return False
        self._has_asked_full = True
        removal.remove_objects(self.file.chunks.all())  # what earlier attempts reserved
        full = DriveAccount.objects.filter(state=DriveAccount.State.FULL, used_bytes__lt=F("cap_bytes"))
        again = full.exclude(pk__in=self._shunned)
        return bool(again.update(state=DriveAccount.State.ACTIVE, state_reason="", checked_at=timezone.now()))

    def _read_accounts(self) -> None:
        self.accounts = {account.pk: account for account in DriveAccount.objects.all()}

    def _candidates(self, size: int) -> list[Candidate]:
        states = DriveAccount.State
        holding = (states.ACTIVE, states.FULL, states.PAUSED)
        candidates = [
            Candidate(a.pk, a.owner_key, a.free_bytes, takes_new=self._takes(a, size))
            for a in self.accounts.values()
            if a.state in holding and a.pk not in self._shunned and (a.state == states.ACTIVE or self._holds(a))
        ]
        if self._alone and candidates:  # one owner with room is left: both copies lie there
            roomy = max(candidates, key=lambda candidate: candidate.free_bytes).owner
            return [candidate for candidate in candidates if candidate.owner == roomy]
        return candidates

    @staticmethod
    def _takes(account: DriveAccount, size: int) -> bool:
        is_ready = account.state == DriveAccount.State.ACTIVE and not account.is_resting
        return is_ready and account.free_bytes >= size

    def _holds(self, account: DriveAccount) -> bool:
        return any(row.account_id == account.pk for row in self._rows)

    def _lay_all(self, policy: Policy) -> list[int]:
        stripes_of = list(self.layout.each_stripe(policy.k))
        total = sum(len(slots(number, chunks, policy)) for number, chunks in stripes_of)
        by_chunk, by_stripe = self._by_position(policy)
        kept: list[int] = []
        held = [
            [row for index in chunks for row in by_chunk.get(index, [])] + by_stripe.get(number, [])
            for number, chunks in stripes_of
        ]
        for at, (number, chunks) in enumerate(stripes_of):
            state = StripeState(slots(number, chunks, policy), policy, held[at])
            is_fresh = not held[at] and at + 1 < len(held) and not held[at + 1]
            ahead = Stripe(*stripes_of[at + 1], policy) if is_fresh else None
            done = self._lay_stripe(Stripe(number, chunks, policy), state, ahead)
            kept += [row.pk for row in done]
            self._progress(len(kept), total)
        return kept

    def _by_position(self, policy: Policy) -> tuple[dict[int, list[Chunk]], dict[int, list[Chunk]]]:
        by_chunk: dict[int, list[Chunk]] = {}
        by_stripe: dict[int, list[Chunk]] = {}
        for row in self._rows:
            if row.kind == Chunk.Kind.DATA:
                by_chunk.setdefault(row.index, []).append(row)
            elif row.stripe_k == policy.k:
                by_stripe.setdefault(row.index, []).append(row)
        return by_chunk, by_stripe

    def _progress(self, done: int, total: int) -> None:
        job = self.lease.job
        if done < total and (done, total) != (job.objects_done, job.objects_total):
            self.lease.write(objects_done=done, objects_total=total)
        if self._has_put and time.monotonic() > self._until and done < total:
            raise SliceOver  # never before this slice got something further

    def _lay_stripe(self, stripe: Stripe, state: StripeState, ahead: Stripe | None) -> list[Chunk]:
        """Rows that make up the stripe, all verified. Puts again elsewhere until it is so, or raises.

        The stripe `ahead` is made meanwhile.
        """
        policy = stripe.policy
        size = HEADER_BYTES + max(self.layout.payload_length(index) for index in stripe.chunks)
        while True:
            placement = state.place(self._candidates(size), size)
            if placement.is_complete:
                return placement.kept
            made = self._make(stripe, placement)
            rows = self._commit_plan(policy, placement, made)
            if ahead is not None:
                self._maker.make_ahead(ahead)
            self._put_all(rows, made)
            self._forget(rows)
            live = [row for row in rows if row.state in Chunk.LIVE]
            state = StripeState(state.wanted, policy, live)

    def _forget(self, rows: Sequence[Chunk]) -> None:
        """Keep the picture of the registry in step with what this stripe changed."""
        known = {row.pk for row in self._rows}
        self._rows = [row for row in self._rows if row.state in Chunk.LIVE] + [
            row for row in rows if row.pk not in known and row.state in Chunk.LIVE
        ]

    def _make(self, stripe: Stripe, placement: Placement) -> Made:
        """The objects still to be put: their parts and md5, by position."""
        todo = {slot for slot, _account in placement.missing}
        todo |= {self._slot(row) for row in placement.kept if row.state == Chunk.State.PLANNED}
        return self._maker.make(stripe, todo)

    @staticmethod
    def _slot(row: Chunk) -> Slot:
        return Slot(Kind.PARITY if row.kind == Chunk.Kind.PARITY else Kind.DATA, row.index, row.row)

    def _commit_plan(self, policy: Policy, placement: Placement, made: Made) -> list[Chunk]:
        """Reserve room and commit the rows before any object leaves. Raises: Chimera, LeaseLost."""
        for row in placement.kept:
            if row.state == Chunk.State.PLANNED and row.md5 != made[self._slot(row)][1]:
                raise Chimera(f"{row}")
        ids = self._reserve_ids([account for _slot, account in placement.missing])
        rows = list(placement.kept)
        with transaction.atomic():
            self.lease.write()
            _in_turn(account for _slot, account in placement.missing)
            stale = [row for row in placement.spare if row.state == Chunk.State.PLANNED]
            for row in stale:
                row.state = Chunk.State.DELETING
            Chunk.objects.filter(pk__in=[row.pk for row in stale]).update(state=Chunk.State.DELETING)
            for (slot, account), object_id in zip(placement.missing, ids, strict=True):
                new = self._new_row(policy, slot, account, object_id, made[slot], rows + placement.spare)
                if new is not None:
                    rows.append(new)
        self._read_accounts()
        return rows + [row for row in placement.spare if row.state in Chunk.LIVE]

    def _reserve_ids(self, accounts: Sequence[int]) -> list[str]:
        """One id on each of these Drives, asked for at once; "" where it failed."""

        def reserve(account: int) -> str | DriveError:
            try:
                return open_drive(self.accounts[account]).reserve_ids(1)[0]
            except DriveError as error:
                return error

        answers = list(zip(accounts, self._pool.map(reserve, accounts), strict=True))
        for account, answer in answers:
            if isinstance(answer, DriveError):
                self._blame(account, answer)
        return [answer if isinstance(answer, str) else "" for _account, answer in answers]

    def _new_row(
        self,
        policy: Policy,
        slot: Slot,
        account: int,
        object_id: str,
        made: tuple[list[Sealed], str],
        rows: Sequence[Chunk],
    ) -> Chunk | None:
        """A PLANNED row with its bytes reserved; None when another job took the room meanwhile."""
        parts, md5 = made
        size = sum(len(part) for part in parts)
        room = DriveAccount.objects.filter(pk=account).with_room(size)
        if not object_id or not room.update(used_bytes=F("used_bytes") + size):
            self._shunned.add(account)
            return None
        taken = {row.copy for row in rows if self._slot(row) == slot and row.state in Chunk.LIVE}
        return Chunk.objects.create(
            file=self.file, generation=self.file.generation, kind=slot.registry_kind, index=slot.index, row=slot.row,
            stripe_k=policy.k if slot.kind is Kind.PARITY else 0, account_id=account, object_id=object_id,
            copy=next(n for n in range(1_000) if n not in taken), size_bytes=size, md5=md5,
        )  # fmt: skip

    def _put_all(self, rows: Sequence[Chunk], made: Made) -> None:
        """Put what is planned, several at once, and commit what the Drives confirmed."""
        planned = [row for row in rows if row.state == Chunk.State.PLANNED]
        self._has_put = True
        results = list(self._pool.map(lambda row: self._put(row, made[self._slot(row)][0]), planned))
        now = timezone.now()
        good = [row for row, error in zip(planned, results, strict=True) if error is None]
        bad = [(row, error) for row, error in zip(planned, results, strict=True) if error is not None]
        with transaction.atomic():
            self.lease.write()  # the job's row before its objects', as whoever erases the file takes them
            Chunk.objects.filter(pk__in=[row.pk for row in good]).update(state=Chunk.State.VERIFIED, verified_at=now)
            Chunk.objects.filter(pk__in=[row.pk for row, _error in bad]).update(state=Chunk.State.DELETING)
            _in_turn(row.account_id for row, _error in bad)
            for row in good:
                row.state, row.verified_at = Chunk.State.VERIFIED, now
                self.lease.say(
                    "put", f"{self._slot_text(row)}, {row.size_bytes} B", drive=self.accounts[row.account_id].label
                )
            for row, error in bad:
                row.state = Chunk.State.DELETING
                self._blame(row.account_id, error)
            self.lease.write()

    def _slot_text(self, row: Chunk) -> str:
        if row.kind == Chunk.Kind.PARITY:
            return _("parity %(row)s of stripe %(number)s") % {"row": row.row + 1, "number": row.index + 1}
        return _("piece %(number)s of %(total)s") % {"number": row.index + 1, "total": self.layout.chunks}

    def _put(self, row: Chunk, parts: list[Sealed]) -> DriveError | None:
        """One object, tried a few times; None when the Drive's size and md5 are ours. Runs in a thread: no queries."""
        error = DriveError(Trouble.TRANSIENT, "not tried")
        for attempt in range(PUT_TRIES):
            try:
                drive = open_drive(self.accounts[row.account_id])
                there = drive.put(row.object_id, object_name(self.file, self._slot(row)), list(parts), row.md5)
                if _is_ours(there, row):
                    return None
                drive.delete(row.object_id)
                error = DriveError(Trouble.TRANSIENT, "the Drive kept other bytes than were sent")
            except DriveError as caught:
                error = caught
                if error.trouble is not Trouble.TRANSIENT:
                    return error
            time.sleep(0.2 * 2**attempt)
        return error

    def _blame(self, account: int, error: DriveError) -> None:
        """Set the Drive aside for this run, and in its row when the trouble is the Drive's own.

        An id that cannot be used is no reason to: the position gets another one there, a few times.
        """
        drive = self.accounts[account]
        self._ids_taken[account] += error.trouble is Trouble.TAKEN
        if error.trouble is not Trouble.TAKEN or self._ids_taken[account] > IDS_TAKEN:
            self._shunned.add(account)
        self.lease.say("put", str(error), drive=drive.label, problem=True)
        state = {
            Trouble.FULL: DriveAccount.State.FULL,
            Trouble.UNREACHABLE: DriveAccount.State.SUSPECT,
            Trouble.AUTH: DriveAccount.State.NEEDS_REAUTH,
        }.get(error.trouble)
        if error.trouble is Trouble.BUSY:
            rests_until = timezone.now() + timedelta(seconds=error.wait_s)
            DriveAccount.objects.filter(pk=account).update(rests_until=rests_until)
        if state is not None:
            DriveAccount.objects.filter(pk=account, state=DriveAccount.State.ACTIVE).update(
                state=state, state_reason=str(error)[:300], checked_at=timezone.now()
            )


def _in_turn(accounts: Iterable[int]) -> None:
    """Lock these Drives' rows in one order for all workers, or two that fill the same Drives lock each other out."""
    list(DriveAccount.objects.select_for_update().filter(pk__in=set(accounts)).order_by("pk").values_list("pk"))


def _is_ours(there: DriveObject, row: Chunk) -> bool:
    return (there.size_bytes, there.md5) == (row.size_bytes, row.md5)


def data_object(seal: FileSeal, layout: Layout, index: int, plaintext: memoryview, into: memoryview) -> memoryview:
    """Seal one chunk with its header into `into`; returns the object's bytes as a view of it."""
    length = layout.payload_length(index)
    into[:HEADER_BYTES] = seal.header(Kind.DATA, index, payload_bytes=length)
    sealed = seal.seal_chunk(index, plaintext, into[HEADER_BYTES:])
    return into[: HEADER_BYTES + sealed]
