"""The office's page of a student's fees, over HTTP: what it shows, and what is done there."""

from datetime import timedelta
from uuid import uuid4

import pytest
from django.urls import reverse
from django.utils import timezone

from accounts.models import Guardianship
from batches import enrolments
from batches.models import Enrolment
from fees import billing
from fees.models import (
    Agreement,
    Concession,
    Credit,
    Document,
    Due,
    FeePlan,
    FeeSettings,
    LedgerEntry,
    StudentAccount,
)
from tests import people
from tests.batches.enrolling import batch
from tests.fees import charged, made

pytestmark = pytest.mark.django_db


@pytest.fixture
def stay() -> Enrolment:
    one = batch()
    charged.plan(one, {"Tuition": 90000, "Books": 10000}, (50000, 0), (50000, 30))
    return enrolments.enrol(one, student=people.student(), actor=people.admin())


@pytest.fixture
def office():
    return people.signed_in(people.admin())


@pytest.fixture
def counter():
    return people.signed_in(made.the_cashier())


def page() -> str:
    return reverse("fee_account", args=[people.student().uuid])


def said(response) -> str:
    return response.content.decode()


# --- Looking ----------------------------------------------------------------------------------------------------------


def test_the_office_sees_dues_sums_and_what_can_be_done(counter, office, stay) -> None:
    first = Due.objects.order_by("seq")[0]
    made.payment(61000, (first, 50000))
    text = said(counter.get(page()))
    for words in ("Instalment 1 of 2", "Instalment 2 of 2", "500.00", "₹110.00", "Ask for a concession"):
        assert words in text
    assert "Another plan" not in text
    assert "Another plan" in said(office.get(page()))


def test_who_was_never_charged_has_a_page_and_somebody_else_has_none(counter) -> None:
    assert "In no batch yet" in said(counter.get(page()))
    assert not StudentAccount.objects.exists()
    assert counter.get(reverse("fee_account", args=[people.teacher().uuid])).status_code == 404


def test_the_page_costs_the_same_for_few_and_many(same_queries, counter) -> None:
    made.due(10000, days=-3)

    def add(count: int) -> None:
        for number in range(count):
            part = Due.objects.count() + 1
            one = made.due(10000, days=number, part=part, parts=99)
            made.payment(5000, (one, 5000))

    same_queries(lambda: counter.get(page()), add=add, at_most=34)


def test_dues_that_were_replaced_stand_apart(office, stay) -> None:
    made.payment(50000, (Due.objects.order_by("seq")[0], 50000))
    enrolments.leave(stay, actor=people.admin())
    text = said(office.get(page()))
    assert "1 due was replaced or withdrawn" in text
    assert text.index("Instalment 1 of 2") < text.index("replaced or withdrawn") < text.index("Instalment 2 of 2")


# --- Charging and correcting ------------------------------------------------------------------------------------------


def test_something_else_is_charged(counter, stay) -> None:
    head, address = made.head(), reverse("fee_charge", args=[people.student().uuid])
    form = {"label": "Hoodie", "head": head.uuid, "amount_paise": "1,250.50", "due_on": timezone.localdate()}
    assert counter.post(address, {**form, "amount_paise": "12.345"}).status_code == 422
    form["form"] = counter.get(address).context["form"]["form"].value()
    for _twice in range(2):
        assert counter.post(address, form).url == page()
    due = Due.objects.get(kind=Due.Kind.OTHER)
    assert (due.label, due.total_paise, due.issued_by, due.enrolment) == ("Hoodie", 125050, made.the_cashier(), None)


def test_what_was_charged_wrongly_is_taken_off_by_an_admin(office, counter, stay) -> None:
    due = Due.objects.order_by("seq")[0]
    address = reverse("fee_due_correct", args=[due.uuid])
    form = {"correct-amount_paise": "100", "correct-reason": "Books were his own"}
    assert counter.post(address, form).status_code == 403
    assert office.post(address, {**form, "correct-amount_paise": "500.01"}).status_code == 422
    form["correct-form"] = uuid4()
    for _twice in range(2):
        assert office.post(address, form).status_code == 302
    due.refresh_from_db()
    assert (due.balance.open_paise, due.credits.get().made_by) == (40000, people.admin())
    assert "Books were his own" in said(office.get(reverse("fee_due", args=[due.uuid])))


