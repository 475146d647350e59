"""Dues from enrolments: what a student owes because he is in a batch, and other charges.

Whoever joins a batch with a default plan agrees to it: his account, the agreement and its dues are made with the
enrolment, in its transaction.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID, uuid4

from django.db import IntegrityError, transaction
from django.db.models import Exists, OuterRef
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts import activity
from accounts.models import User
from batches.models import Batch, Enrolment
from batches.models.enrolments import EnrolmentQuerySet
from coaching.lib.errors import DomainError
from fees import due_news, endings, issuing, schedule
from fees.issuing import Draft, Line, Regime
from fees.ledger import Booking
from fees.models import Agreement, Due, FeeHead, FeePlan, FeeSettings, PlanOffer, StudentAccount

ENROLMENT, REPAIR, OFFICE = "enrolment", "repair", "office"


class WrongPlan(DomainError):
    """The plan is of another batch, or another student's own."""

    code = "wrong_plan"


# --- Accounts ---------------------------------------------------------------------------------------------------------


def account_of(student: User) -> StudentAccount:
    """The student as a payer; made with the first call."""
    return StudentAccount.objects.get_or_create(student=student)[0]


def locked(account_pk: int) -> StudentAccount:
    """The account as it is now, for this transaction only: who changes somebody's money takes it first."""
    return StudentAccount.objects.select_for_update().get(pk=account_pk)


def _locked_of(student: int) -> tuple[StudentAccount, bool]:
    """The account, and whether it was made now: then nobody else sees it before this is committed."""
    found = StudentAccount.objects.select_for_update().filter(student=student)
    known = found.first()
    if known is not None:
        return known, False
    try:
        with transaction.atomic():
            return StudentAccount.objects.create(student_id=student), True
    except IntegrityError:  # somebody else made it at the same moment
        return found.get(), False


# --- Enrolments -------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Offered:
    """What a batch costs: the offer of its default plan, with lines and instalments, and whether it has any plan."""

    default: PlanOffer | None
    has_plans: bool
    settings: FeeSettings

    def plan_for(self, enrolment: Enrolment) -> FeePlan | None:
        """What it is charged by itself; who joined before the offer was made is charged by hand."""
        offer = self.default
        return offer.plan if offer is not None and offer.offered_at <= enrolment.created_at else None


def follow_enrolment(enrolment: Enrolment) -> None:
    """The hook of `batches.changes`: dues as the enrolment is now. Called again, it changes nothing."""
    offered = _offered(enrolment.batch)
    plan = offered.plan_for(enrolment)
    if not offered.has_plans or (plan is None and current(enrolment) is None):
        return
    now = timezone.now()
    booking = Booking(by=None, source=ENROLMENT, on=timezone.localdate(now), now=now)
    account, is_new = _locked_of(enrolment.student_id)
    agreement = None if is_new else current(enrolment)
    if agreement is not None:
        endings.follow(enrolment, agreement, account, booking)
    elif plan is not None:
        _charge(account, enrolment, plan, booking, settings=offered.settings)


def _offered(batch: Batch) -> _Offered:
    """Kept with the object, which lives as long as the change: of three hundred who join, only the first asks."""
    known: _Offered | None = batch.__dict__.get("_fees_offered")
    if known is None:
        offers = PlanOffer.objects.filter(batch=batch, is_default=True, withdrawn_at=None).select_related("plan")
        offer = offers.prefetch_related("plan__lines", "plan__instalments").first()
        has_plans = offer is not None or FeePlan.objects.filter(batch=batch).exists()
        settings = FeeSettings.current() if offer is not None else FeeSettings()
        known = batch.__dict__["_fees_offered"] = _Offered(offer, has_plans, settings)
    return known


def current(enrolment: Enrolment) -> Agreement | None:
    """What holds of it now, with its plan."""
    return Agreement.objects.filter(enrolment=enrolment).select_related("plan").order_by("-revision").first()


@transaction.atomic
def charge(
    enrolment: Enrolment, *, plan: FeePlan, actor: User | None, source: str, now: datetime, reason: str = ""
) -> Agreement:
    """Agree to a plan for an enrolment that has none yet, and issue its dues; the first agreement stays when there is.

    Raises: WrongPlan.
    """
    require_fitting(plan, enrolment)
    account, _is_new = _locked_of(enrolment.student_id)
    agreed = current(enrolment)
    if agreed is not None:
        return agreed
    booking = Booking(by=actor, source=source, on=timezone.localdate(now), now=now)
    return _charge(account, enrolment, plan, booking, settings=FeeSettings.current(), reason=reason)


def require_fitting(plan: FeePlan, enrolment: Enrolment) -> None:
    """Raises: WrongPlan."""
    if plan.batch_id != enrolment.batch_id or plan.enrolment_id not in (None, enrolment.pk):
        raise WrongPlan(_("This plan is not for this enrolment. Choose one of its batch."))


