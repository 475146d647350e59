"""Fees of 5,000 students, 20,000 dues: each report against a bare sum. `python -m benchmarks.fees_reports [--json]`.

The bare sum is one query over all dues with their balances, without frame, person or page: what every report must do at
least. One process, SQLite (PostgreSQL with DATABASE_URL of an empty database, which is migrated and filled), no
network; all take turns, and the figure is the median of the rounds' ratios. On PostgreSQL the CPU of the database is
not in it, so the time that passed is said, too.
"""

import argparse
import json
import random
import statistics
import time
from datetime import date, timedelta
from typing import Any

from benchmarks.in_process import Act, product, ratio, take_turns, with_queries

STUDENTS, BATCHES, PARTS = 5_000, 40, 4
INSTALMENT = 25_000_00
AT_A_TIME = 1_000


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--json", action="store_true")
    parser.add_argument("--rounds", type=int, default=7)
    parser.add_argument("--students", type=int, default=STUDENTS)
    options = parser.parse_args()
    with product():
        figures = _measure(options.rounds, options.students)
    if options.json:
        print(json.dumps(figures, indent=1))
        return
    print(f"{'report':30}{'CPU ms':>8}{'ms':>8}{'queries':>9}{'KB':>6}{'to a bare sum':>15}")
    for name, one in figures.items():
        print(f"{name:30}{one['cpu_ms']:8.1f}{one['ms']:8.1f}{one['queries']:9}{one['kb']:6}{one['to_bare']:15.2f}")


def _measure(rounds: int, students: int) -> dict[str, dict[str, Any]]:
    from django.test import Client
    from django.utils import timezone

    from accounts.models import Role, User
    from batches.models import Batch
    from fees import reports

    _fill(students)
    admin = User.objects.get(role=Role.ADMIN)
    browser = Client()
    browser.force_login(admin)
    today, batch = timezone.localdate(), Batch.objects.earliest("pk").uuid

    def page(address: str) -> Act:
        return lambda: browser.get(f"/fees/{address}")

    acts: dict[str, Act] = {
        "bare sum": _bare,
        "overview": page("overview/"),
        "overview of a batch": page(f"overview/?batch={batch}"),
        "dues": page("dues/"),
        "dues, overdue": page("dues/?state=overdue"),
        "dues of a name": page("dues/?q=Student+12"),
        "by age": page("ageing/"),
        "defaulters": page("defaulters/"),
        "defaulters of a batch": page(f"defaulters/?batch={batch}"),
        "collected in a month": page("collections/"),
        "collected on a day": page(f"collections/?on={today - timedelta(days=10):%Y-%m-%d}"),
        "GST": page(f"gst/?month={today - timedelta(days=40):%Y-%m}"),
        "register of documents": page("registers/documents/"),
        "register of advances": page("registers/advances/"),
        "first screen's figures": lambda: reports.office_panel(User(pk=admin.pk, role=Role.ADMIN), now=timezone.now()),
    }
    taken = take_turns(acts, rounds=rounds, times={})
    return {name: _figures(act, name, taken) for name, act in acts.items()}


def _bare() -> Any:
    from fees import reports
    from fees.models import Due

    return reports.sums_of(Due.objects.all())


def _figures(act: Act, name: str, taken: dict[str, list[float]]) -> dict[str, Any]:
    began = time.perf_counter()
    answer, queries = with_queries(act)
    passed = time.perf_counter() - began
    content = getattr(answer, "content", b"")
    assert getattr(answer, "status_code", 200) == 200, name
    return {
        "cpu_ms": round(statistics.median(taken[name]), 1),
        "ms": round(passed * 1000, 1),
        "queries": queries,
        "kb": len(content) // 1000,
        "to_bare": round(ratio(taken[name], taken["bare sum"]), 2),
    }


# --- Rows -------------------------------------------------------------------------------------------------------------


def _fill(students: int) -> None:
    """Four instalments each, nine months ago to three months ahead: most are paid, some late, a few with an advance."""
    from django.db import transaction

    with transaction.atomic():
        stays = _people(students)
        dues = _dues(stays)
        _money(dues)


def _people(count: int) -> list[Any]:
    from django.utils import timezone

    from accounts.models import Guardianship, Role, User
    from batches.models import Batch, Enrolment
    from fees.models import StudentAccount

    today, now = timezone.localdate(), timezone.now()
    User.objects.create(name="Office", email="office@bench.test", role=Role.ADMIN, password="!")
    batches = Batch.objects.bulk_create(
        Batch(name=f"Batch {n:02}", starts_on=today - timedelta(days=300), ends_on=today + timedelta(days=100))
        for n in range(BATCHES)
    )
    people = User.objects.bulk_create(
        (
            User(name=f"Student {n} विद्यार्थी", role=Role.STUDENT, admission_number=f"B-{n}", password="!")
            for n in range(count)
        ),
        batch_size=AT_A_TIME,
    )
    parents = User.objects.bulk_create(
        (
            User(name=f"Parent {n}", role=Role.GUARDIAN, email=f"p{n}@bench.test", phone=f"98230{n:05}", password="!")
            for n in range(count)
        ),
        batch_size=AT_A_TIME,
    )
    Guardianship.objects.bulk_create(
        (Guardianship(guardian=one, student=child) for one, child in zip(parents, people, strict=True)),
        batch_size=AT_A_TIME,
    )
    StudentAccount.objects.bulk_create((StudentAccount(student=one) for one in people), batch_size=AT_A_TIME)
    joined = now - timedelta(days=290)
    return Enrolment.objects.bulk_create(
        (Enrolment(batch=batches[n % BATCHES], student=one, joined_at=joined) for n, one in enumerate(people)),
        batch_size=AT_A_TIME,
    )


