"""Which Drives may take objects of a file now, as one run of a job finds it out.

A Drive that failed in this run is not written to again in it. When the trouble is the Drive's own its row says so too,
and then all jobs keep away.
"""

from collections import Counter
from collections.abc import Collection, Iterable
from datetime import timedelta

from django.db.models import F
from django.utils import timezone
from django.utils.translation import gettext_lazy

from dfs import removal
from dfs.drives import DriveError, Trouble
from dfs.jobs import Lease, Waiting
from dfs.models import DriveAccount
from dfs.placement import Candidate

IDS_TAKEN = 3
"""So many ids of one Drive may turn out to be used up in one run."""
NO_ROOM = gettext_lazy("No Drive has room for it. Add a Drive or raise what a Drive lends.")
ASKED_TO_REST = gettext_lazy("The Drives asked to be left alone for a while. It goes on by itself.")
LEAST_WAIT = timedelta(seconds=60)
NO_DRIVE = gettext_lazy("No Drive can be written to. Link one, or bring one back.")

_STATE = {
    Trouble.FULL: DriveAccount.State.FULL,
    Trouble.UNREACHABLE: DriveAccount.State.SUSPECT,
    Trouble.AUTH: DriveAccount.State.NEEDS_REAUTH,
}


class WritableDrives:
    """The Drives' rows and what this run knows beyond them. For one thread.

    `is_alone`: one owner with room is left, and both copies are to lie there.
    """

    def __init__(self, lease: Lease) -> None:
        self._lease = lease
        self.rows: dict[int, DriveAccount] = {}
        self.is_alone = False
        self._shunned: set[int] = set()
        self._ids_taken: Counter[int] = Counter()
        self._has_asked_full = False

    def look(self) -> None:
        """Read the rows anew."""
        self.rows = {account.pk: account for account in DriveAccount.objects.all()}

    def candidates(self, size: int, holders: Collection[int]) -> list[Candidate]:
        """Drives that may hold objects of the file; `holders` do. Those with `size` bytes free take new ones."""
        states = DriveAccount.State
        holding = (states.ACTIVE, states.FULL, states.PAUSED)
        candidates = [
            Candidate(a.pk, a.owner_key, a.free_bytes, takes_new=_takes(a, size))
            for a in self.rows.values()
            if a.state in holding and a.pk not in self._shunned and (a.state == states.ACTIVE or a.pk in holders)
        ]
        if self.is_alone and candidates:
            roomy = max(candidates, key=lambda candidate: candidate.free_bytes).owner
            return [candidate for candidate in candidates if candidate.owner == roomy]
        return candidates

    def owners(self, holders: Collection[int]) -> int:
        """How many owners' Drives may hold objects of the file. Raises: Waiting when there is none."""
        self.look()
        owners = {candidate.owner for candidate in self.candidates(0, holders)}
        if not owners and self.ask_full():
            return self.owners(holders)
        if not owners:
            raise self._nowhere()
        return len(owners)

    def _nowhere(self) -> Waiting:
        """Why there is no Drive to write to, and when to look again."""
        now = timezone.now()
        resting = [a.rests_until - now for a in self.rows.values() if a.is_resting and a.rests_until]
        if resting:
            return Waiting(str(ASKED_TO_REST), max(min(resting), LEAST_WAIT))
        is_full = any(account.state == DriveAccount.State.FULL for account in self.rows.values())
        return Waiting(str(NO_ROOM if is_full else NO_DRIVE))

    def ask_full(self) -> bool:
        """Give Drives that once ran full another try, once a run; whether there are any.

        Room is made on a disk without telling us, and a put finds out. Drives that failed in this very run are out.
        """
        if self._has_asked_full:
            return False
        self._has_asked_full = True
        removal.remove_objects(self._lease.job.file.chunks.all())  # what earlier attempts reserved
        full = DriveAccount.objects.filter(state=DriveAccount.State.FULL, used_bytes__lt=F("cap_bytes"))
        again = full.exclude(pk__in=self._shunned)
        return bool(again.update(state=DriveAccount.State.ACTIVE, state_reason="", checked_at=timezone.now()))

    def reserve(self, account: int, size: int) -> bool:
        """Take `size` bytes of what the Drive lends; False, and never again in this run, when another took them."""
        room = DriveAccount.objects.filter(pk=account).with_room(size)
        if room.update(used_bytes=F("used_bytes") + size):
            return True
        self._shunned.add(account)
        return False

    def blame(self, account: int, error: DriveError) -> None:
        """Set the Drive aside for this run, and in its row when the trouble is the Drive's own.

        An id that cannot be used is no reason to: the position gets another one there, a few times.
        """
        self._ids_taken[account] += error.trouble is Trouble.TAKEN
        if error.trouble is not Trouble.TAKEN or self._ids_taken[account] > IDS_TAKEN:
            self._shunned.add(account)
        self._lease.say("put", str(error), drive=self.rows[account].label, problem=True)
        if error.trouble is Trouble.BUSY:
            rests_until = timezone.now() + timedelta(seconds=error.wait_s)
            DriveAccount.objects.filter(pk=account).update(rests_until=rests_until)
        if state := _STATE.get(error.trouble):
            DriveAccount.objects.filter(pk=account, state=DriveAccount.State.ACTIVE).update(
                state=state, state_reason=str(error)[:300], checked_at=timezone.now()
            )


def lock_in_turn(accounts: Iterable[int]) -> None:
    """Lock these Drives' rows in one order for all workers, or two that fill the same Drives lock each other out."""
    list(DriveAccount.objects.select_for_update().filter(pk__in=set(accounts)).order_by("pk").values_list("pk"))


def _takes(account: DriveAccount, size: int) -> bool:
    is_ready = account.state == DriveAccount.State.ACTIVE and not account.is_resting
    return is_ready and account.free_bytes >= size
