"""`manage.py reset_second_step EMAIL`: a way back in for the only admin who lost his phone and his recovery codes."""

import argparse
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from accounts import second_step
from accounts.models import User
from coaching.lib.errors import DomainError


class Command(BaseCommand):
    """What an admin does for others on the page of a person, for whoever has the server."""

    help = "Take the second step from a person who lost it. His sessions end; an admin sets up a new one at sign-in."

    def add_arguments(self, parser: argparse.ArgumentParser) -> None:
        parser.add_argument("email", metavar="EMAIL", help="e-mail address or admission number")

    def handle(self, **options: Any) -> None:
        person: User | None = User.objects.known_as(options["email"]).first()
        if person is None:
            raise CommandError(f"Nobody is known as {options['email']}.")
        try:
            second_step.reset(person)
        except DomainError as error:
            raise CommandError(error.message) from error
        self.stdout.write(f"{person.identifier} has no second step any more and is signed out everywhere.")
