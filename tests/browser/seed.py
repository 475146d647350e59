"""The institute the browser walks through. `tests.browser.site.seed` calls `main` of such a module in its rows."""

from datetime import timedelta
from pathlib import Path

from django.conf import settings
from django.core import mail
from django.utils import timezone

from accounts import deliveries, invitations
from accounts.invitees import Invitee
from accounts.models import Delivery, Guardianship, Institute, Notification, NotificationChoice, Role, User
from accounts.news import ACCEPTED
from dfs import drive_news
from dfs.models import DriveAccount, Job, StoredFile
from tests import people
from tests.accounts.telling import tell

LONG_HINDI_NAME = ("श्रीमती लक्ष्मीनारायणी वेंकटरमणाचार्युलु " * 6)[:200].strip()
LONG_FILE_NAME = "Rotational motion: problems with full solutions and marking notes (revised), " + "x" * 90 + ".pdf"
FILES = [
    ("Electrochemistry, lecture 4.mp4", 642_000_000),
    ("अम्ल, क्षार और लवण: अध्याय 2.pdf", 4_300_000),
    (LONG_FILE_NAME, 90),
]
TITLES = (
    "Room 3 is closed on Tuesday",
    "अम्ल, क्षार और लवण: अध्याय 2 के नोट्स अब यहाँ हैं",
    "Rotational motion: the notes with full solutions and marking remarks (revised) are ready, " + "x" * 90,
    "Room 4 is open again",
)
DRIVES = ("Rajendra Bhosale", "Meera Joshi", "Imran Shaikh", "Dr. Venkataraghavan Subramaniam", "Lata Gaikwad")


def main() -> None:
    make_people()
    make_family()
    make_store()
    make_news()
    make_a_teachers_day()


def make_people() -> None:
    """Everybody of tests.people, and a student whose name is as long as names may be."""
    for make in people.EVERYBODY.values():
        if make is not None:
            make()
    people.person(LONG_HINDI_NAME, Role.STUDENT, admission_number="2026-0999")
    people.person("Aarav Deshpande", Role.STUDENT, admission_number="2026-1000")


def make_family() -> None:
    """A guardian with three children and news of one of them, and an office that can be reached."""
    father, ananya = people.guardian(), people.student()
    long_name = User.objects.get(admission_number="2026-0999")
    for child in (ananya, people.other_student(), long_name):
        Guardianship.objects.create(guardian=father, student=child, relation="Father")
    told = {"recipient": father, "about": ananya, "created_at": timezone.now() - timedelta(hours=3)}
    Notification.objects.create(event_key="seed:child", title="अभिभावक बैठक: शनिवार 28 नवंबर, शाम 5 बजे", **told)
    Institute(
        pk=1,
        name="Pragati Study Circle",
        phone="+91 253 231 4405",
        email="office@pragati.test",
        address="2nd floor, Shubham Arcade\nCollege Road, Nashik 422005",
    ).save()


def make_store() -> None:
    """Five Drives of which one does not answer, files of an admin in every state, and a job that failed."""
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


def make_news() -> None:
    """News of a teacher and of an admin, and the mails of a digest, of one piece of news and of an invitation."""
    now, meera, imran = timezone.now(), people.teacher(), people.other_teacher()
    kinds = (drive_news.KIND.key, ACCEPTED)
    NotificationChoice.objects.create(user=imran, kind=kinds[0], channel="EMAIL", when="DIGEST")
    for number, title in enumerate(TITLES):
        words = {"event_key": f"seed:{number}", "title": title, "now": now - timedelta(hours=30 - 7 * number)}
        body = "Class JEE 2027 A meets in room 4 instead, on the first floor.\n\nThe timetable shows it, too."
        tell([meera, imran], kind=kinds[number % 2], body=body, url="/dfs/files/", **words)
    meera.notifications.filter(event_key="seed:0").update(read_at=now)
    invitations.invite(Invitee(Role.TEACHER, "Farhan Ali", "farhan@pragati.test"), actor=people.admin())
    deliveries.send_due(now=now + timedelta(days=3))
    folder = Path(settings.DATA_DIR) / "mails"
    folder.mkdir()
    named = {"invitation": "farhan", "notification": "meera", "digest": "imran"}
    for name, who in named.items():
        letter = next(letter for letter in mail.outbox if letter.to[0].startswith(who))
        (folder / f"{name}.html").write_text(letter.alternatives[0].content, encoding="utf-8")  # type: ignore[attr-defined]
    tell([people.admin(), people.student()], kind=kinds[0], event_key="seed:admin", title=TITLES[1], now=now)
    row = Delivery.objects.filter(notification__recipient=people.admin(), channel="EMAIL").first()
    Delivery.objects.filter(pk=row.pk).update(state="FAILED", tries=6, error="550 mailbox unknown")  # type: ignore[union-attr]


def make_a_teachers_day() -> None:
    """A teacher whose child learns here: files, a Drive that does not answer, and news."""
    teacher = people.guardian_who_teaches()
    Guardianship.objects.create(
        guardian=teacher, student=User.objects.get(admission_number="2026-1000"), relation="Father"
    )
    DriveAccount.objects.filter(label=DRIVES[3]).update(owner=teacher)
    for name, size in FILES:
        StoredFile.objects.create(
            name=name,
            size_bytes=size,
            crc32=0,
            purpose=StoredFile.MINE,
            owner=teacher,
            chunk_bytes=1024**2,
            segment_bytes=65536,
        )
    tell([teacher], kind=drive_news.KIND.key, title=TITLES[3], url="/dfs/files/")
