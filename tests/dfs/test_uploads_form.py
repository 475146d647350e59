"""The plain upload form: no script, straight into the spool."""

import os
import subprocess
import uuid
import zlib
from io import BytesIO

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from accounts.models import Role
from dfs import spool, uploads
from dfs.models import StoredFile, Upload
from tests import people
from tests.dfs.uploading import Tus, committing, spooled

pytestmark = pytest.mark.django_db


def file(content: bytes, name: str = "Optics.pdf", content_type: str = "application/pdf") -> SimpleUploadedFile:
    return SimpleUploadedFile(name, content, content_type)


def send(client, *files, url_name: str = "dfs:file_list", form_key: uuid.UUID | None = None, **headers):
    form = {"form_key": str(form_key or uuid.uuid4()), "file": list(files)}
    with committing():
        return client.post(reverse(url_name), form, follow=True, headers=headers)


def shown(response) -> str:
    return " ".join(str(message) for message in response.context["messages"])


def test_chosen_files_are_taken_whole(tmp_path):
    content = os.urandom(9_000_000)
    response = send(people.signed_in(people.teacher()), file(content), file(b"", "empty.txt"), file(b"1", "one.txt"))
    assert "3 files are here" in shown(response)
    kept = {row.name: row for row in StoredFile.objects.for_user(people.teacher())}
    assert {name: row.size_bytes for name, row in kept.items()} == {
        "Optics.pdf": 9_000_000,
        "empty.txt": 0,
        "one.txt": 1,
    }
    assert spool.staged_path(kept["Optics.pdf"].uuid).read_bytes() == content
    assert kept["Optics.pdf"].content_type == "application/pdf"
    assert len(spooled(tmp_path)) == 3


def test_form_without_a_file_says_so():
    client = people.signed_in(people.student())
    with committing():
        response = client.post(reverse("dfs:file_list"), {"form_key": str(uuid.uuid4())}, follow=True)
    assert "Choose a file first." in shown(response)


def test_form_sent_twice_is_taken_once(tmp_path):
    client, key = people.signed_in(people.teacher()), uuid.uuid4()
    for _time in range(2):
        assert "2 files are here" in shown(send(client, file(b"abc"), file(b"abc"), form_key=key))
    assert StoredFile.objects.count() == 2
    assert len(spooled(tmp_path)) == 2


def test_form_that_came_back_with_another_file_is_taken_anew():
    client, key = people.signed_in(people.teacher()), uuid.uuid4()
    send(client, file(b"abc"), form_key=key)
    send(client, file(b"abd"), form_key=key)
    assert set(StoredFile.objects.values_list("crc32", flat=True)) == {zlib.crc32(b"abc"), zlib.crc32(b"abd")}


def test_key_of_another_persons_form_gives_nothing_away():
    key = uuid.uuid4()
    send(people.signed_in(people.teacher()), file(b"abc"), form_key=key)
    send(people.signed_in(people.student()), file(b"abc"), form_key=key)
    assert StoredFile.objects.filter(owner=people.student()).count() == 1


def test_form_over_the_limit_is_refused_before_it_is_read(settings, tmp_path):
    settings.DFS_MAX_UPLOAD_BYTES = 1000
    client = people.signed_in(people.teacher())

    class Unread(BytesIO):
        def read(self, *_args):
            raise AssertionError("the body was read")

    answer = client.generic(
        "POST", reverse("dfs:file_list"), b"x", content_type="multipart/form-data; boundary=b",
        **{"wsgi.input": Unread(), "CONTENT_LENGTH": str(3 * 1024 * 1024)},
    )  # fmt: skip
    assert answer.status_code == 413
    assert spooled(tmp_path) == []


def test_form_over_the_quota_is_refused_before_it_is_read(monkeypatch, tmp_path):
    monkeypatch.setitem(uploads.QUOTA_BYTES, Role.STUDENT, 1000)
    answer = send(people.signed_in(people.student()), file(b"x" * (2 * 1024 * 1024)))
    assert answer.status_code == 413
    assert "1 KB of your space is left" in answer.content.decode()
    assert (spooled(tmp_path), Upload.objects.count()) == ([], 0)


def test_file_a_little_over_the_quota_leaves_nothing_behind(monkeypatch, tmp_path):
    monkeypatch.setitem(uploads.QUOTA_BYTES, Role.STUDENT, 1000)
    client = people.signed_in(people.student())
    assert send(client, file(b"x" * 600), file(b"x" * 600)).status_code == 413
    assert [row.size_bytes for row in StoredFile.objects.all()] == [600]
    assert len(spooled(tmp_path)) == 1


