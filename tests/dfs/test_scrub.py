"""The scheduled look over the store: every day compared, every week a sample opened."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from dfs import verification
from dfs.models import DriveAccount, StoredFile, VerifyRun
from tests.dfs.conftest import MIB, content, object_path, stored

pytestmark = pytest.mark.django_db
Lend = Callable[..., list[DriveAccount]]


def started_and_done(now: Any = None) -> list[str]:
    runs = verification.start_due(now)
    for run in runs:
        assert verification.perform(run.pk) == VerifyRun.State.COMPLETE
    return [run.kind for run in runs]


def test_a_week_has_one_sample_and_six_comparisons(drives: Lend) -> None:
    drives(2)
    stored(b"x")
    kinds = []
    for _hour in range(7 * 4):
        kinds += started_and_done()
        for run in VerifyRun.objects.all():
            VerifyRun.objects.filter(pk=run.pk).update(created_at=run.created_at - timedelta(hours=6))
    assert kinds == ["SAMPLE", *["VERIFY"] * 6]
    assert started_and_done() == ["SAMPLE"]


def test_an_empty_store_is_not_looked_over() -> None:
    assert verification.start_due() == []


def test_a_sample_opens_what_was_proved_longest_ago(drives: Lend, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(verification, "SAMPLE_LEAST", 2)
    drives(3)
    files = [stored(content(10 + number)) for number in range(4)]
    long_ago = timezone.now() - timedelta(days=90)
    StoredFile.objects.filter(pk=files[2].pk).update(verified_at=long_ago)
    StoredFile.objects.filter(pk=files[3].pk).update(verified_at=None)
    assert [file.pk for file in verification.sample()] == [files[3].pk, files[2].pk]
    started_and_done()
    assert not StoredFile.objects.filter(verified_at=None).exists()
    assert not StoredFile.objects.filter(verified_at__lte=long_ago).exists()
    assert VerifyRun.objects.get().findings["opened"] == 2


def test_a_sample_finds_damage_that_a_digest_hides(drives: Lend) -> None:
    """The registry's digest is of the damaged bytes: only opening tells."""
    import hashlib

    drives(5)
    file = stored(content(3 * MIB))
    row = file.chunks.content().select_related("account").filter(kind="DATA").earliest("pk")
    raw = bytearray(object_path(row).read_bytes())
    raw[200] ^= 1
    object_path(row).write_bytes(raw)
    file.chunks.filter(pk=row.pk).update(md5=hashlib.md5(raw).hexdigest())  # noqa: S324
    started_and_done()
    run = VerifyRun.objects.get()
    assert (run.findings["corrupt"], run.findings["is_clean"]) == (1, False)
    row.refresh_from_db()
    assert row.state == "CORRUPT"


def test_the_console_says_when_a_file_was_proved(drives: Lend, admin: Client) -> None:
    drives(2)
    stored(b"x")
    started_and_done()
    page = admin.get("/dfs/").content.decode()
    assert "proved" in page
    assert "1 files opened piece by piece" in page
