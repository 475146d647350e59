"""`manage.py dfs`: what each verb does, what it prints, how it ends."""

import base64
import io
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone

from accounts.keys import mark_master_keys
from accounts.models import Activity
from coaching.lib import heartbeats
from dfs import operator, spool
from dfs.models import DriveAccount, Job, StoredFile
from tests import people
from tests.dfs.conftest import MIB, content, object_path, staged, stored

pytestmark = pytest.mark.django_db


def dfs(*words: str) -> str:
    """What the command prints."""
    out = io.StringIO()
    call_command("dfs", *words, stdout=out)
    return out.getvalue()


def told(*words: str) -> Any:
    return json.loads(dfs(*words, "--json"))


def status_of(*words: str) -> tuple[int, str]:
    """(exit status, what it printed or why it could not run)."""
    out = io.StringIO()
    try:
        call_command("dfs", *words, stdout=out)
    except SystemExit as ended:
        return int(ended.code or 0), out.getvalue()
    except CommandError as error:
        return error.returncode, str(error)
    return 0, out.getvalue()


@pytest.fixture
def papers(tmp_path: Path) -> Path:
    path = tmp_path / "अंतिम प्रश्नपत्र.pdf"
    path.write_bytes(content(2 * MIB + 1))
    return path


def test_nothing_is_sealed_with_a_key_the_site_does_not_have(papers: Path, settings: Any) -> None:
    mark_master_keys()
    settings.MASTER_KEYS = "t1:" + base64.b64encode(bytes(32)).decode()
    status, why = status_of("put", str(papers))
    assert (status, StoredFile.objects.count()) == (2, 0)
    assert "another key under the name t1" in why


def test_an_erased_file_is_not_said_to_be_in_the_trash(drives: Callable[..., Any]) -> None:
    drives(2)
    file = stored(content(10))
    dfs("rm", str(file.uuid))
    dfs("rm", str(file.uuid), "--now")
    assert told("rm", str(file.uuid)) == {"uuid": str(file.uuid), "state": "ERASED", "until": None}


def test_put_prints_the_uuid_as_the_last_word(drives: Callable[..., Any], papers: Path) -> None:
    drives(5)
    file = StoredFile.objects.get(uuid=dfs("put", str(papers)).split()[-1])
    assert (file.name, file.state) == (papers.name, StoredFile.State.STAGED)
    assert (file.purpose, file.content_type) == (StoredFile.CONSOLE, "application/pdf")


@pytest.mark.django_db(transaction=True)
def test_put_waits_until_it_is_stored_here(drives: Callable[..., Any], papers: Path, tmp_path: Path) -> None:
    drives(5)
    answer = told("put", str(papers), "--name", "final.pdf", "--wait")
    assert (answer["state"], answer["objects"], answer["policy"]) == ("COMPLETE", 5, "3+2")
    assert not list(spool.folder().iterdir())
    [line] = told("ls")
    assert (line["name"], line["spare"], line["reduced"], line["trashed"]) == ("final.pdf", 2, False, False)
    target = tmp_path / "out.pdf"
    dfs("get", answer["uuid"], "-o", str(target))
    assert target.read_bytes() == papers.read_bytes()
    assert sorted(path.name for path in tmp_path.glob("*.part")) == []


def test_put_with_nobody_to_take_it_waits_and_says_why(papers: Path) -> None:
    status, said = status_of("put", str(papers), "--wait")
    assert status == 1
    assert "No Drive can be written to" in said
    assert StoredFile.objects.get().state == StoredFile.State.STAGED


def test_put_leaves_the_work_to_a_worker_that_is_heard_of(
    drives: Callable[..., Any], papers: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    drives(5)
    heartbeats.record("worker@here", queues=["dfs"], pid=1, is_scheduler=False)
    monkeypatch.setattr(operator, "PATIENCE_S", 0.5)
    assert told("put", str(papers), "--wait")["state"] == "COMPLETE"  # nobody came, so it was done here after all


def test_put_reads_standard_input(drives: Callable[..., Any], monkeypatch: pytest.MonkeyPatch) -> None:
    drives(5)
    monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(b"from a pipe")))
    answer = told("put", "-", "--name", "pipe.txt", "--wait")
    assert (answer["name"], answer["size_bytes"], answer["state"]) == ("pipe.txt", 11, "COMPLETE")


def test_get_gives_what_is_still_being_stored(tmp_path: Path) -> None:
    data = content(300_000)
    file = staged(data)
    dfs("get", str(file.uuid), "-o", str(tmp_path / "early.bin"))
    assert (tmp_path / "early.bin").read_bytes() == data


def test_get_writes_to_standard_output(drives: Callable[..., Any], capsysbinary: Any) -> None:
    drives(5)
    data = content(1_500_000)
    file = stored(data)
    dfs("get", str(file.uuid), "-o", "-")
    assert capsysbinary.readouterr().out == data


def test_get_of_what_is_gone_leaves_no_half_file(drives: Callable[..., Any], tmp_path: Path) -> None:
    lent = drives(5)
    file = stored(content(7 * MIB))
    target = tmp_path / "out" / "file.bin"
    target.parent.mkdir()
    target.write_bytes(b"an older one")
    for chunk in file.chunks.filter(index__gte=5, kind="DATA").select_related("account"):
        object_path(chunk).unlink()
    for drive in lent[:3]:
        DriveAccount.objects.filter(pk=drive.pk).update(state=DriveAccount.State.LOST)
    status, said = status_of("get", str(file.uuid), "-o", str(target))
    assert status == 1
    assert said
    assert target.read_bytes() == b"an older one"
    assert [path.name for path in target.parent.iterdir()] == ["file.bin"]