def _charge(
    account: StudentAccount,
    enrolment: Enrolment,
    plan: FeePlan,
    booking: Booking,
    *,
    settings: FeeSettings,
    reason: str = "",
) -> Agreement:
    agreement = Agreement.objects.create(
        enrolment=enrolment, account=account, plan=plan, reason=reason, made_by=booking.by, made_at=booking.now
    )
    how = issuing.regime(settings, account, enrolment.batch)
    issuing.issue(
        account,
        drafts(plan, joined_on=timezone.localdate(enrolment.joined_at), how=how),
        booking=booking,
        supply_state=how.supply_state,
        enrolment=enrolment,
        agreement=agreement,
        after=0,
    )
    if enrolment.left_at is not None:
        endings.follow(enrolment, agreement, account, booking)
    return agreement


def drafts(plan: FeePlan, *, joined_on: date, how: Regime) -> list[Draft]:
    """The dues of a plan for who joined on that day. Two queries, none when its lines and instalments are fetched."""
    lines, parts = list(plan.lines.all()), list(plan.instalments.all())
    charges = [schedule.Charge(one.amount_paise, one.is_one_off) for one in lines]
    wanted = [schedule.Part(one.amount_paise, one.due_on, one.days_after) for one in parts]
    rows = schedule.shares(charges, wanted)
    found = []
    for number, (part, row) in enumerate(zip(wanted, rows, strict=True), 1):
        rates = [one.gst_bp if how.taxes else 0 for one in lines]
        made = [
            Line(one.head_id, one.sac, rate, how.parts(paise, gst_bp=rate, price_mode=plan.price_mode))
            for one, rate, paise in zip(lines, rates, row, strict=True)
        ]
        due_on = schedule.due_day(part, joined_on=joined_on)
        found.append(Draft(due_on, made, part=number, parts=len(wanted)))
    return found


@transaction.atomic
def charge_batch(batch: Batch, *, actor: User | None, now: datetime, request: HttpRequest | None = None) -> int:
    """Charge those in the batch, now or later, who have no plan yet with its default. How many that were."""
    offer = PlanOffer.objects.filter(batch=batch, is_default=True, withdrawn_at=None).select_related("plan").first()
    if offer is None:
        return 0
    found = _without_agreement().not_over(now).filter(batch=batch)
    count = _charge_each(found, {batch.pk: offer.plan}, actor=actor, source=OFFICE, now=now)
    if count:
        activity.record("fees.charged", actor=actor, on=batch, request=request, name=batch.name, count=count)
    return count


def repair(*, now: datetime) -> int:
    """Charge whom the hook missed since his batch has its default plan, and follow ends it missed. How many that were.

    Each by himself: interrupted, the next round goes on.
    """
    offers = PlanOffer.objects.filter(is_default=True, withdrawn_at=None).select_related("plan")
    plans = {one.batch_id: one.plan for one in offers}
    since = offers.filter(batch=OuterRef("batch"), offered_at__lte=OuterRef("created_at"))
    count = _charge_each(_without_agreement().filter(Exists(since)), plans, actor=None, source=REPAIR, now=now)
    booking = Booking(by=None, source=REPAIR, on=timezone.localdate(now), now=now)
    return count + sum(_followed(one, booking) for one in endings.suspects().select_related("batch"))


@transaction.atomic
def _followed(enrolment: Enrolment, booking: Booking) -> bool:
    account, _is_new = _locked_of(enrolment.student_id)
    agreement = current(enrolment)
    return agreement is not None and endings.follow(enrolment, agreement, account, booking)


def _without_agreement() -> EnrolmentQuerySet:
    return Enrolment.objects.exclude(Exists(Agreement.objects.filter(enrolment=OuterRef("pk"))))


def _charge_each(
    found: EnrolmentQuerySet, plans: Mapping[int, FeePlan], *, actor: User | None, source: str, now: datetime
) -> int:
    rows = list(found.select_related("batch").order_by("student", "pk"))
    for one in rows:
        charge(one, plan=plans[one.batch_id], actor=actor, source=source, now=now)
    return len(rows)


# --- Other charges ----------------------------------------------------------------------------------------------------


@transaction.atomic
def charge_other(
    account: StudentAccount,
    *,
    head: FeeHead,
    label: str,
    amount_paise: int,
    due_on: date,
    actor: User | None,
    now: datetime,
    enrolment: Enrolment | None = None,
    kind: str = Due.Kind.OTHER,
    source: str = OFFICE,
    form: UUID | None = None,
    request: HttpRequest | None = None,
) -> Due:
    """One more due, its tax held in the amount. A `form` that was sent before gives the due it made."""
    account = locked(account.pk)
    known = Due.objects.filter(uuid=form).first() if form else None
    if known is not None and known.account_id == account.pk:
        return known
    booking = Booking(by=actor, source=source, on=timezone.localdate(now), now=now)
    how = issuing.regime(FeeSettings.current(), account, enrolment.batch if enrolment else None)
    lines = [issuing.line(head, amount_paise, how)]
    draft = Draft(due_on, lines, kind=kind, label=label.strip(), uuid=form if form and not known else uuid4())
    [due] = issuing.issue(account, [draft], booking=booking, supply_state=how.supply_state, enrolment=enrolment)
    activity.record("fees.charged_other", actor=actor, subject=account.student, on=due, request=request, name=label)
    if kind == Due.Kind.OTHER:
        due_news.of_charge(due, actor=actor)
    return due
