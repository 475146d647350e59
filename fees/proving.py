"""Proof of the books: every rule that must hold over all rows, and each row that breaks one. Reads only.

Numbers of rules are those of the docs: I1 the ledger (`proving_ledger`), I2 dues, I3 payments, I4 receipts, I5 money
given back, I6 numbers of documents, I7 plans, I8 whole paise, I9 what documents say, I12 who did it, DAY closed days,
GUARD triggers.
"""

import hashlib
from collections.abc import Callable, Iterator
from itertools import groupby
from typing import Any

from django.apps import apps
from django.db import connection
from django.db.backends.utils import CursorWrapper
from django.db.models import BigIntegerField, Case, F, Field, Model, OuterRef, Q, QuerySet, Subquery, Sum, When
from django.db.models.functions import Coalesce

from coaching.lib import triggers
from fees import days, numbering, proving_ledger
from fees.broken import Broken
from fees.models import (
    Allocation,
    CashierDay,
    Credit,
    DocKind,
    DocSeries,
    Document,
    Due,
    DueLine,
    FeePlan,
    FeePlanInstalment,
    FeePlanLine,
    LedgerEntry,
    Payment,
    Payout,
    Reversal,
)

COLUMNS = ("taxable_paise", "cgst_paise", "sgst_paise", "igst_paise", "total_paise")
AT_A_TIME = 500
FRACTIONS = ("real", "float", "double", "decimal", "numeric", "money")


def broken() -> list[Broken]:
    """Everything that is not as it must be, rule by rule; nothing when the books are right."""
    return [one for check in CHECKS for one in check()]


def counted() -> dict[str, int]:
    """How many rows of what were looked at."""
    looked_at = {"dues": Due, "payments": Payment, "ledger entries": LedgerEntry, "documents": Document}
    return {what: model._default_manager.count() for what, model in looked_at.items()}


def _net() -> Sum:
    back = When(reverses=None, then="amount_paise")
    return Sum(Case(back, default=-F("amount_paise"), output_field=BigIntegerField()))


def _sum(rows: QuerySet[Any], of: str, what: Any) -> Coalesce:
    """For each row of the outer query the sum over `rows` that point at it with `of`; nought for none."""
    sums = rows.order_by().filter(**{of: OuterRef("pk")}).values(of).annotate(sum_of=what).values("sum_of")
    return Coalesce(Subquery(sums, output_field=BigIntegerField()), 0)


# --- Dues and payments ------------------------------------------------------------------------------------------------


def _dues() -> Iterator[Broken]:
    paid, credited = _sum(Allocation.objects.all(), "due", _net()), _sum(Credit.objects.all(), "due", _all())
    rows = Due.objects.annotate(paid=paid, credited=credited).order_by("pk")
    kept = [f"balance__{one}_paise" for one in ("total", "paid", "credited", "open")]
    for number, total, one, less, *balance in rows.values_list("pk", "total_paise", "paid", "credited", *kept):
        wanted = [total, one, less, total - one - less]
        if balance != wanted:
            yield Broken("I2", f"due {number}", f"total, paid, credited, open are {balance}, its rows make {wanted}")
        if wanted[3] < 0:
            yield Broken("I2", f"due {number}", f"{-wanted[3]} paise more were paid and credited than it is")


def _due_lines() -> Iterator[Broken]:
    sums = {f"lines_{one}": _sum(DueLine.objects.all(), "due", Sum(one)) for one in COLUMNS}
    rows = Due.objects.annotate(**sums).order_by("pk").values_list("pk", *COLUMNS, *sums)
    for number, *both in rows.iterator(AT_A_TIME):
        if both[:5] != both[5:]:
            yield Broken("I2", f"due {number}", f"taxable, taxes and total are {both[:5]}, its lines make {both[5:]}")


