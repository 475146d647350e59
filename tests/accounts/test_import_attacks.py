"""Files of people that were made to harm, or that programs damaged: refused in words, nothing written."""

import io
import os
import time
import zipfile
from datetime import date

import pytest
from django.core.management import CommandError, call_command

from accounts.import_columns import Column
from accounts.import_sheets import sheet_lines
from accounts.import_tables import MAX_ROWS, Unreadable
from accounts.import_undo import undo_import
from accounts.models import Guardianship, PeopleImport, Role, User
from tests import people
from tests.accounts.importing import HEADER, ISHA, csv, imported, planned, workbook
from tests.accounts.test_import_pages import sent, shown

pytestmark = pytest.mark.django_db
NAMESPACE = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"


def told(plan) -> list[tuple[int, str]]:
    return [(row.line, problem.column) for row in plan.bad for problem in row.problems]


def repacked(change: dict[str, tuple[str, bytes]]) -> bytes:
    """A workbook in which the parts named by `change` have another name and content."""
    kept = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(workbook([HEADER.split(",")]))) as old,
        zipfile.ZipFile(kept, "w", zipfile.ZIP_DEFLATED) as new,
    ):
        for one in old.namelist():
            name, content = change.get(one, (one, old.read(one)))
            new.writestr(name, content)
    return kept.getvalue()


def sheet(rows: str) -> bytes:
    return f'<worksheet xmlns="{NAMESPACE}"><sheetData>{rows}</sheetData></worksheet>'.encode()


def test_entities_are_refused_whatever_the_part_is_called():
    bomb = (
        '<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "Name">]>'
        + sheet('<row><c t="inlineStr"><is><t>&a;</t></is></c></row>').decode()
    )
    rels = zipfile.ZipFile(io.BytesIO(workbook([["Name"]]))).read("xl/_rels/workbook.xml.rels")
    types = zipfile.ZipFile(io.BytesIO(workbook([["Name"]]))).read("[Content_Types].xml")
    content = repacked(
        {
            "xl/worksheets/sheet1.xml": ("xl/worksheets/sheet1.bin", bomb.encode()),
            "xl/_rels/workbook.xml.rels": ("xl/_rels/workbook.xml.rels", rels.replace(b"sheet1.xml", b"sheet1.bin")),
            "[Content_Types].xml": ("[Content_Types].xml", types.replace(b"sheet1.xml", b"sheet1.bin")),
        }
    )
    with pytest.raises(Unreadable, match="not made by a spreadsheet"):
        planned(content)


def test_rows_of_a_sheet_are_read_no_further_than_is_taken():
    rows = "".join(f"<row><c><v>{number}</v></c></row>" for number in range(7_000))
    content = repacked({"xl/worksheets/sheet1.xml": ("xl/worksheets/sheet1.xml", sheet(rows))})
    assert len(list(sheet_lines(content))) == MAX_ROWS + 2
    with pytest.raises(Unreadable, match="5,000 rows"):
        planned(content)


def test_row_at_the_very_end_of_a_sheet_is_read():
    header = '<row r="1"><c r="A1" t="inlineStr"><is><t>Name</t></is></c></row>'
    far = '<row r="1048576"><c r="A1048576" t="inlineStr"><is><t>Isha</t></is></c></row>'
    plan = planned(repacked({"xl/worksheets/sheet1.xml": ("xl/worksheets/sheet1.xml", sheet(header + far))}))
    assert [row.line for row in plan.rows] == [1_048_576]


def test_two_rows_about_one_person_do_not_fit_however_they_name_him():
    imported(csv(ISHA))
    plan = planned(csv("Isha Rao,Student,2026-0500,,90000 00001,", "Somebody Else,Student,,isha@pragati.test,,"))
    assert [(row.line, row.fate) for row in plan.rows] == [(2, "update"), (3, "bad")]
    assert plan.bad[0].problems[0].words == "Line 2 is about the same person."


@pytest.mark.parametrize(
    "name",
    [
        "????? ????",
        "राम \ufffd शर्मा",
        "=1+1",
        "＝1+1",
        "@SUM(A1)",
        "12345",
        "-",
        "\u200b\u200b",
        "Isha\u202eoaR",
        "N" * 201,
    ],
)
def test_what_is_no_name_is_refused_at_its_row(name):
    plan = planned(csv(f"{name},Student,X-1,,,", ISHA))
    assert (told(plan), [row.name for row in plan.added]) == ([(2, Column.NAME)], ["Isha Rao"])


