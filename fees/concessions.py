"""Concessions: somebody asks, somebody else decides, and what was granted is credited at once.

REQUESTED → APPROVED → REVOKED; REQUESTED → REJECTED | WITHDRAWN. Locks: the account, then the concession.
"""

from collections.abc import Sequence
from datetime import date, datetime

from django.db import IntegrityError, transaction
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts import activity
from accounts.models import User
from batches.models import Enrolment
from coaching.lib.errors import DomainError, NotAllowed
from fees import charging, credits, due_news, endings, fining, issuing, standing
from fees.credits import Piece
from fees.issuing import Draft
from fees.ledger import Booking
from fees.models import Bill, Concession, Credit, Due, DueLine, FeeHead, FeeSettings, StudentAccount
from fees.tax import WHOLE_BP

State, Type, Kind = Concession.State, Concession.Type, Concession.Kind


class AlreadyAsked(DomainError):
    """Just this was asked for already."""

    code = "already_asked"


class AlreadyDecided(DomainError):
    """It waits for nobody any more."""

    code = "already_decided"


class NothingOpen(DomainError):
    """Nothing is open that it could be taken off."""

    code = "nothing_open"


class OwnRequest(NotAllowed):
    """Who asks for a concession never decides about it."""


# --- Asking -----------------------------------------------------------------------------------------------------------


@transaction.atomic
def request(
    enrolment: Enrolment,
    *,
    type: str,
    reason: str,
    actor: User | None,
    now: datetime,
    bp: int = 0,
    amount_paise: int = 0,
    head: FeeHead | None = None,
    valid_until: date | None = None,
    http: HttpRequest | None = None,
) -> Concession:
    """Ask for a per cent (`bp`, basis points) or an amount off an enrolment's instalments, whole or of one head.

    Raises: AlreadyAsked, NothingOpen when the enrolment has no instalments.
    """
    account = charging.locked(charging.account_of(enrolment.student).pk)
    if not standing.instalments(enrolment):
        raise NothingOpen(_("There are no fees for this enrolment yet. Give it a plan first."))
    row = Concession(
        account=account,
        enrolment=enrolment,
        type=type,
        head=head,
        valid_until=valid_until,
        **_how_much(bp, amount_paise),
    )
    return _asked(row, reason=reason, actor=actor, now=now, http=http)


@transaction.atomic
def waive_request(
    due: Due,
    *,
    reason: str,
    actor: User,
    now: datetime,
    bp: int = 0,
    amount_paise: int = 0,
    late_fine: bool = False,
    http: HttpRequest | None = None,
) -> Concession:
    """Ask to waive what is open of a due, a part of it, or (`late_fine`) of the fine that has grown for it.

    Without `bp` and `amount_paise`, all of it. A fine is issued as far as it has grown. Raises: AlreadyAsked,
    NothingOpen.
    """
    account = charging.locked(due.account_id)
    if late_fine:
        booking = Booking(by=actor, source=charging.OFFICE, on=timezone.localdate(now), now=now)
        fining.issue(account, on=booking.on, booking=booking, parents=[due])
        fine = _fines_of(due).last()
        if fine is None:
            raise NothingOpen(_("No late fine is open for this."))
        due = fine
    if not credits.open_for([due])[due.pk]:
        raise NothingOpen(_("Nothing of this is open."))
    how_much = _how_much(bp if bp or amount_paise else WHOLE_BP, amount_paise)
    row = Concession(account=account, due=due, type=Type.WAIVER, **how_much)
    return _asked(row, reason=reason, actor=actor, now=now, http=http)


def _how_much(bp: int, amount_paise: int) -> dict[str, str | int]:
    return {"kind": Kind.PERCENT if bp else Kind.AMOUNT, "bp": bp, "amount_paise": 0 if bp else amount_paise}


