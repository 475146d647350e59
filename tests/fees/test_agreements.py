"""Another plan: what was settled counts, what is open is replaced, and everything adds up."""

from collections.abc import Iterator
from datetime import timedelta

import pytest
from django.db.models import Sum
from django.utils import timezone

from batches import enrolments
from batches.models import Enrolment
from fees import agreements, charging, concessions
from fees.models import Agreement, Credit, Due, DueLine, FeePlan, LedgerEntry
from tests import people
from tests.batches.enrolling import batch
from tests.fees import charged, made

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)


@pytest.fixture(autouse=True)
def _the_books_are_right(db: None) -> Iterator[None]:
    yield
    assert charged.wrong() == []


@pytest.fixture
def stay() -> Enrolment:
    one = batch()
    charged.plan(one, {"Tuition": 90000, "Books": 10000}, (25000, 0), (25000, 30), (25000, 60), (25000, 90))
    return enrolments.enrol(one, student=people.student(), actor=people.admin())


def other(stay: Enrolment, *parts: tuple[int, int], name: str = "Other", **fields: object) -> FeePlan:
    return charged.plan(stay.batch, {"Tuition": sum(paise for paise, _ in parts)}, *parts, name=name, **fields)


def agree(stay: Enrolment, plan: FeePlan, **fields: object) -> Agreement:
    values = {"reason": "Asked for", "actor": people.admin(), "now": timezone.now(), **fields}
    return agreements.agree(stay, plan=plan, **values)


def open_dues() -> list[tuple[int, int]]:
    rows = Due.objects.open().select_related("balance").order_by("due_on", "pk")
    return [(one.balance.open_paise, (one.due_on - timezone.localdate()).days) for one in rows]


def whole() -> int:
    """What is or was to be paid in all: issued less credited."""
    issued = Due.objects.aggregate(all=Sum("total_paise"))["all"]
    return issued - (Credit.objects.aggregate(all=Sum("amount_paise"))["all"] or 0)


def test_nothing_paid_the_new_plan_takes_the_place_of_the_old(stay: Enrolment) -> None:
    agreed = agree(stay, other(stay, (60000, 0), (30000, 45)))
    assert (agreed.revision, agreed.reason) == (2, "Asked for")
    assert open_dues() == [(60000, 0), (30000, 45)]
    assert set(Credit.objects.values_list("kind", "amount_paise")) == {(Credit.Kind.REPLACED, 25000)}
    assert list(Due.objects.open().order_by("seq").values_list("seq", "part", "parts")) == [(5, 1, 2), (6, 2, 2)]


def test_what_was_paid_counts_for_the_first_instalments(stay: Enrolment) -> None:
    first, second = Due.objects.order_by("seq")[:2]
    made.payment(35000, (first, 25000), (second, 10000))
    agree(stay, other(stay, (30000, 0), (30000, 30), (30000, 60)))
    assert open_dues() == [(25000, 30), (30000, 60)]
    assert whole() == 90000


def test_tax_columns_of_what_is_left_stay_exact_and_equal() -> None:
    made.registered()
    one = batch()
    made.plan(one, (10001, 0), (10001, 30))
    stay = enrolments.enrol(one, student=people.student(), actor=people.admin())
    made.payment(3333, (Due.objects.order_by("seq")[0], 3333))
    agree(stay, charged.plan(one, {"Tuition": 20001, "Books": 7}, (20008, 0), name="Once"))
    new = Due.objects.get(agreement__revision=2)
    assert (new.total_paise, new.cgst_paise - new.sgst_paise) == (20008 - 3333, 0)
    columns = ("taxable_paise", "cgst_paise", "sgst_paise", "total_paise")
    sums = DueLine.objects.filter(due=new).aggregate(**{name: Sum(name) for name in columns})
    assert all(sums[name] == getattr(new, name) for name in columns)
    for due in Due.objects.exclude(pk=new.pk).filter(balance__paid_paise=0):
        assert sum(one.cgst_paise for one in due.credits.all()) == due.cgst_paise