@pytest.mark.parametrize(
    "email",
    ["ſunil@pragati.test", "ışha@pragati.test", "a@b", "=a@b.in", "a b@c.in", f"{'a' * 65}@{'b' * 63}.{'c' * 200}.in"],
)
def test_address_that_another_database_would_take_for_somebody_elses_is_refused(email):
    assert told(planned(csv(f"Isha,Student,X-1,{email},,"))) == [(2, Column.EMAIL)]


def test_one_address_or_number_written_in_two_ways_is_one():
    """The same letter composed and decomposed, and the Kelvin sign for a K, are no second person."""
    plan = planned(
        csv("A,Student,\u0958-1,a@exámple.in,,", "B,Student,क\u093c-1,,,", "C,Student,X,A@EXA\u0301MPLE.IN,,")
    )
    assert told(plan) == [(3, Column.NUMBER), (4, Column.EMAIL)]
    imported(csv("\u0958ुरैशी,Student,Q-1,kabir@pragati.test,,"))
    [row] = planned(csv("क\u093cुरैशी,Student,Q-1,\u212aabir@pragati.test,,")).rows
    assert (row.fate, row.notes) == ("skip", ["Nothing differs."])


def test_number_with_letters_that_a_database_keeps_large_is_found_again():
    imported(csv("Isha,Student,É-1,,,"))
    assert [row.person.name for row in planned(csv("Isha,Student,É-1,,98230 41161,")).updated] == ["Isha"]


def test_account_that_is_closed_is_not_opened_by_a_file_and_the_row_says_so():
    imported(csv(ISHA))
    User.objects.filter(email="isha@pragati.test").update(is_active=False)
    [row] = planned(csv(ISHA.replace("41161", "41162"))).rows
    assert (row.fate, row.notes) == ("update", ["The account of Isha Rao is closed, and stays so."])


@pytest.mark.parametrize("since", [{"admission_number": None}, {"role": Role.TEACHER, "admission_number": None}])
def test_address_an_import_gave_stays_with_whom_nothing_else_tells_any_more(since):
    person = User.objects.create(name="Isha Rao", role=Role.STUDENT, admission_number="2026-0500", password="!")
    done = imported(csv(ISHA))
    User.objects.filter(pk=person.pk).update(**since)
    undo_import(done, actor=people.admin())
    person.refresh_from_db()
    assert (person.email, done.rows.get().outcome) == ("isha@pragati.test", "KEPT")


def test_number_with_signs_nobody_sees_is_refused():
    assert told(planned(csv("Isha,Student,2026-\u200d0188,,,"))) == [(2, Column.NUMBER)]


@pytest.mark.parametrize(
    "content",
    [
        "Name,Roll no\nIsha,1\n".encode("utf-32"),
        b"\xff\xfeN\0a",
        b"Name,Roll no\nIsha\0,1\n",
        b"Name,Roll no\n" + b"x" * 5_000 + b"\0,1\n",
        b"Name,Roll no\nIsha,\x81\n",
        b"<html><table><tr><td>Name</td></tr></table></html>",
        b"a" * (5 * 1024 * 1024 + 1),
        b"," * 5_000_000,
        b"PK\x03\x04" + b"\0" * 5_000_000,
    ],
    ids=["utf-32", "half a sign", "null", "late null", "no cp1252", "html", "too large", "commas", "no zip"],
)
def test_damaged_files_are_refused_as_a_whole(content):
    with pytest.raises(Unreadable):
        planned(content)
    assert not User.objects.exists()


def test_quotation_mark_that_never_ends_swallows_no_row_in_silence():
    plan = planned(csv('"Isha,Student,2026-0500,,,', "Kavya,Student,2026-0501,,,"))
    assert (plan.added, len(plan.bad)) == ([], 1)


