"""CSV a spreadsheet opens without running anything."""

import csv
import io
from decimal import Decimal

import pytest

from coaching.lib.exports import csv_response, safe_cell

pytestmark = pytest.mark.apart


@pytest.mark.parametrize("text", ["=1+1", "+91 98", "-2", "@SUM(A1)", "\t=1", "\r=1", '=HYPERLINK("http://e")'])
def test_d44_text_that_would_be_a_formula_is_text(text: str) -> None:
    assert safe_cell(text) == f"'{text}"


@pytest.mark.parametrize("number", [-2, 3.5, Decimal("-17.25"), 0])
def test_d44_number_stays_a_number(number: object) -> None:
    assert safe_cell(number) is number


def test_plain_text_stays_as_it_is_and_nothing_is_empty() -> None:
    assert [safe_cell(cell) for cell in ("रितिका", "a=b", "", None)] == ["रितिका", "a=b", "", ""]


def test_download_is_utf_8_with_a_mark_and_reads_back() -> None:
    rows = [["रितिका शर्मा", 'says "hi", twice'], ["=cmd", "two\nlines"]]
    response = csv_response("Fees प्रगति.csv", header=["Name", "Note"], rows=rows)
    body = b"".join(response.streaming_content)  # type: ignore[arg-type]
    assert body.startswith(b"\xef\xbb\xbf")
    assert list(csv.reader(io.StringIO(body.decode("utf-8-sig"), newline=""))) == [
        ["Name", "Note"],
        rows[0],
        ["'=cmd", "two\nlines"],
    ]
    assert response["Content-Type"] == "text/csv; charset=utf-8"
    assert response["Cache-Control"] == "no-store"
    assert response["Content-Disposition"].startswith("attachment;")


def test_rows_are_asked_for_while_they_are_sent() -> None:
    asked = []

    def rows():
        for number in range(3):
            asked.append(number)
            yield [number]

    parts = iter(csv_response("x.csv", header=["n"], rows=rows()))
    next(parts)
    assert asked == []
    next(parts)
    assert asked == [0]
