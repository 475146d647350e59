"""A person's own files: list, search, names, trash, states, and that nobody else sees them."""

import uuid
from datetime import timedelta

import pytest
from asgiref.sync import async_to_sync
from django.urls import reverse
from django.utils import timezone

from dfs.models import Job, StoredFile
from tests import people
from tests.dfs.uploading import Tus, committing, lend_drives, store_all

pytestmark = pytest.mark.django_db


@pytest.fixture
def meera() -> Tus:
    return Tus(people.signed_in(people.teacher()))


def url(name: str, file: StoredFile) -> str:
    return reverse(f"dfs:{name}", args=[file.uuid])


def rows(count: int, **fields) -> list[StoredFile]:
    common = {"owner": people.teacher(), "purpose": StoredFile.MINE, "chunk_bytes": 1024, "segment_bytes": 64} | fields
    made = [StoredFile(name=f"Notes {n}.pdf", size_bytes=10, crc32=0, **common) for n in range(count)]
    return StoredFile.objects.bulk_create(made)


def page(client, **arguments) -> str:
    response = client.get(reverse("dfs:file_list"), arguments)
    assert response.status_code == 200
    return response.content.decode()


@pytest.mark.parametrize("who", people.EVERYBODY.values(), ids=people.EVERYBODY)
def test_every_role_has_a_place_of_its_own(who):
    tus = Tus(people.signed_in(who()))
    assert "You have no files here yet" in page(tus.client)
    tus.send(b"abc", name="Mine.txt")
    assert "Mine.txt" in page(tus.client)


def test_what_no_database_holds_is_searched_for_without_an_error():
    """PostgreSQL refuses a NUL in a text; the address of a page may hold one."""
    client = people.signed_in(people.admin())
    for path in ("dfs:file_list", "dfs:console", "dfs:console_history"):
        assert client.get(reverse(path), {"q": "a\0", "area": "\0"}).status_code == 200


def test_list_is_newest_first_and_in_pages_of_twenty(meera):
    rows(45)
    first = page(meera.client)
    assert first.count('class="menu"') == 20
    assert first.index("Notes 44.pdf") < first.index("Notes 43.pdf")
    assert "1 to 20 of 45" in first
    assert page(meera.client, page=3).count('class="menu"') == 5
    assert page(meera.client, page="nonsense").count('class="menu"') == 20


def test_search_finds_every_word_of_a_name_in_any_script(meera):
    rows(3)
    meera.send(b"1", name="प्रकाश का अपवर्तन.pdf")
    assert page(meera.client, q="notes 2").count('class="menu"') == 1
    assert page(meera.client, q="अपवर्तन").count('class="menu"') == 1
    assert "No file is called “nothing”" in page(meera.client, q="nothing")
    assert "&lt;script&gt;" in page(meera.client, q="<script>")


def test_list_costs_the_same_at_3_and_at_30_rows(meera, same_queries):
    def add(count: int) -> None:
        for file in rows(count):
            Job.objects.create(file=file)

    same_queries(lambda: page(meera.client), add=add, at_most=16)


def test_file_of_another_person_does_not_exist(meera):
    file = meera.send(b"abc")
    for who in (people.other_teacher, people.student, people.admin):
        stranger = people.signed_in(who())
        assert file.name not in page(stranger)
        for name in ("file_download", "file_rename", "file_state", "file_erase"):
            assert stranger.get(url(name, file)).status_code == 404
        for name in ("file_rename", "file_trash", "file_restore", "file_erase"):
            assert stranger.post(url(name, file), {"name": "x", "word": "erase"}).status_code == 404
    file.refresh_from_db()
    assert (file.name, file.trashed_at, file.state) == ("Optics.pdf", None, StoredFile.State.STAGED)


def test_admin_does_not_reach_files_of_other_areas_here(meera):
    [note] = rows(1, purpose="notes")
    for who in (people.teacher, people.admin):
        assert people.signed_in(who()).get(url("file_download", note)).status_code == 404


@pytest.fixture
def fetch(async_client):
    """`fetch(address, method="get", **headers)` → the answer with its whole body."""
    async_client.force_login(people.teacher())

    @async_to_sync
    async def fetch(address: str, method: str = "get", **headers: str):
        response = await getattr(async_client, method)(address, headers=headers)
        response.whole = b"".join([part async for part in response]) if response.streaming else response.content
        return response

    return fetch


