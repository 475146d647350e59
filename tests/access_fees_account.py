"""Who may open what of fees (account): part of the table in `tests.access_table`."""

from tests.access_rows import Row

FEES_ACCOUNT: dict[str, Row] = {}
