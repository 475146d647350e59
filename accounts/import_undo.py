"""Taking an import of people back: who it added goes, what it changed is as before, told row by row.

What happened since is never lost. Somebody to whom anything refers by now (a session, an invitation, a batch) is
deactivated instead of removed; a field that was changed once more stays; a person who became an admin stays.
"""

from collections.abc import Iterable
from typing import Any

from django.db import transaction
from django.db.models import ForeignObjectRel, ManyToManyRel
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts import activity, invitations
from accounts.imports import AT_A_TIME, ImportRefused
from accounts.models import Guardianship, ImportedRow, Invitation, PeopleImport, Role, User
from accounts.services import change_person, locked_beside_admins

Action, Outcome = ImportedRow.Action, ImportedRow.Outcome


@transaction.atomic
def undo_import(people_import: PeopleImport, *, actor: User, request: HttpRequest | None = None) -> None:
    """Take it back, as far as nothing has come of it; `outcome` of each row says how far. Raises: ImportRefused."""
    now, done = timezone.now(), PeopleImport.State.DONE
    claimed = PeopleImport.objects.filter(pk=people_import.pk, state=done)
    if not claimed.update(state=PeopleImport.State.UNDONE, undone_at=now, undone_by=actor):
        raise ImportRefused(_("This import was taken back already."))
    rows = list(people_import.rows.exclude(person=None).select_related("person"))
    locked = locked_beside_admins({row.person_id for row in rows if row.person_id})
    added = [row for row in rows if row.action == Action.ADDED]
    pks = {row.person_id for row in added if row.person_id}
    _unlink([row for row in rows if row.action == Action.LINKED], added=pks, actor=actor, request=request)
    updated = [row for row in rows if row.action == Action.UPDATED]
    _restore(updated, locked=locked, actor=actor, request=request)
    gone = _take_out(added, actor=actor, request=request)
    for row in rows:
        row.before = {}  # what somebody's address was is nobody's business any more
    ImportedRow.objects.bulk_update(rows, ["outcome", "before"], batch_size=AT_A_TIME)
    for some in _parts(sorted(gone)):
        User.objects.filter(pk__in=some).delete()
    name = people_import.file_name
    activity.record(
        "people.import_undone", actor=actor, on=people_import, request=request, name=name, removed=len(gone)
    )


def _unlink(rows: list[ImportedRow], *, added: set[int], actor: User, request: HttpRequest | None) -> None:
    pairs = {(row.person_id, row.before.get("student")): row for row in rows}
    students = [student for _guardian, student in pairs if student]
    for some in _parts(students):
        for link in Guardianship.objects.filter(student__in=some).select_related("guardian", "student"):
            row = pairs.get((link.guardian_id, link.student_id))
            if row is None:
                continue
            row.outcome = Outcome.UNLINKED
            if link.student_id not in added:
                told: dict[str, Any] = {"subject": link.student, "on": link, "person": link.guardian_id}
                activity.record("guardianship.ended", actor=actor, request=request, **told)
            link.delete()


def _restore(rows: list[ImportedRow], *, locked: dict[int, User], actor: User, request: HttpRequest | None) -> None:
    for row in rows:
        person = locked[row.person_id or 0]
        is_as_left = all(_kept(getattr(person, name)) == _kept(new) for name, (_old, new) in row.before.items())
        if not is_as_left or not _is_known(person, row.before) or not _is_free(person, row.before):
            row.outcome = Outcome.KEPT
            continue
        for name, (old, _new) in row.before.items():
            setattr(person, name, old)
        change_person(person, changed=list(row.before), actor=actor, request=request)
        row.outcome = Outcome.RESTORED


def _is_known(person: User, before: dict[str, Any]) -> bool:
    """Whether the old address and number tell who he is; he may have lost the other, or be no student any more."""
    email, number = (before.get(name, [getattr(person, name)])[0] for name in ("email", "admission_number"))
    return bool(email or (number and person.role == Role.STUDENT))


def _is_free(person: User, before: dict[str, Any]) -> bool:
    """Whether nobody else has the old address or number by now."""
    others = User.objects.exclude(pk=person.pk)
    return not any(
        before[name][0] and others.filter(**{f"{name}__iexact": before[name][0]}).exists()
        for name in ("email", "admission_number")
        if name in before
    )


def _take_out(rows: list[ImportedRow], *, actor: User, request: HttpRequest | None) -> set[int]:
    """Decide about each who was added; answers the numbers of those to be removed."""
    people = {row.person_id: row.person for row in rows if row.person_id and row.person}
    held = _referred_to(set(people))
    invitations.revoke(Invitation.objects.filter(person__in=held, used_at=None), actor=actor, request=request)
    for row in rows:
        person = row.person
        if person is None or person.pk not in held:
            row.outcome = Outcome.REMOVED
        elif person.role == Role.ADMIN or person == actor:
            row.outcome = Outcome.KEPT
        else:
            row.outcome = Outcome.DEACTIVATED
            if person.is_active:
                person.is_active = False
                change_person(person, changed=["is_active"], actor=actor, request=request)
    return set(people) - held


def _referred_to(pks: set[int]) -> set[int]:
    """Those to whom any row of any table refers, but for rows of imports."""
    held: set[int] = set()
    for relation in User._meta.get_fields(include_hidden=True):
        if isinstance(relation, ForeignObjectRel) and relation.related_model is not ImportedRow:
            for some in _parts(sorted(pks - held)):
                held.update(_referred_by(relation, some))
    return held


def _referred_by(relation: ForeignObjectRel, pks: list[int]) -> Iterable[int]:
    if isinstance(relation, ManyToManyRel):
        return ()  # its rows in between are a relation of their own
    name = relation.field.name
    rows: Any = relation.related_model._base_manager
    return rows.filter(**{f"{name}__in": pks}).values_list(name, flat=True)  # type: ignore[no-any-return]


def _kept(value: Any) -> str:
    """A value as JSON keeps it."""
    return "" if value is None else str(value)


def _parts(keys: list[Any]) -> Iterable[list[Any]]:
    for start in range(0, len(keys), AT_A_TIME):
        yield keys[start : start + AT_A_TIME]
