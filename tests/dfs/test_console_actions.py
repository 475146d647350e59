"""The console over HTTP: what its buttons do, once each."""

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.models import Activity
from coaching.lib import heartbeats
from dfs import jobs, pool, repair, store, verification, work
from dfs.models import DriveAccount, Job, StoredFile, VerifyRun
from tests import people
from tests.dfs.conftest import MIB, content, finish, staged, stored
from tests.dfs.console_visits import HOME, lose, text_of

pytestmark = pytest.mark.django_db


def test_a_console_file_opens_here_with_ranges(fetch: Callable[..., Any], drives: Callable[..., Any]) -> None:
    drives(5)
    data = content(2 * MIB + 7)
    file = stored(data, name="Plan.pdf", content_type="application/pdf")
    assert fetch(f"/dfs/console/{file.uuid}/", Range="bytes=5-9") == (206, data[5:10])
    assert fetch(f"/dfs/console/{file.uuid}/") == (200, data)


def test_a_deleted_file_comes_back_or_goes_for_good(admin: Client, drives: Callable[..., Any]) -> None:
    drives(5)
    file = stored(b"x", name="Old plan.pdf")
    for _twice in range(2):
        answer = admin.post(f"/dfs/console/{file.uuid}/trash/", follow=True)
    assert "Undo" in answer.content.decode()
    assert Activity.objects.filter(event="file.trash").count() == 1
    assert admin.get(f"/dfs/console/{file.uuid}/").status_code == 404
    admin.post(f"/dfs/console/{file.uuid}/restore/")
    assert admin.get(f"/dfs/console/{file.uuid}/").status_code == 200
    assert admin.get(f"/dfs/console/{file.uuid}/erase/").status_code == 404
    admin.post(f"/dfs/console/{file.uuid}/trash/")
    admin.post(f"/dfs/console/{file.uuid}/erase/", {"word": "no"})
    file.refresh_from_db()
    assert file.state == StoredFile.State.STORED
    admin.post(f"/dfs/console/{file.uuid}/erase/", {"word": "erase"})
    file.refresh_from_db()
    assert file.state == StoredFile.State.ERASED


def test_pause_resume_and_drain_take_effect_once(admin: Client, drives: Callable[..., Any]) -> None:
    drive = drives(5)[0]
    for verb, state in (("pause", "PAUSED"), ("resume", "ACTIVE"), ("drain", "DRAINING")):
        for _twice in range(2):
            assert admin.post(f"/dfs/pool/{drive.uuid}/{verb}/").status_code == 302
        drive.refresh_from_db()
        assert drive.state == state
        assert Activity.objects.filter(event=f"drive.{verb}", actor=people.admin()).count() == 1
    assert VerifyRun.objects.filter(kind=VerifyRun.Kind.HEAL).count() == 1
    assert admin.post(f"/dfs/pool/{drive.uuid}/burn/").status_code == 404
    assert admin.get(f"/dfs/pool/{drive.uuid}/pause/").status_code == 405


def test_a_lost_drive_is_not_paused(admin: Client, drives: Callable[..., Any]) -> None:
    drive = drives(2)[0]
    lose(drive)
    assert admin.post(f"/dfs/pool/{drive.uuid}/pause/").status_code == 409
    drive.refresh_from_db()
    assert drive.state == DriveAccount.State.LOST


def test_a_drained_drive_is_empty_after_the_run(
    admin: Client, drives: Callable[..., Any], django_capture_on_commit_callbacks: Any
) -> None:
    drive, *_others = drives(6)
    files = [stored(content(100, n), name=f"{n}.bin") for n in range(4)]
    admin.post(f"/dfs/pool/{drive.uuid}/drain/")
    run = VerifyRun.objects.get()
    assert verification.perform(run.pk) == VerifyRun.State.COMPLETE
    for file in files:
        finish(file)
    assert not drive.chunks.exists()
    assert verification.perform(run.pk) == ""


