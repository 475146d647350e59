"""How the institute bills: one page, a GSTIN checked to its last sign, and fee heads."""

import pytest

from accounts.models import Activity, Institute
from fees import heads
from fees.models import FeeHead, FeePlanLine, FeeSettings
from tests import people
from tests.batches.enrolling import batch as a_batch
from tests.fees import made

pytestmark = pytest.mark.django_db
PAGE = "/fees/settings/"
TYPED = {
    "legal_name": "",
    "gst_mode": "REGULAR",
    "gstin": made.GSTIN,
    "state_code": "27",
    "price_mode": "INCLUSIVE",
    "allocation_order": "FINE_FIRST",
    "undo_minutes": "15",
    "bounce_paise": "500",
    "sibling_bp": "10",
    "sibling_who": "LATER",
    "reminder_days": "-3, 0, 7",
    "receipt_note": "",
    "revision": "1",
}
HEAD = {"name": "Test series", "sac": "999293", "gst_bp": "18", "is_refundable": "on"}


@pytest.fixture
def admin(browser_of):
    return browser_of("admin")


@pytest.fixture
def save(admin):
    return lambda **changes: admin.post(PAGE, {**TYPED, **changes})


def text(answer) -> str:
    return " ".join(answer.content.decode().split())


def test_until_somebody_saves_them_the_defaults_hold(admin):
    assert admin.get(PAGE).status_code == 200
    assert not FeeSettings.objects.exists()
    assert not FeeSettings.current().taxes


def test_the_tax_profile_is_saved_and_the_state_follows_from_the_gstin(save):
    assert save(gstin=" 27aaxfp 1842k1zl ", state_code="").status_code == 302
    row = FeeSettings.objects.get()
    assert (row.gstin, row.state_code, row.taxes, row.revision) == (made.GSTIN, "27", True, 2)
    assert (row.bounce_paise, row.sibling_bp, row.reminder_days) == (50_000, 1_000, "-3,0,7")
    assert "gstin" in Activity.objects.get(event="fees.settings").extra["fields"]


def test_only_what_changed_is_logged_and_nothing_when_nothing_did(save):
    save()
    save(undo_minutes="30", revision="2")
    save(undo_minutes="30", revision="3")
    lines = Activity.objects.filter(event="fees.settings").order_by("pk")
    assert [line.extra["fields"] for line in lines][1:] == [["undo_minutes"]]


@pytest.mark.parametrize(
    ("changes", "field", "words"),
    [
        ({"gstin": "27AAXFP1842K1Z6"}, "gstin", "The last sign does not fit the others"),
        ({"gstin": "27AAXFP1842K1Z"}, "gstin", "A GSTIN has 15 signs, this has 14."),
        ({"gstin": "AAXFP1842K1ZL27"}, "gstin", "A GSTIN is two digits, the PAN and three signs"),
        ({"gstin": "77AAXFP1842K1ZL"}, "gstin", "No state has the number 77"),
        ({"gstin": ""}, "gstin", "Give the GSTIN, or say that the institute is not registered."),
        ({"gst_mode": "UNREGISTERED"}, "gstin", "has no GSTIN"),
        ({"gst_mode": "COMPOSITION", "gstin": ""}, "gstin", "Give the GSTIN"),
        ({"state_code": "29"}, "state_code", "The GSTIN is of Maharashtra."),
        ({"state_code": "28"}, "state_code", "not among the choices"),
        ({"undo_minutes": "1441"}, "undo_minutes", "1440"),
        ({"undo_minutes": "1" + "0" * 30}, "undo_minutes", "1440"),
        ({"bounce_paise": "12.345"}, "bounce_paise", "two places"),
        ({"bounce_paise": "-1"}, "bounce_paise", "without a sign"),
        ({"bounce_paise": "1e5"}, "bounce_paise", "Give an amount in rupees"),
        ({"bounce_paise": "1" + "0" * 30}, "bounce_paise", "too large"),
        ({"bounce_paise": "1,18,00,000.01"}, "bounce_paise", "Give at most ₹1,00,00,000.00."),
        ({"sibling_bp": "100.5"}, "sibling_bp", "100"),
        ({"sibling_bp": "-1"}, "sibling_bp", "0"),
        ({"sibling_bp": "NaN"}, "sibling_bp", ""),
        ({"reminder_days": "soon"}, "reminder_days", "Give whole days separated by commas"),
        ({"reminder_days": "0,900"}, "reminder_days", "to 365 days after"),
        ({"reminder_days": ",".join(map(str, range(13)))}, "reminder_days", "At most 12 reminders"),
        ({"receipt_note": "x" * 201}, "receipt_note", "200"),
        ({"allocation_order": "MINE"}, "allocation_order", ""),
    ],
)
def test_what_does_not_fit_is_refused_at_its_field(save, changes, field, words):
    answer = save(**changes)
    assert answer.status_code == 200
    assert answer.context["form"].errors.keys() == {field}
    assert words in text(answer)
    assert not FeeSettings.objects.exists()


