"""Chat: rooms, messages encrypted at rest on the server, reactions and media.

Stands on `batches` and `dfs`. No models yet.
"""
