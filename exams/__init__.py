"""Exams: question bank, papers, timed attempts, marking, results and judged code.

Stands on `batches` and `dfs`. No models yet.
"""