def test_what_is_taken_off_after_the_invoice_has_a_credit_note(office) -> None:
    made.registered()
    one = batch()
    charged.plan(one, {"Tuition": 118000}, (118000, 0))
    enrolments.enrol(one, student=people.student(), actor=people.admin())
    due = Due.objects.get()
    billing.bill([due], booking=made.booking())
    form = {"correct-amount_paise": "118", "correct-reason": "Typed wrongly"}
    assert office.post(reverse("fee_due_correct", args=[due.uuid]), form).status_code == 302
    [note] = Document.objects.filter(kind="CREDIT_NOTE")
    assert (note.amount_paise, note.credit.taxable_paise, note.credit.cgst_paise) == (11800, 10000, 900)
    booked = LedgerEntry.objects.filter(kind="CREDIT", credit=f"student:{due.account_id}")
    assert dict(booked.values_list("debit", "amount_paise")) == {"concession": 10000, "cgst": 900, "sgst": 900}
    assert note.number in said(office.get(reverse("fee_due", args=[due.uuid])))


def test_a_due_says_what_it_is_made_of(office) -> None:
    made.registered()
    one = batch()
    charged.plan(one, {"Tuition": 100000, "Books": 18000}, (118000, 0))
    enrolments.enrol(one, student=people.student(), actor=people.admin())
    text = said(office.get(reverse("fee_due", args=[Due.objects.get().uuid])))
    for words in ("Tuition", "Books", "CGST", "1,180.00", "90.00", "not billed yet"):
        assert words in text


def test_the_account_keeps_dispute_and_note_and_only_admins_change_what_decides_the_tax(office, counter) -> None:
    address = reverse("fee_account_change", args=[people.student().uuid])
    assert counter.post(address, {"is_disputed": "on", "note": "Calls back", "gstin": made.GSTIN}).status_code == 302
    row = StudentAccount.objects.get()
    assert (row.is_disputed, row.note, row.gstin) == (True, "Calls back", "")
    assert office.post(address, {"gstin": "27AAXFP1842K1ZX"}).status_code == 422
    assert office.post(address, {"gstin": made.GSTIN, "bill_to": "Acme Ltd"}).status_code == 302
    row.refresh_from_db()
    assert (row.gstin, row.state_code, row.bill_to) == (made.GSTIN, "27", "Acme Ltd")
    assert "Calls back" not in said(office.get(page()))


def test_the_advance_is_used_by_a_button(counter, stay) -> None:
    made.payment(30000, student=people.student())
    counter.post(reverse("fee_advance_use", args=[people.student().uuid]))
    assert Due.objects.order_by("seq")[0].balance.paid_paise == 30000


# --- Plans ------------------------------------------------------------------------------------------------------------


def test_an_admin_puts_a_student_on_another_plan(office, stay) -> None:
    plan = charged.plan(stay.batch, {"Tuition": 80000}, (80000, 10), name="Lump sum")
    address = reverse("fee_agree", args=[stay.uuid])
    assert "Lump sum" in said(office.get(address))
    assert office.post(address, {"plan": plan.uuid}).status_code == 422
    assert office.post(address, {"plan": plan.uuid, "reason": "Pays at once"}).url == page()
    assert [one.total_paise for one in Due.objects.open()] == [80000]


def test_a_plan_that_costs_less_than_was_paid_is_refused_at_its_field(office, stay) -> None:
    made.payment(50000, (Due.objects.order_by("seq")[0], 50000))
    plan = charged.plan(stay.batch, {"Tuition": 40000}, (40000, 0), name="Short")
    answer = office.post(reverse("fee_agree", args=[stay.uuid]), {"plan": plan.uuid, "reason": "Leaves early"})
    assert answer.status_code == 422
    assert "₹500.00 was paid already" in said(answer)


def test_a_plan_of_his_own_is_written_and_holds_at_once(office, stay) -> None:
    address = reverse("fee_own_plan", args=[stay.uuid])
    form = office.get(address).context["editor"]
    fields = {}
    for part in (form.form, form.lines.management_form, form.parts.management_form, *form.lines, *form.parts):
        for field in part:
            value = field.value()
            fields[field.html_name] = "" if value is None or value is False else value
    fields |= {"lines-0-paise": "500.00", "lines-1-paise": "100.00", "how": "ONCE", "do": "save", "note": "Bursary"}
    assert office.post(address, fields).url == page()
    agreed = Agreement.objects.select_related("plan").order_by("revision").last()
    assert (agreed.revision, agreed.plan.enrolment, agreed.plan.total_paise) == (2, stay, 60000)
    assert sum(one.total_paise for one in Due.objects.open()) == 60000
    assert FeePlan.objects.filter(offer__isnull=False).count() == 1


# --- Concessions ------------------------------------------------------------------------------------------------------


