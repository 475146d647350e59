"""The demo institute's attendance: rules, registers of eight weeks with their histories, and what waits today.

The same on every machine but for the clock: who was there follows from the numbers of class and student. Made once.
"""

from typing import Any

from django.db import transaction
from django.utils import timezone

from accounts.models import User
from attendance import demo_asks, demo_now, demo_weeks
from attendance.models import CheckInRule, Mode, Register
from batches.models import Batch

OWN_RULES: dict[str, dict[str, Any]] = {
    "NEET 2027 C": {"percent_wanted": 85, "late_after_min": 5},
    "Class 10 foundation (हिन्दी माध्यम)": {"mode": Mode.TEACHER},
}


@transaction.atomic
def seed(people: dict[str, User]) -> None:
    """All of it, unless a register was ever opened; `people` by the keys of `accounts.demo`."""
    if Register.objects.exists():
        return
    now, office = timezone.now(), people["rajendra"]
    CheckInRule.objects.get_or_create(batch=None, defaults={"changed_by": office})
    for batch in Batch.objects.filter(name__in=OWN_RULES):
        CheckInRule.objects.get_or_create(batch=batch, defaults={**OWN_RULES[batch.name], "changed_by": office})
    demo_asks.seed_leaves(people, now=now)
    demo_weeks.seed(people, now=now)
    demo_asks.seed_corrections(people, now=now)
    demo_now.seed(people, now=now)
