"""Ways into a batch that students use themselves: join codes, and invitations by e-mail.

A code is eight signs that nobody mistakes for others when they are read out. Whatever is wrong with one (never made,
expired, used up, taken back, of an archived batch), the answer is the same, so nobody learns of codes by trying. Its
cap holds by a conditional update. A code counts a student once. Whoever was refused, or was in the batch before, waits
for a teacher though others do not: a code is no way around having been taken off the roll.
"""

import secrets
import unicodedata
import uuid
from collections.abc import Iterable
from datetime import datetime

from django.db import IntegrityError, transaction
from django.db.models import F
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts import activity, invitations
from accounts.invitees import Invitee
from accounts.models import Invitation, Role, User
from batches import enrolment_news, enrolments, seats, waiting
from batches.models import Batch, BatchInvitation, Enrolment, JoinCode, JoinRequest
from coaching.lib.errors import DomainError

ALPHABET = "23456789ABCDEFGHJKMNPQRSTUVWXYZ"
"""Without 0 and O, 1, I and L."""
SIGNS = 8
State = JoinRequest.State


class CodeRefused(DomainError):
    """The code does not work. Nobody is told why."""

    code = "join_code_refused"

    def __init__(self, message: str = "") -> None:
        said = _("This code does not work, or does not work any more. Ask your teacher for a new one.")
        super().__init__(message or said)


# --- Making and taking back -------------------------------------------------------------------------------------------


def make(
    batch: Batch,
    *,
    most_uses: int,
    expires_at: datetime,
    needs_approval: bool,
    actor: User,
    form: uuid.UUID | None = None,
    request: HttpRequest | None = None,
) -> JoinCode:
    """A new code; the same `form` again gives the same code. Raises: BatchArchived."""
    number = form or uuid.uuid4()
    fields = {"most_uses": most_uses, "expires_at": expires_at, "needs_approval": needs_approval, "created_by": actor}
    with transaction.atomic():
        locked = seats.locked(batch.pk)[batch.pk]
        seats.require_current(locked)
        known = JoinCode.objects.filter(uuid=number).first()
        if known is not None and known.batch_id == batch.pk:
            return known
        made = _with_free_signs(JoinCode(uuid=uuid.uuid4() if known else number, batch=locked, **fields))
        activity.record("join_code.made", actor=actor, on=made, request=request, name=batch.name)
    return made


def _with_free_signs(made: JoinCode) -> JoinCode:
    """Two codes alike are one in 10¹¹; then other signs are drawn."""
    while True:
        made.code = "".join(secrets.choice(ALPHABET) for _sign in range(SIGNS))
        try:
            with transaction.atomic():
                made.save(force_insert=True)
        except IntegrityError:
            if not JoinCode.objects.filter(code=made.code).exists():
                raise
        else:
            return made


@transaction.atomic
def revoke(code: JoinCode, *, actor: User, request: HttpRequest | None = None) -> None:
    """It works for nobody any more; requests that came by it stay."""
    if JoinCode.objects.filter(pk=code.pk, revoked_at=None).update(revoked_at=timezone.now()):
        activity.record("join_code.revoked", actor=actor, on=code, request=request, name=code.batch.name)


# --- Using ------------------------------------------------------------------------------------------------------------


def read(typed: str) -> str:
    """A code as it is kept, from what somebody typed: in any case, with spaces or dashes, in wide letters."""
    plain = unicodedata.normalize("NFKC", typed).upper()
    return "".join(sign for sign in plain if sign in ALPHABET) if len(typed) <= 4 * SIGNS else ""


