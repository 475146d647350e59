"""What attendance offers to the composed pages: shares, registers, what it says of a class, and what waits.

What is kept of a person, and what an erasure takes, is `own_copy`.
"""

from attendance.boards import batch_panel, office, panel, roster_column
from attendance.class_states import childrens_states, class_states
from attendance.pending import know, office_sets
from attendance.report_shares import batch_shares
from attendance.waiting import todo

__all__ = [
    "batch_panel",
    "batch_shares",
    "childrens_states",
    "class_states",
    "know",
    "office",
    "office_sets",
    "panel",
    "roster_column",
    "todo",
]
