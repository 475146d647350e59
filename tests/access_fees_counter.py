"""Who may open what of fees (counter): part of the table in `tests.access_table`."""

from tests.access_rows import Row

FEES_COUNTER: dict[str, Row] = {}
