"""`manage.py check_fees`: prove that the books of fees are right, to the paisa. It changes nothing.

Exit status: 0 they are, 1 something is not (a line for each, naming the rows), 2 it could not be looked at.
"""

import argparse
import json
import sys
from typing import Any

from django.core.management.base import BaseCommand
from django.db import Error, connection

from fees import proving


class Command(BaseCommand):
    help = "Prove the books of fees: dues, payments, ledger, numbers of documents, closed days, and their guards."

    def add_arguments(self, parser: argparse.ArgumentParser) -> None:
        parser.add_argument("--json", action="store_true", help="print JSON")

    def handle(self, **options: Any) -> None:
        try:
            found = proving.broken()
            counted = proving.counted()
        except Error as error:
            self.stderr.write(f"check_fees: {connection.vendor}: {str(error).strip().splitlines()[0]}")
            sys.exit(2)
        if options["json"]:
            broken = [{"rule": one.rule, "rows": one.rows, "says": one.says} for one in found]
            self.stdout.write(json.dumps({"ok": not found, "counted": counted, "broken": broken}, ensure_ascii=False))
        else:
            self.stdout.writelines(f"{line}\n" for line in [str(one) for one in found] or [_fine(counted)])
        if found:
            sys.exit(1)


def _fine(counted: dict[str, int]) -> str:
    return "the books are right: " + ", ".join(f"{count} {what}" for what, count in counted.items())
