"""Attendance: check-in with evidence, the teacher's register and its corrections.

Tables: `check_in_rules` (how a batch checks in; one row for the whole institute), `registers` (what one class went by
and whether it is final; one-to-one with the class session), `check_in_attempts` (append-only: what a phone sent and
what was decided), `check_in_positions` (where it was; goes after its time), `attendance` (unique (class session,
student)), `attendance_changes` (append-only: every change of a record), `attendance_flags` (for a person to look at,
never decisions), `leaves` and `attendance_requests` (what students ask), `attendance_freezes` (closed periods).

Invariants: server time decides; a position outside never lowers a record; every change of a record stands in its
history with who and why; after a register is final a change needs a reason, in a frozen period there is none; nobody
but an admin sees coordinates, and that is logged.

Who is on the roll is derived from enrolments. Others may call `attendance.offers`. Start reading at `models`, then
`geofence` (the decision), `marks` (the one door to a record) and `check_ins`.
"""
