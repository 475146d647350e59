"""`manage.py keys`: which master keys are in use, sealing everything anew by the active one, a try at opening.

Works with a ring the site would refuse, because it is what puts that right.
Exit status: 0 all is well, 1 it found something wrong, 2 it could not run.
"""

import argparse
import json
from typing import Any

from django.core.exceptions import ImproperlyConfigured
from django.core.management.base import BaseCommand, CommandError
from django.db import DatabaseError

import accounts.sealed
import dfs.sealed
import exams.sealed
from accounts.activity import record
from accounts.keys import mark_master_keys, verify_master_keys
from accounts.models import MasterKeyMark
from coaching.lib.holders import Holder
from coaching.lib.sealing import SealBroken, ring

HOLDERS: tuple[Holder, ...] = (*dfs.sealed.HOLDERS, *accounts.sealed.HOLDERS, *exams.sealed.HOLDERS)


class Command(BaseCommand):
    """One method per verb."""

    help = "Master keys: status, rotate, verify."

    def add_arguments(self, parser: argparse.ArgumentParser) -> None:
        verbs = parser.add_subparsers(dest="verb", required=True, metavar="VERB")
        for name, words in (
            ("status", "Which keys there are and how much is sealed by each."),
            ("rotate", "Seal anew what another key than the active one seals; may be cut off and run again."),
            ("verify", "Open a sample of what is sealed."),
        ):
            verb = verbs.add_parser(name, help=words, description=words)
            verb.add_argument("--json", action="store_true", help="print JSON")
            if name == "rotate":
                verb.add_argument("--retire", metavar="KID", help="then forget this key, if nothing is sealed by it")
            if name == "verify":
                verb.add_argument("--sample", type=int, default=200, help="how many of each kind")

    def handle(self, **options: Any) -> None:
        try:
            told, lines, is_well = getattr(self, f"_{options['verb']}")(**options)
        except (ImproperlyConfigured, SealBroken) as error:
            raise CommandError(str(error), returncode=2) from error
        except DatabaseError as error:
            raise CommandError(f"{type(error).__name__}: {error}".splitlines()[0], returncode=2) from error
        self.stdout.write(json.dumps(told, ensure_ascii=False, indent=1) if options["json"] else "\n".join(lines))
        if not is_well:
            raise SystemExit(1)

    def _status(self, **_: Any) -> tuple[dict[str, Any], list[str], bool]:
        kids, counts = ring().kids(), _counts()
        marked = list(MasterKeyMark.objects.values_list("kid", flat=True))
        used = {kid for found in counts.values() for kid in found}
        told = {"active": kids[0], "ring": kids, "marked": marked, "sealed": counts}
        lines = [f"active: {kids[0]}; others in the ring: {', '.join(kids[1:]) or 'none'}"]
        for name, found in counts.items():
            lines.append(
                f"{name}: " + (", ".join(f"{count} by {kid}" for kid, count in sorted(found.items())) or "none")
            )
        lacking = sorted((used | set(marked)) - set(kids))
        lines += [f"missing from the ring: {kid}" for kid in lacking]
        return told | {"missing": lacking}, lines, not lacking

    def _rotate(self, *, retire: str | None, **_: Any) -> tuple[dict[str, Any], list[str], bool]:
        if not retire or retire in ring().kids():
            verify_master_keys()
        if retire == ring().active_kid:
            raise CommandError(f"{retire} is the active key: put another one before it first.", returncode=2)
        mark_master_keys()
        changed = {holder.name: holder.rewrap() for holder in HOLDERS}
        if any(changed.values()):
            record("keys.rotate", kid=ring().active_kid, changed=changed)
        left = {
            name: {kid: n for kid, n in found.items() if kid != ring().active_kid} for name, found in _counts().items()
        }
        left = {name: found for name, found in left.items() if found}
        lines = [f"{name}: {count} sealed anew by {ring().active_kid}" for name, count in changed.items()]
        lines += [f"still to do: {name} {found}" for name, found in left.items()]
        told: dict[str, Any] = {"active": ring().active_kid, "changed": changed, "left": left, "retired": ""}
        if retire:
            users = [name for name, found in left.items() if retire in found]
            if users:
                return told, [*lines, f"{retire} still seals {', '.join(users)}: it stays."], False
            if MasterKeyMark.objects.filter(kid=retire).delete()[0]:
                record("keys.retire", kid=retire)
            told["retired"] = retire
            lines.append(
                f"Nothing is sealed by {retire}: take it out of CLASSCREW_MASTER_KEYS before the next migrate."
            )
        return told, lines, not left

    def _verify(self, *, sample: int, **_: Any) -> tuple[dict[str, Any], list[str], bool]:
        verify_master_keys()
        told: dict[str, Any] = {}
        lines: list[str] = []
        for holder in HOLDERS:
            found = holder.check(sample)
            told[holder.name] = {"opened": found.opened, "failed": found.failed}
            lines.append(f"{holder.name}: {found.opened} opened, {len(found.failed)} did not")
            lines += [f"  {line}" for line in found.failed[:20]]
        return told, lines, not any(one["failed"] for one in told.values())


def _counts(without: str = "") -> dict[str, dict[str, int]]:
    """Sealed rows by holder and key; `without` a key, only those that still have others."""
    found = {holder.name: holder.count() for holder in HOLDERS}
    if not without:
        return found
    others = {name: {kid: count for kid, count in by.items() if kid != without} for name, by in found.items()}
    return {name: by for name, by in others.items() if by}