def ask(client, stay, **fields):
    form = {"type": "SCHOLARSHIP", "bp": "10", "reason": "Rank 1", **fields}
    return client.post(reverse("concession_ask", args=[stay.uuid]), form)


def decide(client, row, **form):
    return client.post(reverse("concession_decide", args=[row.uuid]), form, follow=True)


def test_a_cashier_asks_and_an_admin_approves(office, counter, stay) -> None:
    assert ask(counter, stay).url == page()
    row = Concession.objects.get()
    assert (row.bp, row.requested_by) == (1000, made.the_cashier())
    assert people.student().name in said(counter.get(reverse("concession_list")))
    assert counter.post(reverse("concession_decide", args=[row.uuid]), {"do": "approve"}).status_code == 403
    shown = said(office.get(reverse("concession", args=[row.uuid])))
    assert "₹100.00" in shown
    assert "Approved: ₹100.00 less to pay." in said(decide(office, row, do="approve"))
    assert Credit.objects.filter(concession=row).count() == 2
    assert "No request waits" in said(office.get(reverse("concession_list")))
    assert "Rank 1" in said(office.get(reverse("concession_list"), {"show": "decided", "q": "Ananya"}))


@pytest.mark.parametrize(
    "fields",
    [{"bp": "", "amount_paise": ""}, {"amount_paise": "10"}, {"bp": "101"}, {"bp": "", "amount_paise": "1e5"}],
)
def test_neither_or_both_or_no_amount_is_said_at_the_form(counter, stay, fields) -> None:
    assert ask(counter, stay, **fields).status_code == 422
    assert not Concession.objects.exists()


def test_an_admin_does_not_approve_what_he_asked_for(office, stay) -> None:
    ask(office, stay)
    row = Concession.objects.get()
    assert "Approve</button>" not in said(office.get(reverse("concession", args=[row.uuid])))
    assert "Another admin decides about it." in said(decide(office, row, do="approve"))
    row.refresh_from_db()
    assert row.state == Concession.State.REQUESTED
    office.post(reverse("concession_withdraw", args=[row.uuid]))
    row.refresh_from_db()
    assert row.state == Concession.State.WITHDRAWN


def test_rejecting_and_revoking_need_a_reason(office, counter, stay) -> None:
    ask(counter, stay)
    row = Concession.objects.get()
    assert decide(office, row, do="reject").status_code == 422
    decide(office, row, do="approve")
    assert decide(office, row, **{"do": "revoke", "no-reason": ""}).status_code == 422
    assert "Revoked." in said(decide(office, row, **{"do": "revoke", "no-reason": "Marks fell"}))
    assert sum(one.balance.open_paise for one in Due.objects.open().select_related("balance")) == 100000
    assert "was faster: Revoked." in said(decide(office, row, **{"do": "reject", "no-reason": "x"}))


def test_a_growing_fine_is_waived_from_the_page_of_what_is_late(office, counter) -> None:
    one = batch()
    made.plan(one, (10000, 0), fine_kind="FLAT", fine_paise=500)
    enrolments.enrol(one, student=people.student(), actor=people.admin(), joined_at=timezone.now() - timedelta(days=3))
    late = Due.objects.get()
    assert "late fine ₹5.00, growing" in said(counter.get(page()))
    form = {"waive-reason": "Ill", "what": "fine"}
    assert counter.post(reverse("fee_due_waive", args=[late.uuid]), form).url == page()
    decide(office, Concession.objects.get(), do="approve")
    fine = Due.objects.select_related("balance").get(kind=Due.Kind.FINE)
    assert (fine.balance.open_paise, fine.parent) == (0, late)


def test_the_sibling_discount_is_offered_and_asked_for(counter, stay) -> None:
    FeeSettings.objects.create(pk=1, sibling_bp=500)
    for child in (people.student(), people.other_student()):
        Guardianship.objects.create(guardian=people.guardian(), student=child)
    Enrolment.objects.create(
        batch=stay.batch, student=people.other_student(), joined_at=stay.joined_at - timedelta(days=9)
    )
    assert "the sibling discount fits" in said(counter.get(page()))
    counter.post(reverse("concession_sibling", args=[people.student().uuid]))
    assert Concession.objects.get().bp == 500
    assert "the sibling discount fits" not in said(counter.get(page()))


# --- Not one's own ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("who", ["student", "guardian", "teacher", "other student"])
def test_nobody_but_the_office_opens_it(stay, who) -> None:
    client, due = people.signed_in(people.EVERYBODY[who]()), Due.objects.order_by("seq")[0]
    assert client.get(page()).status_code == 403
    assert client.get(reverse("fee_due", args=[due.uuid])).status_code == 403
