"""Who may open what of fees (document): part of the table in `tests.access_table`."""

from tests.access_rows import Row

FEES_DOCUMENT: dict[str, Row] = {}
