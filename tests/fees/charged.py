"""Plans of several heads, and whether the books are right, for tests of dues."""

from batches.models import Batch
from fees import proving
from fees.models import FeePlan, FeePlanInstalment, FeePlanLine, PlanOffer, PriceMode
from tests.fees import made


def wrong() -> list[str]:
    """What check_fees finds wrong in the books; `made.payment` writes no receipts, so that they are not missed."""
    return [str(one) for one in proving.broken() if one.rule != "I4"]


def plan(batch: Batch, heads: dict[str, int], *parts: tuple[int, int], name: str = "Plan", **fields: object) -> FeePlan:
    """The default plan of the batch: what each head costs, and instalments so many days after joining."""
    values = {"price_mode": PriceMode.INCLUSIVE, "total_paise": sum(heads.values()), **fields}
    version = FeePlan.objects.filter(batch=batch).count() + 1
    row = FeePlan.objects.create(batch=batch, version=version, name=name, **values)
    for position, (head, paise) in enumerate(heads.items(), 1):
        FeePlanLine.objects.create(
            plan=row, position=position, head=made.head(head), amount_paise=paise, sac="999293", gst_bp=1800
        )
    for seq, (paise, days) in enumerate(parts, 1):
        FeePlanInstalment.objects.create(plan=row, seq=seq, amount_paise=paise, days_after=days)
    PlanOffer.objects.filter(batch=batch).update(is_default=False)
    PlanOffer.objects.create(batch=batch, plan=row, name=name, is_default=True)
    return row
