"""The institute the browser walks through: run as a program with the server's own environment.

python -m tests.browser.seed          # migrates, then makes people, Drives and files
"""

from datetime import timedelta

LONG_HINDI_NAME = ("श्रीमती लक्ष्मीनारायणी वेंकटरमणाचार्युलु " * 6)[:200].strip()
LONG_FILE_NAME = "Rotational motion: problems with full solutions and marking notes (revised), " + "x" * 90 + ".pdf"
FILES = [
    ("Electrochemistry, lecture 4.mp4", 642_000_000),
    ("अम्ल, क्षार और लवण: अध्याय 2.pdf", 4_300_000),
    (LONG_FILE_NAME, 90),
]
DRIVES = ("Rajendra Bhosale", "Meera Joshi", "Imran Shaikh", "Dr. Venkataraghavan Subramaniam", "Lata Gaikwad")


def main() -> None:
    import django

    django.setup()
    from django.core.management import call_command

    call_command("migrate", verbosity=0)
    make_people()
    make_store()


def make_people() -> None:
    """Everybody of tests.people, and a student whose name is as long as names may be."""
    from accounts.models import Role
    from tests import people

    for make in people.EVERYBODY.values():
        if make is not None:
            make()
    people.person(LONG_HINDI_NAME, Role.STUDENT, admission_number="2026-0999")


def make_store() -> None:
    """Five Drives of which one does not answer, files of an admin in every state, and a job that failed."""
    from django.utils import timezone

    from dfs.models import DriveAccount, Job, StoredFile
    from tests import people

    owner, now, gib = people.admin(), timezone.now(), 1024**3
    for number, name in enumerate(DRIVES):
        drive = DriveAccount(label=name, owner_key=f"folder-{number}", location=f"folder-{number}")
        drive.cap_bytes, drive.used_bytes, drive.checked_at = 15 * gib, 5 * gib, now - timedelta(minutes=12)
        if number == 3:
            drive.state, drive.state_reason = DriveAccount.State.SUSPECT, "The folder is not there."
        drive.save()
    for name, size in FILES:
        file = StoredFile(name=name, size_bytes=size, crc32=0, purpose=StoredFile.MINE, owner=owner)
        file.chunk_bytes, file.segment_bytes = 1024**2, 65536
        file.save()
    reason = "The file in the spool is not what arrived."
    Job.objects.create(file=file, state=Job.State.FAILED, reason=reason, finished_at=now)


if __name__ == "__main__":
    main()
