"""What is wrong with a question of a file, and what of it stays behind, in words that say what to do."""

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from exams.formats import MAX_QUESTIONS, LineProblem

PROBLEMS: dict[str, str | Promise] = {
    # the file
    "too_large": gettext_lazy("The file is over 10 MB. Divide it."),
    "too_many": gettext_lazy("The file has more than %(most)s questions. Divide it."),
    "undecodable": gettext_lazy("This line holds signs that cannot be read. Save the file as UTF-8 text."),
    "empty": gettext_lazy("The file holds no question."),
    "workbook": gettext_lazy("This workbook cannot be read or unpacks to far too much. Save its sheet as CSV."),
    "no_titles": gettext_lazy("No column has the title text_en. The first row must hold the titles of the template."),
    "not_a_quiz": gettext_lazy("This XML is not an export of questions. In Moodle choose: Export, Moodle XML format."),
    "xml_forbidden": gettext_lazy("The XML declares a document type, which no export of questions has."),
    "xml_broken": gettext_lazy("The XML is broken here, and nothing behind this line was read. Export the file again."),
    "xml_deep": gettext_lazy("The XML is nested too deeply to be an export of questions."),
    # CSV
    "quotation_open": gettext_lazy("A quotation mark is not closed, or a cell is far too long."),
    "line_too_long": gettext_lazy("The line is far too long. Shorten it."),
    "cell": gettext_lazy("%(detail)s"),
    "cell_too_long": gettext_lazy("The cell under “%(detail)s” has more than 20,000 characters."),
    "kind_unknown": gettext_lazy("“%(detail)s” is no kind of question. Take one of the template’s help."),
    "kind_missing": gettext_lazy("Write under “kind” what kind of question it is."),
    "difficulty_unknown": gettext_lazy("“%(detail)s” is no difficulty. Write easy, medium or hard."),
    "truth_unknown": gettext_lazy("Write true or false under “right”, not “%(detail)s”."),
    "tolerances": gettext_lazy("Write one tolerance, or one for each number, parted by |."),
    "pairs_form": gettext_lazy("Write what belongs together like this: p: a, c; q: b. Not “%(detail)s”."),
    # GIFT and XML
    "brace_open": gettext_lazy("The { is not closed before the empty line. Close it, or write \\{ for a brace."),
    "brace_close": gettext_lazy("A } has no { before it. Write \\} for a brace in the text."),
    "pair_form": gettext_lazy("Write each pair with an arrow: left -> right. “%(detail)s” has none."),
    "weight": gettext_lazy("“%(detail)s” is no weight. Write a number from −100 to 100."),
    "few_options": gettext_lazy("There is only one option. Give at least two."),
    "many_options": gettext_lazy("There are %(detail)s options; at most 12 fit."),
    "few_pairs": gettext_lazy("Give at least one pair, and two answers to choose from."),
    "no_right": gettext_lazy("No answer counts fully. Say which one is right."),
    "only_wildcards": gettext_lazy("Only answers with a * are right. Write out what is accepted."),
    "not_a_number": gettext_lazy("“%(detail)s” is no number. Write it like 5.237."),
    "kind_not_taken": gettext_lazy("Questions of the kind “%(detail)s” are not taken. Write it anew here."),
    # the bank
    "no_subject": gettext_lazy("The file does not say to which subject it belongs. Choose one above."),
    "subject_unknown": gettext_lazy("No subject is called “%(detail)s”. Correct the name, or let an admin add it."),
    "passage_missing": gettext_lazy("Its passage “%(detail)s” is not in the file, or does not fit itself."),
    "image_form": gettext_lazy("An image is no JPEG, PNG or WebP of at most 5 MB. Put it in again."),
    "image_missing": gettext_lazy("An image the text names is not in the file. Export it again with its files."),
}
NOTES: dict[str, str | Promise] = {
    "partial": gettext_lazy("Answers that count in part are not kept as right."),
    "wildcard": gettext_lazy("Accepted answers with a * are left out."),
    "units": gettext_lazy("Only the first unit is kept, and only to be shown."),
    "image_left": gettext_lazy("An image in a solution is left out."),
    "image_more": gettext_lazy("Only the first image of a text is kept."),
    "image_elsewhere": gettext_lazy("An image that lies on another site is left out."),
    "image_broken": gettext_lazy("An image of the file is broken and left out."),
    "column_unknown": gettext_lazy("The column “%(detail)s” is not taken."),
}
LOST: dict[str, str | Promise] = {
    "kind": gettext_lazy("programs are left out"),
    "hindi": gettext_lazy("without their Hindi text"),
    "picture": gettext_lazy("without their images"),
    "order": gettext_lazy("without the fixed order of their options"),
    "guide": gettext_lazy("without the guide for marking"),
    "case": gettext_lazy("without that capital letters count"),
    "unit": gettext_lazy("without their unit"),
    "most_signs": gettext_lazy("without the limit of letters"),
    "columns": gettext_lazy("with only one right column for a row"),
    "arrow": gettext_lazy("with → in place of ->"),
    "solution": gettext_lazy("without the text about a passage"),
}


def problem_words(problem: LineProblem) -> str:
    """A sentence of what is wrong and what to do."""
    return _said(PROBLEMS, problem)


def note_words(note: LineProblem) -> str:
    """A sentence of what is left behind."""
    return _said(NOTES, note)


def _said(among: dict[str, str | Promise], told: LineProblem) -> str:
    sentence = among.get(told.code)
    if sentence is None:
        return _("This question cannot be read (%(code)s).") % {"code": told.code}
    return str(sentence) % {"detail": told.detail, "most": f"{MAX_QUESTIONS:,}"}
