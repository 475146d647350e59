"""Fees: what a batch costs, what each student owes and paid, and the books and documents that prove it.

Tables: `fees` (dues) with `fee_due_lines` and `fee_balances`; `payments` (money of every mode) with `payment_balances`;
`fee_allocations` (which payment paid which due), `fee_credits`, `fee_concessions`, `payment_reversals`, `fee_payouts`,
`fee_cheque_steps`, `fee_bills`; `fee_ledger`; `fee_series` and `fee_documents`; `fee_accounts` (a student as a payer),
`fee_agreements`; `fee_settings`, `fee_heads`, `fee_plans` with lines and instalments, `fee_plan_offers`;
`fee_cashier_days`, `fee_cash_moves`; `fee_reminders`.

Of a noun `_views`, `_urls`, `_forms`, `_page` are its pages; what they show stands in these:

- What it costs: `settings_changes` (how the institute bills), `heads`, `plans` (versions; `plan_editor`,
  `plan_preview`).
- What is owed: `charging` (from enrolments; `endings` when a stay ends), `issuing` (rows with tax), `agreements`
  (another plan), `standing`, `credits` (the only writer), `concessions`, `siblings`, `fining`; said by `states`.
- Money: `receiving` (as typed), `payable` (what can be paid), `payments`, `paying` (allocations), `reversals`,
  `cheques`, `advances`, `days` (a cashier's), `billing`; booked in `ledger`.
- Papers: `documents` (numbers, snapshots) of `doc_facts` and `doc_lines`, drawn by `document_page`,
  `document_table`, `document_pdf`; `verifying`, `statements`, `day_book`.
- Where somebody works: `counter_page` with `counter_taking`, `account_page`, `due_page`.
- Followed up: `reports` (sums, said once), `report_dues`, `ageing`, `defaulters`, `reminders`, `collections`,
  `gst_output`, `registers*`.
- Seen from elsewhere: `own_page`, `fee_status` (words without amounts), `offers` (`boards`), `own_copy`, `news`,
  `payment_news`, `due_news`, `events`; `demo` (the institute to try).

Proven by `proving` and `proving_ledger`. Pure: `coaching.lib.money`, `coaching.lib.amount_words`, `tax`, `schedule`,
`fines`, `allocating`, `numbering`.

Invariants, proven by `manage.py check_fees`: whatever changes somebody's money locks his `StudentAccount` first, then
the cashier's day, then the series of numbers; dues, credits, payments, allocations, documents and the ledger never
change (triggers, `guards`); a balance is what its rows make it, and its check is the ceiling; a document's number
follows the one before; a due's state is derived (`states`).

Others may call `fees.offers`. Start reading at `models`, then `ledger`, `charging`, `payments`.
"""
