"""Keeping files whole: comparing the registry with the Drives, healing what is missing, rising when owners return.

The sealed data objects stay what they are for ever; healing copies or rebuilds them byte for byte, and makes new
parity under the best policy the owners allow.
"""

import logging
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field

from django.conf import settings
from django.db import IntegrityError, transaction
from django.db.models import Sum
from django.utils import timezone
from django.utils.translation import gettext as _

from dfs import jobs, manifests, removal, snapshots
from dfs.distribution import Laying
from dfs.drives import NOT_NOW, DriveError, DriveObject, DriveQuota, Trouble, stat_if_there
from dfs.drives.opening import open_drive
from dfs.jobs import Lease, Waiting
from dfs.keys import file_layout, file_seal
from dfs.layout import Layout
from dfs.making import Sealed
from dfs.models import Chunk, DriveAccount, Job, StoredFile
from dfs.placement import Policy
from dfs.planning import target_policy
from dfs.reassembly import FileDamaged, OpenFile, open_file, report_damage

log = logging.getLogger("dfs.repair")
TELL_EVERY_FILES = 50
LEAST_FREE_BYTES = 1024**3
HELD = (Chunk.State.VERIFIED, Chunk.State.MISSING, Chunk.State.CORRUPT)


class StoredSource:
    """Sealed objects as they were first made: copied from a Drive or rebuilt, proved by the registry's digest."""

    def __init__(self, opened: OpenFile) -> None:
        self._opened = opened

    def objects(self, chunks: range) -> list[Sealed]:
        """Raises: FileDamaged."""
        with ThreadPoolExecutor(max_workers=min(4, len(chunks))) as pool:
            return list(pool.map(self._opened.fetch_exact, chunks))

    def take_back(self, objects: Sequence[Sealed]) -> None:
        """Nothing to do: each object has memory of its own."""


def heal_file(lease: Lease) -> None:
    """The REPAIR job: lay the file down again from what is left of it. Raises: Waiting when too much is gone."""
    file = lease.job.file
    if file.state != StoredFile.State.STORED:
        lease.end(Job.State.COMPLETE)
        return
    is_found = True
    while is_found:  # what the copying itself finds damaged is laid down again in the same run
        opened = open_file(file)
        try:
            policy, rows = Laying(lease, file_seal(file), StoredSource(opened)).run()
        except FileDamaged as damaged:
            raise Waiting(_("Too many pieces are gone to heal it. Bring a lost Drive back.")) from damaged
        finally:
            is_found = bool(opened.damage)
            report_damage(opened)
    with transaction.atomic():
        lease.say("done", _("Healed as %(policy)s") % {"policy": policy})
        lease.end(Job.State.COMPLETE, objects_done=len(rows), objects_total=len(rows))
        now = timezone.now()
        StoredFile.objects.filter(pk=file.pk).update(k=policy.k, p=policy.p, verified_at=now, manifest_due_at=now)
        file.chunks.content().exclude(pk__in=rows).update(state=Chunk.State.DELETING)
        manifests.wake(file.pk)
    removal.remove_objects(file.chunks.all())


# --- Drives -----------------------------------------------------------------------------------------------------------


def check_drive(account: DriveAccount) -> DriveAccount:
    """Ask the Drive whether it is there; its row says so afterwards. A Drive that came back counts at once.

    A local folder without its marker is LOST on the spot: nobody else can tell better. What was lent and paused stays
    paused, what is moving out stays so.
    """
    states = DriveAccount.State
    state, reason = account.state, ""
    try:
        quota = open_drive(account).check()
    except DriveError as error:
        state, reason = _state_after(account, error), str(error)
    else:
        _note_room(account, quota)
        if account.state in (states.SUSPECT, states.LOST, states.NEEDS_REAUTH):
            state = account.asked_state
        elif account.state in (states.FULL, states.ACTIVE):
            is_full = account.free_bytes <= 0 or (account.state == states.FULL and _is_brimful(quota))
            state = states.FULL if is_full else states.ACTIVE
    now = timezone.now()
    asked = DriveAccount.objects.filter(pk=account.pk, state=account.state)  # not what an admin said meanwhile
    if not asked.update(state=state, state_reason=reason[:300], checked_at=now):
        return DriveAccount.objects.filter(pk=account.pk).first() or account
    returned = account.state != states.ACTIVE and state == states.ACTIVE
    account.state, account.state_reason, account.checked_at = state, reason[:300], now
    if returned:
        jobs.hurry_waiting()
    return account


