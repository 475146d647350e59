"""Periods in which attendance no longer changes, until an admin opens them again."""

from datetime import date, timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from accounts.models import Activity
from attendance import marks
from attendance.models import Freeze, Record, Register
from attendance.models.records import Status
from attendance.rules import PeriodFrozen
from tests import people
from tests.attendance import registers

pytestmark = pytest.mark.django_db
NEW = "/attendance/freezes/new/"
LIST = "/attendance/freezes/"


@pytest.fixture
def office() -> Client:
    return people.signed_in(people.admin())


def days_ago(count: int) -> date:
    return timezone.localdate() - timedelta(days=count)


def frozen(office: Client, first: int, last: int, reason: str = "Salaries are paid") -> Any:
    return office.post(NEW, {"first_on": days_ago(first), "last_on": days_ago(last), "reason": reason})


def events() -> list[str]:
    rows = Activity.objects.filter(event__startswith="freeze.").order_by("pk")
    return [f"{row.event} {row.extra['reason']}" for row in rows]


def test_nobody_marks_in_a_frozen_period_until_it_is_opened_again(office: Client) -> None:
    held = registers.class_now(began_min_ago=3 * 24 * 60)
    assert frozen(office, 5, 2).status_code == 302
    for who in (people.teacher(), people.admin()):
        with pytest.raises(PeriodFrozen, match="Salaries are paid"):
            registers.mark(held, people.student(), Status.PRESENT, by=who)
    lift = f"{LIST}{Freeze.objects.get().uuid}/lift/"
    assert office.post(lift, {"reason": "A forgotten class"}).status_code == 302
    registers.mark(held, people.student(), Status.PRESENT)
    assert Record.objects.get().status == Status.PRESENT
    assert events() == ["freeze.made Salaries are paid", "freeze.lifted A forgotten class"]


def test_periods_may_overlap_and_each_is_opened_by_itself(office: Client) -> None:
    held = registers.class_now(began_min_ago=3 * 24 * 60)
    frozen(office, 5, 2)
    frozen(office, 30, 3, "Report of the board")
    first = Freeze.objects.earliest("pk")
    office.post(f"{LIST}{first.uuid}/lift/", {"reason": "Once"})
    with pytest.raises(PeriodFrozen):
        registers.mark(held, people.student(), Status.PRESENT)
    page = office.get(LIST).content.decode()
    assert page.index("Report of the board") < page.index("Salaries are paid")


def test_days_that_are_not_over_are_not_frozen(office: Client) -> None:
    assert list(frozen(office, 3, 0).context["form"].errors) == ["last_on"]
    assert list(frozen(office, 3, -3).context["form"].errors) == ["last_on"]
    assert frozen(office, 3, 1).status_code == 302
    assert Freeze.objects.count() == 1


@pytest.mark.parametrize(
    ("typed", "field"),
    [
        ({"first_on": ""}, "first_on"),
        ({"last_on": "yesterday"}, "last_on"),
        ({"reason": "  "}, "reason"),
        ({"reason": "x" * 201}, "reason"),
        ({"first_on": "2026-02-10", "last_on": "2026-02-09"}, "last_on"),
    ],
)
def test_period_that_is_none_is_refused(office: Client, typed: dict[str, str], field: str) -> None:
    given = {"first_on": "2026-02-01", "last_on": "2026-02-28", "reason": "Salaries"} | typed
    assert list(office.post(NEW, given).context["form"].errors) == [field]
    assert not Freeze.objects.exists()


def test_opening_twice_is_opening_once_and_needs_a_reason(office: Client) -> None:
    frozen(office, 5, 2)
    lift = f"{LIST}{Freeze.objects.get().uuid}/lift/"
    assert list(office.post(lift, {"reason": ""}).context["form"].errors) == ["reason"]
    assert Freeze.objects.in_force().count() == 1
    office.post(lift, {"reason": "First"})
    office.post(lift, {"reason": "Second"})
    assert events() == ["freeze.made Salaries are paid", "freeze.lifted First"]
    assert "has opened these days again" in office.get(lift).content.decode()


def test_class_after_midnight_belongs_to_the_institutes_day(office: Client) -> None:
    """Half past midnight in India is still the day before in UTC."""
    night = timezone.localtime().replace(hour=0, minute=30, second=0, microsecond=0) - timedelta(days=3)
    ago_min = (timezone.now() - night).total_seconds() / 60
    held = registers.class_now(began_min_ago=ago_min)
    register = registers.register(held)
    frozen(office, 4, 4)
    marks.set_marks(
        register, [marks.Mark(people.student().pk, Status.LATE)], actor=people.teacher(), now=timezone.now()
    )
    frozen(office, 3, 3)
    with pytest.raises(PeriodFrozen):
        marks.set_marks(
            register, [marks.Mark(people.student().pk, Status.ABSENT)], actor=people.teacher(), now=timezone.now()
        )


def test_office_is_told_of_registers_that_were_never_closed(office: Client) -> None:
    held = registers.class_now(began_min_ago=3 * 24 * 60)
    registers.mark(held, people.student(), Status.PRESENT)
    frozen(office, 5, 2)
    assert "1 register of these days was never closed" in office.get(LIST).content.decode()
    Register.objects.update(finalised_at=timezone.now())
    frozen(office, 5, 2)
    assert "never closed" not in office.get(LIST).content.decode()
