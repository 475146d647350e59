"""Files to begin with: the titles we take, in the reader's language, and nothing that could be imported by mistake."""

import csv
import io
from collections.abc import Iterable, Sequence

from django.utils.translation import gettext as _

from accounts.import_columns import Column
from accounts.import_plans import Plan
from coaching.lib.exports import BOM, safe_cell

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
_WIDTH = 24


def titles() -> list[str]:
    return [str(column.label) for column in Column]


def as_csv() -> bytes:
    return _csv([titles()])


def as_workbook() -> bytes:
    """A workbook with the titles, and on a second sheet what belongs below them."""
    import openpyxl  # a tenth of a second and 20 MB, which no other page owes
    from openpyxl.styles import Font
    from openpyxl.utils import get_column_letter

    book = openpyxl.Workbook()
    sheet = book.worksheets[0]
    sheet.title = _("People")
    sheet.append(titles())
    sheet.freeze_panes = "A2"
    for place in range(1, len(Column) + 1):
        sheet.cell(1, place).font = Font(bold=True)
        sheet.column_dimensions[get_column_letter(place)].width = _WIDTH
        sheet.column_dimensions[get_column_letter(place)].number_format = "@"  # text: no number loses its zeros
    notes = book.create_sheet(_("Help"))
    for title, words in _notes():
        notes.append([title, words])
    notes.column_dimensions["A"].width, notes.column_dimensions["B"].width = _WIDTH, 4 * _WIDTH
    kept = io.BytesIO()
    book.save(kept)
    return kept.getvalue()


def bad_rows(plan: Plan) -> bytes:
    """The rows that do not fit, as they stand in the file, with the line and the reasons behind them."""
    columns = sorted(plan.columns.places, key=lambda column: plan.columns.places[column])
    head = [*(plan.header[plan.columns.places[column]] for column in columns), _("Line"), _("What does not fit")]
    rows = [
        [*(row.texts.get(column, "") for column in columns), row.line, " ".join(one.words for one in row.problems)]
        for row in plan.bad
    ]
    return _csv([head, *rows])


def _notes() -> list[tuple[str, str]]:
    return [
        (str(Column.NAME.label), _("Needed for everybody.")),
        (str(Column.ROLE.label), _("Student, Teacher, Guardian or Staff. Empty: the role chosen on the page.")),
        (str(Column.NUMBER.label), _("Students only. Needed when there is no e-mail address.")),
        (str(Column.EMAIL.label), _("Needed for everybody but students.")),
        (str(Column.PHONE.label), _("10 to 15 digits.")),
        (str(Column.BIRTH.label), _("31/12/2010, 31 Dec 2010 or 2010-12-31.")),
        (str(Column.GUARDIAN_NAME.label), _("In a student's row. Brothers and sisters may share one guardian.")),
        (str(Column.GUARDIAN_EMAIL.label), _("Without it the guardian is not entered.")),
    ]


def _csv(rows: Iterable[Sequence[object]]) -> bytes:
    kept = io.StringIO(newline="")
    writer = csv.writer(kept)
    writer.writerows([safe_cell(cell) for cell in row] for row in rows)
    return (BOM + kept.getvalue()).encode()
