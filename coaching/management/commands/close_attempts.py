"""`manage.py close_attempts`: hand in attempts whose time is over, as the scheduler does every few seconds."""

from datetime import datetime

from coaching.management.rounds import RoundsCommand
from exams import closing


class Command(RoundsCommand):
    help = "Hand in attempts at tests whose deadline and grace are over, with what was saved by then."
    unit = "attempt"

    def close_due(self, now: datetime) -> closing.Round:
        return closing.close_due(now=now)

    def words(self, done: closing.Round) -> str:
        return f"attempts closed: {done.closed}"
