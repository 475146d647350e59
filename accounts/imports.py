"""Imports of people: carried out whole or not at all, once for each file, and taken back whole.

A double click, two admins with the same file, a lost answer: the row of the import comes first and is unique for a file
taken in one way, so whoever comes second finds the first one's. The plan is made anew under that row; if it differs
from what was shown, nothing is written.

People who are added have no line of their own in the activity log, which would keep them for a year: the import's line
and its rows say who came by it, and taking it back at once removes them without a trace.
"""

import uuid
from collections.abc import Iterable
from typing import Any

from django.contrib.auth.hashers import UNUSABLE_PASSWORD_PREFIX, make_password
from django.db import IntegrityError, transaction
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts import activity, invitations, invitees
from accounts.import_plans import Plan, plan_import
from accounts.import_rows import PlannedGuardian, Row
from accounts.invitees import Invitee
from accounts.models import Guardianship, ImportedRow, Invitation, PeopleImport, Role, User
from accounts.services import change_person, locked_beside_admins
from coaching.lib.errors import DomainError

AT_A_TIME = 500
INVITED_AT_ONCE = invitees.AT_MOST
Action = ImportedRow.Action


class ImportRefused(DomainError):
    """This import cannot be carried out. The message says why; nothing was written."""

    code = "import_refused"


class AlreadyImported(ImportRefused):
    """This very file was taken in like this before; `done` is that import."""

    code = "already_imported"

    def __init__(self, done: PeopleImport) -> None:
        super().__init__(_("This file was taken in already. Take that import back first, or change the file."))
        self.done = done


class PlanOutdated(ImportRefused):
    """Somebody changed people since the plan was made, so the rows would meet another fate now."""

    code = "plan_outdated"


def done_before(plan: Plan) -> PeopleImport | None:
    """The import of this very file in this very way, if there was one that was not taken back."""
    mark, state = plan.source.mark, PeopleImport.State.DONE
    return PeopleImport.objects.filter(content_hash=mark, state=state).select_related("actor").first()


@transaction.atomic
def apply_import(plan: Plan, *, actor: User | None, request: HttpRequest | None = None) -> PeopleImport:
    """Write what the plan says, all of it or nothing; a bad row stops it unless the plan leaves bad rows out.

    Raises: AlreadyImported; PlanOutdated; ImportRefused.
    """
    people_import = _begin(plan, actor)
    fresh = plan_import(plan.source, today=timezone.localdate())
    if fresh.fingerprint != plan.fingerprint:
        raise PlanOutdated(_("Somebody changed people in the meantime. Look at the rows again."))
    if fresh.bad and not fresh.source.leaves_out:
        raise ImportRefused(_("There are rows that do not fit. Put them right, or choose to leave them out."))
    if not fresh.does_something:
        raise ImportRefused(_("No row adds or changes anybody."))
    try:
        with transaction.atomic():
            rows = _write(fresh, actor=actor, request=request)
    except IntegrityError as error:
        raise PlanOutdated(_("Somebody changed people in the meantime. Look at the rows again.")) from error
    for row in rows:
        row.people_import = people_import
    ImportedRow.objects.bulk_create(rows, batch_size=AT_A_TIME)
    _finish(people_import, rows, skipped=len(fresh.rows) - len(fresh.added) - len(fresh.updated))
    counts: dict[str, Any] = {"added": people_import.added, "updated": people_import.updated}
    name = people_import.file_name
    activity.record("people.imported", actor=actor, on=people_import, request=request, name=name, **counts)
    return people_import


def rehearse_import(plan: Plan, *, actor: User | None) -> None:
    """Do all of it but for the last commit. Raises: what `apply_import` raises."""
    with transaction.atomic():
        apply_import(plan, actor=actor)
        transaction.set_rollback(True)


def _begin(plan: Plan, actor: User | None) -> PeopleImport:
    """The import's own row, under which all else is done. Raises: AlreadyImported."""
    source = plan.source
    row = PeopleImport(file_name=source.file_name[:255], content_hash=source.mark, actor=actor)
    try:
        with transaction.atomic():
            row.save(force_insert=True)
    except IntegrityError:
        raise AlreadyImported(PeopleImport.objects.get(content_hash=source.mark, state=row.state)) from None
    return row


def _finish(people_import: PeopleImport, rows: list[ImportedRow], *, skipped: int) -> None:
    people_import.added = sum(row.action == Action.ADDED for row in rows)
    people_import.updated = sum(row.action == Action.UPDATED for row in rows)
    people_import.skipped = skipped
    people_import.save(update_fields=["added", "updated", "skipped"])


