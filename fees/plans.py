"""Plans of a batch: what it costs, in which heads, and until when each part is to be paid.

A plan never changes. Another version of it is another row with the batch's next number, and the offer of that name then
points there; dues that were issued stay as they are. A plan with `enrolment` is one student's own and is not offered.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.db import IntegrityError, transaction
from django.db.models import Count, Exists, Max, OuterRef, QuerySet
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts import activity
from accounts.models import User
from batches.models import Batch, Enrolment
from coaching.lib.errors import DomainError
from coaching.lib.money import MOST_PAISE, rupees
from coaching.lib.text import one_line
from fees import fines, heads
from fees.models import Agreement, FeeHead, FeePlan, FeePlanInstalment, FeePlanLine, PlanOffer
from fees.schedule import Part

EVENT, WITHDRAWN = "fees.plan", "fees.plan_withdrawn"
NAME_CHARS, NOTE_CHARS = 80, 200
MOST_LINES, MOST_PARTS = 12, 36
FAR = timedelta(days=366)
"""So far from the batch's own days an instalment's day is a slip of the hand."""
TRIES = 5


class PlanRefused(DomainError):
    """The plan cannot be kept like this; `field` names what is wrong: name, lines, parts, fine or nothing."""

    code = "plan_refused"

    def __init__(self, message: str, *, field: str = "") -> None:
        super().__init__(message)
        self.field = field


class PlanMoved(DomainError):
    """Somebody wrote another version in the meantime; `newest` is its number."""

    code = "plan_moved"

    def __init__(self, newest: int) -> None:
        super().__init__(
            _("Somebody saved version %(number)d in the meantime. Look at it; saving again keeps what you typed.")
            % {"number": newest}
        )
        self.newest = newest


@dataclass(frozen=True, slots=True)
class Line:
    """An amount of a plan for one head."""

    head: FeeHead
    paise: int


# --- Writing ----------------------------------------------------------------------------------------------------------


@transaction.atomic
def write_plan(
    batch: Batch,
    *,
    name: str,
    price_mode: str,
    lines: Sequence[Line],
    parts: Sequence[Part],
    fine: fines.FineRule,
    actor: User,
    now: datetime,
    enrolment: Enrolment | None = None,
    note: str = "",
    is_default: bool = False,
    seen: int | None = None,
    request: HttpRequest | None = None,
) -> FeePlan:
    """The next version of the batch's plan of that name, or one student's own; it is what the offer points at then.

    `is_default` makes it what an enrolment gets by itself; else the default stays as it is. `seen` is the version it
    was written over, 0 for none. Raises: PlanRefused, PlanMoved.
    """
    name = one_line(name, at_most=NAME_CHARS)
    require_sense(batch, name=name, lines=lines, parts=parts, fine=fine)
    if enrolment is not None and enrolment.batch_id != batch.pk:
        raise PlanRefused(_("This enrolment is in another batch."))
    plan = FeePlan(batch=batch, enrolment=enrolment, name=name, price_mode=price_mode, created_by=actor, created_at=now)
    plan.total_paise, plan.note = sum(one.paise for one in lines), one_line(note, at_most=NOTE_CHARS)
    plan.fine_kind, plan.fine_paise = fine.kind, fine.paise
    plan.fine_grace_days, plan.fine_cap_paise = fine.grace_days, fine.cap
    _number(plan, seen=None if enrolment else seen)
    _write_rows(plan, lines, parts)
    if enrolment is None:
        _offer(plan, is_default=is_default, now=now)
    activity.record(EVENT, actor=actor, on=plan, request=request, name=str(plan), version=plan.version)
    return plan


def _number(plan: FeePlan, *, seen: int | None) -> None:
    """Save it under the next free number: two who write at once get two, and the later one sees what the first wrote.

    No lock: whoever enrols students holds the batch's while he waits for an account's.
    """
    for _try in range(TRIES):
        newest = PlanOffer.objects.filter(batch=plan.batch_id, name__iexact=plan.name).select_related("plan").first()
        stands = newest.plan.version if newest else 0
        if seen is not None and stands != seen:
            raise _otherwise(stands, seen)
        last = FeePlan.objects.filter(batch=plan.batch_id).aggregate(last=Max("version"))["last"] or 0
        plan.version = last + 1
        try:
            with transaction.atomic():
                plan.save(force_insert=True)
        except IntegrityError:
            continue
        return
    raise PlanRefused(_("Others are saving plans of this batch right now. Save again."))


def _otherwise(stands: int, seen: int) -> DomainError:
    if seen == 0:
        return PlanRefused(_("This batch has a plan of this name already."), field="name")
    return PlanMoved(stands)


def _write_rows(plan: FeePlan, lines: Sequence[Line], parts: Sequence[Part]) -> None:
    FeePlanLine.objects.bulk_create(
        FeePlanLine(
            plan=plan,
            position=position,
            head=one.head,
            amount_paise=one.paise,
            sac=one.head.sac,
            gst_bp=one.head.gst_bp,
            is_one_off=one.head.is_one_off,
            is_refundable=one.head.is_refundable,
        )
        for position, one in enumerate(lines, 1)
    )
    FeePlanInstalment.objects.bulk_create(
        FeePlanInstalment(plan=plan, seq=seq, amount_paise=one.paise, due_on=one.due_on, days_after=one.days_after)
        for seq, one in enumerate(parts, 1)
    )


def require_sense(
    batch: Batch, *, name: str, lines: Sequence[Line], parts: Sequence[Part], fine: fines.FineRule
) -> None:
    """Raises: PlanRefused with the first thing that is wrong."""
    if not name:
        raise PlanRefused(_("Give it a name."), field="name")
    _require_lines(lines)
    require_parts(batch, parts, total=sum(one.paise for one in lines))
    if (fine.kind == fines.NONE) != (fine.paise == 0):
        raise PlanRefused(_("Say how much the late fine is."), field="fine")
    if fine.cap is not None and fine.cap < fine.paise:
        raise PlanRefused(_("The most of the late fine is less than the fine itself."), field="fine")


def _require_lines(lines: Sequence[Line]) -> None:
    if not lines:
        raise PlanRefused(_("Give at least one amount."), field="lines")
    if len({one.head.pk for one in lines}) < len(lines):
        raise PlanRefused(_("A fee head stands in two lines. Put them together."), field="lines")
    if not heads.still_offered(one.head for one in lines):
        raise PlanRefused(_("One of these fee heads is archived. Choose another."), field="lines")
    total = sum(one.paise for one in lines)
    if min(one.paise for one in lines) <= 0 or total > MOST_PAISE:
        raise PlanRefused(_("The amounts of a plan are above nothing and not above ₹1,000 crore."), field="lines")


def require_parts(batch: Batch, parts: Sequence[Part], *, total: int) -> None:
    """Instalments come to `total`, in order, near the days of the batch. Raises: PlanRefused."""
    if any(one.paise <= 0 or (one.due_on is None) == (one.days_after is None) for one in parts):
        raise PlanRefused(_("Each instalment needs an amount, and a day or the days after joining."), field="parts")
    wrong = difference(total, parts)
    if wrong:
        raise PlanRefused(wrong, field="parts")
    for number, one in enumerate(parts, 1):
        if one.due_on and not batch.starts_on - FAR <= one.due_on <= batch.ends_on + FAR:
            words = {"number": number}
            raise PlanRefused(
                _("Instalment %(number)d is due more than a year away from the batch.") % words, field="parts"
            )
    late = out_of_order(parts)
    if late:
        raise PlanRefused(_("Instalment %(number)d is due before one above it.") % {"number": late}, field="parts")


def difference(total: int, parts: Sequence[Part]) -> str:
    """By how much instalments miss the sum of the fee, in words; "" when they come to it."""
    given = sum(one.paise for one in parts)
    words = {"given": rupees(given), "total": rupees(total), "by": rupees(abs(total - given))}
    if given < total:
        return _("The instalments come to %(given)s, the fee to %(total)s: %(by)s is missing.") % words
    if given > total:
        return _("The instalments come to %(given)s, the fee to %(total)s: %(by)s is too much.") % words
    return ""


def out_of_order(parts: Sequence[Part]) -> int:
    """The first instalment, from 1, that is due before one above it of its kind (days, or days after joining); or 0."""
    last_on, last_after = date.min, -1
    for number, one in enumerate(parts, 1):
        if one.due_on is not None:
            if one.due_on < last_on:
                return number
            last_on = one.due_on
        if one.days_after is not None:
            if one.days_after < last_after:
                return number
            last_after = one.days_after
    return 0


# --- Offers -----------------------------------------------------------------------------------------------------------


def _offer(plan: FeePlan, *, is_default: bool, now: datetime) -> None:
    offer = PlanOffer.objects.select_for_update().filter(batch=plan.batch_id, name__iexact=plan.name).first()
    if offer is None:
        offer = PlanOffer(batch_id=plan.batch_id, name=plan.name, offered_at=now)
    elif offer.withdrawn_at is not None:
        offer.withdrawn_at, offer.offered_at = None, now
    offer.plan = plan
    if is_default and not offer.is_default:
        _nobody_else(offer)
        offer.is_default, offer.offered_at = True, now  # who joined before is charged by hand, never by a repair
    try:
        with transaction.atomic():
            offer.save()
    except IntegrityError as clash:  # another plan became the default at the same moment
        raise PlanRefused(_("Others are saving plans of this batch right now. Save again.")) from clash


def _nobody_else(offer: PlanOffer) -> None:
    PlanOffer.objects.filter(batch=offer.batch_id, is_default=True).exclude(pk=offer.pk).update(is_default=False)


def _locked(offer: PlanOffer) -> PlanOffer:
    """With the batch's other offers, in one order: only one of them can be the default."""
    rows = PlanOffer.objects.select_for_update().filter(batch=offer.batch_id).order_by("pk")
    return next(one for one in rows if one.pk == offer.pk)


