"""Batches: who learns what, when and where.

Tables (`models/`, a module for each subject): `subjects`, `venues`, `rooms`, `batches`, `batch_teachers`,
`batch_students` (enrolments), `join_requests` (asked, waiting, offered), `join_codes`, `batch_invitations`,
`weekly_slots`, `class_sessions`, `holidays`, `calendar_feeds`.

- What: `services` (a batch made and changed), `archive` (put away, taken out, deleted), `places` (venues, rooms,
  subjects); `details` tells what two admins changed at once apart, `names` when two names are one.
- Who: `enrolments` (join, leave, transfer), `waiting` (requests, waiting list, offers), `codes` (join codes and
  invitations of a batch), `rolls` (CSV).
- When and where: `timetable` (weekly slots and what follows from them), `classes` (one class: cancel, move, another
  teacher or room), `holidays`. Pure: `series` (days and clock times → instants), `overlaps`.
- Whether it fits: `clashes` (teacher, room, batch, students) and the next free slots.
- Said and shown: `messages` (to a batch), `class_lines` (a class as a line), `class_days` and `room_day` (one day),
  `weekly` (who teaches when), `gaps` (classes that lack something), `taught` (whom a teacher teaches).
- Seen from elsewhere: `offers`, `own_copy` (copy and erasure), `feeds` (one's own ICS secret), `changes` (what others
  do inside a change).

Others call `Batch.objects.for_user`, `ClassSession.objects.for_user`, `Enrolment.objects.on_roll`, `offers`, and put
functions into `changes`. Foreign keys from above go to `batches.Batch` and `batches.ClassSession`.

Invariants: a student has one open enrolment in a batch at most; what is asked, waiting or offered is one open request;
a weekly slot makes one class a day at most, none on a holiday; a class ends after it begins and within 12 hours; what
was changed by hand in one class stays when its slot changes; one class is cancelled, never deleted, though coming ones
go with the slot they follow from; a batch with history is archived; each change of a class counts its `sequence` up and
is told to whom it concerns.

Start reading at `models/timetable.py`, then `series.py`, `timetable.py`, `clashes.py`.
"""
