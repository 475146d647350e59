"""Attendance: check-in with evidence, the teacher's register and its corrections.

Stands on `batches`. No models yet.
"""
