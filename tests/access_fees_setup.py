"""Who may open what of fees (setup): part of the table in `tests.access_table`."""

from tests.access_rows import Row

FEES_SETUP: dict[str, Row] = {}
