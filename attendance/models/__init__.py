"""Tables of attendance, a module for each subject."""

from attendance.models.asks import CorrectionRequest, Leave
from attendance.models.check_ins import CheckInAttempt, CheckInPosition, Flag
from attendance.models.records import Record, RecordChange
from attendance.models.registers import CheckInRule, Freeze, Mode, Register

__all__ = [
    "CheckInAttempt",
    "CheckInPosition",
    "CheckInRule",
    "CorrectionRequest",
    "Flag",
    "Freeze",
    "Leave",
    "Mode",
    "Record",
    "RecordChange",
    "Register",
]