def _note_room(account: DriveAccount, quota: DriveQuota) -> None:
    """What an owner's storage elsewhere still holds for us: never the last tenth of it, and never his last GiB.

    What lies there already is not counted against us twice; a folder's disk is not asked, a full one says so itself.
    """
    if account.kind == DriveAccount.Kind.LOCAL or quota.limit_bytes is None:
        return
    kept_free = max(LEAST_FREE_BYTES, quota.limit_bytes // 10)
    stored = account.chunks.filter(state__in=HELD).aggregate(total=Sum("size_bytes"))["total"] or 0
    account.ceiling_bytes = max(0, stored + quota.limit_bytes - quota.used_bytes - kept_free)
    DriveAccount.objects.filter(pk=account.pk).update(ceiling_bytes=account.ceiling_bytes)


def _is_brimful(quota: DriveQuota) -> bool:
    """Whether the disk or storage underneath would refuse the next piece, whatever was lent of it."""
    return quota.limit_bytes is not None and quota.limit_bytes - quota.used_bytes < settings.DFS_CHUNK_BYTES


def _state_after(account: DriveAccount, error: DriveError) -> str:
    states = DriveAccount.State
    if error.trouble is Trouble.AUTH:
        return states.NEEDS_REAUTH
    if error.trouble in NOT_NOW:  # it is there; it may not be asked now
        return account.state
    if error.trouble is Trouble.UNREACHABLE and account.kind == DriveAccount.Kind.LOCAL:
        return states.LOST
    return states.SUSPECT if account.state not in (states.LOST, states.NEEDS_REAUTH) else account.state


def check_drives() -> list[DriveAccount]:
    """Every Drive, asked."""
    return [check_drive(account) for account in DriveAccount.objects.all()]


# --- Verifying --------------------------------------------------------------------------------------------------------


@dataclass
class Findings:
    """What a comparison found. `objects` were looked at; the others count rows or files."""

    objects: int = 0
    missing: int = 0
    corrupt: int = 0
    silent_drives: list[str] = field(default_factory=list)
    degraded: list[StoredFile] = field(default_factory=list)
    lost: list[StoredFile] = field(default_factory=list)
    reduced: list[StoredFile] = field(default_factory=list)

    @property
    def is_clean(self) -> bool:
        return not (self.missing or self.corrupt or self.silent_drives or self.degraded or self.lost)


def verify(
    *, deep: bool = False, files: Iterable[StoredFile] | None = None, tell: Callable[[Findings], None] | None = None
) -> Findings:
    """Compare the registry with what the Drives say they hold (ids, sizes, digests), then judge every file.

    `deep` also fetches every data object and proves its tags. Rows are marked MISSING or CORRUPT; a row whose object
    is there again counts again. `files` narrows the deep look and the judgement. `tell` hears how far it is, after
    each Drive and now and then while files are judged.
    """
    findings = Findings()
    for account in check_drives():
        if account.state in (DriveAccount.State.LOST, DriveAccount.State.SUSPECT, DriveAccount.State.NEEDS_REAUTH):
            if account.chunks.filter(state__in=HELD).exists():  # one that holds nothing any more may be silent
                findings.silent_drives.append(account.label)
            continue
        try:
            _compare(account, findings)
        except DriveError as error:
            findings.silent_drives.append(account.label)
            log.warning("listing %s stopped: %s", account, error)
        if tell:
            tell(findings)
    stored = StoredFile.objects.filter(state=StoredFile.State.STORED)
    for number, file in enumerate(stored.page_by_page() if files is None else files):
        if deep:
            _open_all(file, findings)
        _judge(file, findings)
        if tell and number % TELL_EVERY_FILES == 0:
            tell(findings)
    return findings


def _compare(account: DriveAccount, findings: Findings) -> None:
    """One Drive's list against its rows; rows in flight (PLANNED) and going (DELETING) are nobody's finding.

    Nor are those verified since the list began: it takes long, and their objects came too late for it.
    """
    began = timezone.now()
    drive = open_drive(account)
    there: dict[str, DriveObject] = {found.object_id: found for found in drive.list()}
    states = Chunk.State
    settled = account.chunks.filter(state__in=HELD).exclude(verified_at__gte=began)
    changes: dict[str, list[int]] = {states.VERIFIED: [], states.MISSING: [], states.CORRUPT: []}
    for row in settled.iterator(chunk_size=2_000):
        findings.objects += 1
        # A far Drive's list may lag behind what it holds; only asking for the object itself proves that it is gone.
        found = there.get(row.object_id) or stat_if_there(drive, row.object_id)
        state: str = states.MISSING
        if found is not None:
            is_equal = (found.size_bytes, found.md5) == (row.size_bytes, row.md5)
            state = states.VERIFIED if is_equal else states.CORRUPT
        findings.missing += state == states.MISSING
        findings.corrupt += state == states.CORRUPT
        if state != row.state:
            changes[state].append(row.pk)
    for state, pks in changes.items():
        _mark(pks, state)
    findings.missing += snapshots.compare(account, there, began)
    DriveAccount.objects.filter(pk=account.pk).update(checked_at=timezone.now())


def _mark(pks: list[int], state: str) -> None:
    """A row that turned up again is only taken back where no other holds its position by now."""
    for pk in pks:
        try:
            with transaction.atomic():
                Chunk.objects.filter(pk=pk, state__in=HELD).update(state=state)
        except IntegrityError:  # the position is taken by now: this object is not needed any more
            Chunk.objects.filter(pk=pk, state__in=HELD).update(state=Chunk.State.DELETING)


def _open_all(file: StoredFile, findings: Findings) -> None:
    """Prove the tags of every readable copy of every data object of the file, and the digests of its parity."""
    opened = open_file(file)
    for index in range(opened.layout.chunks):
        for replica in opened.data.get(index, ()):
            sealed = opened._get(replica)
            if sealed is not None and not opened._opens(index, sealed):
                opened.damage[replica.pk] = Chunk.State.CORRUPT
    for rows in opened.parity.values():
        for replica in rows.values():
            opened._get_exact(replica)
    findings.corrupt += sum(state == Chunk.State.CORRUPT for state in opened.damage.values())
    findings.missing += sum(state == Chunk.State.MISSING for state in opened.damage.values())
    if not opened.damage and not opened.silent:
        StoredFile.objects.filter(pk=file.pk).update(verified_at=timezone.now())
    report_damage(opened)


# --- Judging ----------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Redundancy:
    """How a file stands. `spare` objects may still vanish from its weakest stripe; below 0 it cannot be read."""

    spare: int
    wanted: int

    @property
    def is_lost(self) -> bool:
        return self.spare < 0

    @property
    def is_degraded(self) -> bool:
        return self.spare < self.wanted


def redundancy(file: StoredFile, rows: Iterable[Chunk], gone: frozenset[int] = frozenset()) -> Redundancy:
    """Judge from registry rows with their accounts loaded, as if the accounts `gone` were lost."""
    policy = Policy(file.k or 1, file.p or 0)
    silent = (DriveAccount.State.LOST, DriveAccount.State.NEEDS_REAUTH, DriveAccount.State.SUSPECT)
    copies: dict[int, int] = {}
    parity: dict[int, int] = {}
    for row in rows:
        if row.state != Chunk.State.VERIFIED or row.account_id in gone or row.account.state in silent:
            continue
        if row.kind == Chunk.Kind.DATA:
            copies[row.index] = copies.get(row.index, 0) + 1
        elif row.stripe_k == policy.k:
            parity[row.index] = parity.get(row.index, 0) + 1
    return Redundancy(_weakest(file_layout(file), policy, copies, parity), policy.p)


def _weakest(layout: Layout, policy: Policy, copies: dict[int, int], parity: dict[int, int]) -> int:
    spare = policy.p
    for number, chunks in layout.each_stripe(policy.k):
        if len(chunks) == 1:
            spare = min(spare, copies.get(chunks[0], 0) - 1)
        else:
            there = sum(chunk in copies for chunk in chunks) + parity.get(number, 0)
            spare = min(spare, there - len(chunks))
    return spare


def _judge(file: StoredFile, findings: Findings) -> None:
    file.refresh_from_db()
    rows = file.chunks.filter(generation=file.generation).select_related("account")
    verdict = redundancy(file, rows)
    if verdict.is_lost:
        findings.lost.append(file)
    elif verdict.is_degraded:
        findings.degraded.append(file)
    if is_reduced(file):
        findings.reduced.append(file)


def is_reduced(file: StoredFile, owners: int | None = None) -> bool:
    """Whether the file was laid down under less than all its institute's owners, present or not, would allow."""
    if file.k is None or file.p is None:
        return False
    best = target_policy(
        DriveAccount.objects.values("kind", "owner_key").distinct().count() if owners is None else owners
    )
    return best.strength > Policy(file.k, file.p).strength


# --- Healing ----------------------------------------------------------------------------------------------------------


def queue_healing() -> list[Job]:
    """A REPAIR job for every stored file that is not as it should be: degraded, on a Drive moving out, able to rise."""
    placeable = list(DriveAccount.objects.placeable())
    draining = Chunk.objects.content().filter(account__state=DriveAccount.State.DRAINING, state=Chunk.State.VERIFIED)
    leaving = set(draining.values_list("file_id", flat=True))
    stored = StoredFile.objects.filter(state=StoredFile.State.STORED)
    return [
        jobs.enqueue(file, Job.Kind.REPAIR)
        for file in stored.page_by_page()
        if file.pk in leaving or can_rise(file, placeable) or _wants_more(file)
    ]


def can_rise(file: StoredFile, placeable: Iterable[DriveAccount]) -> bool:
    """Whether the owners with room for their share allow a better policy than the file has."""
    current = Policy(file.k or 1, file.p or 1)
    drives = list(placeable)
    best = target_policy(len({(a.kind, a.owner_key) for a in drives}), current)
    share = file.size_bytes // best.k + 2 * file.chunk_bytes
    roomy = {(a.kind, a.owner_key) for a in drives if a.free_bytes >= share}
    return target_policy(len(roomy), current).strength > current.strength


def _wants_more(file: StoredFile) -> bool:
    rows = file.chunks.filter(generation=file.generation).select_related("account")
    return redundancy(file, rows).is_degraded
