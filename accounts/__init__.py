"""People: who they are, how they come in, what they may do, and what they did.

Tables: `users` (User), `activity_log` (Activity, append-only), `master_key_marks` (MasterKeyMark).

Others call `accounts.access` (the policy decorators every view carries), `accounts.activity.record` (one line of the
log), `accounts.notifications.tell` (news for people, of a kind that `declare` made known), `accounts.keys` (the guard
of the master key ring) and read `User`; foreign keys go to `settings.AUTH_USER_MODEL`.

Invariants: a person has an e-mail address or is a student with an admission number; the role alone decides what a
person may do; nobody registers himself; a deactivated person's sessions end with the next request; a line of the
activity log is never changed, and removed only past its retention, which database triggers enforce.

Start reading at `models.py`, then `access.py`, `adapters.py`, `activity.py`.
"""
