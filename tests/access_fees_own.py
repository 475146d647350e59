"""Who may open what of fees (own): part of the table in `tests.access_table`."""

from tests.access_rows import Row

FEES_OWN: dict[str, Row] = {}