def assert_comes_back(fetch, file: StoredFile, content: bytes) -> None:
    answer = fetch(url("file_download", file))
    assert answer.whole == content
    assert answer.headers["Content-Disposition"].startswith("attachment;")
    assert "%E0%A4%AA" in answer.headers["Content-Disposition"]
    assert fetch(url("file_download", file) + "?view").headers["Content-Disposition"].startswith("inline;")
    part = fetch(url("file_download", file), Range="bytes=4-7")
    assert (part.status_code, part.whole) == (206, content[4:8])
    head = fetch(url("file_download", file), "head")
    assert (head.status_code, head.headers["Content-Length"]) == (200, str(len(content)))


@pytest.mark.django_db(transaction=True)
def test_download_is_the_file_with_its_name_while_and_after_it_is_stored(meera, fetch, tmp_path):
    lend_drives(tmp_path)
    content = b"%PDF" * 300_000
    meera.send(b"%PDF other", name="other.pdf")
    file = meera.send(content, name="प्रकाश.pdf", filetype="application/pdf")
    assert_comes_back(fetch, file, content)
    store_all()
    assert not list((tmp_path / "spool").iterdir())
    assert_comes_back(fetch, file, content)


def test_rename_keeps_the_content_and_cleans_the_name(meera):
    file = meera.send(b"abc")
    assert "Optics.pdf" in meera.client.get(url("file_rename", file)).content.decode()
    answer = meera.client.post(url("file_rename", file), {"name": "Wave\u202e optics/2.pdf"}, follow=True)
    assert "The file is called “Wave optics_2.pdf” now." in answer.content.decode()
    file.refresh_from_db()
    assert file.name == "Wave optics_2.pdf"


@pytest.mark.parametrize(("name", "reason"), [("", "Type a name"), ("   ", "Type a name"), ("x" * 256, "at most 255")])
def test_name_that_is_none_is_refused_at_the_field(meera, name, reason):
    file = meera.send(b"abc")
    answer = meera.client.post(url("file_rename", file), {"name": name})
    assert answer.status_code == 200
    assert reason in answer.content.decode()
    file.refresh_from_db()
    assert file.name == "Optics.pdf"


def test_deleted_file_lies_in_the_trash_and_can_be_put_back(meera):
    file = meera.send(b"abc")
    answer = meera.client.post(url("file_trash", file), follow=True).content.decode()
    assert "“Optics.pdf” is in the trash." in answer
    assert f'action="{url("file_restore", file)}"' in answer
    assert "Empty the trash, 1 file" in answer
    assert meera.client.get(url("file_download", file)).status_code == 404
    assert meera.client.post(url("file_trash", file)).status_code == 302  # twice is once
    answer = meera.client.post(url("file_restore", file), follow=True).content.decode()
    assert "back among your files" in answer
    assert meera.client.post(url("file_restore", file)).status_code == 302
    file.refresh_from_db()
    assert file.trashed_at is None


def test_hostile_name_stays_text_in_the_toast(meera):
    file = meera.send(b"abc", name="<img src=x onerror=alert(1)>.png")
    answer = meera.client.post(url("file_trash", file), follow=True).content.decode()
    assert "<img src=x" not in answer
    assert "“&lt;img src=x onerror=alert(1)&gt;.png” is in the trash." in answer


def test_erasing_needs_the_trash_first_and_the_word(meera):
    file = meera.send(b"abc")
    assert meera.client.post(url("file_erase", file), {"word": "erase"}).status_code == 404
    meera.client.post(url("file_trash", file))
    for word in ("", "yes", "erase it"):
        assert meera.client.post(url("file_erase", file), {"word": word}).status_code == 200
    file.refresh_from_db()
    assert file.wrapped_key is not None
    with committing():
        answer = meera.client.post(url("file_erase", file), {"word": " ERASE "}, follow=True)
    assert "1 file is erased for good." in answer.content.decode()
    file.refresh_from_db()
    assert (file.state, file.wrapped_key) == (StoredFile.State.ERASED, None)
    for name in ("file_download", "file_rename", "file_state"):
        assert meera.client.get(url(name, file)).status_code == 404


