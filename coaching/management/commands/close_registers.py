"""`manage.py close_registers`: make registers final whose time has come, as the scheduler does every few minutes."""

from datetime import datetime

from attendance import closing
from coaching.management.rounds import RoundsCommand


class Command(RoundsCommand):
    help = "Close registers of classes that are over for two hours and in which somebody was marked or checked in."
    unit = "class"

    def close_due(self, now: datetime) -> closing.Round:
        return closing.close_due(now=now)

    def words(self, done: closing.Round) -> str:
        return f"registers closed: {done.closed}; students made absent by that: {done.absent}"
