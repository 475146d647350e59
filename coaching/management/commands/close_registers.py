"""`manage.py close_registers`: make registers final whose time has come, as the scheduler does every few minutes.

Exit status: 0 all is well, 1 a register does not close, 2 it could not run.
"""

import argparse
import json
from dataclasses import asdict
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db import DatabaseError
from django.utils import timezone

from attendance import closing


class Command(BaseCommand):
    """For an operator whose scheduler stood still; the same again closes nothing."""

    help = "Close registers of classes that are over for two hours and in which somebody was marked or checked in."

    def add_arguments(self, parser: argparse.ArgumentParser) -> None:
        parser.add_argument("--json", action="store_true", help="print JSON")

    def handle(self, **options: Any) -> None:
        try:
            done = _closed()
        except DatabaseError as error:
            raise CommandError(f"{type(error).__name__}: {error}".splitlines()[0], returncode=2) from error
        if options["json"]:
            self.stdout.write(json.dumps(asdict(done)))
        else:
            self.stdout.write(f"registers closed: {done.closed}; students made absent by that: {done.absent}")
            self.stdout.writelines(f"does not close, see the log: class {one}\n" for one in done.failed)
        if done.failed:
            raise SystemExit(1)


def _closed() -> closing.Round:
    """Round after round, until one closes nothing."""
    done = closing.Round()
    while True:
        last = closing.close_due(now=timezone.now())
        done.closed, done.absent, done.failed = done.closed + last.closed, done.absent + last.absent, last.failed
        if not last.closed:
            return done