def _payments() -> Iterator[Broken]:
    allocated, given = _sum(Allocation.objects.all(), "payment", _net()), _sum(Payout.objects.all(), "payment", _all())
    rows = Payment.objects.annotate(allocated=allocated, given=given).order_by("pk")
    kept = [f"balance__{one}_paise" for one in ("amount", "allocated", "returned", "free")]
    asked = ("pk", "amount_paise", "allocated", "given", "reversed_at", "reversal__at")
    for number, amount, pays, out, at, reversal, *balance in rows.values_list(*asked, *kept):
        name, back = f"payment {number}", out + (amount if reversal else 0)
        wanted = [amount, pays, back, amount - pays - back]
        if at != reversal:
            yield Broken("I3", name, "what it says of being taken back is not what its reversal says")
        if wanted[3] < 0 or pays < 0:
            yield Broken("I5", name, f"{pays} paise pay dues and {back} were given back of {amount}")
        if balance != wanted:
            yield Broken("I3", name, f"amount, allocated, returned, free are {balance}, its rows make {wanted}")


def _all() -> Sum:
    return Sum("amount_paise")


def _allocations() -> Iterator[Broken]:
    for number in Allocation.objects.exclude(payment__account=F("due__account")).values_list("pk", flat=True):
        yield Broken("I3", f"allocation {number}", "the payment of one student pays the due of another")
    same = Q(payment=F("reverses__payment"), due=F("reverses__due"), amount_paise=F("reverses__amount_paise"))
    wrong = Allocation.objects.filter(reverses__isnull=False).exclude(same & Q(reverses__reverses=None))
    for number in wrong.values_list("pk", flat=True):
        yield Broken("I3", f"allocation {number}", "it is not the reverse of what it takes back")


def _receipts() -> Iterator[Broken]:
    """Each payment has one receipt of its amount, each that was taken back one cancellation of it."""
    papers = Document.objects.filter(payment=OuterRef("pk"), kind=DocKind.RECEIPT)
    paise = Subquery(papers.values("amount_paise")[:1])
    for number in Payment.objects.annotate(paper=paise).exclude(paper=F("amount_paise")).values_list("pk", flat=True):
        yield Broken("I4", f"payment {number}", "its receipt says another amount")
    for number in Payment.objects.annotate(paper=paise).filter(paper=None).values_list("pk", flat=True):
        yield Broken("I4", f"payment {number}", "it has no receipt")
    cancelled = Document.objects.filter(kind=DocKind.CANCELLATION, cancels__kind=DocKind.RECEIPT)
    undone = set(Reversal.objects.values_list("payment", flat=True))
    noted = set(cancelled.values_list("cancels__payment", flat=True))
    for number in sorted(undone ^ noted, key=str):
        says = "it was taken back without a cancellation" if number in undone else "its receipt is cancelled, it is not"
        yield Broken("I4", f"payment {number}", says)


# --- Documents --------------------------------------------------------------------------------------------------------


def _numbers() -> Iterator[Broken]:
    """In each series 1 to n without a gap, the days never decreasing, and the next one as the series says."""
    series = {(one.kind, one.year): one for one in DocSeries.objects.all()}
    every = Document.objects.order_by("kind", "year", "serial")
    rows = every.values_list("kind", "year", "serial", "number", "dated_on")
    for (kind, year), papers in groupby(rows.iterator(AT_A_TIME), key=lambda row: row[:2]):
        name, one, last, last_on = f"series {kind} {year}", series.pop((kind, year), None), 0, None
        for _kind, _year, serial, number, on in papers:
            if serial != last + 1:
                yield Broken("I6", name, f"{serial} follows {last}")
            if last_on and on < last_on:
                yield Broken("I6", f"document {number}", f"it is of {on}, the one before of {last_on}")
            if one and number != numbering.number(one.prefix, year, serial):
                yield Broken("I6", f"document {number}", f"its place in the series is {serial}")
            if numbering.financial_year(on) != year:
                yield Broken("I6", f"document {number}", f"{on} is not in {year}")
            last, last_on = serial, on
        if one is None or (one.next, one.last_on) != (last + 1, last_on):
            says = f"next {one.next} of {one.last_on}" if one else "it is missing"
            yield Broken("I6", name, f"{says}, its documents end with {last} of {last_on}")
    for (kind, year), one in series.items():
        if one.next != 1:
            yield Broken("I6", f"series {kind} {year}", f"next {one.next}, and it has no documents")


def _hashes() -> Iterator[Broken]:
    for number, snapshot, kept in Document.objects.values_list("number", "snapshot", "sha256").iterator(AT_A_TIME):
        if hashlib.sha256(snapshot.encode()).hexdigest() != kept:
            yield Broken("I9", f"document {number}", "what it says is not what was signed")


