"""An admin says what a batch costs: one page, versions, a preview with tax, and nothing lost by two tabs."""

from datetime import date, timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from accounts.models import Activity
from batches import enrolments
from batches.models import Batch
from coaching.lib.money import MOST_PAISE
from fees import plans
from fees.fines import FineRule
from fees.models import Agreement, Due, FeeHead, FeePlan, PlanOffer
from fees.schedule import Part
from tests import people
from tests.batches.enrolling import batch as a_batch
from tests.batches.enrolling import students
from tests.fees import made

pytestmark = pytest.mark.django_db
TYPED = {
    "name": "Full fee",
    "price_mode": "INCLUSIVE",
    "how": "EQUAL",
    "count": "4",
    "first_on": "",
    "months": "3",
    "fine_kind": "PER_WEEK",
    "fine_paise": "50",
    "fine_grace_days": "7",
    "fine_cap_paise": "2,000",
    "is_default": "on",
    "note": "",
    "seen": "0",
    "lines-TOTAL_FORMS": "2",
    "lines-INITIAL_FORMS": "0",
    "lines-0-head": "tuition",
    "lines-0-paise": "1,18,000",
    "lines-1-head": "",
    "lines-1-paise": "",
    "parts-TOTAL_FORMS": "3",
    "parts-INITIAL_FORMS": "0",
}


def rows(*parts: tuple[str, str, str]) -> dict[str, str]:
    found = {"how": "OWN", "parts-TOTAL_FORMS": str(len(parts))}
    for number, (paise, due_on, days) in enumerate(parts):
        found |= {f"parts-{number}-paise": paise, f"parts-{number}-due_on": due_on, f"parts-{number}-days_after": days}
    return found


@pytest.fixture
def batch(db: None) -> Batch:
    return a_batch()


@pytest.fixture
def admin(browser_of):
    return browser_of("admin")


@pytest.fixture
def save(admin, batch):
    return lambda **changes: admin.post(f"/fees/batches/{batch.uuid}/new/", {**TYPED, **changes})


def text(answer) -> str:
    return " ".join(answer.content.decode().split())


def again(plan: FeePlan, **changes: str) -> dict[str, str]:
    """What the page of a change sends."""
    head = str(FeeHead.objects.get(name="Tuition").uuid)
    return {**TYPED, "lines-0-head": head, "seen": str(plan.version), **changes}


def test_one_page_makes_the_fee_and_who_joins_owes_it(admin, batch, save):
    made.registered()
    assert f"/fees/batches/{batch.uuid}/new/" in text(admin.get(f"/fees/batches/{batch.uuid}/"))
    answer = save()
    plan = FeePlan.objects.get()
    assert answer.status_code == 302, answer.context["editor"].first_fault()
    assert answer.url == reverse("fee_plan", args=[plan.uuid])
    assert (plan.total_paise, plan.version, plan.created_by) == (11_800_000, 1, people.admin())
    assert [(one.amount_paise, one.days_after) for one in plan.instalments.all()] == [
        (2_950_000, days) for days in (0, 90, 180, 270)
    ]
    assert (plan.fine_paise, plan.fine_grace_days, plan.fine_cap_paise) == (5_000, 7, 200_000)
    page = text(admin.get(answer.url))
    for words in ("₹1,18,000.00", "with ₹18,000.00 GST", "25,000.00 + CGST 2,250.00 + SGST 2,250.00"):
        assert words in page
    assert "₹50.00 for each week begun, after 7 days of grace, ₹2,000.00 at most" in page
    assert Activity.objects.get(event="fees.plan").extra["version"] == 1
    enrolments.enrol(batch, student=people.student(), actor=people.admin())
    assert [one.total_paise for one in Due.objects.all()] == [2_950_000] * 4


def test_one_amount_is_enough(save):
    assert save(how="ONCE", count="", fine_kind="NONE", fine_paise="", fine_cap_paise="").status_code == 302
    plan = FeePlan.objects.get()
    assert [(one.amount_paise, one.days_after) for one in plan.instalments.all()] == [(11_800_000, 0)]
    assert plan.fine_kind == "NONE"