def test_form_without_the_csrf_token_is_refused_and_leaves_nothing(tmp_path):
    client = Client(enforce_csrf_checks=True)
    client.force_login(people.teacher())
    assert send(client, file(b"abc")).status_code == 403
    client.get(reverse("dfs:file_list"))
    token = client.cookies["csrftoken"].value
    form = {"form_key": str(uuid.uuid4()), "file": [file(b"abc")], "csrfmiddlewaretoken": token}
    assert spooled(tmp_path) == []
    with committing():
        assert client.post(reverse("dfs:file_list"), form).status_code == 302
    assert StoredFile.objects.count() == 1


def test_broken_off_form_leaves_nothing(tmp_path):
    body = b'--b\r\nContent-Disposition: form-data; name="file"; filename="a.txt"\r\n\r\n' + b"x" * 100_000
    client = people.signed_in(people.teacher())
    with committing():
        answer = client.generic("POST", reverse("dfs:file_list"), body, content_type="multipart/form-data; boundary=b")
    assert answer.status_code == 302
    assert (spooled(tmp_path), StoredFile.objects.count()) == ([], 0)


def test_nobody_sends_a_form_without_signing_in(tmp_path):
    answer = people.signed_in(None).post(reverse("dfs:file_list"), {"file": file(b"abc")})
    assert (answer.status_code, answer.headers["Location"].partition("?")[0]) == (302, "/accounts/login/")
    assert spooled(tmp_path) == []


@pytest.mark.parametrize("who", [people.student, people.teacher, people.guardian, people.cashier])
def test_only_admins_send_the_consoles_form(who):
    url = reverse("dfs:console_upload")
    with committing():
        assert people.signed_in(who()).post(url, {"file": file(b"abc")}).status_code == 403
        form = {"form_key": str(uuid.uuid4()), "file": file(b"abc")}
        assert people.signed_in(people.admin()).post(url, form).status_code == 302
    assert StoredFile.objects.get().purpose == StoredFile.CONSOLE


def test_hostile_names_of_a_form_become_plain_ones():
    names = ['चाँद "गीत".pdf', "photo\u202egpj.exe", "न" * 150 + ".pdf"]
    send(people.signed_in(people.teacher()), *[file(b"1", name) for name in names])
    kept = set(StoredFile.objects.values_list("name", flat=True))
    assert {'चाँद "गीत".pdf', "photogpj.exe"} < kept
    assert all(len(name.encode()) <= 255 for name in kept)


@pytest.fixture
def small_disk(tmp_path, settings):
    """A data directory on a disk of 6 MiB."""
    place = tmp_path / "small"
    place.mkdir()
    mounted = subprocess.run(["mount", "-t", "tmpfs", "-o", "size=6m", "tmpfs", place], capture_output=True)
    if mounted.returncode:
        pytest.skip("a disk of 6 MiB needs the right to mount one")
    settings.DATA_DIR = place
    yield place
    subprocess.run(["umount", "-l", place], check=True)


def test_full_disk_is_told_and_the_upload_goes_on_when_there_is_room(small_disk):
    tus = Tus(people.signed_in(people.teacher()))
    assert tus.create(7 * 1024 * 1024).status_code == 507
    content = os.urandom(4_000_000)
    url = tus.begin(len(content))
    assert tus.patch(url, content[:1_000_000], 0).status_code == 204
    filler = small_disk / "filler"
    filler.write_bytes(bytes(4_000_000))
    refused = tus.patch(url, content[1_000_000:], 1_000_000)
    assert (refused.status_code, refused.json()["error"]["code"]) == (507, "spool_full")
    filler.unlink()
    assert tus.head(url).headers["Upload-Offset"] == "1000000"
    last = tus.patch(url, content[1_000_000:], 1_000_000)
    staged = StoredFile.objects.get(uuid=last.headers["X-File"])
    assert spool.staged_path(staged.uuid).read_bytes() == content


def test_full_disk_refuses_a_form_and_keeps_nothing_of_it(small_disk):
    client = people.signed_in(people.teacher())
    (small_disk / "filler").write_bytes(bytes(4_000_000))
    answer = send(client, file(bytes(2_500_000)))
    assert answer.status_code == 507
    assert "disk is full" in answer.content.decode()
    assert (spooled(small_disk), StoredFile.objects.count(), Upload.objects.count()) == ([], 0, 0)