def _asked(row: Concession, *, reason: str, actor: User | None, now: datetime, http: HttpRequest | None) -> Concession:
    same = Concession.objects.filter(
        account=row.account,
        enrolment=row.enrolment,
        due=row.due,
        head=row.head,
        type=row.type,
        kind=row.kind,
        bp=row.bp,
        amount_paise=row.amount_paise,
        state=State.REQUESTED,
    )
    asked = AlreadyAsked(_("Just this was asked for already, and waits for approval."))
    if same.exists():
        raise asked
    row.reason, row.requested_by, row.requested_at = reason.strip(), actor, now
    try:
        with transaction.atomic():
            row.save(force_insert=True)
    except IntegrityError as error:  # one sibling discount for an enrolment
        raise asked from error
    _record("fees.concession_asked", row, actor=actor, http=http)
    return row


# --- Deciding ---------------------------------------------------------------------------------------------------------


@transaction.atomic
def approve(
    concession: Concession, *, actor: User, now: datetime, note: str = "", http: HttpRequest | None = None
) -> int:
    """Grant it and take it off what is open; says how much that is, in paise.

    Raises: OwnRequest, AlreadyDecided, NothingOpen.
    """
    row = _decided(concession, State.APPROVED, actor=actor, now=now, note=note)
    booking = Booking(by=actor, source=charging.OFFICE, on=timezone.localdate(now), now=now)
    given = standing.grant(row, _dues_of(row, booking), booking=booking)
    if not given:
        raise NothingOpen(_("Nothing is open that it could be taken off. Reject the request, or wait for a due."))
    _record("fees.concession_approved", row, actor=actor, http=http, paise=given)
    due_news.of_concession(row, given, actor=actor)
    return given


@transaction.atomic
def reject(
    concession: Concession, *, reason: str, actor: User, now: datetime, http: HttpRequest | None = None
) -> Concession:
    """Raises: OwnRequest, AlreadyDecided."""
    row = _decided(concession, State.REJECTED, actor=actor, now=now, note=reason)
    _record("fees.concession_rejected", row, actor=actor, http=http)
    return row


@transaction.atomic
def withdraw(concession: Concession, *, actor: User, now: datetime, http: HttpRequest | None = None) -> Concession:
    """Who asked takes it back, or an admin what a rule asked for. Raises: NotAllowed, AlreadyDecided."""
    row = _locked(concession, State.REQUESTED)
    if row.requested_by_id != actor.pk and (row.requested_by_id is not None or not actor.is_admin):
        raise NotAllowed(_("Only who asked for it withdraws it."))
    row.state = State.WITHDRAWN
    row.save(update_fields=["state"])
    _record("fees.concession_withdrawn", row, actor=actor, http=http)
    return row


def _decided(concession: Concession, state: str, *, actor: User, now: datetime, note: str) -> Concession:
    row = _locked(concession, State.REQUESTED)
    if row.requested_by_id == actor.pk:
        raise OwnRequest(_("You asked for this yourself. Another admin decides about it."))
    row.state, row.decided_by, row.decided_at, row.decision_note = state, actor, now, note.strip()
    row.save(update_fields=["state", "decided_by", "decided_at", "decision_note"])
    return row


def _locked(concession: Concession, state: str) -> Concession:
    """As it is now, with its account locked. Raises: AlreadyDecided when it is in another state."""
    charging.locked(concession.account_id)
    rows = Concession.objects.select_for_update(of=("self",)).select_related("account__student", "enrolment", "due")
    row = rows.get(pk=concession.pk)
    if row.state != state:
        words = {"state": row.get_state_display(), "name": row.decided_by.name if row.decided_by else ""}
        said = _("%(name)s was faster: %(state)s.") if row.decided_by else _("Nothing waits here any more: %(state)s.")
        raise AlreadyDecided(said % words)
    return row


def _dues_of(row: Concession, booking: Booking) -> Sequence[Due]:
    """What it is taken off. A waived fine is waived as it has grown until the decision."""
    due = row.due
    if row.enrolment is not None:
        return standing.instalments(row.enrolment)
    if due is None or due.parent is None:
        return [due] if due else []
    fining.issue(row.account, on=booking.on, booking=booking, parents=[due.parent])
    return list(_fines_of(due.parent))


