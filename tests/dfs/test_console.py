"""The console over HTTP: what it says."""

from collections.abc import Callable
from typing import Any

import pytest
from django.core.cache import cache
from django.test import Client
from django.utils import timezone

from dfs import jobs, repair
from dfs.models import Chunk, DriveAccount, Job, StoredFile
from tests import people
from tests.dfs.conftest import MIB, content, stored
from tests.dfs.console_visits import HOME, files_of, lose, text_of

pytestmark = pytest.mark.django_db


def test_an_empty_store_says_how_to_lend_the_first_drive(admin: Client) -> None:
    page = text_of(admin)
    assert "No Drive is lent yet" in page
    assert "There are no files yet" in page
    assert "No worker has been heard of" in page


def test_one_owner_is_a_red_banner(admin: Client, drives: Callable[..., Any]) -> None:
    drives(1)
    stored(content(10))
    page = text_of(admin)
    assert "Only one owner lends a Drive." in page
    assert 'class="banner s-bad' in page
    assert "are enough to read" not in page


def test_the_promise_is_made_only_while_it_is_true(admin: Client, drives: Callable[..., Any]) -> None:
    lent = drives(5)
    stored(content(3 * MIB))
    assert "Any 3 of the 5 are enough to read everything." in text_of(admin)
    lose(lent[0])
    assert "of the 4 that answer are enough" in text_of(admin)
    lose(lent[1])
    page = text_of(admin)
    assert "are enough to read everything" not in page
    assert "1 file has no spare left" in page
    lose(lent[2])
    assert "1 file cannot be read until a Drive returns." in text_of(admin)


def test_two_copies_with_one_owner_are_no_promise(admin: Client, drives: Callable[..., Any]) -> None:
    drives(1)
    stored(content(10))
    drives(1, prefix="later")
    page = text_of(admin)
    assert "are enough to read" not in page


def test_a_silent_drive_is_told_in_figures(admin: Client, drives: Callable[..., Any]) -> None:
    lent = drives(5)
    for number in range(3):
        stored(content(100, number), name=f"{number}.bin")
    lose(lent[2], DriveAccount.State.SUSPECT)
    page = text_of(admin)
    assert "1 Drive is not answering: drive-2." in page
    assert "No file is at risk" in page
    assert "Rebuild now" in page


def test_a_lost_drive_nobody_needs_any_more_is_still_named(admin: Client, drives: Callable[..., Any]) -> None:
    lent = drives(6)
    stored(b"x")
    idle = next(drive for drive in lent if not drive.chunks.exists())
    lose(idle)
    page = text_of(admin)
    assert f"1 Drive is not answering: {idle.label}." in page
    assert "all are whole on the other Drives" in page
    assert "Rebuild now" not in page


def test_pieces_are_drawn_as_they_are(admin: Client, drives: Callable[..., Any]) -> None:
    lent = drives(5)
    file = stored(content(3 * MIB), name="whole.bin")
    assert "5 of 5 pieces" in text_of(admin)
    assert "Spare 2" in text_of(admin)
    lose(lent[0])
    page = text_of(admin)
    assert "4 of 5 pieces" in page
    assert "Spare 1" in page
    assert "cell-miss" in page
    jobs.enqueue(file, Job.Kind.REPAIR)
    assert "Healing" in text_of(admin)


def test_a_file_with_less_than_its_owners_allow_is_reduced(admin: Client, drives: Callable[..., Any]) -> None:
    drives(3)
    stored(b"x")
    assert "Reduced" not in text_of(admin)
    drives(2, prefix="later")
    assert "Reduced, spare 1" in text_of(admin)


def test_the_last_owner_left_is_a_red_banner(admin: Client, drives: Callable[..., Any]) -> None:
    first, _second = drives(2)
    stored(b"x")
    lose(first)
    page = text_of(admin)
    assert 'class="banner s-bad' in page
    assert "Only one owner is left" in page


