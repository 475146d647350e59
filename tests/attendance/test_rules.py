"""How classes check in: the institute's rule, a batch's own, and one class's way."""

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.models import Activity
from attendance import rules
from attendance.models import CheckInRule, Freeze, Mode, Register
from tests import people
from tests.attendance import registers
from tests.batches import timetables

pytestmark = pytest.mark.django_db
INSTITUTE = "/attendance/rules/institute/"
TYPED: dict[str, Any] = {
    "mode": "gps",
    "open_before_min": "20",
    "late_after_min": "5",
    "close_after_min": "30",
    "most_accuracy_m": "100",
    "percent_wanted": "80",
}
ALL = TYPED | {"positions_kept_days": "365"}


@pytest.fixture
def office() -> Client:
    return people.signed_in(people.admin())


def rule_url(batch: Any, name: str = "check_in_rule") -> str:
    return reverse(name, args=[batch.uuid])


def errors(answer: Any) -> set[str]:
    return set(answer.context["form"].errors)


def test_new_institute_goes_by_what_the_product_says() -> None:
    rule = rules.rule_of(timetables.batch().pk)
    times = (rule.mode, rule.open_before_min, rule.late_after_min, rule.close_after_min)
    assert times == (Mode.GPS_OR_CODE, 15, 10, None)
    assert (rule.most_accuracy_m, rule.percent_wanted, rule.positions_kept_days) == (150, 75, 365)


def test_institutes_rule_counts_for_every_batch_without_its_own(office: Client) -> None:
    assert office.post(INSTITUTE, ALL).status_code == 302
    register = rules.open_register(registers.class_now(), now=timezone.now())
    assert (register.mode, register.late_after_min, register.close_after_min) == ("gps", 5, 30)
    line = Activity.objects.get(event="check_in.rule_changed")
    assert line.actor == people.admin()


def test_register_that_is_open_keeps_what_it_was_opened_with(office: Client) -> None:
    register = registers.register()
    office.post(INSTITUTE, ALL)
    assert rules.open_register(register.class_session, now=timezone.now()).mode == Mode.GPS_OR_CODE


def test_batch_gets_its_own_rule_and_goes_back(office: Client) -> None:
    batch, other = timetables.batch(), timetables.batch("NEET 2027 C")
    office.post(rule_url(batch), TYPED | {"mode": "teacher"})
    assert rules.rule_of(batch.pk).mode == Mode.TEACHER
    assert rules.rule_of(other.pk).mode == Mode.GPS_OR_CODE
    assert "The teacher takes it" in office.get("/attendance/rules/").content.decode()
    office.post(rule_url(batch, "check_in_rule_drop"))
    office.post(rule_url(batch, "check_in_rule_drop"))
    assert rules.rule_of(batch.pk).mode == Mode.GPS_OR_CODE
    verbs = list(Activity.objects.filter(event="check_in.rule_changed").order_by("pk").values_list("extra", flat=True))
    assert [one["verb"] for one in verbs] == ["changed", "dropped"]


@pytest.mark.parametrize("institute_first", [True, False])
def test_rules_do_not_take_each_others_place_whichever_is_made_first(office: Client, institute_first: bool) -> None:
    one, other = timetables.batch(), timetables.batch("NEET 2027 C")
    steps = [
        lambda: office.post(INSTITUTE, ALL | {"percent_wanted": "60"}),
        lambda: office.post(rule_url(one), TYPED | {"percent_wanted": "70"}),
        lambda: office.post(rule_url(other), TYPED | {"percent_wanted": "90"}),
    ]
    for step in steps if institute_first else reversed(steps):
        assert step().status_code == 302
    wanted = [rules.institute_rule(), rules.rule_of(one.pk), rules.rule_of(other.pk)]
    assert [rule.percent_wanted for rule in wanted] == [60, 70, 90]
    assert CheckInRule.objects.count() == 3