def test_a_job_is_retried_and_cancelled_once(admin: Client) -> None:
    file = staged(b"nobody can store this")
    job = file.jobs.get()
    assert work.perform(job.pk) == Job.State.WAITING
    page = text_of(admin, "/dfs/queue/")
    assert "No Drive can be written to" in page
    for _twice in range(2):
        admin.post(f"/dfs/jobs/{job.uuid}/retry/")
    job.refresh_from_db()
    assert job.state == Job.State.PENDING
    assert Activity.objects.filter(event="job.retry").count() == 1
    assert "must be uploaded again" in text_of(admin, f"/dfs/jobs/{job.uuid}/cancel/")
    job.refresh_from_db()
    assert job.state == Job.State.PENDING
    for _twice in range(2):
        admin.post(f"/dfs/jobs/{job.uuid}/cancel/")
    job.refresh_from_db()
    file.refresh_from_db()
    assert (job.state, file.state) == (Job.State.CANCELLED, StoredFile.State.ERASED)
    assert Activity.objects.filter(event="job.cancel").count() == 1


def test_a_failed_job_is_not_retried_beside_an_open_one(admin: Client, drives: Callable[..., Any]) -> None:
    drives(5)
    file = stored(b"x")
    failed = Job.objects.create(file=file, kind=Job.Kind.REPAIR, state=Job.State.FAILED, finished_at=timezone.now())
    jobs.enqueue(file, Job.Kind.REPAIR)
    assert admin.post(f"/dfs/jobs/{failed.uuid}/retry/").status_code == 302
    failed.refresh_from_db()
    assert failed.state == Job.State.FAILED


def test_the_history_is_cleared_and_the_rows_stay(admin: Client, drives: Callable[..., Any]) -> None:
    drives(5)
    file = stored(b"x", name="done.bin")
    assert "done.bin" in text_of(admin, "/dfs/history/")
    for _twice in range(2):
        admin.post("/dfs/history/clear/")
    assert "No job is here" in text_of(admin, "/dfs/history/")
    assert file.jobs.count() == 1
    assert Activity.objects.filter(event="job.clear_history").count() == 1


def test_a_job_says_where_it_stands_in_json(admin: Client, drives: Callable[..., Any]) -> None:
    drives(5)
    file = stored(b"x")
    answer = admin.get(f"/dfs/jobs/{file.jobs.get().uuid}/").json()
    assert (answer["state"], answer["percent"], answer["file"]) == ("COMPLETE", 100, str(file.uuid))


def test_the_log_is_shown_and_downloaded(admin: Client, drives: Callable[..., Any]) -> None:
    drives(5)
    file = stored(b"x", name="लॉग.bin")
    job = file.jobs.get()
    assert "Stored as 3+2" in text_of(admin, "/dfs/log/")
    mark = admin.get("/dfs/log/")["ETag"]
    assert admin.get("/dfs/log/", headers={"If-None-Match": mark}).status_code == 304
    download = admin.get("/dfs/log/download/")
    assert download["Content-Disposition"].startswith("attachment")
    assert "लॉग.bin" in download.content.decode()
    assert "Stored as 3+2" in text_of(admin, f"/dfs/jobs/{job.uuid}/log/")
    live = admin.get(f"/dfs/jobs/{job.uuid}/log/", headers={"X-Live": "1"})
    assert live.status_code == 286
    assert "<html" not in live.content.decode()


def test_wake_says_what_was_due_and_whether_anybody_is_there(admin: Client) -> None:
    staged(b"x")
    answer = admin.post("/dfs/wake/", follow=True).content.decode()
    assert "1 job was due." in answer
    assert "No worker has been heard of: start one" in answer
    heartbeats.record("worker@here", queues=["dfs"], pid=1, is_scheduler=False)
    assert "A worker was heard of at" in admin.post("/dfs/wake/", follow=True).content.decode()
    assert "1 worker is there" in text_of(admin, "/dfs/queue/")
    assert Activity.objects.filter(event="store.wake").count() == 2


