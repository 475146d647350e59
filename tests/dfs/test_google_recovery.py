"""Recovery and gc over Google Drives: names instead of headers, and owners who link again."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.utils import timezone

from dfs import manifests, orphans, pool, recovery, repair, snapshots
from dfs.drives.opening import open_drive
from dfs.models import Chunk, DriveAccount, StoredFile
from tests.dfs.conftest import MIB, content, content_of, stored
from tests.dfs.googling import md5_of, pieces
from tests.dfs.test_recovery import lose_the_database
from tests.emulators.google import GoogleEmulator

pytestmark = pytest.mark.django_db
Linked = Callable[..., list[DriveAccount]]


def test_every_file_comes_back_from_google(google: GoogleEmulator, linked: Linked) -> None:
    linked(5)
    given = {"small": content(10), "large": content(4 * MIB + 5)}
    for name, data in given.items():
        stored(data, name=name)
    assert manifests.tend() == 2
    assert snapshots.tend() is not None
    lose_the_database()
    for number in range(5):
        person = google.account(f"owner{number}@example.org")
        pool.add_google(person.email, person.refresh_token)
    survey = recovery.look()
    assert (len(survey.files), survey.away, survey.is_complete) == (2, [], True)
    recovery.restore(survey)
    assert {file.name: content_of(file) for file in StoredFile.objects.all()} == given
    assert repair.verify(deep=True).is_clean
    assert manifests.tend() == 2
    for account in DriveAccount.objects.all():
        rows = [*account.chunks.all(), *account.snapshot_copies.all()]
        assert set(pieces(google.account(account.label))) == {row.object_id for row in rows}
        assert account.used_bytes == sum(row.size_bytes for row in rows)


def test_an_orphan_at_google_goes_and_a_strangers_file_stays(google: GoogleEmulator, linked: Linked) -> None:
    linked(2)
    file = stored(b"x")
    row = Chunk.objects.content().select_related("account").earliest("pk")
    drive = open_drive(row.account)
    orphan, stranger = drive.reserve_ids(2)
    sealed = drive.get(row.object_id)
    drive.put(orphan, f"c1.{file.uuid}.1.d0.0", [sealed], md5_of(sealed))
    drive.put(stranger, "their-notes.txt", [b"notes"], md5_of(b"notes"))
    now = timezone.now() + timedelta(days=3)
    orphans.look(now - timedelta(hours=2))
    look = orphans.look(now)
    assert [one.object_id for one in look.ready] == [orphan]
    assert orphans.remove(look) == 1
    there = google.account(row.account.label).files
    assert orphan not in there
    assert stranger in there
    assert repair.verify(deep=True).is_clean