def test_trash_is_emptied_at_once_and_only_ones_own(meera):
    other = Tus(people.signed_in(people.student()))
    files = [meera.send(b"abc", name=f"{n}.txt") for n in range(3)]
    theirs = other.send(b"abc")
    for file in files[:2]:
        meera.client.post(url("file_trash", file))
    other.client.post(url("file_trash", theirs))
    assert "Erase 2 files for good?" in meera.client.get(reverse("dfs:trash_empty")).content.decode()
    with committing():
        meera.client.post(reverse("dfs:trash_empty"), {"word": "erase"})
    states = dict(StoredFile.objects.values_list("name", "state"))
    assert states == {"0.txt": "ERASED", "1.txt": "ERASED", "2.txt": "STAGED", "Optics.pdf": "STAGED"}
    answer = meera.client.get(reverse("dfs:trash_empty"), follow=True)
    assert "The trash is empty." in answer.content.decode()


def test_long_trash_shows_its_newest_and_more_on_demand(meera):
    rows(25, trashed_at=timezone.now())
    assert page(meera.client).count("Put back Notes") == 20
    assert "Empty the trash, 25 files" in page(meera.client)
    assert page(meera.client, trash="all").count("Put back Notes") == 25


def test_trash_says_until_when(meera):
    file = meera.send(b"abc")
    StoredFile.objects.update(trashed_at=timezone.now() - timedelta(days=3))
    shown = page(meera.client)
    until = timezone.localtime(timezone.now() + timedelta(days=4))
    assert f">{until:%a} {until.day} {until:%b}</time>" in shown
    assert file.name in shown


@pytest.mark.parametrize(
    ("job", "word", "moves"),
    [
        ({"state": Job.State.PENDING}, "Waiting its turn", True),
        ({"state": Job.State.RUNNING, "objects_done": 3, "objects_total": 10}, "30 %", True),
        ({"state": Job.State.WAITING, "reason": "No Drive has room."}, "No Drive has room.", True),
        ({"state": Job.State.FAILED, "reason": "The file is damaged."}, "The file is damaged.", False),
    ],
)
def test_file_says_where_it_stands_and_why(meera, job, word, moves):
    [file] = rows(1)
    Job.objects.create(file=file, **job)
    assert word in page(meera.client)
    fragment = meera.client.get(reverse("dfs:file_list"), headers={"X-Live": "1"})
    assert fragment.status_code == (200 if moves else 286)
    assert word in fragment.content.decode()
    assert "<html" not in fragment.content.decode()
    state = meera.client.get(url("file_state", file)).json()
    assert (state["state"], state["job_state"]) == ("STAGED", job["state"])
    assert state["percent"] == (30 if job["state"] == Job.State.RUNNING else 0)


def test_head_of_the_page_says_what_is_used_and_can_be_asked_again(meera):
    file = meera.send(b"x" * 2048)
    assert "1 file, 2 KB of your 5 GB with the trash" in page(meera.client)
    meera.client.post(url("file_trash", file))
    again = meera.client.get(reverse("dfs:file_list") + "?used", headers={"X-Live": "1"})
    assert again.content.decode().strip() == "0 files, 2 KB of your 5 GB with the trash"


def test_stored_file_says_nothing_about_itself(meera, tmp_path):
    lend_drives(tmp_path)
    file = meera.send(b"abc")
    store_all()
    shown = page(meera.client)
    assert "Being stored" not in shown
    assert "Waiting its turn</span>" not in shown
    assert meera.client.get(url("file_state", file)).json()["percent"] == 100


def test_unfinished_upload_is_listed_and_can_be_cancelled_without_script(meera):
    address = meera.begin(1000, name="Lecture.mp4")
    meera.patch(address, b"x" * 610, 0)
    shown = page(meera.client)
    assert "Lecture.mp4" in shown
    assert "at 610 bytes of 1 KB." in shown
    answer = meera.client.post(f"{address}cancel/", follow=True)
    assert "The upload of “Lecture.mp4” is cancelled." in answer.content.decode()
    assert "at 610 bytes" not in answer.content.decode()


def test_changes_need_a_post(meera):
    file = meera.send(b"abc")
    for name in ("file_trash", "file_restore"):
        assert meera.client.get(url(name, file)).status_code == 405
    assert meera.client.get(reverse("dfs:file_rename", args=[uuid.uuid4()])).status_code == 404
