"""What is wrong with a question, in words for the person who writes it."""

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from exams.content import LETTERS, MOST_CHOICES, MOST_TEXT
from exams.content_checks import Problem

_WORDS: dict[tuple[str, str], str | Promise] = {
    ("text", "missing"): gettext_lazy("Write the question, in one language at least, or give it an image."),
    ("text", "no_image"): gettext_lazy("An image is not in the bank any more. Choose it again."),
    ("options", "too_few"): gettext_lazy("Write two options at least."),
    ("rows", "too_few"): gettext_lazy("Write one row at least."),
    ("columns", "too_few"): gettext_lazy("Write two columns at least."),
    ("right", "missing"): gettext_lazy("Say which answer is right."),
    ("right", "unknown"): gettext_lazy(
        "The right answer “%(at)s” is not among the options. Write it, or choose another."
    ),
    ("right", "twice"): gettext_lazy("The same answer is named as right twice."),
    ("right", "both"): gettext_lazy("Either true or false is right, not both."),
    ("numbers", "missing"): gettext_lazy("Write the right number."),
    ("numbers", "not_a_number"): gettext_lazy(
        "“%(at)s” is not a number. Write it like 5.237 or 1.6e-19, without commas."
    ),
    ("numbers", "bad_tolerance"): gettext_lazy("“%(at)s” is not a distance from the number. Write it like 0.01."),
    ("accepted", "missing"): gettext_lazy("Write one text at least that counts as right."),
    ("languages", "missing"): gettext_lazy("Choose one language at least that the program may be written in."),
    ("languages", "unknown"): gettext_lazy("“%(at)s” is none of the languages. They are py, cpp, c, java and js."),
    ("pairs", "missing"): gettext_lazy("Say what belongs to row “%(at)s”."),
    ("pairs", "unknown"): gettext_lazy("Row “%(at)s” is matched with something that is not there."),
}
_OF_ANY: dict[str, str | Promise] = {
    "too_long": gettext_lazy("This is longer than %(most)d letters."),
    "too_many": gettext_lazy("%(choices)d are the most there can be."),
    "empty": gettext_lazy("“%(at)s” says nothing. Write it, or leave it out."),
    "twice": gettext_lazy("“%(at)s” says the same as another one."),
    "bad_id": gettext_lazy("“%(at)s” comes twice, or is no name of an option."),
}


def words(problem: Problem) -> str:
    """One sentence: what is wrong, and what to do."""
    found = _WORDS.get((problem.field, problem.code)) or _OF_ANY.get(problem.code) or _("This does not fit.")
    at = problem.at[:40]
    return str(found) % {"at": at.upper() if at in LETTERS else at, "most": MOST_TEXT, "choices": MOST_CHOICES}