@transaction.atomic
def use(typed: str, *, student: User, now: datetime | None = None, request: HttpRequest | None = None) -> JoinRequest:
    """Ask to join with a code; the request's state says what came of it (ASKED, WAITING, OFFERED, ENROLLED).

    An open request, and a stay in the batch, are answered as they are and cost no use. Raises: CodeRefused.
    """
    now = now or timezone.now()
    if student.role != Role.STUDENT:
        raise CodeRefused(_("Join codes are for students. Sign in as the student who wants to join."))
    batch, code = _locked(read(typed), now=now)
    if _is_in(batch, student, now=now):
        return JoinRequest(batch=batch, student=student, code=code, state=State.ENROLLED)
    known = JoinRequest.objects.open().filter(batch=batch, student=student).first()
    if known is not None:
        known.batch = batch
        return known
    needs_word = code.needs_approval or _had_a_no(batch, student)
    asked, _is_new = waiting.put_down(batch, student=student, now=now, code=code)
    _count(code, asked, now=now)
    activity.record("join_request.asked", actor=student, subject=student, on=asked, request=request, name=batch.name)
    if needs_word:
        enrolment_news.of_asking(asked)
    else:
        waiting.let_in_or_list(asked, source=Enrolment.Source.CODE, actor=student, now=now, request=request)
    return asked


def _locked(code: str, *, now: datetime) -> tuple[Batch, JoinCode]:
    """Raises: CodeRefused."""
    found = JoinCode.objects.usable(now).filter(code=code, batch__archived_at=None).first() if code else None
    batch = seats.locked(found.batch_id).get(found.batch_id) if found else None
    today = timezone.localdate(now)
    if found is None or batch is None or batch.archived_at is not None or batch.ends_on < today:
        raise CodeRefused
    return batch, found


def _is_in(batch: Batch, student: User, *, now: datetime) -> bool:
    return Enrolment.objects.not_over(now).filter(batch=batch, student=student).exists()


def _had_a_no(batch: Batch, student: User) -> bool:
    """Whether the student was in the batch before, or was refused."""
    was_in = Enrolment.objects.filter(batch=batch, student=student)
    refused = JoinRequest.objects.filter(batch=batch, student=student, state=State.REFUSED)
    return was_in.exists() or refused.exists()


def _count(code: JoinCode, asked: JoinRequest, *, now: datetime) -> None:
    """One more use, unless this student counts already. Raises: CodeRefused when it was used up a moment ago."""
    before = JoinRequest.objects.filter(code=code, student=asked.student_id).exclude(pk=asked.pk)
    if not before.exists() and not JoinCode.objects.usable(now).filter(pk=code.pk).update(uses=F("uses") + 1):
        raise CodeRefused


# --- Invitations by e-mail --------------------------------------------------------------------------------------------


@transaction.atomic
def invite(
    batch: Batch, *, people: Iterable[Invitee], actor: User, request: HttpRequest | None = None
) -> list[BatchInvitation]:
    """Invite students who are then in the batch the moment they accept; a worker mails the links.

    No seat is kept for them: who accepts when the batch is full stands on the waiting list.
    Raises: BatchArchived, InvitationRefused, NotAllowed.
    """
    locked = seats.locked(batch.pk)[batch.pk]
    seats.require_current(locked)
    made = invitations.invite_many(list(people), actor=actor, request=request)
    return BatchInvitation.objects.bulk_create(BatchInvitation(batch=locked, invitation=one) for one in made)


def follow_acceptance(invitation: Invitation, person: User) -> None:
    """For `accounts.changes.INVITATION_ACCEPTED`. Nothing here keeps anybody from accepting: he has his account then,
    and a batch that was put away in the meantime, or in which he is already, is passed over.
    """
    wanted = BatchInvitation.objects.filter(invitation=invitation).select_related("batch").first()
    if wanted is None or person.role != Role.STUDENT:
        return
    now, batch = timezone.now(), seats.locked(wanted.batch_id)[wanted.batch_id]
    day = timezone.localdate(now)
    if batch.archived_at is not None or day > batch.ends_on or _is_in(batch, person, now=now):
        return
    seats.hand_out(batch, now=now)
    own = JoinRequest.objects.holding_seats().filter(batch=batch, student=person)
    if own.exists() or seats.free(batch, now=now) != 0:
        enrolments.enrol(batch, student=person, actor=person, source=Enrolment.Source.INVITATION, now=now)
    else:
        waiting.wait(batch, student=person, actor=person, now=now)
