"""Importing in the browser: the file is read, shown, put right, taken in once, taken back; admins only."""

import re

import pytest
from django.core.cache import cache
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from accounts import import_views
from accounts.models import Invitation, PeopleImport, Role, User
from tests import people
from tests.accounts.importing import FARHAN, HEADER, ISHA, csv

pytestmark = pytest.mark.django_db
PAGE = "/accounts/people/import/"


@pytest.fixture
def admin() -> Client:
    return people.signed_in(people.admin())


def sent(browser: Client, content: bytes, mode: str = "add", name: str = "people.csv"):
    return browser.post(PAGE, {"file": SimpleUploadedFile(name, content), "mode": mode, "role": "STUDENT"})


def preview(browser: Client, content: bytes, mode: str = "add") -> tuple[str, str]:
    """The address of the preview and its page."""
    url = sent(browser, content, mode)["Location"]
    return url, browser.get(url).content.decode()


def shown(page: str) -> str:
    return re.search(r'name="shown" value="(\w+)"', page)[1]


def test_file_is_shown_and_then_taken_in_once_however_often_it_is_sent(admin):
    url, page = preview(admin, csv(ISHA, FARHAN))
    assert "2 rows, and all fit" in page
    assert User.objects.count() == 1
    form = {"do": "apply", "shown": shown(page)}
    answers = [admin.post(url, form) for _ in range(2)]
    assert {answer["Location"] for answer in answers} == {
        reverse("people_import_done", args=[PeopleImport.objects.get().uuid])
    }
    assert User.objects.count() == 3
    assert "Isha Rao" in admin.get(answers[0]["Location"]).content.decode()
    assert "This file was taken in already" in preview(admin, csv(ISHA, FARHAN))[1]


def test_bad_rows_stop_the_import_until_they_are_put_right_or_left_out(admin):
    url, page = preview(admin, csv(ISHA, "Kavya,,2026-0501,,98450 221,", "Omkar,,,,,"))
    assert "2 of 3 rows do not fit yet" in page
    assert "this one has 8" in page
    admin.post(url, {"do": "apply", "shown": shown(page)})
    assert User.objects.count() == 1
    admin.post(url, {"do": "again", "fix-3-phone": "98450 22134"})
    page = admin.get(url).content.decode()
    assert "1 of 3 rows does not fit yet" in page
    answer = admin.post(url, {"do": "apply", "shown": shown(page), "leave_out": "1"}, follow=True)
    assert "2 added, 0 updated" in answer.content.decode()
    assert User.objects.get(name="Kavya").phone == "98450 22134"


def test_rows_that_do_not_fit_can_be_taken_away_with_the_reasons(admin):
    url, _page = preview(admin, csv("=Kavya,,,,,"))
    answer = admin.get(f"{url}rows/")
    text = answer.content.decode("utf-8-sig")
    assert text.splitlines()[0].startswith(HEADER)
    assert "'=Kavya" in text
    assert "Give an e-mail address" in text
    assert "no-store" in answer["Cache-Control"]


def test_preview_belongs_to_one_admin_and_is_sealed_in_the_cache(admin):
    url, _page = preview(admin, csv(ISHA))
    other = people.signed_in(people.person("Second", Role.ADMIN, email="second@pragati.test"))
    assert other.get(url)["Location"] == PAGE
    assert other.get(f"{url}rows/").status_code == 404
    token = cache.get(f"people-import:{url.rstrip('/').rpartition('/')[2]}")
    assert b"Isha" not in token


def test_page_that_is_old_by_now_is_shown_again_instead(admin):
    url, page = preview(admin, csv(ISHA))
    people.person("Isha", Role.STUDENT, admission_number="2026-0500")
    answer = admin.post(url, {"do": "apply", "shown": shown(page)}, follow=True)
    assert "changed people in the meantime" in answer.content.decode()
    assert not PeopleImport.objects.exists()


@pytest.mark.parametrize("content", [b"", b"Who,What\nx,y\n", b"\x89PNG\r\n\0\0"])
def test_what_cannot_be_read_is_said_at_the_field(admin, content):
    answer = sent(admin, content)
    assert answer.status_code == 200
    assert answer.context["form"].errors["file"]


@pytest.mark.parametrize("kind", ["csv", "xlsx"])
def test_template_is_a_file_the_import_reads(admin, kind):
    answer = admin.get(f"{PAGE}template/{kind}/")
    assert f".{kind}" in answer["Content-Disposition"]
    page = preview(admin, answer.content)[1]
    assert "Nothing to add or change" in page
    assert "not taken" not in page


def test_import_is_taken_back_and_says_so_row_by_row(admin):
    url, page = preview(admin, csv(ISHA))
    done = admin.post(url, {"do": "apply", "shown": shown(page)})["Location"]
    page = admin.post(f"{done}undo/", follow=True).content.decode()
    assert "This import was taken back" in page
    assert "Not here any more" in page
    assert "taken back already" in admin.post(f"{done}undo/", follow=True).content.decode()
    assert User.objects.count() == 1


def test_everybody_imported_is_invited_by_mail_or_on_slips(admin):
    url, page = preview(admin, csv("Isha,,2026-0500,,,", FARHAN))
    done = admin.post(url, {"do": "apply", "shown": shown(page)})["Location"]
    assert "Invite 2 people" in admin.get(done).content.decode()
    answer = admin.post(f"{done}invite/")
    assert "Show the slips" in answer.content.decode()
    assert set(Invitation.objects.values_list("person__name", flat=True)) == {"Isha", "Farhan Qureshi"}
    assert "Invite 2 people" not in admin.get(done).content.decode()


def test_export_of_the_list_can_be_imported_again(admin):
    people.student()
    User.objects.filter(admission_number="2026-0188").update(phone="+91 98230 41161")
    answer = admin.post("/accounts/people/export/")
    content = b"".join(answer.streaming_content)
    url = sent(admin, content, "both")["Location"]
    context = admin.get(url).context
    rows = {row.name: row for row in context["plan"].rows}
    assert rows["Ananya Kulkarni"].fate == "skip"
    assert rows["Rajendra Bhosale"].fate == "bad"  # admins are never imported


def test_preview_of_many_rows_costs_no_more_queries(admin, same_queries):
    rows: list[str] = []
    urls: list[str] = []

    def add(count: int) -> None:
        rows.extend(f"Name,,26-{len(rows) + n},,," for n in range(count))
        urls[:] = [sent(admin, csv(*rows))["Location"]]

    same_queries(lambda: admin.get(urls[0]), add=add)


def test_long_imports_page_their_rows(admin):
    url, page = preview(admin, csv(*(f"Name,,26-{n},,," for n in range(import_views.PAGE_ROWS + 10))))
    assert "1 to 50 of 60" in page
    assert "51 to 60" in admin.get(f"{url}?rows=add&page=2").content.decode()
