"""Late fines of dues: what has grown so far, and its becoming a due when money touches the account.

A fine grows until its instalment is paid. What of it was issued, paid or waived no longer grows anew: what counts is
the whole fine since the due date less what was issued for it.
"""

from collections.abc import Iterable, Sequence
from datetime import date

from django.db.models import Q, Sum

from fees import fines, heads, issuing
from fees.fines import FineRule
from fees.issuing import Draft, Line
from fees.ledger import Booking
from fees.models import Due, DueLine, FeeHead, FeePlan, FeeSettings, StudentAccount

AT_A_TIME = 5000


def rule_of(plan: FeePlan) -> FineRule:
    """The late fine of a plan."""
    return FineRule(plan.fine_kind, plan.fine_paise, plan.fine_grace_days, plan.fine_cap_paise)


def accruing(dues: Iterable[Due], *, on: date) -> dict[int, int]:
    """By due the fine in paise that has grown on that day and was not issued; dues without one are left out.

    Two queries for each 5,000 dues that are late.
    """
    late = [due.pk for due in dues if due.kind == Due.Kind.INSTALMENT and due.agreement_id and due.due_on < on]
    found: dict[int, int] = {}
    for first in range(0, len(late), AT_A_TIME):
        part = late[first : first + AT_A_TIME]
        found |= _accruing(Q(pk__in=part), Q(parent__in=part), on=on)
    return found


def accruing_of(account: StudentAccount, *, on: date) -> dict[int, int]:
    """The same of everything a student owes, in two queries."""
    return _accruing(Q(account=account), Q(account=account), on=on)


def _accruing(which: Q, whose: Q, *, on: date) -> dict[int, int]:
    """`which` picks instalments, `whose` the fines that were issued for them."""
    rule = [f"agreement__plan__{name}" for name in ("fine_kind", "fine_paise", "fine_grace_days", "fine_cap_paise")]
    late = Due.objects.open().filter(which, kind=Due.Kind.INSTALMENT, due_on__lt=on, agreement__isnull=False)
    rows = late.exclude(agreement__plan__fine_kind=FeePlan.Fine.NONE).order_by("due_on", "pk")
    grown = {
        pk: fines.accrued(FineRule(*values), due_on=due_on, on=on)
        for pk, due_on, *values in rows.values_list("pk", "due_on", *rule)
    }
    if not any(grown.values()):
        return {}
    fine_dues = Due.objects.filter(whose, kind=Due.Kind.FINE).order_by()
    issued = dict(fine_dues.values_list("parent").annotate(Sum("total_paise")))
    return {pk: paise - issued.get(pk, 0) for pk, paise in grown.items() if paise > issued.get(pk, 0)}


def issue(account: StudentAccount, *, on: date, booking: Booking, parents: Sequence[Due] | None = None) -> list[Due]:
    """Make dues of the fines that have grown: of the whole account, or of these instalments. The account is locked."""
    grown = accruing_of(account, on=on) if parents is None else accruing(parents, on=on)
    if not grown:
        return []
    late = Due.objects.filter(pk__in=grown, account=account).select_related("enrolment__batch").order_by("due_on", "pk")
    head, settings = heads.of_use(FeeHead.Use.FINE), FeeSettings.current()
    treated = _treatments(grown)
    made: list[Due] = []
    for due in late:
        how = issuing.regime(settings, account, due.enrolment.batch if due.enrolment else None)
        sac, gst_bp = treated[due.pk]
        gst_bp = gst_bp if how.taxes else 0
        line = Line(head.pk, sac, gst_bp, how.parts(grown[due.pk], gst_bp=gst_bp))
        draft = Draft(on, [line], kind=Due.Kind.FINE, part=due.part, parts=due.parts, parent=due)
        made += issuing.issue(account, [draft], booking=booking, supply_state=how.supply_state, enrolment=due.enrolment)
    return made


def _treatments(dues: Iterable[int]) -> dict[int, tuple[str, int]]:
    """By due the SAC and the rate of its largest line: a late fine is taxed as what was paid late (s. 15(2)(d))."""
    lines = DueLine.objects.filter(due__in=list(dues)).order_by("total_paise", "-pk")
    return {due: (sac, rate) for due, sac, rate in lines.values_list("due", "sac", "gst_bp")}