def _write(plan: Plan, *, actor: User | None, request: HttpRequest | None) -> list[ImportedRow]:
    rows = _add_people(plan.added)
    rows += _update_people(plan.updated, actor=actor, request=request)
    taken = [row for row in (*plan.added, *plan.updated) if row.guardian]
    rows += _add_guardians(taken)
    by_line = {row.line: row.person for row in plan.rows}
    for row in taken:
        guardian: PlannedGuardian = row.guardian  # type: ignore[assignment]
        guardian.person = guardian.person or by_line.get(guardian.line)
    added = {row.line for row in plan.added}
    return rows + _link_guardians(taken, added=added, actor=actor, request=request)


def _add_people(rows: list[Row]) -> list[ImportedRow]:
    for row in rows:
        row.person = _person(role=row.role, **row.values)
    User.objects.bulk_create([row.person for row in rows if row.person], batch_size=AT_A_TIME)
    return [ImportedRow(line=row.line, action=Action.ADDED, person=row.person) for row in rows]


def _person(**fields: Any) -> User:
    """Somebody new, without a password: no thousand hashes, and no way in until he is invited."""
    return User(uuid=uuid.uuid4(), password=make_password(None), **fields)


def _update_people(rows: list[Row], *, actor: User | None, request: HttpRequest | None) -> list[ImportedRow]:
    changed = [row for row in rows if row.changes]
    locked = locked_beside_admins([row.person.pk for row in changed if row.person]) if changed else {}
    made = []
    for row in changed:
        person = locked[row.person.pk]  # type: ignore[union-attr]
        if any(getattr(person, name) != old for name, (old, _new) in row.changes.items()):
            raise PlanOutdated(_("Somebody changed people in the meantime. Look at the rows again."))
        for name, (_old, new) in row.changes.items():
            setattr(person, name, new)
        change_person(person, changed=list(row.changes), actor=actor, request=request)
        before = {name: [old, new] for name, (old, new) in row.changes.items()}
        made.append(ImportedRow(line=row.line, action=Action.UPDATED, person=person, before=before))
    return made


def _add_guardians(rows: list[Row]) -> list[ImportedRow]:
    """Each new guardian once, however many children he has in the file."""
    first: dict[str, tuple[Row, User]] = {}
    for row in rows:
        guardian: PlannedGuardian = row.guardian  # type: ignore[assignment]
        if not guardian.is_new:
            continue
        if guardian.email not in first:
            fields = {"name": guardian.name, "email": guardian.email, "phone": guardian.phone}
            first[guardian.email] = (row, _person(role=Role.GUARDIAN, **fields))
        guardian.person = first[guardian.email][1]
    User.objects.bulk_create([person for _row, person in first.values()], batch_size=AT_A_TIME)
    return [ImportedRow(line=row.line, action=Action.ADDED, person=person) for row, person in first.values()]


def _link_guardians(
    rows: Iterable[Row], *, added: set[int], actor: User | None, request: HttpRequest | None
) -> list[ImportedRow]:
    pairs = [(row, row.guardian.person) for row in rows if row.links_guardian and row.guardian and row.guardian.person]
    links = [
        Guardianship(guardian=guardian, student=row.person, relation=row.guardian.relation if row.guardian else "")
        for row, guardian in pairs
    ]
    Guardianship.objects.bulk_create(links, batch_size=AT_A_TIME)
    made = []
    for (row, guardian), link in zip(pairs, links, strict=True):
        if row.line not in added:
            told: dict[str, Any] = {"subject": link.student, "on": link, "person": guardian.pk}
            activity.record("guardianship.made", actor=actor, request=request, **told)
        before = {"student": link.student_id}
        made.append(ImportedRow(line=row.line, action=Action.LINKED, person=guardian, before=before))
    return made


def to_invite(people_import: PeopleImport) -> QuerySet[User]:
    """Those it added who have no way in yet and no invitation that waits for them."""
    added = people_import.rows.filter(action=Action.ADDED).values("person")
    waiting = Invitation.objects.open_at(timezone.now()).exclude(person=None).values("person")
    people: QuerySet[User] = User.objects.active().filter(pk__in=added, password__startswith=UNUSABLE_PASSWORD_PREFIX)
    return people.exclude(pk__in=waiting).exclude(socialaccount__isnull=False)


def invite_imported(
    people_import: PeopleImport, *, actor: User, request: HttpRequest | None = None
) -> list[Invitation]:
    """Invite the next of them, INVITED_AT_ONCE at most: by mail, or by slips. Raises: InvitationRefused, NotAllowed."""
    people = [
        Invitee(Role(one.role), one.name, one.email or "", one.admission_number or "")
        for one in to_invite(people_import).order_by("pk")[:INVITED_AT_ONCE]
    ]
    return invitations.invite_many(people, actor=actor, request=request)
