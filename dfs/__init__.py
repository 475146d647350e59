"""The distributed file store: where bytes live.

A file is cut into chunks, each chunk is sealed with AES-256-GCM under a key of the file's own, chunks are grouped into
stripes with parity, and every object of a stripe goes to a different owner's Drive.

Tables: `drive_accounts`, `stored_files`, `distribution_queue` (Job), `distribution_log` (JobLine), `chunk_registry`
(Chunk), `uploads`, `verify_runs`, `registry_snapshots`, `registry_snapshot_copies`, `orphan_objects`.

Others call `dfs.store` and nothing else. dfs decides nothing about other apps' people: it stores, apps authorise; it
serves only the console's files and a person's own.

Invariants: rows are the truth and messages are hints; an object's digest is committed before the object leaves the
process; the same position of a file generation is never sealed with two plaintexts; the spool's plaintext goes only
when every object is verified; plaintext leaves only after its tag was checked.

Start reading at `FORMAT.md`, then `layout.py`, `sealing.py`, `distribution.py`, `reassembly.py`; its care: `repair.py`,
`manifests.py`, `snapshots.py`, `recovery.py`, `orphans.py`.
"""
