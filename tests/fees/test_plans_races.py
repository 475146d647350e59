"""Plans written at the same moment: versions follow one another, and nobody writes over what he has not seen."""

import pytest
from django.utils import timezone

from fees import plans
from fees.fines import FineRule
from fees.models import FeePlan, PlanOffer
from fees.schedule import Part
from tests import people
from tests.batches.enrolling import batch as a_batch
from tests.fees import made
from tests.racing import outcomes

pytestmark = pytest.mark.django_db(transaction=True)


def test_of_several_who_write_over_the_same_version_one_is_heard():
    batch, actor, now = a_batch(), people.admin(), timezone.now()
    line = plans.Line(made.head(), 10_000)

    def write(name: str, seen: int | None = None) -> FeePlan:
        return plans.write_plan(
            batch,
            name=name,
            price_mode="INCLUSIVE",
            lines=[line],
            parts=[Part(10_000, days_after=0)],
            fine=FineRule(),
            is_default=True,
            actor=actor,
            now=now,
            seen=seen,
        )

    write("Full fee")
    given = outcomes([lambda: write("Full fee", seen=1)] * 3 + [lambda: write("Lump sum")])
    assert sorted(type(one).__name__ for one in given) == ["FeePlan", "FeePlan", "PlanMoved", "PlanMoved"]
    assert sorted(FeePlan.objects.values_list("version", flat=True)) == [1, 2, 3]
    assert PlanOffer.objects.filter(is_default=True).count() == 1
    assert PlanOffer.objects.get(name="Full fee").plan.version in (2, 3)