@pytest.mark.parametrize(
    "born", ["12/13/2010", "2010-13-12", "32/01/2010", "12/03/10", "0/0/2010", "1e9", "१२/१३/२०१०"]
)
def test_mixed_dates_are_read_day_first_or_refused_and_never_turned_round(born):
    plan = planned(csv(f"Isha,Student,1,,,{born}", "Kavya,Student,2,,,05/04/2010", "Om,Student,3,,,2010-04-05"))
    assert told(plan) == [(2, Column.BIRTH)]
    assert [row.values["date_of_birth"] for row in plan.added] == [date(2010, 4, 5)] * 2


def test_nothing_of_a_broken_file_is_written_by_page_or_command(tmp_path):
    content = csv(ISHA, "=cmd,Student,2,,,", "x" * 1_000_000 + ",Student,3,,,", "Om,Student,4,,,31/02/2010", ISHA)
    browser = people.signed_in(people.admin())
    url = sent(browser, content)["Location"]
    page = browser.get(url).content.decode()
    assert "4 of 5 rows do not fit yet" in page
    browser.post(url, {"do": "apply", "shown": shown(page)})
    (tmp_path / "people.csv").write_bytes(content)
    with pytest.raises(SystemExit) as ended:
        call_command("import_people", str(tmp_path / "people.csv"), stderr=io.StringIO(), stdout=io.StringIO())
    assert ended.value.code == 1
    assert (User.objects.count(), PeopleImport.objects.count()) == (1, 0)


def test_command_reads_no_endless_file():
    with pytest.raises(CommandError, match="5 MB") as ended:
        call_command("import_people", "/dev/zero")
    assert ended.value.returncode == 2


def test_name_of_the_file_is_kept_as_it_can_be_shown(tmp_path):
    browser = people.signed_in(people.admin())
    page = browser.get(sent(browser, csv(ISHA), name="list\u202evsc.csv")["Location"]).content.decode()
    assert ("listvsc.csv" in page, "\u202e" in page) == (True, False)
    path = tmp_path / os.fsdecode(b"\xff" + b"x" * 240 + b".csv")
    path.write_bytes(csv(ISHA))
    call_command("import_people", str(path), stdout=io.StringIO())
    assert PeopleImport.objects.get().file_name == f"{'x' * 240}.csv"


def thousand() -> bytes:
    """A day one: a thousand students, every two of them with a guardian."""
    header = f"{HEADER},Guardian's name,Guardian's e-mail address"
    lines = (
        f"विद्यार्थी शर्मा {n},Student,2026-{n:04},s{n}@pragati.test,98230 {n:05},12/03/2010,"
        f"Guardian {n // 2},g{n // 2}@pragati.test"
        for n in range(1_000)
    )
    return csv(*lines, header=header)


def test_a_thousand_rows_take_under_thirty_seconds_by_the_page():
    browser, began = people.signed_in(people.admin()), time.monotonic()
    url = sent(browser, thousand())["Location"]
    browser.post(url, {"do": "apply", "shown": shown(browser.get(url).content.decode())})
    assert time.monotonic() - began < 30
    assert (User.objects.filter(role=Role.STUDENT).count(), Guardianship.objects.count()) == (1_000, 1_000)


def test_a_thousand_rows_take_under_thirty_seconds_by_the_command(tmp_path):
    (tmp_path / "people.csv").write_bytes(thousand())
    began = time.monotonic()
    call_command("import_people", str(tmp_path / "people.csv"), stdout=io.StringIO())
    assert time.monotonic() - began < 30
    assert (User.objects.filter(role=Role.STUDENT).count(), Guardianship.objects.count()) == (1_000, 1_000)


@pytest.mark.parametrize(
    "form",
    [
        {"do": "apply", "shown": "x" * 5_000},
        {"do": "apply", "shown": "\0"},
        {"do": "again", "fix-9999999-name": "x", "fix-2-": "x", "fix-2-role_id": "x", "fix-2-name": "y\0" * 5_000},
        {"do": "\0"},
        {},
    ],
)
def test_forged_forms_of_the_preview_write_nothing(form):
    browser = people.signed_in(people.admin())
    url = sent(browser, csv(ISHA))["Location"]
    assert browser.post(url, form).status_code == 302
    assert browser.get(url, {"rows": "\0", "page": "9" * 5_000}).status_code == 200
    assert User.objects.count() == 1
