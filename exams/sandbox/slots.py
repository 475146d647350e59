"""The user a sandbox runs as. Root never starts one: mapped to the machine's uid 0 it could read what only root may
read, and would escape the bound on processes. Each slot (worker) has a uid of its own, so that two at the same time
cannot signal each other; all have one group, whose is the cache of compiled programs.
"""

import os

# No system hands these out: below the 61184… of systemd's dynamic users, above its homes (60001…60513).
GROUP = 60_599
FIRST_UID = 60_600
SLOTS = 500


def uid_of(slot: int) -> int:
    """The uid of a slot, counted from 0. Raises: ValueError."""
    if not 0 <= slot < SLOTS:
        raise ValueError(f"There are slots 0 to {SLOTS - 1}, not {slot}.")
    return FIRST_UID + slot


def become(slot: int) -> None:
    """Root becomes the slot's user, for good; anybody else stays who he is. Import what is needed before: the project
    may lie where that user cannot read."""
    if os.geteuid() != 0:
        return
    uid = uid_of(slot)
    os.setgroups([])
    os.setresgid(GROUP, GROUP, GROUP)
    os.setresuid(uid, uid, uid)
