"""Who is told that a Drive needs him, and how often."""

import io
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.core import mail
from django.core.management import call_command
from django.utils import timezone

from accounts import deliveries
from accounts.models import Activity, User
from dfs import drive_news, lending, pool, tasks
from dfs.models import DriveAccount
from tests import people
from tests.dfs.conftest import content, stored
from tests.dfs.console_visits import text_of
from tests.dfs.test_my_drives import folder, google

pytestmark = pytest.mark.django_db


def becomes(drive: DriveAccount, state: str, **more: Any) -> None:
    DriveAccount.objects.filter(pk=drive.pk).update(state=state, **more)


def told(now: datetime | None = None) -> int:
    """Look, and have a worker carry out what there is to tell; of how many Drives there was something."""
    now = now or timezone.now()
    count = drive_news.tell(now)
    deliveries.send_due(now=now)
    return count


def told_in(minutes: float) -> int:
    """What a look so many minutes from now tells."""
    return told(timezone.now() + timedelta(minutes=minutes))


def subjects() -> list[str]:
    return [message.subject for message in mail.outbox]


def to(person: User) -> list[str]:
    """Subjects of the mails this person got."""
    return [message.subject for message in mail.outbox if message.to == [person.email]]


def test_owner_and_admins_are_told_once_that_a_sign_in_is_needed() -> None:
    office, owner = people.admin(), people.teacher()
    drive = google()
    becomes(drive, "NEEDS_REAUTH")
    assert told() == 1
    assert told() == 0
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
        told()
    assert [message.subject.split("gmail.test ")[1] for message in mail.outbox] == [
        "needs a sign-in",
        "needs a sign-in",
        "is lost",
    ]


def test_lost_folder_is_told_as_a_folder() -> None:
    drive = folder()
    becomes(drive, "LOST")
    told()
    assert "The folder Staff room shelf on the machine of" in mail.outbox[0].body


def test_mail_is_in_the_readers_language() -> None:
    owner, office = people.teacher(), people.admin()
    User.objects.filter(pk=owner.pk).update(language="hi")
    drive = google()
    becomes(drive, "NEEDS_REAUTH")
    told()
    assert "साइन इन चाहिए" in mail.outbox[0].subject
    assert office.email in mail.outbox[1].to
    assert "needs a sign-in" in mail.outbox[1].subject


def test_people_without_an_address_or_gone_are_passed_over() -> None:
    User.objects.filter(pk=people.other_teacher().pk).update(is_active=False)
    becomes(google("ananya@gmail.test", owner=people.student()), "NEEDS_REAUTH")
    becomes(google("imran@gmail.test", owner=people.other_teacher()), "NEEDS_REAUTH")
    assert told() == 2
    assert mail.outbox == []


def test_mail_server_that_refuses_is_asked_again(settings: Any) -> None:
    becomes(google(), "NEEDS_REAUTH")
    kept, settings.EMAIL_BACKEND = settings.EMAIL_BACKEND, "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", 9
    assert told() == 1
    settings.EMAIL_BACKEND = kept
    assert told_in(2) == 0
    assert len(mail.outbox) == 1
    assert Activity.objects.filter(event="drive.needs_sign_in").count() == 1


def test_news_stands_behind_the_bell_of_whoever_has_no_address() -> None:
    becomes(google("ananya@gmail.test", owner=people.student()), "NEEDS_REAUTH")
    assert told() == 1
    [news] = people.student().notifications.all()
    assert (news.title, news.url) == ("The Drive ananya@gmail.test needs a sign-in", "/dfs/drives/")
    assert "Sign in again with the same Google account" in news.body
    assert mail.outbox == []


def test_drive_that_leaves_empty_needs_nobody() -> None:
    becomes(google(leaving_at=timezone.now()), "NEEDS_REAUTH")
    assert told() == 0
    assert mail.outbox == []


def test_scheduled_look_tells_what_it_finds(data_dir: Any) -> None:
    import shutil

    drive = folder()
    shutil.rmtree(drive.location)
    tasks.check_drives()
    deliveries.send_due(now=timezone.now())
    assert [message.subject for message in mail.outbox] == ["The Drive Staff room shelf is lost"]


@pytest.mark.parametrize(
    ("state", "subject", "to_owner", "to_office"),
    [
        ("FULL", "is full", "Lend more on your page", "if not, have more lent"),
        ("SUSPECT", "does not answer", "sign in again on your page", "ask its owner"),
    ],
)
def test_what_may_pass_is_told_once_it_lasted_an_hour(state: str, subject: str, to_owner: str, to_office: str) -> None:
    owner, office, drive = people.teacher(), people.admin(), google()
    becomes(drive, state)
    assert [told_in(minutes) for minutes in (0, 5, 55)] == [0, 0, 0]
    assert told_in(61) == 1
    assert told_in(66) == 0
    assert [message.to for message in mail.outbox] == [[owner.email], [office.email]]
    assert set(subjects()) == {f"The Drive meera.joshi@gmail.test {subject}"}
    assert to_owner in mail.outbox[0].body
    assert to_office in mail.outbox[1].body
    assert Activity.objects.filter(event=drive_news.EVENTS[state]).count() == 1


