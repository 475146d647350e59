"""What a file of people may look like: encodings, delimiters, spellings, days; and what is told line by line."""

import io
import zipfile
from datetime import date

import pytest

from accounts import import_columns, import_values
from accounts.import_columns import Column
from accounts.import_tables import MAX_ROWS, Unreadable
from accounts.import_values import NotThat
from accounts.models import Role, User
from tests.accounts.importing import FARHAN, HEADER, ISHA, csv, planned, workbook

pytestmark = pytest.mark.django_db
HINDI = "रितिका शर्मा,छात्रा,2026-0501,,,"
TODAY = date(2026, 11, 22)


def words(plan) -> list[tuple[int, str, str]]:
    return [(row.line, problem.column, problem.words) for row in plan.bad for problem in row.problems]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be"])
def test_hindi_names_are_read_in_every_encoding_of_unicode(encoding):
    text = csv(ISHA, HINDI).decode()
    plan = planned(text.encode(encoding))
    assert [row.name for row in plan.added] == ["Isha Rao", "रितिका शर्मा"]


def test_windows_text_is_read_and_damaged_unicode_is_refused_with_its_line():
    assert planned(csv("José Fernandes,,2026-0502,,,").decode().encode("cp1252")).added[0].name == "José Fernandes"
    broken = csv(ISHA, HINDI).replace("शर्मा".encode(), "शर्मा".encode()[:-1])
    with pytest.raises(Unreadable, match="Line 3"):
        planned(broken)


@pytest.mark.parametrize("sign", [",", ";", "\t"])
def test_delimiter_is_told_from_the_titles(sign):
    quoted = csv('"Rao, Isha",Student,2026-0500,,,').decode()
    plan = planned(
        quoted.replace(",Student", sign + "Student")
        .replace(",2026", sign + "2026")
        .replace(HEADER, HEADER.replace(",", sign))
        .encode()
    )
    assert plan.added[0].name == "Rao, Isha"
    assert plan.added[0].values["admission_number"].startswith("2026-0500")


def test_lines_keep_their_numbers_over_empty_lines_and_breaks_within_cells():
    plan = planned(csv("", ISHA, "", '"Kavya\nNair",Student,2026-0503,,,', "Omkar,Student,,,,"))
    assert [row.line for row in plan.rows] == [3, 5, 7]
    assert [(line, column) for line, column, _words in words(plan)] == [(5, Column.NAME), (7, Column.NUMBER)]


@pytest.mark.parametrize(
    ("title", "column"),
    [
        ("Student's Name", Column.NAME),
        ("NAME OF STUDENT", Column.NAME),
        ("Mob. No.", Column.PHONE),
        ("D.O.B.", Column.BIRTH),
        ("e-Mail", Column.EMAIL),
        ("Roll No.", Column.NUMBER),
        ("Father's Mobile No", Column.GUARDIAN_PHONE),
        ("Parent Email ID", Column.GUARDIAN_EMAIL),
        ("नाम", Column.NAME),
        ("जन्म तिथि", Column.BIRTH),
        ("मोबाइल नंबर", Column.PHONE),
        ("पिता का नाम", Column.GUARDIAN_NAME),
        ("अभिभावक का ईमेल", Column.GUARDIAN_EMAIL),
    ],
)
def test_titles_are_understood_however_they_are_spelled(title, column):
    assert import_columns.SPELLINGS[import_columns.plain(title)][0] == column


def test_template_titles_are_understood_in_both_languages():
    from django.utils import translation

    for language in ("en", "hi"):
        with translation.override(language):
            header = [str(column.label) for column in Column]
            assert list(import_columns.find(header).places) == list(Column)


def test_columns_that_are_not_taken_are_told_and_two_of_one_kind_are_refused():
    plan = planned(csv("Isha,2026-0500,shy,A", header="Name,Roll no,Remarks,House"))
    assert plan.columns.unknown == ("Remarks", "House")
    with pytest.raises(Unreadable, match="Mobile"):
        planned(csv("Isha,1,2", header="Name,Phone,Mobile"))
    with pytest.raises(Unreadable, match="Name"):
        planned(csv("Isha,1", header="Who,Roll no"))


def test_first_of_two_parents_is_the_guardian():
    plan = planned(csv("Isha,1,A Rao,a@b.in,B Rao", header="Name,Roll no,Father name,Father email,Mother name"))
    assert plan.columns.unknown == ("Mother name",)
    assert plan.added[0].guardian.relation == "Father"


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("2010-03-12", date(2010, 3, 12)),
        ("2010-03-12 00:00:00", date(2010, 3, 12)),
        ("12/03/2010", date(2010, 3, 12)),
        ("12-3-2010", date(2010, 3, 12)),
        ("12.03.2010", date(2010, 3, 12)),
        ("12 Mar 2010", date(2010, 3, 12)),
        ("12-March-2010", date(2010, 3, 12)),
        ("3rd Sept 2010", date(2010, 9, 3)),
        ("१२/०३/२०१०", date(2010, 3, 12)),
        ("29/02/2008", date(2008, 2, 29)),
    ],
)
def test_days_are_read_day_first_year_first_or_with_the_months_name(text, day):
    assert import_values.birth_date(text, today=TODAY) == day


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("31/02/2010", "no such day"),
        ("29/02/2010", "no such day"),
        ("03/25/2010", "no month 25"),
        ("12/03/10", "four digits"),
        ("22/11/2027", "still to come"),
        ("12/03/1890", "that old"),
        ("soon", "not a date"),
        ("40179", "not a date"),
    ],
)
def test_days_that_cannot_be_are_refused_in_words(text, why):
    with pytest.raises(NotThat, match=why):
        import_values.birth_date(text, today=TODAY)