# --- The rest ---------------------------------------------------------------------------------------------------------


def _plans() -> Iterator[Broken]:
    lines = _sum(FeePlanLine.objects.all(), "plan", _all())
    parts = _sum(FeePlanInstalment.objects.all(), "plan", _all())
    rows = FeePlan.objects.annotate(of_lines=lines, of_parts=parts)
    for plan in rows.exclude(of_lines=F("total_paise"), of_parts=F("total_paise")):
        says = f"it costs {plan.total_paise}, its lines make {plan.of_lines}, its instalments {plan.of_parts}"
        yield Broken("I7", f"plan {plan.pk}", says)


def _tables() -> Iterator[tuple[type[Model], list["Field[Any, Any]"]]]:
    for model in apps.get_app_config("fees").get_models():
        yield model, [one for one in model._meta.concrete_fields if one.name.endswith("_paise")]


def _whole() -> Iterator[Broken]:
    """No column that keeps fractions, and (SQLite keeps what it is given) no fraction in a whole one."""
    for model, amounts in _tables():
        table = model._meta.db_table
        with connection.cursor() as cursor:
            for name, kind in _columns(cursor, table):
                if any(kind.startswith(one) for one in FRACTIONS):
                    yield Broken("I8", f"{table}.{name}", f"it keeps fractions: {kind}")
            for field in amounts if connection.vendor == "sqlite" else ():
                column = connection.ops.quote_name(str(field.column))
                asked = f"SELECT COUNT(*) FROM {table} WHERE typeof({column}) NOT IN ('integer', 'null')"  # noqa: S608
                cursor.execute(asked)
                if count := cursor.fetchone()[0]:
                    yield Broken("I8", f"{table}.{field.column}", f"{count} rows hold no whole number")


def _columns(cursor: CursorWrapper, table: str) -> list[tuple[str, str]]:
    """Names and types, as the database says them."""
    if connection.vendor == "sqlite":
        cursor.execute("SELECT name, LOWER(type) FROM pragma_table_info(%s)", [table])
    else:
        asked = "SELECT column_name, data_type FROM information_schema.columns WHERE table_name = %s"
        cursor.execute(f"{asked} AND table_schema = current_schema()", [table])
    return [(str(name), str(kind)) for name, kind in cursor.fetchall()]


def _who() -> Iterator[Broken]:
    """Whatever moves money says who did it, or what did when nobody did."""
    nobody = {
        Payment: Q(received_by=None) & ~Q(mode="GATEWAY"),
        Allocation: Q(made_by=None, source=""),
        Credit: Q(made_by=None, source=""),
        Due: Q(issued_by=None, source=""),
        LedgerEntry: Q(by=None, source=""),
    }
    for model, missing in nobody.items():
        for number in model._default_manager.filter(missing).values_list("pk", flat=True):
            yield Broken("I12", f"{model._meta.verbose_name} {number}", "nobody did it")


def _days() -> Iterator[Broken]:
    """A closed day holds what its rows make, and has a paper that says so."""
    closed = list(CashierDay.objects.exclude(closed_at=None).order_by("pk"))
    found = days.drawers(closed)
    papers = set(Document.objects.filter(kind=DocKind.DAY_CLOSE).values_list("day", flat=True))
    for day in closed:
        kept, wanted = (day.expected_paise, day.totals), (found[day.pk].should_be, days.totals(found[day.pk]))
        if kept != wanted:
            yield Broken("DAY", f"day {day.pk}", f"it was closed with {kept}, its rows make {wanted}")
        if day.pk not in papers:
            yield Broken("DAY", f"day {day.pk}", "it was closed without a paper")


def _guards() -> Iterator[Broken]:
    for name in triggers.missing(connection):
        yield Broken("GUARD", f"trigger {name}", "it is missing, switched off or another one")


CHECKS: tuple[Callable[[], Iterator[Broken]], ...] = (
    _guards,
    proving_ledger.entries,
    proving_ledger.bills,
    proving_ledger.balances,
    _dues,
    _due_lines,
    _payments,
    _allocations,
    _receipts,
    _numbers,
    _plans,
    _whole,
    _hashes,
    _who,
    _days,
)