def test_a_drive_that_comes_and_goes_sends_no_mail() -> None:
    drive = google()
    for minutes in range(0, 600, 10):
        becomes(drive, ("SUSPECT", "FULL", "SUSPECT", "ACTIVE")[minutes // 10 % 4])
        assert told_in(minutes) == 0
    assert mail.outbox == []


def test_what_passes_is_told_once_a_day_at_most() -> None:
    drive, hour = google(), 60
    for start in (0, 4 * hour, 8 * hour):
        becomes(drive, "SUSPECT")
        told_in(start)
        told_in(start + 2 * hour)
        becomes(drive, "ACTIVE")
        told_in(start + 3 * hour)
    assert subjects() == ["The Drive meera.joshi@gmail.test does not answer"]
    becomes(drive, "SUSPECT")
    told_in(23 * hour)
    assert told_in(27 * hour) == 1


def test_many_drives_in_trouble_are_one_mail_to_an_admin() -> None:
    office = people.admin()
    for name in ("a", "b", "c"):
        becomes(google(f"{name}@gmail.test", owner=people.teacher()), "SUSPECT")
    told_in(0)
    assert told_in(61) == 3
    assert to(office) == ["News of 3 Drives"]
    body = next(message.body for message in mail.outbox if message.to == [office.email])
    assert all(f"The Drive {name}@gmail.test has not answered" in body for name in ("a", "b", "c"))


def test_others_are_told_who_paused_a_drive_and_he_is_not() -> None:
    owner, office, drive = people.teacher(), people.admin(), google()
    pool.pause(drive, actor=owner)
    assert told() == 1
    assert (to(owner), to(office)) == ([], ["The Drive meera.joshi@gmail.test is paused"])
    assert f"{owner.name} paused the Drive" in mail.outbox[0].body
    becomes(drive, "ACTIVE")
    told()
    drive.refresh_from_db()
    pool.empty_out(drive, actor=office)
    assert told() == 1
    assert (to(owner), len(to(office))) == (["The Drive meera.joshi@gmail.test is being emptied"], 1)
    assert f"{office.name} has the Drive" in mail.outbox[1].body


def test_what_the_command_line_paused_is_told_to_all() -> None:
    owner, office, drive = people.teacher(), people.admin(), google()
    pool.pause(drive, actor=None)
    assert told() == 1
    assert len(to(owner)) == len(to(office)) == 1


def test_a_drive_that_is_paused_again_after_an_outage_is_no_news() -> None:
    drive = google()
    pool.pause(drive, actor=people.teacher())
    told()
    becomes(drive, "SUSPECT")
    told_in(0)
    assert told_in(61) == 1
    becomes(drive, "PAUSED")
    assert told_in(90) == 0


def test_admins_hear_that_an_owner_takes_his_drive_back(drives: Any) -> None:
    owner, office = people.teacher(), people.admin()
    drive = folder()
    drives(1)
    stored(content(1000))
    becomes(drive, "ACTIVE", kind="GOOGLE")  # a folder cannot be taken back; its words are those of a Google Drive
    drive.refresh_from_db()
    lending.unlink(drive, actor=owner, now=timezone.now())
    assert told() == 1
    assert (to(owner), to(office)) == ([], ["The Drive Staff room shelf is taken back"])
    assert f"{owner.name} takes the Drive Staff room shelf back" in mail.outbox[0].body


# --- A consent screen left in Testing ---------------------------------------------------------------------------------

ENDED = {"state_reason": "Google does not accept the sign-in any more: Google answered 400 invalid_grant"}


def accounts_said() -> str:
    out = io.StringIO()
    call_command("dfs", "accounts", stdout=out)
    return out.getvalue()


@pytest.mark.parametrize(
    ("age_days", "reason", "is_hinted"),
    [
        (7.1, ENDED, True),
        (9.9, ENDED, True),
        (10.1, ENDED, False),
        (7.1, {"state_reason": "Google does not accept the sign-in any more: Google answered 403"}, False),
    ],
)
def test_a_sign_in_that_ended_young_hints_at_testing(age_days: float, reason: Any, is_hinted: bool) -> None:
    owner, office = people.teacher(), people.admin()
    drive = google(signed_in_at=timezone.now() - timedelta(days=age_days))
    becomes(drive, "NEEDS_REAUTH", **reason)
    told()
    said = {message.to[0]: message.body for message in mail.outbox}
    assert ("still in Testing" in said[office.email]) == is_hinted
    assert "Testing" not in said[owner.email]
    assert ("still in Testing" in accounts_said()) == is_hinted
    assert ("still in Testing" in text_of(people.signed_in(office))) == is_hinted


def test_the_hint_stays_while_nobody_signs_in_again() -> None:
    drive = google(signed_in_at=timezone.now() - timedelta(days=40))
    becomes(drive, "NEEDS_REAUTH", seen_state="NEEDS_REAUTH", seen_at=timezone.now() - timedelta(days=33), **ENDED)
    assert "still in Testing" in accounts_said()
    becomes(drive, "ACTIVE")
    assert "Testing" not in accounts_said()