@pytest.mark.parametrize(
    ("typed", "field"),
    [
        ({"mode": "telepathy"}, "mode"),
        ({"mode": ""}, "mode"),
        ({"open_before_min": "121"}, "open_before_min"),
        ({"open_before_min": "-1"}, "open_before_min"),
        ({"late_after_min": "721"}, "late_after_min"),
        ({"late_after_min": "ten"}, "late_after_min"),
        ({"late_after_min": "31"}, "close_after_min"),
        ({"close_after_min": "99999999999"}, "close_after_min"),
        ({"most_accuracy_m": "19"}, "most_accuracy_m"),
        ({"most_accuracy_m": "501"}, "most_accuracy_m"),
        ({"percent_wanted": "0"}, "percent_wanted"),
        ({"percent_wanted": "101"}, "percent_wanted"),
        ({"positions_kept_days": "29"}, "positions_kept_days"),
        ({"positions_kept_days": "3651"}, "positions_kept_days"),
    ],
)
def test_rule_that_makes_no_sense_is_refused(office: Client, typed: dict[str, str], field: str) -> None:
    answer = office.post(INSTITUTE, ALL | typed)
    assert errors(answer) == {field}
    assert not CheckInRule.objects.exists()


def test_keeping_positions_for_less_than_a_year_is_warned_of(office: Client) -> None:
    assert "Positions are deleted early" not in office.get("/attendance/rules/").content.decode()
    office.post(INSTITUTE, ALL | {"positions_kept_days": "364"})
    for url in ("/attendance/rules/", INSTITUTE):
        assert "Positions are deleted early" in office.get(url).content.decode()


def test_teacher_sees_the_rule_of_his_batch_and_cannot_change_it() -> None:
    meera, batch = people.signed_in(people.teacher()), timetables.batch()
    timetables.enrol(people.student(), batch)
    page = meera.get(rule_url(batch)).content.decode()
    assert "late after 10 min" in page
    assert "Admins change it" in page
    assert meera.post(rule_url(batch), TYPED).status_code == 403
    assert not CheckInRule.objects.exists()


def test_list_of_a_teacher_names_his_batches_only() -> None:
    batch = timetables.batch()
    other = timetables.batch("NEET 2027 C")
    other.teachings.all().delete()
    page = people.signed_in(people.teacher()).get("/attendance/rules/").content.decode()
    assert batch.name in page
    assert other.name not in page


def mode_of(register: Register) -> str:
    register.refresh_from_db()
    return register.mode


def test_teacher_changes_the_way_of_one_class() -> None:
    register = registers.register()
    meera, url = people.signed_in(people.teacher()), rule_url(register.class_session, "register_mode")
    assert meera.get(url).status_code == 200
    assert meera.post(url, {"mode": "code"})["Location"].endswith("/register/")
    assert mode_of(register) == "code"
    assert meera.post(url, {"mode": "teacher"}).status_code == 302
    assert meera.post(url, {"mode": "teacher"}).status_code == 302
    lines = Activity.objects.filter(event="check_in.rule_changed")
    assert sorted(line.extra["mode"] for line in lines) == ["code", "teacher"]
    assert not CheckInRule.objects.exists()


@pytest.mark.parametrize("typed", [{}, {"mode": ""}, {"mode": "gps+gps"}])
def test_way_that_is_none_is_refused(typed: dict[str, str]) -> None:
    register = registers.register()
    meera = people.signed_in(people.teacher())
    assert errors(meera.post(rule_url(register.class_session, "register_mode"), typed)) == {"mode"}
    assert mode_of(register) == Mode.GPS_OR_CODE


def test_closed_register_keeps_its_way() -> None:
    register = registers.register(finalised_at=timezone.now())
    answer = people.signed_in(people.teacher()).post(
        rule_url(register.class_session, "register_mode"), {"mode": "code"}
    )
    assert answer.status_code == 409
    assert "is closed" in answer.content.decode()
    assert mode_of(register) == Mode.GPS_OR_CODE


def test_frozen_class_keeps_its_way() -> None:
    register = registers.register()
    day = timezone.localdate(register.class_session.starts_at)
    Freeze.objects.create(first_on=day, last_on=day, reason="Salaries", made_by=people.admin())
    answer = people.signed_in(people.teacher()).post(
        rule_url(register.class_session, "register_mode"), {"mode": "code"}
    )
    assert answer.status_code == 409
    assert mode_of(register) == Mode.GPS_OR_CODE


def test_list_costs_the_same_at_three_and_at_thirty(office: Client, django_assert_max_num_queries: Any) -> None:
    for number in range(30):
        batch = timetables.batch(f"Batch {number}")
        if number % 2:
            office.post(rule_url(batch), TYPED)
    with django_assert_max_num_queries(12):
        office.get("/attendance/rules/")
