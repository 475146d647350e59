"""What other areas do inside a change of an enrolment or a class.

They append functions in `AppConfig.ready`; a service calls them within its transaction, and an error in one rolls all
of it back. Each must be idempotent: a scheduled task of theirs repairs what was missed. Only fees (dues) and chat
(member event, stream wake-up) need this; everybody else derives from enrolments and classes.
"""

from collections.abc import Callable, Sequence

from batches.models import ClassSession, Enrolment

ENROLMENT: list[Callable[[Enrolment], None]] = []
"""Called with each enrolment that began, ended or changed its instants."""

CLASS_SESSION: list[Callable[[Sequence[ClassSession]], None]] = []
"""Called with the classes one change made, moved, cancelled or gave to somebody else."""


def enrolment_changed(enrolment: Enrolment) -> None:
    """To be called inside the transaction, after the row was written."""
    for follow in ENROLMENT:
        follow(enrolment)


def classes_changed(classes: Sequence[ClassSession]) -> None:
    """To be called inside the transaction, after the rows were written; for none, nothing happens."""
    if classes:
        for follow in CLASS_SESSION:
            follow(classes)