def test_tax_on_top_is_added_to_what_a_student_pays(admin, batch, save):
    made.registered()
    assert save(price_mode="EXCLUSIVE", **{"lines-0-paise": "1,00,000"}).status_code == 302
    page = text(admin.get(reverse("fee_plan", args=[FeePlan.objects.get().uuid])))
    assert "₹1,18,000.00" in page
    assert "with ₹18,000.00 GST" in page


def test_who_is_not_registered_is_asked_nothing_about_tax(admin, batch, save):
    page = text(admin.get(f"/fees/batches/{batch.uuid}/new/"))
    assert 'name="price_mode"' not in page
    assert "not registered" in page
    assert save(price_mode="").status_code == 302
    assert "no tax: not registered for GST" in text(admin.get(reverse("fee_plan", args=[FeePlan.objects.get().uuid])))


@pytest.mark.parametrize("field", ["lines-0-paise", "parts-0-paise", "fine_paise", "fine_cap_paise"])
@pytest.mark.parametrize(
    ("typed", "words"),
    [
        ("12.345", "Use at most two places after the point."),
        ("-1", "Give an amount without a sign before it."),
        ("1e5", "Give an amount in rupees, as 1500 or 1,18,000.00."),
        ("1" + "0" * 30, "This amount is too large."),
        ("1e30", "Give an amount in rupees, as 1500 or 1,18,000.00."),
        ("0", "Give at least ₹0.01."),
    ],
)
def test_what_is_no_amount_is_refused_in_words_and_kept_in_the_field(save, field, typed, words):
    answer = save(**{**rows(("1,18,000", "", "0")), field: typed})
    assert answer.status_code == 200
    assert words in text(answer)
    assert f'value="{typed}"' in text(answer)
    assert not FeePlan.objects.exists()


def test_amounts_are_taken_as_people_type_them(save):
    typed = {"lines-0-paise": "१,१८,०००.००", "fine_paise": "₹ ५०", "fine_cap_paise": "2,000.00"}
    assert save(**{**rows(("1,18,000.00", "", "०")), **typed}).status_code == 302
    plan = FeePlan.objects.get()
    assert (plan.total_paise, plan.fine_paise, plan.instalments.get().days_after) == (11_800_000, 5_000, 0)


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        (rows(("60,000", "", "0"), ("57,999.50", "", "30")), "to ₹1,18,000.00: ₹0.50 is missing."),
        (rows(("60,000", "", "0"), ("58,001", "", "30")), "to ₹1,18,000.00: ₹1.00 is too much."),
        (rows(), "₹1,18,000.00 is missing."),
        (rows(("1,18,000", "", "")), "Say when it is due."),
        (rows(("1,18,000", "2026-12-01", "3")), "not both."),
        (rows(("", "2026-12-01", "")), "Give the amount."),
        (rows(("59,000", "", "60"), ("59,000", "", "30")), "Instalment 2 is due before one above it."),
        (rows(("1,18,000", "2076-12-01", "")), "Instalment 1 is due more than a year away from the batch."),
        ({"count": ""}, "Say how many instalments."),
        ({"count": "1"}, "Write 2 or more."),
        ({"count": "4000"}, "Write 36 or less."),
        ({"lines-0-paise": ""}, "Give the amount, or choose nothing here."),
        ({"lines-0-head": ""}, "Say what this is for."),
        ({"lines-1-head": "tuition", "lines-1-paise": "5"}, "A fee head stands in two lines."),
        ({"lines-0-head": "", "lines-0-paise": ""}, "Give the amount."),
        (
            {"lines-0-paise": "10,00,00,00,000", "lines-1-head": "material", "lines-1-paise": "1"},
            "not above ₹1,000 crore",
        ),
        ({"fine_paise": ""}, "Say how much the late fine is."),
        ({"fine_cap_paise": "20"}, "This is less than the fine itself."),
        ({"name": " \u200b "}, "Write one line of text."),
        ({"name": "शिक्षण शुल्क " * 16}, "at most 80 characters fit"),
        ({"how": "PERHAPS"}, "This is not among the choices any more."),
        ({"lines-0-head": "9" * 40}, "This is not among the choices any more."),
    ],
)
def test_what_does_not_fit_is_said_and_nothing_is_saved(save, changes, words):
    answer = save(**changes)
    assert answer.status_code == 200
    assert words in text(answer)
    assert not FeePlan.objects.exists()
    assert not FeeHead.objects.exists()


