"""People: who they are, how they come in, what they may do, what they are told, and what they did.

Tables (`models/`, a module for each subject): `users`, `grants`, `guardianships`, `session_slots`, `session_policies`,
`invitations`, `activity_log` (append-only), `master_key_marks`, `institute` (one row), `notifications` and their
deliveries and choices, `consents`, `erasure_requests`, `tickets`, `people_imports`, `person_photos`, `guardian_passes`.

Modules go by subject: `invitations.py` holds the verbs, `invitation_views.py` and `invitation_forms.py` the pages.
- Coming in: `adapters`, `stages`, `sessions`, `session_store`, `streams`, `passwords`, `password_links`, `second_step`,
  `google`, `google_accounts`, `ways_in`, `invitations`, `limits`.
- Being entered: `people` (one or many), `imports` (`import_plans` says each row's fate, `import_undo` takes one back).
- Being let: `access` (the policy decorators every view carries), `middleware`, `guardians`, `guardian_passes`.
- Being told: `notifications` (`tell`, of a kind that `declare` made known), `deliveries`, `senders`, `news`.
- Being kept: `activity` (`record` writes one line), `consents`, `erasures`, `keys`, `sealed`, `institute`.

Others call `access`, `activity.record`, `notifications.tell`, `sessions.slot_id` and `sessions.is_live`, and read
`User`; foreign keys go to `settings.AUTH_USER_MODEL`.

Invariants: a person has an e-mail address or is a student with an admission number; role and grants alone decide what
a person may do; nobody registers himself; every session has one live slot, and no more of them than the role's policy
allows after any sign-in through the door; a change of role, password or second step and a deactivation end sessions in
the same transaction; a line of the activity log is never changed, and removed only past its retention, which database
triggers enforce; the same news is told a person once.

Start reading at `models/people.py`, then `access.py`, `adapters.py`, `sessions.py`, `activity.py`.
"""
