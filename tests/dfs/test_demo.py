"""The demo's Drives and files: there once, whole, and repeatable."""

from typing import Any

import pytest

from accounts.models import User
from dfs import demo, repair, store
from dfs.models import DriveAccount, StoredFile
from tests import people

pytestmark = pytest.mark.django_db


@pytest.fixture
def lenders() -> dict[str, User]:
    five = (people.admin, people.teacher, people.other_teacher, people.guardian_who_teaches, people.cashier)
    return {key: who() for key, who in zip(demo.LENDERS, five, strict=True)}


@pytest.mark.django_db(transaction=True)
def test_five_people_lend_folders_and_their_files_are_whole(lenders: dict[str, User]) -> None:
    demo.seed(lenders)
    drives = {drive.label: drive for drive in DriveAccount.objects.select_related("owner")}
    assert {label: drive.owner for label, drive in drives.items()} == lenders
    files = list(StoredFile.objects.all())
    assert len(files) == len(demo.SAMPLES)
    assert {(file.state, file.k, file.p) for file in files} == {("STORED", 3, 2)}
    assert sum(file.size_bytes for file in files) < 30_000_000
    assert repair.verify().is_clean
    picture = StoredFile.objects.get(name="Timetable colours.png")
    assert b"".join(store.read(picture)).startswith(b"\x89PNG\r\n\x1a\n")


def test_seeding_again_changes_nothing_and_brings_nothing_back(lenders: dict[str, User], settings: Any) -> None:
    demo.seed(lenders)
    gone = StoredFile.objects.get(name="Welcome to the store.txt")
    store.erase(gone, actor=None)
    before = set(StoredFile.objects.values_list("pk", "state", "generation"))
    demo.seed(lenders)
    assert set(StoredFile.objects.values_list("pk", "state", "generation")) == before
    assert DriveAccount.objects.count() == 5
