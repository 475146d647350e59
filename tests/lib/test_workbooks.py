"""Workbooks other programs read: numbers stay numbers, texts are no formulas, whatever signs they have."""

import io
from decimal import Decimal

import openpyxl
import pytest

from coaching.lib.workbooks import workbook_response

pytestmark = pytest.mark.apart

HEADER = ["No.", "Name", "Marks", "Note"]
ROWS = [
    [1, "रितिका शर्मा", Decimal("-3.50"), None],
    [2, "=SUM(A1)", 1.25, ' <b> & "x"\''],
    [3, "\x00\x08\ud800bell\uffff", 0, "two\nlines"],
]


def read(answer):
    return openpyxl.load_workbook(io.BytesIO(b"".join(answer.streaming_content)))


def test_workbook_is_read_back_as_it_was_meant():
    answer = workbook_response(
        "Marks.xlsx", title="Mock: 5/7 [A]*?", header=["No.", "Name", "Marks", "Note"], rows=ROWS
    )
    sheet = read(answer).active
    assert sheet.title == "Mock  5 7  A"
    assert [list(row) for row in sheet.iter_rows(values_only=True)] == [
        HEADER,
        [1, "रितिका शर्मा", -3.5, None],
        [2, "'=SUM(A1)", 1.25, ' <b> & "x"\''],
        [3, "bell", 0, "two\nlines"],
    ]
    assert sheet.freeze_panes == "A2"
    assert answer["Content-Disposition"] == 'attachment; filename="Marks.xlsx"'
    assert answer["Cache-Control"] == "no-store"


@pytest.mark.parametrize("title", ["", "***", "\x00", "x" * 99])
def test_every_title_names_a_sheet(title):
    assert read(workbook_response("a.xlsx", title=title, header=["A"], rows=[])).active.title in {"1", "x" * 31}