def test_every_wrong_cell_is_told_with_line_and_column():
    content = csv(
        "Isha,Admin,2026-0500,,,",
        "Isha,Wizard,2026-0501,,,",
        "Isha,Student,2026-0502,not-an-address,98450 221,31/02/2010",
        ",Student,2026-0503,,,",
        "Isha,Teacher,2026-0504,,,",
        "Isha,Teacher,,,,",
        "Isha,Student,,,,",
        "Isha,Student,a@b,,,",
        "Isha,Student,2026-0505,,9.84E+09,",
        "Isha,Student,2026-0506,,,,,and more",
    )
    plan = planned(content)
    assert [(line, column) for line, column, _words in words(plan)] == [
        (2, Column.ROLE),
        (3, Column.ROLE),
        (4, Column.EMAIL),
        (4, Column.PHONE),
        (4, Column.BIRTH),
        (5, Column.NAME),
        (6, Column.NUMBER),
        (7, Column.EMAIL),
        (8, Column.NUMBER),
        (9, Column.NUMBER),
        (10, Column.PHONE),
        (11, None),
    ]
    assert "Invite each of them" in words(plan)[0][2]


def test_twins_in_the_file_are_told_by_the_line_above():
    plan = planned(csv(ISHA, "Other,,2026-0500,,,", "Third,,2026-0507,ISHA@pragati.test,,"))
    assert words(plan) == [
        (3, Column.NUMBER, "Line 2 has the same one."),
        (4, Column.EMAIL, "Line 2 has the same one."),
    ]


def test_formula_in_a_csv_does_not_fit():
    plan = planned(csv('"=HYPERLINK(""http://evil.test"")",Student,2026-0500,,,'))
    assert words(plan) == [(2, Column.NAME, "This is a formula. Write its value.")]


def test_cell_of_a_million_signs_stops_its_own_line_only():
    plan = planned(csv("x" * 1_000_000 + ",Student,1,,,", ISHA, "y" * 3_000 + ",Student,2,,,"))
    assert [row.line for row in plan.bad] == [2, 4]
    assert [row.name for row in plan.added] == ["Isha Rao"]


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"\n\n",
        b"\x89PNG\r\n\x1a\n" + b"\0" * 40,
        b"\xd0\xcf\x11\xe0" + b"x" * 600,
        b"PK\x03\x04broken",
        b"%PDF\x01\x02",
    ],
)
def test_what_is_no_table_is_refused(content):
    with pytest.raises(Unreadable):
        planned(content)


def test_too_many_rows_or_columns_are_refused():
    with pytest.raises(Unreadable, match="5,000"):
        planned(csv(*(f"N,,{n},,," for n in range(MAX_ROWS + 1))))
    with pytest.raises(Unreadable, match="columns"):
        planned(csv("x", header=",".join(f"c{n}" for n in range(80))))
    assert not User.objects.exists()


def test_workbook_is_read_with_numbers_and_days_as_one_would_type_them():
    rows = [HEADER.split(","), [], ["Isha Rao", "Student", 20260500, None, 9823041161.0, date(2010, 3, 12)]]
    [row] = planned(workbook(rows)).added
    assert row.line == 3
    assert row.values == {
        "name": "Isha Rao",
        "email": None,
        "admission_number": "20260500",
        "phone": "9823041161",
        "date_of_birth": date(2010, 3, 12),
    }


def test_formula_in_a_workbook_is_named_by_its_cell():
    rows = [HEADER.split(","), ["=A1", "Student", "1"], FARHAN.split(",")]
    plan = planned(workbook(rows))
    assert [(row.line, row.problems[0].words) for row in plan.bad] == [(2, "A2 is a formula. Write its value.")]
    assert plan.added[0].role == Role.TEACHER


def packed(**entries: bytes) -> bytes:
    kept = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(workbook([HEADER.split(",")]))) as old,
        zipfile.ZipFile(kept, "w", zipfile.ZIP_DEFLATED) as new,
    ):
        for one in old.namelist():
            new.writestr(one, entries.pop(one.rpartition("/")[2].partition(".")[0], old.read(one)))
        for name, content in entries.items():
            new.writestr(name, content)
    return kept.getvalue()


@pytest.mark.parametrize(
    "content",
    [
        packed(bomb=b"\0" * 40_000_000),
        packed(bomb=b"\0" * 3_000_000),
        packed(workbook=b'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "b">]><workbook>&a;</workbook>'),
        packed(workbook='<?xml version="1.0" encoding="utf-16"?><!DOCTYPE x><workbook/>'.encode("utf-16")),
        packed(workbook=b"<workbook/>"),
    ],
)
def test_bombs_and_entities_in_a_workbook_are_refused(content):
    with pytest.raises(Unreadable):
        planned(content)


def test_sheet_that_claims_to_be_huge_is_read_at_its_real_size():
    sheet = (
        b'<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><dimension ref="A1:XFD1048576"/>'
        b'<sheetData><row r="1"><c r="A1" t="inlineStr"><is><t>Name</t></is></c><c r="B1" t="inlineStr"><is>'
        b'<t>Roll no</t></is></c></row><row r="900"><c r="A900" t="inlineStr"><is>'
        b'<t>Isha</t></is></c><c r="B900"><v>7</v></c></row>'
        b"</sheetData></worksheet>"
    )
    plan = planned(packed(sheet1=sheet))
    assert [(row.line, row.name, row.fate) for row in plan.rows] == [(900, "Isha", "add")]
