"""Google Drives through the years: owners who leave and come, Drives nearly full, and secrets that stay inside."""

import io
import logging
import os
from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any

import pytest
from celery.signals import before_task_publish
from django.core.management import call_command
from django.test import Client

from accounts.models import Activity
from dfs import manifests, pool, repair, snapshots, tasks
from dfs.drives.google.opening import seal_sign_in
from dfs.models import Chunk, DriveAccount, Job, JobLine, StoredFile
from tests import people
from tests.dfs.conftest import MIB, content, content_of, finish, staged, stored
from tests.dfs.googling import Waits
from tests.emulators.google import Drop, GoogleEmulator, Keep, Refuse

Linked = Callable[..., list[DriveAccount]]


def heal_all() -> None:
    repair.verify()
    for job in repair.queue_healing():
        assert finish(job.file) == Job.State.COMPLETE


def policy_of(file: StoredFile) -> str:
    file.refresh_from_db()
    return f"{file.k}+{file.p}"


def owners_of(file: StoredFile) -> set[str]:
    """Whose Drives hold pieces of it that count."""
    held = file.chunks.content().filter(state=Chunk.State.VERIFIED)
    return set(held.values_list("account__label", flat=True))


def test_two_of_five_leave_three_carry_on_and_two_new_ones_make_it_whole(
    google: GoogleEmulator, linked: Linked
) -> None:
    """31: 3+2, then every file readable from three, 1+1 on these three, and 3+2 again; some files small, some not."""
    linked(5)
    contents = [content(4 * MIB + 5), content(MIB, seed=2), content(10, seed=3), b""]
    files = [stored(data) for data in contents]
    assert {policy_of(file) for file in files} == {"3+2"}
    left = {f"owner{number}@example.org" for number in (1, 2, 4)}
    is_hit = [not owners_of(file) <= left for file in files]
    assert is_hit[0]
    for name in ("owner0@example.org", "owner3@example.org"):
        google.account(name).disconnect()
    assert [content_of(file) for file in files] == contents
    repair.check_drives()
    heal_all()
    for file, data, hit in zip(files, contents, is_hit, strict=True):
        assert policy_of(file) == ("1+1" if hit else "3+2")
        assert owners_of(file) <= left
        assert content_of(file) == data
    assert repair.verify().missing == 0
    linked(2, prefix="new")
    heal_all()
    for file, data in zip(files, contents, strict=True):
        assert policy_of(file) == "3+2"
        assert content_of(file) == data
    assert owners_of(files[0]) == left | {"new0@example.org", "new1@example.org"}


def test_what_is_lent_is_never_exceeded_at_google_either(google: GoogleEmulator, linked: Linked) -> None:
    """Counted by what Google holds after each file, the marker and pieces of failed tries included."""
    linked(4)
    cap = 2 * MIB
    small = google.account("small@example.org")
    pool.add_google(small.email, small.refresh_token, cap_bytes=cap)
    google.plan.add("put", Drop(), after_commit=True, account=small.email)
    most = 0
    for number in range(8):
        data = content(2 * MIB + 7, seed=number)
        assert content_of(stored(data)) == data
        most = max(most, small.used_bytes)
        assert small.used_bytes <= cap
    assert most > cap // 2
    account = DriveAccount.objects.get(label=small.email)
    assert account.used_bytes <= cap


# --- Secrets ----------------------------------------------------------------------------------------------------------


@pytest.fixture
def messages() -> Iterator[list[str]]:
    """Everything that is sent to workers, as text."""
    sent: list[str] = []

    def note(body: Any = None, headers: Any = None, **_more: Any) -> None:
        sent.append(f"{body!r} {headers!r}")

    before_task_publish.connect(note)
    yield sent
    before_task_publish.disconnect(note)


