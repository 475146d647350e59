"""What the database itself keeps for fees: rows that never change, and sums that follow from rows.

A due's balance and a payment's are what allocations, credits, pay-outs and reversals make them; a statement that would
write another sum is refused, and the checks on the balances are the ceilings.
"""

from coaching.lib.triggers import AppendOnly, Followed, Guard, Refused

_NEVER_CHANGED = (
    "fee_plans",
    "fee_plan_lines",
    "fee_plan_instalments",
    "fee_agreements",
    "fees",
    "fee_due_lines",
    "fee_credits",
    "fee_reminders",
    "fee_cash_moves",
    "fee_allocations",
    "payment_reversals",
    "fee_cheque_steps",
    "fee_payouts",
    "fee_bills",
    "fee_ledger",
    "fee_documents",
)

_PAID = (
    "(SELECT COALESCE(SUM(CASE WHEN reverses_id IS NULL THEN amount_paise ELSE -amount_paise END), 0)"
    " FROM fee_allocations WHERE {column} = {row}.{column})"
)
_CREDITED = "(SELECT COALESCE(SUM(amount_paise), 0) FROM fee_credits WHERE due_id = {row}.due_id)"
_RETURNED = (
    "(SELECT COALESCE(SUM(amount_paise), 0) FROM fee_payouts WHERE payment_id = {row}.payment_id)"
    " + (SELECT COALESCE(SUM(p.amount_paise), 0) FROM payment_reversals r JOIN payments p ON p.id = r.payment_id"
    " WHERE r.payment_id = {row}.payment_id)"
)


def _follow(name: str, table: str, *then: str) -> Followed:
    return Followed(name, table, tuple(then))


_DUE_PAID = (
    f"UPDATE fee_balances SET paid_paise = {_PAID.format(column='due_id', row='NEW')} "  # noqa: S608 - names are ours
    "WHERE due_id = NEW.due_id"
)
_ALLOCATED = (
    f"UPDATE payment_balances SET allocated_paise = {_PAID.format(column='payment_id', row='NEW')} "  # noqa: S608
    "WHERE payment_id = NEW.payment_id"
)
_GIVEN_BACK = (
    f"UPDATE payment_balances SET returned_paise = {_RETURNED.format(row='NEW')} "  # noqa: S608
    "WHERE payment_id = NEW.payment_id"
)

_PAYMENT_COLUMNS = (
    "id",
    "uuid",
    "account_id",
    "mode",
    "amount_paise",
    "received_on",
    "received_at",
    "reference",
    "bank",
    "instrument_on",
    "tendered_paise",
    "payer",
    "note",
    "form_token",
    "day_id",
    "received_by_id",
    "source",
)
_OTHERWISE = " OR ".join(f"OLD.{column} IS DISTINCT FROM NEW.{column}" for column in _PAYMENT_COLUMNS)

GUARDS: tuple[Guard, ...] = (
    *(AppendOnly(table) for table in _NEVER_CHANGED),
    _follow(
        "fees_balance",
        "fees",
        "INSERT INTO fee_balances (due_id, total_paise, paid_paise, credited_paise) "
        "VALUES (NEW.id, NEW.total_paise, 0, 0)",
    ),
    _follow(
        "payments_balance",
        "payments",
        "INSERT INTO payment_balances (payment_id, amount_paise, allocated_paise, returned_paise) "
        "VALUES (NEW.id, NEW.amount_paise, 0, 0)",
    ),
    _follow("fee_allocations_balance", "fee_allocations", _DUE_PAID, _ALLOCATED),
    _follow(
        "fee_credits_balance",
        "fee_credits",
        f"UPDATE fee_balances SET credited_paise = {_CREDITED.format(row='NEW')} "  # noqa: S608
        "WHERE due_id = NEW.due_id",
    ),
    _follow("fee_payouts_balance", "fee_payouts", _GIVEN_BACK),
    _follow(
        "payment_reversals_balance",
        "payment_reversals",
        _GIVEN_BACK,
        "UPDATE payments SET reversed_at = NEW.at WHERE id = NEW.payment_id",
    ),
    Refused(
        "fee_balances_true",
        "fee_balances",
        "UPDATE",
        "NEW.due_id <> OLD.due_id OR NEW.total_paise <> OLD.total_paise"
        f" OR NEW.paid_paise <> {_PAID.format(column='due_id', row='NEW')}"
        f" OR NEW.credited_paise <> {_CREDITED.format(row='NEW')}",
        "fee_balances follow from allocations and credits",
    ),
    Refused("fee_balances_stay", "fee_balances", "DELETE", "1 = 1", "fee_balances are never deleted"),
    Refused(
        "payment_balances_true",
        "payment_balances",
        "UPDATE",
        "NEW.payment_id <> OLD.payment_id OR NEW.amount_paise <> OLD.amount_paise"
        f" OR NEW.allocated_paise <> {_PAID.format(column='payment_id', row='NEW')}"
        f" OR NEW.returned_paise <> {_RETURNED.format(row='NEW')}",
        "payment_balances follow from allocations and what was given back",
    ),
    Refused("payment_balances_stay", "payment_balances", "DELETE", "1 = 1", "payment_balances are never deleted"),
    Refused(
        "payments_stand",
        "payments",
        "UPDATE",
        f"{_OTHERWISE} OR OLD.reversed_at IS NOT NULL"  # noqa: S608
        " OR NOT EXISTS (SELECT 1 FROM payment_reversals WHERE payment_id = NEW.id)",
        "payments are append-only",
    ),
    Refused("payments_stay", "payments", "DELETE", "1 = 1", "payments are never deleted"),
)