def test_amounts_and_days_are_taken_as_people_type_them(save):
    assert save(bounce_paise="१,१८०.५०", sibling_bp="२.५", reminder_days="7 0, −3, 0").status_code == 302
    row = FeeSettings.objects.get()
    assert (row.bounce_paise, row.sibling_bp, row.reminder_days) == (118_050, 250, "-3,0,7")


def test_two_tabs_do_not_write_over_each_other_unseen(save):
    assert save().status_code == 302
    answer = save(legal_name="Pragati Trust", undo_minutes="5")  # still over revision 1
    assert answer.status_code == 409
    assert "Somebody else saved these settings" in text(answer)
    assert 'value="Pragati Trust"' in text(answer)
    assert FeeSettings.objects.get().undo_minutes == 15
    assert answer.context["form"]["revision"].value() == "2"
    assert save(legal_name="Pragati Trust", revision="2").status_code == 302
    assert FeeSettings.objects.get().legal_name == "Pragati Trust"


def test_an_address_in_another_state_than_the_gstin_is_pointed_out(admin, save):
    Institute.objects.create(pk=1, name="Pragati", state="Karnataka")
    Institute.forget()
    save()
    assert "address is in Karnataka, its GSTIN is of Maharashtra" in text(admin.get(PAGE))


def test_a_head_is_made_changed_put_away_and_taken_back(admin):
    assert admin.post("/fees/heads/new/", {**HEAD, "name": " Test   series "}).status_code == 302
    head = FeeHead.objects.get()
    assert (head.name, head.gst_bp, head.is_refundable, head.is_one_off) == ("Test series", 1_800, True, False)
    batch = a_batch()
    made.plan(batch, (10_000, 0))
    way = f"/fees/heads/{made.head().uuid}/"
    shown = admin.get(way).context["form"]["shown"].value()
    assert "1 plan keeps what it was" in text(admin.get(way))
    assert admin.post(way, {**HEAD, "name": "Tuition", "gst_bp": "5", "shown": shown}).status_code == 302
    assert (made.head().gst_bp, FeePlanLine.objects.get().gst_bp) == (500, 1_800)
    answer = admin.post(way, {**HEAD, "name": "Tuition", "gst_bp": "12", "shown": shown})
    assert "Somebody changed this in the meantime" in text(answer)
    assert made.head().gst_bp == 500
    admin.post(f"{way}archive/", {"do": "archive"})
    assert made.head() not in heads.offered()
    assert "Archived" in text(admin.get("/fees/heads/"))
    admin.post(f"{way}archive/", {"do": "restore"})
    assert made.head() in heads.offered()
    verbs = [line.extra["verb"] for line in Activity.objects.filter(event="fees.head").order_by("pk")]
    assert verbs == ["added", "changed", "archived", "restored"]


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"name": "TUITION"}, "There is such a fee head already."),
        ({"name": ""}, "still empty"),
        ({"name": "शिक्षण " * 30}, "at most 80 characters"),
        ({"sac": "99"}, "four, six or eight digits"),
        ({"gst_bp": "101"}, "100 or less"),
        ({"gst_bp": "18.005"}, ""),
        ({"gst_bp": "1e30"}, ""),
    ],
)
def test_a_head_that_does_not_fit_is_refused(admin, changes, words):
    made.head("Tuition")
    answer = admin.post("/fees/heads/new/", {**HEAD, **changes})
    assert answer.status_code == 200
    assert words in text(answer)
    assert answer.context["form"].errors
    assert FeeHead.objects.count() == 1


def test_the_products_own_heads_are_made_once_renamed_and_never_put_away(admin):
    made.head("Late fine")  # somebody has one of this name
    fine = heads.of_use(FeeHead.Use.FINE)
    assert heads.of_use(FeeHead.Use.FINE) == fine
    assert fine.name == "Late fine (charge)"
    assert fine not in heads.offered()
    assert admin.post(f"/fees/heads/{fine.uuid}/archive/", {"do": "archive"}).status_code == 409
    assert admin.post(f"/fees/heads/{fine.uuid}/", {**HEAD, "name": "विलंब शुल्क"}).status_code == 302
    assert heads.of_use(FeeHead.Use.FINE).name == "विलंब शुल्क"


def test_a_cashier_keeps_away_from_settings_and_plans():
    browser = people.signed_in(made.the_cashier())
    for way in (PAGE, "/fees/heads/", "/fees/plans/", f"/fees/batches/{a_batch().uuid}/"):
        assert browser.get(way).status_code == 403


def test_the_list_of_heads_costs_the_same_for_few_and_many(admin, same_queries):
    def add(count: int) -> None:
        for _number in range(count):
            made.head(f"Head {FeeHead.objects.count()}")

    same_queries(lambda: admin.get("/fees/heads/"), add=add, at_most=12)
