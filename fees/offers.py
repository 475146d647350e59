"""What fees offer to the composed pages; `own_copy` says what is kept of a person."""

from datetime import datetime

from accounts.models import Role, User
from coaching.lib.offers import Todo
from fees import boards, reports
from fees.boards import batch_panel, calendar, desk, panel, standing
from fees.fee_status import column as status_column
from fees.fee_status import may_read as may_read_status
from fees.reports import know, office_moments, office_sets
from fees.reports import office_panel as office

__all__ = [
    "batch_panel",
    "calendar",
    "desk",
    "know",
    "may_read_status",
    "office",
    "office_moments",
    "office_sets",
    "panel",
    "standing",
    "status_column",
    "todo",
]


def todo(person: User, *, now: datetime) -> list[Todo]:
    """A family's dues; what the office has to decide, and days at the counter that were never closed."""
    found = boards.todo(person, now=now)
    return [*found, *reports.todo(person, now=now)] if person.role in {Role.ADMIN, Role.STAFF} else found