def weathered_life(google: GoogleEmulator, linked: Linked) -> StoredFile:
    """Store, stumble, read, lose two owners, heal, sign one in again; what a Drive goes through in a year."""
    linked(5)
    google.plan.add("put", Drop(100_000))
    google.plan.add("put", Keep(256 * 1024, moved=True), nth=4)
    google.plan.add("session", Refuse(500, html=True), nth=3)
    google.plan.add("put", Refuse(400), nth=7)
    google.plan.add("download", Refuse(503))
    data = content(5 * MIB)
    file = stored(data, name="Salary slips.pdf")
    assert content_of(file) == data
    google.account("owner0@example.org").revoke()
    google.account("owner3@example.org").disconnect()
    google.account("owner1@example.org").expire_access_tokens()
    tasks.check_drives()
    heal_all()
    assert content_of(file) == data
    manifests.tend()
    snapshots.tend()
    back = google.account("owner0@example.org")
    back.refresh_token = google.link(back)
    account = DriveAccount.objects.get(label=back.email)
    seal_sign_in(account, back.refresh_token)
    account.state = DriveAccount.State.ACTIVE
    account.save()
    tasks.check_drives()
    tasks.sweep()
    google.plan.add("*", Refuse(401), times=None)
    staged(data)
    tasks.wake_due_jobs()
    for job in Job.objects.open():
        tasks.work(job.pk)
    return file


def secrets_of(google: GoogleEmulator, file: StoredFile) -> dict[str, str]:
    """What must be read nowhere, by what it is."""
    found = {"client secret": google.client_secret, "bearer": "Bearer ", "access token": "ya29"}
    found |= {f"upload {number}": name for number, name in enumerate(google.uploads.sessions)}
    found["any upload"] = "upload_id="
    for account in DriveAccount.objects.filter(kind=DriveAccount.Kind.GOOGLE):
        found[f"sign-in of {account.label}"] = google.account(account.label).refresh_token
    found["any sign-in"] = "1//0g"
    found["master key"] = os.environ["CLASSCREW_MASTER_KEYS"].partition(":")[2]
    key = bytes(StoredFile.objects.get(pk=file.pk).wrapped_key)
    return found | {"wrapped key": key.hex(), "wrapped key as text": repr(key)[2:-1]}


@pytest.mark.django_db(transaction=True)
def test_no_secret_is_logged_sent_to_a_worker_or_shown(
    google: GoogleEmulator,
    linked: Linked,
    waits: Waits,
    messages: list[str],
    admin: Client,
    caplog: pytest.LogCaptureFixture,
) -> None:
    """Tokens, session addresses and keys, with everything of ours at DEBUG and the libraries as they are set."""
    caplog.set_level(logging.DEBUG)
    file = weathered_life(google, linked)
    said = io.StringIO()
    with pytest.raises(SystemExit):  # owner3 is still away
        call_command("dfs", "status", stdout=said)
    DriveAccount.objects.update(owner=people.admin())
    pages = ["/dfs/", "/dfs/drives/", "/dfs/log/", "/dfs/log/download/", "/dfs/history/", "/dfs/queue/", "/dfs/run/"]
    pages += [f"/dfs/jobs/{job.uuid}/{more}" for job in Job.objects.all() for more in ("", "log/")]
    answers = [admin.get(address) for address in pages]
    assert {answer.status_code for answer in answers} <= {200, 286}  # a job's page that need not ask again says 286
    lines = [line.text for line in JobLine.objects.all()]
    states = list(DriveAccount.objects.values_list("state_reason", flat=True))
    rows = [repr(row.extra) for row in Activity.objects.all()]
    places = {
        "log": caplog.text,
        "messages": "\n".join(messages),
        "pages": "".join(answer.getvalue().decode() for answer in answers),
        "rows": "\n".join(lines + states + rows + list(Job.objects.values_list("reason", flat=True))),
        "command": said.getvalue(),
    }
    assert all("owner1@example.org" in places[place] for place in ("log", "pages", "command"))
    assert messages
    assert lines
    assert google.uploads.sessions
    for what, secret in secrets_of(google, file).items():
        assert [place for place, text in places.items() if secret in text] == [], what


def test_a_sign_in_that_testing_ended_is_known_by_its_age(google: GoogleEmulator, linked: Linked) -> None:
    """23: what Google says to a token of a week in Testing is what the hint goes by; a new sign-in ends it."""
    google.in_testing = True
    (account,) = linked(1)
    assert account.signed_in_at is not None
    google.clock.advance(8 * 86_400)
    account = repair.check_drive(account)
    assert (account.state, account.ended_young) == (DriveAccount.State.NEEDS_REAUTH, True)
    account.signed_in_at -= timedelta(days=30)
    assert not account.ended_young