def test_days_before_today_are_today_and_nobody_is_late_for_what_is_new() -> None:
    one = batch()
    made.plan(one, (10000, 0))
    stay = made.enrolment(people.student(), one)
    charging.follow_enrolment(stay)
    agree(stay, other(stay, (5000, 0), (5000, 60)))
    assert open_dues() == [(5000, 0), (5000, 30)]


def test_a_fine_that_has_grown_is_issued_and_stays() -> None:
    one = batch()
    made.plan(one, (10000, 0), fine_kind="PER_DAY", fine_paise=100, fine_cap_paise=2500)
    stay = made.enrolment(people.student(), one)
    charging.follow_enrolment(stay)
    agree(stay, other(stay, (12000, 90)))
    assert open_dues() == [(2500, 0), (12000, 60)]


def test_more_than_the_plan_was_paid_is_refused_with_both_sums(stay: Enrolment) -> None:
    first = Due.objects.order_by("seq")[0]
    made.payment(25000, (first, 25000))
    with pytest.raises(agreements.PaidMore, match=r"₹250\.00 was paid already, and this plan costs ₹200\.00"):
        agree(stay, other(stay, (20000, 0)))
    assert Agreement.objects.count() == 1


def test_the_same_plan_again_changes_nothing_and_a_first_plan_is_charged(stay: Enrolment) -> None:
    plan = Agreement.objects.get().plan
    assert agree(stay, plan).revision == 1
    assert not Credit.objects.exists()
    stranger = Enrolment.objects.create(batch=stay.batch, student=people.other_student())
    assert agree(stranger, plan).revision == 1
    assert Due.objects.filter(enrolment=stranger).count() == 4


def test_a_plan_of_his_own_is_for_one_student(stay: Enrolment) -> None:
    own = other(stay, (80000, 10), name="Own", enrolment=stay)
    agree(stay, own)
    assert open_dues() == [(80000, 10)]


def test_concessions_go_on_with_the_new_plan(stay: Enrolment) -> None:
    """Ten per cent and ₹50 of the old plan are ten per cent and ₹50 of the new one, what was paid included."""
    for fields in ({"bp": 1000}, {"amount_paise": 5000}):
        asked = concessions.request(
            stay, type="SCHOLARSHIP", reason="Rank 1", actor=people.cashier(), now=timezone.now(), **fields
        )
        concessions.approve(asked, actor=people.admin(), now=timezone.now())
    first = Due.objects.select_related("balance").order_by("seq")[0]
    assert first.balance.open_paise == 25000 - 2500 - 1250
    made.payment(10000, (first, 10000))
    agree(stay, other(stay, (40000, 0), (40000, 30)))
    assert whole() == 80000 - 8000 - 5000
    assert sum(paise for paise, _days in open_dues()) == 67000 - 10000


def test_who_left_gets_no_dues_after_his_last_day(stay: Enrolment) -> None:
    enrolments.leave(stay, left_at=enrolments.end_of(timezone.localdate() + 10 * DAY), actor=people.admin())
    stay.refresh_from_db()
    agree(stay, other(stay, (10000, 0), (10000, 10), (10000, 11)))
    assert open_dues() == [(10000, 0), (10000, 10)]


def test_the_ledger_says_what_the_student_owes(stay: Enrolment) -> None:
    first = Due.objects.order_by("seq")[0]
    made.payment(10000, (first, 10000))
    agree(stay, other(stay, (40000, 0), (40000, 30)))
    who = f"student:{first.account_id}"
    debit = LedgerEntry.objects.filter(debit=who).aggregate(all=Sum("amount_paise"))["all"]
    credit = LedgerEntry.objects.filter(credit=who).aggregate(all=Sum("amount_paise"))["all"]
    assert debit - credit == sum(paise for paise, _days in open_dues()) == 70000
