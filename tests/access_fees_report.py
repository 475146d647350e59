"""Who may open what of fees (report): part of the table in `tests.access_table`."""

from tests.access_rows import Row

FEES_REPORT: dict[str, Row] = {}