def _fines_of(late: Due) -> QuerySet[Due]:
    return Due.objects.open().filter(parent=late, kind=Due.Kind.FINE).select_related("balance").order_by("pk")


# --- Revoking ---------------------------------------------------------------------------------------------------------


@transaction.atomic
def revoke(
    concession: Concession, *, reason: str, actor: User, now: datetime, http: HttpRequest | None = None
) -> Sequence[Due]:
    """Take back what was granted. Instalments nobody paid or billed are issued whole again; the rest is a new charge.

    Raises: AlreadyDecided.
    """
    row = _locked(concession, State.APPROVED)
    row.state, row.decision_note = State.REVOKED, reason.strip()
    row.save(update_fields=["state", "decision_note"])
    booking = Booking(by=actor, source=charging.OFFICE, on=timezone.localdate(now), now=now)
    stand = standing.instalments(row.enrolment) if row.enrolment else []
    given = list(row.credits.select_related("due__balance", "due__enrolment__batch", "due__agreement").order_by("pk"))
    billed = set(Bill.objects.filter(due__credits__concession=row).values_list("due", flat=True))
    made, rest = [], []
    for one in given:
        due = one.due
        if row.enrolment is not None and due not in stand:
            continue
        is_whole = row.enrolment is None or due.pk in billed or due.balance.paid_paise
        if is_whole or not _is_current(due):
            rest.append(one)
        else:
            made.append(_whole_again(due, row.account, booking))
    if row.enrolment is not None and row.enrolment.left_at is not None and made:
        _follow_end(row.enrolment, row.account, booking)
    made += _charged(row, rest, booking)
    _record("fees.concession_revoked", row, actor=actor, http=http)
    due_news.of_revocation(row, actor=actor)
    return made


def _is_current(due: Due) -> bool:
    held = charging.current(due.enrolment) if due.enrolment else None
    return held is not None and held.pk == due.agreement_id


def _whole_again(due: Due, account: StudentAccount, booking: Booking) -> Due:
    if due.balance.open_paise:
        piece = Piece(due, due.balance.open_paise)
        credits.credit_each([piece], kind=Credit.Kind.REPLACED, reason=_("Concession revoked"), booking=booking)
    return endings.again(due, due.due_on, account, booking.source, booking)


def _follow_end(enrolment: Enrolment, account: StudentAccount, booking: Booking) -> None:
    """What is issued again of after his last day is not owed."""
    held = charging.current(enrolment)
    if held is not None:
        endings.follow(enrolment, held, account, booking)


def _charged(row: Concession, rest: Sequence[Credit], booking: Booking) -> list[Due]:
    """One charge, due at once, for each head what it was credited with."""
    if not rest:
        return []
    sums: dict[int, int] = {}
    treated: dict[int, DueLine] = {}
    for one in rest:
        for line, parts in credits.lines_of(one):
            sums[line.head_id] = sums.get(line.head_id, 0) + parts.total
            treated[line.head_id] = line
    enrolment = rest[0].due.enrolment
    how = issuing.regime(FeeSettings.current(), row.account, enrolment.batch if enrolment else None)
    lines = [issuing.line_as(treated[head], paise, how) for head, paise in sums.items()]
    label = _("Concession revoked: %(type)s") % {"type": row.get_type_display()}
    draft = Draft(booking.on, lines, kind=Due.Kind.OTHER, label=label)
    return issuing.issue(row.account, [draft], booking=booking, supply_state=how.supply_state, enrolment=enrolment)


def _record(event: str, row: Concession, *, actor: User | None, http: HttpRequest | None, paise: int = 0) -> None:
    extra = {"paise": paise} if paise else {}
    name = str(row.get_type_display())
    activity.record(event, actor=actor, subject=row.account.student, on=row, request=http, name=name, **extra)