def test_files_of_other_areas_are_listed_but_not_opened_here(admin: Client, drives: Callable[..., Any]) -> None:
    drives(5)
    own = stored(b"mine", name="Private notes.txt", purpose=StoredFile.MINE, owner=people.student())
    page = text_of(admin)
    assert "Private notes.txt" in page
    assert "Ananya Kulkarni" in page
    assert str(own.uuid) not in page
    for verb in ("", "trash/", "restore/", "erase/"):
        url = f"/dfs/console/{own.uuid}/{verb}"
        answer = admin.post(url) if verb in {"trash/", "restore/"} else admin.get(url)
        assert answer.status_code == 404, url
    own.refresh_from_db()
    assert own.trashed_at is None


def test_files_are_found_by_name_person_area_and_state(admin: Client, drives: Callable[..., Any]) -> None:
    drives(5)
    stored(b"a", name="अम्ल और क्षार.pdf")
    stored(b"b", name="Optics.pdf", purpose=StoredFile.MINE, owner=people.teacher())
    weak = stored(content(MIB), name="weak.bin")
    Chunk.objects.filter(file=weak).exclude(pk=min(weak.chunks.values_list("pk", flat=True))).update(
        state=Chunk.State.MISSING
    )
    found = files_of(admin, q="अम्ल")
    assert "अम्ल और क्षार.pdf" in found
    assert "Optics.pdf" not in found
    assert "Optics.pdf" in files_of(admin, q="Meera")
    assert "weak.bin" not in files_of(admin, area="mine")
    at_risk = files_of(admin, show="risk")
    assert "At risk, 1" in at_risk
    assert "weak.bin</bdi>" in at_risk
    assert "Optics.pdf" not in at_risk
    assert "No file is like that" in text_of(admin, q="no such name")


def test_the_counted_standing_is_that_of_the_rows(drives: Callable[..., Any]) -> None:
    from dfs import standing

    lent = drives(5)
    files = [stored(content(size, size), name=f"{size}.bin") for size in (0, 1, MIB, 2 * MIB + 1, 3 * MIB, 7 * MIB + 5)]
    for gone in (lent[:0], lent[:1], lent[:2], lent[1:4]):
        DriveAccount.objects.update(state=DriveAccount.State.ACTIVE)
        for drive in gone:
            lose(drive)
        counted = standing.standings(files)
        for file in files:
            rows = file.chunks.filter(generation=file.generation).select_related("account")
            assert counted[file.pk].spare == repair.redundancy(file, rows).spare, (file.name, gone)
        weak = set(standing.weak(0).values_list("pk", flat=True))
        assert weak == {pk for pk, found in counted.items() if found.spare <= 0}


def test_the_page_costs_the_same_at_3_and_at_300_files(
    admin: Client, drives: Callable[..., Any], same_queries: Callable[..., int]
) -> None:
    lent = drives(5)
    people.teacher()

    def add(count: int) -> None:
        rows = [
            StoredFile(
                name=f"{n}.bin", size_bytes=10, crc32=0, purpose=StoredFile.MINE, owner=people.teacher(), k=3, p=2,
                state=StoredFile.State.STORED, chunk_bytes=MIB, segment_bytes=256 * 1024, wrapped_key=b"x",
            ) for n in range(count * 10)
        ]  # fmt: skip
        for file in StoredFile.objects.bulk_create(rows):
            Chunk.objects.bulk_create(
                Chunk(file=file, generation=1, kind="DATA", index=0, copy=n, account=lent[n], size_bytes=9, md5="0",
                      object_id=f"{file.pk}-{n}", state=Chunk.State.VERIFIED)
                for n in range(3)
            )  # fmt: skip
            Job.objects.create(file=file, kind=Job.Kind.REPAIR, state=Job.State.FAILED, finished_at=timezone.now())

    def visit() -> None:
        cache.clear()  # the dearest page: the figures of all files are counted anew
        text_of(admin)

    same_queries(visit, add=add, at_most=20)


def test_the_list_of_files_comes_alone_when_it_is_looked_at_again(admin: Client, drives: Callable[..., Any]) -> None:
    drives(5)
    stored(b"x", name="here.bin")
    answer = admin.get(HOME, {"q": "here"}, headers={"X-Live": "1"})
    text = answer.content.decode()
    assert "here.bin" in text
    assert "<html" not in text
    assert "X-Live" in answer["Vary"]
