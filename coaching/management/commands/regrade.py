"""`manage.py regrade TEST`: mark all answers of a test again, as its paper, corrections and marks by hand now say.

Exit status: 0 results are as they should be, 1 refused (nobody wrote it, somebody still writes), 2 it could not run.
"""

import argparse
import json
from typing import Any
from uuid import UUID

from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError
from django.db import DatabaseError
from django.utils import timezone

from coaching.lib.errors import DomainError
from exams import reckoning
from exams.models import Test
from exams.models.results import Cause
from exams.result_changes import Change, Preview, compare


class Command(BaseCommand):
    """A version is made only if something comes out differently; those before it stay as they are."""

    help = "Mark a test again. Makes a new version of its results if anything changes, and says whose marks and ranks."

    def add_arguments(self, parser: argparse.ArgumentParser) -> None:
        parser.add_argument("test", metavar="TEST", help="uuid of a test, or its title")
        parser.add_argument("--dry-run", action="store_true", help="only say what would change")
        parser.add_argument("--json", action="store_true", help="print JSON")

    def handle(self, **options: Any) -> None:
        try:
            preview, version = self._regraded(_test_named(options["test"]), is_dry=options["dry_run"])
        except DomainError as error:
            raise CommandError(error.message) from error
        except DatabaseError as error:
            raise CommandError(f"{type(error).__name__}: {error}".splitlines()[0], returncode=2) from error
        if options["json"]:
            self.stdout.write(json.dumps(_as_json(preview, version), ensure_ascii=False))
            return
        self.stdout.writelines(f"{line}\n" for line in _lines(preview))
        if version:
            self.stdout.write(f"version {version} made")
        else:
            self.stdout.write("nothing kept: this was a rehearsal" if options["dry_run"] else "no version made")

    def _regraded(self, test: Test, *, is_dry: bool) -> tuple[Preview, int | None]:
        """What changes, and the number of the version that was made."""
        now = timezone.now()
        made = reckoning.draft(test)
        reckoning.require_over(test, made.facts, now=now)
        reckoning.require_some(made)
        preview = compare(test.newest_results, made)
        if is_dry:
            return preview, None
        done, version = reckoning.keep(test, made, cause=Cause.BY_HAND, reason="manage.py regrade", actor=None, now=now)
        if not done:
            raise CommandError("The results change at this moment. Try again.")
        return preview, version.number if version else None


def _test_named(said: str) -> Test:
    rows = Test.objects.select_related("newest_results", "scheme")
    try:
        found = list(rows.filter(uuid=UUID(said)))
    except (ValueError, ValidationError):
        found = list(rows.filter(title=said)[:2]) or list(rows.filter(title__istartswith=said)[:2])
    if not found:
        raise CommandError(f"There is no test {said}.")
    if len(found) > 1:
        raise CommandError(f"Several tests are called like {said}. Say the uuid, which stands in the page's address.")
    return found[0]


def _lines(preview: Preview) -> list[str]:
    lines = [
        f"results compared with: version {preview.base}" if preview.base else "results compared with: none yet",
        f"students ranked: {preview.students}",
        f"marks change: {preview.marks_changed}",
        f"ranks change: {preview.ranks_changed}",
        f"first ten change: {'yes' if preview.first_change else 'no'}",
    ]
    return lines + [_line(one) for one in preview.changes]


def _line(change: Change) -> str:
    before, after = (
        f"{one.total:.2f} of {one.most:.2f}, rank {one.rank}" if one else "no result"
        for one in (change.before, change.after)
    )
    return f"{change.name}: {before} -> {after}"


def _as_json(preview: Preview, version: int | None) -> dict[str, Any]:
    return {
        "base": preview.base,
        "version": version,
        "same": preview.is_same,
        "students": preview.students,
        "waiting": preview.waiting,
        "marks_change": preview.marks_changed,
        "ranks_change": preview.ranks_changed,
        "first_ten_change": preview.first_change,
        "changes": [
            {
                "student": one.student,
                "name": one.name,
                "marks": [f"{side.total:.2f}" if side else None for side in (one.before, one.after)],
                "rank": [side.rank if side else None for side in (one.before, one.after)],
            }
            for one in preview.changes
        ],
    }
