"""Dues from enrolments."""

from batches.models import Enrolment


def follow_enrolment(enrolment: Enrolment) -> None:
    """The hook of `batches.changes`."""
