"""`manage.py demo`: the demo institute, the same on every machine but for its passwords."""

import argparse
import json
import shutil
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import CommandError
from django.db import connection

from accounts import demo as people_demo
from accounts import demo_day, demo_guardian_link
from accounts.models import Role, User
from accounts.zones import InstituteCommand
from attendance import demo as attendance_demo
from batches import demo as batches_demo
from coaching.lib import triggers
from dfs import demo as drives_demo
from dfs.operator import quiet_wakes
from exams import demo as exams_demo
from fees import demo as fees_demo


@dataclass(frozen=True, slots=True)
class SignIn:
    """What a visitor types; one of `email` and `admission_number` is empty."""

    role: str
    name: str
    email: str
    admission_number: str
    password: str


class Command(InstituteCommand):
    """Seed what is missing, then say how to sign in. Repeating it changes nothing that is in order."""

    help = "Make the demo institute and print its sign-ins (passwords made per install, or DEMO_PASSWORD)."

    def add_arguments(self, parser: argparse.ArgumentParser) -> None:
        parser.add_argument(
            "--reset", action="store_true", help="empty the database first; only with DEMO=1 or DEBUG=1"
        )
        parser.add_argument("--json", action="store_true", help="print JSON")
        parser.add_argument("--yes", action="store_true", help="also outside DEMO and DEBUG")

    def handle(self, **options: Any) -> None:
        self._permit(is_sure=options["yes"], is_reset=options["reset"])
        if "users" not in connection.introspection.table_names():
            raise CommandError("The database has no tables yet. Run: python manage.py migrate", returncode=2)
        if options["reset"]:
            _empty()
        people = seed_people()
        seed_drives(people)
        with quiet_wakes():  # the worker starts after the demo and looks by itself
            demo_day.seed(people)
        batches_demo.seed(people)
        attendance_demo.seed(people)
        exams_demo.seed(people)
        with quiet_wakes():
            fees_demo.seed(people)
        sign_ins = [asdict(one) for one in _sign_ins(people)]
        guardian_link = demo_guardian_link.seed(people)
        if options["json"]:
            printed = {"address": settings.BASE_URL, "sign_ins": sign_ins, "guardian_link": guardian_link}
            self.stdout.write(json.dumps(printed, ensure_ascii=False, indent=1))
        else:
            self._print(sign_ins)
            self.stdout.write(f"\nGuardian link: {guardian_link['link']}  PIN {guardian_link['pin']}\n")

    @staticmethod
    def _permit(*, is_sure: bool, is_reset: bool) -> None:
        is_demo = settings.DEMO or settings.DEBUG
        if is_reset and not is_demo:
            raise CommandError("--reset empties the database and works only with DEMO=1 or DEBUG=1.", returncode=2)
        if not is_demo and not is_sure:
            raise CommandError("This is not a demo (DEMO=1). Add --yes to put demo people in anyway.", returncode=2)

    def _print(self, sign_ins: list[dict[str, str]]) -> None:
        self.stdout.write(f"{settings.BASE_URL}\n\n")
        for one in sign_ins:
            login = one["email"] or one["admission_number"]
            name = one["name"] if len(one["name"]) <= 40 else f"{one['name'][:39]}…"
            self.stdout.write(f"{one['role']:<9} {login:<32} {one['password']:<16} {name}\n")


def _empty() -> None:
    """Rows, and what only these rows knew of: local Drives, spool and cache. Secrets and passwords stay."""
    with triggers.lifted(connection):
        call_command("flush", interactive=False, verbosity=0)
    for name in ("drives", "spool", "cache"):
        shutil.rmtree(Path(settings.DATA_DIR) / name, ignore_errors=True)


def seed_people() -> dict[str, User]:
    """By the key under which the seeds of other areas know them."""
    return people_demo.seed()


def seed_drives(people: dict[str, User]) -> None:
    """Five people's folders and a few files in them."""
    drives_demo.seed(people)


def _sign_ins(people: dict[str, User]) -> list[SignIn]:
    passwords = people_demo.passwords()
    return [
        SignIn(
            role=Role(person.role).value,
            name=person.name,
            email=person.email or "",
            admission_number=person.admission_number or "",
            password=passwords[key],
        )
        for key, person in people.items()
    ]