def _dues(stays: list[Any]) -> list[Any]:
    """Issued, and billed when their day has come."""
    from django.utils import timezone

    from fees import ledger
    from fees.models import Due, DueLine, FeeHead, FeeSettings, StudentAccount
    from fees.tax import within

    FeeSettings.objects.create(pk=1, gst_mode="REGULAR", gstin="27AAXFP1842K1ZL", state_code="27")
    head = FeeHead.objects.create(name="Tuition")
    accounts = dict(StudentAccount.objects.values_list("student", "pk"))
    today, parts = timezone.localdate(), within(INSTALMENT, gst_bp=1800, is_inter_state=False)
    amounts = {"taxable_paise": parts.taxable, "cgst_paise": parts.cgst, "sgst_paise": parts.sgst}
    amounts["total_paise"] = parts.total
    rows = Due.objects.bulk_create(
        (
            Due(
                account_id=accounts[stay.student_id],
                enrolment=stay,
                kind=Due.Kind.INSTALMENT,
                seq=part + 1,
                part=part + 1,
                parts=PARTS,
                due_on=_day(today, part, number),
                supply_state="27",
                source="bench",
                **amounts,
            )
            for number, stay in enumerate(stays)
            for part in range(PARTS)
        ),
        batch_size=AT_A_TIME,
    )
    DueLine.objects.bulk_create(
        (DueLine(due=due, head=head, sac="999293", gst_bp=1800, **amounts) for due in rows), batch_size=AT_A_TIME
    )
    booking = ledger.Booking(by=None, source="bench", on=today, now=timezone.now())
    ledger.issued(rows, booking)
    _bill([due for due in rows if due.due_on <= today], parts, head.pk)
    return rows


def _day(today: date, part: int, number: int) -> date:
    return today + timedelta(days=(-270, -180, -60, 60)[part] + number % 30)


def _bill(dues: list[Any], parts: Any, head: int) -> None:
    from django.utils import timezone

    from fees import ledger
    from fees.models import Bill

    bills = Bill.objects.bulk_create((Bill(due=due, billed_on=due.due_on) for due in dues), batch_size=AT_A_TIME)
    by_day: dict[date, list[Any]] = {}
    for bill in bills:
        by_day.setdefault(bill.billed_on, []).append(bill)
    for day, some in by_day.items():
        booking = ledger.Booking(by=None, source="bench", on=day, now=timezone.now())
        ledger.billed(((bill, [(head, parts)]) for bill in some), booking)


def _money(dues: list[Any]) -> None:
    """The first two instalments are mostly paid, the third by half of them, each with a receipt."""
    from django.utils import timezone

    from accounts.models import Role, User
    from fees.models import Allocation, Document, Mode, Payment, Reversal

    chance, cashier, today = random.Random(7), User.objects.get(role=Role.ADMIN), timezone.localdate()
    paid = [due for due in dues if chance.random() < (0.98, 0.95, 0.6, 0.02)[due.part - 1]]
    payments = Payment.objects.bulk_create(
        (
            Payment(
                account_id=due.account_id,
                mode=chance.choice((Mode.CASH, Mode.UPI, Mode.CARD)),
                reference=f"R{number}",
                amount_paise=INSTALMENT + (1_000_00 if number % 40 == 0 else 0),
                received_on=min(today, due.due_on + timedelta(days=chance.randrange(-5, 12))),
                received_by=cashier,
            )
            for number, due in enumerate(paid)
        ),
        batch_size=AT_A_TIME,
    )
    Allocation.objects.bulk_create(
        (
            Allocation(
                payment=payment, due=due, amount_paise=INSTALMENT - (5_000_00 if n % 25 == 0 else 0), source="bench"
            )
            for n, (payment, due) in enumerate(zip(payments, paid, strict=True))
        ),
        batch_size=AT_A_TIME,
    )
    Document.objects.bulk_create(
        (
            Document(
                kind="RECEIPT",
                year="26-27",
                serial=number,
                number=f"RCP/26-27/{number:06}",
                dated_on=payment.received_on,
                account_id=payment.account_id,
                payment=payment,
                amount_paise=payment.amount_paise,
                snapshot="{}",
                sha256="x",
                code=f"B{number:09}",
            )
            for number, payment in enumerate(payments, 1)
        ),
        batch_size=AT_A_TIME,
    )
    for payment in payments[::500]:
        for one in list(payment.allocations.all()):
            Allocation.objects.create(
                payment=payment, due_id=one.due_id, amount_paise=one.amount_paise, reverses=one, source="bench"
            )
        Reversal.objects.create(payment=payment, kind="UNDO", reason="Typed wrongly", made_by=cashier)


if __name__ == "__main__":
    main()
