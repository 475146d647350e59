"""From what Google's answers mean to what the store does about them."""

import time
from collections.abc import Iterator
from contextlib import contextmanager

from dfs.drives import DriveError, Trouble
from dfs.drives.backoff import Patience
from dfs.drives.google.budgets import DAY_S, OverBudget
from dfs.drives.google.errors import Means, Refusal

LEAST_REST_S = 5.0

_TROUBLE = {
    Means.RETRY: (Trouble.UNREACHABLE, ""),
    Means.SLOW_DOWN: (Trouble.BUSY, "Google asks for patience"),
    Means.DAY_OVER: (Trouble.BUSY, "Google takes no more today"),
    Means.FULL: (Trouble.FULL, "the owner's Google storage is full"),
    Means.REAUTH: (Trouble.AUTH, "Google does not accept the sign-in any more"),
    Means.PROJECT: (Trouble.PROJECT, "Google refuses the institute's own project"),
    Means.MISSING: (Trouble.MISSING, "the object is not there"),
    Means.EMPTIED: (Trouble.UNREACHABLE, "the app's folder is not there any more"),
    Means.TAKEN: (Trouble.TAKEN, "the id cannot be used"),
}


@contextmanager
def told_as_drive_errors(patience: Patience) -> Iterator[None]:
    """Refusals and spent budgets inside come out as DriveError, without what they were raised from."""
    try:
        yield
    except OverBudget as over:
        raise DriveError(Trouble.BUSY, str(over), wait_s=over.wait_s) from None
    except Refusal as refusal:
        raise drive_error(refusal, patience) from None


def drive_error(refusal: Refusal, patience: Patience) -> DriveError:
    """Anything the table does not know is left for a later try."""
    trouble, said = _TROUBLE.get(refusal.means, (Trouble.TRANSIENT, ""))
    message = f"{said}: {refusal}" if said else str(refusal)
    wait_s = max(patience.due_s, LEAST_REST_S)
    if refusal.means is Means.DAY_OVER:
        wait_s = DAY_S - time.time() % DAY_S
    return DriveError(trouble, message, wait_s=wait_s if trouble is Trouble.BUSY else 0.0)
