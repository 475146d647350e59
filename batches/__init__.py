"""Batches: who learns what, when and where (batches, enrolments, class sessions, holidays, calendar).

Sits above `accounts`, beside `dfs`; attendance, exams, fees, chat and notices stand on it. No models yet.
"""
