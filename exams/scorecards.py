"""Scorecards: a result on paper, with a code by which anybody who is handed one can verify it.

What a card says comes from its row and its version alone, and it is dated by the version; so the same row gives the
same bytes again, in each language, as long as names stay what they are. Nothing of questions and keys is on it.
"""

import threading
from collections.abc import Sequence

from django.conf import settings
from django.urls import reverse
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _

from accounts.institute import row as institute_row
from accounts.models import Institute
from coaching.lib.clock import moment_text
from coaching.lib.errors import DomainError
from coaching.lib.pdf import Column, Document
from exams import result_codes
from exams.models import Result, ResultVersion
from exams.models.results import Cause, ResultQuerySet
from exams.result_reading import ResultOutline, SectionResult, sections_of
from exams.result_words import marks_words, percentile_words, section_title

LOGO_MM = 16.0
MOST_CARDS = 600
"""In one file: each takes 12 ms of CPU and 20 kB of memory."""
_one_file_at_a_time = threading.Lock()


class TooManyCards(DomainError):
    """More than a request should make (409): batch by batch is fewer."""

    code = "too_many_cards"


def with_all(rows: ResultQuerySet) -> ResultQuerySet:
    """With all that stands on cards, in one query."""
    return rows.select_related("version__test", "student", "batch", "attempt")


def card(row: Result) -> bytes:
    """One as PDF."""
    return _made([row], row.version, title=_("Scorecard"))


def cards(version: ResultVersion, rows: Sequence[Result]) -> bytes:
    """Those of many, each on pages of its own, as one PDF; `rows` are of that version. Raises: TooManyCards."""
    if len(rows) > MOST_CARDS:
        said = {"count": len(rows), "most": MOST_CARDS}
        raise TooManyCards(_("These are %(count)d scorecards; %(most)d fit into a file. Choose a batch.") % said)
    with _one_file_at_a_time:
        return _made(rows, version, title=_("Scorecards"))


def _made(rows: Sequence[Result], version: ResultVersion, *, title: str) -> bytes:
    language = get_language() or "en"
    outline = ResultOutline.from_json(version.outline)
    paper = Document(f"{title}: {version.test.title}", made_at=version.made_at, language=language)
    institute = institute_row()
    for row in rows:
        row.version = version
        _write(paper, row, outline, institute)
    return paper.content()


def _write(paper: Document, row: Result, outline: ResultOutline, institute: Institute) -> None:
    paper.begin(f"{row.student.name} · {row.version.test.title}")
    _head(paper, institute)
    paper.line(_("Scorecard"), is_muted=True)
    paper.line(row.student.name, size=20, is_bold=True)
    paper.gap(2)
    paper.facts([*_whose(row), *facts(row)])
    paper.gap(5)
    paper.rule()
    paper.gap(3)
    paper.line(marks_words(row.total, row.most), size=24, is_bold=True)
    paper.line(standing(row), size=12)
    paper.gap(5)
    parts = sections_of(outline, row.sections)
    if parts:
        _sections(paper, row, parts)
        paper.gap(6)
    _verification(paper, row)


def _head(paper: Document, institute: Institute) -> None:
    if institute.logo:
        paper.picture(bytes(institute.logo), height=LOGO_MM)
    paper.line(institute.name, size=14, is_bold=True)
    address = " · ".join(line.strip() for line in institute.address.splitlines() if line.strip())
    if address:
        paper.line(address, size=9, is_muted=True)
    paper.gap(3)
    paper.rule()
    paper.gap(6)


def _whose(row: Result) -> list[tuple[str, str]]:
    """What the card says of its student besides his name. He may sign in with that number: no public page has it."""
    said = [
        (_("Admission number"), row.student.admission_number or ""),
        (_("Batch"), row.batch.name if row.batch else ""),
    ]
    return [(word, text) for word, text in said if text]


def facts(row: Result) -> list[tuple[str, str]]:
    """What is said of a card besides numbers: who, what, when, and which version. Not its reason, which somebody typed:
    it may tell a key, and a card goes round before solutions are out."""
    version, attempt = row.version, row.attempt
    written = (attempt.started_at if attempt else None) or version.test.opens_at
    said = [
        (_("Test"), version.test.title),
        (_("Written"), moment_text(written) if written else ""),
        (_("Result"), version_words(version)),
        (_("Why it was made"), str(Cause(version.cause).label) if version.cause != Cause.CLOSED else ""),
    ]
    return [(word, text) for word, text in said if text]


def version_words(version: ResultVersion) -> str:
    """Version 2, made on Mon 16 Nov 2026, 6:30 pm."""
    said = {"number": version.number, "time": moment_text(version.made_at)}
    return _("Version %(number)d, made on %(time)s") % said


def standing(row: Result) -> str:
    """Rank and percentile, and what speaks against taking them for the last word."""
    if row.rank is None or row.percentile is None:
        return _("Another attempt of this student counts, so this one has no rank.")
    place = {"rank": row.rank, "count": row.version.ranked_count}
    figure = {"figure": percentile_words(row.percentile)}
    words = [_("Rank %(rank)d of %(count)d") % place, _("percentile %(figure)s") % figure]
    if row.waiting:
        waiting = ngettext(
            "provisional: %(count)d answer is not marked", "provisional: %(count)d answers are not marked", row.waiting
        )
        words.append(waiting % {"count": row.waiting})
    elif row.version.is_provisional:
        words.append(_("provisional: answers of others are not marked"))
    return " · ".join(words)


def _sections(paper: Document, row: Result, parts: list[SectionResult]) -> None:
    """Marks of each section, with counts of answers where it was written here."""
    columns = [Column(_("Section"), 3), Column(_("Marks"), 1.6, is_number=True)]
    if row.attempt_id:
        heads = (_("Right"), _("Partly"), _("Wrong"), _("Blank"))
        columns += [Column(head, 1, is_number=True) for head in heads]
    lines = []
    for one in parts:
        counts = (one.right, one.partial, one.wrong, one.blank) if row.attempt_id else ()
        marks = marks_words(one.marks, one.section.most)
        lines.append([section_title(one.section), marks, *map(str, counts)])
    if len(parts) > 1:
        counts = (row.right, row.partial, row.wrong, row.blank) if row.attempt_id else ()
        lines.append([_("Together"), marks_words(row.total, row.most), *map(str, counts)])
    paper.table(columns, lines, is_last_bold=len(parts) > 1)


def _verification(paper: Document, row: Result) -> None:
    address = settings.BASE_URL + reverse("result_verify", args=[row.code])
    form = (settings.BASE_URL + reverse("result_verify_form")).partition("://")[2]
    beside = [
        result_codes.printed(row.code),
        _("The code tells whether this card is genuine and the newest one."),
        _("Scan the code, or type it at %(address)s") % {"address": form},
    ]
    paper.code(address, side=32, beside=beside)
