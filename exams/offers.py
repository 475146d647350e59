"""What exams offer to the composed pages: tests and results on first screens, on pages of a batch and a student, tests
in the calendar, and what waits.

What is kept of a person, and what an erasure takes, is `own_copy`.
"""

from exams.boards import batch_panel, office, panel
from exams.calendar_entries import calendar
from exams.pending import know, office_sets
from exams.result_boards import over_tests
from exams.result_boards import panel as results_panel
from exams.waiting import todo

__all__ = ["batch_panel", "calendar", "know", "office", "office_sets", "over_tests", "panel", "results_panel", "todo"]
