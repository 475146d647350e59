"""The tus protocol, request by request."""

import base64
import hashlib
import threading
import uuid
import zlib
from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.models import Role
from dfs import spool, store, uploads
from dfs.models import StoredFile, Upload
from tests import people
from tests.dfs.uploading import TUS, Tus, append, committing, lend_drives, metadata, spooled, store_all, upload_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def tus() -> Tus:
    return Tus(people.signed_in(people.teacher()))


@pytest.fixture
def admins_tus() -> Tus:
    return Tus(people.signed_in(people.admin()))


def content_of(file: StoredFile) -> bytes:
    return b"".join(store.read(file))


def checksum(algorithm: str, body: bytes) -> str:
    return f"{algorithm} {base64.b64encode(hashlib.new(algorithm, body).digest()).decode()}"


def test_capabilities_are_told(tus):
    answer = tus.client.options(reverse("dfs:upload_create"))
    assert answer.status_code == 204
    assert answer.headers["Tus-Version"] == "1.0.0"
    assert set(answer.headers["Tus-Extension"].split(",")) == {"creation", "termination", "checksum", "expiration"}
    assert set(answer.headers["Tus-Checksum-Algorithm"].split(",")) == {"sha1", "md5", "sha256"}
    assert answer.headers["Tus-Max-Size"] == str(5 * 1024**3)


def test_file_goes_up_in_pieces_and_comes_back_whole(tus, tmp_path):
    lend_drives(tmp_path)
    content = bytes(range(256)) * 8000
    url = tus.begin(len(content), filetype="application/pdf")
    assert tus.head(url).headers["Upload-Offset"] == "0"
    first = tus.patch(url, content[:1_000_000], 0)
    assert (first.status_code, first.headers["Upload-Offset"]) == (204, "1000000")
    assert "X-File" not in first.headers
    last = tus.patch(url, content[1_000_000:], 1_000_000)
    assert (last.status_code, last.headers["Upload-Offset"]) == (204, str(len(content)))
    file = StoredFile.objects.get(uuid=last.headers["X-File"])
    assert (file.name, file.content_type, file.size_bytes) == ("Optics.pdf", "application/pdf", len(content))
    assert (file.crc32, file.purpose, file.owner) == (zlib.crc32(content), StoredFile.MINE, people.teacher())
    store_all()
    file.refresh_from_db()
    assert file.state == StoredFile.State.STORED
    assert content_of(file) == content
    assert spooled(tmp_path) == []


def test_asking_again_after_the_end_is_harmless(tus):
    url = tus.begin(3)
    file = tus.patch(url, b"abc", 0).headers["X-File"]
    for answer in (tus.head(url), tus.patch(url, b"", 3), tus.head(url)):
        assert (answer.headers["Upload-Offset"], answer.headers["X-File"]) == ("3", file)
    again = tus.patch(url, b"abc", 0)
    assert (again.status_code, again.json()["error"]["code"]) == (409, "wrong_offset")
    assert StoredFile.objects.count() == 1


@pytest.mark.parametrize("size", [0, 1, 1024 * 1024, 2 * 1024 * 1024])
def test_sizes_at_the_edges_arrive_exactly(tus, tmp_path, size):
    lend_drives(tmp_path)
    content = b"x" * size
    file = tus.send(content)
    store_all()
    file.refresh_from_db()
    assert (file.state, file.size_bytes) == (StoredFile.State.STORED, size)
    assert content_of(file) == content


def test_empty_file_is_complete_with_its_creation(tus):
    answer = tus.create(0, name="empty.txt")
    assert (answer.status_code, answer.headers["Upload-Offset"]) == (201, "0")
    assert StoredFile.objects.get(uuid=answer.headers["X-File"]).size_bytes == 0


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ('चाँद "गीत".pdf', 'चाँद "गीत".pdf'),
        ("a\r\nSet-Cookie: x=1.pdf", "a Set-Cookie: x=1.pdf"),
        ("../../etc/passwd", ".._.._etc_passwd"),
        ("photo\u202egpj.exe", "photogpj.exe"),
        ("", "file"),
        ("न" * 200 + ".pdf", "न" * 83 + ".pdf"),
        ("x" * 255, "x" * 255),
    ],
)
def test_hostile_and_long_names_become_plain_ones(tus, given, kept):
    file = tus.send(b"1", name=given)
    assert file.name == kept
    assert len(file.name.encode()) <= 255
    page = tus.client.get(reverse("dfs:file_list"))
    assert page.status_code == 200


