"""Fees: plans, dues, counter, ledger, receipts and Razorpay. Stands on `batches`. No models yet."""
