"""The worker's side of judging: take the next row, have it judged in a helper process, write what it came to.

    judge_one()     # the next one, here and now; False when there is none
    judge_next()    # what a message asks for: until nothing is left, or others shall have their turn

A worker takes nothing before its machine has withstood its own attack (`ready`), and again every some minutes. While a
program is judged a thread renews the row's lease; a worker that was killed renews nothing, and the row is judged again.
"""

import logging
import mmap
import os
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path

from django.conf import settings
from django.core.cache import cache
from django.db import DatabaseError, connections
from django.utils import timezone

from exams.judge import hosts, queue
from exams.judge.jobs import Asked, cache_dir, job_of
from exams.judge.own_slot import NoSlot, own_slot
from exams.judge.queue import ClaimLost
from exams.models import JudgeHost, Judgement
from exams.sandbox import probe, process
from exams.sandbox.process import SandboxFailed, SandboxOff
from exams.sandbox.protocol import Compiled, Job, Probed, Ran, Verdict

log = logging.getLogger("exams.judge")
TURN_S = 50.0
REPORT_EVERY_S = 0.5
RENEW_EVERY_S = 15.0
SEEN_EVERY = timedelta(seconds=20)
BROKEN_AGAIN = timedelta(seconds=60)
"""A machine that failed its probe is probed again after that."""
WARM_S = 600
HEADER = "#include <bits/stdc++.h>\nint main() {}\n"
_stopping = mmap.mmap(-1, 1)
"""Shared with the processes of a pool: their worker is asked to end."""
_warm: set[int] = set()


class MachineAtFault(Exception):
    """A run ended with SE: neither right nor wrong. `str()` is for staff."""


def stop() -> None:
    """Begin no further program in this worker."""
    _stopping[0] = 1


def judge_next() -> int:
    """Judge until nothing is left for this machine, or the turn is over: then a message to go on is sent. How many."""
    queue.awake()
    queue.release_lost(now=timezone.now())
    ends, count = time.monotonic() + TURN_S, 0
    while not _stopping[0] and judge_one(wakes=True):
        count += 1
        if time.monotonic() > ends:
            queue.wake()
            return count
    _warm_up()
    return count


def judge_one(*, wakes: bool = False) -> bool:
    """Take the next one this machine can judge, and judge it. Whether there was one. `wakes`: others, if there is more
    to do."""
    probed = ready()
    if not probed.works:
        return False
    languages = [one.language for one in probed.languages]
    row = queue.claim_next(hosts.own_process(), now=timezone.now(), languages=languages)
    if row is None:
        return False
    if wakes and queue.is_waiting():
        queue.wake()
    return judge(row)


def ready() -> Probed:
    """What this machine's newest probe found, made now if the last one is too old."""
    now, host = timezone.now(), JudgeHost.objects.filter(name=hosts.own_name()).first()
    if host is None or _is_stale(host):
        slot = own_slot() if sys.platform == "linux" else 0
        found = probe.probe(runner=settings.JUDGE_RUNNER, bwrap=settings.JUDGE_BWRAP, slot=slot, secrets=_secrets())
        if not found.works and (host is None or host.works or host.probed_at.timestamp() < hosts.STARTED_AT):
            said = "; ".join(f"{one.code} {one.message}" for one in found.findings)
            log.warning("this machine judges nothing: %s", said or "JUDGE_RUNNER is off")
        host = hosts.remember(found, now=now, runners=hosts.runners())
    elif now - host.seen_at > SEEN_EVERY:
        hosts.seen(now=now)
    return Probed.from_json(host.probed)


def _is_stale(host: JudgeHost) -> bool:
    age = timezone.now() - host.probed_at
    is_older = host.probed_at.timestamp() < hosts.STARTED_AT
    return is_older or age > hosts.PROBED_WITHIN or (not host.works and age > BROKEN_AGAIN)


def judge(row: Judgement) -> bool:
    """Judge one that was claimed. Whether this machine can go on with the next one."""
    try:
        return _judge(row)
    except ClaimLost:
        log.info("judgement %s is not ours any more", row.uuid)
        return True


