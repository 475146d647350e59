"""Another plan for a student: what is open of the old one is credited, the new one is issued less what was settled."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime

from django.db import transaction
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts import activity
from accounts.models import User
from batches import enrolments
from batches.models import Enrolment
from coaching.lib.errors import DomainError
from coaching.lib.money import rupees, spread
from fees import charging, credits, due_news, endings, fining, issuing, standing, tax
from fees.credits import Piece
from fees.issuing import Draft
from fees.ledger import Booking
from fees.models import Agreement, Concession, Credit, Due, FeePlan, FeeSettings, StudentAccount


class PaidMore(DomainError):
    """More was paid already than the new plan costs."""

    code = "paid_more"


@transaction.atomic
def agree(
    enrolment: Enrolment,
    *,
    plan: FeePlan,
    reason: str,
    actor: User,
    now: datetime,
    request: HttpRequest | None = None,
) -> Agreement:
    """Put an enrolment on another plan. What was paid of the old one, with its concessions, counts for the new one.

    Late fines that have grown are issued first; concessions are granted on the new plan. The plan that holds already
    is left as it is. Raises: charging.WrongPlan, PaidMore.
    """
    charging.require_fitting(plan, enrolment)
    account = charging.locked(charging.account_of(enrolment.student).pk)
    held = charging.current(enrolment)
    if held is None:
        return charging.charge(enrolment, plan=plan, actor=actor, source=charging.OFFICE, now=now, reason=reason)
    if held.plan_id == plan.pk:
        return held
    booking = Booking(by=actor, source=charging.OFFICE, on=timezone.localdate(now), now=now)
    fining.issue(account, on=booking.on, booking=booking, parents=standing.instalments(enrolment))
    agreement = Agreement(
        enrolment=enrolment, account=account, plan=plan, revision=held.revision + 1, reason=reason.strip()
    )
    agreement.made_by, agreement.made_at = actor, now
    _put_in_place(agreement, booking)
    if enrolment.left_at is not None:
        endings.follow(enrolment, agreement, account, booking)
    _tell(account, agreement, actor=actor, request=request)
    return agreement


def _put_in_place(agreement: Agreement, booking: Booking) -> None:
    """Credit what is open of the old plan, and issue what the new one leaves to pay. Raises: PaidMore."""
    enrolment, account = agreement.enrolment, agreement.account
    old = standing.instalments(enrolment)
    how = issuing.regime(FeeSettings.current(), account, enrolment.batch)
    wanted = charging.drafts(agreement.plan, joined_on=timezone.localdate(enrolment.joined_at), how=how)
    settled = _settled(old, of=_total(wanted))
    not_before = min(booking.on, enrolments.last_day(enrolment) or booking.on)  # what fell into his stay stays owed
    _replace(old, agreement.reason, booking)
    agreement.save(force_insert=True)
    issuing.issue(
        account,
        [replace(one, due_on=max(one.due_on, not_before)) for one in without(wanted, settled)],
        booking=booking,
        supply_state=how.supply_state,
        enrolment=enrolment,
        agreement=agreement,
    )
    _grant_again(enrolment, booking)


def _tell(account: StudentAccount, agreement: Agreement, *, actor: User, request: HttpRequest | None) -> None:
    enrolment = agreement.enrolment
    name = f"{enrolment.batch} · {agreement.plan.name}"
    activity.record(
        "fees.agreed", actor=actor, subject=enrolment.student, on=agreement.plan, request=request, name=name
    )
    due_news.of_plan(agreement, actor=actor)


def _settled(old: Iterable[Due], *, of: int) -> int:
    """What of the old plan is done with: money, and the concessions that belong to what was paid.

    Raises: PaidMore when money came to more than `of`, the whole of the new plan.
    """
    touched = [due for due in old if due.balance.paid_paise]
    paid = sum(due.balance.paid_paise for due in touched)
    if paid > of:
        words = {"paid": rupees(paid), "plan": rupees(of)}
        raise PaidMore(
            _("%(paid)s was paid already, and this plan costs %(plan)s. Take a payment back first, or choose another.")
            % words
        )
    kinds = [Credit.Kind.CONCESSION, Credit.Kind.WAIVER]
    conceded = Credit.objects.filter(due__in=touched, kind__in=kinds).values_list("amount_paise", flat=True)
    return min(paid + sum(conceded), of)


def _replace(old: Iterable[Due], reason: str, booking: Booking) -> None:
    open_now = [(due, due.balance.open_paise) for due in old]
    pieces = [Piece(due, paise) for due, paise in open_now if paise]
    said = reason.strip() or _("Another plan")
    credits.credit_each(pieces, kind=Credit.Kind.REPLACED, reason=said, booking=booking)


def _grant_again(enrolment: Enrolment, booking: Booking) -> None:
    """Concessions hold for the enrolment: per cent first, amounts after."""
    held = Concession.objects.filter(enrolment=enrolment, state=Concession.State.APPROVED)
    for one in sorted(held, key=lambda row: (row.kind == Concession.Kind.AMOUNT, row.pk)):
        standing.grant(one, standing.instalments(enrolment), booking=booking)


# --- Pure -------------------------------------------------------------------------------------------------------------


def without(drafts: Iterable[Draft], settled: int) -> list[Draft]:
    """What is left of instalments when so much of them is settled, the first ones first; tax goes with its amount."""
    found = []
    for draft in drafts:
        whole = _total([draft])
        gone = min(settled, whole)
        settled -= gone
        if gone == whole:
            continue
        taken = spread(gone, [one.parts.total for one in draft.lines])
        lines = [
            replace(one, parts=one.parts.minus(tax.share(one.parts, before=0, amount=part))) if part else one
            for one, part in zip(draft.lines, taken, strict=True)
        ]
        found.append(replace(draft, lines=lines))
    return found


def _total(drafts: Iterable[Draft]) -> int:
    return sum(one.parts.total for draft in drafts for one in draft.lines)