def test_heads_fall_into_instalments_as_the_page_shows_them(admin, batch, save):
    made.head("Admission", is_one_off=True, gst_bp=0)
    made.head("Tuition")
    keys = {one.name: str(one.uuid) for one in FeeHead.objects.all()}
    more = {"lines-0-head": keys["Admission"], "lines-0-paise": "1,000", "lines-1-head": keys["Tuition"]}
    answer = admin.post(f"/fees/batches/{batch.uuid}/preview/", {**TYPED, **more, "lines-1-paise": "7000"})
    assert "Admission 1,000.00, Tuition 1,000.00" in text(answer)
    assert "On joining" in text(answer)
    assert "180 days after joining" in text(answer)
    assert not FeePlan.objects.exists()
    assert save(**more, **{"lines-1-paise": "7000"}).status_code == 302
    enrolments.enrol(batch, student=people.student(), actor=people.admin())
    first = Due.objects.earliest("due_on")
    assert sorted((one.head.name, one.total_paise) for one in first.lines.all()) == [
        ("Admission", 100_000),
        ("Tuition", 100_000),
    ]


def test_a_preview_says_what_is_missing(admin, batch):
    for typed, words in (
        ({"lines-0-paise": "12.345"}, "two places"),
        (rows(("1", "", "0")), "₹1,17,999.00 is missing"),
    ):
        answer = admin.post(f"/fees/batches/{batch.uuid}/preview/", {**TYPED, **typed})
        assert (answer.status_code, words in text(answer)) == (200, True)
    assert admin.post(f"/fees/batches/{batch.uuid}/preview/", {}).status_code == 200


def test_equal_instalments_are_written_out_to_be_changed_one_by_one(save, batch):
    first = batch.starts_on + timedelta(days=9)
    answer = save(do="rows", first_on=first.isoformat(), months="1", note="क")
    editor = answer.context["editor"]
    shown = [(one["paise"].value(), one["due_on"].value()) for one in editor.parts][:4]
    assert [paise for paise, _day in shown] == ["29,500.00"] * 4
    assert shown[0][1] == first
    assert (editor.form["how"].value(), editor.form["note"].value()) == ("OWN", "क")
    assert editor.lines.forms[0]["paise"].value() == "1,18,000"
    assert len(editor.parts.forms) > 4  # room for more
    assert not FeePlan.objects.exists()
    answer = save(do="rows", **rows(("1", "", "0"), ("", "", ""), ("3", "2026-12-01", "")))
    assert [one["paise"].value() for one in answer.context["editor"].parts][:2] == ["1", "3"]
    assert "How many" in text(save(do="rows", count=""))


def test_a_change_is_another_version_and_leaves_dues_alone(admin, batch, save):
    save()
    old = FeePlan.objects.get()
    enrolments.enrol(batch, student=people.student(), actor=people.admin())
    page = text(admin.get(f"/fees/plans/{old.uuid}/change/"))
    assert "1 student is charged by this plan as it was." in page
    assert 'value="1,18,000.00"' in page
    answer = admin.post(f"/fees/plans/{old.uuid}/change/", again(old, **{"lines-0-paise": "1,30,000"}, note="Session"))
    assert answer.status_code == 302
    new = FeePlan.objects.get(version=2)
    assert (new.total_paise, new.name, PlanOffer.objects.get().plan) == (13_000_000, old.name, new)
    assert PlanOffer.objects.get().is_default
    assert sum(Due.objects.values_list("total_paise", flat=True)) == 11_800_000
    found = plans.of_batch(batch)
    assert [(one.students, one.earlier, one.parts) for one in found.offers] == [(0, 1, 4)]
    assert "1 student on an earlier version" in text(admin.get(f"/fees/batches/{batch.uuid}/"))
    assert "Version 2 is in use." in text(admin.get(f"/fees/plans/{old.uuid}/"))
    enrolments.enrol(batch, student=people.other_student(), actor=people.admin())
    assert Agreement.objects.latest("pk").plan == new