@transaction.atomic
def make_default(offer: PlanOffer, *, actor: User, now: datetime, request: HttpRequest | None = None) -> None:
    """Whoever joins the batch from now on gets this plan. Raises: PlanRefused when it is withdrawn."""
    locked = _locked(offer)
    if locked.withdrawn_at is not None:
        raise PlanRefused(_("This plan is withdrawn. Offer it again first."))
    if locked.is_default:
        return
    _nobody_else(locked)
    locked.is_default, locked.offered_at = True, now
    locked.save(update_fields=["is_default", "offered_at"])
    activity.record(EVENT, actor=actor, on=locked.plan, request=request, name=str(locked), verb="default")


@transaction.atomic
def withdraw_offer(offer: PlanOffer, *, actor: User, now: datetime, request: HttpRequest | None = None) -> None:
    """Nobody gets it any more; who has it keeps it."""
    locked = _locked(offer)
    if locked.withdrawn_at is not None:
        return
    locked.withdrawn_at, locked.is_default = now, False
    locked.save(update_fields=["withdrawn_at", "is_default"])
    activity.record(WITHDRAWN, actor=actor, on=locked.plan, request=request, name=str(locked))


@transaction.atomic
def offer_again(offer: PlanOffer, *, actor: User, now: datetime, request: HttpRequest | None = None) -> None:
    """A withdrawn plan can be chosen again; it is not the default."""
    locked = _locked(offer)
    if locked.withdrawn_at is None:
        return
    locked.withdrawn_at, locked.offered_at = None, now
    locked.save(update_fields=["withdrawn_at", "offered_at"])
    activity.record(EVENT, actor=actor, on=locked.plan, request=request, name=str(locked), verb="offered")


