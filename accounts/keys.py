"""The guard of the master key ring: a process without a key that ciphertext was made with does not start.

Which keys were ever active is marked in the database, so that a ring that was lost, swapped or mistyped is noticed at
the start and not when the first file does not open; and so that no new key is ever taken in silence.
"""

from django.core.exceptions import ImproperlyConfigured
from django.db import OperationalError, ProgrammingError
from django.utils import timezone

from accounts.models import MasterKeyMark
from coaching.lib.sealing import ring


def verify_master_keys() -> None:
    """Compare the ring with the marks; before the first migrate there is nothing to compare.

    Raises: ImproperlyConfigured when a marked key is absent or is another key of the same name.
    """
    try:
        marks = list(MasterKeyMark.objects.all())
    except (OperationalError, ProgrammingError):
        return
    keys = ring()
    for mark in marks:
        if mark.kid not in keys.kids():
            raise ImproperlyConfigured(
                f"CLASSCREW_MASTER_KEYS lacks the key {mark.kid}, which stored files need. Put it back."
            )
        if keys.check_value(mark.kid) != mark.check_value:
            raise ImproperlyConfigured(
                f"CLASSCREW_MASTER_KEYS has another key under the name {mark.kid} than stored files were sealed with."
            )


def mark_master_keys() -> None:
    """Mark the ring's keys that are new. Marks are never changed here: a swapped key stays noticed."""
    keys = ring()
    MasterKeyMark.objects.bulk_create(
        [MasterKeyMark(kid=kid, check_value=keys.check_value(kid), created_at=timezone.now()) for kid in keys.kids()],
        ignore_conflicts=True,
    )