def test_metadata_is_told_again(tus):
    url = tus.begin(10, name="चाँद.pdf", filetype="application/pdf")
    told = dict(pair.split(" ") for pair in tus.head(url).headers["Upload-Metadata"].split(","))
    assert base64.b64decode(told["filename"]).decode() == "चाँद.pdf"
    assert base64.b64decode(told["filetype"]) == b"application/pdf"
    assert tus.head(url).headers["Cache-Control"] == "no-store"


@pytest.mark.parametrize("version", [None, "0.2.2", "2.0.0"])
def test_other_version_is_refused_with_ours(tus, version):
    headers = {"Upload-Length": "3"} | ({"Tus-Resumable": version} if version else {})
    answer = tus.client.post(reverse("dfs:upload_create"), headers=headers)
    assert (answer.status_code, answer.headers["Tus-Version"]) == (412, "1.0.0")
    assert Upload.objects.count() == 0


@pytest.mark.parametrize("length", ["", "-1", "1.5", "one", "٣", "9" * 40])
def test_length_that_is_no_count_is_refused(tus, length):
    assert tus.create(length).status_code == 400


@pytest.mark.parametrize(
    "header", ["filename ###", "filename YQ==,filename YQ==", "filename /w==", ",", "k " + "A" * 5000]
)
def test_bad_metadata_is_refused(tus, header):
    answer = tus.create(3, headers={"Upload-Metadata": header})
    assert (answer.status_code, answer.json()["error"]["code"]) == (400, "bad_header")


def test_deferred_length_is_not_offered(tus):
    answer = tus.client.post(reverse("dfs:upload_create"), headers=TUS | {"Upload-Defer-Length": "1"})
    assert answer.status_code == 400


def test_wrong_offset_is_refused_and_the_right_one_told(tus):
    url = tus.begin(10)
    tus.patch(url, b"12345", 0)
    for offset in (0, 4, 6, 10):
        answer = tus.patch(url, b"67890", offset)
        assert answer.status_code == 409
        assert "5" in answer.json()["error"]["message"]
    assert tus.head(url).headers["Upload-Offset"] == "5"


def test_more_than_announced_is_refused_and_nothing_of_it_kept(tus):
    url = tus.begin(10)
    tus.patch(url, b"12345", 0)
    assert tus.patch(url, b"6" * 6, 5).status_code == 413
    assert tus.head(url).headers["Upload-Offset"] == "5"
    assert tus.patch(url, b"67890", 5).status_code == 204


def test_wrong_content_type_is_refused(tus):
    url = tus.begin(3)
    headers = TUS | {"Upload-Offset": "0"}
    assert tus.client.generic("PATCH", url, b"abc", content_type="text/plain", headers=headers).status_code == 415


@pytest.mark.parametrize("algorithm", ["sha1", "md5", "sha256"])
def test_damaged_piece_is_refused_and_none_of_it_kept(tus, algorithm):
    url = tus.begin(10)
    tus.patch(url, b"12345", 0, Upload_Checksum=checksum(algorithm, b"12345"))
    answer = tus.patch(url, b"67x90", 5, Upload_Checksum=checksum(algorithm, b"67890"))
    assert (answer.status_code, answer.reason_phrase) == (460, "Checksum Mismatch")
    assert tus.head(url).headers["Upload-Offset"] == "5"
    assert spool.part_path(upload_of(url).uuid).read_bytes() == b"12345"
    answer = tus.patch(url, b"67890", 5, Upload_Checksum=checksum(algorithm, b"67890"))
    assert answer.status_code == 204
    assert StoredFile.objects.get(uuid=answer.headers["X-File"]).crc32 == zlib.crc32(b"1234567890")


@pytest.mark.parametrize("header", ["crc7 AAAA", "sha1 AAAA", "sha1", "sha256 ???"])
def test_checksum_we_cannot_check_is_refused(tus, header):
    url = tus.begin(3)
    assert tus.patch(url, b"abc", 0, Upload_Checksum=header).status_code == 400
    assert tus.head(url).headers["Upload-Offset"] == "0"


def test_bytes_beyond_the_committed_offset_are_not_trusted(tus):
    url = tus.begin(10)
    tus.patch(url, b"12345", 0)
    with spool.part_path(upload_of(url).uuid).open("ab") as part:  # a crash between the write and the commit
        part.write(b"garbage")
    answer = tus.patch(url, b"67890", 5)
    file = StoredFile.objects.get(uuid=answer.headers["X-File"])
    assert spool.staged_path(file.uuid).read_bytes() == b"1234567890"


