"""`manage.py create_admin EMAIL`: the first admin, or a way back in for one who lost his password."""

import argparse
import json
import sys
from typing import Any

from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError

from accounts import services, ways_in
from coaching.lib.errors import DomainError

NO_PASSWORDS = (
    "AUTH_LOCAL is off, so a password or a link to set one would let nobody in. Start the site with AUTH_LOCAL=on, "
    "make the admin, let him connect Google in his profile, then turn it off again."
)


class Command(BaseCommand):
    """With a password on standard input the admin has it; without one, a link is printed at which he sets it."""

    help = (
        "Make an admin. Give the password on standard input, or get a link that works once within an hour. "
        "For an admin who is there already, this is a new password or a new link. Needs AUTH_LOCAL."
    )

    def add_arguments(self, parser: argparse.ArgumentParser) -> None:
        parser.add_argument("email", metavar="EMAIL")
        parser.add_argument("--name", default="", help="the person's name (else the first part of the address)")
        parser.add_argument("--json", action="store_true", help="print JSON")

    def handle(self, **options: Any) -> None:
        if not ways_in.has_passwords():
            raise CommandError(NO_PASSWORDS, returncode=2)
        password = "" if sys.stdin is None or sys.stdin.isatty() else sys.stdin.readline().rstrip("\r\n")
        try:
            link = services.let_admin_in(options["email"], name=options["name"], password=password)
        except ValidationError as error:
            raise CommandError(" ".join(error.messages), returncode=2) from error
        except DomainError as error:
            raise CommandError(error.message, returncode=2) from error
        if options["json"]:
            self.stdout.write(json.dumps({"email": options["email"], "link": link}))
        elif link:
            self.stdout.write(f"{options['email']} sets a password within an hour at\n{link}")
        else:
            self.stdout.write(f"{options['email']} signs in with the password you gave.")
