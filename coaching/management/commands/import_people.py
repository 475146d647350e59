"""`manage.py import_people FILE`: students, teachers, guardians and staff from a CSV or XLSX file, all or nothing.

Exit status: 0 all is well, 1 rows do not fit (nothing was written), 2 the file cannot be read or taken in.
"""

import argparse
import json
from pathlib import Path
from typing import Any

from django.core.management.base import CommandError
from django.db import DatabaseError
from django.utils import timezone

from accounts import imports
from accounts.import_plans import Mode, Plan, Source, plan_import
from accounts.import_rows import Row
from accounts.import_tables import MAX_BYTES
from accounts.models import Role
from accounts.zones import InstituteCommand
from coaching.lib.errors import DomainError
from coaching.lib.text import clean_filename

PROBLEMS_SHOWN = 100
IMPORTABLE = [role.value.lower() for role in Role if role != Role.ADMIN]


class Command(InstituteCommand):
    """The same plan and the same import as the page's."""

    help = (
        "Import people from a CSV or XLSX file whose first row holds the titles. Either every row is taken or none; "
        "--dry-run does everything but keep it."
    )

    def add_arguments(self, parser: argparse.ArgumentParser) -> None:
        parser.add_argument("file", metavar="FILE", type=Path)
        parser.add_argument("--dry-run", action="store_true", help="do everything, then keep nothing")
        parser.add_argument("--mode", choices=Mode.values, default=Mode.ADD.value, help="add (default), both or update")
        parser.add_argument("--role", choices=IMPORTABLE, default="student", help="of rows that name none")
        parser.add_argument("--json", action="store_true", help="print JSON")

    def handle(self, **options: Any) -> None:
        try:
            plan = self._plan(options)
            if not plan.bad and plan.does_something:
                carry_out = imports.rehearse_import if options["dry_run"] else imports.apply_import
                carry_out(plan, actor=None)
        except (OSError, DatabaseError) as error:
            raise CommandError(f"{type(error).__name__}: {error}".splitlines()[0], returncode=2) from error
        except DomainError as error:
            raise CommandError(error.message, returncode=2) from error
        is_kept = not options["dry_run"] and not plan.bad and plan.does_something
        self._tell(plan, as_json=options["json"], is_kept=is_kept)
        if plan.bad:
            raise SystemExit(1)

    def _plan(self, options: dict[str, Any]) -> Plan:
        path: Path = options["file"]
        role = Role(options["role"].upper())
        with path.open("rb") as file:
            content = file.read(MAX_BYTES + 1)  # no more than it takes to know that it is too much
        return plan_import(
            Source(content, clean_filename(path.name), Mode(options["mode"]), role), today=timezone.localdate()
        )

    def _tell(self, plan: Plan, *, as_json: bool, is_kept: bool) -> None:
        counts = {"added": len(plan.added), "updated": len(plan.updated), "skipped": len(plan.skipped)}
        if as_json:
            told = counts | {"guardians": plan.new_guardians, "kept": is_kept, "errors": _errors(plan.bad)}
            told["unknown_columns"] = list(plan.columns.unknown)
            self.stdout.write(json.dumps(told, ensure_ascii=False, indent=1))
            return
        for error in _errors(plan.bad)[:PROBLEMS_SHOWN]:
            column = f" {error['column']}:" if error["column"] else ""
            self.stderr.write(f"line {error['line']}:{column} {error['message']}")
        words = ", ".join(f"{count} {what}" for what, count in counts.items())
        end = "" if is_kept else " Nothing was written."
        self.stdout.write(f"{words}, {plan.new_guardians} new guardians, {len(plan.bad)} do not fit.{end}")


def _errors(rows: list[Row]) -> list[dict[str, Any]]:
    return [
        {"line": row.line, "column": str(problem.column.value) if problem.column else "", "message": problem.words}
        for row in rows
        for problem in row.problems
    ]
