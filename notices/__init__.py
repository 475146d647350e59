"""Notices, notes and homework. Stands on `batches` and `dfs`. No models yet."""
