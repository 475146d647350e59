"""Fees: what a batch costs, what each student owes and paid, and the books and documents that prove it.

Tables: `fees` (dues) with `fee_due_lines` and `fee_balances`; `payments` (money of every mode) with `payment_balances`;
`fee_allocations` (which payment paid which due), `fee_credits`, `fee_concessions`, `payment_reversals`, `fee_payouts`,
`fee_cheque_steps`, `fee_bills`; `fee_ledger`; `fee_series` and `fee_documents`; `fee_accounts` (a student as a payer),
`fee_agreements`; `fee_settings`, `fee_heads`, `fee_plans` with lines and instalments, `fee_plan_offers`;
`fee_cashier_days`, `fee_cash_moves`; `fee_reminders`.

Pure: `coaching.lib.money`, `tax`, `schedule`, `fines`, `allocating`, `numbering`.

Invariants, proven by `manage.py check_fees`: whatever changes somebody's money locks his `StudentAccount` first, then
the cashier's day, then the series of numbers; dues, credits, payments, allocations, documents and the ledger never
change (triggers, `guards`); a balance is what its rows make it, and its check is the ceiling; a document's number
follows the one before; a due's state is derived (`states`).

Others may call `fees.offers`. Start reading at `models`, then `ledger`, `charging`, `payments`.
"""