def test_two_tabs_do_not_write_over_each_other_unseen(admin, save):
    save()
    old = FeePlan.objects.get()
    way = f"/fees/plans/{old.uuid}/change/"
    assert admin.post(way, again(old, **{"lines-0-paise": "1,20,000"})).status_code == 302
    answer = admin.post(way, again(old, **{"lines-0-paise": "1,30,000"}))
    assert answer.status_code == 409
    assert "Somebody saved version 2 in the meantime." in text(answer)
    assert 'value="1,30,000"' in text(answer)
    assert FeePlan.objects.count() == 2
    seen = answer.context["editor"].form["seen"].value()
    assert admin.post(way, again(old, **{"lines-0-paise": "1,30,000", "seen": seen})).status_code == 302
    assert PlanOffer.objects.get().plan.total_paise == 13_000_000
    answer = save(**{"lines-0-head": str(FeeHead.objects.get(name="Tuition").uuid)})
    assert "This batch has a plan of this name already." in text(answer)


def test_of_several_plans_one_is_given_to_who_joins(admin, batch, save):
    save()
    tuition = str(FeeHead.objects.get(name="Tuition").uuid)
    save(**{"name": "Lump sum", "how": "ONCE", "is_default": "", "lines-0-head": tuition, "lines-0-paise": "1,10,000"})
    lump = PlanOffer.objects.get(name="Lump sum")
    assert (PlanOffer.objects.get(is_default=True).name, lump.plan.version) == ("Full fee", 2)
    way = f"/fees/plans/{lump.plan.uuid}/offer/"
    admin.post(way, {"do": "default"})
    assert PlanOffer.objects.get(is_default=True).name == "Lump sum"
    admin.post(way, {"do": "withdraw"})
    assert not PlanOffer.objects.filter(is_default=True).exists()
    assert "Students who join owe nothing" in text(admin.get(f"/fees/batches/{batch.uuid}/"))
    enrolments.enrol(batch, student=people.student(), actor=people.admin())
    assert not Due.objects.exists()
    assert admin.post(way, {"do": "default"}).status_code == 409
    admin.post(way, {"do": "offer"})
    admin.post(way, {"do": "default"})
    assert PlanOffer.objects.get(is_default=True).plan == lump.plan
    assert admin.post(f"/fees/batches/{batch.uuid}/charge/", follow=True).status_code == 200
    assert Due.objects.get().total_paise == 11_000_000


def test_those_who_joined_before_there_was_a_fee_are_charged_by_hand(admin, batch, save):
    for one in students(3):
        enrolments.enrol(batch, student=one, actor=people.admin())
    save()
    assert "3 students of this batch are not charged." in text(admin.get(f"/fees/batches/{batch.uuid}/"))
    way = f"/fees/batches/{batch.uuid}/charge/"
    assert "3 students are charged." in text(admin.post(way, follow=True))
    assert "Nobody was left to charge." in text(admin.post(way, follow=True))
    assert Due.objects.count() == 12


def test_what_stands_now_is_what_a_change_begins_with(admin, save, batch):
    first = batch.starts_on + timedelta(days=9)
    save(first_on=first.isoformat(), months="2")
    plan = FeePlan.objects.get()
    editor = admin.get(f"/fees/plans/{plan.uuid}/change/").context["editor"]
    shown = {name: editor.form[name].value() for name in ("how", "count", "first_on", "months", "fine_paise", "seen")}
    assert shown == {
        "how": "EQUAL",
        "count": 4,
        "first_on": first,
        "months": 2,
        "fine_paise": "50.00",
        "seen": 1,
    }
    assert editor.preview().total.total == 11_800_000


