"""A document as PDF on A4, drawn from the same sheet as the page; dated by the document, so it is the same again."""

from django.conf import settings
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from coaching.lib.pdf import Column
from coaching.lib.pdf import Document as Paper
from fees.document_page import Sheet
from fees.models import Document

WORDS_SHARE, SAC_SHARE, SUM_SHARE = 3.0, 1.0, 1.3
"""Of a line's width: what it is for, its SAC, an amount."""


def made(document: Document, sheet: Sheet) -> bytes:
    """All of it."""
    paper = Paper(f"{sheet.title} {sheet.number}", made_at=document.made_at, language=get_language() or "en")
    paper.begin(f"{sheet.title} {sheet.number}")
    _head(paper, sheet)
    paper.line(sheet.title, size=18, is_bold=True)
    if sheet.cancelled:
        paper.line(sheet.cancelled, size=12, is_bold=True)
    paper.gap(2)
    paper.facts([(_("Number"), sheet.number), *sheet.facts, *sheet.whom])
    paper.gap(4)
    _lines(paper, sheet)
    paper.gap(4)
    paper.line(f"{sheet.total_word}: {sheet.total}", size=15, is_bold=True)
    for words in filter(None, (sheet.english, sheet.hindi)):
        paper.line(words, size=10)
    _left(paper, sheet)
    _earlier(paper, sheet)
    _foot(paper, sheet)
    return paper.content()


def _head(paper: Paper, sheet: Sheet) -> None:
    institute = sheet.institute
    paper.line(institute["name"], size=14, is_bold=True)
    if institute["legal_name"] and institute["legal_name"] != institute["name"]:
        paper.line(institute["legal_name"], size=10, is_bold=True)
    lines = [line.strip() for line in institute["address"].splitlines() if line.strip()]
    about = [*lines, institute["state"], institute["phone"], institute["email"]]
    paper.line(" · ".join(part for part in about if part), size=9, is_muted=True)
    if institute["gstin"]:
        paper.line(f"GSTIN {institute['gstin']}", size=9, is_muted=True)
    paper.gap(3)
    paper.rule()
    paper.gap(5)


def _lines(paper: Paper, sheet: Sheet) -> None:
    table = sheet.table
    columns = [Column(_("For"), WORDS_SHARE)]
    columns += [Column(one.head, SUM_SHARE if one.is_number else SAC_SHARE, one.is_number) for one in table.columns]
    rows = [
        ("\n".join(filter(None, (row.label, row.about))), *(cell.text for cell in row.cells))
        for row in (*table.rows, table.foot)
    ]
    paper.table(columns, rows, is_last_bold=True)


def _left(paper: Paper, sheet: Sheet) -> None:
    if not sheet.left:
        return
    paper.gap(5)
    columns = [Column(_("Still to pay"), 3.0), Column(_("Due on"), 1.6), Column("₹", 1.2, is_number=True)]
    paper.table(columns, [*sheet.left, (_("Together"), "", sheet.left_total)], is_last_bold=True)


def _earlier(paper: Paper, sheet: Sheet) -> None:
    if len(sheet.earlier) < 2:
        return
    paper.gap(5)
    head = _("Paid so far in %(year)s") % {"year": sheet.year}
    columns = [Column(head, 3.0), Column(_("Date"), 1.6), Column("₹", 1.2, is_number=True)]
    rows = [(", ".join(filter(None, (one.label, one.about))), one.on, one.sum) for one in sheet.earlier]
    paper.table(columns, rows)


def _foot(paper: Paper, sheet: Sheet) -> None:
    paper.gap(6)
    for note in sheet.notes:
        paper.line(note, size=9, is_muted=True)
    if sheet.by:
        paper.line(sheet.by, size=10)
    paper.gap(4)
    address = f"{settings.BASE_URL}{reverse('fee_verify', args=[sheet.code.replace(' ', '')])}"
    said = (
        sheet.code,
        _("The code tells whether this is genuine, and whether it still holds."),
        _("Scan it, or type it at %(address)s") % {"address": sheet.place},
    )
    paper.code(address, beside=said)
