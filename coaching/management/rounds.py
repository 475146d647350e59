"""Commands that do at once what the scheduler does in rounds, for an operator whose scheduler stood still.

Exit status: 0 all is well, 1 something did not close, 2 it could not run.
"""

import argparse
import json
from dataclasses import asdict, fields, replace
from datetime import datetime
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db import DatabaseError
from django.utils import timezone


class RoundsCommand(BaseCommand):
    """Round after round until one closes nothing; the same again closes nothing.

    A round is a dataclass with `closed`, a count, `failed`, names of what does not close, and perhaps further counts.
    """

    unit = ""
    """What one of `failed` names."""

    def close_due(self, now: datetime) -> Any:
        """One round."""
        raise NotImplementedError

    def words(self, done: Any) -> str:
        """What was done in all, on a line."""
        raise NotImplementedError

    def add_arguments(self, parser: argparse.ArgumentParser) -> None:
        parser.add_argument("--json", action="store_true", help="print JSON")

    def handle(self, **options: Any) -> None:
        try:
            done = self._closed()
        except DatabaseError as error:
            raise CommandError(f"{type(error).__name__}: {error}".splitlines()[0], returncode=2) from error
        if options["json"]:
            self.stdout.write(json.dumps(asdict(done)))
        else:
            self.stdout.write(self.words(done))
            self.stdout.writelines(f"does not close, see the log: {self.unit} {one}\n" for one in done.failed)
        if done.failed:
            raise SystemExit(1)

    def _closed(self) -> Any:
        done = last = self.close_due(timezone.now())
        while last.closed:
            last = self.close_due(timezone.now())
            done = _with(done, last)
        return done


def _with(done: Any, last: Any) -> Any:
    """Counts are added; what does not close is what the last round said."""
    counts = [one.name for one in fields(last) if one.type in (int, "int")]
    return replace(last, **{name: getattr(done, name) + getattr(last, name) for name in counts})
