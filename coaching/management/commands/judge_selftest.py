"""`manage.py judge_selftest`: attacks the sandbox of this machine, and says what it can judge and what to install.

Exit status: 0 it holds and has every language, 1 it holds but languages are missing, 2 nothing can be run here.
"""

import argparse
import json
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand

from exams.sandbox.probe import probe
from exams.sandbox.protocol import Probed


class Command(BaseCommand):
    """Takes a second. Nothing but programs of ours is run."""

    help = "Attack the sandbox that judges coding questions: does it hold, which languages are there, what is missing."
    # What the checks would say is said here, with more.
    requires_system_checks = ()

    def add_arguments(self, parser: argparse.ArgumentParser) -> None:
        parser.add_argument("--json", action="store_true", help="print JSON")

    def handle(self, **options: Any) -> None:
        probed = probe(runner=settings.JUDGE_RUNNER, bwrap=settings.JUDGE_BWRAP, secrets=_secrets())
        status = _status(probed)
        if options["json"]:
            said = {"status": status, "works": probed.works, **probed.to_json()}
            self.stdout.write(json.dumps(said, ensure_ascii=False))
        else:
            self.stdout.writelines(f"{line}\n" for line in _lines(probed))
        if status:
            sys.exit(status)


def _secrets() -> list[Path]:
    """Files that whoever runs programs has no business reading."""
    found = [settings.BASE_DIR / ".env", *sorted((settings.DATA_DIR / "secrets").glob("*"))]
    if settings.DATABASES["default"]["ENGINE"].endswith("sqlite3"):
        found.append(Path(settings.DATABASES["default"]["NAME"]))
    return [path for path in found if path.is_file()]


def _status(probed: Probed) -> int:
    if not probed.works:
        return 2
    return 1 if any(one.code == "E120" for one in probed.findings) else 0


def _lines(probed: Probed) -> Iterator[str]:
    yield f"sandbox: {f'bubblewrap {probed.version}, it holds' if probed.works else 'none'}"
    if settings.JUDGE_RUNNER == "off":
        yield "JUDGE_RUNNER=off: nothing is run on this server"
    if probed.works:
        yield f"control group: {probed.cgroup or 'none'}"
        yield "languages:" if probed.languages else "languages: none"
        yield from (f"  {one.language:<5} {one.version}, time ×{one.factor:g}" for one in probed.languages)
    for one in probed.findings:
        yield f"{one.code} {one.level}: {one.message}"
        if one.fix:
            yield f"     to mend it: {one.fix}"