def test_lost_bytes_start_the_upload_over(tus):
    url = tus.begin(10)
    tus.patch(url, b"12345", 0)
    spool.part_path(upload_of(url).uuid).write_bytes(b"12")
    assert tus.patch(url, b"67890", 5).status_code == 410
    assert tus.head(url).status_code == 404


@pytest.mark.django_db(transaction=True)
def test_second_sender_of_the_same_upload_has_to_wait(tus):
    url = tus.begin(6)
    row = upload_of(url)
    entered, leave = threading.Event(), threading.Event()

    def slow_blocks():
        yield b"abc"
        entered.set()
        leave.wait(20)

    def send() -> None:
        append(row, slow_blocks(), offset=0, length=3)

    sender = threading.Thread(target=send)
    sender.start()
    assert entered.wait(20)
    busy = tus.patch(url, b"abc", 0)
    leave.set()
    sender.join()
    assert (busy.status_code, busy.json()["error"]["code"]) == (423, "upload_busy")
    assert tus.patch(url, b"def", 3).headers["X-File"]


def test_cancelled_upload_is_gone_with_its_bytes(tus, tmp_path):
    url = tus.begin(10)
    tus.patch(url, b"12345", 0)
    assert tus.delete(url).status_code == 204
    assert spooled(tmp_path) == []
    assert tus.head(url).status_code == 404
    assert tus.patch(url, b"67890", 5).status_code == 404


def test_cancelling_while_bytes_arrive_leaves_nothing_behind(tus, tmp_path):
    url = tus.begin(6)
    row = upload_of(url)

    def blocks():
        yield b"abc"
        uploads.cancel_upload(row)

    with pytest.raises(uploads.UploadGone):
        append(upload_of(url), blocks(), offset=0, length=6)
    assert spooled(tmp_path) == []


def test_cancelling_a_finished_upload_leaves_the_file(tus):
    file = tus.send(b"abc")
    url = reverse("dfs:upload", args=[Upload.objects.get().uuid])
    assert tus.delete(url).status_code == 204
    assert content_of_spool(file) == b"abc"


def content_of_spool(file: StoredFile) -> bytes:
    return spool.staged_path(file.uuid).read_bytes()


def test_upload_of_another_person_does_not_exist(tus):
    url = tus.begin(5)
    strangers = [Tus(people.signed_in(who())) for who in (people.other_teacher, people.student, people.admin)]
    for stranger in strangers:
        assert stranger.head(url).status_code == 404
        assert stranger.patch(url, b"12345", 0).status_code == 404
        assert stranger.delete(url).status_code == 404
    assert tus.head(url).headers["Upload-Offset"] == "0"


def test_nobody_uploads_without_signing_in():
    answer = Tus(people.signed_in(None)).create(3)
    assert answer.status_code in {302, 401}
    assert Upload.objects.count() == 0


def test_upload_needs_the_csrf_token():
    client = Client(enforce_csrf_checks=True)
    client.force_login(people.teacher())
    headers = TUS | {"Upload-Length": "3", "Upload-Metadata": metadata(filename="a")}
    assert client.post(reverse("dfs:upload_create"), headers=headers).status_code == 403
    client.get(reverse("dfs:file_list"))
    token = client.cookies["csrftoken"].value
    assert client.post(reverse("dfs:upload_create"), headers=headers | {"X-CSRFToken": token}).status_code == 201


def test_method_override_works_for_post_only(tus):
    url = tus.begin(5)
    assert tus.client.get(url, headers=TUS | {"X-HTTP-Method-Override": "DELETE"}).status_code == 405
    headers = TUS | {"X-HTTP-Method-Override": "PATCH", "Upload-Offset": "0"}
    answer = tus.client.generic("POST", url, b"12345", content_type="application/offset+octet-stream", headers=headers)
    assert (answer.status_code, answer.headers["Upload-Offset"]) == (204, "5")


def test_only_admins_upload_to_the_console(tus, admins_tus):
    assert tus.create(3, purpose="console").status_code == 403
    assert tus.create(3, purpose="exams").status_code == 400
    assert admins_tus.send(b"abc", purpose="console").purpose == StoredFile.CONSOLE


