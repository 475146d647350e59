"""What fees offer to the composed pages; `own_copy` says what is kept of a person."""

from fees.boards import batch_panel, calendar, desk, panel, standing, todo
from fees.fee_status import column as status_column
from fees.fee_status import may_read as may_read_status

__all__ = ["batch_panel", "calendar", "desk", "may_read_status", "panel", "standing", "status_column", "todo"]