def _judge(row: Judgement) -> bool:
    """Raises: ClaimLost."""
    try:
        asked = job_of(row)
        queue.report(row, now=timezone.now(), test_count=len(asked.tests))
        with _renewing(row):
            process.judged(asked.job, slot=own_slot(), on_event=_noting(row, asked), bwrap=settings.JUDGE_BWRAP)
        found = asked.found()
    except SandboxOff as off:
        hosts.remember(off.probed, now=timezone.now(), runners=hosts.runners())
        queue.hand_back(row, str(off))
        return False
    except MachineAtFault as fault:
        queue.stumble(row, str(fault), now=timezone.now(), tests=asked.entries)
    except (SandboxFailed, NoSlot, OSError) as error:
        queue.stumble(row, f"{type(error).__name__}: {error}", now=timezone.now())
    except (ClaimLost, DatabaseError):
        raise
    except Exception as error:
        log.exception("judgement %s stumbled", row.uuid)
        queue.stumble(row, f"{type(error).__name__}: {error}", now=timezone.now())
    else:
        queue.finish(row, now=timezone.now(), **found)
    return True


def _noting(row: Judgement, asked: Asked) -> Callable[[Compiled | Ran], None]:
    """Writes down how far it is, not more often than anybody looks. Raises: ClaimLost, MachineAtFault."""
    last = 0.0

    def note(event: Compiled | Ran) -> None:
        nonlocal last
        if isinstance(event, Compiled):
            asked.compiled = event
            if event.is_our_fault:
                raise MachineAtFault(f"not compiled: {event.detail or event.output}")
        else:
            asked.ran.append(event)
            if event.verdict == Verdict.SE:
                raise MachineAtFault(f"test {event.id}: {event.detail}")
        if time.monotonic() - last >= REPORT_EVERY_S:
            last = time.monotonic()
            queue.report(row, now=timezone.now(), done_count=len(asked.ran))

    return note


@contextmanager
def _renewing(row: Judgement) -> Iterator[None]:
    """The lease is renewed meanwhile, however long a single test takes."""
    ended = threading.Event()

    def renew() -> None:
        try:
            while not ended.wait(RENEW_EVERY_S):
                try:
                    now = timezone.now()
                    queue.report(row, now=now)
                    hosts.seen(now=now)
                except ClaimLost:
                    return  # the next event says so, too
                except DatabaseError as error:
                    log.warning("the lease of judgement %s is not renewed: %s", row.uuid, error)
        finally:
            connections.close_all()

    thread = threading.Thread(target=renew, name="lease", daemon=True)
    thread.start()
    try:
        yield
    finally:
        ended.set()
        thread.join()


def _warm_up() -> None:
    """Once a process, when there is nothing else to do: the precompiled header, which makes C++ compile faster. Of the
    processes of a machine one makes it, beside what it does; it ends with the process."""
    if os.getpid() in _warm or _stopping[0]:
        return
    _warm.add(os.getpid())
    is_first = cache.add(f"judge:warm:{hosts.own_name()}", 1, timeout=WARM_S)
    if is_first and any(one.language == "cpp" for one in ready().languages):
        threading.Thread(target=_compile_header, name="header", daemon=True).start()


def _compile_header() -> None:
    try:
        job = Job("cpp", HEADER, (), cache_dir=cache_dir())
        slot = own_slot("header")
        process.judged(job, slot=slot, on_event=lambda _event: None, bwrap=settings.JUDGE_BWRAP)
    except (SandboxFailed, SandboxOff, NoSlot, OSError) as error:
        log.warning("the header of C++ is not compiled beforehand: %s", error)


def _secrets() -> tuple[Path, ...]:
    """What whoever runs programs had better not be able to read."""
    secret = Path(settings.DATA_DIR) / "secrets"
    return Path(settings.BASE_DIR) / ".env", secret / "secret_key", secret / "master_keys"
