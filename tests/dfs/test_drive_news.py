"""Who is told by e-mail that a Drive needs him, and how often."""

from typing import Any

import pytest
from django.core import mail

from accounts.models import Activity, User
from dfs import drive_news, tasks
from dfs.models import DriveAccount
from tests import people
from tests.dfs.test_my_drives import folder, google

pytestmark = pytest.mark.django_db


def becomes(drive: DriveAccount, state: str) -> None:
    DriveAccount.objects.filter(pk=drive.pk).update(state=state)


def test_owner_and_admins_are_told_once_that_a_sign_in_is_needed() -> None:
    office, owner = people.admin(), people.teacher()
    drive = google()
    becomes(drive, "NEEDS_REAUTH")
    assert drive_news.tell() == 1
    assert drive_news.tell() == 0
    assert [message.to for message in mail.outbox] == [[owner.email], [office.email]]
    to_owner, to_office = mail.outbox
    assert to_owner.subject == "The Drive meera.joshi@gmail.test needs a sign-in"
    assert "Sign in again with the same Google account" in to_owner.body
    assert "http://127.0.0.1:8000/dfs/drives/" in to_owner.body
    assert "Only the owner can sign in again" in to_office.body
    assert "http://127.0.0.1:8000/dfs/\n" in to_office.body
    assert Activity.objects.filter(event="drive.needs_sign_in").count() == 1


def test_each_new_trouble_is_told_and_a_recovery_is_not() -> None:
    drive = google()
    for state in ("NEEDS_REAUTH", "ACTIVE", "SUSPECT", "ACTIVE", "NEEDS_REAUTH", "LOST"):
        becomes(drive, state)
        drive_news.tell()
    assert [message.subject.split("gmail.test ")[1] for message in mail.outbox] == [
        "needs a sign-in",
        "needs a sign-in",
        "is lost",
    ]


def test_lost_folder_is_told_as_a_folder() -> None:
    drive = folder()
    becomes(drive, "LOST")
    drive_news.tell()
    assert "The folder Staff room shelf on the machine of" in mail.outbox[0].body


def test_mail_is_in_the_readers_language() -> None:
    owner, office = people.teacher(), people.admin()
    User.objects.filter(pk=owner.pk).update(language="hi")
    drive = google()
    becomes(drive, "NEEDS_REAUTH")
    drive_news.tell()
    assert "साइन इन चाहिए" in mail.outbox[0].subject
    assert office.email in mail.outbox[1].to
    assert "needs a sign-in" in mail.outbox[1].subject


def test_people_without_an_address_or_gone_are_passed_over() -> None:
    User.objects.filter(pk=people.other_teacher().pk).update(is_active=False)
    becomes(google("ananya@gmail.test", owner=people.student()), "NEEDS_REAUTH")
    becomes(google("imran@gmail.test", owner=people.other_teacher()), "NEEDS_REAUTH")
    assert drive_news.tell() == 2
    assert mail.outbox == []


def test_mail_server_that_refuses_is_asked_again(settings: Any) -> None:
    becomes(google(), "NEEDS_REAUTH")
    kept, settings.EMAIL_BACKEND = settings.EMAIL_BACKEND, "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT, settings.EMAIL_TIMEOUT = "127.0.0.1", 9, 2
    assert drive_news.tell() == 0
    settings.EMAIL_BACKEND = kept
    assert drive_news.tell() == 1
    assert len(mail.outbox) == 1
    assert Activity.objects.filter(event="drive.needs_sign_in").count() == 1


def test_drive_that_leaves_empty_needs_nobody() -> None:
    from django.utils import timezone

    becomes(google(leaving_at=timezone.now()), "NEEDS_REAUTH")
    assert drive_news.tell() == 0
    assert mail.outbox == []


def test_scheduled_look_tells_what_it_finds(data_dir: Any) -> None:
    import shutil

    drive = folder()
    shutil.rmtree(drive.location)
    tasks.check_drives()
    assert [message.subject for message in mail.outbox] == ["The Drive Staff room shelf is lost"]
