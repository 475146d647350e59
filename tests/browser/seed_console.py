"""A store in the middle of its life: five owners, one gone, one nearly full, jobs in every state."""

import io
import shutil
from datetime import timedelta
from pathlib import Path

from django.utils import timezone

from dfs import jobs, pool, repair, store, work
from dfs.models import DriveAccount, Job, JobLine, StoredFile
from dfs.operator import quiet_wakes
from tests import people
from tests.browser import seed

LONG_PERSON = "Dr. Venkataraghavan Subramaniam"
LONG_NAME = "Rotational motion: problems with full solutions and marking notes (revised).pdf"


def main() -> None:
    seed.make_people()
    make_pool()
    make_files()
    make_trouble()


def make_pool() -> None:
    """Five folders, each lent by another person."""
    gib = 1024**3
    lenders = (people.admin, people.teacher, people.other_teacher, people.guardian_who_teaches, people.cashier)
    for label, lend, cap in zip("abcde", lenders, (15, 10, 5, 10, 15), strict=True):
        pool.add_local(f"shelf-{label}", cap_bytes=cap * gib, owner=lend())


def make_files() -> None:
    """Real files of several areas, stored all the way."""
    shown = (
        ("Timetable.txt", "console", people.admin(), 900),
        ("Answer scripts, subjective test 6.zip", "console", people.admin(), 3_600_000),
        ("Ray optics, board work.heic", "mine", people.other_teacher(), 400_000),
        ("अम्ल, क्षार और लवण: अध्याय 2.pdf", "mine", people.teacher(), 3_100_000),
        (LONG_NAME, "mine", people.guardian_who_teaches(), 2_300_000),
        ("Electrochemistry, lecture 4.mp4", "console", people.teacher(), 6_400_000),
    )
    with quiet_wakes():
        for name, purpose, owner, size in shown:
            file = store.put(io.BytesIO(bytes(size)), name=name, purpose=purpose, owner=owner)
            work.perform(file.jobs.get().pk)
        for name in ("Lab demo, titration.mp4", "NEET mock 6 paper, sealed.pdf"):
            store.put(io.BytesIO(bytes(90_000)), name=name, purpose=StoredFile.CONSOLE, owner=people.cashier())


def make_trouble() -> None:
    """One Drive's folder is gone, one is nearly full; a job runs, one failed, one file heals."""
    drives = {drive.owner.name: drive for drive in DriveAccount.objects.select_related("owner")}
    full = drives["Imran Shaikh"]
    DriveAccount.objects.filter(pk=full.pk).update(used_bytes=full.cap_bytes * 97 // 100)
    shutil.rmtree(Path(drives[LONG_PERSON].location))
    repair.check_drives()
    for drive in drives.values():
        gib = 1024**3
        DriveAccount.objects.filter(pk=drive.pk, used_bytes__lt=gib).update(used_bytes=int(4.8 * gib))
    DriveAccount.objects.filter(pk=drives[LONG_PERSON].pk).update(checked_at=timezone.now() - timedelta(days=2))
    running = Job.objects.get(file__name="NEET mock 6 paper, sealed.pdf")
    later = timezone.now() + timedelta(hours=3)
    Job.objects.filter(pk=running.pk).update(
        state=Job.State.RUNNING, objects_done=19, objects_total=30, lease_until=later, lease_owner="elsewhere:1:1"
    )
    JobLine.objects.create(job=running, verb="put", drive="shelf-b", text="piece 19 of 30, 4194304 B")
    JobLine.objects.create(job=running, verb="put", drive="shelf-d", text="the folder is missing", is_problem=True)
    weak = StoredFile.objects.get(name__startswith="अम्ल")
    jobs.enqueue(weak, Job.Kind.REPAIR)
    failed = StoredFile.objects.get(name="Ray optics, board work.heic")
    Job.objects.create(
        file=failed, kind=Job.Kind.REPAIR, state=Job.State.FAILED, finished_at=timezone.now(),
        reason="Too many pieces are gone to heal it. Bring a lost Drive back.",
    )  # fmt: skip