# --- Looking up -------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Offered:
    """A plan as the batch offers it: `plan` is the newest version, with `parts` (how many instalments).

    `students` are charged by it now, `earlier` by a version before it.
    """

    offer: PlanOffer
    plan: FeePlan
    parts: int
    students: int
    earlier: int


@dataclass(frozen=True, slots=True)
class OfBatch:
    """What a batch costs: its plans with the default first, how many are charged by a plan of their own, and how many
    in it, or joining later, are not charged at all."""

    offers: list[Offered]
    own: int
    uncharged: int

    @property
    def default(self) -> Offered | None:
        return next((one for one in self.offers if one.offer.is_default and one.offer.withdrawn_at is None), None)


def of_batch(batch: Batch, *, now: datetime | None = None) -> OfBatch:
    """Three queries, however many plans, versions and students there are."""
    now = now or timezone.now()
    rows = PlanOffer.objects.filter(batch=batch).select_related("plan", "batch")
    rows = rows.annotate(parts=Count("plan__instalments")).order_by("withdrawn_at", "-is_default", "name")
    held = students_by_version(batch, now=now)
    by_name: dict[str, int] = {}
    for (name, _version), count in held.items():
        by_name[name.casefold()] = by_name.get(name.casefold(), 0) + count
    offers = []
    for one in sorted(rows, key=lambda row: row.withdrawn_at is not None):
        newest = sum(count for (_name, version), count in held.items() if version == one.plan.version)
        every = by_name.get(one.name.casefold(), 0)
        offers.append(Offered(one, one.plan, one.parts, newest, every - newest))
    own = sum(count for (name, _version), count in held.items() if not name)
    return OfBatch(offers, own, uncharged(batch, now=now))


def students_by_version(batch: Batch, *, now: datetime) -> dict[tuple[str, int], int]:
    """How many students in the batch, or joining later, are charged by which plan (name, version).

    Under the name "" and version 0 those with a plan of their own. One query.
    """
    later = Agreement.objects.filter(enrolment=OuterRef("enrolment"), revision__gt=OuterRef("revision"))
    stays = Enrolment.objects.not_over(now).filter(batch=batch)
    current = Agreement.objects.filter(~Exists(later), enrolment__in=stays.order_by().values("pk"))
    found: dict[tuple[str, int], int] = {}
    rows = current.order_by().values_list("plan__name", "plan__version", "plan__enrolment").annotate(count=Count("pk"))
    for name, version, own, count in rows:
        key = ("", 0) if own else (name, version)
        found[key] = found.get(key, 0) + count
    return found


def uncharged(batch: Batch, *, now: datetime) -> int:
    """How many in the batch, or joining later, have agreed to no plan. One query."""
    agreed = Agreement.objects.filter(enrolment=OuterRef("pk"))
    return Enrolment.objects.not_over(now).filter(~Exists(agreed), batch=batch).count()


def versions(plan: FeePlan) -> QuerySet[FeePlan]:
    """All versions of the plan of that name, the newest first; of one student's own, his."""
    rows = FeePlan.objects.filter(batch=plan.batch_id, enrolment=plan.enrolment_id, name__iexact=plan.name)
    return rows.select_related("created_by").order_by("-version")
