"""Late fines grow until the fee is paid, and become dues when money or a decision touches them."""

from datetime import date, timedelta

import pytest
from django.utils import timezone

from batches.models import Enrolment
from fees import charging, credits, fining
from fees.models import Allocation, Due, FeeHead, StudentAccount
from tests import people
from tests.batches.enrolling import batch
from tests.fees import made

pytestmark = pytest.mark.django_db


def on(days: int) -> date:
    return timezone.localdate() + timedelta(days=days)


def late(kind: str = "PER_DAY", paise: int = 100, **fields: object) -> Due:
    """Thirty days late today; the second instalment is due today."""
    one = batch()
    made.plan(one, (118000, 0), (118000, 30), fine_kind=kind, fine_paise=paise, **fields)
    charging.follow_enrolment(made.enrolment(people.student(), one))
    return Due.objects.get(part=1)


def growing(*days: int) -> list[int]:
    dues = list(Due.objects.all())
    return [sum(fining.accruing(dues, on=on(day)).values()) for day in days]


def issue(days: int = 0) -> list[Due]:
    return fining.issue(StudentAccount.objects.get(), on=on(days), booking=made.booking())


@pytest.mark.parametrize(
    ("fields", "fines"),
    [
        ({"kind": "FLAT", "paise": 500}, [500, 1000, 1000]),
        ({"kind": "PER_DAY", "paise": 100}, [3000, 3200, 4000]),
        ({"kind": "PER_DAY", "paise": 100, "fine_cap_paise": 3100}, [3000, 3200, 3600]),
        ({"kind": "FLAT", "paise": 500, "fine_grace_days": 30}, [0, 500, 500]),
    ],
)
def test_a_fine_grows_by_the_rule_of_the_plan(fields: dict, fines: list[int]) -> None:
    late(**fields)
    assert growing(0, 1, 5) == fines


def test_what_was_issued_does_not_grow_again_and_the_rest_goes_on() -> None:
    first = late()
    [fine] = issue()
    assert (fine.total_paise, fine.parent, fine.due_on, fine.kind) == (3000, first, on(0), Due.Kind.FINE)
    assert issue() == []
    assert growing(0, 2) == [0, 400]
    assert [one.total_paise for one in issue(2)] == [200, 200]


def test_it_stops_when_the_fee_is_paid_and_goes_on_from_the_old_day_after_a_bounce() -> None:
    first = late()
    issue()
    paid = made.payment(118000, (first, 118000))
    assert growing(10) == [1000]  # of the second instalment only
    Allocation.objects.create(
        payment=paid, due=first, amount_paise=118000, reverses=Allocation.objects.get(), source="test"
    )
    assert growing(10) == [1000 + 1000]


def test_a_waived_fine_counts_as_issued() -> None:
    late(kind="FLAT", paise=500)
    [fine] = issue()
    credits.credit(fine, kind="WAIVER", amount_paise=500, reason="Ill", booking=made.booking())
    assert growing(0) == [0]


def test_a_fine_holds_the_tax_of_what_is_late() -> None:
    made.registered()
    late(kind="FLAT", paise=11800)
    [fine] = issue()
    line = fine.lines.select_related("head").get()
    assert (fine.taxable_paise, fine.cgst_paise, fine.supply_state) == (10000, 900, "27")
    assert (line.head.use, line.sac, line.gst_bp) == (FeeHead.Use.FINE, "999293", 1800)


def test_only_the_chosen_instalment_gets_its_fine() -> None:
    late()
    second = Due.objects.get(part=2)
    made_now = fining.issue(second.account, on=on(5), booking=made.booking(), parents=[second])
    assert [(one.parent, one.total_paise) for one in made_now] == [(second, 500)]


def test_fines_of_many_dues_cost_two_queries(django_assert_num_queries) -> None:
    late()
    for number in range(2, 12):
        stay = Enrolment.objects.create(
            batch=batch(), student=people.person(f"S{number}", "STUDENT", email=f"{number}@x.test")
        )
        charging.follow_enrolment(stay)
    dues = list(Due.objects.all())
    with django_assert_num_queries(2):
        assert len(fining.accruing(dues, on=on(40))) == 22