def test_a_strangers_form_to_an_upload_is_not_taken_in(settings):
    """The CSRF check reads a form before anybody has to be signed in, and would keep its files in a temporary place."""
    settings.DATA_UPLOAD_MAX_MEMORY_SIZE = 1000
    stranger = Client(enforce_csrf_checks=True)
    stranger.cookies[settings.CSRF_COOKIE_NAME] = "a" * 32
    form = {"file": SimpleUploadedFile("film.mp4", b"x" * 2000)}
    assert stranger.post(reverse("dfs:upload", args=[uuid.uuid4()]), form).status_code == 413


def test_file_over_the_limit_is_refused_at_its_creation(tus, settings):
    settings.DFS_MAX_UPLOAD_BYTES = 100
    answer = tus.create(101)
    assert (answer.status_code, answer.json()["error"]["code"]) == (413, "too_large")
    assert tus.create(100).status_code == 201


def test_quota_counts_files_trash_and_what_is_under_way(monkeypatch, settings):
    student = Tus(people.signed_in(people.student()))
    monkeypatch.setitem(uploads.QUOTA_BYTES, Role.STUDENT, 1000)
    store.trash(student.send(b"x" * 400), actor=None)
    student.begin(300)
    refused = student.create(301)
    assert (refused.status_code, refused.json()["error"]["code"]) == (413, "over_quota")
    assert "300 bytes" in refused.json()["error"]["message"]
    assert student.create(300).status_code == 201
    assert student.create(1).status_code == 413


def test_console_has_no_personal_quota(admins_tus, monkeypatch):
    monkeypatch.setitem(uploads.QUOTA_BYTES, Role.ADMIN, 10)
    assert admins_tus.create(11).status_code == 413
    assert admins_tus.create(11, purpose="console").status_code == 201


def test_too_many_unfinished_uploads_are_refused(tus, monkeypatch):
    monkeypatch.setattr(uploads, "MAX_OPEN", 3)
    for _number in range(3):
        tus.begin(5)
    assert tus.create(5).status_code == 429


def test_idle_upload_expires(tus, tmp_path):
    url = tus.begin(10)
    fresh = tus.begin(10)
    tus.patch(url, b"12345", 0)
    assert "GMT" in tus.head(url).headers["Upload-Expires"]
    Upload.objects.filter(pk=upload_of(url).pk).update(touched_at=timezone.now() - timedelta(hours=49))
    assert tus.head(url).status_code == 410
    assert tus.head(fresh).status_code == 200
    assert spooled(tmp_path) == [f"{upload_of(fresh).uuid}.part"]


def test_sweep_forgets_idle_uploads_and_stages_complete_ones(tus, tmp_path):
    later = timezone.now() + timedelta(hours=49)
    idle = tus.begin(10)
    tus.patch(idle, b"12345", 0)
    row = upload_of(tus.begin(5))
    offset, crc32 = spool.write(spool.part_path(row.uuid), [b"12345"])  # killed between the last byte and the staging
    Upload.objects.filter(pk=row.pk).update(offset_bytes=offset, crc32=crc32)
    with committing():
        uploads.expire_uploads(timezone.now())
    file = StoredFile.objects.get()
    assert content_of_spool(file) == b"12345"
    assert uploads.expire_uploads(later) == 1  # the staged one still waits for its worker
    assert spooled(tmp_path) == [str(file.uuid)]
    StoredFile.objects.update(state=StoredFile.State.STORED)
    assert uploads.expire_uploads(later) == 1
    assert Upload.objects.count() == 0


def test_complete_upload_that_was_not_staged_is_staged_when_asked_about(tus):
    url = tus.begin(5)
    row = upload_of(url)
    offset, crc32 = spool.write(spool.part_path(row.uuid), [b"12345"])
    Upload.objects.filter(pk=row.pk).update(offset_bytes=offset, crc32=crc32)
    assert tus.head(url).headers["X-File"] == str(StoredFile.objects.get().uuid)


def test_bytes_are_committed_while_a_long_request_runs(tus, monkeypatch):
    monkeypatch.setattr(uploads, "SLICE_BYTES", 20)
    row = upload_of(tus.begin(100))

    def blocks():
        yield from (b"1234567890",) * 4
        raise KeyboardInterrupt  # the server is killed

    with pytest.raises(KeyboardInterrupt):
        append(row, blocks(), offset=0, length=100)
    assert Upload.objects.get().offset_bytes == 40