def test_get_of_an_erased_file_says_so(drives: Callable[..., Any], tmp_path: Path) -> None:
    drives(5)
    file = stored(b"secret")
    answer = told("rm", str(file.uuid), "--now")
    assert (answer["state"], answer["objects"]) == ("ERASED", 0)
    assert status_of("get", str(file.uuid), "-o", str(tmp_path / "x")) == (
        1,
        "This file was erased and cannot be read any more.",
    )
    assert told("ls") == []


def test_rm_is_the_trash_first(drives: Callable[..., Any]) -> None:
    drives(5)
    file = stored(b"x")
    for _twice in range(2):
        assert told("rm", str(file.uuid))["state"] == "TRASHED"
    file.refresh_from_db()
    assert file.state == StoredFile.State.STORED
    assert Activity.objects.filter(event="file.trash").count() == 1
    assert told("ls")[0]["trashed"] is True


@pytest.mark.parametrize(
    "words",
    [
        ("get", "no-uuid", "-o", "x"),
        ("get", "7d0a3a52-0000-4000-8000-000000000000", "-o", "x"),
        ("pause", "nobody"),
        ("whatif", "nobody"),
        ("put", "no/such/file"),
        ("rm", "no-uuid"),
        ("add-local", "a/b"),
        ("put", "pyproject.toml", "--owner", "nobody@nowhere.test"),
    ],
)
def test_what_cannot_run_says_why_in_one_line(words: tuple[str, ...]) -> None:
    status, said = status_of(*words)
    assert status == 2
    assert said
    assert "\n" not in said


@pytest.mark.parametrize(
    ("text", "size"),
    [("10G", 10 * 1024**3), ("500M", 500 * 1024**2), ("1.5k", 1536), ("2GiB", 2 * 1024**3), ("12", 12)],
)
def test_sizes_are_typed_as_people_say_them(text: str, size: int) -> None:
    assert operator.parse_bytes(text) == size
    dfs("add-local", "shelf", "--bytes", text)
    assert DriveAccount.objects.get().cap_bytes == size


@pytest.mark.parametrize("text", ["", "G", "-1G", "ten", "10X", "99999999T"])
def test_nonsense_sizes_are_refused(text: str) -> None:
    with pytest.raises(ValueError, match="no size"):
        operator.parse_bytes(text)
    assert status_of("add-local", "shelf", f"--bytes={text}")[0] != 0
    assert not DriveAccount.objects.exists()


def test_a_lent_folder_belongs_to_its_owner() -> None:
    people.teacher()
    dfs("add-local", "shelf", "--owner", "meera@pragati.test")
    [account] = told("accounts")
    assert (account["label"], account["owner"], account["state"]) == ("shelf", "Meera Joshi", "ACTIVE")


def test_a_drive_is_paused_resumed_drained_and_forgotten(drives: Callable[..., Any]) -> None:
    drive = drives(6)[0]
    for number in range(3):
        stored(content(100, number))
    assert told("pause", "drive-0")["state"] == "PAUSED"
    assert told("resume", str(drive.uuid))["state"] == "ACTIVE"
    assert status_of("forget", "drive-1")[0] == 2
    answer = told("drain", "drive-0", "--wait")
    assert answer["state"] == "DRAINING"
    assert not drive.chunks.exists()
    dfs("forget", "drive-0")
    assert len(told("accounts")) == 5
    dfs("add-local", "drive-0", "--folder", drive.location)


def test_what_if_names_the_files(drives: Callable[..., Any]) -> None:
    drives(5)
    stored(content(3 * MIB), name="mock.pdf")
    answer = told("whatif", "drive-0", "drive-1")
    assert (answer["files"], len(answer["lost"]), len(answer["without_spare"])) == (1, 0, 1)
    status, said = status_of("whatif", "drive-0", "drive-1", "drive-2")
    assert status == 1
    assert "mock.pdf" in said


def test_status_tells_of_a_file_and_of_the_store(drives: Callable[..., Any]) -> None:
    lent = drives(5)
    file = stored(b"x")
    one = told("status", str(file.uuid))
    assert (one["state"], one["jobs"][0]["kind"]) == ("COMPLETE", "DISTRIBUTE")
    everything = told("status")
    assert (everything["drives"], everything["files"], everything["jobs"]["COMPLETE"]) == (5, 1, 1)
    DriveAccount.objects.filter(pk=lent[0].pk).update(state=DriveAccount.State.SUSPECT)
    status, said = status_of("status")
    assert status == 1
    assert "not answering: drive-0" in said


def test_verify_finds_and_repairs(drives: Callable[..., Any]) -> None:
    drives(5)
    file = stored(content(3 * MIB))
    first, second, *_rest = file.chunks.select_related("account").order_by("pk")
    object_path(first).unlink()
    object_path(second).write_bytes(b"rot")
    status, said = status_of("verify")
    assert status == 1
    assert "1 missing, 1 damaged" in said
    status, said = status_of("verify", "--repair")
    assert status == 0, said
    assert "1 of 1 files healed." in said
    assert status_of("verify", "--deep")[0] == 0


def test_verify_that_cannot_heal_ends_with_one(drives: Callable[..., Any]) -> None:
    drives(5)
    file = stored(content(3 * MIB))
    for chunk in file.chunks.select_related("account").order_by("pk")[:3]:
        object_path(chunk).unlink()
    status, said = status_of("verify", "--repair")
    assert status == 1
    assert "Too many pieces are gone" in said
    assert file.jobs.get(kind=Job.Kind.REPAIR).state == Job.State.WAITING


def test_finish_does_not_wait_for_what_nobody_knows() -> None:
    job = staged(b"x").jobs.get()
    Job.objects.filter(pk=job.pk).update(state=Job.State.RUNNING, lease_until=timezone.now(), lease_owner="gone:1:1")
    assert operator.finish(job).state == Job.State.WAITING