def test_verify_all_is_one_run_that_tells_what_it_found(admin: Client, drives: Callable[..., Any]) -> None:
    from tests.dfs.conftest import object_path

    drives(5)
    file = stored(content(3 * MIB))
    for _twice in range(2):
        admin.post("/dfs/verify/")
    run = VerifyRun.objects.get()
    assert "Waiting for a worker" in text_of(admin, "/dfs/run/")
    chunk = file.chunks.select_related("account").first()
    object_path(chunk).write_bytes(b"not what it was")
    assert verification.perform(run.pk) == VerifyRun.State.COMPLETE
    page = text_of(admin, "/dfs/run/")
    assert "1 damaged" in page
    assert "5 pieces compared" in page
    admin.post("/dfs/rebuild/")
    heal = VerifyRun.objects.get(kind=VerifyRun.Kind.HEAL)
    assert verification.perform(heal.pk) == VerifyRun.State.COMPLETE
    assert heal.state == "PENDING"
    finish(file)
    assert repair.verify().is_clean


def test_a_run_whose_worker_died_is_taken_over(admin: Client) -> None:
    admin.post("/dfs/verify/")
    run = VerifyRun.objects.get()
    VerifyRun.objects.update(state="RUNNING", started_at=timezone.now(), touched_at=timezone.now())
    assert verification.perform(run.pk) == ""
    VerifyRun.objects.update(touched_at=timezone.now() - 2 * verification.SILENCE)
    assert verification.wake_due() == 1
    assert verification.perform(run.pk) == VerifyRun.State.COMPLETE


def test_what_if_answers_without_changing_anything(admin: Client, drives: Callable[..., Any]) -> None:
    lent = drives(5)
    stored(content(3 * MIB), name="mock test.pdf")
    two = [str(drive.uuid) for drive in lent[:2]]
    assert "would be without a spare" in text_of(admin, "/dfs/what-if/", gone=two)
    three = [str(drive.uuid) for drive in lent[:3]]
    page = text_of(admin, gone=three)
    assert "1 file lost." in page
    assert "“mock test.pdf”" in page
    assert "Nothing would change" not in page
    assert DriveAccount.objects.filter(state=DriveAccount.State.ACTIVE).count() == 5
    assert "Tick the Drives" in text_of(admin, "/dfs/what-if/", gone=["nonsense"])


def test_an_upload_waits_in_the_queue_without_any_worker(admin: Client, drives: Callable[..., Any]) -> None:
    import io

    drives(5)
    form = {"form_key": "9b0e2f6e-8d0a-4c2c-8b0c-0a0a0a0a0a0a", "file": io.BytesIO(b"hello")}
    answer = admin.post(reverse("dfs:console_upload"), form, follow=True)
    assert answer.redirect_chain[-1][0] == HOME
    file = StoredFile.objects.get()
    assert file.purpose == StoredFile.CONSOLE
    assert "0 running, 1 waiting" in answer.content.decode()


def test_a_trashed_file_counts_as_somebodys_until_it_is_erased(admin: Client, drives: Callable[..., Any]) -> None:
    drives(5)
    file = stored(b"x", name="in the trash.txt")
    store.trash(file, actor=people.admin())
    page = text_of(admin)
    assert "0 files" in page
    assert "Put back" in page


def test_a_drive_nearly_full_is_said_so(admin: Client, drives: Callable[..., Any]) -> None:
    drive = drives(2)[0]
    DriveAccount.objects.filter(pk=drive.pk).update(used_bytes=drive.cap_bytes * 97 // 100)
    assert "Nearly full" in text_of(admin)
    pool.pause(drive, actor=None)
    assert "Paused" in text_of(admin)


@pytest.mark.parametrize("table", ["driveaccount", "storedfile", "job", "jobline", "chunk", "upload", "verifyrun"])
def test_records_are_looked_at_and_never_changed_by_hand(admin: Client, drives: Callable[..., Any], table: str) -> None:
    drives(2)
    stored(b"x")
    listing = admin.get(reverse(f"admin:dfs_{table}_changelist"))
    assert listing.status_code == 200
    assert admin.get(reverse(f"admin:dfs_{table}_add")).status_code == 403
    if table == "storedfile":
        page = admin.get(reverse("admin:dfs_storedfile_change", args=[StoredFile.objects.get().pk]))
        assert "wrapped" not in page.content.decode().lower()
