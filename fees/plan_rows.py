"""Lines of the list of batches with what they cost."""

from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models import Count, QuerySet

from accounts.models import User
from batches.models import Batch
from fees.models import PlanOffer


@dataclass(frozen=True, slots=True)
class Row:
    """A batch, its default plan if it has one, and how many other plans it offers. `parts`: instalments."""

    batch: Batch
    default: PlanOffer | None
    parts: int
    others: int


def batches(user: User, words: str) -> QuerySet[Batch]:
    """Those that are not put away, by name, whose name holds every word."""
    return Batch.objects.for_user(user).current().search(words).order_by("name", "pk")


def lines(shown: Iterable[Batch]) -> list[Row]:
    """One query for all of them."""
    listed = list(shown)
    offers = PlanOffer.objects.filter(batch__in=[one.pk for one in listed], withdrawn_at=None)
    found: dict[int, list[PlanOffer]] = {}
    for offer in offers.select_related("plan").annotate(parts=Count("plan__instalments")).order_by("-is_default", "pk"):
        found.setdefault(offer.batch_id, []).append(offer)
    return [_row(one, found.get(one.pk, [])) for one in listed]


def _row(batch: Batch, offers: list[PlanOffer]) -> Row:
    default = next((one for one in offers if one.is_default), None)
    return Row(batch, default, getattr(default, "parts", 0), len(offers) - (default is not None))