def test_an_archived_head_stays_in_plans_and_is_refused_in_new_ones(admin, save):
    save()
    plan, head = FeePlan.objects.get(), FeeHead.objects.get(name="Tuition")
    admin.post(f"/fees/heads/{head.uuid}/archive/", {"do": "archive"})
    assert "₹1,18,000.00" in text(admin.get(f"/fees/plans/{plan.uuid}/"))
    answer = admin.post(f"/fees/plans/{plan.uuid}/change/", again(plan))
    assert "One of these fee heads is archived." in text(answer)
    assert FeePlan.objects.count() == 1


def test_an_own_plan_is_a_version_that_nobody_else_is_offered(batch):
    made.plan(batch, (10_000, 0))
    stay = made.enrolment(batch=batch)
    line = plans.Line(FeeHead.objects.get(), 5_000)
    given = {"price_mode": "INCLUSIVE", "lines": [line], "fine": FineRule(), "actor": people.admin()}
    now = timezone.now()
    own = plans.write_plan(batch, name="Own", parts=[Part(5_000, days_after=0)], enrolment=stay, now=now, **given)
    assert (own.version, PlanOffer.objects.count(), own.enrolment) == (2, 1, stay)
    with pytest.raises(plans.PlanRefused):
        plans.write_plan(
            a_batch("Other"), name="Own", parts=[Part(5_000, days_after=0)], enrolment=stay, now=now, **given
        )
    too_much = [plans.Line(FeeHead.objects.get(), MOST_PAISE + 1)]
    with pytest.raises(plans.PlanRefused):
        plans.require_sense(batch, name="x", lines=too_much, parts=[], fine=FineRule())


def test_three_hundred_versions_cost_the_page_no_more(admin, batch, save, same_queries):
    save()
    first, line = FeePlan.objects.get(), plans.Line(FeeHead.objects.get(name="Tuition"), 100)
    given = {"price_mode": "INCLUSIVE", "lines": [line], "fine": FineRule(), "actor": people.admin()}

    def add(count: int) -> None:
        for _number in range(count):
            plans.write_plan(batch, name="Full fee", parts=[Part(100, days_after=0)], now=timezone.now(), **given)

    assert same_queries(lambda: admin.get(f"/fees/plans/{first.uuid}/"), add=add, at_most=16)
    copies = [
        FeePlan(batch=batch, version=number, name="Full fee", price_mode="INCLUSIVE", total_paise=100)
        for number in range(100, 370)
    ]
    FeePlan.objects.bulk_create(copies)
    page = text(admin.get(f"/fees/plans/{first.uuid}/?page=2"))
    assert "21 to 40 of 301" in page
    assert text(admin.get(f"/fees/batches/{batch.uuid}/")).count("rows-first") == 1


def test_lists_cost_the_same_for_few_batches_and_many(admin, same_queries):
    def add(count: int) -> None:
        for _number in range(count):
            made.plan(a_batch(f"बैच {Batch.objects.count()} " + "बहुत लंबा नाम " * 6), (10_000, 0), (20_000, 30))

    same_queries(lambda: admin.get("/fees/plans/"), add=add, at_most=14)
    page = text(admin.get("/fees/plans/?q=बैच"))
    assert "₹300.00" in page
    assert "No batch is called so" in text(admin.get("/fees/plans/?q=" + "x" * 300))


def test_an_archived_batch_shows_its_plans_and_takes_no_more(admin, batch, save):
    save()
    plan = FeePlan.objects.get()
    Batch.objects.filter(pk=batch.pk).update(archived_at=timezone.now())
    assert save().status_code == 404
    assert admin.post(f"/fees/plans/{plan.uuid}/change/", again(plan)).status_code == 404
    page = text(admin.get(f"/fees/batches/{batch.uuid}/"))
    assert "This batch is archived." in page
    assert f"/fees/batches/{batch.uuid}/new/" not in page


def test_days_of_a_plan_begin_where_the_page_says(save, batch):
    day = batch.starts_on + timedelta(days=30)
    assert save(first_on=day.isoformat(), months="1", count="2").status_code == 302
    assert FeePlan.objects.get().instalments.first().due_on == date.fromisoformat(day.isoformat())
